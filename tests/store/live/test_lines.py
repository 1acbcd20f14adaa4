"""The feed's lines against the real database: several sessions, commits out of order, a long history."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest

from hotline.infra.db import Pool
from hotline.infra.http import Services
from hotline.live import actions, store
from hotline.live.actions import Busy, advance, opening
from hotline.live.settled import Mark
from hotline.tickets import store as tickets
from hotline.tickets.listing import store as pages
from tests.api.answered import answered_letter, lay_city
from tests.store.live.seats import WRITE

TICKET = 202611230000001
SEQ = count(1)
MANY = """
INSERT INTO history (ticket_id, seq, at, event, actor_name, target, reason, payload, hash)
SELECT ('2026' || lpad((1 + n % 12)::text, 2, '0') || '010000000')::bigint + n, 1, now(), 'sign', '赵刚', 'in_progress',
       '', '{}', ''
  FROM generate_series(1, $1) n
"""


async def write(conn: Any) -> int:
    number: int = await conn.fetchval(WRITE, TICKET, next(SEQ))
    return number


class Reader:
    """What a process has been served, look by look."""

    def __init__(self, conn: Any, mark: Mark) -> None:
        self.conn, self.mark = conn, mark
        self.served: list[int] = []

    async def look(self) -> list[int]:
        while True:
            self.mark, lines = await advance(self.conn, self.mark)
            self.served += [line.number for line in lines]
            if not self.mark.resolved and not lines:
                return self.served


@contextlib.asynccontextmanager
async def writing(pool: Pool) -> AsyncIterator[tuple[Any, Any]]:
    async with pool.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        yield conn, transaction


# --- no line is lost


async def test_a_lower_number_that_commits_later_is_not_lost(pool: Pool) -> None:
    async with writing(pool) as (early, first), writing(pool) as (late, second), pool.acquire() as reading:
        reader = Reader(reading, await opening(reading))
        low, high = await write(early), await write(late)
        assert low < high
        await second.commit()
        assert await reader.look() == []
        await first.commit()
        assert await reader.look() == [low, high]


async def test_nor_when_the_one_with_the_lower_number_began_later(pool: Pool) -> None:
    """A verb has its transaction id from the ticket's lock, long before it takes a number: the rule that looks at ids
    alone would serve the higher number and pass the lower one by."""
    async with writing(pool) as (older, first), writing(pool) as (younger, second), pool.acquire() as reading:
        reader = Reader(reading, await opening(reading))
        older_id = await older.fetchval("SELECT pg_current_xact_id()::text::bigint")
        low = await write(younger)
        younger_id = await younger.fetchval("SELECT pg_current_xact_id()::text::bigint")
        high = await write(older)
        assert older_id < younger_id
        assert low < high
        await first.commit()
        assert await reader.look() == []
        await second.commit()
        assert await reader.look() == [low, high]


async def test_a_number_that_was_rolled_back_holds_nothing_up(pool: Pool) -> None:
    async with writing(pool) as (early, first), writing(pool) as (late, second), pool.acquire() as reading:
        reader = Reader(reading, await opening(reading))
        await write(early)
        high = await write(late)
        await second.commit()
        assert await reader.look() == []
        await first.rollback()
        assert await reader.look() == [high]


async def test_those_who_came_later_hold_up_no_old_hole(pool: Pool) -> None:
    async with writing(pool) as (early, first), writing(pool) as (late, second), writing(pool) as (last, third):
        async with pool.acquire() as reading:
            reader = Reader(reading, await opening(reading))
            await write(early)
            high = await write(late)
            await second.commit()
            assert await reader.look() == []
            await write(last)
            await first.rollback()
            assert await reader.look() == [high]
        await third.rollback()


async def test_a_process_begins_where_nobody_can_still_write_below(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    async with writing(pool) as (early, first), writing(pool) as (late, second), pool.acquire() as reading:
        await write(early)
        high = await write(late)
        await second.commit()
        monkeypatch.setattr(actions, "OPENING", 0.1)
        with pytest.raises(Busy):
            await opening(reading)
        monkeypatch.setattr(actions, "OPENING", 20.0)
        begins = asyncio.create_task(opening(reading))
        await first.commit()
        assert await begins == Mark(high)


async def test_many_writers_at_once_lose_nothing_and_keep_the_order(pool: Pool) -> None:
    chance, committed, done = random.Random(12345), list[int](), asyncio.Event()

    async def writer(seed: int) -> None:
        for turn in range(25):
            async with writing(pool) as (conn, transaction):
                numbers = [await write(conn) for _ in range(1 + (seed + turn) % 3)]
                if chance.random() < 0.2:
                    await transaction.rollback()
                else:
                    await transaction.commit()
                    committed.extend(numbers)

    async def write_all() -> None:
        await asyncio.gather(*(writer(seed) for seed in range(6)))
        done.set()

    async with pool.acquire() as reading, asyncio.timeout(60):
        reader = Reader(reading, await opening(reading))
        job = asyncio.create_task(write_all())
        while not done.is_set():
            await reader.look()
        await job
        await reader.look()
    assert reader.served == sorted(committed)
    assert len(committed) > 100


# --- quick, however long the history


async def test_reading_what_is_new_uses_the_index_of_each_partition(pool: Pool) -> None:
    await pool.execute(MANY, 24_000)
    await pool.execute("ANALYZE history")
    async with pool.acquire() as conn:
        for asked in (store.NEWEST, store.LINES.replace("$1", "23900").replace("$2", "24000").replace("$3", "50")):
            plan = "\n".join(row[0] for row in await conn.fetch(f"EXPLAIN (ANALYZE, BUFFERS OFF) {asked}"))
            assert "Seq Scan" not in plan, plan
            assert "number_idx" in plan, plan


async def test_a_prepared_plan_for_any_position_reads_no_whole_partition(pool: Pool) -> None:
    await pool.execute(MANY, 24_000)
    await pool.execute("ANALYZE history")
    async with pool.acquire() as conn:
        await conn.execute("SET plan_cache_mode = force_generic_plan")
        await conn.execute(f"PREPARE asked (bigint, bigint, bigint) AS {store.LINES}")
        plan = "\n".join(row[0] for row in await conn.fetch("EXPLAIN EXECUTE asked (10, 20000, 100)"))
        await conn.execute("DEALLOCATE asked")
        await conn.execute("RESET plan_cache_mode")
    assert "Seq Scan" not in plan, plan
    assert "Merge Append" in plan, plan


# --- what is shown is what lists show


async def test_a_ticket_in_the_feed_is_the_row_of_the_list(there: Services) -> None:
    unit = await lay_city(there)
    sent = await answered_letter(there, unit)
    async with there.pool.acquire() as conn:
        found = await store.summaries(conn, [sent.ticket_id, sent.ticket_id, 1])
        listed = await pages.page(
            conn,
            before=2**62,
            states=None,
            units=None,
            category=None,
            due_by=None,
            due_after=None,
            query=None,
            bound_to=None,
            records=[],
            secrets=True,
            channel=None,
            limit=10,
        )
        whole = await tickets.load(conn, sent.ticket_id)
    assert [found[sent.ticket_id].row] == listed
    assert whole is not None
    assert found[sent.ticket_id].ticket.units == whole.units == {unit}
    assert len(found) == 1
