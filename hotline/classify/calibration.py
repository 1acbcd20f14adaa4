"""From a linear model's scores to probabilities that mean what they say (校准)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


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
