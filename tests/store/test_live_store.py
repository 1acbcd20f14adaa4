"""The feed against the real database: several sessions, commits out of order, a long history, Redis and none."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from typing import Any

import asyncpg
import pytest

from hotline.directory.people import Actor, Role
from hotline.infra.bus import Bus
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Pool, open_pool
from hotline.infra.http import Services
from hotline.infra.settings import load_settings
from hotline.live import actions, store
from hotline.live.actions import Busy, Live, advance, opening
from hotline.live.fanout import Seat
from hotline.live.feed import READ, Moved, Presence
from hotline.live.presence import Doing, entry
from hotline.live.settled import Mark
from hotline.live.waker import Waker
from hotline.tickets import store as tickets
from hotline.tickets.listing import store as pages
from tests.api.answered import answered_letter, lay_city
from tests.conftest import SECRETS, TurnedClock

TICKET = 202611230000001
SEQ = count(1)
DISPATCHER = Actor("王芳", frozenset({Role.DISPATCHER}), person_id=1)
WRITE = """
INSERT INTO history (ticket_id, seq, at, event, actor_name, target, reason, payload, hash)
VALUES ($1, $2, now(), 'sign', '赵刚', 'in_progress', '', '{}', '') RETURNING number
"""
MANY = """
INSERT INTO history (ticket_id, seq, at, event, actor_name, target, reason, payload, hash)
SELECT ('2026' || lpad((1 + n % 12)::text, 2, '0') || '010000000')::bigint + n, 1, now(), 'sign', '赵刚', 'in_progress',
       '', '{}', ''
  FROM generate_series(1, $1) n
"""


@pytest.fixture
async def pool(fresh_database: str) -> AsyncIterator[Pool]:
    opened = await open_pool(fresh_database, max_size=12)
    await opened.execute("SELECT ensure_partitions('2026-01-01', 12)")
    yield opened
    await opened.close()


@pytest.fixture
def there(fresh_database: str, pool: Pool, clock: TurnedClock, cipher: FieldCipher, valkey: str) -> Services:
    given = {**SECRETS, "HOTLINE_DATABASE_URL": fresh_database, "HOTLINE_REDIS_URL": valkey}
    return Services(load_settings(given), pool, clock, cipher)


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


# --- presence


async def sitting(live: Live, stack: contextlib.AsyncExitStack, who: Actor = DISPATCHER) -> tuple[Seat, asyncio.Event]:
    rung = asyncio.Event()
    return await stack.enter_async_context(live.seat(who, rung.set)), rung


async def told(seat: Seat, rung: asyncio.Event) -> list[Presence]:
    """What comes next about presences."""
    while True:
        async with asyncio.timeout(20):
            await rung.wait()
        rung.clear()
        events = [READ.decode(message) for message in seat.taken()]
        if found := [event for event in events if isinstance(event, Presence)]:
            return found


@pytest.fixture
async def letter(there: Services) -> int:
    return (await answered_letter(there, await lay_city(there))).ticket_id


OTHER = Actor("李敏", frozenset({Role.CALLBACK}), person_id=2)


@pytest.fixture
async def processes(there: Services) -> AsyncIterator[tuple[Live, Live]]:
    """Two web processes on one database and one Valkey."""
    one, two = (Live(there, Bus(there.settings.redis_url)) for _ in range(2))
    yield one, two
    await one.close()
    await two.close()


async def test_presence_is_seen_in_every_process_and_ends_with_the_socket(
    processes: tuple[Live, Live], letter: int
) -> None:
    here, there = processes
    async with contextlib.AsyncExitStack() as stack:
        watching, rung = await sitting(there, stack)
        async with contextlib.AsyncExitStack() as leaving:
            guest, _ = await sitting(here, leaving, OTHER)
            await here.come(guest, letter, Doing.EDIT)
            [seen] = await told(watching, rung)
            assert [(p.name, p.role, p.doing) for p in seen.people] == [("李敏", Role.CALLBACK, Doing.EDIT)]
            # Who comes later is told at once.
            async with contextlib.AsyncExitStack() as late:
                await sitting(there, late)
                assert [p.ticket_id for p in there.present_to(DISPATCHER)] == [letter]
                assert there.present_to(OTHER) == []  # oneself is no news
        [gone] = await told(watching, rung)
        assert gone.people == ()


async def test_presence_of_a_dead_process_runs_out(
    processes: tuple[Live, Live], letter: int, clock: TurnedClock
) -> None:
    here, there = processes
    await there.attendance.put(entry(letter, "dead", OTHER, Doing.LOOK, clock.now()))
    there.attendance.own.clear()  # as after kill -9: nothing is prolonged, nothing is taken back
    async with contextlib.AsyncExitStack() as stack:
        watching, rung = await sitting(here, stack)
        assert [p.ticket_id for p in here.present_to(DISPATCHER)] == [letter]
        clock.advance(timedelta(seconds=46))
        here.wake()
        [gone] = await told(watching, rung)
        assert gone == Presence(letter, ())
        assert await here.attendance.stored() == {}


async def test_presence_stays_while_its_socket_does(
    processes: tuple[Live, Live], letter: int, clock: TurnedClock
) -> None:
    here, there = processes
    async with contextlib.AsyncExitStack() as stack:
        guest, _ = await sitting(here, stack, OTHER)
        await here.come(guest, letter, Doing.LOOK)
        clock.advance(timedelta(seconds=40))
        await here.stay(guest)
        clock.advance(timedelta(seconds=40))
        assert set(await there.attendance.everybody(clock.now())) == {letter}


async def test_without_redis_presence_is_that_of_the_process(
    there: Services, letter: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = Live(there, Bus("unix:///nonexistent/valkey.sock"))
    try:
        async with contextlib.AsyncExitStack() as stack:
            watching, rung = await sitting(live, stack)
            guest, _ = await sitting(live, stack, OTHER)
            await live.come(guest, letter, Doing.LOOK)
            [seen] = await told(watching, rung)
            assert [p.name for p in seen.people] == ["李敏"]
    finally:
        await live.close()


# --- waking


async def test_a_call_on_the_bus_makes_another_process_read(
    processes: tuple[Live, Live], letter: int, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "POLL", 3600.0)
    here, there = processes
    async with contextlib.AsyncExitStack() as stack:
        watching, rung = await sitting(there, stack)
        rung.clear()
        async with pool.acquire() as conn:
            number = await conn.fetchval(WRITE, letter, 900)
        here.wake()
        async with asyncio.timeout(20):
            await rung.wait()
        event = READ.decode(watching.taken()[-1])
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
    async with contextlib.AsyncExitStack() as stack:
        watching, rung = await sitting(live, stack)
        rung.clear()
        async with pool.acquire() as conn:
            number = await conn.fetchval(WRITE, letter, 900)
        live.wake()
        async with asyncio.timeout(20):
            await rung.wait()
        assert failed.is_set()
        assert [READ.decode(m).number for m in watching.taken()] == [number]  # type: ignore[union-attr]
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
