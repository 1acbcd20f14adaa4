"""Calendars, packs and deadlines as rows; the tables we ship, read from the package."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import Misconfigured
from hotline.sla.calendar import Calendar, SpecialDay, parse_calendar
from hotline.sla.deadlines import DeadlineKind, Level, Timer
from hotline.sla.policy import Policy, parse_policy

DATA = files("hotline.sla") / "data"
COUNTRY = "cn"


class DueRow(msgspec.Struct, frozen=True):
    """A deadline whose light is about to change."""

    ticket_id: int
    assignment_id: int
    kind: DeadlineKind
    due_at: datetime
    next_mark_at: datetime
    mark: Level
    attempts: int


# -- what we ship ---------------------------------------------------------------------------------------------------


@cache
def shipped_calendar() -> Calendar:
    """The country's calendar without a database, for the command line."""
    return parse_calendar(COUNTRY, _rows("calendar_cn.csv"), _rows("calendar_years.csv"))


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / name).read_text(encoding="utf-8").splitlines()))


@cache
def shipped_packs() -> tuple[tuple[Policy, str], ...]:
    """Every pack with the text it was read from."""
    packs = sorted((pack for pack in (DATA / "packs").iterdir() if pack.name.endswith(".json")), key=lambda p: p.name)
    texts = [(pack.name, pack.read_text(encoding="utf-8")) for pack in packs]
    return tuple((parse_policy(text, f"时限方案 {name}"), text) for name, text in texts)


# -- loading it into the database -----------------------------------------------------------------------------------

KNOWN_YEARS = "SELECT year, confirmed FROM calendar_year WHERE region = $1"
KNOWN_PACKS = "SELECT name, version FROM sla_pack"
# A day an administrator entered for a year still open gives way to the official notice.
PUT_DAYS = """
INSERT INTO calendar_day (region, day, workday, name)
SELECT $1, * FROM unnest($2::date[], $3::boolean[], $4::text[])
ON CONFLICT (region, day) DO UPDATE SET workday = excluded.workday, name = excluded.name
"""
PUT_YEARS = """
INSERT INTO calendar_year (region, year, confirmed)
SELECT $1, * FROM unnest($2::integer[], $3::boolean[])
ON CONFLICT (region, year) DO UPDATE SET confirmed = excluded.confirmed
"""
PUT_PACK = """
INSERT INTO sla_pack (name, version, effective_from, body) VALUES ($1, $2, $3, $4::text::jsonb)
ON CONFLICT (name, version) DO NOTHING
"""


async def seed(conn: Connection) -> None:
    """Bring in what the database lacks. A confirmed year and a stored pack version are never overwritten."""
    await _seed_calendar(conn, shipped_calendar())
    known = {(row["name"], row["version"]) for row in await conn.fetch(KNOWN_PACKS)}
    for pack, text in shipped_packs():
        if (pack.name, pack.version) not in known:
            await conn.execute(PUT_PACK, pack.name, pack.version, pack.effective_from, text)


async def _seed_calendar(conn: Connection, shipped: Calendar) -> None:
    known: dict[int, bool] = {row["year"]: row["confirmed"] for row in await conn.fetch(KNOWN_YEARS, shipped.region)}
    years = [y for y in sorted(shipped.coverage) if y not in known or (y in shipped.confirmed and not known[y])]
    if years:
        days = {day: special for day, special in shipped.overrides.items() if day.year in years}
        await put_days(conn, shipped.region, days)
        await put_years(conn, shipped.region, {year: year in shipped.confirmed for year in years})


async def put_days(conn: Connection, region: str, days: dict[date, SpecialDay]) -> None:
    """Enter special days: a yearly notice, a local holiday, a suspension after a disaster."""
    specials = list(days.values())
    await conn.execute(PUT_DAYS, region, list(days), [s.workday for s in specials], [s.name for s in specials])


async def put_years(conn: Connection, region: str, years: dict[int, bool]) -> None:
    await conn.execute(PUT_YEARS, region, list(years), list(years.values()))


# -- reading it, with a copy kept in the process --------------------------------------------------------------------

REVISION = "SELECT mark FROM sla_revision"
READ_DAYS = """
SELECT day, workday, name FROM calendar_day WHERE region = ANY($1)
 ORDER BY region <> 'cn' -- the region's own row comes last and wins
"""
READ_YEARS = "SELECT year, bool_or(confirmed) AS confirmed FROM calendar_year WHERE region = ANY($1) GROUP BY year"
# As text: it is read straight into the type.
READ_PACKS = "SELECT body::text AS body FROM sla_pack WHERE name = $1 ORDER BY effective_from DESC, version DESC"


class _Shelf:
    """What was read under one revision mark; another mark empties it."""

    def __init__(self) -> None:
        self.mark: UUID | None = None
        self.calendars: dict[str, Calendar] = {}
        self.packs: dict[str, tuple[Policy, ...]] = {}


_shelf = _Shelf()


async def _current(conn: Connection) -> _Shelf:
    global _shelf
    mark = await conn.fetchval(REVISION)
    if mark != _shelf.mark:
        _shelf = _Shelf()
        _shelf.mark = mark
    return _shelf


async def load_calendar(conn: Connection, region: str = COUNTRY) -> Calendar:
    shelf = await _current(conn)
    if region not in shelf.calendars:
        shelf.calendars[region] = await _read_calendar(conn, region)
    return shelf.calendars[region]


async def _read_calendar(conn: Connection, region: str) -> Calendar:
    regions = [COUNTRY, region]
    days = {row["day"]: SpecialDay(row["workday"], row["name"]) for row in await conn.fetch(READ_DAYS, regions)}
    years = {row["year"]: row["confirmed"] for row in await conn.fetch(READ_YEARS, regions)}
    return Calendar(region, days, frozenset(y for y, sure in years.items() if sure), frozenset(years))


async def load_policy(conn: Connection, name: str, at: datetime) -> Policy:
    """The version of a pack in force at that moment."""
    shelf = await _current(conn)
    if name not in shelf.packs:
        shelf.packs[name] = tuple(parse_policy(row["body"]) for row in await conn.fetch(READ_PACKS, name))
    versions = shelf.packs[name]
    if not versions:
        raise Misconfigured(f"没有名为“{name}”的时限方案，请检查 HOTLINE_SLA_PACK。", pack=name)
    day = at.astimezone(BEIJING).date()
    found = next((version for version in versions if version.effective_from <= day), None)
    if found is None:
        raise Misconfigured(f"时限方案“{name}”在 {day} 尚未施行，请换用其他方案或补充早期版本。", pack=name)
    return found


# -- deadlines ------------------------------------------------------------------------------------------------------

# Putting a deadline again (an extension, a new calendar) starts its lights anew.
PUT_DEADLINE = """
INSERT INTO deadline (ticket_id, assignment_id, kind, start_at, due_at, near_at, orange_at, late_at, very_late_at,
                      next_mark_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $6)
ON CONFLICT (ticket_id, assignment_id, kind) DO UPDATE
   SET start_at = excluded.start_at, due_at = excluded.due_at, near_at = excluded.near_at,
       orange_at = excluded.orange_at, late_at = excluded.late_at, very_late_at = excluded.very_late_at,
       mark = 'none', next_mark_at = excluded.next_mark_at, taken_at = NULL, attempts = 0, problem = NULL,
       done_at = NULL
"""
CLOSE_DEADLINES = """
UPDATE deadline
   SET done_at = $4, next_mark_at = NULL, taken_at = NULL
 WHERE ticket_id = $1 AND done_at IS NULL
   AND ($2::bigint IS NULL OR assignment_id = $2)
   AND ($3::text[] = '{}' OR kind = ANY($3))
RETURNING kind
"""
REOPEN_DEADLINES = """
UPDATE deadline
   SET done_at = NULL, taken_at = NULL,
       next_mark_at = CASE mark WHEN 'none' THEN near_at WHEN 'near' THEN orange_at WHEN 'orange' THEN late_at
                                WHEN 'late' THEN very_late_at END
 WHERE ticket_id = $1 AND assignment_id = $2 AND kind = 'finish'
"""
OPEN_ACROSS = """
SELECT DISTINCT ticket_id, assignment_id FROM deadline
 WHERE done_at IS NULL AND start_at < $2 AND very_late_at >= $1
 ORDER BY ticket_id, assignment_id
"""
READ_DEADLINES = """
SELECT assignment_id, kind, start_at, due_at, near_at, orange_at, late_at, very_late_at, mark, done_at
  FROM deadline WHERE ticket_id = $1 ORDER BY assignment_id, due_at
"""


async def put_deadlines(conn: Connection, ticket_id: int, assignment_id: int, timers: Sequence[Timer]) -> None:
    await conn.executemany(PUT_DEADLINE, [(ticket_id, assignment_id, *_columns(timer)) for timer in timers])


def _columns(timer: Timer) -> Iterator[Any]:
    yield timer.kind.value
    yield from (timer.start_at, timer.due_at, timer.near_at, timer.orange_at, timer.late_at, timer.very_late_at)


async def close_deadlines(
    conn: Connection, ticket_id: int, assignment_id: int | None, *kinds: str, now: datetime
) -> int:
    """What was awaited has happened: of one assignment, or of all with None; of the named kinds, or of every kind."""
    return len(await conn.fetch(CLOSE_DEADLINES, ticket_id, assignment_id, [str(kind) for kind in kinds], now))


async def reopen_deadlines(conn: Connection, ticket_id: int, assignment_id: int) -> None:
    """The reply was refused: its finish clock is watched again from the light it had reached."""
    await conn.execute(REOPEN_DEADLINES, ticket_id, assignment_id)


async def read_deadlines(conn: Connection, ticket_id: int) -> list[Any]:
    return await conn.fetch(READ_DEADLINES, ticket_id)


async def open_across(conn: Connection, begin: datetime, end: datetime) -> list[tuple[int, int]]:
    """(ticket, assignment) of the open deadlines that a change of the calendar between two moments may move."""
    return [(row["ticket_id"], row["assignment_id"]) for row in await conn.fetch(OPEN_ACROSS, begin, end)]


# SKIP LOCKED: several workers share the table without waiting for each other.
# MATERIALIZED: picked once, so that never more rows than the limit are locked.
# A row whose mark failed is offered again when its lease has run out.
TAKE_DUE = """
WITH picked AS MATERIALIZED (
    SELECT ticket_id, assignment_id, kind FROM deadline
     WHERE next_mark_at <= $1 AND (taken_at IS NULL OR taken_at <= $1 - $3::interval)
     ORDER BY next_mark_at, ticket_id LIMIT $2
       FOR UPDATE SKIP LOCKED
)
UPDATE deadline AS d SET taken_at = $1, attempts = d.attempts + 1
  FROM picked AS p
 WHERE d.ticket_id = p.ticket_id AND d.assignment_id = p.assignment_id AND d.kind = p.kind
RETURNING d.ticket_id, d.assignment_id, d.kind, d.due_at, d.next_mark_at, d.mark, d.attempts
"""
MARKED = """
UPDATE deadline
   SET mark = $4::text, taken_at = NULL, attempts = 0, problem = NULL,
       next_mark_at = CASE $4::text WHEN 'near' THEN orange_at WHEN 'orange' THEN late_at
                                    WHEN 'late' THEN very_late_at END
 WHERE ticket_id = $1 AND assignment_id = $2 AND kind = $3 AND done_at IS NULL
"""
FAILED = "UPDATE deadline SET problem = $4 WHERE ticket_id = $1 AND assignment_id = $2 AND kind = $3"


async def take_due(conn: Connection, *, now: datetime, limit: int, lease: timedelta) -> list[DueRow]:
    """Rows whose next level has come, the longest waiting first; they stay locked until the transaction ends."""
    rows = [msgspec.convert(dict(row), DueRow) for row in await conn.fetch(TAKE_DUE, now, limit, lease)]
    return sorted(rows, key=lambda row: (row.next_mark_at, row.ticket_id))


async def marked(conn: Connection, row: DueRow, level: Level) -> None:
    """The level has been announced; wait for the next one."""
    await conn.execute(MARKED, row.ticket_id, row.assignment_id, row.kind, level.value)


async def failed(conn: Connection, row: DueRow, problem: str) -> None:
    await conn.execute(FAILED, row.ticket_id, row.assignment_id, row.kind, problem)
