"""夜间学习: in a process of its own, on all cores, behind everything else; the worker only starts it."""

import asyncio
import logging
import os
import sys
from datetime import datetime, timedelta

import msgspec

from hotline.classify.nightly import actions as training
from hotline.classify.nightly import store
from hotline.classify.nightly.actions import Beginning, Night, Tell
from hotline.directory.aliases import actions as aliases
from hotline.infra.clock import BEIJING, SystemClock
from hotline.infra.errors import Conflict, HotlineError
from hotline.infra.http import Services
from hotline.insight.outlook import actions as outlook
from hotline.routing import actions as routing
from hotline.routing.evidence import store as evidence
from hotline.routing.practice import actions as practice
from hotline.routing.precedents import actions as precedents

log = logging.getLogger(__name__)
BEGINS, ENDS = 2, 5
"""Hours of Beijing between which the night's training may begin."""
HALF_A_YEAR = timedelta(days=182)
LATELY = timedelta(weeks=8)
LONGEST = timedelta(hours=6)
STARTS = timedelta(minutes=2)
"""Until then its process may still be starting; after that a training that nobody holds is given up."""
EVERY = 5
"""Seconds between two looks whether a training is due."""
POLITE = 19

_looked: datetime | None = None
_children: set["asyncio.Task[None]"] = set()


async def begin_when_due(services: Services) -> None:
    """From the worker's tick. A clock that a simulation drives has no nights."""
    global _looked
    now = services.clock.now()
    if not isinstance(services.clock, SystemClock) or (_looked and now - _looked < timedelta(seconds=EVERY)):
        return
    _looked = now
    async with services.pool.acquire() as conn, conn.transaction():
        await store.give_up(conn, now, now - STARTS)
        run = await store.claim(conn, now, night_of(now), training.FEWEST)
    if run is not None:
        task = asyncio.create_task(in_a_process_of_its_own(run))
        _children.add(task)
        task.add_done_callback(_children.discard)


def night_of(now: datetime) -> datetime | None:
    """Since when a training counts as this night's; None by day."""
    local = now.astimezone(BEIJING)
    if not BEGINS <= local.hour < ENDS:
        return None
    return local.replace(hour=BEGINS, minute=0, second=0, microsecond=0)


async def in_a_process_of_its_own(run: int) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "hotline.cli", "learn", "--run", str(run))
    try:
        async with asyncio.timeout(LONGEST.total_seconds()):
            code = await process.wait()
    except TimeoutError:
        process.kill()
        code = await process.wait()
    if code:
        log.error("夜间学习没有完成(代码 %s)", code)


async def begin(services: Services, by: str) -> int:
    """One training at a time, also on the command line: that which waits for a worker, or a new one."""
    now = services.clock.now()
    async with services.pool.acquire() as conn, conn.transaction():
        await store.give_up(conn, now, now - STARTS)
        run = await store.claim(conn, now, None, training.FEWEST) or await store.ask(conn, now, by, "running")
    if run is None:
        raise Conflict("已有一次训练正在进行,请等它结束;进度见学习台的模型页。")
    return run


async def learn(
    services: Services,
    run: int,
    *,
    cores: int | None = None,
    beginning: Beginning | None = None,
    tell: Tell = training.silent,
) -> Night:
    """Everything of a night, in its order. What fails is written down; what was done before stands."""
    async with services.pool.acquire() as conn, store.held(conn, run):
        return await told_in_full(services, run, cores, beginning, tell)


async def told_in_full(
    services: Services, run: int, cores: int | None, beginning: Beginning | None, tell: Tell
) -> Night:
    """The night, and what came of it in the list of trainings."""
    now = services.clock.now()

    async def told(said: str) -> None:
        await tell(said)
        async with services.pool.acquire() as conn:
            await store.tell(conn, run, said)

    try:
        night = await one_night(services, now, cores or os.cpu_count() or 1, beginning, told)
    except HotlineError as wrong:
        night = Night("failed", wrong.message)
    except Exception as wrong:  # whatever it is, nobody must wait for this training any more
        log.exception("夜间学习中途出错")
        night = Night("failed", why(wrong))
    async with services.pool.acquire() as conn:
        await store.finish(conn, run, services.clock.now(), night.outcome, night.said)
    return night


def why(wrong: Exception) -> str:
    """For whoever looks at the desk; the log has the rest."""
    if isinstance(wrong, OSError) and wrong.filename is not None:
        return f"无法读写 {wrong.filename},请检查目录权限和磁盘空间;现在作答的模型照常使用。"
    return "训练中途出错,请查看后台处理进程的日志;现在作答的模型照常使用。"


async def one_night(services: Services, now: datetime, cores: int, beginning: Beginning | None, tell: Tell) -> Night:
    pool, data = services.pool, services.settings.data
    await tell("先例成绩、退单证据、办理惯例、派单门槛、单位别名:正在统计")
    async with pool.acquire() as conn, conn.transaction():
        await precedents.watch(conn, now)
        await evidence.rebuild(conn, now - HALF_A_YEAR)
        await practice.count(conn, now - HALF_A_YEAR, now)
        await evidence.count_weeks(conn, training.first_week(now))
        await routing.measure(conn, now - LATELY, now)
        await aliases.propose(conn, now)
    await tell("超期风险、预计答复时间:正在学习")
    kept = await outlook.learn(pool, now)
    await tell("漂移和逐周精确率:正在统计")
    await training.count(pool, data, now)
    await training.answer_as_shadows(pool, now)
    night = await training.train(pool, data, now, cores=cores, beginning=beginning, tell=tell)
    return msgspec.structs.replace(night, said=night.said + kept)


def stand_back() -> None:
    """Whoever waits for an answer goes first."""
    os.nice(POLITE)
