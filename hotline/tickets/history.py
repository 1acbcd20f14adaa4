"""The one history: appended lines, each carrying the hash of the line before (GB/T 32905 SM3)."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from hotline.infra.crypto import sm3
from hotline.tickets.facts import Fact, written
from hotline.tickets.states import State

GENESIS = bytes(32)
"""What the first line of a ticket points back to."""


class Happened(msgspec.Struct, frozen=True):
    """One line: who, when, what, from where to where, and why."""

    ticket_id: int
    seq: int
    at: datetime
    fact: Fact
    actor_id: int | None
    actor_name: str
    actor_unit: int | None
    source: State | None
    target: State
    reason: str


def line_hash(happened: Happened, before: bytes) -> bytes:
    """SM3 over the hash before and the line in its one canonical form."""
    line = (
        happened.ticket_id,
        happened.seq,
        happened.at.astimezone(UTC).isoformat(timespec="microseconds"),
        happened.fact.event.value,
        happened.actor_id,
        happened.actor_name,
        happened.actor_unit,
        happened.source.value if happened.source else None,
        happened.target.value,
        happened.reason,
        written(happened.fact),
    )
    return sm3(before + msgspec.json.encode(line, order="sorted"))


def first_break(lines: Iterable[tuple[Happened, bytes]]) -> int | None:
    """The `seq` of the first line whose stored hash is not the one its content gives, or None."""
    before, expected = GENESIS, 1
    for happened, stored in lines:
        if happened.seq != expected or line_hash(happened, before) != stored:
            return expected
        before, expected = stored, expected + 1
    return None
