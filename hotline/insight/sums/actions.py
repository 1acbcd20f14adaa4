"""Keep the sums what a recount would give: a little behind the tickets, and never wrong by more than that."""

from collections.abc import Callable
from datetime import timedelta

from hotline.infra.db import Connection, Pool
from hotline.insight.campaigns.store import tag
from hotline.insight.sums import store
from hotline.insight.sums.store import Difference
from hotline.tickets.store import first_number

TOGETHER = 500
"""Tickets a statement."""
EVER = 9_999_12_31_9999999


async def keep_up(pool: Pool) -> int:
    """Bring the sums up to date; how many tickets were looked at. Of several workers one does it, in transactions of a
    fraction of a second; one that dies leaves the mark where it was, and what it did is done again without effect."""
    async with pool.acquire() as conn:
        # After an upgrade that counts otherwise.
        if await store.counted_otherwise(conn):
            await recount(conn, otherwise_only=True)
    async with pool.acquire() as conn, conn.transaction():
        reached = await store.reached(conn)
        waiting = await store.changed(conn)
    for begun in range(0, len(waiting), TOGETHER):
        async with pool.acquire() as conn, conn.transaction():
            if not await store.alone(conn):
                return 0
            part = waiting[begun : begun + TOGETHER]
            await store.counted_again(conn, part)
            await tag(conn, part)
            await store.bring_up(conn, part)
    async with pool.acquire() as conn, conn.transaction():
        if not await store.alone(conn):
            return 0
        await store.move_mark(conn, reached)
    return len(waiting)


async def recount(
    conn: Connection, told: Callable[[int, int], None] = lambda done, of: None, *, otherwise_only: bool = False
) -> None:
    """Throw the sums away and count all tickets anew, day by day; `otherwise_only`: unless another worker just did."""
    async with conn.transaction():
        await store.wait_alone(conn)
        if otherwise_only and not await store.counted_otherwise(conn):
            return
        reached, span = await store.reached(conn), await store.first_and_last(conn)
        await store.empty(conn)
        if span:
            days = (span[1] - span[0]).days + 1
            for n in range(days):
                day = span[0] + timedelta(days=n)
                await store.add_span(conn, first_number(day), first_number(day + timedelta(days=1)))
                told(n + 1, days)
        await store.add_up(conn)
        await store.counted_so(conn)
        # Twice: the number follows once the transactions before it are known to be done.
        await store.move_mark(conn, reached)
        await store.move_mark(conn, reached)


async def differences(conn: Connection) -> list[Difference]:
    """What a recount would give otherwise; empty when the sums are right."""
    return await store.differences(conn, 0, EVER)
