"""The nearest known letters have a say beside the linear model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sparse

from hotline.classify import train
from hotline.classify.features import Letter, Vocabulary, read
from hotline.classify.fitting import STANDARD, Linear, fit_linear
from hotline.classify.model import TextModel
from hotline.classify.neighbours import BENT, COMMON, DOUBT, DULL, NEAREST, SHARED, Neighbours
from tests.rules import classify_reference as plainly
from tests.rules.test_classify_model import NOW, letters, written

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@pytest.fixture(scope="module")
def known() -> list[Letter]:
    return [read(row["title"], row["text"]) for row in letters(120, seed=11)]


@pytest.fixture(scope="module")
def labels() -> Ints:
    names = sorted({row["label"] for row in letters(120, seed=11)})
    return np.array([names.index(row["label"]) for row in letters(120, seed=11)])


@pytest.fixture(scope="module")
def fitted(known: list[Letter], labels: Ints) -> Linear:
    return fit_linear(known, labels, int(labels.max()) + 1, recipe=STANDARD)


def votes(near: Neighbours, words: Vocabulary, letter: Letter) -> Array:
    found, values = plainly.weigh(words, letter)
    said: Array = near.votes_of(sparse.csr_matrix((values, found, [0, len(found)]), shape=(1, len(words))))
    return np.asarray(said[0])


def telling(words: Vocabulary, known: list[Letter], labels: Ints) -> Array:
    """What each word is worth for nearness, label by label."""
    usual = np.bincount(labels) / len(labels)
    worth = np.empty(len(words))
    for word, place in words.words.items():
        having = np.bincount(labels[[word in letter.words for letter in known]], minlength=len(usual))
        shares = (having + SHARED * usual) / (having.sum() + SHARED)
        worth[place] = sum(share * np.log(share / before) for share, before in zip(shares, usual, strict=True))
    return np.asarray((worth + DULL) ** BENT)


def test_lists_of_words_give_the_votes_one_would_reckon_by_hand(
    known: list[Letter], labels: Ints, fitted: Linear
) -> None:
    words, near = fitted.vocabularies[0], fitted.neighbours
    assert near is not None
    told = telling(words, known, labels) * (words.idf > 1 - np.log(COMMON))

    def vector(letter: Letter) -> Array:
        found, values = plainly.weigh(words, letter)
        full: Array = np.zeros(len(words))
        full[found] = values * told[found]
        return full / max(1e-9, float(np.linalg.norm(full)))

    table = np.stack([vector(letter) for letter in known])
    for row in letters(10, seed=12):
        asked = read(row["title"], row["text"])
        cosines = table @ vector(asked)
        share = np.zeros(near.classes)
        for place in np.argsort(-cosines, kind="stable")[:NEAREST]:
            share[near.labels[place]] += cosines[place] ** 3
        said = np.log(share / (share.sum() or 1) + DOUBT)
        assert votes(near, words, asked) == pytest.approx(near.weight * (said - said.mean()), abs=1e-4)


def test_a_letter_like_one_known_leans_to_its_label(known: list[Letter], labels: Ints, fitted: Linear) -> None:
    without = replace(fitted, neighbours=None)
    lean = fitted.scores(known) - without.scores(known)
    assert (lean.argmax(axis=1) == labels).mean() > 0.9


def test_of_two_letters_the_one_that_shares_the_telling_word_is_nearer() -> None:
    """Both share one word with the letter that asks, and as rare a one; that of the first all letters of its label have."""
    told = ["路灯 早上", "路灯 中午", "路灯 晚上", "路灯 夜里", "垃圾 甲村", "公交 甲村", "噪音 甲村", "公交 甲村"]
    labels = np.array([0, 0, 0, 0, 1, 2, 3, 2])
    letters = [read("", text) for text in told] + [read("", "学校")] * 80
    all_labels = np.concatenate([labels, np.arange(80) % 4])
    near = fit_linear(letters, all_labels, 4, recipe=STANDARD)
    assert near.neighbours is not None
    said = votes(near.neighbours, near.vocabularies[0], read("", "路灯 甲村"))
    assert said[0] > said[2] > said[1]


def test_a_letter_without_a_known_word_leaves_the_linear_model_alone(fitted: Linear) -> None:
    near = fitted.neighbours
    assert near is not None
    nothing = votes(near, fitted.vocabularies[0], read("", ""))
    assert nothing == pytest.approx(np.zeros(near.classes))


def test_training_and_service_agree_and_a_kept_model_answers_the_same(tmp_path: Path) -> None:
    train.run([written(tmp_path / "a.csv", letters(200))], tmp_path / "m", target="category", now=NOW)
    model = TextModel.load(tmp_path / "m")
    assert model.neighbours is not None and len(model.neighbours.labels) == 200
    texts = [(row["title"], row["text"]) for row in letters(20, seed=13)]
    asked = [read(*text) for text in texts]
    whole = Linear(model.vocabularies, model.weights, model.bias, model.neighbours)
    wanted = model.calibration.apply(whole.scores(asked))
    assert model.asked(texts) == pytest.approx(wanted, abs=1e-4)
    model.save(tmp_path / "again")
    assert (TextModel.load(tmp_path / "again").asked(texts) == model.asked(texts)).all()


def test_labels_that_mean_nothing_are_reported_as_such(tmp_path: Path) -> None:
    """A figure above chance would show that the asked model had seen the row or its neighbours' labels."""
    rows = letters(300, seed=14)
    random = np.random.default_rng(1)
    for row in rows:
        row["label"] = f"第{random.integers(0, 4)}类"
    report = train.run([written(tmp_path / "a.csv", rows)], tmp_path / "m", target="category", now=NOW)
    assert report.held.accuracy < 0.36
    assert report.held.auto["0.95"].share == 0
