"""Calendars, packs and deadlines as rows; the tables we ship, read from the package."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from hotline.directory.people import Actor
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import Misconfigured
from hotline.infra.revisions import revision
from hotline.sla.calendar import Calendar, SpecialDay, parse_calendar
from hotline.sla.deadlines import ClockKey, DeadlineKind, Level, Timer
from hotline.sla.policy import Policy, parse_policy
from hotline.sla.recompute import OwnClock
from hotline.sla.watch import DueRow

DATA = files("hotline.sla") / "data"
COUNTRY = "cn"


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
DROP_DAYS = "DELETE FROM calendar_day WHERE region = $1 AND day = ANY ($2::date[])"
PUT_YEARS = """
INSERT INTO calendar_year (region, year, confirmed)
SELECT $1, * FROM unnest($2::integer[], $3::boolean[])
ON CONFLICT (region, year) DO UPDATE SET confirmed = excluded.confirmed
"""
PUT_PACK = """
INSERT INTO sla_pack (name, version, effective_from, body) VALUES ($1, $2, $3, $4::text::jsonb)
ON CONFLICT (name, version) DO NOTHING RETURNING version
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


async def put_days(conn: Connection, region: str, days: Mapping[date, SpecialDay | None]) -> None:
    """Enter special days: a yearly notice, a local holiday, a suspension after a disaster; None takes one back."""
    put = {day: special for day, special in days.items() if special}
    specials = list(put.values())
    await conn.execute(PUT_DAYS, region, list(put), [s.workday for s in specials], [s.name for s in specials])
    if gone := [day for day, special in days.items() if special is None]:
        await conn.execute(DROP_DAYS, region, gone)


async def put_years(conn: Connection, region: str, years: dict[int, bool]) -> None:
    await conn.execute(PUT_YEARS, region, list(years), list(years.values()))


# -- reading it, with a copy kept in the process --------------------------------------------------------------------

READ_DAYS = """
SELECT day, workday, name FROM calendar_day WHERE region = ANY($1)
 ORDER BY region <> 'cn' -- the region's own row comes last and wins
"""
READ_YEARS = "SELECT year, bool_or(confirmed) AS confirmed FROM calendar_year WHERE region = ANY($1) GROUP BY year"
# As text: it is read straight into the type.
READ_PACKS = "SELECT body::text AS body FROM sla_pack WHERE name = $1 ORDER BY effective_from DESC, version DESC"


READ_EVERY_PACK = "SELECT body::text AS body FROM sla_pack ORDER BY name, version DESC"


async def every_pack(conn: Connection) -> list[Policy]:
    """All versions of all packs, in use or not."""
    return [parse_policy(row["body"]) for row in await conn.fetch(READ_EVERY_PACK)]


class _Shelf:
    """What was read under one revision mark; another mark empties it."""

    def __init__(self) -> None:
        self.mark: str | None = None
        self.calendars: dict[str, Calendar] = {}
        self.packs: dict[str, tuple[Policy, ...]] = {}


_shelf = _Shelf()


async def _current(conn: Connection) -> _Shelf:
    global _shelf
    mark = await revision(conn, "sla")
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
    versions = await load_versions(conn, name)
    if not versions:
        raise Misconfigured(f"没有名为“{name}”的时限方案，请检查 HOTLINE_SLA_PACK。", pack=name)
    day = at.astimezone(BEIJING).date()
    found = next((version for version in versions if version.effective_from <= day), None)
    if found is None:
        raise Misconfigured(f"时限方案“{name}”在 {day} 尚未施行，请换用其他方案或补充早期版本。", pack=name)
    return found


# -- deadlines ------------------------------------------------------------------------------------------------------

# The same deadline put again (after a refused reply, or taken off the shelf) goes on from the light it has shown;
# another due time (an extension, a new calendar) starts its lights anew.
PUT_DEADLINES = """
INSERT INTO deadline AS d (ticket_id, assignment_id, kind, item_id, start_at, due_at, near_at, orange_at, late_at,
                           very_late_at, urges, next_mark_at)
SELECT k.ticket_id, k.assignment_id, k.kind, k.item_id, k.start_at, k.due_at, k.near_at, k.orange_at, k.late_at,
       k.very_late_at, u.urges, least(k.near_at, u.urges[1])
  FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::integer[], $5::timestamptz[], $6::timestamptz[],
              $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::text[])
       AS k (ticket_id, assignment_id, kind, item_id, start_at, due_at, near_at, orange_at, late_at, very_late_at, said),
       -- An array of arrays must be a rectangle, so each clock's urges travel as a text.
       LATERAL (SELECT k.said::timestamptz[] AS urges) u
ON CONFLICT (ticket_id, assignment_id, kind, item_id) DO UPDATE
   SET start_at = excluded.start_at, due_at = excluded.due_at, near_at = excluded.near_at,
       orange_at = excluded.orange_at, late_at = excluded.late_at, very_late_at = excluded.very_late_at,
       mark = CASE WHEN d.due_at = excluded.due_at THEN d.mark ELSE 'none' END,
       urges = excluded.urges, urged = CASE WHEN d.due_at = excluded.due_at THEN d.urged ELSE 0 END,
       next_mark_at = CASE CASE WHEN d.due_at = excluded.due_at THEN d.mark ELSE 'none' END
           WHEN 'none' THEN least(excluded.near_at, excluded.urges[CASE WHEN d.due_at = excluded.due_at THEN d.urged ELSE 0 END + 1])
           WHEN 'near' THEN least(excluded.orange_at, excluded.urges[d.urged + 1])
           WHEN 'orange' THEN least(excluded.late_at, excluded.urges[d.urged + 1])
           WHEN 'late' THEN excluded.very_late_at END,
       taken_at = NULL, attempts = 0, problem = NULL, done_at = NULL
"""
CLOSE_DEADLINES = """
UPDATE deadline AS d
   SET done_at = $5, next_mark_at = NULL, taken_at = NULL
  FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::integer[]) AS k (ticket_id, assignment_id, kind, item_id)
 WHERE d.ticket_id = k.ticket_id AND d.done_at IS NULL
   AND d.assignment_id = k.assignment_id AND d.kind = k.kind AND d.item_id = k.item_id
RETURNING d.kind
"""
READ_DEADLINES = """
SELECT assignment_id, kind, item_id, start_at, due_at, near_at, orange_at, late_at, very_late_at, mark, done_at
  FROM deadline WHERE ticket_id = $1 ORDER BY assignment_id, due_at, item_id
"""


async def put_deadlines(conn: Connection, ticket_id: int, timers: Mapping[ClockKey, Timer]) -> None:
    await put_all(conn, {ticket_id: timers})


async def put_all(conn: Connection, timers: Mapping[int, Mapping[ClockKey, Timer]]) -> None:
    """The clocks of many tickets, in one statement."""
    rows = [(of, key, _moments(timer)) for of, those in timers.items() for key, timer in those.items()]
    if rows:
        moments = zip(*(moments for _, _, moments in rows), strict=True)
        urges = [
            "{" + ",".join(at.isoformat() for at in timer.urges) + "}"
            for those in timers.values()
            for timer in those.values()
        ]
        keys = _columns([key for _, key, _ in rows])
        await conn.execute(PUT_DEADLINES, [of for of, _, _ in rows], *keys, *moments, urges)


def _moments(timer: Timer) -> tuple[datetime, ...]:
    return timer.start_at, timer.due_at, timer.near_at, timer.orange_at, timer.late_at, timer.very_late_at


async def close_deadlines(conn: Connection, ticket_id: int, keys: Iterable[ClockKey], *, now: datetime) -> int:
    """What was awaited has happened, or has ended."""
    return await close_all(conn, {ticket_id: list(keys)}, now=now)


async def close_all(conn: Connection, over: Mapping[int, Sequence[ClockKey]], *, now: datetime) -> int:
    """`close_deadlines` of many tickets, in one statement."""
    rows = [(of, key) for of, keys in over.items() for key in keys]
    if not rows:
        return 0
    return len(await conn.fetch(CLOSE_DEADLINES, [of for of, _ in rows], *_columns([key for _, key in rows]), now))


def _columns(keys: Sequence[ClockKey]) -> tuple[list[int], list[str], list[int]]:
    return [k.assignment_id for k in keys], [k.kind.value for k in keys], [k.item for k in keys]


async def read_deadlines(conn: Connection, ticket_id: int) -> list[Any]:
    return await conn.fetch(READ_DEADLINES, ticket_id)


# SKIP LOCKED: several workers share the table without waiting for each other.
# A row that failed is offered again when its lease has run out.
TAKE_DUE = """
SELECT ticket_id, assignment_id, kind, item_id, due_at, near_at, orange_at, late_at, very_late_at, mark, urges, urged
  FROM deadline
 WHERE next_mark_at <= $1 AND (taken_at IS NULL OR taken_at <= $1 - $3::interval)
 ORDER BY next_mark_at, ticket_id LIMIT $2
   FOR UPDATE SKIP LOCKED
"""
MARKED = """
UPDATE deadline AS d
   SET mark = k.mark, urged = k.urged, taken_at = NULL, attempts = 0, problem = NULL,
       next_mark_at = CASE k.mark WHEN 'none' THEN least(d.near_at, d.urges[k.urged + 1])
                                  WHEN 'near' THEN least(d.orange_at, d.urges[k.urged + 1])
                                  WHEN 'orange' THEN least(d.late_at, d.urges[k.urged + 1])
                                  WHEN 'late' THEN d.very_late_at END
  FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::integer[], $5::text[], $6::integer[])
       AS k (ticket_id, assignment_id, kind, item_id, mark, urged)
 WHERE d.ticket_id = k.ticket_id AND d.assignment_id = k.assignment_id AND d.kind = k.kind AND d.item_id = k.item_id
"""
FAILED = """
UPDATE deadline SET taken_at = $2, attempts = attempts + 1, problem = $3 WHERE ticket_id = $1 AND next_mark_at <= $2
"""


async def take_due(conn: Connection, *, now: datetime, limit: int, lease: timedelta) -> list[DueRow]:
    """Rows with a level to mark, the longest waiting first; they stay locked until the transaction ends."""
    return [msgspec.convert(dict(row), DueRow) for row in await conn.fetch(TAKE_DUE, now, limit, lease)]


async def marked(conn: Connection, rows: Sequence[tuple[DueRow, Level, int]]) -> None:
    """These levels stand in history; wait for the next ones."""
    if rows:
        tickets = [row.ticket_id for row, _, _ in rows]
        levels, urged = [level.value for _, level, _ in rows], [number for _, _, number in rows]
        await conn.execute(MARKED, tickets, *_columns([row.key for row, _, _ in rows]), levels, urged)


async def failed(conn: Connection, ticket_id: int, problem: str, now: datetime) -> None:
    await conn.execute(FAILED, ticket_id, now, problem)


# -- changes of the calendar and of packs ---------------------------------------------------------------------------

# Open clocks that a change between two moments may move; a reply under review has none open and is found by its task.
ACROSS = """
SELECT ticket_id FROM deadline
 WHERE done_at IS NULL AND start_at < $2 AND very_late_at >= $1 AND ticket_id > $3
 UNION
SELECT ticket_id FROM assignment WHERE stage = 'replied' AND dispatched_at < $2 AND finish_due >= $1 AND ticket_id > $3
 ORDER BY ticket_id LIMIT $4
"""
OWN_CLOCKS = """
SELECT ticket_id, kind, item_id, start_at, due_at
  FROM deadline WHERE ticket_id = ANY ($1::bigint[]) AND assignment_id = 0 AND done_at IS NULL
 ORDER BY ticket_id, kind, item_id
"""
ADD_CHANGE = """
INSERT INTO deadline_change (at, by, by_name, because, region, before, after, pack, tickets)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id
"""
READ_CHANGE = "SELECT id, because, before, after, pack FROM deadline_change WHERE id = $1"


async def across(conn: Connection, begin: datetime, end: datetime, *, after: int = 0, limit: int) -> list[int]:
    """Tickets with open clocks that a change between two moments may move, in pages."""
    return [row["ticket_id"] for row in await conn.fetch(ACROSS, begin, end, after, limit)]


async def own_clocks(conn: Connection, tickets: Sequence[int]) -> dict[int, list[OwnClock]]:
    found: dict[int, list[OwnClock]] = {}
    for row in await conn.fetch(OWN_CLOCKS, tickets):
        found.setdefault(row["ticket_id"], []).append(
            OwnClock(DeadlineKind(row["kind"]), row["item_id"], row["start_at"], row["due_at"])
        )
    return found


Days = dict[date, SpecialDay | None]


class StoredChange(msgspec.Struct, frozen=True):
    """`before` and `after` tell the days that were changed; None: an ordinary day."""

    id: int
    because: str
    before: Days
    after: Days
    pack: str | None


async def add_change(
    conn: Connection, change: StoredChange, *, at: datetime, by: Actor, region: str, tickets: int
) -> int:
    before, after = ({str(d): s for d, s in days.items()} for days in (change.before, change.after))
    args = (at, by.person_id, by.name, change.because, region, before, after, change.pack, tickets)
    number: int = await conn.fetchval(ADD_CHANGE, *args)
    return number


RENEWED = "SELECT EXISTS (SELECT FROM deadline_change WHERE pack = $1)"
RECOMPUTED_BY = """
SELECT EXISTS (
    SELECT FROM history WHERE ticket_id = $1 AND event = 'recompute' AND (payload ->> 'change')::integer = $2
)
"""


async def renewed(conn: Connection, pack: str) -> bool:
    """Whether open deadlines have been given this version."""
    found: bool = await conn.fetchval(RENEWED, pack)
    return found


async def recomputed_by(conn: Connection, ticket_id: int, change: int) -> bool:
    found: bool = await conn.fetchval(RECOMPUTED_BY, ticket_id, change)
    return found


async def read_change(conn: Connection, number: int) -> StoredChange | None:
    row = await conn.fetchrow(READ_CHANGE, number)
    return msgspec.convert(dict(row), StoredChange) if row else None


async def put_pack(conn: Connection, policy: Policy) -> bool:
    """A stored version is never overwritten; False where its number is taken."""
    text = msgspec.json.encode(policy).decode()
    return await conn.fetchval(PUT_PACK, policy.name, policy.version, policy.effective_from, text) is not None


async def load_versions(conn: Connection, name: str) -> tuple[Policy, ...]:
    """Every version of a pack, the newest first."""
    shelf = await _current(conn)
    if name not in shelf.packs:
        shelf.packs[name] = tuple(parse_policy(row["body"]) for row in await conn.fetch(READ_PACKS, name))
    return shelf.packs[name]
