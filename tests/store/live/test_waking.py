"""Processes wake one another, read again what failed, and stop with their last listener."""

import asyncio
import contextlib
from typing import Any

import asyncpg
import pytest

from hotline.infra.bus import Bus
from hotline.infra.db import Pool
from hotline.infra.http import Services
from hotline.live import actions
from hotline.live.actions import Live
from hotline.live.feed import READ, Event, Moved
from hotline.live.waker import Waker
from tests.store.live.seats import WRITE, sitting


async def heard(live: Live, waking: Live, pool: Pool, letter: int) -> tuple[int, list[Event]]:
    """The number of a line that is written while somebody sits before `live`, and what they hear when `waking` is woken."""
    async with contextlib.AsyncExitStack() as stack:
        watching, rung = await sitting(live, stack)
        rung.clear()
        async with pool.acquire() as conn:
            number = await conn.fetchval(WRITE, letter, 900)
        waking.wake()
        async with asyncio.timeout(20):
            await rung.wait()
        return number, [READ.decode(message) for message in watching.taken()]


async def test_a_call_on_the_bus_makes_another_process_read(
    processes: tuple[Live, Live], letter: int, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "POLL", 3600.0)
    here, there = processes
    number, events = await heard(there, here, pool, letter)
    event = events[-1]
    assert isinstance(event, Moved)
    assert (event.number, event.ticket.id) == (number, letter)


async def test_many_calls_become_few_messages() -> None:
    sent: list[str] = []

    class Counting(Bus):
        async def publish(self, channel: str, message: Any) -> bool:
            sent.append(channel)
            return True

    waker = Waker(Counting("redis://127.0.0.1:1/0"))
    for _ in range(50):
        waker.wake()
        await asyncio.sleep(0)
    assert waker.calling is not None
    await waker.calling
    await waker.aclose()
    assert 1 <= len(sent) <= 3


async def test_a_failing_read_is_read_again_and_nothing_is_lost(
    there: Services, letter: int, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "POLL", 0.05)
    live = Live(there, Bus(None))
    failed = asyncio.Event()
    real = actions.joined

    async def fails_once(conn: Any, lines: Any) -> Any:
        if not failed.is_set():
            failed.set()
            raise asyncpg.InterfaceError("connection lost")
        return await real(conn, lines)

    monkeypatch.setattr(actions, "joined", fails_once)
    number, events = await heard(live, live, pool, letter)
    assert failed.is_set()
    [event] = events
    assert isinstance(event, Moved) and event.number == number
    await live.close()


class Watched(asyncio.Event):
    """An event that says when somebody begins to wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.awaited = asyncio.Event()

    async def wait(self) -> Any:
        if not self.is_set():
            self.awaited.set()
        return await super().wait()


@pytest.mark.parametrize("ticks", range(5))
async def test_the_feed_stops_also_when_news_comes_as_the_last_one_leaves(there: Services, ticks: int) -> None:
    live = Live(there, Bus(None))
    live.news = watched = Watched()
    async with asyncio.timeout(20), contextlib.AsyncExitStack() as stack:
        await sitting(live, stack)
        working = list(live.tasks)
        await watched.awaited.wait()
        live.hear("news")
        for _ in range(ticks):
            await asyncio.sleep(0)
    async with asyncio.timeout(20):
        await live.close()
    assert all(task.done() for task in working)
