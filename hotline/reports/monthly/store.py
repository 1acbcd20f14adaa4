"""What came in a month, beside the month before and the year before."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.reports.monthly.bulletin import Given, Volume, Weekly

VOLUMES = """
-- Three spans at once; each is a range of ticket numbers, so that other months' partitions are left alone.
WITH span (span, begin, until) AS (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
), came AS (
    SELECT s.span, t.channel, t.kind, left(t.category, 4) AS category, r.path[2] AS district
      FROM span s
      JOIN ticket t ON t.id >= s.begin AND t.id < s.until
      LEFT JOIN region r ON r.code = t.region
     WHERE t.state NOT IN ('draft', 'void') AND t.disposition IS DISTINCT FROM 'invalid'
       AND t.disposition IS DISTINCT FROM 'malicious'
)
SELECT span,
       CASE WHEN grouping(channel) = 0 THEN 'channel' WHEN grouping(kind) = 0 THEN 'kind'
            WHEN grouping(category) = 0 THEN 'category' WHEN grouping(district) = 0 THEN 'district' ELSE 'all' END AS by,
       CASE WHEN grouping(channel) = 0 THEN channel WHEN grouping(kind) = 0 THEN kind
            WHEN grouping(category) = 0 THEN category WHEN grouping(district) = 0 THEN district ELSE 'all' END AS key,
       count(*)::int AS number
  FROM came GROUP BY GROUPING SETS ((span, channel), (span, kind), (span, category), (span, district), (span))
"""
CLOSED = "SELECT count(*)::int FROM ticket WHERE ended_at >= $1 AND ended_at < $2 AND state IN ('closed', 'archived')"
OPEN = """
-- 在办 when the month ended: of what came before its end ($1, $2) what is open, and what ended only later.
SELECT ((SELECT count(*) FROM ticket
          WHERE id < $1 AND state IN ('registered', 'consulting', 'dispatched', 'in_progress', 'return_review', 'replied',
                                      'callback', 'rework', 'suspended'))
      + (SELECT count(*) FROM ticket
          WHERE id < $1 AND ended_at >= $2 AND state IN ('closed', 'archived', 'merged', 'withdrawn')))::int
"""
PRESSED = """
SELECT count(*) FILTER (WHERE kind = 'supervision')::int AS letters,
       count(*) FILTER (WHERE kind = 'instruction')::int AS instructions
  FROM ticket_overlay WHERE kind IN ('supervision', 'instruction') AND at >= $1 AND at < $2
"""
WEEKS = """
SELECT w.week, (SELECT count(*)::int FROM difficult_listing l WHERE l.week = w.week) AS listed
  FROM difficult_week w WHERE w.frozen_at >= $1 AND w.frozen_at < $2 ORDER BY w.week
"""
CATEGORY_NAMES = "SELECT code, name FROM category WHERE level <= 2"


def first_of(day: date) -> int:
    """The first ticket number of a day."""
    return int(f"{day:%Y%m%d}") * 10_000_000


Span = tuple[str, date, date]
"""Name, first day, and the day after the last one."""


async def volumes(conn: Connection, spans: Sequence[Span]) -> list[Volume]:
    names, firsts, untils = zip(*spans, strict=True)
    rows = await conn.fetch(VOLUMES, names, [first_of(day) for day in firsts], [first_of(day) for day in untils])
    return [msgspec.convert(dict(row), Volume) for row in rows]


async def given(conn: Connection, begin: datetime, end: datetime, spans: Sequence[Span]) -> Given:
    found = await volumes(conn, spans)
    found.append(Volume("now", "closed", None, await conn.fetchval(CLOSED, begin, end)))
    found.append(Volume("now", "open", None, await conn.fetchval(OPEN, first_of(end.astimezone(BEIJING).date()), end)))
    pressed = await conn.fetchrow(PRESSED, begin, end)
    assert pressed is not None
    weeks = tuple(Weekly(**dict(row)) for row in await conn.fetch(WEEKS, begin, end))
    return Given(tuple(found), pressed["letters"], pressed["instructions"], weeks)


async def category_names(conn: Connection) -> dict[str, str]:
    return {row["code"]: row["name"] for row in await conn.fetch(CATEGORY_NAMES)}
