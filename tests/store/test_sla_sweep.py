"""The sweep: every change of a light is marked once in history, whoever dies and however many workers there are."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from hotline.directory.people import SYSTEM
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection, connect
from hotline.notices import store as notices
from hotline.sla import store
from hotline.sla.actions import LEASE, sweep
from hotline.sla.deadlines import ClockKey, DeadlineKind, Timer, timer
from hotline.sla.store import shipped_calendar, shipped_packs
from hotline.sla.watch import mark
from hotline.tickets import actions as tickets
from hotline.tickets import audit, effects
from hotline.tickets import facts as f
from hotline.tickets import store as tickets_store
from hotline.tickets.history import first_break
from hotline.tickets.lines import store as lines_store
from hotline.tickets.privacy import Matter, Petitioner
from hotline.tickets.states import Channel, Kind, Urgency
from hotline.tickets.store import ensure_partitions
from hotline.tickets.ticket import Times

DEFAULT = {policy.name: policy for policy, _ in shipped_packs()}["default"]
START = datetime(2026, 3, 2, 8, 30, tzinfo=BEIJING)
DUE = datetime(2026, 3, 9, 23, 59, 59, tzinfo=BEIJING)
FINISH: Timer = timer(DEFAULT, shipped_calendar(), kind=DeadlineKind.FINISH, start=START, due=DUE)
KEY = ClockKey(1, DeadlineKind.FINISH)
MOMENTS = [FINISH.near_at, FINISH.orange_at, FINISH.late_at, FINISH.very_late_at]
LEVELS = ["near", "orange", "late", "very_late"]
SECOND = timedelta(seconds=1)
MARKS = """
SELECT ticket_id, payload ->> 'light' AS light, payload ->> 'clock' AS clock
  FROM history WHERE event = 'mark_deadline' ORDER BY ticket_id, seq
"""


async def dispatched(conn: Connection, cipher: FieldCipher, count: int = 1) -> list[int]:
    """Tickets with a unit, their finish clock watched."""
    await ensure_partitions(conn, START.date())
    share = f.Share(unit_id=7, unit_path=(1, 7), times=Times(finish_due=DUE))
    facts = [f.Create(Kind.COMPLAINT, Urgency.NORMAL, Channel.PHONE), f.Register()]
    made = []
    for _ in range(count):
        held = await tickets.create(
            conn, facts, Matter("路灯", "路灯不亮"), Petitioner(), actor=SYSTEM, now=START, cipher=cipher
        )
        await held.do(f.Dispatch(lead=share))
        await store.put_deadlines(conn, held.ticket.id, {KEY: FINISH})
        made.append(held.ticket.id)
    return made


async def marks(conn: Connection) -> list[tuple[int, str]]:
    return [(row["ticket_id"], row["light"]) for row in await conn.fetch(MARKS)]


async def check_history(conn: Connection, ticket: int) -> None:
    """Every hash holds, and the lines tell of the ticket that is stored."""
    lines = await lines_store.history(conn, ticket)
    assert first_break((line.happened, line.hash) for line in lines) is None
    assert effects.replay(line.happened for line in lines) == await tickets_store.load(conn, ticket)
    assert lines[-1].hash == await conn.fetchval("SELECT head FROM ticket WHERE id = $1", ticket)


async def test_each_level_is_marked_once_at_its_moment(conn: Connection, cipher: FieldCipher) -> None:
    [ticket] = await dispatched(conn, cipher)
    for moment, level in zip(MOMENTS, LEVELS, strict=True):
        assert await sweep(conn, moment - SECOND, limit=10) == 0
        assert await sweep(conn, moment, limit=10) == 1
        assert await sweep(conn, moment, limit=10) == 0
        assert (await marks(conn))[-1] == (ticket, level)
        assert await conn.fetchval("SELECT worst FROM ticket WHERE id = $1", ticket) == level
    assert await sweep(conn, MOMENTS[-1] + timedelta(days=400), limit=10) == 0
    assert await marks(conn) == [(ticket, level) for level in LEVELS]
    await check_history(conn, ticket)


async def test_a_row_left_behind_passes_its_levels_at_once_and_in_order(conn: Connection, cipher: FieldCipher) -> None:
    [ticket] = await dispatched(conn, cipher)
    sign = ClockKey(1, DeadlineKind.SIGN)
    await store.put_deadlines(
        conn,
        ticket,
        {sign: timer(DEFAULT, shipped_calendar(), kind=DeadlineKind.SIGN, start=START, due=START + timedelta(days=1))},
    )
    assert await sweep(conn, MOMENTS[-1] + SECOND, limit=10) == 2
    found = [(row["clock"], row["light"]) for row in await conn.fetch(MARKS)]
    assert [light for clock, light in found if clock == "finish"] == LEVELS
    assert [light for clock, light in found if clock == "sign"] == LEVELS
    assert found.index(("sign", "late")) < found.index(("finish", "near")), "as time passed, so they stand"
    await check_history(conn, ticket)


async def test_the_longest_waiting_come_first_and_no_more_than_the_limit(conn: Connection, cipher: FieldCipher) -> None:
    made = await dispatched(conn, cipher, 3)
    assert await sweep(conn, MOMENTS[0], limit=2) == 2
    assert [ticket for ticket, _ in await marks(conn)] == made[:2]


async def test_a_closed_deadline_is_silent(conn: Connection, cipher: FieldCipher) -> None:
    [ticket] = await dispatched(conn, cipher)
    await store.close_deadlines(conn, ticket, [KEY], now=START)
    assert await sweep(conn, MOMENTS[-1], limit=10) == 0


async def test_a_clock_of_a_task_that_is_over_is_closed_without_a_line(conn: Connection, cipher: FieldCipher) -> None:
    [ticket] = await dispatched(conn, cipher)
    await store.put_deadlines(conn, ticket, {ClockKey(9, DeadlineKind.FINISH): FINISH})
    assert await sweep(conn, MOMENTS[0], limit=10) == 2
    assert await marks(conn) == [(ticket, "near")]
    assert await conn.fetchval("SELECT count(*) FROM deadline WHERE done_at IS NULL") == 1


async def test_one_faulty_ticket_holds_up_no_other_and_comes_back_after_its_lease(
    conn: Connection, cipher: FieldCipher, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await dispatched(conn, cipher, 3)

    def sick(ticket: Any, rows: Any, now: datetime) -> Any:
        if ticket.id == made[1]:
            raise RuntimeError("读不懂的工单")
        return mark(ticket, rows, now)

    monkeypatch.setattr("hotline.sla.actions.mark", sick)
    assert await sweep(conn, MOMENTS[0], limit=10) == 3
    assert await marks(conn) == [(made[0], "near"), (made[2], "near")]
    assert await conn.fetchval("SELECT problem FROM deadline WHERE ticket_id = $1", made[1]) == "读不懂的工单"
    monkeypatch.undo()
    assert await sweep(conn, MOMENTS[0] + LEASE - SECOND, limit=10) == 0
    assert await sweep(conn, MOMENTS[0] + LEASE, limit=10) == 1
    assert (made[1], "near") in await marks(conn)
    assert await conn.fetchval("SELECT problem IS NULL AND attempts = 0 FROM deadline WHERE ticket_id = $1", made[1])


async def test_the_same_deadline_put_again_goes_on_and_another_starts_anew(
    conn: Connection, cipher: FieldCipher
) -> None:
    [ticket] = await dispatched(conn, cipher)
    await sweep(conn, MOMENTS[1], limit=10)
    await store.close_deadlines(conn, ticket, [KEY], now=MOMENTS[1])
    await store.put_deadlines(conn, ticket, {KEY: FINISH})
    await sweep(conn, MOMENTS[2], limit=10)
    assert [light for _, light in await marks(conn)] == ["near", "orange", "late"]
    later = timer(DEFAULT, shipped_calendar(), kind=DeadlineKind.FINISH, start=START, due=DUE + timedelta(days=7))
    await store.put_deadlines(conn, ticket, {KEY: later})
    await sweep(conn, later.near_at, limit=10)
    assert [light for _, light in await marks(conn)] == ["near", "orange", "late", "near"]
    assert await conn.fetchval("SELECT worst FROM ticket WHERE id = $1", ticket) == "late"


@pytest.fixture
async def sessions(fresh_database: str, cipher: FieldCipher) -> "list[asyncpg.Connection[asyncpg.Record]]":
    """Four sessions on a database of the test's own, a hundred tickets in it."""
    opened = [await connect(fresh_database) for _ in range(4)]
    await dispatched(opened[0], cipher, 100)
    return opened


async def test_four_workers_never_mark_twice_and_leave_nothing(
    sessions: "list[asyncpg.Connection[asyncpg.Record]]",
) -> None:
    async def work(conn: Connection) -> int:
        taken = 0
        while await conn.fetchval("SELECT EXISTS (SELECT FROM deadline WHERE next_mark_at <= $1)", MOMENTS[-1]):
            taken += await sweep(conn, MOMENTS[-1], limit=7)
        return taken

    shares = await asyncio.gather(*(work(conn) for conn in sessions))
    assert sum(shares) == 100
    found = Counter(await marks(sessions[0]))
    assert len(found) == 400 and set(found.values()) == {1}
    assert (await audit.verify(sessions[0])).ok
    for conn in sessions:
        await conn.close()


async def test_a_ticket_somebody_works_on_is_left_for_later_and_nobody_waits(
    sessions: "list[asyncpg.Connection[asyncpg.Record]]",
) -> None:
    """A command holds its ticket and then its deadlines; the sweep goes the other way and must not wait for it."""
    worker, person, *rest = sessions
    first = await person.fetchval("SELECT min(id) FROM ticket")
    at_work = person.transaction()
    await at_work.start()
    await person.fetchval("SELECT head FROM ticket WHERE id = $1 FOR UPDATE", first)
    async with asyncio.timeout(20):
        assert await sweep(worker, MOMENTS[0], limit=1000) == 99
        await store.close_deadlines(person, first, [KEY], now=MOMENTS[0])
    await at_work.commit()
    assert await sweep(worker, MOMENTS[0], limit=1000) == 0
    assert len(await marks(worker)) == 99
    for conn in (worker, person, *rest):
        await conn.close()


async def test_due_rows_are_found_by_the_index(conn: Connection) -> None:
    await conn.execute("SET LOCAL enable_seqscan = off")
    text = store.TAKE_DUE.replace("$1", "now()").replace("$2", "50").replace("$3", "'5 minutes'")
    plan = await conn.fetch("EXPLAIN " + text)
    assert any("deadline_next_mark" in row[0] for row in plan)


SHELVED = "INSERT INTO ticket_overlay SELECT n, 1, 'shelved', now(), 0, '', 0, '', '' FROM generate_series(1, 5000) n"


async def test_whom_an_urge_is_told_is_found_by_its_ticket_however_many_were_urged_at_the_same_instant(
    conn: Connection,
) -> None:
    """At that instant the planner has not heard of the urges yet, and would go through all of them for each of them."""
    await conn.execute(SHELVED)
    await conn.execute("ANALYZE ticket_overlay")
    await conn.execute("UPDATE ticket_overlay SET kind = 'urge', origin = 'system'")
    plan = await conn.fetch("EXPLAIN " + notices.CALLS, [1], [1])
    assert any("ticket_overlay_pkey" in row[0] for row in plan)
    assert not any("ticket_overlay_kind" in row[0] for row in plan)
