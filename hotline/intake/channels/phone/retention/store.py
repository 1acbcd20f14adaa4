"""What is old enough to be removed, and the line that says so."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.infra.db import Connection
from hotline.tickets.states import OPEN

OLD_RECORDINGS = """
-- What belongs to a ticket that is still open is kept however old it is.
SELECT c.id, c.recording FROM call c
 WHERE c.provider = $1 AND c.state = 'ended' AND c.ended_at < $2 AND c.recording <> '' AND NOT EXISTS (
       SELECT 1 FROM matter m JOIN ticket t ON t.id = m.ticket_id WHERE m.call_id = c.id AND t.state = ANY($3::text[]))
   AND NOT EXISTS (SELECT 1 FROM callback_call b JOIN ticket t ON t.id = b.ticket_id
                    WHERE b.call = c.id AND t.state = ANY($3::text[]))
 ORDER BY c.ended_at LIMIT 5000
"""
REMOVED = """
-- Sealed: a late event would otherwise fold the recording back in.
UPDATE call SET recording = '', recording_bytes = NULL, recording_ready = false, sealed = true,
       number = nextval('phone_number') WHERE id = ANY($1::text[])
"""
SEAL = "UPDATE call SET sealed = true WHERE NOT sealed AND state = 'ended' AND ended_at < $1"
FORGET_EVENTS = """
-- Events of calls that are final, and of telephones; a call that is somehow still open keeps all of its own.
DELETE FROM call_event e WHERE e.at < $1 AND (e.call = '' OR EXISTS (
    SELECT 1 FROM call c WHERE c.provider = e.provider AND c.call = e.call AND c.sealed))
"""
FORGET_COMMANDS = "DELETE FROM phone_command WHERE asked_at < $1"
KEEP = "INSERT INTO phone_retention (at, what, before, removed, failed) VALUES ($1, $2, $3, $4, $5)"
LAST = "SELECT at, what, before, removed, failed FROM phone_retention ORDER BY at DESC, id DESC LIMIT 200"


class Removal(msgspec.Struct, frozen=True):
    """One removal: what was older than `before`."""

    at: datetime
    what: str
    """recordings or events."""
    before: datetime
    removed: int
    failed: int
    """Files that could not be removed; they are tried again the next day."""


async def old_recordings(conn: Connection, provider: str, before: datetime) -> list[tuple[str, str]]:
    rows = await conn.fetch(OLD_RECORDINGS, provider, before, sorted(OPEN))
    return [(row["id"], row["recording"]) for row in rows]


async def removed(conn: Connection, calls: Sequence[str]) -> None:
    await conn.execute(REMOVED, calls)


async def forget_events(conn: Connection, before: datetime) -> int:
    """How many."""
    await conn.execute(SEAL, before)
    await conn.execute(FORGET_COMMANDS, before)
    return int((await conn.execute(FORGET_EVENTS, before)).rpartition(" ")[2])


async def keep(conn: Connection, at: datetime, what: str, before: datetime, gone: int, failed: int = 0) -> None:
    await conn.execute(KEEP, at, what, before, gone, failed)


async def removals(conn: Connection) -> list[Removal]:
    return [Removal(**dict(row)) for row in await conn.fetch(LAST)]
