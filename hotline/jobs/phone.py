"""The telephone in a worker: one of all the workers listens to the telephone system, the others stand by."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from functools import partial

import asyncpg

from hotline.infra.bus import Bus
from hotline.infra.errors import HotlineError
from hotline.infra.services import open_services
from hotline.infra.settings import Settings
from hotline.intake.channels.phone import bridge
from hotline.intake.channels.phone.ami.listener import Listener
from hotline.intake.channels.phone.ami.plan import plan_of
from hotline.live.waker import PHONE, Waker

logger = logging.getLogger(__name__)
PAUSE = 2.0
SESSIONS = 6


async def run(settings: Settings) -> None:
    """Until cancelled, through losses of the database. Without a telephone there is nothing to do."""
    if settings.ami_url is None and settings.phone_commands_url is None:
        return
    plan = plan_of(settings.ami_url) if settings.ami_url else None
    async with contextlib.aclosing(Waker(Bus(settings.redis_url))) as waker:
        wake = partial(waker.wake, PHONE)
        while True:
            try:
                async with open_services(settings, max_size=SESSIONS, same_plans=True) as services:
                    await (Listener(services, plan, wake).run() if plan else bridge.carry(services, wake))
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, HotlineError) as wrong:
                logger.error("电话暂停,%.0f 秒后重试:%s", PAUSE, wrong)
            await asyncio.sleep(PAUSE)


@contextlib.asynccontextmanager
async def beside(settings: Settings) -> AsyncIterator[None]:
    """The telephone as long as the worker works; what is wrong with it keeps nobody else waiting."""
    listening = asyncio.create_task(run(settings))
    listening.add_done_callback(say_why)
    try:
        yield
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


def say_why(listening: "asyncio.Task[None]") -> None:
    if not listening.cancelled() and (wrong := listening.exception()) is not None:
        logger.error("电话没有接入:%s", wrong, exc_info=None if isinstance(wrong, HotlineError) else wrong)
