"""Learn both models by night; keep a copy a process; answer with them."""

import asyncio
import logging
import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from hotline.infra.db import Connection, Pool
from hotline.insight.outlook import late, store, waits
from hotline.insight.outlook.late import Assigned, LateModel
from hotline.insight.outlook.waits import Expected, WaitModel

LOOKS_BACK = timedelta(days=730)
MOST_OPEN = 5_000
APART = 2.0
"""Standard errors of a difference from which it is no chance."""

log = logging.getLogger(__name__)


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


async def learn(pool: Pool, now: datetime) -> str:
    """Both from the last two years. Too few cases, or a risk told clearly worse than by the one before: what there is
    stays, and the sentence says so."""
    async with pool.acquire() as conn:
        finished, answered = (
            await store.finished(conn, now - LOOKS_BACK, now),
            await store.answered(conn, now - LOOKS_BACK, now),
        )
    risk = await asyncio.to_thread(learned_risk, finished)
    wait = await asyncio.to_thread(waits.learn, answered)
    async with pool.acquire() as conn, conn.transaction():
        before = next((one.figures for one in await store.learned(conn) if one.name == "late"), None)
        if worse := risk is not None and before is not None and clearly_worse(risk[1], before):
            log.warning("超期风险模型不如之前的,继续用之前的:%s,之前 %s", risk and risk[1], before)
        elif risk is not None:
            await store.put(conn, "late", risk[0], rows=len(finished), figures=risk[1], now=now)
        if wait is not None:
            await store.put(conn, "wait", wait, rows=len(answered), figures={}, now=now)
    return "新学的超期风险模型明显不如之前的,继续用之前的。" if worse else ""


def clearly_worse(new: Mapping[str, float], before: Mapping[str, float]) -> bool:
    """Areas under the ROC curve, each on its own latest fifth: further apart than chance alone would bring them."""
    spread = math.hypot(area_error(new), area_error(before))
    return new["auc"] < before["auc"] - APART * spread


def area_error(of: Mapping[str, float]) -> float:
    """Hanley and McNeil's standard error; figures of a night that did not count them stand as they are."""
    hits = of.get("judged", 0.0) * of.get("late", 0.0)
    misses = of.get("judged", 0.0) - hits
    if hits < 1 or misses < 1:
        return 0.0
    area = of["auc"]
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (hits - 1) * (one - area**2) + (misses - 1) * (two - area**2)
    return math.sqrt(max(0.0, spread) / (hits * misses))


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
