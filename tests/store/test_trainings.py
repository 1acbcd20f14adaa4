"""A training that ends without a word, whatever ended it, keeps nobody from asking for the next one."""

import asyncio
from datetime import datetime, timedelta

import pytest

from hotline.classify.nightly import store
from hotline.classify.nightly.actions import FEWEST, Night, silent
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection, Pool
from hotline.infra.errors import Conflict
from hotline.infra.http import Services
from hotline.jobs import nightly
from hotline.routing.evidence import store as evidence

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=BEIJING)
LATER = NOW + timedelta(minutes=10)
FORGET = "DELETE FROM training_run"
WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid = $1)"


async def outcome(conn: Connection) -> tuple[str, str]:
    [run] = await store.runs(conn, 1)
    return run.outcome, run.said


async def test_one_whose_process_was_killed_is_given_up_and_one_at_work_is_not(pool: Pool) -> None:
    async with pool.acquire() as learning, pool.acquire() as worker:
        try:
            run = await store.ask(worker, NOW, "孟安")
            assert run is not None and await store.claim(worker, NOW, None, FEWEST) == run
            async with store.held(learning, run):
                await store.give_up(worker, LATER, LATER - nightly.STARTS)
                assert (await outcome(worker))[0] == "running" and await store.ask(worker, LATER, "孟安") is None
            await store.give_up(worker, NOW, NOW - nightly.STARTS)
            assert (await outcome(worker))[0] == "running", "its process may still be starting"
            await store.give_up(worker, LATER, LATER - nightly.STARTS)
            assert await outcome(worker) == ("failed", "训练进程中途结束,没有得出结果")
            assert await store.ask(worker, LATER, "孟安") is not None
        finally:
            await worker.execute(FORGET)


async def test_one_that_waited_long_for_a_worker_begins_when_it_is_taken_up(conn: Connection) -> None:
    run = await store.ask(conn, NOW - timedelta(days=1), "孟安")
    assert await store.claim(conn, NOW, None, FEWEST) == run
    await store.give_up(conn, NOW, NOW - nightly.STARTS)
    assert (await outcome(conn))[0] == "running"


async def test_on_the_command_line_the_one_that_waits_is_done_and_never_two_at_once(
    services: Services, conn: Connection
) -> None:
    waiting = await store.ask(conn, NOW, "孟安")
    assert await nightly.begin(services, "命令行") == waiting
    with pytest.raises(Conflict, match="正在进行"):
        await nightly.begin(services, "命令行")
    assert await store.ask(conn, NOW, "孟安") is None
    await store.finish(conn, waiting or 0, NOW, "nothing", "")
    assert await nightly.begin(services, "命令行") != waiting


async def test_of_two_workers_that_look_at_once_one_begins_the_night(pool: Pool) -> None:
    """The second has looked before the first is done, and looks again when it may."""
    async with pool.acquire() as one, pool.acquire() as other:
        pid = await other.fetchval("SELECT pg_backend_pid()")

        async def claims() -> int | None:
            async with other.transaction():
                return await store.claim(other, NOW, NOW - timedelta(hours=1), 0)

        try:
            async with one.transaction():
                assert await store.claim(one, NOW, NOW - timedelta(hours=1), 0) is not None
                second = asyncio.create_task(claims())
                async with asyncio.timeout(30):
                    while not await one.fetchval(WAITS, pid):
                        assert not second.done()
            assert await second is None
        finally:
            await one.execute(FORGET)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (PermissionError(13, "Permission denied", "/数据/models"), "无法读写 /数据/models,请检查目录权限和磁盘空间"),
        (ValueError("operands could not be broadcast together"), "训练中途出错,请查看后台处理进程的日志"),
    ],
)
async def test_what_goes_wrong_unforeseen_is_said_in_a_sentence(
    services: Services, conn: Connection, monkeypatch: pytest.MonkeyPatch, wrong: Exception, said: str
) -> None:
    async def fails(*_: object) -> Night:
        raise wrong

    monkeypatch.setattr(nightly, "one_night", fails)
    run = await nightly.begin(services, "孟安")
    night = await nightly.learn(services, run, cores=1)
    assert await outcome(conn) == ("failed", night.said) == ("failed", f"{said};现在作答的模型照常使用。")


async def test_a_units_oldest_week_is_counted_from_its_monday(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun in the middle of a week, the count would put the rest of that week in the place of the whole."""
    since: list[datetime] = []

    async def counted(_: Connection, begin: datetime) -> None:
        since.append(begin)
        raise Conflict("数过了")

    monkeypatch.setattr(evidence, "count_weeks", counted)
    for day in range(7):
        with pytest.raises(Conflict):
            await nightly.one_night(services, NOW + timedelta(days=day), 1, None, silent)
    assert {(one.weekday(), one.hour) for one in since} == {(0, 0)}
    assert all(one < NOW - timedelta(weeks=12) for one in since)
