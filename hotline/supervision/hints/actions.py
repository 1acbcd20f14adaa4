"""Keep the hints what a look at every ticket would give: brought up to date by the job of the sums, under its mark."""

from collections.abc import Callable, Sequence
from itertools import chain, pairwise

from hotline.infra.db import Connection
from hotline.supervision.hints import store
from hotline.supervision.store import load_thresholds

EVER = 9_999_12_31_9999999


class Hints:
    """Kept beside the sums (`insight.sums.actions.Beside`)."""

    async def since(self, conn: Connection) -> int | None:
        return await store.looked_until(conn, await load_thresholds(conn))

    async def add_span(self, conn: Connection, begin: int, end: int) -> None:
        thresholds = await load_thresholds(conn)
        await store.look_again(conn, begin, end, thresholds)
        await store.has_come_to(conn, end, thresholds)

    async def is_whole(self, conn: Connection) -> None:
        await store.looked_so(conn, await load_thresholds(conn))

    async def bring_up(self, conn: Connection, tickets: Sequence[int]) -> None:
        await store.bring_up(conn, tickets, await load_thresholds(conn))

    async def forget(self, conn: Connection) -> None:
        await store.forget(conn)


async def differences(
    conn: Connection,
    parts: Sequence[tuple[int, int]] = (),
    told: Callable[[int, int], None] = lambda done, of: None,
) -> list[int]:
    """Tickets whose hint is missing or too much, a hundred at most; empty when the hints are right. `parts`: where to pause
    and tell, in numbers of tickets from and to."""
    thresholds, found = await load_thresholds(conn), list[int]()
    # A hint of no ticket lies before or behind them all.
    spans = list(pairwise(sorted({0, EVER, *chain.from_iterable(parts)})))
    for n, (begin, end) in enumerate(spans, start=1):
        found += await store.differences(conn, begin, end, thresholds)
        told(n, len(spans))
    return found[:100]
