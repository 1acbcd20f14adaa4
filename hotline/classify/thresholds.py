"""From which confidence on nobody need look: chosen with an exact bound, for each kind of input by itself.

Letters with a title and letters already cut into words, learned from together, are not equally hard: a threshold that holds over both may
hold in neither. Where a model has learned from enough of both, each kind has its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from hotline.classify.measures import Array, Truths, choose_thresholds

ENOUGH = 300
"""Rows of either kind from which they are judged apart."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """By the precision asked for. `titled` is empty where a title makes no difference."""

    usual: Mapping[str, float]
    titled: Mapping[str, float] = field(default_factory=dict)

    def passing(self, sure: Array, titled: npt.NDArray[np.bool_]) -> dict[str, Truths]:
        """Which rows go without a person."""
        return {
            level: sure >= np.where(titled, self.titled.get(level, threshold), threshold)
            for level, threshold in self.usual.items()
        }


def apart(titled: npt.NDArray[np.bool_]) -> bool:
    return min(int(titled.sum()), int((~titled).sum())) >= ENOUGH


def choose(sure: Array, right: Truths, titled: npt.NDArray[np.bool_]) -> Thresholds:
    if not apart(titled):
        return Thresholds(choose_thresholds(sure, right))
    return Thresholds(choose_thresholds(sure[~titled], right[~titled]), choose_thresholds(sure[titled], right[titled]))
