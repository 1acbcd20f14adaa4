"""What tests stand on: one PostgreSQL for the whole run, one database a worker, one rolled-back transaction a test."""

import asyncio
import contextlib
import gc
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import hypothesis
import pytest
from redis import asyncio as redis

from hotline.classify import starter
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection, Pool, migrate, open_pool
from hotline.infra.embedded import embedded
from hotline.infra.http import Services
from hotline.infra.settings import Settings, load_settings

# The same examples in every run, however slow the machine: what a run says is of the change and not of the dice.
# `HYPOTHESIS_PROFILE=search make test` throws them anew.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
# Nothing here has to survive a power cut.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
ROOM = 4 << 30
SECRETS = {"HOTLINE_SECRET_KEY": "0123456789abcdef" * 2, "HOTLINE_FIELD_KEYS": "1:" + "ab" * 16}
SERVERS = "HOTLINE_TEST_SERVERS"
"""From the run's first process to its workers: run id, PostgreSQL address, Valkey address."""


def memory() -> Path | None:
    """Where files are kept in memory, if there is room: a database is a thousand small files, and a disk takes ten times
    the processor time to make a copy of it."""
    shared = Path("/dev/shm")
    if shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > ROOM:
        return shared
    return None


@contextlib.contextmanager
def servers() -> Iterator[str]:
    """The run's servers: embedded ones, or the PostgreSQL that HOTLINE_TEST_DATABASE_URL names."""
    given = os.environ.get("HOTLINE_TEST_DATABASE_URL")
    data = Path(tempfile.mkdtemp(prefix="hotline-test-", dir=memory()))
    try:
        with embedded(data, postgres=not given, options=QUICK) as found:
            yield f"{os.getpid()} {given or found.database_url} {found.redis_url}"
    finally:
        shutil.rmtree(data, ignore_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    """The folders of the tests lie in memory, too, for they hold whole clusters. With several workers the servers belong to
    the process that outlives them all."""
    if (quick := memory()) and not os.statvfs(quick).f_flag & os.ST_NOEXEC:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(quick))
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        stack = contextlib.ExitStack()
        os.environ[SERVERS] = stack.enter_context(servers())
        config.add_cleanup(stack.close)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded now stays to the end: the collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def run_servers() -> Iterator[tuple[str, str, str]]:
    """(run id, PostgreSQL address, Valkey address)"""
    with contextlib.ExitStack() as stack:
        line = os.environ.get(SERVERS) or stack.enter_context(servers())
        run, database, valkey_url = line.split()
        yield run, database, valkey_url


def named(url: str, database: str) -> str:
    """The same server, another database."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/{database}?{parts.query}"


@pytest.fixture(scope="session")
async def template(run_servers: tuple[str, str, str]) -> str:
    """The name of a migrated database that the others are copies of; the first worker makes it."""
    run, url, _ = run_servers
    return await made_once(url, f"hotline_test_{run}", "template0", migrate)


async def made_once(url: str, name: str, source: str, make: Callable[[str], Awaitable[Any]]) -> str:
    """The name of a database that the run's first worker to ask for it makes out of another one."""
    admin = await asyncpg.connect(url)
    try:
        await admin.execute("SELECT pg_advisory_lock(hashtext($1))", name)
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await admin.execute(f'DROP DATABASE IF EXISTS "{name}_new"')
            await copy(admin, source, f"{name}_new")
            await make(named(url, f"{name}_new"))
            # Under its last name only when it is whole.
            await admin.execute(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
    finally:
        await admin.close()
    return name


async def copy(admin: "asyncpg.Connection[asyncpg.Record]", source: str, name: str) -> None:
    # Two copies of one template at once would be refused.
    await admin.execute("SELECT pg_advisory_lock(hashtext('copies of ' || $1))", source)
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy')
    await admin.execute("SELECT pg_advisory_unlock(hashtext('copies of ' || $1))", source)


@contextlib.asynccontextmanager
async def copied(url: str, template: str, name: str) -> AsyncIterator[str]:
    admin = await asyncpg.connect(url)
    try:
        await copy(admin, template, name)
        yield named(url, name)
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await admin.close()


@pytest.fixture(scope="session")
async def database(run_servers: tuple[str, str, str], template: str) -> AsyncIterator[str]:
    """The address of this worker's database. Tests leave nothing in it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
    async with copied(run_servers[1], template, f"{template}_{worker}") as url:
        yield url


@pytest.fixture
async def fresh_database(run_servers: tuple[str, str, str], template: str) -> AsyncIterator[str]:
    """A database of the test's own (about 60 ms), for what must be committed or seen by several sessions."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
    async with copied(run_servers[1], template, f"{template}_{worker}_fresh") as url:
        yield url


@pytest.fixture
async def empty_database(run_servers: tuple[str, str, str], template: str) -> AsyncIterator[str]:
    """A database with nothing in it, for what is about the schema itself."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
    async with copied(run_servers[1], "template0", f"{template}_{worker}_empty") as url:
        yield url


@pytest.fixture(scope="session")
async def pool(database: str) -> AsyncIterator[Pool]:
    opened = await open_pool(database, max_size=8, same_plans=True)
    yield opened
    await opened.close()


@pytest.fixture
async def conn(pool: Pool) -> AsyncIterator[Connection]:
    """A connection whose changes are undone when the test ends."""
    async with pool.acquire() as held:
        undone = held.transaction()
        await undone.start()
        yield held
        await undone.rollback()


@dataclass
class OneConnection:
    """Looks like a pool and always lends the test's own connection, so that handlers, too, leave nothing behind.

    Each loan is a savepoint. Tasks take turns; a task that borrows twice gets the same connection again."""

    conn: Connection
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    holder: "asyncio.Task[Any] | None" = None

    def acquire(self, *, timeout: float | None = None) -> AbstractAsyncContextManager[Connection]:
        return self.lend()

    @contextlib.asynccontextmanager
    async def lend(self) -> AsyncIterator[Connection]:
        task = asyncio.current_task()
        if self.holder is task:
            yield self.conn
            return
        async with self.turn:
            self.holder = task
            try:
                async with self.conn.transaction():
                    yield self.conn
            finally:
                self.holder = None

    async def fetch(self, query: str, *args: object) -> list[Any]:
        async with self.acquire() as conn:
            return await conn.fetch(query, *args)

    async def fetchrow(self, query: str, *args: object) -> Any:
        async with self.acquire() as conn:
            return await conn.fetchrow(query, *args)

    async def fetchval(self, query: str, *args: object) -> Any:
        async with self.acquire() as conn:
            return await conn.fetchval(query, *args)

    async def execute(self, query: str, *args: object) -> str:
        async with self.acquire() as conn:
            return await conn.execute(query, *args)

    async def close(self) -> None:
        """The connection is the test's, not ours."""


@dataclass
class TurnedClock:
    """A clock that stands still until a test turns it."""

    moment: datetime = datetime(2026, 11, 23, 10, 0, tzinfo=BEIJING)

    def now(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        self.moment = moment

    def advance(self, length: timedelta) -> datetime:
        self.moment += length
        return self.moment


@pytest.fixture(scope="session")
def starter_models() -> Path:
    """The folder of the starter models: trained once for this version of texts and code, kept between runs."""
    data = Path(__file__).resolve().parents[1] / "var" / "test"
    begun = time.process_time()
    found = starter.ensure(data, TurnedClock().now()).parent
    assert time.process_time() - begun < 60, "a city's first start must not wait longer for its models"
    return found


@pytest.fixture
def clock() -> TurnedClock:
    """Monday, 23 November 2026, ten o'clock in Beijing: a working hour."""
    return TurnedClock()


@pytest.fixture
def settings(database: str, valkey: str, tmp_path: Path) -> Settings:
    addresses = {"HOTLINE_DATABASE_URL": database, "HOTLINE_REDIS_URL": valkey, "HOTLINE_DATA": str(tmp_path)}
    return load_settings({**SECRETS, **addresses})


@pytest.fixture
def cipher() -> FieldCipher:
    return FieldCipher(load_settings({**SECRETS, "HOTLINE_DATABASE_URL": "postgresql:///none"}).field_keys)


@pytest.fixture
def services(settings: Settings, conn: Connection, clock: TurnedClock, cipher: FieldCipher) -> Services:
    """What handlers lean on; `services.pool` lends the test's own connection, whose changes are undone."""
    lending: Any = OneConnection(conn)
    return Services(settings=settings, pool=lending, clock=clock, cipher=cipher)


@pytest.fixture
async def valkey(run_servers: tuple[str, str, str]) -> AsyncIterator[str]:
    """The address of an empty Valkey database of this worker's own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    url = f"{run_servers[2]}?db={int(worker) % 16}"
    async with redis.from_url(url) as client:
        await client.flushdb()
    yield url
