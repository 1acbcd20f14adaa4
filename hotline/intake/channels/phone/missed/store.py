"""Missed calls, and what became of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.intake.channels.phone.call import CallOutcome
from hotline.tickets.privacy import masked_phone

MISSED = """
-- Once a call, and not for somebody who has been answered since.
INSERT INTO missed_call (call_id, missed_at)
SELECT c.id, c.ended_at FROM call c
 WHERE c.id = ANY($1::text[]) AND c.direction = 'in' AND c.state = 'ended' AND c.citizen_index IS NOT NULL
   AND c.outcome IN ('abandoned', 'overflowed', 'lost') AND NOT EXISTS (
       SELECT 1 FROM call o WHERE o.citizen_index = c.citizen_index AND o.offered_at > c.offered_at
          AND o.answered_at IS NOT NULL)
ON CONFLICT (call_id) DO NOTHING
"""
ANSWERED = """
-- They called again and were answered, or we reached them: all their missed calls before are settled.
UPDATE missed_call m SET ended_at = c.answered_at, called_by = c.id, person_id = NULL, until = NULL,
       ending = CASE c.direction WHEN 'in' THEN 'came_back' ELSE 'reached' END
  FROM call c, call was
 WHERE c.id = ANY($1::text[]) AND c.answered_at IS NOT NULL AND c.outcome = 'answered' AND was.id = m.call_id
   AND was.citizen_index = c.citizen_index AND was.offered_at <= c.answered_at AND m.ended_at IS NULL
"""


async def follow(conn: Connection, ids: Sequence[str]) -> None:
    """What these calls, ended or answered, mean for the missed ones. Safe to run again."""
    await conn.execute(MISSED, ids)
    await conn.execute(ANSWERED, ids)


class Missed(msgspec.Struct, frozen=True):
    """One citizen to be called back: `times` they called in vain, `tries` we tried."""

    id: str
    """The newest of their missed calls."""
    citizen: str
    """Masked; dialling needs no number, only this id."""
    times: int
    first_at: datetime
    last_at: datetime
    outcome: CallOutcome
    queue: str
    tries: int
    person_id: int | None
    person: str | None
    """Who is calling them back just now."""
    due_at: datetime
    overdue: bool


OPEN = """
SELECT DISTINCT ON (c.citizen_index) c.id, c.citizen, c.outcome, c.queue,
       count(*) OVER w AS times, min(m.missed_at) OVER w AS first_at, max(m.missed_at) OVER w AS last_at,
       CASE WHEN m.until > $1 THEN m.person_id END AS person_id, CASE WHEN m.until > $1 THEN p.name END AS person,
       (SELECT count(*) FROM call o WHERE o.direction = 'out' AND o.citizen_index = c.citizen_index
           AND o.offered_at > m.missed_at AND o.outcome IN ('citizen_busy', 'citizen_no_answer')) AS tries
  FROM missed_call m JOIN call c ON c.id = m.call_id LEFT JOIN person p ON p.id = m.person_id
 WHERE m.ended_at IS NULL
WINDOW w AS (PARTITION BY c.citizen_index)
 ORDER BY c.citizen_index, m.missed_at DESC
"""
WITHIN = timedelta(hours=24)
"""漏接回拨率 counts who was called back within a day."""


async def waiting(conn: Connection, now: datetime, cipher: FieldCipher) -> list[Missed]:
    """Whoever waits longest first."""
    rows = sorted(await conn.fetch(OPEN, now), key=lambda row: row["first_at"])
    return [
        Missed(
            id=row["id"],
            citizen=masked_phone(cipher.decrypt(row["citizen"])) or "",
            times=row["times"],
            first_at=row["first_at"],
            last_at=row["last_at"],
            outcome=CallOutcome(row["outcome"]),
            queue=row["queue"],
            tries=row["tries"],
            person_id=row["person_id"],
            person=row["person"],
            due_at=row["first_at"] + WITHIN,
            overdue=now > row["first_at"] + WITHIN,
        )
        for row in rows
    ]


TAKE = """
-- All of one citizen's at once, for whoever dials; a colleague who has them keeps them for that time.
UPDATE missed_call m SET person_id = $2, until = $4 FROM call c, call one
 WHERE one.id = $1 AND c.citizen_index = one.citizen_index AND m.call_id = c.id AND m.ended_at IS NULL
   AND (m.person_id IS NULL OR m.person_id = $2 OR m.until <= $3)
RETURNING c.citizen
"""


async def take(
    conn: Connection, call_id: str, person_id: int, *, now: datetime, until: datetime, cipher: FieldCipher
) -> str | None:
    """The number to call, or None when somebody else has them or nobody waits any more."""
    sealed = await conn.fetchval(TAKE, call_id, person_id, now, until)
    return cipher.decrypt(sealed) if sealed else None


GIVE_UP = """
UPDATE missed_call m SET ended_at = $2, ending = 'given_up', person_id = NULL, until = NULL FROM call c, call one
 WHERE one.id = $1 AND c.citizen_index = one.citizen_index AND m.call_id = c.id AND m.ended_at IS NULL
"""


async def give_up(conn: Connection, call_id: str, now: datetime) -> bool:
    return await conn.execute(GIVE_UP, call_id, now) != "UPDATE 0"


RETURNED = """
SELECT count(*) AS "of", count(*) FILTER (WHERE ending IN ('reached', 'came_back') AND ended_at <= missed_at + $3) AS hit
  FROM missed_call WHERE missed_at >= $1 AND (missed_at < $2 OR ended_at IS NOT NULL)
"""


async def returned(conn: Connection, since: datetime, now: datetime) -> tuple[int, int]:
    """漏接回拨率 (E.3, 4): settled within a day, of those whose day is over or that are settled."""
    row = await conn.fetchrow(RETURNED, since, now - WITHIN, WITHIN)
    assert row is not None
    return row["hit"], row["of"]
