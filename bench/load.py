"""How much one machine takes: intake, the list, a verb, with everything that belongs to them. `python -m bench.load`

Two web processes and one job worker over an embedded PostgreSQL, 32 clients, a table that is already full. Figures are
CPU-ms of all our processes and the database's together, and the ratio to a bare INSERT + COMMIT in the same run: machines
are noisy, ratios less so."""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil

from bench.desks import Person, Tally
from bench.server import Server
from bench.wire import Wire
from hotline.infra.clock import SystemClock
from hotline.infra.embedded import running

CLIENTS = 32
FILL = """
-- Tickets as they are after a year: closed ones, each with its words; the newest thousand still in the pool.
WITH made AS (
    SELECT (to_char(date '2026-01-01' + (n * 300 / $1), 'YYYYMMDD') || lpad((n % 10000000)::text, 7, '0'))::bigint AS id, n,
           date '2026-01-01' + (n * 300 / $1) AS at
      FROM generate_series(1, $1) AS n
), tickets AS (
    INSERT INTO ticket (id, state, version, head, kind, urgency, channel, created_at, category, confidential,
        callback_wanted, round, returns, forbid_return, lead_unit)
    SELECT id, CASE WHEN n > $1 - 1000 THEN 'registered' ELSE 'closed' END, 1, '\\x00', 'complaint', 'normal', 'web',
           at, '0101', false, true, 0, 0, false, 1 + n % 50
      FROM made
), shares AS (
    INSERT INTO assignment (ticket_id, id, part, unit_id, unit_path, stage, round, dispatched_at, finish_due,
        first_finish_due, pack, automatic, basis, extensions)
    SELECT id, 1, 'lead', 1 + n % 50, ARRAY[1 + n % 50], 'done', 0, at, at + interval '5 days', at + interval '5 days', '',
           false, '', 0
      FROM made
)
INSERT INTO matter (ticket_id, title, content, expected, original_words, address, grid, place, coordinates, about,
    about_phone, on_site, enterprise, police, sensitive, importance, channel_detail, queue, tags, terms)
SELECT id, '第' || n || '号 路灯不亮', '人民路东段路灯不亮,请尽快维修。编号' || n, '', '', '人民路', '', '', 'gcj02', '',
       '', true, false, false, false, '', '', '', '{}',
       array_to_tsvector(ARRAY['人民', '路灯', '不亮', '维修', 'n' || (n % 1000)])
  FROM made
"""
TERMS = "CREATE INDEX matter_terms ON matter USING gin (terms)"
PARTITIONS = "SELECT ensure_partitions('2026-01-01', 12)"
BARE_TABLE = "CREATE UNLOGGED TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, body text)"
BARE_LOGGED = "ALTER TABLE bare SET LOGGED"
BARE = "INSERT INTO bare (body) VALUES ($1)"
LETTER = (
    "我家住在雁栖区桃花街道人民路东段,小区门口的路灯从上周五开始不亮,晚上老人和孩子出门很不方便,之前打电话反映过一次,"
    "工作人员说已经登记,但是到现在没有人来修。希望有关部门尽快派人查看,把路灯修好,并且告诉我们大概什么时候能修复。谢谢。"
)


def processes(server: Server) -> list[psutil.Process]:
    """Our server with everything below it, and the database's processes."""
    assert server.process is not None
    root = psutil.Process(server.process.pid)
    return [root, *root.children(recursive=True)]


def cpu(server: Server) -> dict[str, float]:
    """CPU seconds spent so far, by part."""
    spent = dict.fromkeys(("web", "worker", "database", "valkey"), 0.0)
    for process in processes(server):
        try:
            times, words = process.cpu_times(), " ".join(process.cmdline())
        except psutil.Error:
            continue
        part = (
            "database"
            if "postgres" in words
            else "valkey"
            if "valkey" in words
            else "worker"
            if "worker" in words.split()
            else "web"
        )
        # What ended children spent is counted with their parent: a closed database session must not vanish.
        spent[part] += times.user + times.system + times.children_user + times.children_system
    return spent


def per_call(before: dict[str, float], after: dict[str, float], calls: int) -> dict[str, float]:
    """CPU-ms a call, in all and by part."""
    each = {part: round(1000 * (after[part] - before[part]) / calls, 2) for part in before}
    return {"cpu_ms_each": round(sum(each.values()), 2), **{f"cpu_ms_{part}": ms for part, ms in each.items()}}


async def hammer(seconds: float, one: Callable[[int], Awaitable[object]]) -> tuple[int, list[float]]:
    """Calls made by CLIENTS at once for a while, and how long each took in seconds."""
    took: list[float] = []
    until, number = time.monotonic() + seconds, 0

    async def client() -> None:
        nonlocal number
        while time.monotonic() < until:
            number += 1
            began = time.perf_counter()
            await one(number)
            took.append(time.perf_counter() - began)

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return len(took), took


def quantile(took: list[float], share: float) -> float:
    return round(1000 * sorted(took)[min(len(took) - 1, int(share * len(took)))], 1)


async def bare(url: str, seconds: float) -> float:
    """Single-row INSERT + COMMIT a second through asyncpg, as many clients."""
    pool = await asyncpg.create_pool(url, min_size=CLIENTS, max_size=CLIENTS)
    async with pool:
        await pool.execute(BARE_TABLE)
        await pool.execute(BARE_LOGGED)
        began = time.monotonic()
        done, _ = await hammer(seconds, lambda n: pool.execute(BARE, LETTER))
        return done / (time.monotonic() - began)


async def intake(server: Server, seconds: float) -> dict[str, Any]:
    """Letters in, until the last of them is classified, routed and where possible dispatched."""
    async with contextlib.AsyncExitStack() as stack:
        free = [await stack.enter_async_context(Wire(server.url)) for _ in range(CLIENTS)]

        async def one(number: int) -> None:
            letter = {
                "channel": "web",
                "content": f"{LETTER}({number})",
                "citizen": {"phone": f"139{number % 10**8:08d}"},
            }
            wire = free.pop()
            status, said = await wire.post("/api/v1/public/requests", letter)
            free.append(wire)
            assert status == 201, said.decode()

        await hammer(2, one)
        await asyncio.to_thread(server.drain)
        spent, began = cpu(server), time.monotonic()
        done, took = await hammer(seconds, one)
        accepted = time.monotonic() - began
        await asyncio.to_thread(server.drain)
        whole = time.monotonic() - began
        return {
            "letters": done,
            "accepted_per_second": round(done / accepted, 1),
            "per_second_with_jobs": round(done / whole, 1),
            **per_call(spent, cpu(server), done),
            "p50_ms": quantile(took, 0.5),
            "p99_ms": quantile(took, 0.99),
        }


async def listing(server: Server, calls: int) -> dict[str, Any]:
    """Pages of 50, one after the other, as a desk asks for them."""
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        person = Person(client, "supervisor", Tally())
        found: dict[str, Any] = {}
        for name, query in LISTS.items():
            took = []
            for _ in range(calls):
                began = time.perf_counter()
                await person.get(f"/tickets?limit=50&{query}")
                took.append(time.perf_counter() - began)
            found[name] = {"p50_ms": quantile(took, 0.5), "p95_ms": quantile(took, 0.95)}
        return found


LISTS = {
    "newest": "",
    "pool": "stage=registered",
    "unit": "unit=14",
    "two_characters": "q=%E8%B7%AF%E7%81%AF",
    "rare": "q=n77",
}


async def verb(server: Server, calls: int) -> dict[str, Any]:
    """Dispatch and sign, the two commonest, one after the other."""
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        agent, dispatcher = Person(client, "agent", Tally()), Person(client, "dispatcher", Tally())
        unit = Person(client, "unit", Tally())
        target = next(u["id"] for u in (await dispatcher.get("/units"))["items"] if u["code"] == "D14")
        tickets = []
        for number in range(calls):
            body = {"content": f"{LETTER}({number})", "kind": "report", "citizen": {"phone": "13800000001"}}
            tickets.append(await agent.call("POST", "/tickets", body))
        await asyncio.to_thread(server.drain)
        versions = [(await dispatcher.get(f"/tickets/{t['ticket_id']}"))["ticket"]["version"] for t in tickets]
        spent, took = cpu(server), []
        for ticket, version in zip(tickets, versions, strict=True):
            for person, name, body in ((dispatcher, "dispatch", {"unit_id": target}), (unit, "sign", {})):
                began = time.perf_counter()
                after = await person.does(name, ticket["ticket_id"], version, **body)
                took.append(time.perf_counter() - began)
                assert after is not None, person.tally.refusals
                version = after["version"]
        return {
            **per_call(spent, cpu(server), len(took)),
            "p50_ms": quantile(took, 0.5),
            "p95_ms": quantile(took, 0.95),
        }


async def fill(url: str, tickets: int) -> None:
    """The index over the words is made at the end: a million single entries would take as long as all the rest."""
    conn = await asyncpg.connect(url)
    try:
        for statement in (PARTITIONS, "DROP INDEX matter_terms"):
            await conn.execute(statement)
        await conn.execute(FILL, tickets)
        for statement in ("SET maintenance_work_mem = '512MB'", TERMS, "VACUUM ANALYZE"):
            await conn.execute(statement)
    finally:
        await conn.close()


@contextlib.contextmanager
def filled(tickets: int) -> Iterator[tuple[Server, str]]:
    """Two web processes and a job worker over a database with so many tickets, and the database's address."""
    folder = Path(tempfile.mkdtemp(prefix="hotline-load-"))
    os.environ["HOTLINE_RATE_LIMITS"] = "0"
    try:
        with Server(folder, workers=2) as server:
            found = running(folder)
            assert found is not None
            asyncio.run(fill(found.database_url, tickets))
            yield server, found.database_url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure_lists(tickets: int) -> dict[str, Any]:
    """The lists alone: with a million tickets the table takes minutes to make, and nothing else depends on it."""
    with filled(tickets) as (server, _):
        return {"tickets": tickets, "list": asyncio.run(listing(server, 60))}


def measure(tickets: int = 100_000, seconds: float = 15) -> dict[str, Any]:
    with filled(tickets) as (server, url):
        floor = [asyncio.run(bare(url, seconds / 3))]
        letters = asyncio.run(intake(server, seconds))
        floor.append(asyncio.run(bare(url, seconds / 3)))
        per_second = statistics.mean(floor)
        return {
            "at": SystemClock().now().date().isoformat(),
            "tickets": tickets,
            "bare_insert_per_second": round(per_second, 1),
            "intake": {**letters, "ratio_to_bare": round(letters["per_second_with_jobs"] / per_second, 3)},
            "verb": asyncio.run(verb(server, 150)),
            "list": asyncio.run(listing(server, 60)),
        }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000, help="tickets that are there already")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument(
        "--lists", action="store_true", help="measure the lists only, for instance with a million tickets"
    )
    args = parser.parse_args()
    found = measure_lists(args.tickets) if args.lists else measure(args.tickets, args.seconds)
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
