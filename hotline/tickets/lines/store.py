"""The lines of a ticket's history as they were written, one ticket's or everyone's."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import msgspec

from hotline.infra.db import Connection
from hotline.tickets.facts import read, written
from hotline.tickets.history import Happened
from hotline.tickets.states import Event, State

LINES = """
SELECT seq, number, at, event, actor_id, actor_name, actor_unit, source, target, reason, payload, hash
  FROM history WHERE ticket_id = $1 ORDER BY seq
"""


class Line(msgspec.Struct, frozen=True):
    """A stored history line with its number and hash."""

    number: int
    happened: Happened
    hash: bytes


def as_line(row: Any, ticket_id: int) -> Line:
    event = Event(row["event"])
    happened = Happened(
        ticket_id=ticket_id,
        seq=row["seq"],
        at=row["at"],
        fact=read(event, row["payload"]),
        actor_id=row["actor_id"],
        actor_name=row["actor_name"],
        actor_unit=row["actor_unit"],
        source=State(row["source"]) if row["source"] else None,
        target=State(row["target"]),
        reason=row["reason"],
    )
    return Line(row["number"], happened, row["hash"])


async def history(conn: Connection, ticket_id: int) -> list[Line]:
    return [as_line(row, ticket_id) for row in await conn.fetch(LINES, ticket_id)]


ALL_LINES = """
SELECT h.ticket_id, h.seq, h.number, h.at, h.event, h.actor_id, h.actor_name, h.actor_unit, h.source, h.target, h.reason,
       h.payload, h.hash
  FROM history h WHERE h.ticket_id > $1 ORDER BY h.ticket_id, h.seq
"""


async def all_history(conn: Connection, after: int = 0) -> AsyncIterator[tuple[int, Line | None]]:
    """Every line of every ticket, ticket by ticket, without holding them all; needs an open transaction."""
    async for row in conn.cursor(ALL_LINES, after, prefetch=2000):
        yield row["ticket_id"], as_written(row, row["ticket_id"])


def as_written(row: Any, ticket_id: int) -> Line | None:
    """The line, or None when we cannot have written it: an unknown event, a payload of another shape."""
    try:
        line = as_line(row, ticket_id)
    except (ValueError, msgspec.ValidationError):
        return None
    return line if plain(written(line.happened.fact)) == plain(row["payload"]) else None


def plain(payload: object) -> bytes:
    return msgspec.json.encode(payload, order="sorted")


class Head(msgspec.Struct, frozen=True):
    """What the ticket's own row says of its end and of the columns kept for lists."""

    version: int
    head: bytes
    lead_unit: int | None
    due_at: datetime | None


HEADS = "SELECT id, version, head, lead_unit, due_at FROM ticket ORDER BY id"


async def heads(conn: Connection) -> AsyncIterator[tuple[int, Head]]:
    async for row in conn.cursor(HEADS, prefetch=5000):
        yield row["id"], Head(row["version"], row["head"], row["lead_unit"], row["due_at"])
