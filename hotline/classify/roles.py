"""Units by the part they play: 马峦街道's own squad and 龙田街道's own squad are one role, named after the place of the case.
What one place has taught about a matter then holds in every other, also where the matter has never occurred."""

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

ARRAYS = ("roles.counts", "roles.weights", "roles.memory")
LISTS = ("roles", "roles.contexts")

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

KIND_OF_PLACE = re.compile("(街道|社区|办事处|工作站|镇|乡|村|区|县|市)$")
SHORTEST = 2
"""Characters a place's own name has at least; one character is in many units' names by chance."""
PLACE = "\x1e"
UNSEEN, DOUBT = 0.05, 2.0
"""What a role counts before it was seen with a value, and all roles together."""
MEMORY = 1_500
"""Finished tickets until one counts 1/e: who handles what drifts. A city with a long history remembers a quarter of it."""
LARGEST = 1e100


class Context(NamedTuple):
    """One column's value."""

    column: int
    value: str


def role_of(unit: str, case: Sequence[str]) -> str:
    """The unit's name with the case's own places taken out of it."""
    for column, value in enumerate(case):
        stem = KIND_OF_PLACE.sub("", value)
        if len(stem) >= SHORTEST and stem in unit:
            unit = unit.replace(stem, f"{PLACE}{column}")
    return unit


class Roles:
    """How often every role was seen with each value of each column, later tickets counting more."""

    def __init__(self, units: Sequence[str], memory: float = MEMORY) -> None:
        self.units = list(units)
        self.memory = memory
        self.counts: dict[Context, dict[int, float]] = defaultdict(dict)
        self.places: dict[str, int] = {}
        """Role → its number."""
        self._weight = 1.0
        self._known: dict[tuple[str, ...], Ints] = {}
        self._named: dict[str, bool] = {}

    def learn(self, case: Sequence[str], label: int) -> None:
        role = int(self.numbers(case)[label])
        self._weight *= 1 + 1 / self.memory
        for column, value in enumerate(case):
            counts = self.counts[Context(column, value)]
            counts[role] = counts.get(role, 0.0) + self._weight
        if self._weight > LARGEST:
            self._settle()

    def say(self, case: Sequence[str]) -> Array:
        """For every unit the sum over the columns of the logarithm of its role's share."""
        mine, said = self.numbers(case), np.zeros(len(self.units))
        for column, value in enumerate(case):
            seen = np.zeros(len(self.places))
            counts = self.counts.get(Context(column, value), {})
            for role, times in counts.items():
                seen[role] = times / self._weight
            said += np.log((seen[mine] + UNSEEN) / (seen.sum() + DOUBT))
        return said

    def numbers(self, case: Sequence[str]) -> Ints:
        """Each unit's role in this case; only values that occur in some unit's name make a difference."""
        names = tuple(value if self._names_a_unit(value) else "" for value in case)
        if names not in self._known:
            roles = [role_of(unit, names) for unit in self.units]
            self._known[names] = np.array([self.places.setdefault(role, len(self.places)) for role in roles])
        return self._known[names]

    def _names_a_unit(self, value: str) -> bool:
        if value not in self._named:
            stem = KIND_OF_PLACE.sub("", value)
            self._named[value] = len(stem) >= SHORTEST and any(stem in unit for unit in self.units)
        return self._named[value]

    def _settle(self) -> None:
        """Counts as of now: the last ticket counts one."""
        for counts in self.counts.values():
            for role in counts:
                counts[role] /= self._weight
        self._weight = 1.0

    def kept(self) -> tuple[dict[str, Any], dict[str, list[str]]]:
        """Arrays and lists for the model's folder."""
        self._settle()
        contexts = list(self.counts)
        seen = [
            (place, role, times)
            for place, context in enumerate(contexts)
            for role, times in self.counts[context].items()
        ]
        arrays = {
            "roles.counts": np.array([pair[:2] for pair in seen], dtype=np.int32).reshape(-1, 2),
            "roles.weights": np.array([pair[2] for pair in seen], dtype=np.float32),
            "roles.memory": np.array([self.memory]),
        }
        lists = {"roles": list(self.places), "roles.contexts": [f"{one.column} {one.value}" for one in contexts]}
        return arrays, lists

    @classmethod
    def of(cls, units: Sequence[str], arrays: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> "Roles":
        """From what `kept` gave."""
        memory = float(arrays["roles.memory"][0])
        if not memory > 0 or math.isinf(memory):
            raise ValueError("no such memory")
        roles = cls(units, memory)
        roles.places = {role: number for number, role in enumerate(lists["roles"])}
        contexts = [_context(line) for line in lists["roles.contexts"]]
        pairs, weights = arrays["roles.counts"].tolist(), arrays["roles.weights"].tolist()
        for (place, role), times in zip(pairs, weights, strict=True):
            roles.counts[contexts[place]][role] = times
        return roles


def _context(line: str) -> Context:
    column, _, value = line.partition(" ")
    return Context(int(column), value)
