"""Redis or Valkey: live pushes, presence, rate limits. It may be absent or go away; nothing is lost with it but speed."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any, TypeVar

import msgspec
from redis import asyncio as redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
T = TypeVar("T")
TIMEOUT = 1.0
"""Seconds: a bus that answers slower is as good as absent."""


class Bus:
    """A connection that is allowed to be missing. `client` is None when no address is configured."""

    def __init__(self, url: str | None) -> None:
        # The library's own limit on reading and writing is `asyncio.wait_for`, which before Python 3.12 loses a
        # cancellation that comes together with the result; whoever asks sets the limit.
        self.client: redis.Redis | None = (
            redis.from_url(url, socket_timeout=None, socket_connect_timeout=TIMEOUT) if url else None
        )
        self.up = True
        """What the last attempt found; said in the log only when it changes."""

    async def publish(self, channel: str, message: Any) -> bool:
        """Tell every listener. A failure never reaches the caller: screens fall back to asking."""
        if self.client is None:
            return False
        sent = self.client.publish(channel, msgspec.json.encode(message))
        return await self.attempt(sent, None) is not None

    async def reachable(self) -> bool:
        return self.client is not None and bool(await self.attempt(self.client.ping(), False))

    async def attempt(self, asking: Awaitable[T], otherwise: T) -> T:
        """The bus's answer, or `otherwise` when it has none."""
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = await asking
        except (TimeoutError, RedisError, OSError) as wrong:
            if self.up:
                logger.warning("消息总线不可用,页面改为定时询问(%s)", type(wrong).__name__)
            self.up = False
            return otherwise
        if not self.up:
            logger.info("消息总线恢复")
        self.up = True
        return answer

    async def close(self) -> None:
        if self.client is not None:
            await self.client.aclose()
