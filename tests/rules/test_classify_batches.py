"""Many letters weighed at once are weighed as each would be alone."""

import pytest

from hotline.classify import batches
from hotline.classify.batches import matrix
from hotline.classify.counting import learn
from hotline.classify.features import Letter, Vocabulary, read, standard
from hotline.classify.model import Columns
from tests.rules import classify_reference as plainly
from tests.rules.test_classify_model import letters


@pytest.fixture(scope="module")
def known() -> list[Letter]:
    return [read(row["title"], row["text"]) for row in letters(150, seed=21)]


@pytest.fixture(scope="module")
def vocabularies(known: list[Letter]) -> list[Vocabulary]:
    return [learn(block, known) for block in standard(len(known))]


ASKED = [read(row["title"], row["text"]) for row in letters(20, seed=22)] + [
    read("", ""),
    read("", "ζζζ"),
    read("!", ""),
]


def test_a_table_holds_what_each_letter_weighs(vocabularies: list[Vocabulary]) -> None:
    table = matrix(vocabularies, ASKED)
    assert table.shape == (len(ASKED), sum(map(len, vocabularies)))
    for number, letter in enumerate(ASKED):
        assert table[number].toarray()[0] == pytest.approx(plainly.row(vocabularies, letter), abs=1e-6)


def test_a_long_file_is_weighed_in_pieces(vocabularies: list[Vocabulary], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = matrix(vocabularies, ASKED)
    monkeypatch.setattr(batches, "AT_ONCE", 7)
    monkeypatch.setattr(batches, "REMEMBERED", 5)
    pieces = matrix(vocabularies, ASKED)
    assert (abs(whole - pieces) > 1e-6).nnz == 0
    assert not any(letter.counted for letter in ASKED), "of a very long file no letter keeps its counts"


def test_files_may_name_their_text_differently() -> None:
    columns = Columns(text="detail,tokens", title="title")
    assert columns.letter({"title": "路灯", "detail": "不亮"}) == ("路灯", "不亮")
    assert columns.letter({"tokens": "路灯 不亮"}) == ("", "路灯 不亮")
    assert columns.letter({"detail": "", "tokens": "路灯 不亮"}) == ("", "路灯 不亮")
