"""From a linear model's scores to probabilities that mean what they say (校准)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

ENOUGH = 100
"""Examples a class needs before its scores are bent on their own; the others share one curve."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Per class a sigmoid over its score, then one exponent over all of them."""

    slope: Array
    offset: Array
    sharpness: float

    def apply(self, scores: npt.NDArray[np.floating]) -> Array:
        return softmax(self.sharpness * -np.logaddexp(0.0, -(scores * self.slope + self.offset)))


def softmax(values: Array) -> Array:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)


def fit(scores: Array, labels: Labels) -> Calibration:
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


def _sigmoid(scores: Array, hits: npt.NDArray[np.bool_]) -> tuple[float, float]:
    line = LogisticRegression(C=100.0).fit(scores[:, None], hits)
    return float(line.coef_[0, 0]), float(line.intercept_[0])


def _sharpness(scores: Array, labels: Labels, slope: Array, offset: Array) -> float:
    rows = np.arange(len(labels))

    def surprise(power: Array) -> float:
        chances = Calibration(slope, offset, float(np.exp(power[0]))).apply(scores)
        return float(-np.log(chances[rows, labels] + 1e-12).mean())

    return float(np.exp(minimize(surprise, np.zeros(1), method="Nelder-Mead").x[0]))
