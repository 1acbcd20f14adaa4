"""Comments, meetings, decisions, progress and strike-offs."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.directory.people import Actor
from hotline.infra.db import Connection
from hotline.supervision.meetings.board import AskedUnit, Decided, Meeting, Progress, Stood, Strike

LISTED = "SELECT true FROM difficult_listing WHERE week = $1 AND ticket_id = $2"
LATEST = """
-- The last frozen list that carries the ticket.
SELECT max(week) FROM difficult_listing WHERE ticket_id = $1
"""


async def listed(conn: Connection, week: str, ticket_id: int) -> bool:
    return bool(await conn.fetchval(LISTED, week, ticket_id))


async def latest(conn: Connection, ticket_id: int) -> str | None:
    found: str | None = await conn.fetchval(LATEST, ticket_id)
    return found


ASKED = """
-- AskedUnit are those that have the ticket, and those that had the lead before them: returned it, or gave it up.
SELECT l.ticket_id, a.unit_id, u.name AS unit, bool_or(a.part = 'lead') AS lead, c.at, c.by_name AS by, c.stance, c.text
  FROM difficult_listing l
  JOIN assignment a ON a.ticket_id = l.ticket_id AND a.part IN ('lead', 'assist')
  JOIN unit u ON u.id = a.unit_id
  JOIN difficult_week w ON w.week = l.week AND a.dispatched_at <= w.frozen_at
  LEFT JOIN difficult_comment c ON c.week = l.week AND c.ticket_id = l.ticket_id AND c.unit_id = a.unit_id
 WHERE l.week = $1 AND ($2::bigint[] IS NULL OR a.unit_id = ANY ($2))
 GROUP BY l.ticket_id, a.unit_id, u.name, c.at, c.by_name, c.stance, c.text
 ORDER BY l.ticket_id, bool_or(a.part = 'lead') DESC, max(a.id) DESC
"""


async def asked(conn: Connection, week: str, units: Sequence[int] | None = None) -> list[AskedUnit]:
    return [AskedUnit(**dict(row)) for row in await conn.fetch(ASKED, week, units)]


TITLES = """
SELECT t.id, CASE WHEN t.confidential OR t.kind = 'report' THEN '保密件' ELSE m.title END AS title
  FROM ticket t JOIN matter m ON m.ticket_id = t.id WHERE t.id = ANY ($1::bigint[])
"""


async def titles(conn: Connection, tickets: Sequence[int]) -> dict[int, str]:
    return {row["id"]: row["title"] for row in await conn.fetch(TITLES, tickets)}


COMMENT = """
INSERT INTO difficult_comment (week, ticket_id, unit_id, at, by, by_name, stance, text) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (week, ticket_id, unit_id) DO UPDATE
   SET (at, by, by_name, stance, text) = (excluded.at, excluded.by, excluded.by_name, excluded.stance, excluded.text)
"""


async def comment(
    conn: Connection, week: str, ticket_id: int, unit_id: int, stance: str, text: str, *, by: Actor, now: datetime
) -> None:
    await conn.execute(COMMENT, week, ticket_id, unit_id, now, by.person_id, by.name, stance, text)


MEETING = "SELECT held_at, place, chair, attendees, minutes, saved_by FROM difficult_meeting WHERE week = $1"
SAVE_MEETING = """
INSERT INTO difficult_meeting (week, held_at, place, chair, attendees, minutes, saved_at, saved_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (week) DO UPDATE SET (held_at, place, chair, attendees, minutes, saved_at, saved_by) = (excluded.held_at,
    excluded.place, excluded.chair, excluded.attendees, excluded.minutes, excluded.saved_at, excluded.saved_by)
"""


async def meeting(conn: Connection, week: str) -> Meeting:
    row = await conn.fetchrow(MEETING, week)
    return Meeting(**dict(row)) if row else Meeting()


async def save_meeting(conn: Connection, week: str, kept: Meeting, now: datetime) -> None:
    given = (kept.held_at, kept.place, kept.chair, kept.attendees, kept.minutes)
    await conn.execute(SAVE_MEETING, week, *given, now, kept.saved_by)


DECISIONS = """
SELECT d.ticket_id, d.lead_unit, u.name AS lead, d.assists, d.due, d.basis, d.demand, d.to_catalogue, d.saved_by, d.done_at,
       d.done_by, d.letter_id, l.number AS letter,
       ARRAY(SELECT a.name FROM unnest(d.assists) WITH ORDINALITY AS o (id, place) JOIN unit a ON a.id = o.id
              ORDER BY o.place) AS assist_names
  FROM difficult_decision d
  JOIN unit u ON u.id = d.lead_unit
  LEFT JOIN letter l ON l.id = d.letter_id
 WHERE d.week = $1 AND ($2::bigint IS NULL OR d.ticket_id = $2)
"""
SAVE_DECISION = """
-- What has been carried out is not changed any more.
INSERT INTO difficult_decision (week, ticket_id, lead_unit, assists, due, basis, demand, to_catalogue, saved_at, saved_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (week, ticket_id) DO UPDATE SET (lead_unit, assists, due, basis, demand, to_catalogue, saved_at, saved_by) =
    (excluded.lead_unit, excluded.assists, excluded.due, excluded.basis, excluded.demand, excluded.to_catalogue,
     excluded.saved_at, excluded.saved_by)
 WHERE difficult_decision.done_at IS NULL
"""
CARRIED_OUT = (
    "UPDATE difficult_decision SET done_at = $3, done_by = $4, letter_id = $5 WHERE week = $1 AND ticket_id = $2"
)


async def decisions(conn: Connection, week: str, ticket_id: int | None = None) -> list[Decided]:
    return [msgspec.convert(dict(row), Decided) for row in await conn.fetch(DECISIONS, week, ticket_id)]


class Decision(msgspec.Struct, frozen=True):
    """One row of the meeting."""

    lead_unit: int
    assists: tuple[int, ...]
    due: datetime
    basis: str
    demand: str
    to_catalogue: bool


async def decide(conn: Connection, week: str, ticket_id: int, made: Decision, *, by: Actor, now: datetime) -> bool:
    given = (made.lead_unit, list(made.assists), made.due, made.basis, made.demand, made.to_catalogue)
    done = await conn.execute(SAVE_DECISION, week, ticket_id, *given, now, by.name)
    return done == "INSERT 0 1"


async def carried_out(conn: Connection, week: str, ticket_id: int, letter_id: int, *, by: Actor, now: datetime) -> None:
    await conn.execute(CARRIED_OUT, week, ticket_id, now, by.name, letter_id)


PROGRESS = """
SELECT p.ticket_id, u.name AS unit, p.at, p.by_name AS by, p.text FROM difficult_progress p JOIN unit u ON u.id = p.unit_id
 WHERE p.ticket_id = ANY ($1::bigint[]) ORDER BY p.ticket_id, p.id DESC
"""
ADD_PROGRESS = """
INSERT INTO difficult_progress (ticket_id, id, unit_id, at, by, by_name, text)
SELECT $1, coalesce(max(id), 0) + 1, $2, $3, $4, $5, $6 FROM difficult_progress WHERE ticket_id = $1
"""


async def progress(conn: Connection, tickets: Sequence[int]) -> list[Progress]:
    return [Progress(**dict(row)) for row in await conn.fetch(PROGRESS, tickets)]


async def add_progress(conn: Connection, ticket_id: int, unit_id: int, text: str, *, by: Actor, now: datetime) -> None:
    await conn.execute(ADD_PROGRESS, ticket_id, unit_id, now, by.person_id, by.name, text)


STRIKES = """
SELECT s.ticket_id, s.id, u.name AS unit, s.at, s.by_name AS by, s.text, s.outcome, s.tries, s.solved, s.rating, s.note,
       s.decided_at, s.decided_name AS decided_by
  FROM difficult_strike s JOIN unit u ON u.id = s.unit_id
 WHERE s.ticket_id = ANY ($1::bigint[]) ORDER BY s.ticket_id, s.id DESC
"""
ADD_STRIKE = """
INSERT INTO difficult_strike (ticket_id, id, unit_id, at, by, by_name, text)
SELECT $1, coalesce(max(id), 0) + 1, $2, $3, $4, $5, $6 FROM difficult_strike WHERE ticket_id = $1
"""
UNREACHED = """
UPDATE difficult_strike SET tries = tries + 1, note = $2, tried_at = tried_at || $3::timestamptz
 WHERE ticket_id = $1 AND outcome = 'pending'
"""
DECIDE_STRIKE = """
UPDATE difficult_strike SET outcome = $2, solved = $3, rating = $4, note = $5, decided_at = $6, decided_by = $7,
       decided_name = $8
 WHERE ticket_id = $1 AND outcome = 'pending'
"""


async def strikes(conn: Connection, tickets: Sequence[int]) -> list[Strike]:
    return [msgspec.convert(dict(row), Strike) for row in await conn.fetch(STRIKES, tickets)]


async def add_strike(conn: Connection, ticket_id: int, unit_id: int, text: str, *, by: Actor, now: datetime) -> None:
    await conn.execute(ADD_STRIKE, ticket_id, unit_id, now, by.person_id, by.name, text)


async def unreached(conn: Connection, ticket_id: int, note: str, now: datetime) -> None:
    await conn.execute(UNREACHED, ticket_id, note, now)


async def decide_strike(
    conn: Connection, ticket_id: int, outcome: str, solved: str, rating: int, note: str, *, by: Actor, now: datetime
) -> None:
    await conn.execute(DECIDE_STRIKE, ticket_id, outcome, solved, rating, note, now, by.person_id, by.name)


STOOD = """
-- The case that a list tells of: from the strike-off before it to the one after.
SELECT t.id, t.state, t.version, t.lead_unit,
       (SELECT max(k.at) FROM struck_off k WHERE k.ticket_id = l.ticket_id AND k.at <= l.at) AS since,
       (SELECT min(k.at) FROM struck_off k WHERE k.ticket_id = l.ticket_id AND k.at > l.at) AS struck_at
  FROM difficult_listed l
  JOIN ticket t ON t.id = l.ticket_id
 WHERE l.week = $1 AND l.ticket_id = ANY ($2::bigint[])
"""


async def stood(conn: Connection, week: str, tickets: Sequence[int]) -> dict[int, Stood]:
    return {row["id"]: msgspec.convert(dict(row), Stood) for row in await conn.fetch(STOOD, week, tickets)}


class Mine(msgspec.Struct, frozen=True):
    """An item of a frozen list in which the unit has a share and which is not struck off."""

    week: str
    ticket_id: int
    kind: str
    title: str
    frozen_at: datetime
    state: str
    lead: bool
    since: datetime | None
    """The strike-off before this list."""


OF_UNITS = """
SELECT l.week, l.ticket_id, l.kind, CASE WHEN t.confidential THEN '保密件' ELSE m.title END AS title, l.frozen_at, t.state,
       t.lead_unit = ANY ($1) AS lead,
       (SELECT max(k.at) FROM struck_off k WHERE k.ticket_id = l.ticket_id AND k.at <= l.at) AS since
  FROM (SELECT ticket_id, max(week) AS week FROM difficult_listing GROUP BY ticket_id) last
  JOIN difficult_listed l ON l.ticket_id = last.ticket_id AND l.week = last.week
  JOIN ticket t ON t.id = l.ticket_id
  JOIN matter m ON m.ticket_id = l.ticket_id
 WHERE EXISTS (SELECT FROM assignment a WHERE a.ticket_id = l.ticket_id AND a.unit_id = ANY ($1::bigint[])
                  AND a.part IN ('lead', 'assist'))
   AND NOT EXISTS (SELECT FROM struck_off k WHERE k.ticket_id = l.ticket_id AND k.at > l.at OFFSET 0)
   AND l.frozen_at > $2
 ORDER BY l.week DESC, l.ticket_id LIMIT 200
"""


async def of_units(conn: Connection, units: Sequence[int], since: datetime) -> list[Mine]:
    return [Mine(**dict(row)) for row in await conn.fetch(OF_UNITS, units, since)]
