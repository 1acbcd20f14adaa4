"""How often one address may ask, counted in Redis so that all processes count together; in memory without it."""

import asyncio
import logging
from typing import Any

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError
from starlette.requests import Request

from hotline.infra.bus import TIMEOUT
from hotline.infra.errors import TooManyRequests
from hotline.web.endpoint import Endpoint

log = logging.getLogger(__name__)
PAUSE = 5.0
"""Seconds: whoever comes while Redis does not answer does not wait for it, too."""


class Limiter:
    """Moving windows per address and endpoint."""

    def __init__(self, redis_url: str | None, *, on: bool = True) -> None:
        self._on = on
        self._alone = False
        """Redis did not answer the last time; said once."""
        self._again = 0.0
        """When it is asked again, by the loop's clock."""
        self._memory = MovingWindowRateLimiter(MemoryStorage())
        self._storage = shared_storage(redis_url) if redis_url else None
        self._shared = MovingWindowRateLimiter(self._storage) if self._storage else None
        self._items: dict[str, RateLimitItem] = {}

    async def close(self) -> None:
        if self._storage is not None:
            # The library has no call for it; its bridge holds the redis-py client.
            bridge: Any = self._storage.bridge
            await bridge.storage.aclose()

    async def __call__(self, endpoint: Endpoint, request: Request) -> None:
        if endpoint.limit is None or not self._on:
            return
        address = request.client.host if request.client else "unknown"
        await self.spend(endpoint.limit, f"{endpoint.method} {endpoint.path}", address)

    async def spend(self, limit: str, what: str, address: str) -> None:
        """Count one call; TooManyRequests when it is one too many."""
        item = self._items.setdefault(limit, parse(limit))
        if not await self._hit(item, what, address):
            raise TooManyRequests("操作过于频繁,请稍后再试。紧急情况请拨打 12345。", limit=limit)

    async def _hit(self, item: RateLimitItem, what: str, address: str) -> bool:
        clock = asyncio.get_running_loop().time
        if self._shared is not None and clock() >= self._again:
            try:
                async with asyncio.timeout(TIMEOUT):
                    allowed = await self._shared.hit(item, what, address)
                self._alone = False
                return allowed
            except (RedisError, OSError) as wrong:
                if not self._alone:
                    log.warning("Redis does not answer (%s): rate limits are counted in this process alone", wrong)
                self._alone = True
                self._again = clock() + PAUSE
        return await self._memory.hit(item, what, address)


def shared_storage(redis_url: str) -> RedisStorage:
    scheme, _, rest = redis_url.partition("://")
    address = f"async+redis+unix://{rest}" if scheme == "unix" else f"async+{redis_url}"
    unlimited: Any = None  # `_hit` sets the limit; why not the library: `infra.bus`
    return RedisStorage(address, implementation="redispy", socket_timeout=unlimited)


async def guard(endpoint: Endpoint, request: Request) -> None:
    limiter: Limiter = request.state.limiter
    await limiter(endpoint, request)
