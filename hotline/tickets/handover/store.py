"""SQL: which tickets no longer agree with the directory, and what somebody still has in hand."""

from datetime import date, datetime

import msgspec

from hotline.infra.db import Connection

STALE = """
-- Tickets whose open shares stand under a unit that was merged or whose place in the tree has changed, and open reports
-- about a unit that was merged. In order of their numbers: whoever locks many locks them in one order.
SELECT a.ticket_id
  FROM assignment a JOIN unit u ON u.id = a.unit_id
 WHERE a.stage IN ('to_sign', 'in_hand', 'return_review', 'replied', 'refused')
   AND (u.successor_id IS NOT NULL OR u.path::bigint[] <> a.unit_path)
UNION
SELECT t.id
  FROM unit u JOIN ticket t ON t.accused_unit = u.id
 WHERE u.successor_id IS NOT NULL
   AND t.state NOT IN ('closed', 'merged', 'withdrawn', 'void', 'archived')
 ORDER BY 1
"""
OPEN_OF_UNIT = """
SELECT count(DISTINCT ticket_id) FROM assignment
 WHERE unit_id = $1 AND stage IN ('to_sign', 'in_hand', 'return_review', 'replied', 'refused')
"""
WEIGHT = """
SELECT (SELECT count(*) FROM person WHERE unit_id = $1 AND active) AS people,
       (SELECT count(*) FROM unit WHERE active AND id <> $1 AND path @> ARRAY[$1::integer]) AS units_below,
       (SELECT count(DISTINCT ticket_id) FROM assignment
         WHERE unit_id = $1 AND stage IN ('to_sign', 'in_hand', 'return_review', 'replied', 'refused')) AS open_tickets,
       (SELECT count(DISTINCT ticket_id) FROM assignment
         WHERE unit_path @> ARRAY[$1::bigint] AND unit_id <> $1
           AND stage IN ('to_sign', 'in_hand', 'return_review', 'replied', 'refused')) AS open_below,
       (SELECT count(*) FROM catalogue WHERE (lead = $2 OR $2 = ANY (assist)) AND (valid_to IS NULL OR valid_to > $3))
           AS entries
"""
OPEN_OF_PERSON = """
SELECT ticket_id, id AS assignment_id, unit_id, stage, finish_due FROM assignment
 WHERE person_id = $1 AND stage IN ('to_sign', 'in_hand', 'return_review', 'replied', 'refused')
 ORDER BY finish_due, ticket_id
"""


class OpenWork(msgspec.Struct, frozen=True):
    """A share somebody has in hand: its number and its clock, nothing of what it is about."""

    ticket_id: int
    assignment_id: int
    unit_id: int
    stage: str
    finish_due: datetime


class UnitWeight(msgspec.Struct, frozen=True):
    """What hangs on a unit, before it is moved, merged or closed. Numbers only."""

    people: int
    units_below: int
    open_tickets: int
    open_below: int
    """Open tickets of the units below it."""
    entries: int
    """Catalogue entries that name it."""


async def weight(conn: Connection, unit_id: int, code: str, today: date) -> UnitWeight:
    return UnitWeight(**dict(await conn.fetchrow(WEIGHT, unit_id, code, today) or {}))


async def stale(conn: Connection) -> list[int]:
    return [row["ticket_id"] for row in await conn.fetch(STALE)]


async def open_of_unit(conn: Connection, unit_id: int) -> int:
    found: int = await conn.fetchval(OPEN_OF_UNIT, unit_id)
    return found


async def open_of_person(conn: Connection, person_id: int) -> list[OpenWork]:
    return [OpenWork(**dict(row)) for row in await conn.fetch(OPEN_OF_PERSON, person_id)]
