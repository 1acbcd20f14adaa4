"""Making good what was not heard, from the PBX's own log: after each time without a link, and with each reckoning."""

import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta

from hotline.infra.db import Connection
from hotline.infra.errors import HotlineError
from hotline.infra.http import Services
from hotline.intake.channels.phone.actions import take_in
from hotline.intake.channels.phone.ami.gap import Told, made_good
from hotline.intake.channels.phone.ami.plan import Plan
from hotline.intake.channels.phone.figures import store
from hotline.intake.channels.phone.figures.actions import recent

log = logging.getLogger(__name__)
MARGIN = timedelta(minutes=1)
"""Before the last that was heard: what was in memory only, a PBX that had long been silent, clocks that differ a little."""
LONGEST = timedelta(hours=1)
"""How long before something of it is told a call may have come into the queue."""
CALLS = 100
"""Calls that are made good in one transaction."""


async def log_of_gap(plan: Plan, heard_until: datetime | None) -> tuple[Told, datetime] | None:
    """What the log says since the PBX was heard last; None without a log, and when it was never heard."""
    if not plan.queue_log or heard_until is None:
        return None
    since = heard_until - MARGIN
    try:
        return Told(await recent(plan.queue_log, since - LONGEST)), since
    except HotlineError as wrong:
        log.warning("断线期间的通话没有补记:%s", wrong.message)
        return None


async def make_good(
    services: Services,
    plan: Plan,
    told: Told,
    span: tuple[datetime, datetime],
    alive: Collection[str],
    fenced: Callable[[Connection], Awaitable[None]],
) -> int:
    """How many calls the log knew better; `alive` are those that the PBX still has."""
    concerned, mended = told.between(*span), 0
    for at in range(0, len(concerned), CALLS):
        part = concerned[at : at + CALLS]
        async with services.pool.acquire() as conn, conn.transaction():
            await fenced(conn)
            ours = await store.visits(conn, plan.provider, part)
            events = made_good(plan, told, part, ours, alive, services.clock.now())
            if events:
                mended += len((await take_in(conn, events, services.cipher)).calls)
    if mended:
        log.warning("按电话系统的 queue_log 补记了 %d 通没有听全的电话", mended)
    return mended
