"""Requests to strike off that wait for the centre's call."""

from datetime import datetime

import msgspec

from hotline.infra.db import Connection


class Waiting(msgspec.Struct, frozen=True):
    ticket_id: int
    week: str
    """Of the last list that carries it."""
    kind: str
    title: str
    unit: str
    asked_at: datetime
    asked_by: str
    text: str
    tried_at: list[datetime]


WAITING = """
-- Where a person's own unit had a hand in it, or may not know the caller, somebody else calls.
SELECT s.ticket_id, l.week, l.kind, m.title, u.name AS unit, s.at AS asked_at, s.by_name AS asked_by, s.text, s.tried_at
  FROM difficult_strike s
  JOIN ticket t ON t.id = s.ticket_id AND t.state IN ('closed', 'archived')
  JOIN matter m ON m.ticket_id = s.ticket_id
  JOIN unit u ON u.id = s.unit_id
  JOIN LATERAL (SELECT d.week, d.kind FROM difficult_listing d WHERE d.ticket_id = s.ticket_id
                 ORDER BY d.week DESC LIMIT 1) l ON true
 WHERE s.outcome = 'pending' AND ($3::bigint IS NULL OR s.ticket_id = $3)
   AND NOT EXISTS (SELECT FROM assignment a WHERE a.ticket_id = s.ticket_id AND $1::bigint = ANY (a.unit_path))
   AND ($2 OR NOT (t.confidential OR t.kind = 'report'))
 ORDER BY cardinality(s.tried_at) > 0, s.at LIMIT 100
"""


async def waiting(conn: Connection, unit_id: int | None, *, secret: bool, ticket: int | None = None) -> list[Waiting]:
    """Those nobody has tried yet first."""
    return [Waiting(**dict(row)) for row in await conn.fetch(WAITING, unit_id, secret, ticket)]
