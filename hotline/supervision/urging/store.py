"""Tickets that their citizens urge."""

from datetime import datetime

import msgspec

from hotline.infra.db import Connection
from hotline.tickets.states import OPEN, State

AGAIN = 2
"""So many urges of a citizen make a candidate."""
CANDIDATES = """
-- From the urges to the tickets: few are urged, many are open.
SELECT t.id, t.state, t.urgency, m.title, t.confidential, t.lead_unit, t.due_at, t.worst, u.urges, u.last_at
  FROM (SELECT o.ticket_id, count(*)::int AS urges, max(o.at) AS last_at FROM ticket_overlay o
         WHERE o.kind = 'urge' AND o.at > $1 AND o.origin = 'citizen'
         GROUP BY o.ticket_id HAVING count(*) >= $3) u
  JOIN ticket t ON t.id = u.ticket_id
  JOIN matter m ON m.ticket_id = u.ticket_id
 WHERE t.state = ANY ($2::text[])
   AND NOT EXISTS (SELECT FROM ticket_overlay s WHERE s.ticket_id = t.id AND s.kind = 'supervision' AND s.at >= u.last_at)
 ORDER BY u.urges DESC, u.last_at DESC LIMIT 200
"""


class Candidate(msgspec.Struct, frozen=True):
    """督办候选: urged again and again by its citizen, and not supervised since."""

    id: int
    state: State
    urgency: str
    title: str
    confidential: bool
    lead_unit: int | None
    due_at: datetime | None
    worst: str | None
    urges: int
    last_at: datetime


async def candidates(conn: Connection, since: datetime) -> list[Candidate]:
    rows = await conn.fetch(CANDIDATES, since, sorted(OPEN), AGAIN)
    return [msgspec.convert(dict(row), Candidate) for row in rows]
