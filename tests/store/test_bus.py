"""The bus may be absent; publishing never breaks the one who publishes."""

import asyncio
import logging

import msgspec
import pytest
from redis import asyncio as redis

from hotline.infra.bus import Bus


async def test_absent_bus_is_no_failure() -> None:
    bus = Bus(None)
    assert await bus.publish("live", {"n": 1}) is False
    assert await bus.reachable() is False
    await bus.close()


async def test_lost_bus_is_said_once_and_not_raised(caplog: pytest.LogCaptureFixture) -> None:
    bus = Bus("unix:///nonexistent/valkey.sock")
    with caplog.at_level(logging.WARNING):
        assert [await bus.publish("live", 1) for _ in range(3)] == [False] * 3
    assert len(caplog.records) == 1
    await bus.close()


async def test_a_message_reaches_who_listens(valkey: str) -> None:
    bus = Bus(valkey)
    async with redis.from_url(valkey) as client, client.pubsub() as listener:
        await listener.subscribe("live")
        await listener.get_message(timeout=5)
        assert await bus.publish("live", {"标题": "路灯"}) is True
        async with asyncio.timeout(5):
            heard = None
            while heard is None:
                heard = await listener.get_message(ignore_subscribe_messages=True, timeout=1)
    assert msgspec.json.decode(heard["data"]) == {"标题": "路灯"}
    await bus.close()
