"""Which unit handled such matters before: linear models over the columns, their combinations and the characters of their
names, one for units and one for the roles they play (`role_model.py`), a look-up that backs off from the exact case to the
general one, and how often each role was met (`roles.py`). All learn on from every finished ticket."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hotline.classify import folder
from hotline.classify.calibration import Calibration, softmax
from hotline.classify.folder import BrokenModel, Manifest
from hotline.classify.model import Columns, Row
from hotline.classify.role_model import ARRAYS as ROLE_MODEL_ARRAYS
from hotline.classify.role_model import RoleModel
from hotline.classify.roles import ARRAYS as ROLES_ARRAYS
from hotline.classify.roles import LISTS as ROLES_LISTS
from hotline.classify.roles import Roles

Array = npt.NDArray[np.float64]
Case = tuple[str, ...]

UNIT, LATE = "unit", "late"
"""What can be learned from category columns: who handles it, and whether it will be late."""

TRUST_GENERAL = 3.0
"""How many cases of its own a context needs before it outweighs the more general one."""
LOOKUP = 0.3
"""Share of the look-up in the answer where it has seen much."""
MUCH = 5
"""Cases like this one, in the first half of the columns, until the look-up has half of that share."""
MODEL, ROLE, COMMON = 0.8, 0.1, 0.1
"""What the linear models with their look-up count, what each column's roles count, and how much is taken off for being frequent at all:
both have counted that."""
FEWEST = 0.2
"""How often a unit counts as seen before it was."""
WIDEST_CROSS = 3
STEP = 0.015
"""How far one finished ticket moves the weights for units."""
NAME = 40
"""Characters of a name that are looked at."""
JOINT = "\x1f"


def case_of(row: Row, features: Sequence[str]) -> Case:
    return tuple(" ".join((row.get(column) or "").split()) for column in features)


class Lookup:
    """Counts of labels under every prefix of the columns, from `()` (all cases) to the whole case."""

    def __init__(self, classes: int) -> None:
        self.classes = classes
        self.counts: dict[Case, Counter[int]] = defaultdict(Counter)

    def learn(self, case: Case, label: int) -> None:
        for depth in range(len(case) + 1):
            self.counts[case[:depth]][label] += 1

    def seen(self, case: Case) -> int:
        """How often the first half of the columns has occurred like this."""
        counts = self.counts.get(case[: (len(case) + 1) // 2])
        return counts.total() if counts else 0

    def shares(self) -> Array:
        """How frequent every label is over all cases."""
        times = np.full(self.classes, FEWEST)
        for label, count in self.counts[()].items():
            times[label] += count
        return np.asarray(times / times.sum(), dtype=np.float64)

    def chances(self, case: Case) -> Array:
        answer = np.full(self.classes, 1 / self.classes)
        for depth in range(len(case) + 1):
            counts = self.counts.get(case[:depth])
            if not counts:
                break
            answer *= TRUST_GENERAL
            for label, times in counts.items():
                answer[label] += times
            answer /= counts.total() + TRUST_GENERAL
        return answer


def crosses(case: Case) -> list[str]:
    """Single columns, pairs and triples, named by place and value; and the characters of each name, one and two at a time:
    a matter that has been renamed since still has most of them."""
    found = [
        JOINT.join(f"{place}={case[place]}" for place in places)
        for width in range(1, min(WIDEST_CROSS, len(case)) + 1)
        for places in combinations(range(len(case)), width)
    ]
    return found + sorted({f"{place}~{piece}" for place, name in enumerate(case) for piece in _pieces(name[:NAME])})


def _pieces(name: str) -> Iterator[str]:
    yield from name
    yield from map("".join, pairwise(name))


class CrossModel:
    """Logistic regression over the crosses."""

    def __init__(self, known: dict[str, int], weights: npt.NDArray[np.float32], bias: npt.NDArray[np.float32]) -> None:
        self.known = known
        self.weights = weights
        self.bias = bias

    def chances(self, case: Case) -> Array:
        return self.answer(self.places(case))

    def learn(self, places: Sequence[int], label: int) -> None:
        """One step towards the label that proved right (stochastic gradient)."""
        if not self.weights.flags.writeable:  # mapped from disk, shared with other processes
            self.weights = self.weights.copy()
        wrong = self.answer(places)
        wrong[label] -= 1
        self.weights[places] -= np.float32(STEP) * wrong.astype(np.float32)

    def places(self, case: Case) -> list[int]:
        """Which rows of the weights speak for a case."""
        return [self.known[cross] for cross in crosses(case) if cross in self.known]

    def answer(self, places: Sequence[int]) -> Array:
        answer: Array = softmax((self.weights[places].sum(axis=0) + self.bias)[None, :].astype(np.float64))[0]
        return answer


class Columnar:
    """Linear models, look-up and roles together, before calibration. The look-up has a share only where it has seen much:
    of a matter it does not know it speaks in general, and that does harm."""

    def __init__(self, lookup: Lookup, crosses: CrossModel, cast: RoleModel | None) -> None:
        """Without roles the labels are no units, and one linear model speaks alone."""
        self.lookup = lookup
        self.crosses = crosses
        self.cast = cast

    def scores(self, cases: Sequence[Case]) -> Array:
        if self.cast is None:
            return np.stack([np.log(self.crosses.chances(case) + 1e-9) for case in cases])
        often, roles = COMMON * np.log(self.lookup.shares()), self.cast.roles
        return np.stack(
            [MODEL * np.log(self._blend(case, self.cast)) + ROLE * roles.say(case) - often for case in cases]
        )

    def learn(self, case: Case, label: int) -> None:
        places = self.crosses.places(case)
        self.crosses.learn(places, label)
        if self.cast is not None:
            self.lookup.learn(case, label)
            self.cast.learn(case, places, label)
            self.cast.roles.learn(case, label)

    def _blend(self, case: Case, cast: RoleModel) -> Array:
        """The linear models count the same: they err in different cases."""
        places, seen = self.crosses.places(case), self.lookup.seen(case)
        linear = (self.crosses.answer(places) + cast.chances(case, places)) / 2
        share = LOOKUP * seen / (seen + MUCH)
        blend: Array = share * self.lookup.chances(case) + (1 - share) * linear + 1e-9
        return blend


class ColumnsModel:
    """Category columns → calibrated probabilities of units."""

    def __init__(self, manifest: Manifest, columnar: Columnar, calibration: Calibration) -> None:
        self.manifest = manifest
        self.columnar = columnar
        self.calibration = calibration

    def chances(self, rows: Sequence[Row], columns: Columns) -> Array:
        if not rows:
            return np.empty((0, len(self.manifest.labels)))
        cases = [case_of(row, columns.features) for row in rows]
        return self.calibration.apply(self.columnar.scores(cases))

    def learn(self, row: Row, columns: Columns, label: int) -> None:
        """One finished ticket more (day by day); only the calibration stays as trained."""
        self.columnar.learn(case_of(row, columns.features), label)

    def save(self, path: Path) -> Manifest:
        lookup, linear = self.columnar.lookup, self.columnar.crosses
        contexts = list(lookup.counts)
        counts = [
            (place, label, times)
            for place, context in enumerate(contexts)
            for label, times in lookup.counts[context].items()
        ]
        arrays: dict[str, Any] = {
            "counts": np.array(counts, dtype=np.int32).reshape(-1, 3),
            "weights": linear.weights,
            "bias": linear.bias,
            "calibration": np.stack([self.calibration.slope, self.calibration.offset]),
        }
        # The depth in front tells the empty case from a case of one empty column.
        lists = {
            "contexts": [JOINT.join([str(len(context)), *context]) for context in contexts],
            "crosses": list(linear.known),
        }
        if self.columnar.cast is not None:
            arrays |= self.columnar.cast.kept()
            for kept, more in zip((arrays, lists), self.columnar.cast.roles.kept(), strict=True):
                kept.update(more)
        self.manifest = folder.write(path, self.manifest, arrays, lists)
        return self.manifest

    @classmethod
    def load(cls, path: Path, manifest: Manifest | None = None) -> "ColumnsModel":
        manifest = manifest or folder.read_manifest(path)
        if manifest.form != "columns":
            raise BrokenModel(f"模型 {path} 不是按分类列训练的模型,请换用相应的目录。")
        with folder.opening(path):
            return cls._from_folder(path, manifest)

    @classmethod
    def _from_folder(cls, path: Path, manifest: Manifest) -> "ColumnsModel":
        lookup = _read_lookup(path, manifest)
        known = {cross: place for place, cross in enumerate(folder.read_list(path, manifest, "crosses"))}
        weights = folder.read_array(path, manifest, "weights")
        bias, bend = (np.array(folder.read_array(path, manifest, name)) for name in ("bias", "calibration"))
        classes = len(manifest.labels)
        folder.demand(
            weights.shape == (len(known), classes) and bias.shape == (classes,) and bend.shape == (2, classes)
        )
        linear = CrossModel(known, weights, bias)
        slope, offset = bend
        sharpness = float(manifest.calibration["sharpness"])
        cast = _read_cast(path, manifest, len(known)) if manifest.target == UNIT else None
        return cls(manifest, Columnar(lookup, linear, cast), Calibration(slope, offset, sharpness))


def _read_lookup(path: Path, manifest: Manifest) -> Lookup:
    lookup = Lookup(len(manifest.labels))
    contexts = [tuple(line.split(JOINT)[1:]) for line in folder.read_list(path, manifest, "contexts")]
    for place, label, times in folder.read_array(path, manifest, "counts").tolist():
        folder.demand(0 <= place < len(contexts) and 0 <= label < lookup.classes and times > 0)
        lookup.counts[contexts[place]][label] = times
    return lookup


def _read_cast(path: Path, manifest: Manifest, crosses: int) -> RoleModel:
    arrays = {name: folder.read_array(path, manifest, name) for name in (*ROLES_ARRAYS, *ROLE_MODEL_ARRAYS)}
    lists = {name: folder.read_list(path, manifest, name) for name in ROLES_LISTS}
    return RoleModel.of(Roles.of(manifest.labels, arrays, lists), arrays, crosses)
