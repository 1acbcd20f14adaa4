"""Fit a linear model on letters; nothing here knows files."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from hotline.classify.features import Letter, Vocabulary, learn, standard

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

COST = 0.5
ABSENT = -2.0
"""Score of a class the training part had no example of: below what any class it knows gets by chance."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Vocabularies and one column of weights per class."""

    vocabularies: tuple[Vocabulary, ...]
    weights: Floats
    bias: Floats

    def scores(self, letters: Sequence[Letter]) -> npt.NDArray[np.float64]:
        return np.asarray(matrix(self.vocabularies, letters) @ self.weights + self.bias, dtype=np.float64)


def matrix(vocabularies: Sequence[Vocabulary], letters: Sequence[Letter]) -> sparse.csr_matrix:
    """The letters as rows, the blocks side by side."""
    return sparse.hstack([_block(vocabulary, letters) for vocabulary in vocabularies], format="csr")


def _block(vocabulary: Vocabulary, letters: Sequence[Letter]) -> sparse.csr_matrix:
    found = [vocabulary.weigh(letter) for letter in letters]
    ends = np.cumsum([0, *(len(places) for places, _ in found)])
    places = np.concatenate([places for places, _ in found])
    values = np.concatenate([values for _, values in found])
    return sparse.csr_matrix((values, places, ends), shape=(len(letters), len(vocabulary)))


def fit_linear(
    letters: Sequence[Letter], labels: Ints, classes: int, *, sample_weight: npt.NDArray[np.float64] | None = None
) -> Linear:
    """Learn vocabularies and weights; blocks without a feature (no titles, say) fall away."""
    learned = (learn(block, letters) for block in standard(len(letters)))
    vocabularies = tuple(vocabulary for vocabulary in learned if len(vocabulary))
    if len(np.unique(labels)) == 1:
        return _only(vocabularies, int(labels[0]), classes)
    machine = LinearSVC(C=COST, class_weight="balanced", random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(matrix(vocabularies, letters), labels, sample_weight=sample_weight)
    weights, bias = columns_of(machine.coef_, machine.intercept_, machine.classes_, classes)
    return Linear(vocabularies, weights, bias)


def _only(vocabularies: tuple[Vocabulary, ...], label: int, classes: int) -> Linear:
    bias = np.full(classes, ABSENT, dtype=np.float32)
    bias[label] = -ABSENT
    return Linear(vocabularies, np.zeros((sum(map(len, vocabularies)), classes), dtype=np.float32), bias)


def columns_of(
    coefficients: npt.NDArray[np.float64], intercepts: npt.NDArray[np.float64], known: Ints, classes: int
) -> tuple[Floats, Floats]:
    """One column per class: scikit-learn keeps a single row for two classes and none for an absent one."""
    if len(known) == 2:
        coefficients = np.vstack([-coefficients, coefficients])
        intercepts = np.concatenate([-intercepts, intercepts])
    weights = np.zeros((coefficients.shape[1], classes), dtype=np.float32)
    bias = np.full(classes, ABSENT, dtype=np.float32)
    weights[:, known] = coefficients.T
    bias[known] = intercepts
    return weights, bias
