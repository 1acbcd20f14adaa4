"""How long the agent waits for a suggestion: the whole round trip of `POST /suggest` while a text grows. `python -m bench.suggest`

One web process over an embedded PostgreSQL with a month of tickets in it, one agent typing, then eight at once. The texts
are our own corpus; each is asked about after a third, two thirds and all of it, as the desk does after pauses."""

import argparse
import asyncio
import csv
import json
import os
import shutil
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from bench.desks import Person, Tally
from bench.load import quantile
from bench.server import Server
from hotline.infra.clock import SystemClock
from hotline.infra.embedded import running
from hotline.infra.words import search_terms

OURS = Path(__file__).resolve().parents[1] / "hotline" / "classify" / "starter" / "corpus.csv"
FILL = """
-- A month as it is lived: the corpus over and over, each ticket with its words, spread over the last four weeks.
WITH made AS (
    SELECT n, $5::timestamptz + n * interval '28 days' / $1 AS at,
           (to_char($5::timestamptz + n * interval '28 days' / $1, 'YYYYMMDD') || lpad((n % 10000000)::text, 7, '0'))::bigint
               AS id, 1 + n % cardinality($2::text[]) AS row
      FROM generate_series(1, $1) AS n
), tickets AS (
    INSERT INTO ticket (id, state, version, head, kind, urgency, channel, created_at, category, confidential,
        callback_wanted, round, returns, forbid_return)
    SELECT id, CASE WHEN n % 3 = 0 THEN 'in_progress' ELSE 'closed' END, 1, '\\x00', 'complaint', 'normal', 'phone', at,
           '0101', false, true, 0, 0, false FROM made
)
INSERT INTO matter (ticket_id, title, content, expected, original_words, address, grid, place, coordinates, about,
    about_phone, on_site, enterprise, police, sensitive, importance, channel_detail, queue, tags, terms)
SELECT id, ($2::text[])[row], ($3::text[])[row] || n, '', '', '', '', '', 'gcj02', '', '', false, false, false, false, '',
       '', '', '{}', array_to_tsvector(string_to_array(($4::text[])[row], ' '))
  FROM made
"""
PARTITIONS = "SELECT ensure_partitions($1::date, 3)"


def texts() -> list[tuple[str, str]]:
    with OURS.open(encoding="utf-8-sig", newline="") as file:
        return [(row["title"], row["content"]) for row in csv.DictReader(file)]


async def fill(url: str, tickets: int, found: list[tuple[str, str]]) -> None:
    begin = SystemClock().now() - timedelta(days=28)
    terms = [
        " ".join(term for term in search_terms(f"{title}\n{content}") if " " not in term) for title, content in found
    ]
    conn = await asyncpg.connect(url)
    try:
        await conn.execute(PARTITIONS, begin.date())
        await conn.execute(FILL, tickets, [t for t, _ in found], [c for _, c in found], terms, begin, timeout=600)
        await conn.execute("ANALYZE")
    finally:
        await conn.close()


async def typed(agent: Person, content: str) -> list[float]:
    """Seconds from asking to the whole answer, after each pause."""
    took = []
    for share in (1, 2, 3):
        began = time.perf_counter()
        said = await agent.call("POST", "/suggest", {"content": content[: max(4, len(content) * share // 3)]})
        took.append(time.perf_counter() - began)
        assert said["category"], said
    return took


async def asked(server: Server, found: list[tuple[str, str]], agents: int) -> dict[str, float]:
    waiting = [content for _, content in found]
    took: list[float] = []
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        first = Person(client, "agent", Tally())
        await typed(first, waiting[0])

        async def desk() -> None:
            agent = Person(client, "agent", Tally())
            agent.headers = first.headers
            while waiting:
                took.extend(await typed(agent, waiting.pop()))

        await asyncio.gather(*(desk() for _ in range(agents)))
    return {"calls": len(took), **{f"p{round(share * 100)}_ms": quantile(took, share) for share in (0.5, 0.95, 0.99)}}


def measure(tickets: int = 100_000, calls: int = 200) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="hotline-suggest-"))
    os.environ["HOTLINE_RATE_LIMITS"] = "0"
    found = texts()
    step = max(1, len(found) // calls)
    try:
        with Server(folder) as server:
            database = running(folder)
            assert database is not None
            asyncio.run(fill(database.database_url, tickets, found))
            return {
                "at": SystemClock().now().date().isoformat(),
                "tickets_of_the_month": tickets,
                "one_agent": asyncio.run(asked(server, found[::step], 1)),
                "eight_agents": asyncio.run(asked(server, found[::step], 8)),
            }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.suggest", description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000, help="tickets of the last month")
    parser.add_argument("--calls", type=int, default=200)
    args = parser.parse_args()
    json.dump(measure(args.tickets, args.calls), sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
