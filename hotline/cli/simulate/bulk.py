"""Months of tickets with their whole history, written by COPY; each day is one piece of work of one process."""

import asyncio
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from random import Random
from typing import Any

from hotline.classify.starter import SHIPPED, read_corpus
from hotline.cli.simulate import citizens, learnt, store
from hotline.cli.simulate.city import City, Text
from hotline.cli.simulate.copies import COLUMNS, NUMBER, Pattern, copy, pattern
from hotline.cli.simulate.guesses import Guesses
from hotline.cli.simulate.life import Life
from hotline.cli.simulate.lives import live
from hotline.directory.people import Actor, Role
from hotline.directory.regions import STREET
from hotline.directory.store import load_directory
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import connect
from hotline.infra.settings import Settings
from hotline.insight.sums import store as sums
from hotline.intake.numbers import ALPHABET, LENGTH
from hotline.routing.store import load_catalogue
from hotline.sla.store import load_calendar, load_policy
from hotline.supervision.hints import store as hints
from hotline.supervision.hints.actions import EVER
from hotline.supervision.store import load_thresholds
from hotline.tickets.store import ensure_partitions, first_number

LIVES = 100
"""Different lives a day at least; where there are more tickets they are told again, in other streets and by other people."""
TOLD_AGAIN = 30
"""How many times at most, beyond those."""
GATHERED = 0.01
"""Of those told again so many in one street: a pipe burst, and the neighbours ring."""
ORDER = [
    "ticket",
    "matter",
    "petitioner",
    "history",
    "query_code",
    "assignment",
    "request",
    "reply",
    "reply_text",
    "direct_answer",
    "callback",
    "ticket_overlay",
    "deadline",
    *learnt.COLUMNS,
]
SURE = {"matter": citizens.MATTER, "petitioner": citizens.PETITIONER, "query_code": ("code", "ticket_id")}
QUICK = "SET synchronous_commit = off; SET work_mem = '256MB'"
HOURS = (1, 1, 1, 1, 1, 2, 4, 7, 12, 14, 13, 10, 7, 9, 11, 11, 10, 8, 6, 5, 5, 4, 3, 2)
"""How many call in which hour."""


@dataclass(frozen=True)
class Day:
    """One day's work."""

    day: date
    first: int
    """Serial of its first ticket."""
    count: int
    seed: int


async def load_city(settings: Settings, now: datetime, guesses: Guesses | None = None) -> City:
    conn = await connect(settings.database_url or "")
    try:
        directory = await load_directory(conn)
        found = await store.actors(conn, directory)
        office = next(u for u in directory.units.values() if u.kind == "centre")
        # Who calls back must have no part in any unit's work.
        centre = {role.value: [a for a in found if a.has(role) and a.unit_id == office.id] for role in Role}
        for role in Role:
            if not centre[role.value]:
                centre[role.value] = [
                    Actor(f"{office.name}{n}号", frozenset({role}), None, office.id, office.path) for n in range(1, 4)
                ]
        return City(
            directory=directory,
            catalogue=await load_catalogue(conn),
            calendar=await load_calendar(conn, settings.calendar),
            policy=await load_policy(conn, settings.sla_pack, now),
            texts=[Text(**{f: r[f] for f in Text.__dataclass_fields__}) for r in read_corpus(SHIPPED)],
            centre=centre,
            hands=store.by_unit(found),
            places=sorted(r.code for r in directory.regions.values() if r.level == STREET),
            guesses=guesses,
        )
    finally:
        await conn.close()


def days(now: datetime, months: int, count: int, seed: int) -> Iterator[tuple[date, int, int]]:
    """Each day with its number of tickets: fewer at weekends, a little more every month."""
    last = now.astimezone(BEIJING).date()
    span = [last - timedelta(days=n) for n in range(round(months * 30.44), -1, -1)]
    rng = Random(seed)
    weights = [
        (0.65 if day.weekday() > 4 else 1.0) * (1 + at / len(span) * 0.2) * rng.uniform(0.9, 1.1)
        for at, day in enumerate(span)
    ]
    # Today has just begun, as far as its hours are gone.
    weights[-1] *= now.astimezone(BEIJING).hour / 24
    done, given, whole = 0.0, 0, sum(weights)
    for day, weight in zip(span, weights, strict=True):
        done += weight
        upto = round(count * done / whole)
        yield day, given, upto - given
        given = upto


def yearly(count: int, months: int) -> int:
    return count * 12 // months


# -- in the processes that write ------------------------------------------------------------------------------------

_room: dict[str, Any] = {}


def begin(settings: Settings, now: datetime, yearly: int, seed: int, guesses: Guesses | None) -> None:
    """What each process keeps between its days."""
    os.nice(5)
    cipher = FieldCipher(settings.field_keys)
    city = asyncio.run(load_city(settings, now, guesses))
    callers = citizens.Citizens(seed, yearly, cipher)
    _room.update(settings=settings, now=now, city=city, cipher=cipher, callers=callers, said=citizens.Said())


def work(day: Day) -> int:
    asyncio.run(write(day))
    return day.count


def patterns(day: Day, rng: Random) -> list[tuple[Life, Pattern]]:
    city, now = _room["city"], _room["now"]
    found = []
    for _ in range(min(day.count, max(LIVES, day.count // TOLD_AGAIN))):
        hour = rng.choices(range(24), HOURS)[0]
        at = datetime.combine(day.day, time(hour, rng.randint(0, 58)), BEIJING)
        life = live(rng, city, NUMBER, min(at, now - timedelta(minutes=10)), now - timedelta(minutes=2))
        found.append((life, pattern(life)))
    return found


def tickets(day: Day) -> dict[str, bytes]:
    """All rows of a day, by table."""
    rng = Random(f"{day.seed}:{day.day}")
    told, city, cipher = patterns(day, rng), _room["city"], _room["cipher"]
    callers: citizens.Citizens = _room["callers"]
    made: dict[str, list[bytes]] = defaultdict(list)
    # Not of the seed alone: the same months may be written twice, and each ticket has a code of its own.
    codes = Random(f"{day.seed}:{day.day}:{day.first}")
    used: set[str] = set()
    gathered = {at: moved(rng, city, *one) for at, one in enumerate(told) if rng.random() < GATHERED}
    for n in range(day.count):
        life, shape = told[n % len(told)]
        number = first_number(day.day) + (day.first + n) % 10_000_000
        street = gathered.get(n % len(told)) or moved(rng, city, life, shape)
        local = city.local(street or city.places[0])
        for table, rows in copy(shape, number, rng.randint(1, 58), street, local).items():
            if table not in learnt.COLUMNS or n < learnt.MOST:
                made[table].append(rows)
        name = city.directory.regions[street].name if street else ""
        said = _room["said"].row(number, life.text, street, citizens.place(rng, name))
        calling = callers.calling(rng, int(life.text.category[:4]))
        caller = None if calling is None else callers.person(calling)
        made["matter"].append(said.encode())
        made["petitioner"].append(citizens.petitioner_row(number, caller, cipher).encode())
        code = "".join(codes.choices(ALPHABET, k=LENGTH))
        if code not in used:
            used.add(code)
            made["query_code"].append(f"{code}\t{number}\n".encode())
    # A list of them goes by their numbers.
    made["override"] = sorted(b"".join(made["override"]).splitlines(keepends=True), key=learnt.happened)
    return {table: b"".join(rows) for table, rows in made.items()}


def moved(rng: Random, city: City, life: Life, shape: Pattern) -> str | None:
    """Another street: anywhere when a department leads or whoever leads there, else one of the same district."""
    if shape.region is None:
        return None
    if shape.local:
        street = rng.choice(city.places)
        return street if city.local(street) else shape.region
    if life.lead is not None and life.lead.kind not in ("department", "utility"):
        if life.lead.kind != "district":
            return shape.region
        return rng.choice([p for p in city.places if p[:6] == shape.region[:6]])
    return rng.choice(city.places)


async def write(day: Day) -> None:
    made = tickets(day)
    conn = await connect(_room["settings"].database_url)
    try:
        await conn.execute(QUICK)
        async with conn.transaction():
            for table in ORDER:
                if rows := made.get(table):
                    columns = SURE.get(table) or COLUMNS[table]
                    await conn.copy_to_table(table, source=BytesIO(rows), columns=list(columns))
    finally:
        await conn.close()


# -- in the process that was asked ----------------------------------------------------------------------------------


async def prepare(settings: Settings, now: datetime, months: int, count: int) -> int:
    """Partitions for all months, and the first serial number of ours."""
    conn = await connect(settings.database_url or "")
    try:
        first = (now.astimezone(BEIJING).date() - timedelta(days=round(months * 30.44))).replace(day=1)
        while first <= now.date():
            await ensure_partitions(conn, first)
            first += timedelta(days=110)
        await ensure_partitions(conn, now.date())
        return await store.reserve(conn, count)
    finally:
        await conn.close()


def fill(
    settings: Settings,
    now: datetime,
    *,
    count: int,
    months: int,
    seed: int,
    jobs: int,
    guesses: Guesses | None = None,
) -> Iterator[int]:
    """Write them all; yields how many were just written."""
    first = asyncio.run(prepare(settings, now, months, count))
    work_list = [Day(day, first + at, n, seed) for day, at, n in days(now, months, count, seed) if n]
    shared = (settings, now, yearly(count, months), seed, guesses)
    with ProcessPoolExecutor(jobs, initializer=begin, initargs=shared) as pool:
        for done in as_completed([pool.submit(work, one) for one in work_list]):
            yield done.result()

    asyncio.run(tidy(settings, (QUICK, "VACUUM (ANALYZE) ticket, assignment, petitioner, callback, history, reply")))


def add_up(settings: Settings, now: datetime, *, jobs: int) -> Iterator[int]:
    """The sums of the reports, for all tickets there are; yields the number of days, then how many were just counted."""
    with alone(settings):
        reached, span = asyncio.run(begin_sums(settings))
        if span is None:
            return
        every = [span[0] + timedelta(days=n) for n in range((span[1] - span[0]).days + 1)]
        yield len(every)
        with ProcessPoolExecutor(jobs, initializer=_room.update, initargs=({"settings": settings},)) as pool:
            for done in as_completed([pool.submit(count_day, day) for day in every]):
                yield done.result()
        asyncio.run(end_sums(settings, reached))


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """The job of a server on the same data keeps off meanwhile: it would write the very rows that are written here."""
    with asyncio.Runner() as runner:
        conn = runner.run(connect(settings.database_url or ""))
        try:
            runner.run(sums.hold_alone(conn))
            yield
        finally:
            runner.run(conn.close())


def count_day(day: date) -> int:
    asyncio.run(add_day(day))
    return 1


async def add_day(day: date) -> None:
    conn = await connect(_room["settings"].database_url)
    await conn.execute(QUICK)
    begin, end = first_number(day), first_number(day + timedelta(days=1))
    await sums.add_span(conn, begin, end)
    await hints.look_again(conn, begin, end, await load_thresholds(conn))
    await conn.close()


async def begin_sums(settings: Settings) -> tuple[sums.Reached, tuple[date, date] | None]:
    conn = await connect(settings.database_url or "")
    await sums.empty(conn)
    reached, span = await sums.reached(conn), await sums.first_and_last(conn)
    await conn.close()
    return reached, span


async def end_sums(settings: Settings, reached: sums.Reached) -> None:
    """Whatever somebody did meanwhile lies behind the mark and is counted by the next run of the job."""
    conn = await connect(settings.database_url or "")
    await conn.execute(QUICK)
    await sums.add_up(conn)
    await sums.counted_so(conn)
    thresholds = await load_thresholds(conn)
    await hints.has_come_to(conn, EVER, thresholds)
    await hints.looked_so(conn, thresholds)
    # Twice: the number follows once the transactions before it are known to be done, and they were when it began.
    await sums.move_mark(conn, reached)
    await sums.move_mark(conn, reached)
    await conn.close()


async def tidy(settings: Settings, statements: Sequence[str]) -> int:
    """How many bytes the database takes when that was done."""
    conn = await connect(settings.database_url or "")
    try:
        for statement in statements:
            await conn.execute(statement)
        return await store.size(conn)
    finally:
        await conn.close()
