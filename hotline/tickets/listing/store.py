"""One page of tickets, whatever they are sought by."""

from datetime import datetime

import msgspec

from hotline.infra.db import Connection
from hotline.tickets.states import State


class Row(msgspec.Struct, frozen=True):
    """A ticket as lists show it."""

    id: int
    state: State
    version: int
    kind: str
    urgency: str
    channel: str
    title: str
    created_at: datetime
    category: str | None
    confidence: float | None
    region: str | None
    address: str
    lead_unit: int | None
    due_at: datetime | None
    worst: str | None
    round: int
    returns: int
    confidential: bool


LIST = """
-- Keyset pages, newest first. A null filter is no filter; $8 are the units a person is bound to, null for the centre;
-- $10 is a channel of which a person bound so sees every ticket. $11 are the units whose records are theirs: a share
-- counts only where it stood under one of them at the time, as `permissions.may_see` says. Without $12 nobody finds a
-- secret ticket by words that its caller may have used.
SELECT t.id, t.state, t.version, t.kind, t.urgency, t.channel, m.title, t.created_at, t.category, t.confidence, t.region,
       m.address, t.lead_unit, t.due_at, t.worst, t.round, t.returns, t.confidential
  FROM ticket t JOIN matter m ON m.ticket_id = t.id
 WHERE t.id < $1
   AND ($2::text[] IS NULL OR t.state = ANY ($2))
   AND ($3::bigint[] IS NULL OR EXISTS (
        SELECT FROM assignment a WHERE a.ticket_id = t.id AND a.unit_id = ANY ($3) AND a.stage <> 'recalled'))
   AND ($4::text IS NULL OR t.category LIKE $4)
   AND ($5::timestamptz IS NULL OR t.due_at <= $5)
   AND ($6::timestamptz IS NULL OR t.due_at > $6)
   AND ($7::tsquery IS NULL OR (m.terms @@ $7 AND ($12 OR NOT t.confidential)))
   AND ($8::bigint[] IS NULL OR t.channel = $10::text OR EXISTS (
        SELECT FROM assignment a WHERE a.ticket_id = t.id AND a.unit_id = ANY ($8) AND a.unit_path && $11::bigint[]))
 ORDER BY t.id DESC LIMIT $9
"""


async def page(
    conn: Connection,
    *,
    before: int,
    states: list[str] | None,
    units: list[int] | None,
    category: str | None,
    due_by: datetime | None,
    due_after: datetime | None,
    query: str | None,
    bound_to: list[int] | None,
    records: list[int],
    secrets: bool,
    channel: str | None,
    limit: int,
) -> list[Row]:
    found = await conn.fetch(
        LIST, before, states, units, category, due_by, due_after, query, bound_to, limit, channel, records, secrets
    )
    return [Row(**dict(row)) for row in found]
