"""Instructions with what came back, and how tickets stand now."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.infra.db import Connection
from hotline.supervision.following.followed import Spoken
from hotline.tickets.states import State

INSTRUCTIONS = """
-- It went to whoever had the ticket in hand when it was written: the lead first, then those who assisted.
SELECT o.ticket_id, o.id AS overlay_id, o.at, coalesce(w.name, '') AS by, o.text, o.due, t.state,
       ARRAY(SELECT u.name FROM assignment a JOIN unit u ON u.id = a.unit_id
              WHERE a.ticket_id = o.ticket_id AND a.part IN ('lead', 'assist') AND a.dispatched_at <= o.at
                AND coalesce(a.finished_at, 'infinity') > o.at
              ORDER BY a.part = 'lead' DESC, a.id) AS "to",
       back.at AS answered_at, CASE WHEN t.confidential THEN '' ELSE coalesce(back.account, '') END AS answer,
       coalesce(o.due <= $3 AND (back.at IS NULL OR back.at > o.due), false) AS late
  FROM ticket_overlay o
  JOIN ticket t ON t.id = o.ticket_id
  LEFT JOIN person w ON w.id = o.by
  LEFT JOIN LATERAL (
       SELECT r.at, x.account FROM reply r JOIN reply_text x ON x.ticket_id = r.ticket_id AND x.reply_id = r.id
        WHERE r.ticket_id = o.ticket_id AND r.at >= o.at AND r.decision <> 'refused' ORDER BY r.id LIMIT 1
       ) back ON true
 WHERE o.kind = 'instruction' AND (o.ticket_id = ANY ($1::bigint[]) OR $1 IS NULL AND o.at >= $2)
 ORDER BY o.at DESC, o.ticket_id, o.id LIMIT 500
"""


async def instructions(
    conn: Connection, tickets: Sequence[int] | None, since: datetime | None, now: datetime
) -> list[Spoken]:
    """Of the tickets named, or all since a moment."""
    rows = await conn.fetch(INSTRUCTIONS, tickets, since, now)
    return [msgspec.convert(dict(row), Spoken) for row in rows]


STATES = "SELECT id, state FROM ticket WHERE id = ANY ($1::bigint[])"


async def states(conn: Connection, tickets: Sequence[int]) -> dict[int, State]:
    return {row["id"]: State(row["state"]) for row in await conn.fetch(STATES, tickets)}
