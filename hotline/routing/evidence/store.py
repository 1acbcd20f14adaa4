"""Counted each night from the tickets themselves."""

from datetime import datetime

from hotline.infra.db import Connection
from hotline.routing.trust import BorneOut

CLEAR = "DELETE FROM unit_evidence"
REBUILD = """
-- By matter and unit: granted returns since $1, and tickets that a person sent elsewhere than was suggested, where they also
-- stayed. $1 is also since when what was sent to the unit is counted.
WITH moved AS (
    SELECT t.category, o.from_value::bigint AS unit_id, o.to_value::bigint AS moved_to, count(DISTINCT t.id)::integer AS moved,
           count(DISTINCT t.id) FILTER (WHERE NOT EXISTS (
               SELECT FROM assignment a WHERE a.ticket_id = t.id AND a.part = 'lead' AND a.unit_id::text = o.from_value)) AS never_sent
      FROM override o JOIN ticket t ON t.id = o.ticket_id
     WHERE o.at >= $1 AND o.field = 'unit' AND o.verdict IS DISTINCT FROM 'wrong'
       AND (o.source = 'return' OR (o.source IN ('agent', 'dispatcher') AND t.lead_unit = o.to_value::bigint
                                    AND t.state IN ('replied', 'callback', 'closed', 'archived')))
       AND o.from_value IS NOT NULL AND t.category IS NOT NULL
     GROUP BY 1, 2, 3
), sent AS (
    SELECT t.category, a.unit_id, count(*) AS sent
      FROM assignment a JOIN ticket t ON t.id = a.ticket_id
     WHERE a.dispatched_at >= $1 AND a.part = 'lead' AND (t.category, a.unit_id) IN (SELECT category, unit_id FROM moved)
     GROUP BY 1, 2
), meant AS (
    SELECT m.category, m.unit_id, (coalesce(max(s.sent), 0) + sum(m.never_sent))::integer AS sent
      FROM moved m LEFT JOIN sent s USING (category, unit_id) GROUP BY 1, 2
)
INSERT INTO unit_evidence (category, unit_id, moved_to, sent, moved)
SELECT m.category, m.unit_id, m.moved_to, greatest(meant.sent, m.moved), m.moved FROM moved m JOIN meant USING (category, unit_id)
"""
COUNT_WEEKS = """
-- Whom the router named first, and who led in the end, by week since $1. A ticket counts once its lead has answered.
WITH known AS (
    SELECT date_trunc('week', t.created_at AT TIME ZONE 'Asia/Shanghai')::date AS week, t.lead_unit AS truth,
           (d.candidates -> 0 ->> 'unit_id')::bigint AS said
      FROM ticket t
      JOIN LATERAL (SELECT candidates FROM routing_decision d WHERE d.ticket_id = t.id ORDER BY d.id LIMIT 1) d ON true
     WHERE t.created_at >= $1 AND t.lead_unit IS NOT NULL AND t.state IN ('replied', 'callback', 'closed', 'archived')
), counted AS (
    SELECT week, said AS key, 1 AS said, 0 AS truth, (said = truth)::integer AS agreed FROM known WHERE said IS NOT NULL
    UNION ALL SELECT week, truth, 0, 1, 0 FROM known
)
INSERT INTO learned_week (week, what, key, said, was, agreed)
SELECT week, 'unit', key::text, sum(said), sum(truth), sum(agreed) FROM counted GROUP BY week, key
ON CONFLICT (what, week, key) DO UPDATE SET (said, was, agreed) = (excluded.said, excluded.was, excluded.agreed)
"""
JUDGED = """
-- How sure the router was of its first unit, and whether that unit led in the end.
SELECT (d.candidates -> 0 ->> 'confidence')::float8 AS sure, (d.candidates -> 0 ->> 'unit_id')::bigint = t.lead_unit AS agreed
  FROM ticket t
  JOIN LATERAL (SELECT candidates FROM routing_decision d WHERE d.ticket_id = t.id ORDER BY d.id LIMIT 1) d ON true
 WHERE t.created_at >= $1 AND t.lead_unit IS NOT NULL AND t.state IN ('replied', 'callback', 'closed', 'archived')
   AND jsonb_array_length(d.candidates) > 0
 ORDER BY t.id DESC LIMIT $2
"""
PUT_MEASURED = """
INSERT INTO measured_threshold (threshold, judged, let_through, right_ones, least, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (only_row) DO UPDATE SET (threshold, judged, let_through, right_ones, least, at) =
    (excluded.threshold, excluded.judged, excluded.let_through, excluded.right_ones, excluded.least, excluded.at)
"""


async def put_measured(conn: Connection, one: BorneOut) -> None:
    await conn.execute(PUT_MEASURED, one.threshold, one.judged, one.let_through, one.right, one.least, one.at)


async def rebuild(conn: Connection, since: datetime) -> None:
    await conn.execute(CLEAR)
    await conn.execute(REBUILD, since)


async def count_weeks(conn: Connection, since: datetime) -> None:
    await conn.execute(COUNT_WEEKS, since)


async def judged(conn: Connection, since: datetime, most: int) -> list[tuple[float, bool]]:
    return [(row["sure"], row["agreed"]) for row in await conn.fetch(JUDGED, since, most)]
