"""Learn linear models and their calibration; nothing here knows files. Serving never imports this: scikit-learn is slow to load."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from hotline.classify.batches import matrix, scores_of
from hotline.classify.calibration import Calibration
from hotline.classify.counting import Told, learn_all, quiet
from hotline.classify.features import Block, Letter, Vocabulary, standard
from hotline.classify.neighbours import KEPT, Neighbours, remember
from hotline.classify.piecewise import PIECE, fit_piecewise
from hotline.classify.shelf import folder_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Array = npt.NDArray[np.float64]

ENOUGH = 100
"""Examples a class needs before its scores are bent on their own; the others share one curve."""
ABSENT = -2.0
"""Score of a class the training part had no example of: below what any class it knows gets by chance."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to learn: the blocks (None: by the number of texts) and what a mistake costs."""

    blocks: tuple[Block, ...] | None = None
    cost: float = 0.5
    neighbours: float = 0.0
    """What the nearest known letters count beside the linear score; 0: they are not asked."""
    at_once: int = 5_000
    """Letters learned from in memory (40 KB each meanwhile), to the last digit; more come piece by piece, all classes at once."""
    piece: int = PIECE


MOST_WEIGHTS, MOST_FEATURES = 60_000_000, 1_500_000
"""Where letters come piece by piece: of a block, for all classes together."""
STANDARD = Recipe(neighbours=0.2)


@dataclass(frozen=True, slots=True)
class Linear:
    """Vocabularies and one column of weights per class; beside them, maybe, the letters themselves."""

    vocabularies: tuple[Vocabulary, ...]
    weights: Floats
    bias: Floats
    neighbours: Neighbours | None = None

    def scores(self, letters: Sequence[Letter]) -> npt.NDArray[np.float64]:
        return scores_of(letters, self.vocabularies, self.weights, self.bias, self.neighbours)


def fit_linear(
    letters: Sequence[Letter],
    labels: Ints,
    classes: int,
    *,
    recipe: Recipe = Recipe(),
    sample_weight: npt.NDArray[np.float64] | None = None,
    told: Told = quiet,
) -> Linear:
    """Learn vocabularies and weights; blocks without a feature (no titles, say) fall away."""
    many = len(letters) > recipe.at_once
    most = min(MOST_FEATURES, MOST_WEIGHTS // classes) if many else None
    learned = learn_all(recipe.blocks or standard(len(letters)), letters, most=most, told=told)
    vocabularies = tuple(vocabulary for vocabulary in learned if len(vocabulary))
    if len(np.unique(labels)) == 1:
        return _only(vocabularies, int(labels[0]), classes)
    if many:
        given = vocabularies, letters, labels, recipe.cost, sample_weight
        found = fit_piecewise(*given, home=folder_of(letters), size=recipe.piece, told=told)
        weights, bias = columns_of(found.coefficients, found.intercepts, found.known, classes)
        words = matrix(vocabularies[:1], letters[max(len(letters) - KEPT, 0) :])
        return Linear(vocabularies, weights, bias, _neighbours(vocabularies, words, labels, classes, recipe.neighbours))
    machine = LinearSVC(C=recipe.cost, class_weight="balanced", random_state=0)
    table = matrix(vocabularies, letters)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(table, labels, sample_weight=sample_weight)
    weights, bias = columns_of(machine.coef_, machine.intercept_, machine.classes_, classes)
    return Linear(vocabularies, weights, bias, _neighbours(vocabularies, table, labels, classes, recipe.neighbours))


def _neighbours(
    vocabularies: Sequence[Vocabulary], table: sparse.csr_matrix, labels: Ints, classes: int, weight: float
) -> Neighbours | None:
    """Nearness is a matter of the first block: single words."""
    words = vocabularies[0]
    if not weight or words.block.unit != "word":
        return None
    return remember(words, table[:, : len(words)], labels, classes, weight)


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


def fit_calibration(scores: Array, labels: Ints) -> Calibration:
    """`scores` come from models that have not seen the row (cross-fitted), or the answer flatters itself."""
    classes = scores.shape[1]
    hits = labels[:, None] == np.arange(classes)[None, :]
    shared = _sigmoid(scores.ravel(), hits.ravel())
    own = [
        _sigmoid(scores[:, one], hits[:, one]) if hits[:, one].sum() >= ENOUGH and not hits[:, one].all() else shared
        for one in range(classes)
    ]
    slope, offset = np.array([pair[0] for pair in own]), np.array([pair[1] for pair in own])
    return Calibration(slope, offset, _sharpness(scores, labels, slope, offset))


def fit_sharpness(scores: Array, labels: Ints) -> Calibration:
    """For scores that are logarithms of chances already: only how sure they may be. No label overtakes another."""
    slope, offset = np.ones(scores.shape[1]), np.zeros(scores.shape[1])
    return Calibration(slope, offset, _sharpness(scores, labels, slope, offset))


def _sigmoid(scores: Array, hits: npt.NDArray[np.bool_]) -> tuple[float, float]:
    line = LogisticRegression(C=100.0).fit(scores[:, None], hits)
    return float(line.coef_[0, 0]), float(line.intercept_[0])


def _sharpness(scores: Array, labels: Ints, slope: Array, offset: Array) -> float:
    rows = np.arange(len(labels))

    def surprise(power: Array) -> float:
        chances = Calibration(slope, offset, float(np.exp(power[0]))).apply(scores)
        return float(-np.log(chances[rows, labels] + 1e-12).mean())

    return float(np.exp(minimize(surprise, np.zeros(1), method="Nelder-Mead").x[0]))
