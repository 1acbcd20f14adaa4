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
-- Keyset pages, newest first. A null filter is no filter; $7 are the units a person is bound to, null for the centre;
-- $9 is a channel of which a person bound so sees every ticket. $10 are the units whose records are theirs: a share
-- counts only where it stood under one of them at the time, as `permissions.may_see` says. Without $11 nobody finds a
-- secret ticket by words that its caller may have used.
SELECT t.id, t.state, t.version, t.kind, t.urgency, t.channel, m.title, t.created_at, t.category, t.confidence, t.region,
       m.address, t.lead_unit, t.due_at, t.worst, t.round, t.returns, t.confidential
  FROM ticket t JOIN matter m ON m.ticket_id = t.id
 WHERE t.id < $1
   AND ($2::text[] IS NULL OR t.state = ANY ($2))
   AND ($3::text IS NULL OR t.category LIKE $3)
   AND ($4::timestamptz IS NULL OR t.due_at <= $4)
   AND ($5::timestamptz IS NULL OR t.due_at > $5)
   AND ($6::tsquery IS NULL OR (m.terms @@ $6 AND ($11 OR NOT t.confidential)))
   AND ($7::bigint[] IS NULL OR t.channel = $9::text OR EXISTS (
        SELECT FROM assignment a WHERE a.ticket_id = t.id AND a.unit_id = ANY ($7) AND a.unit_path && $10::bigint[]))
 ORDER BY t.id DESC LIMIT $8
"""
NEWEST_FIRST = " ORDER BY t.id DESC LIMIT $8"
# Of one or a few units out of hundreds. Behind "is null or" the planner collects all that the units ever had; as a
# condition of its own it may also walk the newest tickets and look each up, whichever reads less.
OF_UNITS = """
   AND EXISTS (
        SELECT FROM assignment a WHERE a.ticket_id = t.id AND a.unit_id = ANY ($12::bigint[]) AND a.stage <> 'recalled')
"""
LIST_OF_UNITS = LIST.replace(NEWEST_FIRST, OF_UNITS + NEWEST_FIRST)
OF_RECORDS = """
   AND EXISTS (
        SELECT FROM assignment a WHERE a.ticket_id = t.id AND a.unit_id = ANY ($12::bigint[]) AND a.unit_path && $10)
"""
LIST_OF_RECORDS = LIST.replace(NEWEST_FIRST, OF_RECORDS + NEWEST_FIRST)


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
    """The rarest condition is the one that the statement is built around."""
    rest = (category, due_by, due_after, query)
    if units is not None:
        given = (before, states, *rest, bound_to, limit, channel, records, secrets)
        found = await conn.fetch(LIST_OF_UNITS, *given, units)
    elif bound_to is not None and channel is None:
        given = (before, states, *rest, None, limit, channel, records, secrets)
        found = await conn.fetch(LIST_OF_RECORDS, *given, bound_to)
    else:
        found = await conn.fetch(LIST, before, states, *rest, bound_to, limit, channel, records, secrets)
    return [Row(**dict(row)) for row in found]
