"""The schema: applied once, from any number of machines, and never silently changed afterwards."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from hotline.infra.db import Connection, migrate
from hotline.infra.errors import Misconfigured
from hotline.infra.outbox import follow

TABLE = "CREATE TABLE road (id int PRIMARY KEY); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "0001_road.sql").write_text(TABLE, encoding="utf-8")
    return tmp_path


async def columns(url: str, table: str) -> list[str]:
    conn = await asyncpg.connect(url)
    try:
        asked = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0"
        return [row["attname"] for row in await conn.fetch(asked, table)]
    finally:
        await conn.close()


async def test_second_run_applies_nothing(empty_database: str, files: Path) -> None:
    assert await migrate(empty_database, files) == ["0001_road.sql"]
    assert await migrate(empty_database, files) == []
    assert await columns(empty_database, "road") == ["id"]


async def test_two_machines_at_once_apply_each_file_once(empty_database: str, files: Path) -> None:
    (files / "0002_more.sql").write_text("ALTER TABLE road ADD name text;", encoding="utf-8")
    applied = await asyncio.gather(*(migrate(empty_database, files) for _ in range(4)))
    assert sorted(name for names in applied for name in names) == ["0001_road.sql", "0002_more.sql"]


async def test_concurrent_index_does_not_wait_for_the_machine_that_waits_for_it(
    empty_database: str, files: Path
) -> None:
    index = "-- no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS a ON road (id);\n"
    (files / "0002_index.sql").write_text(index + index.splitlines()[1].replace(" a ", " b "), encoding="utf-8")
    async with asyncio.timeout(20):
        applied = await asyncio.gather(*(migrate(empty_database, files) for _ in range(3)))
    assert sum(len(names) for names in applied) == 2


async def test_changed_file_is_refused(empty_database: str, files: Path) -> None:
    await migrate(empty_database, files)
    (files / "0001_road.sql").write_text(TABLE + " -- afterthought", encoding="utf-8")
    with pytest.raises(Misconfigured, match=r"0001_road\.sql 在执行之后被改过"):
        await migrate(empty_database, files)


async def test_line_ends_of_another_system_are_no_change(empty_database: str, files: Path) -> None:
    (files / "0001_road.sql").write_bytes(b"CREATE TABLE road (\n  id int\n);\n")
    await migrate(empty_database, files)
    (files / "0001_road.sql").write_bytes(b"CREATE TABLE road (\r\n  id int\r\n);\r\n")
    assert await migrate(empty_database, files) == []


async def test_broken_file_leaves_nothing_behind(empty_database: str, files: Path) -> None:
    (files / "0002_broken.sql").write_text("CREATE TABLE half (id int); SELECT nonsense;", encoding="utf-8")
    with pytest.raises(Misconfigured, match=r"0002_broken\.sql 没有成功"):
        await migrate(empty_database, files)
    assert await columns(empty_database, "half") == []
    (files / "0002_broken.sql").write_text("CREATE TABLE half (id int);", encoding="utf-8")
    assert await migrate(empty_database, files) == ["0002_broken.sql"]


async def test_older_program_refuses_a_newer_schema(empty_database: str, files: Path) -> None:
    (files / "0002_later.sql").write_text("ALTER TABLE road ADD later int;", encoding="utf-8")
    await migrate(empty_database, files)
    (files / "0002_later.sql").unlink()
    with pytest.raises(Misconfigured, match=r"比本程序新.*0002_later\.sql"):
        await migrate(empty_database, files)


async def test_partitions_are_made_when_the_schema_knows_how(empty_database: str, files: Path) -> None:
    made = "CREATE TABLE made (n int); CREATE FUNCTION ensure_partitions() RETURNS void LANGUAGE sql AS $$ INSERT INTO made VALUES (1); $$;"
    (files / "0002_partitions.sql").write_text(made, encoding="utf-8")
    await migrate(empty_database, files)
    await migrate(empty_database, files)
    conn = await asyncpg.connect(empty_database)
    assert await conn.fetchval("SELECT count(*) FROM made") == 2
    await conn.close()


async def test_queue_tables_survive_a_crash(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    asked = "SELECT relname FROM pg_class WHERE relname LIKE 'pgqueuer%' AND relkind = 'r' AND relpersistence = 'p'"
    durable = {row["relname"] for row in await pool.fetch(asked)}
    assert {"pgqueuer", "pgqueuer_log"} <= durable


async def test_job_and_change_are_one(pool: "asyncpg.Pool[asyncpg.Record]", conn: Connection) -> None:
    """A job enqueued inside a transaction is gone with it, and is not seen by others before it commits."""
    savepoint = conn.transaction()
    await savepoint.start()
    await follow(conn, "ticket.received", 1, {"note": "撤回"})
    assert await conn.fetchval("SELECT count(*) FROM pgqueuer") == 1
    assert await pool.fetchval("SELECT count(*) FROM pgqueuer") == 0
    await savepoint.rollback()
    assert await conn.fetchval("SELECT count(*) FROM pgqueuer") == 0


async def test_wrong_address_is_one_sentence() -> None:
    with pytest.raises(Misconfigured, match="连不上数据库"):
        await migrate("postgresql:///none?host=/nonexistent")
