"""Learning from more letters than fit in memory: piece by piece, to the same answers, and without a trace when cancelled."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hotline.classify import counting, evaluate, examples, piecewise, train
from hotline.classify.examples import ASIDE, LATER, by_time, few_asked
from hotline.classify.features import Block, Letter, read
from hotline.classify.fitting import STANDARD, fit_linear
from hotline.classify.model import Columns, TextModel
from hotline.classify.shelf import Chosen, Shelf, joined
from hotline.infra.errors import BadRequest, InvalidInput
from tests.rules.test_classify_model import NOW, letters, written

IN_PIECES = replace(STANDARD, at_once=20, piece=32)


@pytest.fixture(scope="module")
def known() -> list[Letter]:
    return [read(row["title"], row["text"]) for row in letters(120, seed=2)]


@pytest.fixture(scope="module")
def labels() -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    names = [row["label"] for row in letters(120, seed=2)]
    return np.array([sorted(set(names)).index(name) for name in names])


@pytest.mark.parametrize("classes", [2, 4])
def test_piece_by_piece_from_a_file_is_learned_what_is_learned_in_memory(
    classes: int, known: list[Letter], labels: "np.ndarray[tuple[int], np.dtype[np.int64]]", tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """To 0.001 where both go down to the end; as shipped they stop sooner and say the same."""
    labels = np.minimum(labels, classes - 1)
    asked = [read(row["title"], row["text"]) for row in letters(60, seed=3)]
    shelf = Shelf(tmp_path / "letters", known)
    wanted = fit_linear(known, labels, classes, recipe=STANDARD).scores(asked)
    shipped = fit_linear(shelf, labels, classes, recipe=IN_PIECES).scores(asked)
    assert (shipped == fit_linear(known, labels, classes, recipe=IN_PIECES).scores(asked)).all()
    assert np.abs(shipped - wanted).max() < 0.1
    assert (shipped.argmax(axis=1) == wanted.argmax(axis=1)).all()
    monkeypatch.setattr(piecewise, "TURNS", 300)
    monkeypatch.setattr(piecewise, "CONTENT", 1e-3)
    found = fit_linear(shelf, labels, classes, recipe=IN_PIECES).scores(asked)
    assert np.abs(found - wanted).max() < 1e-3
    shelf.close()
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]


def test_weighed_letters_and_those_before_a_shelf_count_as_in_memory(
    known: list[Letter], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(piecewise, "TURNS", 300)
    monkeypatch.setattr(piecewise, "CONTENT", 1e-3)
    labels, weight = np.arange(120) % 3, np.linspace(0.5, 3, 120)
    wanted = fit_linear(known, labels, 3, recipe=STANDARD, sample_weight=weight).scores(known)
    with closing(Shelf(tmp_path / "letters", known[20:])) as shelf:
        found = fit_linear(joined(known[:20], shelf), labels, 3, recipe=IN_PIECES, sample_weight=weight).scores(known)
    assert np.abs(found - wanted).max() < 2e-3


def test_a_shelf_gives_back_what_was_put_on_it_in_any_order(known: list[Letter], tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "letters", known[:30])
    shelf.append(known[30])
    assert list(shelf) == known[:31] and shelf[5:9] == known[5:9]
    some = Chosen(shelf, np.array([7, 3, 30]))
    assert list(some) == [known[7], known[3], known[30]] and some[1:] == [known[3], known[30]]
    shelf.close()


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if memory were small."""
    monkeypatch.setattr(examples, "REMEMBERED", 50)
    for name, number in {"MANY": 300, "ASKED": 60, "ENOUGH": 150}.items():
        monkeypatch.setattr(examples, name, number)
    monkeypatch.setattr(train, "STANDARD", replace(STANDARD, at_once=60, piece=100))


@pytest.mark.usefixtures("few_are_many")
def test_rows_that_are_many_are_read_once_and_some_of_them_asked_about(tmp_path: Path) -> None:
    said: list[str] = []

    def rows() -> Iterator[dict[str, str]]:
        yield from letters(400)

    def told(what: str, done: int, of: int) -> None:
        said.append(what)
        assert (tmp_path / "home").is_dir() and not (tmp_path / "home" / "m").exists()

    report = train.train(rows(), tmp_path / "home" / "m", columns=Columns(), target="category", now=NOW, told=told)
    assert report.rows == 400 and 60 <= report.held.n < 100
    assert report.held.accuracy > 0.9
    assert {"数特征", "写数表", "学习"} <= set(said)
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["m"]
    assert TextModel.load(tmp_path / "home" / "m").manifest.data["rows"] == 400


def test_folds_in_processes_of_their_own_answer_as_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "APART", 50)
    monkeypatch.setattr(examples, "REMEMBERED", 50)
    reports = [
        train.train(iter(letters(90)), tmp_path / "m", columns=Columns(), target="category", now=NOW, cores=cores)
        for cores in (1, 2)
    ]
    assert reports[0].held == reports[1].held and reports[0].fingerprint == reports[1].fingerprint


@pytest.mark.usefixtures("few_are_many")
def test_a_training_that_is_cancelled_leaves_the_model_before_and_nothing_else(tmp_path: Path) -> None:
    def cancel(what: str, done: int, of: int) -> None:
        if what == "学习" and done:
            assert [path.name for path in tmp_path.iterdir() if path.name != "m"]
            raise KeyboardInterrupt

    train.train(iter(letters(40, seed=5)), tmp_path / "m", columns=Columns(), target="category", now=NOW)
    before = TextModel.load(tmp_path / "m").manifest.fingerprint
    with pytest.raises(KeyboardInterrupt):
        train.train(iter(letters(400)), tmp_path / "m", columns=Columns(), target="category", now=NOW, told=cancel)
    assert [path.name for path in tmp_path.iterdir()] == ["m"]
    assert TextModel.load(tmp_path / "m").manifest.fingerprint == before


def test_of_very_many_groups_some_are_asked_about_whole_and_the_latest_by_time(
    few_are_many: None,
) -> None:
    groups = np.repeat(np.arange(250), 4)
    fold = few_asked(np.arange(1000) % 3, groups)
    assert all(len(set((fold[groups == group] >= 0).tolist())) == 1 for group in range(250))
    assert 60 <= (fold >= 0).sum() <= 64 and 146 <= (fold == ASIDE).sum() <= 154
    assert set(fold.tolist()) == {LATER, ASIDE, 0, 1, 2, 3, 4}
    late = by_time(1000)
    assert (np.diff(late) >= 0).all() and set(late.tolist()) == {LATER, ASIDE, 0, 1, 2, 3, 4}
    assert (late == ASIDE).sum() == 150 and (late >= 0).sum() == 120


def test_a_vocabulary_has_its_limits_and_keeps_what_is_frequent(
    known: list[Letter], monkeypatch: pytest.MonkeyPatch
) -> None:
    for block in (Block("words", "word", "all", 2), Block("characters", "character", "all", 3)):
        whole = counting.learn(block, known)
        (short,) = counting.learn_all([block], known, most=80)
        limit = np.sort(whole.idf)[79]
        assert len(short) == 80 and short.idf.max() <= limit
        monkeypatch.setattr(counting, "AT_ONCE", 20)
        monkeypatch.setattr(counting, "MOST_WORDS", 400)
        monkeypatch.setattr(counting, "MOST_RUNS", 400)
        bounded = counting.learn(block, known)
        assert len(bounded) <= 400 < len(whole)
        frequent = set(whole.words or whole.keys.tolist()) if block.unit == "word" else set(whole.keys.tolist())
        assert set(bounded.words or bounded.keys.tolist()) <= frequent
        # Whatever is in half of the letters was never rare.
        half = whole.idf <= np.log(121 / 61) + 1
        often = np.flatnonzero(half).tolist()
        names = list(whole.words) if block.unit == "word" else whole.keys.tolist()
        assert often and {names[place] for place in often} <= set(bounded.words or bounded.keys.tolist())
        monkeypatch.undo()


@pytest.mark.parametrize("out", ["mine", "mine/models", "."])
def test_a_folder_with_somebodys_own_files_is_not_cleared_for_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    """Whoever writes the model beside the data it was learned from keeps the data."""
    home = tmp_path / "mine"
    home.mkdir()
    data = written(home / "letters.csv", letters(40))
    train.run([data], home / "models" / "first", target="category", now=NOW)
    monkeypatch.chdir(home)
    with pytest.raises(InvalidInput, match="模型以外的文件"):
        train.run([data], Path("..") / out if out != "." else Path(out), target="category", now=NOW)
    with pytest.raises(InvalidInput, match="模型以外的文件"):
        TextModel.load(home / "models" / "first").save(home)
    assert data.is_file() and TextModel.load(home / "models" / "first")
    train.run([data], Path("models/first"), target="category", now=NOW)
    assert sorted(path.name for path in (home / "models").iterdir()) == ["first"], "a model gives way to the next one"


def test_predictions_are_not_written_over_the_labels_they_would_be_held_against(tmp_path: Path) -> None:
    data = written(tmp_path / "letters.csv", letters(40))
    train.run([data], tmp_path / "model", target="category", now=NOW)
    before = data.read_bytes()
    with pytest.raises(BadRequest, match="换一个 --out"):
        evaluate.predict_file(tmp_path / "model", data, tmp_path / "model" / ".." / "letters.csv")
    assert data.read_bytes() == before
    assert evaluate.predict_file(tmp_path / "model", data, tmp_path / "said.csv") == 40
