"""Keep the sums what a recount would give: a little behind the tickets, and never wrong by more than that."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import chain, pairwise
from typing import Protocol

import msgspec

from hotline.infra.db import Connection, Pool
from hotline.insight.campaigns.store import tag
from hotline.insight.sums import store
from hotline.insight.sums.store import Difference
from hotline.tickets.store import first_number

TOGETHER = 500
"""Tickets a statement."""
PIECE = 2.0
"""Seconds."""
EVER = 9_999_12_31_9999999
MANY = 100
"""So many wrong tickets say enough."""


Told = Callable[[int, int], None]
"""How many of how many parts are done."""


def unheard(done: int, of: int) -> None:
    """Nobody asks how far it is."""


class Beside(Protocol):
    """Something else that is kept of every ticket by the mark of the sums: whoever moves the mark must know of it."""

    async def since(self, conn: Connection) -> int | None:
        """From which number on tickets are still to be gone through by today's rules; None: all were."""

    async def add_span(self, conn: Connection, begin: int, end: int) -> None:
        """Go through the tickets from one number to another."""

    async def is_whole(self, conn: Connection) -> None:
        """All spans were done."""

    async def bring_up(self, conn: Connection, tickets: Sequence[int]) -> None:
        """Something happened to these."""

    async def forget(self, conn: Connection) -> None:
        """All are to be gone through again."""


async def keep_up(pool: Pool, *besides: Beside) -> int:
    """Bring the sums up to date; how many tickets were looked at. Of several workers one does it, in transactions of a
    fraction of a second; one that dies leaves the mark where it was, and what it did is done again without effect."""
    async with pool.acquire() as conn:
        # After an upgrade that counts otherwise.
        if await store.counted_otherwise(conn):
            await recount(conn, *besides, otherwise_only=True)
        for beside in besides:
            await go_on(conn, beside)
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
            for beside in besides:
                await beside.bring_up(conn, part)
    async with pool.acquire() as conn, conn.transaction():
        if not await store.alone(conn):
            return 0
        await store.move_mark(conn, reached)
    return len(waiting)


async def recount(
    conn: Connection,
    *besides: Beside,
    told: Told = unheard,
    otherwise_only: bool = False,
) -> None:
    """Throw the sums away and count all tickets anew, day by day; `otherwise_only`: unless another worker just did."""
    async with conn.transaction():
        await store.wait_alone(conn)
        if otherwise_only and not await store.counted_otherwise(conn):
            return
        reached, days = await store.reached(conn), await every_day(conn)
        await store.empty(conn)
        for n, (begin, end) in enumerate(days, start=1):
            await store.add_span(conn, begin, end)
            told(n, len(days))
        await store.add_up(conn)
        await store.counted_so(conn)
        for beside in besides:
            await beside.forget(conn)
            for begin, end in days:
                await beside.add_span(conn, begin, end)
            await beside.is_whole(conn)
        # Twice: the number follows once the transactions before it are known to be done.
        await store.move_mark(conn, reached)
        await store.move_mark(conn, reached)


async def go_on(conn: Connection, beside: Beside) -> None:
    """What is kept beside, for another piece of the tickets: the worker has other things to do. Each day is a transaction;
    what happens to its tickets afterwards lies behind the mark."""
    began, since = time.monotonic(), await beside.since(conn)
    if since is None:
        return
    for begin, end in await every_day(conn):
        if begin < since:
            continue
        if time.monotonic() - began > PIECE:
            return
        async with conn.transaction():
            if not await store.alone(conn):
                return
            await beside.add_span(conn, begin, end)
    await beside.is_whole(conn)


async def every_day(conn: Connection) -> list[tuple[int, int]]:
    """The numbers of each day's tickets."""
    span = await store.first_and_last(conn)
    if span is None:
        return []
    days = [span[0] + timedelta(days=n) for n in range((span[1] - span[0]).days + 2)]
    return [(first_number(day), first_number(after)) for day, after in pairwise(days)]


class Miscounted(msgspec.Struct, frozen=True):
    """A ticket whose kept cases are not what it says."""

    ticket_id: int


async def differences(conn: Connection, told: Told = unheard) -> list[Difference | Miscounted]:
    """What a recount would give otherwise, some hundreds at most; empty when all is right. Every ticket's cases, a day of
    tickets at a time, and the sums of the cases. Tickets of which the sums cannot know yet (`store.changed`) are among them."""
    found: list[Difference | Miscounted] = []
    days = await every_day(conn)
    # A case of no ticket lies before or behind them all.
    spans = list(pairwise(sorted({0, EVER, *chain.from_iterable(days)})))
    for n, (begin, end) in enumerate(spans, start=1):
        found += [Miscounted(ticket) for ticket in await store.wrong_cases(conn, begin, end)]
        told(n, len(spans) + 1)
        if len(found) > MANY:
            break
    found += await store.differences(conn)
    told(len(spans) + 1, len(spans) + 1)
    return found
