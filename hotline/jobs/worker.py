"""Carries the arrows: takes jobs from the queue, runs what follows an event, and beats the drum for the timers.

Any number of workers on any machines. A job is taken by one of them; when that one dies, another takes the job again, so a
handler must be safe to run twice. A job that keeps failing is put aside with its reasons, never dropped."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
import msgspec
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.errors import FailingListenerError
from pgqueuer.models import HealthCheckEvent, Job
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries
from pgqueuer.types import Channel

from hotline.infra.bus import Bus
from hotline.infra.db import SESSION, keep_session
from hotline.infra.errors import HotlineError
from hotline.infra.http import Services
from hotline.infra.log import begin_request
from hotline.infra.outbox import ENTRYPOINT, QUEUE, Follow, queue
from hotline.infra.revisions import one_glance
from hotline.infra.services import open_services
from hotline.infra.settings import Settings
from hotline.jobs import phone
from hotline.jobs.together import LARGEST, Follows, Gathering, Together
from hotline.live.waker import Waker

logger = logging.getLogger(__name__)
BATCH = LARGEST
ATTEMPTS = 6
"""Retries after 1, 2, 4 … seconds; then the job is held (status failed) until a person asks for it again."""
FIRST_PAUSE = timedelta(seconds=1)
HEARTBEAT = timedelta(seconds=10)
"""A worker silent for so long is taken for dead, and its jobs are taken again."""
POLL = timedelta(seconds=2)
"""The database calls us for a new job; a retry and the job of a dead worker are found only by looking."""
ASKED_AGAIN = timedelta(seconds=2)
TICK = 1.0
KEEP_LOG = timedelta(days=30)
LONGEST_PAUSE = 30.0
DELETE_OLD_LOG = """
-- The history of a job that is still held stays with it.
DELETE FROM pgqueuer_log
 WHERE created < now() - $1::interval AND job_id NOT IN (SELECT id FROM pgqueuer)
"""


Tick = Callable[[Services], Awaitable[object]]


async def run(settings: Settings) -> None:
    """The worker of `hotline worker`: until it is told to stop, and through losses of the database."""
    from hotline.jobs.exporting import export
    from hotline.jobs.handlers import FOLLOWS
    from hotline.jobs.posting import hand_out, post
    from hotline.jobs.schedule import tick

    stopping = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(sign, stopping.set)
    pause = 1.0
    async with phone.beside(settings):
        while not stopping.is_set():
            try:
                async with open_services(settings, same_plans=True) as services:
                    pause = 1.0
                    await work(services, FOLLOWS, tick, stopping, hand_out, post, export)
            except (
                OSError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                FailingListenerError,
                HotlineError,
            ) as wrong:
                logger.error("与数据库的连接中断,%.0f 秒后重连:%s", pause, str(wrong) or type(wrong).__name__)
                await stopped_within(stopping, pause)
                pause = min(pause * 2, LONGEST_PAUSE)


async def work(services: Services, follows: Follows, tick: Tick, stopping: asyncio.Event, *beside: Tick) -> None:
    """Consume jobs and tick until `stopping`; jobs already begun are finished. What ticks `beside` keeps nobody waiting."""
    # A pool of its own: the library passes JSON as text, our codec takes values.
    async with (
        asyncpg.create_pool(
            services.settings.database_url, min_size=2, max_size=4, server_settings=SESSION, reset=keep_session
        ) as jobs_pool,
        contextlib.aclosing(Waker(Bus(services.settings.redis_url))) as waker,
    ):
        manager = consumer(AsyncpgPoolDriver(jobs_pool), services, follows, waker)
        consuming = asyncio.create_task(
            manager.run(
                dequeue_timeout=POLL,
                batch_size=BATCH,
                max_concurrent_tasks=2 * BATCH,
                heartbeat_timeout=HEARTBEAT,
                # Nobody reads the library's statistics; folding its log would rewrite every row once.
                log_aggregation_interval=timedelta(0),
                shutdown_on_listener_failure=True,
            )
        )
        beating = [asyncio.create_task(beat(services, one)) for one in (tick, *beside)]
        stopper = asyncio.create_task(stopping.wait())
        await asyncio.wait({consuming, stopper}, return_when=asyncio.FIRST_COMPLETED)
        manager.shutdown.set()
        for task in (*beating, stopper):
            task.cancel()
        await asyncio.gather(*beating, stopper, return_exceptions=True)
        await consuming


class Listening(QueueManager):
    """Asks again: the library asks whether it hears the database before it listens, and nobody hears that first question."""

    async def listener_healthy(self, timeout: timedelta = HEARTBEAT) -> HealthCheckEvent:  # noqa: ASYNC109, the library's name
        while timeout > ASKED_AGAIN:
            with contextlib.suppress(FailingListenerError):
                return await super().listener_healthy(ASKED_AGAIN)
            timeout -= ASKED_AGAIN
        return await super().listener_healthy(timeout)


class Unhurried(Queries):
    """Looks for jobs when the set in hand is done: then one look finds all that came meanwhile."""

    sets: tuple[Gathering, ...] = ()

    async def dequeue(self, *how: Any, **more: Any) -> list[Job]:
        for gathering in self.sets:
            await gathering.room()
        return await super().dequeue(*how, **more)


def consumer(driver: AsyncpgPoolDriver, services: Services, follows: Follows, waker: Waker) -> QueueManager:
    queries = queue(driver, Unhurried)
    assert isinstance(queries, Unhurried)
    manager = Listening(queries, Channel(QUEUE.channel))
    sets = {
        event: Gathering(partial(handler.run, services=services))
        for event, handler in follows.items()
        if isinstance(handler, Together)
    }
    queries.sets = tuple(sets.values())

    @manager.entrypoint(ENTRYPOINT, on_failure="hold", executor_factory=retrying)
    async def follow_up(job: Job) -> None:
        what = msgspec.json.decode(job.payload or b"", type=Follow)
        await (sets[what.event](what) if what.event in sets else handle(what, services, follows))
        # Committed: screens may look now.
        waker.wake()

    return manager


def retrying(parameters: EntrypointExecutorParameters) -> DatabaseRetryEntrypointExecutor:
    return DatabaseRetryEntrypointExecutor(parameters, max_attempts=ATTEMPTS, initial_delay=FIRST_PAUSE)


async def handle(job: Follow, services: Services, follows: Follows) -> None:
    """Run what follows the event, each handler in a transaction of its own."""
    begin_request(job.request)
    if job.event not in follows:
        raise HotlineError(f"没有登记事件 {job.event} 的后续处理,请检查 jobs/handlers.py。")
    handlers = follows[job.event]
    if isinstance(handlers, Together):
        await handlers.run([job], services)
        return
    for handler in handlers:
        async with services.pool.acquire() as conn, conn.transaction():
            with one_glance():
                await handler(conn, job.ticket_id, job.payload, services=services)


async def beat(services: Services, tick: Tick) -> None:
    """Once a second of real time whatever is due by the clock; a tick that fails is followed by the next one."""
    for turn in range(1 << 62):
        try:
            await tick(services)
            if turn % 3600 == 0:
                await services.pool.execute(DELETE_OLD_LOG, KEEP_LOG)
        except Exception:
            logger.exception("定时处理没有成功,下一秒再试")
        await asyncio.sleep(TICK)


async def stopped_within(stopping: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()
    return stopping.is_set()
