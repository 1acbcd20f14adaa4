"""A linear machine learned from more letters than fit in memory: their numbers lie in a file and come piece by piece.

It is the machine of `fitting.py` (L2-regularised squared hinge, each class against the rest), by the same descent
(native/passing.c) that scikit-learn's liblinear goes down, so that it ends where that one would."""

import ctypes
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from sklearn.utils.class_weight import compute_class_weight

from hotline.classify import engine
from hotline.classify.batches import matrix
from hotline.classify.counting import Told
from hotline.classify.engine import lies
from hotline.classify.features import Letter, Vocabulary

Ints = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]

PIECE = 20_000
"""Letters, about 13 KB each."""
TURNS = 8
"""How often all pieces are gone through."""
TWICE = 2
"""Passes over a piece while it is there."""
CONTENT = 0.05
"""How far the farthest letters may be from where they would stay."""


@dataclass(frozen=True, slots=True)
class Learned:
    """As scikit-learn keeps it: one row a class, a single one for two classes."""

    coefficients: Array
    intercepts: Array
    known: Ints


@dataclass(frozen=True, slots=True)
class Costs:
    """What a mistake costs, by class: on its own letters, on all others; and how much each letter counts."""

    up: Array
    down: Array
    weight: Array


class Store(Protocol):
    """Arrays by name: a dictionary, or files of a folder."""

    def __getitem__(self, name: str) -> npt.NDArray[Any]: ...
    def __setitem__(self, name: str, array: npt.NDArray[Any]) -> None: ...
    def __contains__(self, name: object) -> bool: ...


KINDS = {".starts": np.int64, ".features": np.int32, ".values": np.float32, ".pulls": np.float64}


class Filed:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return np.fromfile(self.folder / name, KINDS[Path(name).suffix])

    def __setitem__(self, name: str, array: npt.NDArray[Any]) -> None:
        array.tofile(self.folder / name)

    def __contains__(self, name: object) -> bool:
        return (self.folder / str(name)).exists()


@contextmanager
def storing(home: Path | None) -> Iterator[Store]:
    """In memory, or in a folder of `home` that is gone at the end, however it ends."""
    if home is None:
        yield {}
        return
    with tempfile.TemporaryDirectory(dir=home, prefix=".numbers-") as folder:
        yield Filed(Path(folder))


class Pieces:
    """The letters' numbers, some letters at a time."""

    def __init__(self, store: Store, starts: Sequence[int]) -> None:
        self.store = store
        self.starts = starts

    @classmethod
    def write(
        cls,
        store: Store,
        vocabularies: Sequence[Vocabulary],
        letters: Sequence[Letter],
        order: Ints,
        size: int,
        told: Told,
    ) -> "Pieces":
        starts = range(0, len(letters), size)
        for number, start in enumerate(starts):
            told("写数表", start, len(letters))
            table = matrix(vocabularies, [letters[place] for place in order[start : start + size].tolist()])
            for part, array in (("starts", table.indptr), ("features", table.indices), ("values", table.data)):
                store[f"{number}.{part}"] = array.astype(KINDS[f".{part}"])
        return cls(store, starts)

    def __getitem__(self, number: int) -> "Piece":
        return Piece(*(self.store[f"{number}.{part}"] for part in ("starts", "features", "values")))

    def pulls(self, number: int, count: int) -> Array:
        """By letter and class; nobody has pulled yet where none are kept."""
        name = f"{number}.pulls"
        return self.store[name] if name in self.store else np.zeros(count)

    def keep(self, number: int, pulls: Array) -> None:
        self.store[f"{number}.pulls"] = pulls


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of a table one behind the other."""

    starts: Ints
    features: npt.NDArray[np.int32]
    values: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.starts) - 1


def fit_piecewise(
    vocabularies: Sequence[Vocabulary],
    letters: Sequence[Letter],
    labels: Ints,
    cost: float,
    sample_weight: Array | None,
    *,
    home: Path | None,
    size: int = PIECE,
    told: Told,
) -> Learned:
    """`home`: where there is room for the numbers meanwhile, unless letters that are in memory themselves leave some there."""
    known, places = np.unique(labels, return_inverse=True)
    # Files come sorted by class or by day; a piece that knows one of them only would unlearn the others.
    order = np.random.default_rng(0).permutation(len(labels))
    with storing(home) as store:
        pieces = Pieces.write(store, vocabularies, letters, order, size, told)
        width, cost_of = sum(map(len, vocabularies)), costs(labels, cost, sample_weight, order)
        weights = descend(pieces, places[order], len(known), width, cost_of, told)
    return Learned(np.ascontiguousarray(weights[:-1].T), weights[-1].copy(), known)


def costs(labels: Ints, cost: float, sample_weight: Array | None, order: Ints) -> Costs:
    """Rare classes count as much as common ones, as liblinear has it: dearer are a class's own letters only."""
    known = np.unique(labels)
    weight = (np.ones(len(labels)) if sample_weight is None else sample_weight)[order]
    balanced = cost * compute_class_weight("balanced", classes=known, y=labels, sample_weight=sample_weight)
    if len(known) == 2:
        return Costs(balanced[1:], balanced[:1], weight)
    return Costs(balanced, np.full(len(known), cost), weight)


def descend(pieces: Pieces, labels: Ints, classes: int, width: int, cost: Costs, told: Told) -> Array:
    """The weights, one row a feature and the bias behind them."""
    sides = 1 if classes == 2 else classes
    # Of two classes one line tells both apart: the second is above it.
    owners = (1 - labels if classes == 2 else labels).astype(np.int32)
    weights = np.zeros((width + 1, sides))
    random = np.random.default_rng(0)
    for turn in range(TURNS):
        widest = np.zeros((sides, 2))
        for step, number in enumerate(random.permutation(len(pieces.starts)).tolist()):
            told("学习", turn * len(pieces.starts) + step, TURNS * len(pieces.starts))
            piece, start = pieces[number], pieces.starts[number]
            rows, pulls = slice(start, start + len(piece)), pieces.pulls(number, len(piece) * sides)
            _go_over(piece, owners[rows], cost, rows, weights, pulls, widest, random)
            pieces.keep(number, pulls)
        if (widest[:, 0] - widest[:, 1]).max() < CONTENT:
            break
    return weights


def _go_over(
    piece: Piece,
    owners: npt.NDArray[np.int32],
    cost: Costs,
    rows: slice,
    weights: Array,
    pulls: Array,
    widest: Array,
    random: np.random.Generator,
) -> None:
    count, sides = len(piece), weights.shape[1]
    weight = np.ascontiguousarray(cost.weight[rows])
    parts: tuple[npt.NDArray[Any], ...] = (
        piece.starts,
        piece.features,
        piece.values,
        np.ascontiguousarray(owners),
        weight,
        cost.up,
        cost.down,
    )
    lesson = engine.Lesson(*map(lies, parts), sides, weights.shape[0] - 1)
    for last in range(TWICE):
        farthest = np.zeros_like(widest)
        order = random.permutation(count).astype(np.int64)
        given = ctypes.byref(lesson), lies(order), count, lies(weights), lies(pulls), lies(farthest)
        engine.demand(engine.library().pass_over(*given) >= 0)
        if last == 0:
            np.maximum(widest[:, 0], farthest[:, 0], out=widest[:, 0])
            np.minimum(widest[:, 1], farthest[:, 1], out=widest[:, 1])
