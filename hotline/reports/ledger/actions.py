"""Write the ledger of a span to a file; recorded before the first row, whatever becomes of it.

The command line and the desk take the same way: an order on record, rows to a file beside, the file under its name when it
is whole."""

import asyncio
import csv
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from xlsxwriter import Workbook

from hotline.directory.people import Actor
from hotline.directory.store import load_directory
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection, Pool
from hotline.infra.errors import Conflict, HotlineError, InvalidInput
from hotline.reports.ledger import store
from hotline.reports.ledger.columns import TITLES, USUAL, Names, Row, cells, mark, open_to
from hotline.reports.ledger.order import FORMATS, LedgerOrder, faults, tidied
from hotline.tickets.store import first_number

AT_ONCE = 2
"""Exports one person may wait for."""
HEARTBEAT = 5.0
Told = Callable[[int, int], None]


class Writer(Protocol):
    def __call__(self, row: tuple[str, ...], /) -> object: ...


class Cancelled(HotlineError):
    """Whoever asked does not want it any more."""

    code = "cancelled"


@dataclass(frozen=True)
class Job:
    """What is to be written, and for whom."""

    number: int
    order: LedgerOrder
    by: str
    at: datetime


# -- ordering -------------------------------------------------------------------------------------------------------


async def put_order(conn: Connection, asked: LedgerOrder, now: datetime, *, who: Actor, by_page: bool) -> int:
    order = tidied(asked)
    if wrong := faults(asked, {column.key for column in open_to(who)}):
        raise InvalidInput(wrong)
    if by_page and who.person_id and await store.still_running(conn, who.person_id) >= AT_ONCE:
        raise Conflict(f"您已有 {AT_ONCE} 份导出正在生成，请等其中一份完成，或取消后再试。")
    return await store.begin(
        conn, now, who, order.purpose, span(order), order.format, order.filters, order.columns, by_page=by_page
    )


def span(order: LedgerOrder) -> tuple[int, int]:
    return first_number(order.first), first_number(order.last + timedelta(days=1))


# -- writing --------------------------------------------------------------------------------------------------------


async def take_out(
    pool: Pool,
    first: date,
    last: date,
    path: Path,
    *,
    by: str | Actor,
    purpose: str,
    clock: Callable[[], datetime],
    told: Told,
    columns: tuple[str, ...] | None = None,
    cipher: FieldCipher | None = None,
) -> int:
    """By the command line. How many rows; the file appears under its name only when it is whole."""
    fmt = next((known for known in FORMATS if path.suffix == f".{known}"), None)
    if fmt is None:
        raise InvalidInput([("out", "台账支持 .csv 和 .xlsx，请换用其中一种后缀。")])
    who = by if isinstance(by, Actor) else Actor(by.strip(), frozenset())
    if not who.name:
        raise InvalidInput([("by", "请写明导出人，会记入导出记录并印在文件上。")])
    order = LedgerOrder(first, last, purpose, fmt, columns or USUAL)
    async with pool.acquire() as conn:
        number = await put_order(conn, order, clock(), who=who, by_page=False)
    return await write_out(
        pool, Job(number, tidied(order), who.name, clock()), path, clock=clock, told=told, cipher=cipher
    )


async def write_out(
    pool: Pool,
    job: Job,
    path: Path,
    *,
    clock: Callable[[], datetime],
    told: Told,
    cipher: FieldCipher | None,
    kept: timedelta | None = None,
) -> int:
    """Cancelled or broken off it leaves its record and no file. `kept`: for a desk; a worker that is stopped gives it back."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    progress = Progress(0, 0)
    async with pool.acquire() as noting:
        try:
            async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
                await _write(conn, noting, job, beside, progress, told, cipher)
            beside.replace(path)
        except BaseException as wrong:
            beside.unlink(missing_ok=True)
            if kept and isinstance(wrong, asyncio.CancelledError):
                await store.give_back(noting, job.number)
            else:
                said = "" if isinstance(wrong, Cancelled | asyncio.CancelledError) else str(wrong)[:300]
                await store.end(noting, job.number, clock(), progress.done, whole=False, problem=said)
            raise
        expires = clock() + kept if kept else None
        await store.end(noting, job.number, clock(), progress.done, whole=True, expires=expires)
    return progress.done


@dataclass
class Progress:
    done: int
    of: int


async def _write(
    conn: Connection,
    noting: Connection,
    job: Job,
    path: Path,
    progress: Progress,
    told: Told,
    cipher: FieldCipher | None,
) -> None:
    order = job.order
    names = await load_names(conn)
    progress.of = await store.count(conn, *span(order), order.filters)
    await _still_wanted(noting, job, progress)
    heads = [TITLES[key] for key in order.columns]
    book = ExitStack()
    write = book.enter_context(opened(path, order.format, heads, mark(job.by, order.purpose, job.at)))
    try:
        async for found in store.rows(conn, *span(order), order.filters, cipher):
            # Elsewhere than in the loop: other jobs of this worker go on.
            await asyncio.to_thread(put, write, found, names, order.columns)
            progress.done += len(found)
            told(progress.done, progress.of)
            await _still_wanted(noting, job, progress)
    except BaseException as wrong:
        book.__exit__(type(wrong), wrong, wrong.__traceback__)
        raise
    # A workbook is packed when it is closed, which takes long enough to be taken for dead.
    closing = asyncio.create_task(asyncio.to_thread(book.close))
    while not (await asyncio.wait({closing}, timeout=HEARTBEAT))[0]:
        await store.go_on(noting, job.number, progress.done, progress.of)
    closing.result()
    # Who changed their mind meanwhile gets no file either.
    await _still_wanted(noting, job, progress)


async def _still_wanted(noting: Connection, job: Job, progress: Progress) -> None:
    if not await store.go_on(noting, job.number, progress.done, progress.of):
        raise Cancelled("已取消。")


def put(write: Writer, rows: list[Row], names: Names, columns: tuple[str, ...]) -> None:
    for row in rows:
        write(cells(row, names, columns))


async def load_names(conn: Connection) -> Names:
    directory = await load_directory(conn)
    return Names(
        {unit.id: unit.name for unit in directory.units.values()},
        {region.code: region.name for region in directory.regions.values()},
        await store.category_names(conn),
    )


# -- the file ---------------------------------------------------------------------------------------------------------

SHEET = 1_000_000
"""Rows a sheet; a table program takes little more."""


@contextmanager
def opened(path: Path, fmt: str, heads: Sequence[str], watermark: str) -> Iterator[Writer]:
    if fmt == "csv":
        # The mark at the beginning tells a table program that it is UTF-8.
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            table.writerows([(watermark,), heads])
            yield table.writerow
        return
    parts = path.with_name(f"{path.name}.parts")
    parts.mkdir(mode=0o700, exist_ok=True)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": str(parts)}
    # Not `with`: a workbook that is left half-way would be packed first, half a minute for a million rows nobody wants.
    book = Workbook(path, options)
    try:
        yield Sheets(book, heads, watermark)
        book.close()
    finally:
        for page in book.worksheets():
            page._opt_close()
        shutil.rmtree(parts, ignore_errors=True)


class Sheets:
    def __init__(self, book: Workbook, heads: Sequence[str], watermark: str) -> None:
        self.book, self.heads, self.watermark, self.at = book, heads, watermark, SHEET + 1

    def __call__(self, row: tuple[str, ...], /) -> None:
        if self.at > SHEET:
            self.page = self.book.add_worksheet()
            self.page.set_footer("&C" + self.watermark.replace("&", "&&")[:250])
            self.page.freeze_panes(2, 1)
            self.page.set_column(0, len(self.heads) - 1, 18)
            self.page.write_string(0, 0, self.watermark)
            for column, head in enumerate(self.heads):
                self.page.write_string(1, column, head)
            self.at = 2
        for column, text in enumerate(row):
            self.page.write_string(self.at, column, text)
        self.at += 1
