"""Deadlines that all fall due at one instant, marked by four workers: how long, and each exactly once.

`python -m bench.sweep [--deadlines 20000] [--workers 4]`"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hotline.directory.people import SYSTEM
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import connect, migrate
from hotline.infra.embedded import embedded
from hotline.infra.settings import FieldKey
from hotline.jobs.schedule import SWEEP
from hotline.sla import store
from hotline.sla.actions import sweep
from hotline.sla.deadlines import ClockKey, DeadlineKind, timer
from hotline.sla.store import shipped_calendar, shipped_packs
from hotline.tickets import actions as tickets
from hotline.tickets import facts as f
from hotline.tickets.privacy import Matter, Petitioner
from hotline.tickets.states import Channel, Kind, Urgency
from hotline.tickets.store import ensure_partitions
from hotline.tickets.ticket import Times

START = datetime(2026, 3, 2, 8, 30, tzinfo=BEIJING)
DUE = datetime(2026, 3, 9, 23, 59, 59, tzinfo=BEIJING)
LEFT = "SELECT count(*) FROM deadline WHERE next_mark_at <= $1"
TWICE = """
SELECT count(*) AS marks, count(DISTINCT (ticket_id, payload ->> 'light')) AS different
  FROM history WHERE event = 'mark_deadline'
"""


async def fill(url: str, count: int) -> datetime:
    """Tickets with a unit, whose finish clock turns yellow at the same moment."""
    await migrate(url)
    conn = await connect(url)
    await ensure_partitions(conn, START.date())
    policy = next(policy for policy, _ in shipped_packs() if policy.name == "default")
    finish = timer(policy, shipped_calendar(), kind=DeadlineKind.FINISH, start=START, due=DUE)
    share = f.Share(unit_id=7, unit_path=(1, 7), times=Times(finish_due=DUE))
    facts = [f.Create(Kind.COMPLAINT, Urgency.NORMAL, Channel.PHONE), f.Register()]
    matter, cipher = Matter("路灯不亮", "人民路东段的路灯不亮。"), FieldCipher([FieldKey(1, bytes(16))])
    for begun in range(0, count, 500):
        async with conn.transaction():
            for _ in range(min(500, count - begun)):
                held = await tickets.create(conn, facts, matter, Petitioner(), actor=SYSTEM, now=START, cipher=cipher)
                await held.do(f.Dispatch(lead=share))
                await store.put_deadlines(conn, held.ticket.id, {ClockKey(1, DeadlineKind.FINISH): finish})
    await conn.execute("ANALYZE")
    await conn.close()
    return finish.near_at + timedelta(seconds=1)


async def mark(url: str, moment: datetime) -> None:
    """One worker, until nothing is due."""
    conn = await connect(url)
    while await sweep(conn, moment, limit=SWEEP) or await conn.fetchval(LEFT, moment):
        pass
    await conn.close()


async def counted(url: str) -> tuple[int, int]:
    conn = await connect(url)
    row = await conn.fetchrow(TWICE)
    await conn.close()
    assert row is not None
    return row["marks"], row["different"]


def measure(count: int, workers: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="hotline-sweep-") as data, embedded(Path(data), valkey=False) as found:
        url = found.database_url or ""
        moment = asyncio.run(fill(url, count))
        command = [sys.executable, "-m", "bench.sweep", "--worker", moment.isoformat()]
        begun = time.perf_counter()
        running = [subprocess.Popen(command, env={**os.environ, "SWEEP_URL": url}) for _ in range(workers)]
        if any(process.wait() for process in running):
            raise SystemExit("a worker failed")
        seconds = time.perf_counter() - begun
        marks, different = asyncio.run(counted(url))
    if not marks == different == count:
        raise SystemExit(f"{count} deadlines, {marks} marks, {different} different ones")
    return {
        "deadlines": count,
        "workers": workers,
        "seconds": round(seconds, 2),
        "a_second": round(count / seconds),
        "seconds_for_100000": round(seconds * 100_000 / count, 1),
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--deadlines", type=int, default=20_000)
    asked.add_argument("--workers", type=int, default=4)
    asked.add_argument("--worker", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.worker:
        asyncio.run(mark(os.environ["SWEEP_URL"], datetime.fromisoformat(given.worker)))
        return
    print(json.dumps(measure(given.deadlines, given.workers), ensure_ascii=False))


if __name__ == "__main__":
    main()
