"""Gather what may leave into messages, and send them one by one."""

import asyncio
from datetime import datetime, timedelta

from hotline.infra.db import Connection
from hotline.infra.http import Services
from hotline.notices.sending import store
from hotline.notices.sending.gateway import actions as gateway
from hotline.notices.sending.mail import actions as mail
from hotline.notices.sending.outcome import Fate, Outcome, next_state
from hotline.notices.sending.store import Message
from hotline.notices.wishes import Channel
from hotline.notices.wording import Item, short
from hotline.notices.wording import mail as letter_of

LEASE = timedelta(minutes=3)
"""Longer than any try may take."""
MOST = 200
"""People a gathering."""


async def gather(conn: Connection, now: datetime) -> int:
    async with conn.transaction():
        return await store.gather(conn, now, MOST)


async def send_next(services: Services) -> bool:
    """Send one message; False when none waits. Taken, sent and marked are three steps: what is lost between them is
    given back by its lease (docs/decisions/0067)."""
    async with services.pool.acquire() as conn:
        message = await store.take(conn)
        if message is None:
            return False
        to = await store.address(conn, message.person_id, message.channel, services.cipher)
        items = await store.items(conn, message.id, services.cipher)
    under_way = asyncio.create_task(send(services, message, to, items))
    try:
        await asyncio.shield(under_way)
    except asyncio.CancelledError:
        # Told to stop: what is on its way is seen through, or nobody would know whether it arrived.
        await under_way
        raise
    return True


async def send(services: Services, message: Message, to: str | None, items: list[Item]) -> None:
    outcome = await handed_over(services, message, to, items)
    state, pause = next_state(outcome, message.attempts)
    async with services.pool.acquire() as conn:
        await store.settle(conn, message.id, state, outcome.problem, services.clock.now(), pause)


async def give_back_lost(services: Services, lease: timedelta = LEASE) -> None:
    async with services.pool.acquire() as conn:
        await store.give_back_lost(conn, lease)


async def handed_over(services: Services, message: Message, to: str | None, items: list[Item]) -> Outcome:
    settings, now = services.settings, services.clock.now()
    if to is None:
        return Outcome(Fate.REFUSED, "收件人没有登记地址或号码")
    if message.channel is Channel.MAIL:
        if settings.smtp_url is None:
            return Outcome(Fate.REFUSED, "没有设置 HOTLINE_SMTP_URL")
        return await asyncio.to_thread(
            mail.send, settings.smtp_url, settings.smtp_from, to, letter_of(items), message.key, now
        )
    if settings.gateway_url is None:
        return Outcome(Fate.REFUSED, "没有设置 HOTLINE_GATEWAY_URL")
    body = gateway.Body(message.key, message.channel, to, short(items), message.urgent)
    return await gateway.send(settings.gateway_url, settings.gateway_secret, body, now)
