"""Commands, each once, until they are done or refused."""

from datetime import datetime
from typing import Any

import msgspec
from asyncpg import Record

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.intake.channels.phone.commands.form import Order, PhoneVerb


class Commanded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What became of a command."""

    id: int
    key: str
    verb: PhoneVerb
    state: str
    """waiting, sent, done or refused."""
    answer: str
    call: str
    """The call it is about, or that it makes; empty for what concerns the telephone alone."""


ASK = """
INSERT INTO phone_command (provider, key, person_id, verb, agent, call, body, asked_at, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting') ON CONFLICT (provider, key) DO NOTHING RETURNING id
"""
NUDGE = "SELECT pg_notify('hotline_phone', $1)"


async def ask(
    conn: Connection, order: Order, person_id: int | None, shown: str, now: datetime, cipher: FieldCipher
) -> bool:
    """Whether this is the first time."""
    body = cipher.encrypt(msgspec.json.encode(order).decode())
    id_ = await conn.fetchval(ASK, order.provider, order.key, person_id, order.verb, order.agent, shown, body, now)
    if id_ is not None:
        await conn.execute(NUDGE, order.provider)
    return id_ is not None


STORED = """
SELECT id, key, verb, state, answer, call, person_id FROM phone_command WHERE provider = $1 AND key = $2
"""


async def stored(conn: Connection, provider: str, key: str) -> tuple[Commanded, int | None] | None:
    row = await conn.fetchrow(STORED, provider, key)
    return (stored_of(row), row["person_id"]) if row else None


def stored_of(row: Record) -> Commanded:
    return Commanded(row["id"], row["key"], PhoneVerb(row["verb"]), row["state"], row["answer"], row["call"])


WAITING = """
SELECT id, body, asked_at FROM phone_command
 WHERE provider = $1 AND state IN ('waiting', 'sent') ORDER BY id LIMIT 100
"""


async def waiting(conn: Connection, provider: str, cipher: FieldCipher) -> list[tuple[Order, datetime]]:
    """Not yet done, oldest first. One that was sent and not answered is sent again: each of them may be."""
    rows = await conn.fetch(WAITING, provider)
    return [(order_of(row, cipher), row["asked_at"]) for row in rows]


def order_of(row: Record, cipher: FieldCipher) -> Order:
    order = msgspec.json.decode(cipher.decrypt(row["body"]), type=Order)
    return msgspec.structs.replace(order, id=row["id"])


SETTLE = """
UPDATE phone_command SET state = $2, answer = $3, done_at = $4 WHERE id = $1 AND state IN ('waiting', 'sent')
"""


async def settle(conn: Any, id_: int, state: str, answer: str, now: datetime) -> None:
    await conn.execute(SETTLE, id_, state, answer, now)


SETTLE_KEY = """
UPDATE phone_command SET state = $3, done_at = $4 WHERE provider = $1 AND key = $2 AND state = 'waiting'
"""


async def settle_key(conn: Connection, provider: str, key: str, state: str, now: datetime) -> None:
    await conn.execute(SETTLE_KEY, provider, key, state, now)


FOR_CALLBACK = """
INSERT INTO callback_call (ticket_id, callback_id, call, person_id, asked_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (ticket_id, callback_id, call) DO NOTHING
"""


async def for_callback(conn: Connection, callback: str, call: str, person_id: int, now: datetime) -> None:
    """Of which callback (工单号-回访序号) a call is one try; its attempt will name it."""
    ticket_id, _, number = callback.partition("-")
    await conn.execute(FOR_CALLBACK, int(ticket_id), int(number), call, person_id, now)


WATCHED = "INSERT INTO call_watched (call_id, at, person_id, person, agent, kind) VALUES ($1, $2, $3, $4, $5, $6)"


async def watched(conn: Connection, call: str, kind: str, agent: str, who: tuple[int, str], now: datetime) -> None:
    """监听记录: kept before it is asked for, whatever becomes of it."""
    await conn.execute(WATCHED, call, now, *who, agent, kind)


class Watch(msgspec.Struct, frozen=True):
    """One time that somebody listened to, whispered into or joined a call."""

    at: datetime
    call: str
    kind: str
    person: str
    agent: str
    """Whose call it was, as the telephone system names them."""


WATCHES = "SELECT at, call_id AS call, kind, person, agent FROM call_watched ORDER BY at DESC, id DESC LIMIT 300"


async def watches(conn: Connection) -> list[Watch]:
    return [Watch(**dict(row)) for row in await conn.fetch(WATCHES)]
