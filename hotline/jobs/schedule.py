"""What the clock asks for: deadlines and duties whose light changes, tickets to archive, partitions for the months ahead, the
night's training."""

import time
from datetime import date

from hotline.callback.checks.actions import look
from hotline.callback.store import page_alone
from hotline.directory.actions import forget_expired
from hotline.infra.http import Services
from hotline.infra.outbox import follow
from hotline.insight.calls.actions import keep_days
from hotline.insight.sums.actions import keep_up
from hotline.intake.channels.phone.retention.actions import remove_old
from hotline.jobs import nightly, store
from hotline.jobs.handlers import ARCHIVE_AFTER, desk
from hotline.notices.actions import forget_old
from hotline.sla.actions import renew, sweep
from hotline.supervision.duties import actions as duties
from hotline.supervision.hints.actions import Hints
from hotline.tickets.store import ensure_partitions

SWEEP = 500
"""Deadlines a transaction."""
SUMS_EVERY = 5.0
"""Seconds of real time."""
SWEEPS = 20
"""Transactions a tick, so that a flood of deadlines does not keep the other timers waiting."""


async def tick(services: Services) -> None:
    """One beat. Safe at any rate and from any number of workers."""
    now = services.clock.now()
    for _ in range(SWEEPS):
        async with services.pool.acquire() as conn:
            if await sweep(conn, now, limit=SWEEP) == 0:
                break
    async with services.pool.acquire() as conn:
        await duties.sweep(conn, now, limit=SWEEP)
    await daily(services, now.date())
    await sums(services)
    await nightly.begin_when_due(services)


_counted = 0.0


async def sums(services: Services) -> None:
    """The sums behind the reports follow the tickets a few seconds later; a page that is read meanwhile adds the rest."""
    global _counted
    if time.monotonic() - _counted < SUMS_EVERY:
        return
    await keep_up(services.pool, Hints())
    _counted = time.monotonic()


_day: date | None = None


async def daily(services: Services, day: date) -> None:
    """Once a day of the clock: months ahead, old sessions, tickets that may be archived, pages nobody answered, answers to look into."""
    global _day
    if day == _day:
        return
    async with services.pool.acquire() as conn, conn.transaction():
        await ensure_partitions(conn, day)
        await forget_expired(conn, services.clock.now())
        await forget_old(conn, services.clock.now())
        await renew(conn, services.clock.now(), desk(services))
        for ticket_id in await store.archivable(conn, services.clock.now() - ARCHIVE_AFTER):
            await follow(conn, "ticket.archivable", ticket_id)
        for ticket_id in await page_alone(conn, services.clock.now()):
            await follow(conn, "callback.page_alone", ticket_id)
    async with services.pool.acquire() as conn, conn.transaction():
        await look(conn, services.clock.now(), services.cipher)
    # Before anything is removed of which it is counted.
    async with services.pool.acquire() as conn, conn.transaction():
        await keep_days(conn, services.clock.now())
    async with services.pool.acquire() as conn, conn.transaction():
        await remove_old(conn, services.settings, services.clock.now())
    _day = day
