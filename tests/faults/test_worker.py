"""Jobs: one effect whatever happens to the workers, and no failure without its reason."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pgqueuer.core.listeners import PGNoticeEventListener, default_event_router, initialize_notice_event_listener
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.types import HealthCheckId

from hotline.infra.bus import Bus
from hotline.infra.db import Connection
from hotline.infra.http import Services
from hotline.infra.outbox import follow
from hotline.infra.services import open_services
from hotline.infra.settings import load_settings
from hotline.jobs import worker
from hotline.jobs.together import Follows
from hotline.jobs.worker import consumer, work
from hotline.live.waker import Waker
from tests.conftest import SECRETS

ROOT = Path(__file__).resolve().parents[2]
MADE = "CREATE TABLE effect (ticket_id bigint, note text)"
# A worker that is in the middle of a handler when it is killed.
STUCK = """
import asyncio, os
from hotline.infra.services import open_services
from hotline.infra.settings import load_settings
from hotline.jobs.worker import work

async def stuck(conn, ticket_id, payload, *, services):
    await conn.execute("INSERT INTO effect VALUES ($1, 'half')", ticket_id)
    print("begun", flush=True)
    await asyncio.Event().wait()

async def idle(services):
    pass

async def main():
    async with open_services(load_settings(os.environ)) as services:
        await work(services, {"received": [stuck]}, idle, asyncio.Event())

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "POLL", timedelta(milliseconds=100))


@pytest.fixture
async def served(fresh_database: str) -> AsyncIterator[Services]:
    async with open_services(load_settings({**SECRETS, "HOTLINE_DATABASE_URL": fresh_database}), max_size=6) as found:
        await found.pool.execute(MADE)
        yield found


@contextlib.asynccontextmanager
async def working(services: Services, follows: Follows, tick: Any = None) -> AsyncIterator[None]:
    async def idle(services: Services) -> None:
        """Nothing is due."""

    stopping = asyncio.Event()
    task = asyncio.create_task(work(services, follows, tick or idle, stopping))
    try:
        yield
    finally:
        stopping.set()
        async with asyncio.timeout(20):
            await task


async def until(true: Callable[[], Any], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        # Looking is all that can be done from outside: each look is a query, so the worker gets its turn.
        while not await true():
            pass


async def test_a_question_put_before_anybody_listened_is_put_again(
    served: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the worker takes the database for lost ten seconds after a start at which the question was the faster one."""
    monkeypatch.setattr(worker, "ASKED_AGAIN", timedelta(milliseconds=100))
    async with asyncpg.create_pool(served.settings.database_url, min_size=2) as pool, AsyncpgPoolDriver(pool) as driver:
        manager = consumer(driver, served, {}, Waker(Bus(served.settings.redis_url)))
        put, ask = asyncio.Event(), manager.queries.notify_health_check

        async def asked(number: HealthCheckId) -> None:
            await ask(number)
            put.set()

        monkeypatch.setattr(manager.queries, "notify_health_check", asked)
        healthy = asyncio.create_task(manager.listener_healthy())
        await put.wait()
        ways = default_event_router(
            notice_event_queue=PGNoticeEventListener(),
            canceled=manager.job_context,
            pending_health_check=manager.pending_health_check,
        )
        await initialize_notice_event_listener(driver, manager.channel, ways)
        await healthy


async def record(conn: Connection, ticket_id: int, payload: dict[str, Any] | None, *, services: Services) -> None:
    await conn.execute("INSERT INTO effect VALUES ($1, $2)", ticket_id, (payload or {}).get("note"))


async def happened(services: Services, ticket_id: int, note: str = "路灯") -> None:
    async with services.pool.acquire() as conn, conn.transaction():
        await follow(conn, "received", ticket_id, {"note": note})


async def queue_empty(services: Services) -> bool:
    return not await services.pool.fetchval("SELECT count(*) FROM pgqueuer")


async def one_held(services: Services) -> bool:
    return bool(await services.pool.fetchval("SELECT status = 'failed' FROM pgqueuer"))


async def effects(services: Services) -> list[int]:
    return [row["ticket_id"] for row in await services.pool.fetch("SELECT ticket_id FROM effect ORDER BY 1")]


async def test_each_job_has_one_effect_with_two_workers(served: Services) -> None:
    async with working(served, {"received": [record]}), working(served, {"received": [record]}):
        await asyncio.gather(*(happened(served, number) for number in range(60)))
        await until(lambda: queue_empty(served))
    assert await effects(served) == list(range(60))


async def test_job_of_a_killed_worker_is_taken_again(served: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    await happened(served, 7)
    environ = {**os.environ, **SECRETS, "PYTHONPATH": str(ROOT)}
    environ["HOTLINE_DATABASE_URL"] = served.settings.database_url or ""
    command = [sys.executable, "-c", STUCK]
    killed = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, env=environ)
    assert killed.stdout is not None
    assert await killed.stdout.readline() == b"begun\n"
    killed.kill()
    await killed.wait()
    assert await effects(served) == []
    monkeypatch.setattr(worker, "HEARTBEAT", timedelta(seconds=1))
    async with working(served, {"received": [record]}):
        await until(lambda: queue_empty(served))
    assert await effects(served) == [7]


async def test_failed_handler_leaves_nothing_and_is_tried_again(
    served: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "FIRST_PAUSE", timedelta(milliseconds=10))
    tries: list[int] = []

    async def fails_once(conn: Connection, ticket_id: int, payload: Any, *, services: Services) -> None:
        await record(conn, ticket_id, payload, services=services)
        tries.append(ticket_id)
        if len(tries) == 1:
            raise RuntimeError("数据库以外的服务暂时不可用")

    async with working(served, {"received": [fails_once]}):
        await happened(served, 3)
        await until(lambda: queue_empty(served))
    assert (tries, await effects(served)) == ([3, 3], [3])


async def test_job_that_keeps_failing_is_held_with_its_reason(
    served: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "FIRST_PAUSE", timedelta(milliseconds=1))
    monkeypatch.setattr(worker, "ATTEMPTS", 2)

    async def fails(conn: Connection, ticket_id: int, payload: Any, *, services: Services) -> None:
        raise RuntimeError("承办单位接口拒绝连接")

    async with working(served, {"received": [fails]}):
        await happened(served, 3)
        await until(lambda: one_held(served))
    reasons = await served.pool.fetch(
        "SELECT traceback ->> 'exception_message' AS said FROM pgqueuer_log WHERE traceback IS NOT NULL"
    )
    assert len(reasons) == 3
    assert all("承办单位接口拒绝连接" in str(row["said"]) for row in reasons)


async def test_unknown_event_is_a_failure_and_not_silence(served: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "ATTEMPTS", 0)

    async with working(served, {}):
        await happened(served, 3)
        await until(lambda: one_held(served))


async def test_delayed_job_waits(served: Services) -> None:
    async with served.pool.acquire() as conn:
        await follow(conn, "received", 1, delay=timedelta(hours=1))
        await follow(conn, "received", 2)
    async with working(served, {"received": [record]}):
        await until(lambda: effects(served))
    assert await effects(served) == [2]


async def test_tick_goes_on_after_a_failure(served: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "TICK", 0.01)
    ticks: list[int] = []
    twice = asyncio.Event()

    async def tick(services: Services) -> None:
        ticks.append(len(ticks))
        if len(ticks) == 1:
            raise RuntimeError("日历未确认")
        twice.set()

    async with working(served, {}, tick), asyncio.timeout(20):
        await twice.wait()


async def test_old_log_goes_but_not_that_of_a_held_job(served: Services) -> None:
    kept = "INSERT INTO pgqueuer (id, priority, status, entrypoint) VALUES (1, 0, 'failed', 'follow')"
    log = "INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority, created) SELECT n, 'failed', 'follow', 0, now() - interval '40 days' FROM unnest(ARRAY[1, 2]) n"
    await served.pool.execute(kept)
    await served.pool.execute(log)

    async def cleaned() -> bool:
        return bool(await served.pool.fetchval("SELECT array_agg(job_id) = ARRAY[1]::bigint[] FROM pgqueuer_log"))

    async with working(served, {}):
        await until(cleaned)


async def test_worker_and_queue_agree_with_a_hand_written_connection(served: Services) -> None:
    """A plain connection without our codec reads the job as the library does."""
    await happened(served, 5)
    plain = await asyncpg.connect(served.settings.database_url)
    assert (await plain.fetchrow("SELECT entrypoint, headers FROM pgqueuer"))["headers"] is None  # type: ignore[index]
    await plain.close()
