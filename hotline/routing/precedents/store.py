"""Rulings, and the tickets they spoke for, as rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.routing.catalogue import cited

Outcome = Literal["open", "kept", "returned", "passed"]


class Precedent(msgspec.Struct, frozen=True):
    """裁定先例: what was ruled for which matter, and why."""

    ticket_id: int
    seq: int
    at: datetime
    category: str | None
    region: str | None
    lead_unit: int
    assists: tuple[int, ...]
    basis: str
    reason: str
    decided_by: int | None
    decided_name: str
    catalogue_id: int | None
    number: str = ""
    """2026-017; given when it is kept."""
    kept: int = 0
    """Tickets that went the way of it and stayed there; then those that came back, and those a person sent elsewhere."""
    came_back: int = 0
    passed: int = 0
    open: int = 0
    """Went the way of it; nothing heard yet."""
    suspended_at: datetime | None = None
    suspended_by: str | None = None
    suspended_why: str | None = None


ADD_PRECEDENT = """
-- The year's counter stays locked until the transaction ends, so numbers have neither gaps nor twins.
WITH next AS (
    INSERT INTO precedent_number AS n (year, last) VALUES ($13, 1)
    ON CONFLICT (year) DO UPDATE SET last = n.last + 1
    RETURNING last
)
INSERT INTO precedent (ticket_id, seq, at, category, region, lead_unit, assists, basis, reason, decided_by, decided_name,
    catalogue_id, year, number)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, last FROM next
RETURNING number
"""


async def add_precedent(conn: Connection, ruled: Precedent) -> str:
    """Keep a ruling; its number is returned."""
    year = ruled.at.astimezone(BEIJING).year
    serial: int = await conn.fetchval(ADD_PRECEDENT, *msgspec.structs.astuple(ruled)[:12], year)
    return cited(year, serial)


PRECEDENTS = """
SELECT ticket_id, seq, at, category, region, lead_unit, assists, basis, reason, decided_by, decided_name, catalogue_id,
       year, number, kept, came_back, passed, suspended_at, suspended_by, suspended_why,
       (SELECT count(*) FROM precedent_use u WHERE (u.year, u.number) = (p.year, p.number) AND u.outcome = 'open') AS open
  FROM precedent p WHERE $1::text IS NULL OR category LIKE $1 || '%'
 ORDER BY at DESC, ticket_id DESC LIMIT $2
"""


async def precedents(conn: Connection, category: str | None, limit: int) -> list[Precedent]:
    rows = await conn.fetch(PRECEDENTS, category, limit)
    return [as_precedent(dict(row)) for row in rows]


def as_precedent(row: dict[str, Any]) -> Precedent:
    number = cited(row.pop("year"), row["number"])
    return Precedent(**{**row, "assists": tuple(row["assists"]), "number": number})


class Use(msgspec.Struct, frozen=True):
    """A ticket that a ruling spoke for, and to whom it went."""

    year: int
    number: int
    ticket_id: int
    unit_id: int
    automatic: bool
    followed: bool


SAVE_USES = """
-- A ticket that comes back and is sent again has been heard of already.
INSERT INTO precedent_use (year, number, ticket_id, at, unit_id, automatic, outcome)
SELECT k.year, k.number, k.ticket_id, $2, k.unit_id, k.automatic, CASE WHEN k.followed THEN 'open' ELSE 'passed' END
  FROM jsonb_to_recordset($1)
       AS k (year integer, number integer, ticket_id bigint, unit_id bigint, automatic boolean, followed boolean)
  JOIN precedent p ON (p.year, p.number) = (k.year, k.number) AND p.ticket_id <> k.ticket_id
ON CONFLICT DO NOTHING
"""
CAME_BACK = """
UPDATE precedent_use SET outcome = 'returned'
 WHERE ticket_id = $1 AND unit_id = $2 AND outcome IN ('open', 'kept') RETURNING year, number
"""
DECIDED = """
-- A ruling says whose it was all along: also where an objection had been granted before, or none was.
UPDATE precedent_use u SET outcome = CASE WHEN x.own THEN 'open' ELSE 'returned' END
  FROM (SELECT id, coalesce(successor_id, id) = $2 AS own FROM unit) x
 WHERE u.ticket_id = $1 AND x.id = u.unit_id
   AND (x.own AND u.outcome = 'returned' OR NOT x.own AND u.outcome IN ('open', 'kept'))
RETURNING u.year, u.number
"""
SETTLE = """
-- Answered by it, or long enough with the unit that nobody can send it back any more.
UPDATE precedent_use u SET outcome = 'kept'
  FROM ticket t, unit o
 WHERE t.id = u.ticket_id AND u.outcome = 'open' AND o.id = u.unit_id AND t.lead_unit IN (o.id, o.successor_id)
   AND (t.state IN ('replied', 'callback', 'closed', 'archived')
        OR (t.state IN ('in_progress', 'rework') AND u.at < $1))
RETURNING u.year, u.number
"""
COUNT = """
UPDATE precedent p SET (kept, came_back, passed) = (c.kept, c.came_back, c.passed)
  FROM (SELECT year, number, count(*) FILTER (WHERE outcome = 'kept') AS kept,
               count(*) FILTER (WHERE outcome = 'returned') AS came_back, count(*) FILTER (WHERE outcome = 'passed') AS passed
          FROM precedent_use GROUP BY year, number) c
 WHERE (p.year, p.number) = (c.year, c.number) AND (p.kept, p.came_back, p.passed) <> (c.kept, c.came_back, c.passed)
RETURNING p.year, p.number, p.kept, p.came_back, p.passed
"""
SUSPEND = """
UPDATE precedent SET (suspended_at, suspended_by, suspended_why) = ($3, $4, $5)
 WHERE year = $1 AND number = $2 AND (suspended_at IS NULL) <> ($3::timestamptz IS NULL) RETURNING number
"""
USES = """
SELECT u.ticket_id, m.title, u.at, u.unit_id, u.automatic, u.outcome
  FROM precedent_use u JOIN matter m USING (ticket_id)
 WHERE u.year = $1 AND u.number = $2 ORDER BY u.at DESC, u.ticket_id LIMIT 200
"""
ONE = "SELECT count(*) FROM precedent WHERE year = $1 AND number = $2"

QUIET = timedelta(days=3)
"""A unit that has worked on a ticket for so long has taken it for its own."""


class UsedFor(msgspec.Struct, frozen=True):
    """A ticket that the ruling spoke for."""

    ticket_id: int
    title: str
    at: datetime
    unit_id: int
    automatic: bool
    outcome: Outcome


class Counted(msgspec.Struct, frozen=True):
    year: int
    number: int
    kept: int
    came_back: int
    passed: int


async def save_uses(conn: Connection, uses: Sequence[Use], at: datetime) -> None:
    if uses:
        await conn.execute(SAVE_USES, uses, at)


async def came_back(conn: Connection, ticket_id: int, unit_id: int) -> bool:
    """Whether a ruling had sent it there."""
    return bool(await conn.fetch(CAME_BACK, ticket_id, unit_id))


async def decided(conn: Connection, ticket_id: int, unit_id: int) -> bool:
    """Whether that changed what is held of an earlier ruling."""
    return bool(await conn.fetch(DECIDED, ticket_id, unit_id))


async def settle(conn: Connection, now: datetime) -> None:
    await conn.execute(SETTLE, now - QUIET)


async def count(conn: Connection) -> list[Counted]:
    """The rulings whose record has changed."""
    return [Counted(**dict(row)) for row in await conn.fetch(COUNT)]


async def suspend(
    conn: Connection, year: int, number: int, at: datetime | None, by: str | None, why: str | None
) -> bool:
    """Whether that changed anything; without a moment the ruling speaks again."""
    return await conn.fetchval(SUSPEND, year, number, at, by, why) is not None


async def known(conn: Connection, year: int, number: int) -> bool:
    return bool(await conn.fetchval(ONE, year, number))


async def uses(conn: Connection, year: int, number: int) -> list[UsedFor]:
    return [UsedFor(**dict(row)) for row in await conn.fetch(USES, year, number)]
