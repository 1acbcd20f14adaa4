"""Is this a repeat of one's own request, or the same matter told by another person?"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from hotline.tickets.states import ENDED, State

SAME_MATTER = 0.35
"""Cosine of character pairs from which two texts are taken to be about one matter; a person decides."""
SAME_CALLERS = 0.2
"""Whoever calls again tells it in other words; that it is they speaks for the same matter."""


class Earlier(msgspec.Struct, frozen=True):
    """A ticket that might be about the same thing."""

    id: int
    state: State
    title: str
    content: str
    created_at: datetime
    same_caller: bool


class Similar(msgspec.Struct, frozen=True):
    id: int
    title: str
    state: State
    created_at: datetime
    likeness: float
    same_caller: bool
    open: bool


def pairs(text: str) -> frozenset[str]:
    plain = "".join(ch for ch in text if ch.isalnum())
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """0 … 1; the share of common pairs, fair to a short call beside a long letter."""
    if not one or not other:
        return 0.0
    return float(len(one & other) / (len(one) * len(other)) ** 0.5)


def similar(text: str, earlier: Iterable[Earlier], *, most: int = 5) -> Sequence[Similar]:
    """The likeliest first; own requests and open ones before equals."""
    mine = pairs(text)
    found = [
        Similar(e.id, e.title, e.state, e.created_at, round(score, 3), e.same_caller, e.state not in ENDED)
        for e in earlier
        if (score := likeness(mine, pairs(f"{e.title}{e.content}"))) >= (SAME_CALLERS if e.same_caller else SAME_MATTER)
    ]
    return sorted(found, key=lambda s: (s.same_caller, s.open, s.likeness), reverse=True)[:most]
