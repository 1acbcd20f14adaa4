"""Events and calls in the database."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from asyncpg import Record

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.intake.channels.phone.call import Call, CallOutcome, CallState, Leg, Passed, Visit
from hotline.intake.channels.phone.event import PhoneEvent, Type

Parties = tuple[str, str]

LOCK_CALLS = """
-- Whoever folds a call holds it: two writers of one call take turns, and the second reads what the first has written.
SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended(id, 12345) AS key FROM unnest($1::text[]) AS id ORDER BY key
) AS keys
"""


async def lock_calls(conn: Connection, ids: Iterable[str]) -> None:
    await conn.execute(LOCK_CALLS, sorted(set(ids)))


KEEP_EVENTS = """
INSERT INTO call_event (provider, event_key, boot, type, call, leg, direction, queue, agent, at, received_at, parties,
                        data, snapshot)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::text[], $10::timestamptz[], $11::timestamptz[], $12::bytea[], $13::jsonb[], $14::boolean[])
ON CONFLICT (provider, event_key) DO NOTHING
RETURNING provider, event_key
"""


async def keep_events(conn: Connection, events: Sequence[PhoneEvent], cipher: FieldCipher) -> set[tuple[str, str]]:
    """The keys of those that were not there before."""
    columns: list[list[Any]] = [[getattr(event, name) for event in events] for name in PLAIN]
    columns += [[sealed(event, cipher) for event in events]]
    columns += [[event.data for event in events], [event.snapshot for event in events]]
    rows = await conn.fetch(KEEP_EVENTS, *columns)
    return {(row["provider"], row["event_key"]) for row in rows}


PLAIN = ("provider", "event_key", "boot", "type", "call", "leg", "direction", "queue", "agent", "at", "received_at")


def sealed(event: PhoneEvent, cipher: FieldCipher) -> bytes | None:
    if not event.caller and not event.called:
        return None
    return cipher.encrypt(msgspec.json.encode((event.caller, event.called)).decode())


EVENTS_OF = """
SELECT provider, event_key, boot, type, call, leg, direction, queue, agent, at, received_at, parties, data, snapshot
  FROM call_event WHERE call <> '' AND (provider, call) IN (SELECT * FROM unnest($1::text[], $2::text[]))
"""


async def events_of(
    conn: Connection, calls: Sequence[tuple[str, str]], cipher: FieldCipher
) -> dict[tuple[str, str], list[PhoneEvent]]:
    found: dict[tuple[str, str], list[PhoneEvent]] = {one: [] for one in calls}
    for row in await conn.fetch(EVENTS_OF, [p for p, _ in calls], [c for _, c in calls]):
        found[row["provider"], row["call"]].append(event_of(row, cipher))
    return found


def event_of(row: Record, cipher: FieldCipher) -> PhoneEvent:
    plain = {name: row[name] for name in PLAIN}
    caller, called = msgspec.json.decode(cipher.decrypt(row["parties"]), type=Parties) if row["parties"] else ("", "")
    fields = {**plain, "type": Type(row["type"]), "data": row["data"], "snapshot": row["snapshot"]}
    return PhoneEvent(**fields, caller=caller, called=called)


KEEP_CALL = """
-- Over is over: state and end of a call that ended stay, whatever a late event makes of them.
INSERT INTO call AS kept (id, provider, call, direction, state, outcome, citizen, citizen_index, line, queue, agent,
    offered_at, queued_at, answered_at, agent_left_at, ended_at, ended_by, cause, estimated, wait_ms, talk_ms, hold_ms,
    score, recording, recording_bytes, recording_ready, legs, visits, passed, person_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
    $25, $26, $27, $28, $29,
    (SELECT s.person_id FROM phone_sitting s WHERE s.provider = $2 AND s.agent = $11 AND $11::text <> ''
        AND s.began_at <= coalesce($14::timestamptz, $12::timestamptz)
        AND (s.ended_at IS NULL OR s.ended_at > coalesce($14::timestamptz, $12::timestamptz))
      ORDER BY s.began_at DESC LIMIT 1))
ON CONFLICT (id) DO UPDATE SET
    number = nextval('phone_number'), direction = excluded.direction,
    state = CASE WHEN kept.state = 'ended' THEN kept.state ELSE excluded.state END,
    outcome = coalesce(excluded.outcome, kept.outcome), citizen = excluded.citizen,
    citizen_index = excluded.citizen_index, line = excluded.line, queue = excluded.queue, agent = excluded.agent,
    offered_at = excluded.offered_at, queued_at = excluded.queued_at, answered_at = excluded.answered_at,
    agent_left_at = excluded.agent_left_at, ended_at = coalesce(excluded.ended_at, kept.ended_at),
    ended_by = excluded.ended_by, cause = excluded.cause, estimated = excluded.estimated, wait_ms = excluded.wait_ms,
    talk_ms = excluded.talk_ms, hold_ms = excluded.hold_ms, score = excluded.score, recording = excluded.recording,
    recording_bytes = excluded.recording_bytes, recording_ready = excluded.recording_ready, legs = excluded.legs,
    visits = excluded.visits, passed = excluded.passed, person_id = excluded.person_id
 WHERE NOT kept.sealed
"""


async def keep_calls(conn: Connection, calls: Iterable[Call], cipher: FieldCipher) -> None:
    await conn.executemany(KEEP_CALL, [row_of(call, cipher) for call in calls])


def row_of(call: Call, cipher: FieldCipher) -> tuple[Any, ...]:
    citizen = (cipher.encrypt(call.citizen), cipher.blind_index(call.citizen)) if call.citizen else (None, None)
    told = (call.id, call.provider, call.call, call.direction, call.state, call.outcome, *citizen)
    lists = tuple(msgspec.to_builtins(part) for part in (call.legs, call.visits, call.passed))
    return (*told, *(getattr(call, name) for name in TOLD), *lists)


TOLD: tuple[str, ...] = (
    "line",
    "queue",
    "agent",
    "offered_at",
    "queued_at",
    "answered_at",
    "agent_left_at",
    "ended_at",
    "ended_by",
    "cause",
    "estimated",
    "wait_ms",
    "talk_ms",
    "hold_ms",
    "score",
    "recording",
    "recording_bytes",
    "recording_ready",
)


class Kept(msgspec.Struct, frozen=True):
    """A stored call, with what only the table knows of it."""

    call: Call
    number: int
    person_id: int | None
    person: str | None
    """The name of whoever answered."""
    tickets: tuple[int, ...] = ()
    step: str = ""
    """骚扰来电处置: what the number was at when it called."""


def call_of(row: Record, cipher: FieldCipher) -> Kept:
    call = Call(
        provider=row["provider"],
        call=row["call"],
        direction=row["direction"],
        state=CallState(row["state"]),
        outcome=CallOutcome(row["outcome"]) if row["outcome"] else None,
        citizen=cipher.decrypt(row["citizen"]) if row["citizen"] else "",
        legs=msgspec.convert(row["legs"], tuple[Leg, ...]),
        visits=msgspec.convert(row["visits"], tuple[Visit, ...]),
        passed=msgspec.convert(row["passed"], tuple[Passed, ...]),
        **{name: row[name] for name in TOLD},
    )
    return Kept(call, row["number"], row["person_id"], row["person"], tuple(row["tickets"] or ()), row["step"] or "")


ONE_CALL = """
SELECT c.*, p.name AS person,
       ARRAY(SELECT m.ticket_id FROM matter m WHERE m.call_id = c.id ORDER BY m.ticket_id) AS tickets,
       caller_step(c.citizen_index, c.offered_at) AS step
  FROM call c LEFT JOIN person p ON p.id = c.person_id WHERE c.id = $1
"""


async def one_call(conn: Connection, id_: str, cipher: FieldCipher) -> Kept | None:
    row = await conn.fetchrow(ONE_CALL, id_)
    return call_of(row, cipher) if row else None


CALLS = """
-- Newest first, page by page; a NULL asks for all. Of a person: theirs, and what rings at their telephone or is theirs too.
SELECT c.*, p.name AS person,
       ARRAY(SELECT m.ticket_id FROM matter m WHERE m.call_id = c.id ORDER BY m.ticket_id) AS tickets,
       caller_step(c.citizen_index, c.offered_at) AS step
  FROM call c LEFT JOIN person p ON p.id = c.person_id
 WHERE ($1::timestamptz IS NULL OR (c.offered_at, c.id) < ($1, $2::text))
   AND ($3::text IS NULL OR c.state = $3) AND ($4::text IS NULL OR c.outcome = $4)
   AND ($5::text IS NULL OR c.direction = $5) AND ($6::text IS NULL OR c.queue = $6)
   AND ($7::integer IS NULL OR c.person_id = $7 OR (c.state <> 'ended' AND EXISTS (
       SELECT 1 FROM phone_agent a, jsonb_to_recordset(c.legs) AS leg (agent text, ended_at text)
        WHERE a.person_id = $7 AND a.provider = c.provider AND leg.agent = a.agent AND leg.ended_at IS NULL)))
   AND ($8::timestamptz IS NULL OR c.offered_at >= $8) AND ($9::timestamptz IS NULL OR c.offered_at < $9)
   AND ($10::bytea IS NULL OR c.citizen_index = $10) AND (NOT $11 OR c.state <> 'ended')
 ORDER BY c.offered_at DESC, c.id DESC LIMIT $12
"""


class Wanted(msgspec.Struct, frozen=True):
    """Which calls somebody asks for."""

    after: tuple[datetime, str] | None = None
    state: str | None = None
    outcome: str | None = None
    direction: str | None = None
    queue: str | None = None
    person_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    citizen_index: bytes | None = None
    open: bool = False


async def calls(conn: Connection, wanted: Wanted, limit: int, cipher: FieldCipher) -> list[Kept]:
    at, id_ = wanted.after or (None, None)
    rows = await conn.fetch(
        CALLS,
        at,
        id_,
        wanted.state,
        wanted.outcome,
        wanted.direction,
        wanted.queue,
        wanted.person_id,
        wanted.since,
        wanted.until,
        wanted.citizen_index,
        wanted.open,
        limit,
    )
    return [call_of(row, cipher) for row in rows]


CHANGED_CALLS = """
SELECT c.*, p.name AS person, NULL::bigint[] AS tickets,
       caller_step(c.citizen_index, c.offered_at) AS step
  FROM call c LEFT JOIN person p ON p.id = c.person_id WHERE c.number > $1 ORDER BY c.number LIMIT $2
"""


async def changed_calls(conn: Connection, after: int, limit: int, cipher: FieldCipher) -> list[Kept]:
    return [call_of(row, cipher) for row in await conn.fetch(CHANGED_CALLS, after, limit)]


OPEN_CALLS = """
SELECT provider, call FROM call WHERE provider = $1 AND state <> 'ended'
"""


async def open_calls(conn: Connection, provider: str) -> list[tuple[str, str]]:
    return [(row["provider"], row["call"]) for row in await conn.fetch(OPEN_CALLS, provider)]


UNRECORDED = """
SELECT call, recording FROM call
 WHERE provider = $1 AND state = 'ended' AND ended_at > $2 AND recording <> '' AND recording_bytes IS NULL
 ORDER BY ended_at LIMIT 500
"""


async def unrecorded(conn: Connection, provider: str, since: datetime) -> list[tuple[str, str]]:
    """Calls that are over and whose recording has not been found whole yet."""
    return [(row["call"], row["recording"]) for row in await conn.fetch(UNRECORDED, provider, since)]


SECRET = """
SELECT EXISTS (SELECT 1 FROM matter m JOIN ticket t ON t.id = m.ticket_id WHERE m.call_id = $1 AND t.confidential)
    OR EXISTS (SELECT 1 FROM callback_call c JOIN ticket t ON t.id = c.ticket_id WHERE c.call = $1 AND t.confidential)
"""


async def secret(conn: Connection, id_: str) -> bool:
    """Whether a confidential ticket (保密工单) came of this call, or is what it was about."""
    found: bool = await conn.fetchval(SECRET, id_)
    return found


HEARD = "INSERT INTO recording_heard (call_id, at, person_id, person) VALUES ($1, $2, $3, $4)"


async def heard(conn: Connection, id_: str, person_id: int, person: str, now: datetime) -> None:
    await conn.execute(HEARD, id_, now, person_id, person)


LISTENERS = "SELECT at, person FROM recording_heard WHERE call_id = $1 ORDER BY at DESC LIMIT 200"


async def listeners(conn: Connection, id_: str) -> list[tuple[datetime, str]]:
    return [(row["at"], row["person"]) for row in await conn.fetch(LISTENERS, id_)]
