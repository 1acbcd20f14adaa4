"""Learn both models by night; keep a copy a process; answer with them."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from hotline.infra.db import Connection, Pool
from hotline.insight.outlook import late, store, waits
from hotline.insight.outlook.late import Assigned, LateModel
from hotline.insight.outlook.waits import Expected, WaitModel

LOOKS_BACK = timedelta(days=730)
MOST_OPEN = 5_000


class Kept(NamedTuple):
    """What this process has read, and the mark under which it was."""

    mark: str
    late: LateModel | None
    wait: WaitModel | None


class Risk(msgspec.Struct, frozen=True):
    """An open assignment and how likely it will be late."""

    ticket_id: int
    unit_id: int
    due: datetime
    chance: float
    because: list[str]
    """What raises it: unit, category, channel, kind, urgency; empty where nothing stands out."""


_kept = Kept("", None, None)


async def learn(pool: Pool, now: datetime) -> list[str]:
    """Both from the last two years; returns what was learned. Too few cases: what there is stays."""
    async with pool.acquire() as conn:
        finished, answered = (
            await store.finished(conn, now - LOOKS_BACK, now),
            await store.answered(conn, now - LOOKS_BACK, now),
        )
    risk = await asyncio.to_thread(learned_risk, finished)
    wait = await asyncio.to_thread(waits.learn, answered)
    async with pool.acquire() as conn, conn.transaction():
        if risk is not None:
            await store.put(conn, "late", risk[0], rows=len(finished), figures=risk[1], now=now)
        if wait is not None:
            await store.put(conn, "wait", wait, rows=len(answered), figures={}, now=now)
    return [name for name, found in (("late", risk), ("wait", wait)) if found is not None]


def learned_risk(finished: Sequence[Assigned]) -> tuple[LateModel, dict[str, float]] | None:
    from hotline.insight.outlook import fitting  # scikit-learn takes seconds to load, and only the night needs it

    return fitting.learn(finished)


async def in_use(conn: Connection) -> Kept:
    global _kept
    mark = await store.marks(conn)
    if mark != _kept.mark:
        found = await store.read(conn)
        risk, wait = found.get("late"), found.get("wait")
        _kept = Kept(mark, risk if isinstance(risk, LateModel) else None, wait if isinstance(wait, WaitModel) else None)
    return _kept


async def risks(conn: Connection, now: datetime, tickets: Sequence[int] | None = None, limit: int = 50) -> list[Risk]:
    """Open assignments that are not late yet, the likeliest to be late first; none while nothing was learned."""
    model = (await in_use(conn)).late
    if model is None:
        return []
    found = await store.open_leads(conn, tickets, now, MOST_OPEN)
    told = [(late.chance(model, one, now), one) for one in found]
    told.sort(key=lambda pair: (-pair[0], pair[1].due))
    return [
        Risk(one.ticket_id, one.unit_id, one.due, round(chance, 3), late.reasons(model, one))
        for chance, one in told[:limit]
    ]


async def expected(conn: Connection, *, unit: int | None, category: str | None, at: datetime) -> Expected | None:
    """How long the answer to such a request takes; None while too few have been answered."""
    model = (await in_use(conn)).wait
    if model is None:
        return None
    found = waits.expect(model, unit=str(unit or ""), matter=waits.matter_of(category), at=at)
    return msgspec.structs.replace(found, p50=round(found.p50, 1), p90=round(found.p90, 1))
