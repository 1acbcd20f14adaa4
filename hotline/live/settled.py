"""Up to which number nothing can come any more.

Numbers are handed out when a line is written and become visible when its transaction commits, so a lower number may
appear after a higher one, or, rolled back, never. A missing number is a *hole*. Whoever may still fill it held the
history table open for writing when the higher number was seen; once all of those are gone, what is missing stays
missing (decision 0050)."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

import msgspec


class Numbered(Protocol):
    @property
    def number(self) -> int: ...


L = TypeVar("L", bound=Numbered)


class Mark(msgspec.Struct, frozen=True):
    """How far everything is settled, and whom we wait for beyond that."""

    number: int
    """Every line up to here is visible or will never be."""
    watched_to: int = 0
    """Holes up to here are watched; 0: nothing to wait for."""
    writers: frozenset[str] = frozenset()
    """Transactions that may still fill them."""

    @property
    def waits(self) -> bool:
        return self.watched_to > 0

    @property
    def resolved(self) -> bool:
        """Nobody is left who could fill the holes: the next look settles them."""
        return self.waits and not self.writers


def settle(mark: Mark, lines: Sequence[L], writing: frozenset[str]) -> tuple[Mark, Sequence[L], int]:
    """The mark after a look, the lines that are settled by it, and up to where holes have to be watched anew (0: none).

    `writing` are the transactions that were open *before* the lines were read; `lines` follow the mark in order."""
    dead_to = mark.watched_to if not mark.writers & writing else 0
    number, settled = mark.number, 0
    for line in lines:
        if line.number - 1 > max(number, dead_to):
            break
        number, settled = line.number, settled + 1
    if settled == len(lines):
        return Mark(number), lines, 0
    watched = dead_to == 0 and lines[settled].number - 1 <= mark.watched_to
    if watched:
        return Mark(number, mark.watched_to, mark.writers & writing), lines[:settled], 0
    return Mark(number), lines[:settled], lines[-1].number
