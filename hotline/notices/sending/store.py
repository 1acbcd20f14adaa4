"""Deliveries and messages as rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.notices.wishes import GATEWAY, Channel
from hotline.notices.wording import Item


class Delivery(msgspec.Struct, frozen=True):
    ticket_id: int
    seq: int
    person_id: int
    channel: Channel
    send_after: datetime
    urgent: bool


HOLD = """
INSERT INTO delivery (ticket_id, seq, person_id, channel, send_after, urgent)
SELECT * FROM unnest($1::bigint[], $2::integer[], $3::integer[], $4::text[], $5::timestamptz[], $6::boolean[])
"""


async def hold(conn: Connection, rows: Sequence[Delivery]) -> None:
    if rows:
        await conn.execute(
            HOLD,
            [row.ticket_id for row in rows],
            [row.seq for row in rows],
            [row.person_id for row in rows],
            [row.channel.value for row in rows],
            [row.send_after for row in rows],
            [row.urgent for row in rows],
        )


GATHERING = "SELECT pg_try_advisory_xact_lock(hashtext('notices.gather'))"
MOOT = """
-- What a light warned of was done, or put off, before the hour of the message came.
UPDATE delivery d SET moot = true
  FROM notice n
 WHERE d.message_id IS NULL AND NOT d.moot AND d.send_after <= $1
   AND n.ticket_id = d.ticket_id AND n.seq = d.seq AND n.person_id = d.person_id
   AND n.kind IN ('near', 'orange', 'late', 'very_late')
   AND NOT CASE WHEN n.duty_id IS NOT NULL
       THEN EXISTS (SELECT FROM duty o WHERE o.id = n.duty_id AND o.closed_at IS NULL)
       ELSE EXISTS (
           SELECT FROM deadline w WHERE w.ticket_id = n.ticket_id AND w.assignment_id = n.share AND w.kind = n.clock
              AND w.item_id = n.item AND w.done_at IS NULL AND w.due_at = n.due_at) END
"""
GATHER = """
WITH due AS (
    SELECT person_id, channel, bool_or(urgent) AS urgent FROM delivery
     WHERE message_id IS NULL AND NOT moot AND send_after <= $1 GROUP BY person_id, channel LIMIT $2
), made AS (
    INSERT INTO message (person_id, channel, urgent, made_at)
    SELECT person_id, channel, urgent, $1 FROM due RETURNING id, person_id, channel
)
UPDATE delivery d SET message_id = made.id FROM made
 WHERE d.person_id = made.person_id AND d.channel = made.channel
   AND d.message_id IS NULL AND NOT d.moot AND d.send_after <= $1
RETURNING d.message_id
"""


async def gather(conn: Connection, now: datetime, limit: int) -> int:
    """Make messages of what may leave now, everything of one person and way in one; answers how many messages."""
    if not await conn.fetchval(GATHERING):
        return 0
    await conn.execute(MOOT, now)
    return len({row["message_id"] for row in await conn.fetch(GATHER, now, limit)})


class Message(msgspec.Struct, frozen=True):
    id: int
    person_id: int | None
    """One of the staff; None: a citizen who is asked."""
    survey_token: str | None
    channel: Channel
    key: UUID
    urgent: bool
    attempts: int


TAKE = """
UPDATE message SET state = 'sending', taken_at = now(), attempts = attempts + 1
 WHERE id = (SELECT id FROM message
              -- Citizens are left in peace at night, also by a second try.
              WHERE state = 'waiting' AND not_before <= now() AND (survey_token IS NULL OR NOT $1)
              ORDER BY urgent DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, person_id, survey_token, channel, key, urgent, attempts
"""
LOST = """
-- Its worker died between taking and marking. The gateway knows the key and refuses what it has: it is asked again. A
-- mail may have left; a second one would tell the same thing twice, so a person looks.
UPDATE message SET state = CASE WHEN channel = ANY ($2::text[]) THEN 'waiting' ELSE 'unsure' END, taken_at = NULL,
       problem = '发送中断:发送的进程在确认结果之前停止'
 WHERE state = 'sending' AND taken_at < now() - $1::interval
"""
SETTLE = """
UPDATE message SET state = $2, problem = $3, sent_at = CASE WHEN $2 = 'sent' THEN $4::timestamptz END, taken_at = NULL,
       not_before = now() + $5::interval
 WHERE id = $1 AND state = 'sending'
"""


async def take(conn: Connection, *, night: bool = False) -> Message | None:
    """A message to send now. Committed before it is sent: what has left is never taken for what has not."""
    row = await conn.fetchrow(TAKE, night)
    return msgspec.convert(dict(row), Message) if row else None


async def give_back_lost(conn: Connection, lease: timedelta) -> None:
    await conn.execute(LOST, lease, list(GATEWAY))


async def settle(
    conn: Connection, message_id: int, state: str, problem: str, now: datetime, pause: timedelta = timedelta(0)
) -> None:
    await conn.execute(SETTLE, message_id, state, problem, now, pause)


ITEMS = """
SELECT n.ticket_id, n.kind, n.clock, n.origin, n.due_at, coalesce(o.subject, m.title) AS title,
       coalesce(t.confidential OR t.kind = 'report', false) AS secret, o.id IS NOT NULL AS duty,
       p.name, p.phone, p.caller_number
  FROM delivery d
  JOIN notice n ON n.ticket_id = d.ticket_id AND n.seq = d.seq AND n.person_id = d.person_id
  LEFT JOIN duty o ON o.id = n.duty_id
  LEFT JOIN ticket t ON t.id = d.ticket_id
  LEFT JOIN matter m ON m.ticket_id = d.ticket_id
  LEFT JOIN petitioner p ON p.ticket_id = d.ticket_id
 WHERE d.message_id = $1 ORDER BY n.number
"""
ADDRESS = """
SELECT p.phone_enc, w.mail FROM person p LEFT JOIN notice_wish w ON w.person_id = p.id WHERE p.id = $1 AND p.active
"""


async def items(conn: Connection, message_id: int, cipher: FieldCipher) -> list[Item]:
    rows = await conn.fetch(ITEMS, message_id)
    return [msgspec.convert({**dict(row), "known": citizen(row, cipher)}, Item) for row in rows]


def citizen(row: Any, cipher: FieldCipher) -> list[str]:
    """What must not leave the house."""
    return [cipher.decrypt(row[field]) for field in ("name", "phone", "caller_number") if row[field]]


async def address(conn: Connection, person_id: int, channel: Channel, cipher: FieldCipher) -> str | None:
    """Where the message goes; None when the person has left or has taken the address back."""
    row = await conn.fetchrow(ADDRESS, person_id)
    sealed = (row["mail"] if channel is Channel.MAIL else row["phone_enc"]) if row else None
    return cipher.decrypt(sealed) if sealed else None


# -- for administrators ----------------------------------------------------------------------------------------------


class Outgoing(msgspec.Struct, frozen=True):
    """A message as administrators see it: never what it says."""

    id: int
    person: str
    """Empty: a citizen."""
    unit: str | None
    survey: bool
    """评价短信 to a citizen."""
    channel: Channel
    state: str
    notices: int
    urgent: bool
    made_at: datetime
    sent_at: datetime | None
    attempts: int
    problem: str


MESSAGES = """
SELECT m.id, coalesce(p.name, '') AS person, u.name AS unit, m.survey_token IS NOT NULL AS survey, m.channel, m.state, m.urgent, m.made_at, m.sent_at, m.attempts, m.problem,
       (SELECT count(*) FROM delivery d WHERE d.message_id = m.id) AS notices
  FROM message m LEFT JOIN person p ON p.id = m.person_id LEFT JOIN unit u ON u.id = p.unit_id
 WHERE m.id < $1 AND ($2::text[] IS NULL OR m.state = ANY ($2)) ORDER BY m.id DESC LIMIT $3
"""
COUNTS = "SELECT state, count(*) AS number FROM message WHERE made_at > $1 OR state <> 'sent' GROUP BY state"
HELD = "SELECT count(*) FROM delivery WHERE message_id IS NULL AND NOT moot"
RETRY = """
UPDATE message SET state = 'waiting', attempts = 0, not_before = now()
 WHERE id = $1 AND state IN ('failed', 'unsure') RETURNING id
"""


async def messages(conn: Connection, *, before: int, states: Sequence[str] | None, limit: int) -> list[Outgoing]:
    return [msgspec.convert(dict(row), Outgoing) for row in await conn.fetch(MESSAGES, before, states, limit)]


async def counts(conn: Connection, since: datetime) -> Mapping[str, int]:
    found: dict[str, Any] = {row["state"]: row["number"] for row in await conn.fetch(COUNTS, since)}
    return {**found, "held": await conn.fetchval(HELD)}


async def retry(conn: Connection, message_id: int) -> bool:
    return await conn.fetchval(RETRY, message_id) is not None
