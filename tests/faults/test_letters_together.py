"""Letters that wait at the same moment are taken in as one set: the same as one by one, and no letter harms another."""

import asyncio
import csv
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hotline.classify.starter import CORPUS, SHIPPED
from hotline.directory.people import SYSTEM
from hotline.infra.http import Services
from hotline.infra.outbox import Follow, follow
from hotline.infra.services import open_services
from hotline.infra.settings import load_settings
from hotline.jobs import worker
from hotline.jobs.handlers import FOLLOWS
from hotline.jobs.together import LARGEST, Gathering, Payloads, Together
from hotline.tickets import actions as tickets
from hotline.tickets import audit
from hotline.tickets import facts as f
from hotline.tickets.privacy import Matter, Petitioner
from hotline.tickets.states import Channel, Kind, Urgency
from tests.conftest import SECRETS
from tests.faults.test_worker import effects, happened, queue_empty, until, working

ROOT = Path(__file__).resolve().parents[2]
ODD = ("路灯", "🚧🚧🚧 مرحبا 路灯坏了", "煤气泄漏,快来救人!", "请问社保卡丢了怎么补办?", "a" * 5000)


def recorded(count: int) -> list[str]:
    """Letters of the corpus we ship, with some that nobody expects among them."""
    with (SHIPPED / CORPUS).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    chosen = random.Random(12345).sample(rows, count - len(ODD))
    return [*(row["content"] for row in chosen), *ODD]


async def registered(services: Services, texts: Sequence[str]) -> list[int]:
    """Letters in the pool, with their jobs; some with the category that an agent chose."""
    found = []
    async with services.pool.acquire() as conn, conn.transaction():
        for number, text in enumerate(texts):
            facts: list[f.Fact] = [f.Create(Kind.OTHER, Urgency.NORMAL, Channel.WEB, region="990101")]
            facts += [f.Classify(category="0101")] if number % 7 == 3 else []
            held = await tickets.create(
                conn,
                [*facts, f.Register()],
                Matter("", text),
                Petitioner(phone="13800000001"),
                actor=SYSTEM,
                now=services.clock.now(),
                cipher=services.cipher,
                query_code=None,
            )
            await follow(conn, "ticket.registered", held.ticket.id)
            found.append(held.ticket.id)
    return found


LEFT = """
SELECT jsonb_build_object(
    'ticket', to_jsonb(t) - 'id' - 'head',
    'history', (SELECT jsonb_agg(to_jsonb(h) - 'ticket_id' - 'number' - 'transaction' - 'hash' ORDER BY seq)
                  FROM history h WHERE h.ticket_id = t.id),
    'shares', (SELECT jsonb_agg(to_jsonb(a) - 'ticket_id' ORDER BY a.id) FROM assignment a WHERE a.ticket_id = t.id),
    'deadlines', (SELECT jsonb_agg(to_jsonb(d) - 'ticket_id' ORDER BY d.assignment_id, d.kind) FROM deadline d
                   WHERE d.ticket_id = t.id),
    'said', (SELECT jsonb_agg(to_jsonb(p) - 'ticket_id' - 'id') FROM prediction p WHERE p.ticket_id = t.id),
    'decided', (SELECT jsonb_agg(to_jsonb(r) - 'ticket_id') FROM routing_decision r WHERE r.ticket_id = t.id))
  FROM ticket t WHERE t.id = ANY ($1::bigint[]) ORDER BY t.id
"""


async def left(services: Services, letters: Sequence[int]) -> list[Any]:
    """All that was stored of the letters, without the numbers that every letter has for itself."""
    return [row[0] for row in await services.pool.fetch(LEFT, letters)]


def jobs(letters: Sequence[int]) -> list[Follow]:
    return [Follow("ticket.registered", letter) for letter in letters]


async def run(services: Services, letters: Sequence[int]) -> None:
    taking_in = FOLLOWS["ticket.registered"]
    assert isinstance(taking_in, Together)
    await taking_in.run(jobs(letters), services)


async def once_each(services: Services, letters: Sequence[int]) -> None:
    """Every letter was classified once, nothing happened twice, and every chain of history holds."""
    async with services.pool.acquire() as conn:
        counted = await conn.fetch("SELECT ticket_id, event, count(*) FROM history GROUP BY 1, 2")
        assert {row["count"] for row in counted} == {1}
        assert {row["ticket_id"] for row in counted if row["event"] == "classify"} == set(letters)
        assert (await audit.verify(conn)).ok


async def test_a_set_leaves_what_the_same_letters_leave_one_by_one(services: Services) -> None:
    texts = recorded(40)
    alone, together = await registered(services, texts), await registered(services, texts)
    for letter in alone:
        await run(services, [letter])
    await run(services, together)
    one_by_one, at_once = await left(services, alone), await left(services, together)
    assert at_once == one_by_one
    states = {row["ticket"]["state"] for row in at_once}
    assert states == {"registered", "dispatched"}, "some go out by themselves, some wait for a person"
    assert all(row["said"] and row["decided"] and row["deadlines"] for row in at_once)
    await once_each(services, [*alone, *together])


POISON = """
CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this letter cannot be stored';
END $$;
"""
POISONED = "CREATE TRIGGER poisoned BEFORE INSERT ON prediction FOR EACH ROW WHEN (NEW.ticket_id = {}) EXECUTE FUNCTION poison()"


async def test_a_poisoned_letter_in_the_middle_holds_up_nobody(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "POLL", timedelta(milliseconds=100))
    monkeypatch.setattr(worker, "ATTEMPTS", 0)
    letters = await registered(services, recorded(12))
    bad = letters[5]
    await services.pool.execute(POISON)
    await services.pool.execute(POISONED.format(bad))

    async def only_the_bad_one_is_left() -> bool:
        waiting = await services.pool.fetch("SELECT status, convert_from(payload, 'UTF8') AS body FROM pgqueuer")
        return len(waiting) == 1 and waiting[0]["status"] == "failed" and str(bad) in waiting[0]["body"]

    async with working(services, FOLLOWS):
        await until(only_the_bad_one_is_left)
    await once_each(services, [letter for letter in letters if letter != bad])
    reasons = await services.pool.fetchval("SELECT string_agg(traceback::text, '') FROM pgqueuer_log")
    assert "this letter cannot be stored" in reasons


async def test_sets_that_overlap_take_every_letter_in_once(services: Services) -> None:
    letters = await registered(services, recorded(16))
    async with asyncio.timeout(60):
        await asyncio.gather(
            run(services, letters[:11]),
            run(services, letters[5:][::-1]),
            *(run(services, [one]) for one in letters[4:8]),
        )
    await once_each(services, letters)


async def test_two_workers_and_a_queue_of_letters(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "POLL", timedelta(milliseconds=100))
    letters = await registered(services, recorded(40) * 2)
    async with working(services, FOLLOWS), working(services, FOLLOWS):
        await until(lambda: queue_empty(services), 60)
    await once_each(services, letters)


# A worker that is killed when it has done half of what a set asks for.
HALF_WAY = """
import asyncio, os
from hotline.infra.services import open_services
from hotline.infra.settings import load_settings
from hotline.jobs.together import Together
from hotline.jobs.worker import work

async def stuck(conn, letters, *, services):
    for ticket in list(letters)[: len(letters) // 2]:
        await conn.execute("INSERT INTO effect VALUES ($1, 'half')", ticket)
    print(len(letters), flush=True)
    await asyncio.Event().wait()

async def idle(services):
    pass

async def main():
    async with open_services(load_settings(os.environ)) as services:
        await work(services, {"received": Together(stuck)}, idle, asyncio.Event())

asyncio.run(main())
"""


async def test_the_set_of_a_killed_worker_is_taken_again(fresh_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "POLL", timedelta(milliseconds=100))
    environ = {**os.environ, **SECRETS, "PYTHONPATH": str(ROOT), "HOTLINE_DATABASE_URL": fresh_database}

    async def record(conn: Any, letters: Payloads, *, services: Services) -> None:
        await conn.executemany("INSERT INTO effect VALUES ($1, 'whole')", [(letter,) for letter in letters])

    async with open_services(load_settings(environ), max_size=6) as served:
        await served.pool.execute("CREATE TABLE effect (ticket_id bigint, note text)")
        for number in range(6):
            await happened(served, number)
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "-c", HALF_WAY, stdout=subprocess.PIPE, env=environ
        )
        assert killed.stdout is not None
        assert await killed.stdout.readline() == b"6\n"
        killed.kill()
        await killed.wait()
        assert await effects(served) == []
        monkeypatch.setattr(worker, "HEARTBEAT", timedelta(seconds=1))
        async with working(served, {"received": Together(record)}):
            await until(lambda: queue_empty(served))
        assert await effects(served) == list(range(6))


# --- who waits for whom


class Desk:
    """Works sets when it is told to, and remembers them."""

    def __init__(self, bad: int | None = None) -> None:
        self.sets: list[list[int]] = []
        self.go = asyncio.Event()
        self.bad = bad

    async def __call__(self, these: Sequence[Follow]) -> None:
        self.sets.append([job.ticket_id for job in these])
        await self.go.wait()
        if self.bad in self.sets[-1]:
            raise RuntimeError(f"{self.bad} 不行")


async def turn() -> None:
    """Let everybody who can go on go on."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_first_is_worked_at_once_and_who_comes_meanwhile_is_worked_together() -> None:
    desk = Desk()
    gathering = Gathering(desk)
    first = asyncio.create_task(gathering(Follow("received", 0)))
    await turn()
    assert desk.sets == [[0]]
    rest = [asyncio.create_task(gathering(Follow("received", number))) for number in range(1, LARGEST + 9)]
    await turn()
    assert desk.sets == [[0]], "one set after the other"
    desk.go.set()
    await asyncio.gather(first, *rest)
    assert [len(one) for one in desk.sets] == [1, LARGEST, 8]


async def test_only_the_bad_one_of_a_set_fails_and_who_gave_up_waiting_is_left_out() -> None:
    desk = Desk(bad=2)
    gathering = Gathering(desk)
    waiting = [asyncio.create_task(gathering(Follow("received", number))) for number in range(5)]
    await turn()
    late = asyncio.create_task(gathering(Follow("received", 9)))
    await turn()
    late.cancel()
    desk.go.set()
    done = await asyncio.gather(*waiting, late, return_exceptions=True)
    assert [str(one) for one in done if isinstance(one, RuntimeError)] == ["2 不行"]
    assert desk.sets == [[0, 1, 2, 3, 4], [0], [1], [2], [3], [4]]
