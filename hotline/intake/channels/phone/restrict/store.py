"""Restrictions in the database, and what a number has done."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from asyncpg import Record

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.intake.channels.phone.call import CallOutcome
from hotline.intake.channels.phone.restrict.rules import MEMORY_DAYS, Step
from hotline.tickets.privacy import masked_phone


class EvidenceCall(msgspec.Struct, frozen=True):
    """One of the calls that are to show it."""

    id: str
    offered_at: datetime
    outcome: CallOutcome | None
    talk_ms: int | None
    person: str | None
    recording_ready: bool


class Restriction(msgspec.Struct, frozen=True):
    """骚扰来电处置: one proposal and what became of it."""

    id: int
    citizen: str
    """Masked."""
    step: Step
    state: str
    """pending, active, refused, expired or lifted."""
    evidence: str
    calls: list[EvidenceCall]
    days: int
    proposed_by: int
    proposer: str
    proposed_at: datetime
    decider: str | None
    decided_at: datetime | None
    decision: str
    expires_at: datetime | None
    lifter: str | None
    lifted_at: datetime | None
    lifting: str
    refused_calls: int
    """Calls of this number since the approval that came to no queue."""


CALLER = """
SELECT c.id, c.citizen, c.citizen_index FROM call c WHERE c.id = $1
"""
CALLS_OF = """
SELECT c.id, c.offered_at, c.outcome, c.talk_ms, p.name AS person, c.recording_ready
  FROM call c LEFT JOIN person p ON p.id = c.person_id
 WHERE c.citizen_index = $1 AND c.direction = 'in' ORDER BY c.offered_at DESC LIMIT 50
"""


async def caller(conn: Connection, call: str) -> tuple[bytes, bytes] | None:
    """The number behind a call, sealed, and its index; None where it was withheld."""
    row = await conn.fetchrow(CALLER, call)
    return (row["citizen"], row["citizen_index"]) if row and row["citizen_index"] else None


async def calls_of(conn: Connection, index: bytes) -> list[EvidenceCall]:
    return [shown(row) for row in await conn.fetch(CALLS_OF, index)]


def shown(row: Record | dict[str, Any]) -> EvidenceCall:
    return msgspec.convert(dict(row), EvidenceCall)


PROPOSE = """
INSERT INTO caller_restriction (citizen, citizen_index, step, evidence, calls, days, proposed_by, proposed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (citizen_index) WHERE decided_at IS NULL DO NOTHING RETURNING id
"""


async def propose(
    conn: Connection,
    citizen: tuple[bytes, bytes],
    step: Step,
    evidence: str,
    calls: Sequence[str],
    days: int,
    person_id: int,
    now: datetime,
) -> int | None:
    """None when a proposal for this number waits already."""
    found: int | None = await conn.fetchval(PROPOSE, *citizen, step, evidence, list(calls), days, person_id, now)
    return found


HIGHEST = """
SELECT step FROM caller_restriction
 WHERE citizen_index = $1 AND approved AND coalesce(lifted_at, expires_at) > $2 AND decided_at <= $3
"""


async def highest(conn: Connection, index: bytes, now: datetime) -> Step | None:
    """The highest step that this number was at lately."""
    rows = await conn.fetch(HIGHEST, index, now - timedelta(days=MEMORY_DAYS), now)
    return max((Step(row["step"]) for row in rows), key=list(Step).index, default=None)


IN_FORCE = "SELECT caller_step($1, $2)"
PUT_THROUGH = """
SELECT count(*) FROM call WHERE citizen_index = $1 AND direction = 'in' AND offered_at >= $2 AND queued_at IS NOT NULL
"""


async def in_force(conn: Connection, index: bytes, now: datetime) -> Step | None:
    found = await conn.fetchval(IN_FORCE, index, now)
    return Step(found) if found else None


async def put_through(conn: Connection, index: bytes, since: datetime) -> int:
    """How many of their calls came to the queue since then."""
    found: int = await conn.fetchval(PUT_THROUGH, index, since)
    return found


LOCK = "SELECT id, citizen_index, step, days, proposed_by, decided_at, approved, expires_at, lifted_at FROM caller_restriction WHERE id = $1 FOR UPDATE"


async def lock(conn: Connection, id_: int) -> Record | None:
    return await conn.fetchrow(LOCK, id_)


DECIDE = """
UPDATE caller_restriction SET decided_by = $2, decided_at = $3, approved = $4, decision = $5, expires_at = $6 WHERE id = $1
"""
REPLACE = """
UPDATE caller_restriction SET lifted_at = $3, lifted_by = $4, lifting = '由新的处置代替'
 WHERE citizen_index = $1 AND id <> $2 AND approved AND lifted_at IS NULL AND expires_at > $3
"""
LIFT = "UPDATE caller_restriction SET lifted_at = $2, lifted_by = $3, lifting = $4 WHERE id = $1"


async def decide(
    conn: Connection, id_: int, index: bytes, person_id: int, now: datetime, reason: str, until: datetime | None
) -> None:
    """Approved until a moment, or refused (None)."""
    if until is not None:
        await conn.execute(REPLACE, index, id_, now, person_id)
    await conn.execute(DECIDE, id_, person_id, now, until is not None, reason, until)


async def lift(conn: Connection, id_: int, person_id: int, now: datetime, reason: str) -> None:
    await conn.execute(LIFT, id_, now, person_id, reason)


LISTED = """
SELECT r.*, CASE WHEN r.decided_at IS NULL THEN 'pending' WHEN NOT r.approved THEN 'refused'
                 WHEN r.lifted_at IS NOT NULL THEN 'lifted' WHEN r.expires_at <= $1 THEN 'expired' ELSE 'active' END AS state,
       a.name AS proposer, b.name AS decider, l.name AS lifter,
       (SELECT count(*) FROM call c WHERE c.citizen_index = r.citizen_index AND c.outcome = 'before_queue'
           AND r.approved AND c.offered_at >= r.decided_at AND c.offered_at < coalesce(r.lifted_at, r.expires_at)
       )::integer AS refused_calls,
       ARRAY(SELECT jsonb_build_object('id', c.id, 'offered_at', c.offered_at, 'outcome', c.outcome, 'talk_ms', c.talk_ms,
                    'person', p.name, 'recording_ready', c.recording_ready)
               FROM call c LEFT JOIN person p ON p.id = c.person_id WHERE c.id = ANY(r.calls) ORDER BY c.offered_at DESC
       ) AS shown
  FROM caller_restriction r JOIN person a ON a.id = r.proposed_by
  LEFT JOIN person b ON b.id = r.decided_by LEFT JOIN person l ON l.id = r.lifted_by
 WHERE ($2::bigint IS NULL OR r.id = $2) AND ($3::bytea IS NULL OR r.citizen_index = $3)
 ORDER BY r.decided_at IS NOT NULL, coalesce(r.lifted_at, r.decided_at, r.proposed_at) DESC, r.id DESC LIMIT 300
"""


async def listed(
    conn: Connection, now: datetime, cipher: FieldCipher, *, id_: int | None = None, index: bytes | None = None
) -> list[Restriction]:
    """Those that wait first, then the newest."""
    return [restriction(row, cipher) for row in await conn.fetch(LISTED, now, id_, index)]


def restriction(row: Record, cipher: FieldCipher) -> Restriction:
    plain = {name: row[name] for name in Restriction.__struct_fields__ if name not in ("citizen", "step", "calls")}
    citizen = masked_phone(cipher.decrypt(row["citizen"])) or ""
    return Restriction(
        citizen=citizen,
        step=Step(row["step"]),
        calls=[msgspec.convert(one, EvidenceCall) for one in row["shown"]],
        **plain,
    )
