"""What calls say: counted from them, or read from the sums of days that are over."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from importlib.resources import files

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.insight.calls.measures import CALL_MEASURES, CallCount, together
from hotline.intake.channels.phone.figures.measures import SECONDS, SHORT

FOLDER = files("hotline.insight.calls") / "sql"


def _text(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def _counting() -> str:
    texts = (
        "".join(("SELECT '", one.name, "' AS measure, n.* FROM (", _text(one.name), ") n")) for one in CALL_MEASURES
    )
    return "\nUNION ALL\n".join(texts)


# One line a day, measure and key of every group.
COUNTED = "".join(
    (
        "WITH ",
        _text("stay"),
        ", ",
        _text("spell"),
        ", counting AS (",
        _counting(),
        """)
SELECT c.at::date AS day, c.measure,
       CASE grouping(c.queue, c.agent) WHEN 1 THEN 'queue' WHEN 2 THEN 'agent' ELSE 'all' END AS by,
       coalesce(c.queue, c.agent, '') AS key,
       coalesce(sum(c.value) FILTER (WHERE NOT c.excluded), 0)::bigint AS numerator,
       coalesce(sum(c.whole) FILTER (WHERE NOT c.excluded), 0)::bigint AS denominator,
       count(*) FILTER (WHERE c.excluded) AS excluded
  FROM counting c
 GROUP BY GROUPING SETS ((1, 2), (1, 2, c.queue), (1, 2, c.agent))
HAVING grouping(c.queue, c.agent) = 3 OR coalesce(c.queue, c.agent) IS NOT NULL
""",
    )
)
LIVE = "".join(
    (
        "SELECT measure, CASE WHEN by = 'all' THEN CASE $6::text WHEN 'day' THEN day::text WHEN 'month' THEN to_char(day, 'YYYY-MM') "
        "END ELSE key END AS key, sum(numerator)::bigint AS numerator, sum(denominator)::bigint AS denominator, "
        "sum(excluded)::bigint AS excluded FROM (",
        COUNTED,
        ") d WHERE by = ANY ($7::text[]) GROUP BY 1, 2",
    )
)
KEPT = """
SELECT measure, CASE WHEN by = 'all' THEN CASE $3::text WHEN 'day' THEN day::text WHEN 'month' THEN to_char(day, 'YYYY-MM')
                     END ELSE key END AS key,
       sum(numerator)::bigint AS numerator, sum(denominator)::bigint AS denominator, sum(excluded)::bigint AS excluded
  FROM call_day WHERE by = ANY ($4::text[]) AND day >= $1::timestamptz::date AND day < $2::date GROUP BY 1, 2
"""


async def counts(conn: Connection, begin: datetime, end: datetime, now: datetime, group: str) -> list[CallCount]:
    """Of all together, and of each key of `group`."""
    until = await kept_until(conn)
    by = ["all", group] if group in ("queue", "agent") else ["all"]
    found: list[CallCount] = []
    live = begin
    if until is not None and midnight(until) > begin:
        live = min(midnight(until), end)
        found += [CallCount(**dict(row)) for row in await conn.fetch(KEPT, begin, live.date(), group, by)]
    if live < end:
        found += [CallCount(**dict(row)) for row in await conn.fetch(LIVE, live, end, now, SHORT, SECONDS, group, by)]
    return together(found, summed=group in ("day", "month"))


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING)


AGENT_NAMES = "SELECT id, name FROM person WHERE id::text = ANY ($1::text[])"


async def agent_names(conn: Connection, keys: Iterable[str]) -> dict[str, str]:
    """Of whoever sat there; a telephone at which nobody had signed in is called as the exchange calls it."""
    return {str(row["id"]): row["name"] for row in await conn.fetch(AGENT_NAMES, list(keys))}


# -- the calls behind a number --------------------------------------------------------------------------------------


class CallCase(msgspec.Struct, frozen=True):
    """One stay, one call, or one agent's time in one state on one day."""

    at: datetime
    place: str
    state: str | None
    queue: str | None
    agent: str | None
    value: int
    whole: int
    excluded: bool
    call: str | None
    outcome: str | None
    citizen: bytes | None
    wait_ms: int | None
    talk_ms: int | None
    score: int | None
    tickets: list[int]
    secret: bool
    """A confidential ticket came of it, or it was made for one."""


BEHIND = "".join(
    (
        "WITH ",
        _text("stay"),
        ", ",
        _text("spell"),
        ", counting AS (",
        _counting(),
        """)
SELECT c.at, c.place, c.state, c.queue, c.agent, coalesce(c.value, 0) AS value, c.whole, c.excluded, k.id AS call, k.outcome, k.citizen,
       k.wait_ms, k.talk_ms, k.score,
       ARRAY(SELECT m.ticket_id FROM matter m WHERE m.call_id = k.id ORDER BY m.ticket_id) AS tickets,
       EXISTS (SELECT FROM matter m JOIN ticket t ON t.id = m.ticket_id WHERE m.call_id = k.id AND t.confidential)
       OR EXISTS (SELECT FROM callback_call b JOIN ticket t ON t.id = b.ticket_id WHERE b.call = k.id AND t.confidential) AS secret
  FROM counting c LEFT JOIN call k ON k.id = c.call
 WHERE c.measure = $6
   AND CASE $7::text WHEN 'numerator' THEN NOT c.excluded AND c.value > 0 WHEN 'denominator' THEN NOT c.excluded
                     WHEN 'missed' THEN NOT c.excluded AND c.value = 0 ELSE c.excluded END
   AND CASE $8::text WHEN 'queue' THEN c.queue IS NOT DISTINCT FROM $9::text WHEN 'agent' THEN c.agent IS NOT DISTINCT FROM $9
                     WHEN 'day' THEN c.at::date::text = $9 WHEN 'month' THEN to_char(c.at, 'YYYY-MM') = $9 ELSE true END
   AND ($10::timestamptz IS NULL OR (c.at, c.place) < ($10, $11::text))
 ORDER BY c.at DESC, c.place DESC LIMIT $12
""",
    )
)


class Behind(msgspec.Struct, frozen=True):
    """Which calls are asked for: of one measure, one of its parts, one group or all."""

    measure: str
    part: str
    group: str = ""
    key: str | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 50


async def behind(conn: Connection, begin: datetime, end: datetime, now: datetime, asked: Behind) -> list[CallCase]:
    """Whole days only, newest first; what stays out of a mean has no value."""
    of = (asked.measure, asked.part, asked.group, asked.key, *(asked.after or (None, None)), asked.limit)
    return [CallCase(**dict(row)) for row in await conn.fetch(BEHIND, begin, end, now, SHORT, SECONDS, *of)]


STATES_KEPT_FROM = "SELECT max(before)::date FROM phone_retention WHERE what = 'events'"


async def states_kept_from(conn: Connection) -> date | None:
    """The first day of which every word of the telephones is still there; None: nothing was ever removed."""
    found: date | None = await conn.fetchval(STATES_KEPT_FROM)
    return found and found + timedelta(days=1)


# -- frozen months --------------------------------------------------------------------------------------------------


class CallLine(msgspec.Struct, frozen=True):
    by: str
    measure: str
    key: str
    numerator: int
    denominator: int
    excluded: int


PUT_MONTH = """
INSERT INTO kpi_month_call (month, revision, by, measure, key, numerator, denominator, excluded)
SELECT $1, $2, l.* FROM jsonb_to_recordset($3)
       AS l (by text, measure text, key text, numerator bigint, denominator bigint, excluded bigint)
"""
FROZEN = """
SELECT measure, nullif(key, '') AS key, numerator, denominator, excluded FROM kpi_month_call
 WHERE month = $1 AND revision = $2 AND by IN ('all', $3)
"""


async def month_lines(conn: Connection, begin: datetime, end: datetime, now: datetime) -> list[CallLine]:
    """Of all together, and by every group that a month has."""
    found: list[CallLine] = []
    for group in ("queue", "agent", "day"):
        counted = await counts(conn, begin, end, now, group)
        found += [
            CallLine(group if one.key is not None else "all", one.measure, one.key or "", *parts(one))
            for one in counted
            if one.key is not None or group == "queue"
        ]
    return sorted(found, key=lambda line: (line.by, line.measure, line.key))


def parts(one: CallCount) -> tuple[int, int, int]:
    return one.numerator, one.denominator, one.excluded


async def put_month(conn: Connection, month: date, revision: int, lines: Sequence[CallLine]) -> None:
    await conn.execute(PUT_MONTH, month, revision, lines)


async def frozen_counts(conn: Connection, month: date, revision: int, group: str) -> list[CallCount]:
    return [CallCount(**dict(row)) for row in await conn.fetch(FROZEN, month, revision, group)]


# -- days that are over ---------------------------------------------------------------------------------------------

MARK = "SELECT until FROM call_mark"
FIRST = """
SELECT least((SELECT min(offered_at) FROM call), (SELECT min(at) FROM call_event WHERE type = 'agent.state'))::date
"""
LOCK_MARK = "SELECT until FROM call_mark FOR UPDATE"
SET_MARK = "UPDATE call_mark SET until = $1"
KEEP = "".join(
    ("INSERT INTO call_day (day, measure, by, key, numerator, denominator, excluded) SELECT * FROM (", COUNTED, ") d")
)


async def kept_until(conn: Connection) -> date | None:
    found: date | None = await conn.fetchval(MARK)
    return found


async def first_day(conn: Connection) -> date | None:
    """Of the first call or the first word of a telephone."""
    found: date | None = await conn.fetchval(FIRST)
    return found


async def lock_mark(conn: Connection) -> date | None:
    found: date | None = await conn.fetchval(LOCK_MARK)
    return found


async def keep(conn: Connection, begin: datetime, end: datetime, now: datetime) -> None:
    """Put these days into the sums, which the caller has seen are not in them."""
    await conn.execute(KEEP, begin, end, now, SHORT, SECONDS)
    await conn.execute(SET_MARK, end.date())
