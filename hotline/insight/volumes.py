"""How many tickets came in a span, by channel, kind, category and district; and of a frozen month how many had been counted."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection


class Volume(msgspec.Struct, frozen=True):
    """How many tickets came in one span in one place of one table."""

    span: str
    by: str
    """all, channel, kind, category, district, open, closed"""
    key: str | None
    number: int


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
PUT = """
INSERT INTO kpi_month_volume (month, revision, by, key, number)
SELECT $1, $2, v.by, v.key, v.number FROM jsonb_to_recordset($3) v (by text, key text, number integer)
"""
FROZEN = (
    "SELECT 'now' AS span, by, key, number FROM kpi_month_volume WHERE month = $1 AND revision = $2 ORDER BY by, key"
)


def first_of(day: date) -> int:
    """The first ticket number of a day."""
    return int(f"{day:%Y%m%d}") * 10_000_000


Span = tuple[str, date, date]
"""Name, first day, and the day after the last one."""


async def volumes(conn: Connection, spans: Sequence[Span]) -> list[Volume]:
    names, firsts, untils = zip(*spans, strict=True)
    rows = await conn.fetch(VOLUMES, names, [first_of(day) for day in firsts], [first_of(day) for day in untils])
    return [msgspec.convert(dict(row), Volume) for row in rows]


async def month_volumes(conn: Connection, begin: datetime, end: datetime, spans: Sequence[Span]) -> list[Volume]:
    """What came in these spans; of the month from `begin` to `end` also what ended in it, and what was open at its end."""
    found = await volumes(conn, spans)
    found.append(Volume("now", "closed", None, await conn.fetchval(CLOSED, begin, end)))
    found.append(Volume("now", "open", None, await conn.fetchval(OPEN, first_of(end.astimezone(BEIJING).date()), end)))
    return found


async def put_month(conn: Connection, month: date, revision: int, counted: Sequence[Volume]) -> None:
    await conn.execute(PUT, month, revision, counted)


async def frozen(conn: Connection, month: date, revision: int) -> list[Volume]:
    """None of a revision that was frozen before volumes were."""
    return [msgspec.convert(dict(row), Volume) for row in await conn.fetch(FROZEN, month, revision)]
