"""A duty begins with its news, its lights are told once each, and it ends when the unit has answered."""

from collections.abc import Sequence
from datetime import datetime

from hotline.infra.db import Connection
from hotline.sla.actions import clocks
from hotline.sla.deadlines import DeadlineKind, timer
from hotline.supervision.duties import store
from hotline.supervision.duties.duty import Duty, DutyKind, watched
from hotline.tickets.verbs import Desk


async def begin(conn: Connection, duties: Sequence[Duty], *, by: int | None, now: datetime, desk: Desk) -> None:
    given = await clocks(conn, desk, now) if any(duty.due for duty in duties) else None
    for duty in duties:
        clock = (
            timer(
                given.policy,
                given.calendar,
                kind=DeadlineKind.SUPERVISE,
                start=duty.since or now,
                due=duty.due,
            )
            if given and duty.due
            else None
        )
        await store.open_one(conn, duty, watched(clock, now), now=now, by=by)


async def finish(conn: Connection, kind: DutyKind, refs: Sequence[str], now: datetime) -> None:
    await store.close(conn, kind.value, refs, now)


async def finish_of_ticket(conn: Connection, kind: DutyKind, ticket_id: int, now: datetime) -> None:
    """Nobody waits for it any more."""
    await store.close_of_ticket(conn, kind.value, ticket_id, now)


async def sweep(conn: Connection, now: datetime, *, limit: int) -> int:
    """Up to `limit` duties whose light changes. Safe from any number of workers: taking, marking and telling are one
    transaction."""
    async with conn.transaction():
        rows = [(one, news) for one in await store.take_due(conn, now, limit) if (news := one.passed(now))]
        if rows:
            await store.mark(conn, rows, now)
    return len(rows)
