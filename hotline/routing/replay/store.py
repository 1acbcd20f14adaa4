"""Last month's tickets as the router met them; the threshold somebody chose."""

from datetime import datetime
from typing import Any

import msgspec

from hotline.infra.db import Connection
from hotline.routing.replay.compare import Past, guesses

PAST = """
-- The category an agent had chosen stands alone with certainty; otherwise what the classifier had said.
SELECT t.id AS ticket_id, m.title, t.created_at, t.kind, t.region, t.accused_unit, t.category, t.confidence,
       p.top3, p.areas,
       CASE WHEN t.state IN ('replied', 'callback', 'closed', 'archived') THEN t.lead_unit END AS led_by
  FROM ticket t
  JOIN matter m ON m.ticket_id = t.id
  LEFT JOIN LATERAL (SELECT top3, areas FROM prediction p WHERE p.ticket_id = t.id ORDER BY p.id LIMIT 1) p ON true
 WHERE t.created_at >= $1 AND EXISTS (SELECT FROM routing_decision d WHERE d.ticket_id = t.id)
 ORDER BY t.id DESC LIMIT $2
"""
ALONE = "SELECT pg_advisory_xact_lock(hashtext('dispatch_threshold'))"
THRESHOLD = "SELECT threshold, reason, by_name, at FROM dispatch_threshold"
PUT_THRESHOLD = """
INSERT INTO dispatch_threshold (threshold, reason, by_name, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (only_row) DO UPDATE SET (threshold, reason, by_name, at) =
    (excluded.threshold, excluded.reason, excluded.by_name, excluded.at)
"""


class ChosenThreshold(msgspec.Struct, frozen=True):
    threshold: float
    reason: str
    by_name: str
    at: datetime


async def past(conn: Connection, since: datetime, most: int) -> list[Past]:
    return [as_past(dict(row)) for row in await conn.fetch(PAST, since, most)]


def as_past(row: dict[str, Any]) -> Past:
    category, confidence, top3, areas = (row.pop(name) for name in ("category", "confidence", "top3", "areas"))
    if category and confidence is None:
        said = guesses((), ({"code": category, "confidence": 1.0},))
    else:
        said = guesses([(code, chance) for code, chance in areas or ()], top3 or ())
    return msgspec.convert({**row, "guesses": said}, Past)


async def alone(conn: Connection) -> None:
    """Until the transaction ends nobody else chooses a threshold."""
    await conn.execute(ALONE)


async def threshold(conn: Connection) -> ChosenThreshold | None:
    row = await conn.fetchrow(THRESHOLD)
    return ChosenThreshold(**dict(row)) if row else None


async def put_threshold(conn: Connection, value: float, reason: str, by: str, at: datetime) -> None:
    await conn.execute(PUT_THRESHOLD, value, reason, by, at)
