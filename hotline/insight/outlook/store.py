"""The two models as rows, and what they are learned from."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from hotline.infra.db import Connection
from hotline.insight.outlook.late import Assigned, LateModel
from hotline.insight.outlook.waits import DAY, SHORTEST, Answered, WaitModel, matter_of

Name = Literal["late", "wait"]
MOST_ROWS = 50_000
"""The latest; older ones say little about who is late now."""

FINISHED = """
-- Leads that were finished, or are open beyond their deadline: late already, whenever they will be finished.
SELECT a.ticket_id, a.unit_id, t.category, t.channel, t.kind, t.urgency, a.dispatched_at, a.finish_due AS due,
       coalesce(a.late, true) AS late, a.finished_at
  FROM assignment a JOIN ticket t ON t.id = a.ticket_id
 WHERE a.part = 'lead' AND a.dispatched_at >= $1
   AND (a.late IS NOT NULL OR (a.stage IN ('to_sign', 'in_hand') AND a.finish_due < $2))
 ORDER BY a.dispatched_at DESC LIMIT $3
"""
OPEN = """
-- Leads that are worked on and not late yet; with $1 only of these tickets.
SELECT a.ticket_id, a.unit_id, t.category, t.channel, t.kind, t.urgency, a.dispatched_at, a.finish_due AS due
  FROM assignment a JOIN ticket t ON t.id = a.ticket_id
 WHERE a.part = 'lead' AND a.stage IN ('to_sign', 'in_hand', 'return_review', 'refused') AND a.finish_due > $2
   AND ($1::bigint[] IS NULL OR a.ticket_id = ANY ($1))
   AND t.state <> 'suspended'
 ORDER BY a.finish_due LIMIT $3
"""
ANSWERED = """
-- Every request that was given to a unit: when it came and when the unit's answer was accepted, if it was.
SELECT t.created_at, t.lead_unit, t.category, a.finished_at
  FROM ticket t JOIN LATERAL (
       SELECT s.finished_at FROM assignment s
        WHERE s.ticket_id = t.id AND s.part = 'lead' AND s.unit_id = t.lead_unit AND s.stage NOT IN ('returned', 'recalled')
        ORDER BY s.id LIMIT 1
       ) a ON true
 WHERE t.created_at >= $1 AND t.lead_unit IS NOT NULL
   AND (a.finished_at IS NOT NULL OR t.state NOT IN ('closed', 'archived', 'withdrawn', 'void', 'merged', 'suspended'))
 ORDER BY t.created_at DESC LIMIT $2
"""
PUT = """
INSERT INTO outlook (name, body, checksum, rows, figures, learned_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (name) DO UPDATE SET body = excluded.body, checksum = excluded.checksum, rows = excluded.rows,
       figures = excluded.figures, learned_at = excluded.learned_at
"""
READ = "SELECT name, body, checksum FROM outlook WHERE name = ANY ($1)"
MARKS = "SELECT coalesce(string_agg(checksum, ' ' ORDER BY name), '') FROM outlook"
TITLES = "SELECT t.id, m.title, t.confidential FROM ticket t JOIN matter m ON m.ticket_id = t.id WHERE t.id = ANY ($1)"
LEARNED = "SELECT name, rows, figures, learned_at FROM outlook ORDER BY name"


class Learned(msgspec.Struct, frozen=True):
    """What stands behind a model, as a supervisor may ask."""

    name: str
    rows: int
    figures: dict[str, float]
    learned_at: datetime


async def finished(conn: Connection, since: datetime, now: datetime) -> list[Assigned]:
    """In the order of their dispatch."""
    rows = await conn.fetch(FINISHED, since, now, MOST_ROWS)
    return [Assigned(**dict(row)) for row in reversed(rows)]


async def open_leads(conn: Connection, tickets: Sequence[int] | None, now: datetime, limit: int) -> list[Assigned]:
    return [Assigned(**dict(row)) for row in await conn.fetch(OPEN, tickets, now, limit)]


async def answered(conn: Connection, since: datetime, now: datetime) -> list[Answered]:
    """In the order in which they came."""
    return [
        Answered(
            at=row["created_at"],
            unit=str(row["lead_unit"]),
            matter=matter_of(row["category"]),
            days=max(SHORTEST, ((row["finished_at"] or now) - row["created_at"]).total_seconds() / DAY),
            answered=row["finished_at"] is not None,
        )
        for row in reversed(await conn.fetch(ANSWERED, since, MOST_ROWS))
    ]


def checksum(body: object) -> str:
    """Of the numbers, in whatever order the database gives them back."""
    return hashlib.sha256(msgspec.json.encode(unsigned(msgspec.to_builtins(body)), order="sorted")).hexdigest()


def unsigned(value: Any) -> Any:
    """Numbers as the database keeps them: it knows no negative nought."""
    if isinstance(value, dict):
        return {key: unsigned(one) for key, one in value.items()}
    if isinstance(value, list):
        return [unsigned(one) for one in value]
    return value + 0.0 if isinstance(value, float) else value


async def put(
    conn: Connection, name: Name, model: LateModel | WaitModel, *, rows: int, figures: dict[str, float], now: datetime
) -> None:
    body = msgspec.to_builtins(model)
    await conn.execute(PUT, name, body, checksum(model), rows, figures, now)


async def marks(conn: Connection) -> str:
    """Which models are there now: a process asks before it uses its copy."""
    return str(await conn.fetchval(MARKS))


async def read(conn: Connection) -> dict[str, object]:
    """The bodies whose numbers are those that were written."""
    found: dict[str, object] = {}
    for row in await conn.fetch(READ, ["late", "wait"]):
        kind = LateModel if row["name"] == "late" else WaitModel
        try:
            model = msgspec.convert(row["body"], kind)
        except msgspec.ValidationError:
            continue
        if checksum(model) == row["checksum"]:
            found[row["name"]] = model
    return found


async def learned(conn: Connection) -> list[Learned]:
    return [Learned(**dict(row)) for row in await conn.fetch(LEARNED)]


async def titles(conn: Connection, tickets: Sequence[int]) -> dict[int, tuple[str, bool]]:
    """Title and whether the ticket is secret, by number."""
    return {row["id"]: (row["title"], row["confidential"]) for row in await conn.fetch(TITLES, tickets)}
