"""One reading for several models: whatever the text, each of them sees what it would see alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.classify.counting import learn
from hotline.classify.features import Block, Vocabulary, pack, read, standard
from hotline.classify.lexicon import Lexicon
from tests.rules import classify_reference as plainly
from tests.rules.test_classify_model import letters

OTHER_BLOCKS = (
    Block("words", "word", "all", 2),
    Block("again", "word", "all", 1, weight=0.5),
    Block("runs", "character", "all", 3),
    Block("few", "character", "head", 2, weight=0.3),
    Block("titles", "character", "title", 2, weight=0.4),
)
"""Not as served today: two blocks of one kind, pairs of words throughout, shorter runs."""
STRANGE = [
    "",
    " ",
    "😀路灯",
    "\ud800路灯",
    "路灯\uffff不亮",
    "a b 市 路灯",
    "路灯" * 40,
    "1" * 50,
    "公交车不进站,公交车!",
]
PIECES = st.sampled_from(
    ["路灯", "不亮", "垃圾", "桃花街道", "公交车", " ", ",", "3号", "😀", "\uffff", "\ud800", "\0", "É", "噪"]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=30).map("".join))


def learned(blocks: tuple[Block, ...], seed: int) -> list[Vocabulary]:
    known = [read(row["title"], row["text"]) for row in letters(80, seed=seed)]
    return [learn(block, known) for block in blocks]


MODELS = [learned(standard(80), 31), learned(standard(80), 32), learned(OTHER_BLOCKS, 33)]
LEXICON = Lexicon(MODELS)


def agrees(texts: list[tuple[str, str]]) -> None:
    reading = LEXICON.read(texts)
    for view, vocabularies in zip(LEXICON.views, MODELS, strict=True):
        for number, (title, content) in enumerate(texts):
            seen = np.zeros(sum(map(len, vocabularies)))
            np.add.at(seen, *view.rows(reading, number))
            assert seen == pytest.approx(plainly.row(vocabularies, read(title, content)), abs=1e-6)


def test_each_model_sees_what_it_would_see_alone() -> None:
    agrees([(row["title"], row["text"]) for row in letters(20, seed=34)])
    agrees([*zip(STRANGE, reversed(STRANGE), strict=True), *((one, one) for one in STRANGE)])


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_so_for_any_text(texts: list[tuple[str, str]]) -> None:
    agrees(texts)


FEW = st.text("路灯不亮é😀", min_size=1, max_size=4)


@given(st.lists(FEW, max_size=60, unique=True), st.text("路灯不亮é😀", max_size=30))
@settings(max_examples=80, deadline=None)
def test_a_run_is_found_if_and_only_if_it_is_known(known: list[str], text: str) -> None:
    """Also where a known run's beginning is not known itself."""
    keys = np.unique(np.array([pack(run) for run in known], dtype=np.uint64))
    vocabulary = Vocabulary(Block("runs", "character", "all", 4), np.ones(len(keys), np.float32), keys=keys)
    lexicon = Lexicon([[vocabulary]])
    found, _ = lexicon.views[0].rows(lexicon.read([("", text)]), 0)
    inside = {pack(text[at : at + size]) for size in range(1, 5) for at in range(len(text) - size + 1)}
    assert sorted(found.tolist()) == [place for place, key in enumerate(keys.tolist()) if key in inside]
