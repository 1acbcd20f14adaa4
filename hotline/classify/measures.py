"""How right, and how honest about it: the figures every evaluation prints."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from hotline.classify import engine

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

PRECISIONS = (0.95, 0.98)
CERTAINTY = 0.95
"""How sure we want to be (one-sided) that the precision behind a threshold is really reached."""
NEVER = 2.0
"""A threshold no confidence reaches: nothing is automatic."""


@dataclass(frozen=True, slots=True)
class Automatic:
    """The part a threshold lets through without a person, and how much of it is right."""

    share: float
    precision: float


@dataclass(frozen=True, slots=True)
class ClassFigures:
    label: str
    precision: float
    recall: float
    f1: float
    n: int


@dataclass(frozen=True, slots=True)
class Figures:
    n: int
    accuracy: float
    macro_f1: float
    top3: float
    ece: float
    auto: dict[str, Automatic]
    auc: float | None = None
    """Of two labels: how often the one is surer of its own rows than of the other's."""

    def body(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The surest part of the rows, how much of it is right, and between what the truth lies (two-sided, 95 %)."""

    share: float
    confidence: float
    precision: float
    low: float
    high: float


def figures(chances: Array, truth: Labels, passed: Mapping[str, Truths]) -> Figures:
    """`truth` is -1 where the right label is one the model has never met: always counted as wrong."""
    best = chances.argmax(axis=1)
    right, sure = best == truth, chances.max(axis=1)
    return Figures(
        n=len(truth),
        accuracy=float(right.mean()),
        macro_f1=macro_f1(best, truth),
        top3=float(np.any(best_of(chances, 3) == truth[:, None], axis=1).mean()),
        ece=calibration_error(sure, right),
        auto={level: automatic(right, let_through) for level, let_through in passed.items()},
        auc=area(chances[:, 1], truth == 1) if chances.shape[1] == 2 else None,
    )


def area(chances: Array, hits: Truths) -> float | None:
    """Area under the ROC curve: a hit drawn at random is likelier than a miss; equal ones count half."""
    _, place, times = np.unique(chances, return_inverse=True, return_counts=True)
    missed = np.bincount(place, weights=~hits, minlength=len(times))
    below = np.cumsum(missed) - missed / 2
    of = int(hits.sum()) * int((~hits).sum())
    return float(below[place][hits].sum() / of) if of else None


def best_of(chances: Array, count: int) -> npt.NDArray[np.int32]:
    """The `count` likeliest classes of every row, best first, of equals the first."""
    found = np.empty((len(chances), min(count, chances.shape[1])), dtype=np.int32)
    rows = np.ascontiguousarray(chances, dtype=np.float64)
    engine.library().best_of(engine.lies(rows), *rows.shape, found.shape[1], engine.lies(found))
    return found


def macro_f1(guessed: Labels, truth: Labels) -> float:
    """Mean F1 over every class that occurs or was guessed."""
    return float(np.mean([_f1(guessed, truth, one)[2] for one in np.union1d(guessed, truth)]))


def per_class(guessed: Labels, truth: Labels, labels: Sequence[str]) -> list[ClassFigures]:
    found = []
    for one in np.unique(truth[truth >= 0]):
        precision, recall, f1 = _f1(guessed, truth, one)
        found.append(ClassFigures(labels[one], precision, recall, f1, int((truth == one).sum())))
    return found


def _f1(guessed: Labels, truth: Labels, one: int) -> tuple[float, float, float]:
    both = float(((guessed == one) & (truth == one)).sum())
    precision = both / max(1, int((guessed == one).sum()))
    recall = both / max(1, int((truth == one).sum()))
    return precision, recall, 2 * precision * recall / (precision + recall) if both else 0.0


def macro_f1_error(guessed: Labels, truth: Labels, seed: int = 1, rounds: int = 200) -> float:
    """Standard error by drawing the rows again and again (bootstrap)."""
    random = np.random.default_rng(seed)
    draws = random.integers(0, len(truth), (rounds, len(truth)))
    return float(np.std([macro_f1(guessed[draw], truth[draw]) for draw in draws]))


def calibration_error(sure: Array, right: Truths, bins: int = 15) -> float:
    """Expected calibration error: mean gap between how sure and how right, over equal slices of confidence."""
    place = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = np.bincount(place, weights=sure - right, minlength=bins)
    return float(np.abs(gaps).sum() / max(1, len(sure)))


def automatic(right: Truths, let_through: Truths) -> Automatic:
    return Automatic(float(let_through.mean()), float(right[let_through].mean()) if let_through.any() else 1.0)


def precision_bound(right: int, of: int) -> float:
    """The precision that is reached with CERTAINTY (Clopper–Pearson, one-sided)."""
    return float(betaincinv(right, of - right + 1, 1 - CERTAINTY)) if right else 0.0


def choose_threshold(sure: Array, right: Truths, precision: float) -> float:
    """The lowest confidence above which the exact bound on precision still holds; NEVER when there is none."""
    order = np.argsort(-sure, kind="stable")
    hits, seen = np.cumsum(right[order]), np.arange(1, len(order) + 1)
    bounds = np.where(hits > 0, betaincinv(np.maximum(hits, 1), seen - hits + 1, 1 - CERTAINTY), 0.0)
    # Rows of equal confidence pass together or not at all.
    ends = np.append(sure[order][1:] < sure[order][:-1], True)
    good = np.flatnonzero((bounds >= precision) & ends)
    return float(sure[order[good[-1]]]) if len(good) else NEVER


def choose_thresholds(sure: Array, right: Truths) -> dict[str, float]:
    return {f"{level:.2f}": choose_threshold(sure, right, level) for level in PRECISIONS}


def coverage(sure: Array, right: Truths, points: int = 20) -> list[CurvePoint]:
    """From the surest rows to all of them."""
    order = np.argsort(-sure, kind="stable")
    hits = np.cumsum(right[order])
    ends = sorted({max(1, round(len(order) * step / points)) for step in range(1, points + 1)})
    return [_point(int(hits[end - 1]), end, len(order), float(sure[order[end - 1]])) for end in ends]


def _point(right: int, of: int, rows: int, confidence: float) -> CurvePoint:
    low, high = interval(right, of)
    return CurvePoint(of / rows, confidence, right / of, low, high)


def interval(right: int, of: int) -> tuple[float, float]:
    """Exact (Clopper–Pearson), two-sided: between these the true rate lies in 95 of 100 cases."""
    tail = (1 - CERTAINTY) / 2
    low = float(betaincinv(right, of - right + 1, tail)) if right else 0.0
    high = float(betaincinv(right + 1, of - right, 1 - tail)) if right < of else 1.0
    return low, high


def share_error(share: float, of: int) -> float:
    """Standard error of a share of so many rows."""
    return float(np.sqrt(share * (1 - share) / max(1, of)))
