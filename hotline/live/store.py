"""The history by its numbers, and tickets as the feed shows them."""

from collections.abc import Iterable

import msgspec

from hotline.infra.db import Connection
from hotline.live.feed import Line, Summary
from hotline.tickets.listing.store import Row
from hotline.tickets.states import Event
from hotline.tickets.ticket import Ticket

NEWEST = "SELECT number FROM history ORDER BY number DESC LIMIT 1"


async def newest(conn: Connection) -> int:
    return await conn.fetchval(NEWEST) or 0


ISSUED = "SELECT last_value FROM event_number"


async def issued(conn: Connection) -> int:
    """The highest number ever handed out here; a client that names a higher one comes from another history."""
    found: int = await conn.fetchval(ISSUED)
    return found


PHONE_NUMBER = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM phone_number"


async def phone_number(conn: Connection) -> int:
    """The highest number a change of the telephone was ever given."""
    found: int = await conn.fetchval(PHONE_NUMBER)
    return found


LINES = """
-- One index scan a partition, merged: the limit reads that many rows, however long the history is.
SELECT number, ticket_id, seq, at, event, actor_name
  FROM history WHERE number > $1 AND number <= $2 ORDER BY number LIMIT $3
"""


async def lines(conn: Connection, *, after: int, upto: int, limit: int) -> list[Line]:
    rows = await conn.fetch(LINES, after, upto, limit)
    return [Line(r["number"], r["ticket_id"], r["seq"], r["at"], Event(r["event"]), r["actor_name"]) for r in rows]


WRITERS = """
-- Every transaction that has written a line, or is about to take a number for one, holds this lock until it ends. The
-- number is taken after the lock, and the lock is let go after the commit can be seen.
SELECT l.virtualtransaction FROM pg_locks l
 WHERE l.locktype = 'relation' AND l.relation = 'history'::regclass AND l.mode = 'RowExclusiveLock'
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND l.pid <> pg_backend_pid()
"""


async def writers(conn: Connection) -> frozenset[str]:
    return frozenset([row["virtualtransaction"] for row in await conn.fetch(WRITERS)])


SUMMARIES = """
-- Ids first: each is looked up in the one partition it can be in.
SELECT t.id, t.state, t.version, t.kind, t.urgency, t.channel, m.title, t.created_at, t.category, t.confidence, t.region,
       m.address, t.lead_unit, t.due_at, t.worst, t.round, t.returns, t.confidential,
       (to_jsonb(t) || jsonb_build_object('assignments',
           (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.id), '[]') FROM assignment a WHERE a.ticket_id = t.id)
       ))::text AS ticket
  FROM unnest($1::bigint[]) AS wanted (id)
  JOIN ticket t ON t.id = wanted.id
  JOIN matter m ON m.ticket_id = wanted.id
"""


async def summaries(conn: Connection, ticket_ids: Iterable[int]) -> dict[int, Summary]:
    wanted = sorted(set(ticket_ids))
    found = {}
    for row in await conn.fetch(SUMMARIES, wanted) if wanted else ():
        shown = Row(**{name: row[name] for name in Row.__struct_fields__})
        found[shown.id] = Summary(shown, msgspec.json.decode(row["ticket"], type=Ticket))
    return found
