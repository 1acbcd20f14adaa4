"""What was sent by whom, and what came back."""

from datetime import datetime

from hotline.dispatch.accuracy import Count
from hotline.infra.db import Connection

JUDGED = """
-- Every first sending with its return. A dispute that was ruled on counts by the ruling: given back to the
-- same unit, the dispatcher was right. Rulings and reworks are nobody's guess and are not counted.
sent AS (
    SELECT a.ticket_id, a.id, a.unit_id, a.automatic, a.dispatched_at, h.actor_id, h.actor_name
      FROM assignment a
      CROSS JOIN LATERAL (
           SELECT actor_id, actor_name FROM history h
            WHERE h.ticket_id = a.ticket_id AND h.at = a.dispatched_at AND h.event IN ('dispatch', 'approve_return')
              AND h.target = 'dispatched' AND (h.payload -> 'lead' ->> 'unit_id')::bigint = a.unit_id
            ORDER BY h.seq LIMIT 1) h
     WHERE a.part = 'lead' AND a.round = 0
       -- A ruling in the very second of the sending, back to the same unit, is not the sending.
       AND NOT EXISTS (SELECT FROM assignment b WHERE b.ticket_id = a.ticket_id AND b.id < a.id AND b.part = 'lead'
                                                  AND b.unit_id = a.unit_id AND b.dispatched_at = a.dispatched_at)
), judged AS (
    SELECT s.*, r.id AS request_id, r.decision,
           CASE WHEN r.decision IS DISTINCT FROM 'granted' OR NOT coalesce((d.payload ->> 'wrong_unit')::boolean, true)
                     THEN false
                WHEN d.target = 'dispatched' THEN true
                ELSE coalesce((SELECT (h.payload -> 'lead' ->> 'unit_id')::bigint <> s.unit_id FROM history h
                                WHERE h.ticket_id = s.ticket_id AND h.event = 'rule' AND h.seq > d.seq
                                ORDER BY h.seq LIMIT 1), false)
           END AS wrong
      FROM sent s
      LEFT JOIN request r ON r.ticket_id = s.ticket_id AND r.assignment_id = s.id AND r.asked = 'return'
      LEFT JOIN history d ON d.ticket_id = s.ticket_id AND d.event IN ('approve_return', 'escalate_return')
                         AND (d.payload ->> 'request_id')::integer = r.id
)
"""
"""Two tables for a WITH: the measure 派单准确率 is counted from them, too (`insight`)."""
COUNTS = (
    "WITH "
    + JUDGED
    + """
SELECT actor_id AS person_id, actor_name AS name, automatic, count(*) AS dispatched, count(request_id) AS asked,
       count(*) FILTER (WHERE decision = 'granted') AS granted, count(*) FILTER (WHERE wrong) AS wrong,
       count(*) FILTER (WHERE decision = 'pending') AS pending
  FROM judged WHERE dispatched_at >= $1 AND dispatched_at < $2
 GROUP BY actor_id, actor_name, automatic ORDER BY count(*) DESC, actor_name
"""
)


async def counts(conn: Connection, begin: datetime, end: datetime) -> list[Count]:
    return [Count(**dict(row)) for row in await conn.fetch(COUNTS, begin, end)]
