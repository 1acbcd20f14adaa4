"""Four workers mark what is due, one of them is killed in the middle: each light stands once in history."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import asyncpg
import pytest

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import connect
from hotline.tickets import audit
from tests.conftest import SECRETS
from tests.store.test_sla_sweep import LEVELS, MOMENTS, dispatched

ROOT = Path(__file__).resolve().parents[2]
TICKETS = 300
# A worker as `hotline worker` beats it, until nothing is due; told to, it stops in the middle of its second batch,
# its history lines written and not committed.
WORKER = """
import asyncio, os, sys
from datetime import datetime
from hotline.infra.db import connect
from hotline.sla import store
from hotline.sla.actions import sweep

async def main(moment, stop_in):
    conn = await connect(os.environ["HOTLINE_DATABASE_URL"])
    marked, batches = store.marked, 0
    async def stuck(conn, rows):
        nonlocal batches
        batches += 1
        if batches == stop_in:
            print("halfway", flush=True)
            await asyncio.Event().wait()
        await marked(conn, rows)
    store.marked = stuck
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    due = "SELECT EXISTS (SELECT FROM deadline WHERE next_mark_at <= $1)"
    while await conn.fetchval(due, moment):
        await sweep(conn, moment, limit=10)

asyncio.run(main(datetime.fromisoformat(sys.argv[1]), int(sys.argv[2])))
"""
COUNT = """
SELECT ticket_id, payload ->> 'assignment_id' AS assignment, payload ->> 'clock' AS clock, payload ->> 'light' AS light,
       count(*) AS times, min(seq) AS seq
  FROM history WHERE event = 'mark_deadline' GROUP BY 1, 2, 3, 4 ORDER BY ticket_id, seq
"""

Session = asyncpg.Connection


@pytest.fixture
async def looking(fresh_database: str, cipher: FieldCipher) -> "AsyncIterator[Session[asyncpg.Record]]":
    conn = await connect(fresh_database)
    await dispatched(conn, cipher, TICKETS)
    yield conn
    await conn.close()


async def worker(url: str, moment: datetime, stop_in: int = 0) -> asyncio.subprocess.Process:
    environ = {**os.environ, **SECRETS, "PYTHONPATH": str(ROOT), "HOTLINE_DATABASE_URL": url}
    command = [sys.executable, "-c", WORKER, moment.isoformat(), str(stop_in)]
    process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ)
    assert process.stdout and await process.stdout.readline() == b"ready\n"
    return process


def go(process: asyncio.subprocess.Process) -> None:
    assert process.stdin
    process.stdin.write(b"go\n")


@pytest.mark.parametrize("levels", [1, 4])
async def test_four_workers_and_one_killed_mark_each_light_once(
    fresh_database: str, looking: "Session[asyncpg.Record]", levels: int
) -> None:
    moment = MOMENTS[levels - 1]
    async with asyncio.timeout(120):
        victim = await worker(fresh_database, moment, stop_in=2)
        others = [await worker(fresh_database, moment) for _ in range(3)]
        go(victim)
        assert victim.stdout and await victim.stdout.readline() == b"halfway\n"
        for other in others:
            go(other)
        left = "SELECT count(*) FROM deadline WHERE next_mark_at <= $1"
        while await looking.fetchval(left, moment) > 10:
            pass  # each look is a query; the workers go on meanwhile, the victim holds its ten
        assert all(other.returncode is None for other in others), "they wait for what the victim holds"
        victim.kill()
        await victim.wait()
        assert [await other.wait() for other in others] == [0, 0, 0]
    rows = await looking.fetch(COUNT)
    assert {row["times"] for row in rows} == {1}
    assert Counter(row["ticket_id"] for row in rows) == Counter(dict.fromkeys({r["ticket_id"] for r in rows}, levels))
    assert len({row["ticket_id"] for row in rows}) == TICKETS
    told: dict[int, list[str]] = {}
    for row in rows:
        told.setdefault(row["ticket_id"], []).append(row["light"])
    assert {tuple(lights) for lights in told.values()} == {tuple(LEVELS[:levels])}, "in their order"
    assert (await audit.verify(looking)).ok
