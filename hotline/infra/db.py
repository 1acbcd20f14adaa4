"""PostgreSQL: the pool every process opens, and the runner that brings the schema up."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from hotline.infra.errors import Misconfigured

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection | PoolConnectionProxy
    Pool = asyncpg.Pool

T = TypeVar("T")
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
# jit: our statements run in milliseconds, compiling them takes longer than running them.
# parallel: to start its helpers takes longer than a list does, and they would take the processors of whoever waits.
SESSION = {
    "timezone": "Asia/Shanghai",
    "application_name": "hotline",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
# Looking a ticket up in monthly partitions is planned anew every time otherwise, which takes longer than doing it. Not for
# lists and reports: which filters are set, and how rare what they ask for is, decides how they are best read.
SAME_PLANS = {**SESSION, "plan_cache_mode": "force_generic_plan"}
# All measures counted at once are a statement of 30 KB. asyncpg keeps none above 15 KB prepared, and would have what is
# planned alike every time planned every time, which takes longer than counting does.
USUALLY_KEPT = 15 << 10
LONGEST_KEPT = 100 << 10
LOCK_KEY = 0x12345_0001
NO_TRANSACTION = "-- no-transaction"


async def open_pool(url: str, *, min_size: int = 1, max_size: int = 16, same_plans: bool = False) -> Pool:
    """A pool whose json and jsonb columns take and give plain Python values; `same_plans` for processes that only work
    on single tickets."""
    session = SAME_PLANS if same_plans else SESSION
    longest = LONGEST_KEPT if same_plans else USUALLY_KEPT
    return await reach(
        lambda: asyncpg.create_pool(
            url,
            min_size=min_size,
            max_size=max_size,
            init=speak_json,
            reset=keep_session,
            server_settings=session,
            max_cacheable_statement_size=longest,
        )
    )


async def connect(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    """One connection that behaves like the pool's."""
    conn = await reach(lambda: asyncpg.connect(url, server_settings=SESSION))
    await speak_json(conn)
    return conn


async def reach(opening: Callable[[], Awaitable[T]]) -> T:
    """Opening failed: the reason as a sentence, without the password that the address may hold."""
    try:
        return await opening()
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError):
        raise Misconfigured("数据库拒绝了登录,请检查 HOTLINE_DATABASE_URL 中的用户名和密码。") from None
    except asyncpg.InvalidCatalogNameError:
        raise Misconfigured("数据库服务器上没有这个库,请先建库或改 HOTLINE_DATABASE_URL。") from None
    except (OSError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError, TimeoutError) as wrong:
        raise Misconfigured(f"连不上数据库({type(wrong).__name__}),请确认它已启动、地址写对。") from None
    except (ValueError, asyncpg.ClientConfigurationError):
        raise Misconfigured("HOTLINE_DATABASE_URL 不是有效的地址,应形如 postgresql://用户:密码@主机/库。") from None


async def speak_json(conn: "asyncpg.Connection[asyncpg.Record]") -> None:
    # A binary jsonb value is its text behind one version byte.
    await conn.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda sent: msgspec.json.decode(sent[1:]),
    )
    await conn.set_type_codec(
        "json", schema="pg_catalog", format="binary", encoder=msgspec.json.encode, decoder=msgspec.json.decode
    )


async def keep_session(conn: "asyncpg.Connection[asyncpg.Record]") -> None:
    """asyncpg has rolled an open transaction back by now; we set nothing else that a RESET ALL round trip would undo."""


CREATE_RECORD = """
CREATE TABLE IF NOT EXISTS schema_migration (
    name       text PRIMARY KEY,
    sha256     text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""
READ_RECORD = "SELECT name, sha256 FROM schema_migration"
RECORD = "INSERT INTO schema_migration (name, sha256) VALUES ($1, $2)"
TRY_LOCK = "SELECT pg_try_advisory_lock($1)"
UNLOCK = "SELECT pg_advisory_unlock($1)"
HAS_PARTITIONS = "SELECT to_regprocedure('ensure_partitions()') IS NOT NULL"
ENSURE_PARTITIONS = "SELECT ensure_partitions()"


async def migrate(url: str, directory: Path = MIGRATIONS) -> list[str]:
    """Apply what is new, in the order of the file names; answers the names applied. Safe from two machines at once."""
    files = await asyncio.to_thread(migration_files, directory)
    conn = await connect(url)
    try:
        await take_lock(conn)
        await conn.execute(CREATE_RECORD)
        applied = await apply_new(conn, files)
        await install_queue(conn)
        if await conn.fetchval(HAS_PARTITIONS):
            await conn.execute(ENSURE_PARTITIONS)
        await conn.fetchval(UNLOCK, LOCK_KEY)
        return applied
    finally:
        await conn.close()


def migration_files(directory: Path) -> list[tuple[str, str]]:
    """Names and texts in order; a checkout that turned the line ends gives the same text."""
    return [(path.name, path.read_bytes().replace(b"\r\n", b"\n").decode()) for path in sorted(directory.glob("*.sql"))]


async def take_lock(conn: Connection) -> None:
    # Trying, not waiting: a session that waits inside a statement holds a snapshot, and the CREATE INDEX CONCURRENTLY
    # of the one that migrates would wait for that snapshot for ever.
    while not await conn.fetchval(TRY_LOCK, LOCK_KEY):  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def apply_new(conn: Connection, files: list[tuple[str, str]]) -> list[str]:
    known: dict[str, str] = {row["name"]: row["sha256"] for row in await conn.fetch(READ_RECORD)}
    if unknown := sorted(known.keys() - {name for name, _ in files}):
        raise Misconfigured(f"数据库结构比本程序新(有 {unknown[-1]}),请改用更新的版本启动。")
    applied = []
    for name, text in files:
        fingerprint = hashlib.sha256(text.encode()).hexdigest()
        if name not in known:
            await apply(conn, name, text, fingerprint)
            applied.append(name)
        elif known[name] != fingerprint:
            raise Misconfigured(f"迁移文件 {name} 在执行之后被改过;请还原它,把改动写进新的迁移文件。")
    return applied


async def apply(conn: Connection, name: str, text: str, fingerprint: str) -> None:
    try:
        if text.startswith(NO_TRANSACTION):
            # Such a file may stop half-way, so its statements say IF NOT EXISTS; each ends its line with a semicolon.
            for statement in filter(None, (part.strip() for part in text.split(";\n"))):
                await conn.execute(statement)
            await conn.execute(RECORD, name, fingerprint)
        else:
            async with conn.transaction():
                await conn.execute(text)
                await conn.execute(RECORD, name, fingerprint)
    except asyncpg.PostgresError as wrong:
        raise Misconfigured(f"迁移 {name} 没有成功,数据库保持原样:{wrong}") from wrong


async def install_queue(conn: Connection) -> None:
    """The job queue's own tables, through its own API; a newer library converges an older schema."""
    # Imported here: the outbox itself needs this module's Connection.
    from pgqueuer.db import AsyncpgDriver

    from hotline.infra.outbox import queue

    queries = queue(AsyncpgDriver(conn))  # type: ignore[arg-type]
    if await queries.schema_is_installed():
        await queries.apply_upgrade()
    else:
        await queries.install()
