"""Rate limits are counted in Redis, and in the process alone where it does not answer."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from hotline.infra.errors import TooManyRequests
from hotline.web import limits
from hotline.web.limits import Limiter

ADDRESS = "192.0.2.7"


async def spent(limiter: Limiter) -> bool:
    try:
        await limiter.spend("2/minute", "POST /", ADDRESS)
    except TooManyRequests:
        return False
    return True


async def test_two_processes_count_together(valkey: str) -> None:
    here, there = Limiter(valkey), Limiter(valkey)
    assert [await spent(one) for one in (here, there, here, there)] == [True, True, False, False]
    await here.close()
    await there.close()


@pytest.fixture
async def deaf() -> AsyncIterator[tuple[str, list[int]]]:
    """A Redis that takes connections and never answers; its address, and a mark for each who came."""
    came: list[int] = []
    ended = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(1)
        await ended.wait()
        writer.close()

    async with await asyncio.start_server(hold, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield f"redis://{host}:{port}/0", came
        ended.set()


async def test_a_redis_that_hangs_is_waited_for_once_and_limits_still_hold(
    deaf: tuple[str, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TIMEOUT", 0.5)
    address, came = deaf
    limiter = Limiter(address)
    assert [await spent(limiter) for _ in range(4)] == [True, True, False, False]
    assert len(came) == 1, "only the first one waited"
    monkeypatch.setattr(limits, "PAUSE", 0.0)
    limiter._again = 0.0
    assert not await spent(limiter)
    assert len(came) == 2, "after a while it is asked again"
    await limiter.close()
