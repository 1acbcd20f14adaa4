"""Rows ready to be learned from: read once, the letters kept in memory while they are few and on a shelf when they are many."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hotline.classify import folds, tables
from hotline.classify.batches import REMEMBERED
from hotline.classify.columns import LATE, UNIT, Case, case_of
from hotline.classify.counting import Told, quiet
from hotline.classify.features import Letter, read
from hotline.classify.model import Columns
from hotline.classify.shelf import Shelf, chosen
from hotline.infra.errors import InvalidInput

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FOLDS = 5
ASIDE, LATER = -1, -2
"""Of many rows a few are asked about, of a model of those set aside; all others come in with the model that is kept."""
MANY, ASKED, ENOUGH = 100_000, 20_000, 200_000
TURNS = (0.55, 0.66, 0.77, 0.88)
"""By time: what share of the rows lies before each fold but the first. A model of few rows says little about the final one."""
GROUP_COLUMN = "group"
FEWEST_ROWS = 10
BY_COLUMNS = (UNIT, LATE)
OFTEN = 10_000


@dataclass(frozen=True, slots=True)
class Examples:
    """`forward`: folds follow time, and only earlier ones may be learned from."""

    inputs: Sequence[Any]
    labels: Ints
    names: list[str]
    fold: Ints
    forward: bool = False
    chances: bool = False
    """Whether the scores are logarithms of chances."""
    titles: npt.NDArray[np.bool_] | None = None
    """Which letters have a title; None where there are no letters."""

    @property
    def titled(self) -> npt.NDArray[np.bool_]:
        return np.zeros(len(self.labels), dtype=bool) if self.titles is None else self.titles

    @property
    def many(self) -> bool:
        """One model of those set aside answers for all folds."""
        return bool((self.fold == ASIDE).any())

    def part(self, fold: set[int]) -> tuple[Sequence[Any], Ints, Ints]:
        places = np.flatnonzero(np.isin(self.fold, list(fold)))
        return chosen(self.inputs, places), self.labels[places], places


class Room:
    """A folder for the time of one training."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self.folder, self.opened = folder, opened

    def shelf(self, letters: Sequence[Letter]) -> Shelf:
        return self.opened.enter_context(closing(Shelf(self.folder / "letters", letters)))


class Gathered:
    """What is known of the rows that went by."""

    def __init__(self, columns: Columns, target: str, room: Room) -> None:
        self.columns, self.target, self.room = columns, target, room
        self.mark = tables.Fingerprint(needed(columns, target))
        self.labels: list[str] = []
        self.cases: list[Case] = []
        self.letters: list[Letter] | Shelf = []
        self.titles: list[bool] = []
        self.moments: list[tuple[int, ...]] = []
        self.groups: list[str] = []
        self.signatures: list[folds.Hashes] = []

    def add(self, row: dict[str, str]) -> None:
        self.mark.add(row)
        self.labels.append(row[self.columns.label].strip())
        if self.columns.time:
            self.moments.append(tables.moment(row[self.columns.time]))
        self.groups.append(row.get(GROUP_COLUMN) or "")
        if self.target in BY_COLUMNS:
            self.cases.append(case_of(row, self.columns.features))
            return
        title, content = self.columns.letter(row)
        self.titles.append(bool(title.strip()))
        self.signatures.append(folds.signature(title + content))
        self.keep(read(title, content))

    def keep(self, letter: Letter) -> None:
        if isinstance(self.letters, list) and len(self.letters) == REMEMBERED:
            self.letters = self.room.shelf(self.letters)
        self.letters.append(letter)

    def check(self) -> None:
        if len(self.labels) < FEWEST_ROWS or len(set(self.labels)) < 2:
            told = f"训练至少需要 {FEWEST_ROWS} 行、两种标签的数据,现有 {len(self.labels)} 行,请补充后重试。"
            raise InvalidInput([("data", told)])

    def split(self, labels: Ints) -> Ints:
        if self.columns.time:
            return by_time(len(labels))
        groups = self.alike()
        return few_asked(labels, groups) if len(labels) > MANY else folds.split(labels, groups, FOLDS)

    def alike(self) -> Ints:
        """The file's own groups of near-duplicates when it has them, else our own."""
        if all(self.groups):
            return folds.group_values(self.groups)
        return folds.group_signatures(self.signatures) if self.signatures else np.arange(len(self.labels))


def needed(columns: Columns, target: str) -> list[str]:
    inputs = list(columns.features) if target in BY_COLUMNS else [columns.text]
    return [*inputs, columns.label, columns.time]


def prepare(
    rows: Iterable[dict[str, str]],
    columns: Columns,
    target: str,
    room: Room,
    also: Collection[str] = (),
    told: Told = quiet,
) -> tuple[Examples, dict[str, Any]]:
    """The rows that have a label, in the order of time where there is one, and what the model keeps of where it learned.

    `also`: labels that may be answered without a row of their own; `room`: for letters that are too many."""
    found = Gathered(columns, target, room)
    for number, row in enumerate(rows, start=1):
        if row[columns.label].strip():
            found.add(row)
        if number % OFTEN == 0:
            told("读入", number, 0)
    found.check()
    if isinstance(found.letters, Shelf):
        found.letters.flush()
    names = sorted(set(found.labels) | set(also))
    place = {name: number for number, name in enumerate(names)}
    labels = np.array([place[label] for label in found.labels], dtype=np.int64)
    titles = np.array(found.titles, dtype=bool) if target not in BY_COLUMNS else None
    inputs: Sequence[Any] = found.cases if target in BY_COLUMNS else found.letters
    if columns.time:
        order = np.array(sorted(range(len(labels)), key=found.moments.__getitem__), dtype=np.int64)
        inputs, labels, titles = chosen(inputs, order), labels[order], None if titles is None else titles[order]
    chances, data = target in BY_COLUMNS, {"rows": len(labels), "fingerprint": str(found.mark)}
    return Examples(inputs, labels, names, found.split(labels), bool(columns.time), chances, titles), data


def by_time(rows: int) -> Ints:
    """Of many rows the latest are asked about in five parts, and those before them learned from for that."""
    share = np.arange(rows) / rows
    if rows <= MANY:
        return np.searchsorted(TURNS, share, side="right").astype(np.int64)
    fold = np.maximum(np.floor((share - TURNS[-1]) / (1 - TURNS[-1]) * FOLDS), ASIDE).astype(np.int64)
    fold[: max(int((fold == ASIDE).sum()) - ENOUGH, 0)] = LATER
    return fold


def few_asked(labels: Ints, groups: Ints) -> Ints:
    """Whole groups, taken by chance until there are enough to be asked about, then enough to learn from for that."""
    numbers, of = np.unique(groups, return_inverse=True)
    turn = np.random.default_rng(1).permutation(len(numbers))
    order = np.argsort(turn[of], kind="stable")
    last, end = (turn[of][order[min(count, len(order)) - 1]] for count in (ASKED, ASKED + ENOUGH))
    asked = np.flatnonzero(turn[of] <= last)
    fold = np.where(turn[of] <= end, ASIDE, LATER).astype(np.int64)
    fold[asked] = folds.split(labels[asked], groups[asked], FOLDS)
    return fold
