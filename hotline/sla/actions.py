"""Answer "when is it due, and why", and announce every change of a deadline's light once."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hotline.infra.db import Connection
from hotline.infra.errors import InvalidInput
from hotline.sla import store
from hotline.sla.calendar import MOST_TIME, Calendar, Due, add_natural_time, add_working_days
from hotline.sla.deadlines import Level
from hotline.sla.store import DueRow

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
