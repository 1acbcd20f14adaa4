"""What a day brought, beside the same weekday of the four weeks before."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from hotline.infra.db import Connection
from hotline.insight.volumes import Span, first_of
from hotline.reports.daily.daily import Late, Pressing, Spot

SPOTS = """
WITH span (span, begin, until) AS (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
)
SELECT s.span, left(t.category, 4) AS category, r.path[2] AS district, count(*)::int AS number
  FROM span s
  JOIN ticket t ON t.id >= s.begin AND t.id < s.until
  JOIN region r ON r.code = t.region
 WHERE t.category IS NOT NULL AND t.state NOT IN ('draft', 'void') AND r.path[2] IS NOT NULL
 GROUP BY 1, 2, 3
"""


async def spots(conn: Connection, spans: Sequence[Span]) -> list[Spot]:
    names, firsts, untils = zip(*spans, strict=True)
    rows = await conn.fetch(SPOTS, names, [first_of(day) for day in firsts], [first_of(day) for day in untils])
    return [Spot(**dict(row)) for row in rows]


DONE = """
SELECT CASE WHEN event = 'create' THEN 'create' WHEN event = 'dispatch' THEN 'dispatch' WHEN event = 'sign' THEN 'sign'
            WHEN event = 'reply' THEN 'reply' WHEN event = 'request_return' THEN 'return' WHEN event = 'urge' THEN 'urge'
            WHEN event = 'supervise' THEN 'supervise' WHEN event = 'send_back' THEN 'rework'
            WHEN target = 'closed' AND source <> 'closed' THEN 'closed' END AS what, count(*)::int AS number
  FROM history WHERE at >= $1 AND at < $2 GROUP BY 1
"""
CALLBACKS = """
SELECT coalesce(outcome, 'none') AS what, count(*)::int AS number
  FROM callback WHERE ended_at >= $1 AND ended_at < $2 GROUP BY 1
"""


async def done(conn: Connection, begin: datetime, end: datetime) -> dict[str, int]:
    """How often each thing was done; callbacks under `callback.` and their outcome."""
    found = {row["what"]: row["number"] for row in await conn.fetch(DONE, begin, end) if row["what"]}
    ended = await conn.fetch(CALLBACKS, begin, end)
    return found | {f"callback.{row['what']}": row["number"] for row in ended}


PRESSING = """
SELECT t.id AS ticket_id, t.created_at AS at, t.urgency, t.category, t.region, t.state, t.lead_unit AS unit_id,
       CASE WHEN t.confidential OR t.kind = 'report' THEN NULL ELSE m.title END AS title,
       count(*) OVER ()::int AS all
  FROM ticket t JOIN matter m ON m.ticket_id = t.id
 WHERE t.id >= $1 AND t.id < $2 AND t.urgency <> 'normal' AND t.state NOT IN ('draft', 'void')
 ORDER BY t.urgency, t.id LIMIT $3
"""


async def pressing(conn: Connection, day: date, until: date, limit: int) -> list[Pressing]:
    rows = await conn.fetch(PRESSING, first_of(day), first_of(until), limit)
    return [msgspec.convert(dict(row), Pressing) for row in rows]


LATE = """
-- What was owed and late at $2, as the wall counts it: not what was shelved, nor an answer that is looked at. Of a day that is
-- over what was answered since was late, too; what lay longer than a quarter is on other lists by then.
SELECT a.unit_id, count(*) FILTER (WHERE a.finish_due >= $1)::int AS fresh, count(*)::int AS number
  FROM (SELECT ticket_id, unit_id, finish_due FROM assignment
         WHERE part = 'lead' AND stage IN ('to_sign', 'in_hand', 'return_review', 'refused')
           AND finish_due < $2 AND dispatched_at < $2
         UNION ALL
        SELECT ticket_id, unit_id, finish_due FROM assignment
         WHERE part = 'lead' AND finish_due >= $2 - interval '90 days' AND finish_due < $2 AND dispatched_at < $2
           AND finished_at > $2) a
 WHERE NOT EXISTS (SELECT FROM ticket_overlay o
                    WHERE o.ticket_id = a.ticket_id AND o.kind = 'shelved' AND o.at < $2 AND coalesce(o.ended_at > $2, true))
 GROUP BY a.unit_id ORDER BY number DESC, a.unit_id
"""


async def late(conn: Connection, begin: datetime, end: datetime) -> list[Late]:
    return [Late(**dict(row)) for row in await conn.fetch(LATE, begin, end)]
