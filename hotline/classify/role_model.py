"""A linear model that weighs crosses for roles instead of units (`roles.py`): what a matter and a place say for "the street's own
squad" is learned from every street at once. Adaptive steps (AdaGrad), so that it learns from a finished ticket as it did in training."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hotline.classify.calibration import softmax
from hotline.classify.folder import LARGEST
from hotline.classify.roles import Roles

ARRAYS = ("role_model.weights", "role_model.squares")

Array = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

STEP = 0.05
"""How far one ticket moves a weight that has hardly been moved before."""
START = 0.1
"""What stands for the squared moves of a weight before its first: it keeps the first step from being the largest of all."""
PASSES = 2
"""How often training goes through the tickets; more learns them by heart."""


class RoleModel:
    def __init__(self, roles: Roles, weights: Floats, squares: Floats) -> None:
        """One row a cross, one column a role; `squares`: of all moves so far, the more the smaller the next step."""
        self.roles = roles
        self.weights = weights
        self.squares = squares

    @classmethod
    def blank(cls, roles: Roles, crosses: int) -> "RoleModel":
        shape = crosses, len(roles.places)
        return cls(roles, np.zeros(shape, dtype=np.float32), np.full(shape, START, dtype=np.float32))

    def chances(self, case: Sequence[str], places: Sequence[int]) -> Array:
        """Of every unit, from its role in this case; `places`: the case's crosses. A role never met is as unlikely as the unlikeliest."""
        mine = self.roles.numbers(case)
        said = self.weights[places].sum(axis=0).astype(np.float64)
        fresh = len(self.roles.places) - len(said)
        if fresh:
            said = np.append(said, np.full(fresh, said.min(initial=0.0)))
        answer: Array = softmax(said[mine][None, :])[0]
        return answer

    def learn(self, case: Sequence[str], places: Sequence[int], label: int) -> None:
        wrong = self.chances(case, places)
        wrong[label] -= 1
        self._make_room()
        moves = np.bincount(self.roles.numbers(case), wrong, self.weights.shape[1]).astype(np.float32)
        squares = self.squares[places] + moves * moves
        self.squares[places] = squares
        self.weights[places] -= np.float32(STEP) * moves / np.sqrt(squares)

    def _make_room(self) -> None:
        """For roles that have come up since; and of our own where the arrays are mapped from disk, shared with other processes."""
        fresh = len(self.roles.places) - self.weights.shape[1]
        if fresh or not self.weights.flags.writeable:
            self.weights = np.pad(self.weights, ((0, 0), (0, fresh)))
            self.squares = np.pad(self.squares, ((0, 0), (0, fresh)), constant_values=START)

    def kept(self) -> dict[str, Any]:
        """Arrays for the model's folder."""
        self._make_room()
        return dict(zip(ARRAYS, (self.weights, self.squares), strict=True))

    @classmethod
    def of(cls, roles: Roles, arrays: Mapping[str, Any], crosses: int) -> "RoleModel":
        """From what `kept` gave."""
        weights, squares = (arrays[name] for name in ARRAYS)
        if not weights.shape == squares.shape == (crosses, len(roles.places)):
            raise ValueError("weights do not fit crosses and roles")
        if not weights.dtype == squares.dtype == np.float32:
            raise ValueError("no such numbers")
        if not ((np.abs(weights) < LARGEST) & (squares >= START / 2) & (squares < LARGEST)).all():
            raise ValueError("no such numbers")
        return cls(roles, weights, squares)
