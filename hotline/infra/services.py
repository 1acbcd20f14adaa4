"""Opening what every process leans on: web workers, job workers and single commands alike."""

import contextlib
from collections.abc import AsyncIterator

from hotline.infra.clock import Clock, FileClock, SystemClock
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import open_pool
from hotline.infra.errors import Misconfigured
from hotline.infra.http import Services
from hotline.infra.settings import Settings


def clock_of(settings: Settings) -> Clock:
    """The wall clock, or in a simulation the one that is read from a file."""
    if settings.clock_file is None:
        return SystemClock()
    clock = FileClock(settings.clock_file)
    try:
        clock.now()
    except (OSError, ValueError):
        raise Misconfigured(f"时钟文件 {settings.clock_file} 读不出时间,请检查 HOTLINE_CLOCK_FILE。") from None
    return clock


@contextlib.asynccontextmanager
async def open_services(
    settings: Settings, *, max_size: int = 16, same_plans: bool = False, commands: int = 0
) -> AsyncIterator[Services]:
    """Services over a pool of their own, closed at the end; `commands` more sessions for what changes single tickets."""
    if settings.database_url is None:
        raise Misconfigured("没有数据库地址:请用 hotline serve 启动内嵌数据库,或设置 HOTLINE_DATABASE_URL。")
    clock, cipher = clock_of(settings), FieldCipher(settings.field_keys)
    async with contextlib.AsyncExitStack() as stack:
        pool = await open_pool(settings.database_url, max_size=max_size, same_plans=same_plans)
        stack.push_async_callback(pool.close)
        changing = None
        if commands:
            changing = await open_pool(settings.database_url, max_size=commands, same_plans=True)
            stack.push_async_callback(changing.close)
        yield Services(settings=settings, pool=pool, clock=clock, cipher=cipher, commands=changing)
