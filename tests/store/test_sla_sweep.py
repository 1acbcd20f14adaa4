"""The sweep: every change of a light is announced once, whoever dies and however many workers there are."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import asyncpg
import pytest

from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection, connect
from hotline.sla import store
from hotline.sla.actions import LEASE, sweep
from hotline.sla.deadlines import DeadlineKind, Level, Timer, timer
from hotline.sla.store import DueRow, shipped_calendar, shipped_packs

DEFAULT = {policy.name: policy for policy, _ in shipped_packs()}["default"]
START = datetime(2026, 3, 2, 8, 30, tzinfo=BEIJING)
FINISH: Timer = timer(
    DEFAULT,
    shipped_calendar(),
    kind=DeadlineKind.FINISH,
    start=START,
    due=datetime(2026, 3, 9, 23, 59, 59, tzinfo=BEIJING),
)
MOMENTS = [FINISH.near_at, FINISH.orange_at, FINISH.late_at, FINISH.very_late_at]
LEVELS = [Level.NEAR, Level.ORANGE, Level.LATE, Level.VERY_LATE]
SECOND = timedelta(seconds=1)


class Said:
    """Remembers what was announced."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, Level]] = []

    async def __call__(self, conn: Connection, row: DueRow, level: Level) -> None:
        self.lines.append((row.ticket_id, level))


async def test_each_level_is_announced_once_at_its_moment(conn: Connection) -> None:
    await store.put_deadlines(conn, 1, 1, [FINISH])
    said = Said()
    for moment, level in zip(MOMENTS, LEVELS, strict=True):
        assert await sweep(conn, moment - SECOND, limit=10, mark=said) == 0
        assert await sweep(conn, moment, limit=10, mark=said) == 1
        assert await sweep(conn, moment, limit=10, mark=said) == 0
        assert said.lines[-1] == (1, level)
    assert await sweep(conn, MOMENTS[-1] + timedelta(days=400), limit=10, mark=said) == 0
    assert [level for _, level in said.lines] == LEVELS


async def test_a_row_left_behind_passes_its_levels_in_order(conn: Connection) -> None:
    await store.put_deadlines(conn, 1, 1, [FINISH])
    said = Said()
    while await sweep(conn, MOMENTS[-1] + SECOND, limit=10, mark=said):
        pass
    assert said.lines == [(1, level) for level in LEVELS]


async def test_the_longest_waiting_come_first_and_no_more_than_the_limit(conn: Connection) -> None:
    for ticket in (3, 1, 2):
        await store.put_deadlines(conn, ticket, 1, [FINISH])
    said = Said()
    assert await sweep(conn, MOMENTS[0], limit=2, mark=said) == 2
    assert [ticket for ticket, _ in said.lines] == [1, 2]


async def test_a_closed_deadline_is_silent(conn: Connection) -> None:
    await store.put_deadlines(conn, 1, 1, [FINISH])
    await store.close_deadlines(conn, 1, 1, now=START)
    assert await sweep(conn, MOMENTS[-1], limit=10, mark=Said()) == 0


async def test_a_deadline_closed_by_its_own_mark_stays_closed(conn: Connection) -> None:
    async def close(conn: Connection, row: DueRow, level: Level) -> None:
        await store.close_deadlines(conn, row.ticket_id, row.assignment_id, now=MOMENTS[0])

    await store.put_deadlines(conn, 1, 1, [FINISH])
    assert await sweep(conn, MOMENTS[0], limit=10, mark=close) == 1
    assert await sweep(conn, MOMENTS[-1], limit=10, mark=close) == 0


async def test_one_faulty_mark_holds_up_no_other_and_comes_back_after_its_lease(conn: Connection) -> None:
    said = Said()
    sick = {2}

    async def mark(conn: Connection, row: DueRow, level: Level) -> None:
        if row.ticket_id in sick:
            await conn.execute("SELECT 1 / 0")
        await said(conn, row, level)

    for ticket in (1, 2, 3):
        await store.put_deadlines(conn, ticket, 1, [FINISH])
    assert await sweep(conn, MOMENTS[0], limit=10, mark=mark) == 3
    assert said.lines == [(1, Level.NEAR), (3, Level.NEAR)]
    assert await conn.fetchval("SELECT problem FROM deadline WHERE ticket_id = 2") == "division by zero"
    sick.clear()
    assert await sweep(conn, MOMENTS[0] + LEASE - SECOND, limit=10, mark=mark) == 0
    assert await sweep(conn, MOMENTS[0] + LEASE, limit=10, mark=mark) == 1
    assert said.lines[-1] == (2, Level.NEAR)
    assert await conn.fetchval("SELECT problem IS NULL AND attempts = 0 FROM deadline WHERE ticket_id = 2")


ANNOUNCED = "CREATE TABLE announced (ticket_id bigint, level text)"
ANNOUNCE = "INSERT INTO announced VALUES ($1, $2)"
COUNT = "SELECT ticket_id, level, count(*) FROM announced GROUP BY 1, 2"


@pytest.fixture
async def workers(fresh_database: str) -> "list[asyncpg.Connection[asyncpg.Record]]":
    """Four sessions on a database of the test's own; closed with it."""
    opened = [await connect(fresh_database) for _ in range(4)]
    await opened[0].execute(ANNOUNCED)
    for ticket in range(100):
        await store.put_deadlines(opened[0], ticket, 1, [FINISH])
    return opened


async def test_four_workers_never_announce_twice_and_leave_nothing(
    workers: "list[asyncpg.Connection[asyncpg.Record]]",
) -> None:
    together = asyncio.Barrier(len(workers))
    waited: set[int] = set()

    async def mark(conn: Connection, row: DueRow, level: Level) -> None:
        # Nobody goes on before all four hold rows of their own: they do work at the same time.
        if id(conn) not in waited:
            waited.add(id(conn))
            await asyncio.wait_for(together.wait(), 30)
        await conn.execute(ANNOUNCE, row.ticket_id, level.value)

    async def work(conn: Connection) -> int:
        taken = 0
        while found := await sweep(conn, MOMENTS[-1], limit=7, mark=mark):
            taken += found
        return taken

    shares = await asyncio.gather(*(work(conn) for conn in workers))
    # A worker that found everything locked went home early; whoever held the rows finished them.
    assert all(shares) and sum(shares) == 400
    rows = await workers[0].fetch(COUNT)
    assert Counter({(row["ticket_id"], row["level"]): row["count"] for row in rows}) == Counter(
        (ticket, level.value) for ticket in range(100) for level in LEVELS
    )
    for conn in workers:
        await conn.close()


async def test_a_killed_worker_loses_nothing(workers: "list[asyncpg.Connection[asyncpg.Record]]") -> None:
    victim, other, *rest = workers
    halfway, never = asyncio.Event(), asyncio.Event()

    async def die(conn: Connection, row: DueRow, level: Level) -> None:
        await conn.execute(ANNOUNCE, row.ticket_id, level.value)
        halfway.set()
        await never.wait()

    dying = asyncio.create_task(sweep(victim, MOMENTS[0], limit=100, mark=die))
    await asyncio.wait_for(halfway.wait(), 30)
    said = Said()
    assert await sweep(other, MOMENTS[0], limit=100, mark=said) == 0, "the rows are still held"
    assert await other.fetchval("SELECT pg_terminate_backend($1, 10000)", victim.get_server_pid())
    never.set()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await dying
    assert await sweep(other, MOMENTS[0], limit=100, mark=said) == 100
    assert sorted(said.lines) == [(ticket, Level.NEAR) for ticket in range(100)]
    assert await other.fetch(COUNT) == [], "what the dead worker wrote went with it"
    for conn in (other, *rest):
        await conn.close()


async def test_due_rows_are_found_by_the_index(conn: Connection) -> None:
    await conn.execute("SET LOCAL enable_seqscan = off")
    plan = await conn.fetch(
        "EXPLAIN " + store.TAKE_DUE.replace("$1", "now()").replace("$2", "50").replace("$3", "'5 minutes'")
    )
    assert any("deadline_next_mark" in row[0] for row in plan)
