"""Gather what may leave into messages, and send them one by one."""

import asyncio
from datetime import datetime, timedelta

import msgspec

from hotline.callback.plan import quiet
from hotline.infra.db import Connection
from hotline.infra.http import Services
from hotline.notices.sending import store
from hotline.notices.sending.gateway import actions as gateway
from hotline.notices.sending.mail import actions as mail
from hotline.notices.sending.outcome import Fate, Outcome, next_state
from hotline.notices.sending.store import Message
from hotline.notices.sending.surveys import store as surveys
from hotline.notices.wishes import Channel
from hotline.notices.wording import Letter, short, survey
from hotline.notices.wording import mail as letter_of

LEASE = timedelta(minutes=3)
"""Longer than any try may take."""
MOST = 200
"""People a gathering."""


class Ready(msgspec.Struct, frozen=True):
    """A message with its address and its words."""

    message: Message
    to: str | None
    said: Letter | str


async def gather(conn: Connection, now: datetime) -> int:
    async with conn.transaction():
        await surveys.gather(conn, now, MOST)
        return await store.gather(conn, now, MOST)


async def send_next(services: Services) -> bool:
    """Send one message; False when none waits. Taken, sent and marked are three steps: what is lost between them is
    given back by its lease (docs/decisions/0067)."""
    now = services.clock.now()
    async with services.pool.acquire() as conn:
        message = await store.take(conn, night=quiet(now))
        if message is None:
            return False
        found = await ready(conn, message, services)
        if found is None:
            await store.settle(conn, message.id, "dropped", "诉求人已经作答、回访已经结束,或链接已过期", now)
            return True
    under_way = asyncio.create_task(send(services, found))
    try:
        await asyncio.shield(under_way)
    except asyncio.CancelledError:
        # Told to stop: what is on its way is seen through, or nobody would know whether it arrived.
        await under_way
        raise
    return True


async def ready(conn: Connection, message: Message, services: Services) -> Ready | None:
    """None when there is nothing to say any more."""
    if message.person_id is not None:
        to = await store.address(conn, message.person_id, message.channel, services.cipher)
        items = await store.items(conn, message.id, services.cipher)
        return Ready(message, to, letter_of(items) if message.channel is Channel.MAIL else short(items))
    assert message.survey_token is not None
    site, now = services.settings.public_url or "", services.clock.now()
    found = await surveys.text(conn, message.survey_token, site, now, services.cipher)
    return Ready(message, found.to, survey(found.asked)) if found else None


async def send(services: Services, ready: Ready) -> None:
    outcome = await handed_over(services, ready)
    state, pause = next_state(outcome, ready.message.attempts)
    async with services.pool.acquire() as conn:
        await store.settle(conn, ready.message.id, state, outcome.problem, services.clock.now(), pause)


async def give_back_lost(services: Services, lease: timedelta = LEASE) -> None:
    async with services.pool.acquire() as conn:
        await store.give_back_lost(conn, lease)


async def handed_over(services: Services, ready: Ready) -> Outcome:
    settings, now = services.settings, services.clock.now()
    message, to = ready.message, ready.to
    if to is None:
        return Outcome(Fate.REFUSED, "收件人没有登记地址或号码")
    if isinstance(ready.said, Letter):
        if settings.smtp_url is None:
            return Outcome(Fate.REFUSED, "没有设置 HOTLINE_SMTP_URL")
        return await asyncio.to_thread(
            mail.send, settings.smtp_url, settings.smtp_from, to, ready.said, message.key, now
        )
    if settings.gateway_url is None:
        return Outcome(Fate.REFUSED, "没有设置 HOTLINE_GATEWAY_URL")
    body = gateway.Body(message.key, message.channel, to, ready.said, message.urgent)
    return await gateway.send(settings.gateway_url, settings.gateway_secret, body, now)
