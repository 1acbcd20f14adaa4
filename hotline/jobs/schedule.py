"""What the clock asks for: deadlines whose light changes, tickets to archive, partitions for the months ahead."""

from datetime import date

import msgspec

from hotline.directory.actions import forget_expired
from hotline.infra.db import Connection
from hotline.infra.http import Services
from hotline.infra.outbox import follow
from hotline.jobs import store
from hotline.jobs.handlers import ARCHIVE_AFTER
from hotline.sla.actions import sweep
from hotline.sla.deadlines import Level
from hotline.sla.store import DueRow
from hotline.tickets.facts import MarkDeadline
from hotline.tickets.states import Light
from hotline.tickets.store import ensure_partitions

SWEEP = 500
"""Deadlines a transaction."""
SWEEPS = 20
"""Transactions a tick, so that a flood of deadlines does not keep the other timers waiting."""


async def tick(services: Services) -> None:
    """One beat. Safe at any rate and from any number of workers."""
    now = services.clock.now()
    for _ in range(SWEEPS):
        async with services.pool.acquire() as conn:
            if await sweep(conn, now, limit=SWEEP, mark=announce) == 0:
                break
    await daily(services, now.date())


async def announce(conn: Connection, row: DueRow, level: Level) -> None:
    """The sweep must not lock the ticket; the job does."""
    fact = MarkDeadline(assignment_id=row.assignment_id, clock=row.kind.value, light=Light(level.value), due=row.due_at)
    await follow(conn, "deadline.passed", row.ticket_id, msgspec.to_builtins(fact))


_day: date | None = None


async def daily(services: Services, day: date) -> None:
    """Once a day of the clock: months ahead, old sessions, tickets that may be archived."""
    global _day
    if day == _day:
        return
    async with services.pool.acquire() as conn, conn.transaction():
        await ensure_partitions(conn, day)
        await forget_expired(conn, services.clock.now())
        for ticket_id in await store.archivable(conn, services.clock.now() - ARCHIVE_AFTER):
            await follow(conn, "ticket.archivable", ticket_id)
    _day = day
