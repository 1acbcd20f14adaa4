"""Answer "when is it due, and why", and announce every change of a deadline's light once."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hotline.directory.people import Actor
from hotline.infra.db import Connection
from hotline.infra.errors import InvalidInput
from hotline.sla import store
from hotline.sla.calendar import MOST_TIME, Calendar, Due, add_natural_time, add_working_days
from hotline.sla.deadlines import Level
from hotline.sla.policy import Policy
from hotline.sla.store import DueRow
from hotline.sla.watch import awaited, watched
from hotline.tickets.actions import Held, hold
from hotline.tickets.states import Stage, State
from hotline.tickets.ticket import Assignment, Ticket
from hotline.tickets.verbs import Desk

log = logging.getLogger(__name__)

Mark = Callable[[Connection, DueRow, Level], Awaitable[None]]

LEASE = timedelta(minutes=5)
MOST_HOURS = MOST_TIME.days * 24
NEXT_LEVEL = {
    Level.NONE: Level.NEAR,
    Level.NEAR: Level.ORANGE,
    Level.ORANGE: Level.LATE,
    Level.LATE: Level.VERY_LATE,
}


def due_report(
    start: datetime, *, working_days: int | None = None, hours: int | None = None, calendar: Calendar
) -> dict[str, Any]:
    """`hotline due`: the moment, the trace day by day, and a warning when a year's calendar is not certain."""
    if working_days is not None and hours is None:
        return _report(add_working_days(calendar, start, working_days))
    if hours is not None and working_days is None:
        if not 1 <= hours <= MOST_HOURS:
            raise InvalidInput([("hours", f"小时数须是 1 到 {MOST_HOURS} 之间的整数。")])
        return _report(add_natural_time(calendar, start, timedelta(hours=hours)))
    raise InvalidInput([("working_days", "请给出工作日数或小时数，二者选一。")])


def _report(due: Due) -> dict[str, Any]:
    report = {"due": due.at.isoformat(), "why": msgspec.to_builtins(list(due.why))}
    return report | ({"warning": due.warning} if due.warning else {})


async def sweep(conn: Connection, now: datetime, *, limit: int, mark: Mark, lease: timedelta = LEASE) -> int:
    """Announce the next level of up to `limit` deadlines through `mark`; answers how many rows were taken.

    One transaction takes, announces and moves on, so a killed worker loses nothing and no level is announced twice.
    A row left behind passes its levels one sweep after the other; call again until the answer is 0.
    `mark` must not lock the ticket's row: commands lock the ticket first and its deadlines after it, and the other
    order would block both. It writes what follows (a job) and leaves the ticket to the job.
    """
    async with conn.transaction():
        rows = await store.take_due(conn, now=now, limit=limit, lease=lease)
        for row in rows:
            await _announce(conn, row, mark)
    return len(rows)


async def _announce(conn: Connection, row: DueRow, mark: Mark) -> None:
    level = NEXT_LEVEL[row.mark]
    try:
        async with conn.transaction():
            await mark(conn, row, level)
            await store.marked(conn, row, level)
    except Exception as wrong:
        # One row's fault must not hold up the others; it stays taken and comes again after its lease.
        log.exception("deadline %s/%s/%s: mark failed", row.ticket_id, row.assignment_id, row.kind)
        await store.failed(conn, row, str(wrong) or type(wrong).__name__)


# -- the clocks of a ticket follow the ticket ------------------------------------------------------------------------


class Clocks(msgspec.Struct, frozen=True):
    """The pack and the calendar in force: what every deadline is computed from."""

    policy: Policy
    calendar: Calendar


async def clocks(conn: Connection, desk: Desk, now: datetime) -> Clocks:
    policy = await store.load_policy(conn, desk.settings.sla_pack, now)
    return Clocks(policy, await store.load_calendar(conn, desk.settings.calendar))


@asynccontextmanager
async def working(
    conn: Connection, ticket_id: int, *, actor: Actor, now: datetime, desk: Desk, version: int | None = None
) -> AsyncIterator[Held]:
    """Hold a ticket; when the work on it is done, what is watched is what its assignments now owe."""
    held = await hold(conn, ticket_id, actor=actor, now=now, version=version)
    before = held.ticket
    yield held
    await keep(held, before, desk)


async def keep(held: Held, before: Ticket, desk: Desk) -> None:
    """Watch what is newly awaited; stop watching what has happened or ended."""
    old = {a.id: a for a in before.assignments}
    turned = _paused(before) is not _paused(held.ticket)
    changed = [a for a in held.ticket.assignments if turned or old.get(a.id) != a]
    if changed:
        given = await clocks(held.conn, desk, held.now)
        for assignment in changed:
            await _keep_one(held, before, old.get(assignment.id), assignment, given)


def _paused(ticket: Ticket) -> bool:
    """挂账: the ticket waits by decision, its units owe nothing meanwhile (C.3, 23)."""
    return ticket.state is State.SUSPENDED


async def _keep_one(held: Held, before: Ticket, old: Assignment | None, new: Assignment, given: Clocks) -> None:
    conn, ticket_id = held.conn, held.ticket.id
    was = awaited(old) if old and not _paused(before) else {}
    owed = {} if _paused(held.ticket) else awaited(new)
    if met := [kind for kind in was if kind not in owed]:
        await store.close_deadlines(conn, ticket_id, new.id, *met, now=held.now)
    if old and old.stage is Stage.REPLIED and owed:
        # Refused: the same deadline goes on, and a light already shown is not shown again.
        await store.reopen_deadlines(conn, ticket_id, new.id)
        return
    moved = [kind for kind, due in owed.items() if was.get(kind) != due]
    timers = [watched(held.ticket, new, kind, given.policy, given.calendar) for kind in moved]
    await store.put_deadlines(conn, ticket_id, new.id, timers)
