"""Many open tickets of which some fall due at one instant: marked and told by four workers, one of them killed in the middle.

`python -m bench.sweep [--tickets 1000000] [--due 100000] [--workers 4] [--data DIR]`; with --data the city is made once and
kept stopped there, so that only the measurement needs a quiet machine (`--make` makes it and ends)."""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hotline.directory.people import SYSTEM
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import connect, migrate
from hotline.infra.embedded import embedded
from hotline.infra.settings import FieldKey, load_settings
from hotline.jobs.posting import HANDFUL
from hotline.jobs.schedule import SWEEP
from hotline.notices.actions import hand_out
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
MOMENT = DUE + timedelta(seconds=1)
UNITS = 200
COPIED = ("ticket", "matter", "history", "assignment", "deadline")
STAFF = """
INSERT INTO unit (id, code, name, kind, parent_id, path)
SELECT 1, 'C', '热线中心', 'centre', NULL, ARRAY[1]
UNION ALL SELECT n + 1, 'U' || n, '单位' || n, 'department', 1, ARRAY[1, n + 1] FROM generate_series(1, $1) n;
"""
PEOPLE = """
INSERT INTO person (id, name, unit_id)
SELECT (u.id - 2) * 4 + k, '人员' || u.id || '-' || k, u.id FROM unit u, generate_series(1, 4) k WHERE u.id > 1
UNION ALL SELECT 900001, '督办员', 1 UNION ALL SELECT 900002, '主管', 1
"""
ROLES = """
INSERT INTO person_role
SELECT (u.id - 2) * 4 + k, (ARRAY['unit_liaison', 'unit_reviewer', 'unit_leader', 'handler'])[k]
  FROM unit u, generate_series(1, 4) k WHERE u.id > 1
UNION ALL SELECT 900001, 'supervision' UNION ALL SELECT 900002, 'supervisor'
"""
COPY = """
INSERT INTO {table} ({key}, {names}) SELECT {key} + n, {names} FROM {table}, generate_series(1, {count}) n WHERE {key} = {template}
"""
SPREAD = """
-- Each unit has its share; what is due now is spread over all of them.
UPDATE assignment SET unit_id = 2 + ticket_id % $1, unit_path = ARRAY[1, 2 + ticket_id % $1]
"""
DUE_NOW = """
-- Orange has been, and the second urge: at the moment itself come red and the third.
UPDATE deadline SET mark = 'orange', urged = 2, next_mark_at = late_at WHERE ticket_id % $1 = 0
"""
LATER = """
UPDATE deadline SET due_at = due_at + interval '20 days', near_at = near_at + interval '20 days',
       orange_at = orange_at + interval '20 days', late_at = late_at + interval '20 days',
       very_late_at = very_late_at + interval '20 days', urges = '{}', next_mark_at = near_at + interval '20 days'
 WHERE mark <> 'orange'
"""
FOUND = """
SELECT (SELECT count(*) FROM history WHERE event = 'mark_deadline') AS marks,
       (SELECT count(DISTINCT ticket_id) FROM history WHERE event = 'mark_deadline') AS marked,
       (SELECT count(*) FROM history WHERE event = 'urge') AS urges,
       (SELECT count(DISTINCT ticket_id) FROM history WHERE event = 'urge') AS urged,
       (SELECT count(*) FROM notice) AS notices,
       (SELECT count(*) FROM (SELECT DISTINCT ticket_id, kind, person_id FROM notice) n) AS different,
       (SELECT count(*) FROM alert) AS waiting,
       (SELECT count(*) FROM deadline WHERE next_mark_at <= $1) AS missed
"""
LEFT = "SELECT EXISTS (SELECT FROM deadline WHERE next_mark_at <= $1) OR EXISTS (SELECT FROM alert)"
DONE = "SELECT count(*) FROM deadline WHERE mark = 'late'"


async def fill(url: str, count: int, due: int) -> None:
    """One ticket made as tickets are made, and `count` copies of its rows."""
    await migrate(url)
    conn = await connect(url)
    await ensure_partitions(conn, START.date())
    await conn.execute(STAFF.replace("$1", str(UNITS)))
    await conn.execute(PEOPLE)
    await conn.execute(ROLES)
    policy = next(policy for policy, _ in shipped_packs() if policy.name == "default")
    finish = timer(policy, shipped_calendar(), kind=DeadlineKind.FINISH, start=START, due=DUE, urged=True)
    facts = [f.Create(Kind.COMPLAINT, Urgency.NORMAL, Channel.PHONE), f.Register()]
    matter, cipher = Matter("路灯不亮", "人民路东段的路灯不亮。"), FieldCipher([FieldKey(1, bytes(16))])
    async with conn.transaction():
        held = await tickets.create(conn, facts, matter, Petitioner(), actor=SYSTEM, now=START, cipher=cipher)
        await held.do(f.Dispatch(lead=f.Share(unit_id=2, unit_path=(1, 2), times=Times(finish_due=DUE))))
        await store.put_deadlines(conn, held.ticket.id, {ClockKey(1, DeadlineKind.FINISH): finish})
    for table in COPIED:
        await copy(conn, table, held.ticket.id, count - 1)
    await conn.execute(SPREAD.replace("$1", str(UNITS)))
    await conn.execute(DUE_NOW.replace("$1", str(count // due)))
    await conn.execute(LATER)
    for table in COPIED:
        await conn.execute(f"VACUUM (FREEZE, ANALYZE) {table}")
    await conn.execute("CHECKPOINT")
    await conn.close()


async def copy(conn: Any, table: str, template: int, count: int) -> None:
    rows = await conn.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        table,
    )
    key = "id" if table == "ticket" else "ticket_id"
    names = [row["attname"] for row in rows if row["attname"] not in (key, "number", "transaction")]
    # Numbers of one month, so that all of them lie in its partition.
    await conn.execute(COPY.format(table=table, key=key, names=", ".join(names), count=count, template=template))


async def work(url: str) -> None:
    """One worker, until nothing is due and nobody is left to tell: what its two ticks do, turn by turn."""
    conn = await connect(url)
    # The workers of a city are running when the moment comes.
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    settings = load_settings(
        {"HOTLINE_DATABASE_URL": url, "HOTLINE_SECRET_KEY": "0" * 32, "HOTLINE_FIELD_KEYS": "1:" + "00" * 16}
    )
    while True:
        marked = await sweep(conn, MOMENT, limit=SWEEP)
        told = await hand_out(conn, MOMENT, settings, limit=HANDFUL)
        if not marked and not told:
            if not await conn.fetchval(LEFT, MOMENT):
                break
            # What is left is in another worker's hands.
            await asyncio.sleep(0.2)
    await conn.close()


def worker(url: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bench.sweep", "--worker"],
        env={**os.environ, "SWEEP_URL": url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


async def asked(url: str, what: str, *args: object) -> Any:
    conn = await connect(url)
    row = await conn.fetchrow(what, *args)
    await conn.close()
    return row


@contextlib.contextmanager
def city(data: Path | None, count: int, due: int) -> Iterator[str]:
    with contextlib.ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hotline-sweep-")))
        made = (folder / "filled").exists()
        url = stack.enter_context(embedded(folder, valkey=False)).database_url or ""
        if not made:
            asyncio.run(fill(url, count, due))
            (folder / "filled").touch()
        yield url


def measure(due: int, workers: int, count: int | None = None, data: Path | None = None) -> dict[str, Any]:
    count = count or 10 * due
    with city(data, count, due) as url:
        running = [worker(url) for _ in range(workers)]
        for process in running:
            assert process.stdout and process.stdout.readline() == "ready\n"
        begun = time.perf_counter()
        for process in running:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        killed_at = 0
        while killed_at < due // 3:
            time.sleep(0.5)
            killed_at = asyncio.run(asked(url, DONE))[0]
        running[0].send_signal(signal.SIGKILL)
        running[0].wait()
        if any(process.wait() for process in running[1:]):
            raise SystemExit("a worker failed")
        seconds = time.perf_counter() - begun
        found = dict(asyncio.run(asked(url, FOUND, MOMENT)))
    right = {
        "marks": due, "marked": due, "urges": due, "urged": due, "notices": 3 * due, "different": 3 * due,
        "waiting": 0, "missed": 0,
    }  # fmt: skip
    if found != right:
        raise SystemExit(f"not exactly once: {found}")
    return {
        "tickets": count,
        "due_at_one_instant": due,
        "workers": workers,
        "one_killed_after": killed_at,
        "seconds_until_marked_and_told": round(seconds, 1),
        "deadlines_a_second": round(due / seconds),
        "history_lines": found["marks"] + found["urges"],
        "notices": found["notices"],
    }


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--tickets", type=int, default=1_000_000)
    given.add_argument("--due", type=int, default=100_000)
    given.add_argument("--workers", type=int, default=4)
    given.add_argument("--data", type=Path)
    given.add_argument("--make", action="store_true")
    given.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    said = given.parse_args()
    if said.worker:
        asyncio.run(work(os.environ["SWEEP_URL"]))
    elif said.make:
        with city(said.data, said.tickets, said.due):
            pass
    else:
        print(json.dumps(measure(said.due, said.workers, said.tickets, said.data), ensure_ascii=False))


if __name__ == "__main__":
    main()
