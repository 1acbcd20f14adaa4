"""Reports over a city's year: pages of measures, the lists behind them, the bulletin and the weekly list.

`python -m bench.reports [--tickets 1000000] [--data DIR] [--only weekly]` fills DIR by `hotline simulate --bulk` when it is empty; what is
measured is the time from the question to the bytes of the answer, on the embedded database as it is shipped."""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection, migrate
from hotline.infra.embedded import embedded
from hotline.infra.services import open_services
from hotline.infra.settings import load_settings
from hotline.insight import actions as insight
from hotline.insight.measures import MEASURES
from hotline.insight.spans import month_before, month_end
from hotline.insight.store import Behind
from hotline.reports import actions as reports
from hotline.supervision.weeks import week_of
from hotline.tickets.verbs import Desk

TIMES = 5
KINDS = ("kpi month", "kpi year", "list month", "list year", "bulletin json", "bulletin xlsx", "bulletin docx", "bulletin pdf",
         "weekly json", "weekly xlsx", "weekly docx", "weekly pdf")  # fmt: skip
NEWEST = "SELECT max(created_at) FROM ticket"
TICKETS = "SELECT count(*) FROM ticket"
Question = Callable[[Connection], Awaitable[Any]]


def fill(data: Path, tickets: int, months: int) -> float:
    """Seconds it took to make the tickets, their histories and the sums."""
    began = time.monotonic()
    command = [sys.executable, "-m", "hotline.cli", "simulate", "--bulk", str(tickets), "--months", str(months)]
    subprocess.run(command, check=True, env={**os.environ, "HOTLINE_DATA": str(data)})
    return time.monotonic() - began


def questions(today: date, desk: Desk, now: datetime) -> dict[str, Question]:
    """Every kind of page, by name; of one kind the slowest counts."""
    month = month_before(today)
    spans = {"month": (month, month_end(month)), "year": (today - timedelta(days=364), today)}
    found: dict[str, Question] = {}
    for span, (first, last) in spans.items():
        for group in ("unit", "district", "channel", "category", "campaign", "month"):
            found[f"kpi {span} by {group}"] = page(first, last, group, now)
        for measure in MEASURES:
            # Of a mean nothing is met or missed; no page asks.
            for part in ("denominator", "excluded", *(("numerator", "missed") if measure.shown != "mean" else ())):
                asked = Behind(measure.name, part, limit=51)
                found[f"list {span} {measure.name} {part}"] = behind(first, last, asked, now)
    found["bulletin json"] = bulletin(month, "json", now)
    for fmt in ("xlsx", "docx", "pdf"):
        found[f"bulletin {fmt}"] = bulletin(month, fmt, now)
        found[f"weekly {fmt}"] = weekly(week_of(now).text, fmt, now, desk)
    found["weekly json"] = weekly(week_of(now).text, "json", now, desk)
    return found


def page(first: date, last: date, group: str, now: datetime) -> Question:
    async def ask(conn: Connection) -> bytes:
        return msgspec.json.encode(await insight.kpi(conn, first, last, group, now, compared=group != "month"))

    return ask


def behind(first: date, last: date, asked: Behind, now: datetime) -> Question:
    async def ask(conn: Connection) -> bytes:
        return msgspec.json.encode(await insight.tickets(conn, first, last, asked, now))

    return ask


def bulletin(month: date, fmt: str, now: datetime) -> Question:
    async def ask(conn: Connection) -> bytes:
        return reports.document(await reports.monthly(conn, month, now), fmt)

    return ask


def weekly(week: str, fmt: str, now: datetime, desk: Desk) -> Question:
    async def ask(conn: Connection) -> bytes:
        return reports.document(await reports.weekly(conn, week, now, desk=desk), fmt)

    return ask


async def timed(conn: Connection, ask: Question) -> list[float]:
    """Whoever asks a second time finds the pages of the database in memory, as everybody does after the first hour."""
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await ask(conn)
        found.append(time.perf_counter() - began)
    return found


async def ask_all(data: Path, database_url: str, only: str = "") -> dict[str, Any]:
    await migrate(database_url)
    secrets = (
        json.loads((data / "secrets.json").read_text(encoding="utf-8")) if (data / "secrets.json").is_file() else {}
    )
    settings = load_settings(
        {"HOTLINE_DATA": str(data), **{k: str(v) for k, v in secrets.items()}, "HOTLINE_DATABASE_URL": database_url}
    )
    async with open_services(settings, max_size=2) as services, services.pool.acquire() as conn:
        newest: datetime = await conn.fetchval(NEWEST)
        now = newest.astimezone(BEIJING) + timedelta(minutes=1)
        desk = Desk(settings, FieldCipher(settings.field_keys))
        asked = {name: ask for name, ask in questions(now.date(), desk, now).items() if name.startswith(only)}
        took = {name: await timed(conn, ask) for name, ask in asked.items()}
        tickets = await conn.fetchval(TICKETS)
    return {"tickets": tickets, **summed(took)}


def summed(took: dict[str, list[float]]) -> dict[str, Any]:
    """Of each kind the slowest page by its median, with the standard error of its mean; the slowest first answer, which may have
    found nothing in memory, and the slowest of those after it."""
    kinds: dict[str, Any] = {}
    for kind in KINDS:
        own = {name: times for name, times in took.items() if name.startswith(kind)}
        if not own:
            continue
        name = max(own, key=lambda one: statistics.median(own[one]))
        kinds[kind.replace(" ", "_")] = {
            "slowest": name,
            "median_s": round(statistics.median(own[name]), 3),
            "standard_error_s": round(statistics.stdev(own[name]) / TIMES**0.5, 3),
            "first_s": round(max(times[0] for times in own.values()), 3),
            "worst_s": round(max(max(times[1:]) for times in own.values()), 3),
        }
    return kinds


def measure(tickets: int = 1_000_000, data: Path | None = None, months: int = 12, only: str = "") -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="hotline-reports-") as own:
        place = data or Path(own)
        filled = None if (place / "postgres").is_dir() else round(fill(place, tickets, months))
        with embedded(place, valkey=False) as found:
            answered = asyncio.run(ask_all(place, found.database_url or "", only))
    return answered if filled is None else {"fill_s": filled, **answered}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--tickets", type=int, default=1_000_000)
    asked.add_argument("--months", type=int, default=12)
    asked.add_argument("--data", type=Path, help="where the tickets are, or are to be made and kept")
    asked.add_argument("--only", default="", help="questions whose names begin so, such as weekly or kpi")
    given = asked.parse_args()
    print(json.dumps(measure(given.tickets, given.data, given.months, given.only), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
