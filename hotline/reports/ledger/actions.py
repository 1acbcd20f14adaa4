"""Write the ledger of a span to a file; recorded before the first row, whatever becomes of it."""

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from xlsxwriter import Workbook

from hotline.directory.store import load_directory
from hotline.infra.db import Pool
from hotline.infra.errors import InvalidInput
from hotline.reports.ledger import store
from hotline.reports.ledger.columns import HEADS, cells, mark
from hotline.tickets.store import first_number

FORMATS = (".csv", ".xlsx")
SHEET = 1_000_000
"""Rows a sheet; a table program takes little more."""
Told = Callable[[int, int], None]


class Writer(Protocol):
    def __call__(self, row: tuple[str, ...], /) -> object: ...


async def take_out(
    pool: Pool, first: date, last: date, path: Path, *, by: str, purpose: str, clock: Callable[[], datetime], told: Told
) -> int:
    """How many rows; the file appears under its name only when it is whole. Cancelled, it leaves its record and no file."""
    if path.suffix not in FORMATS:
        raise InvalidInput([("out", "台账支持 .csv 和 .xlsx，请换用其中一种后缀。")])
    if not purpose.strip() or not by.strip():
        raise InvalidInput([("purpose", "请写明导出人和用途，会记入导出记录并印在文件上。")])
    begin, until, done = first_number(first), first_number(last + timedelta(days=1)), 0
    async with pool.acquire() as noting:
        number = await store.begin(noting, clock(), by, purpose, begin, until, path.suffix[1:])
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
                of, directory = await store.count(conn, begin, until), await load_directory(conn)
                names = {unit.id: unit.name for unit in directory.units.values()}
                regions = {region.code: region.name for region in directory.regions.values()}
                categories = await store.category_names(conn)
                with opened(beside, path.suffix, mark(by, purpose, clock())) as write:
                    async for row in store.rows(conn, begin, until):
                        write(cells(row, names, regions, categories))
                        done += 1
                        if done % store.TOGETHER == 0 or done == of:
                            told(done, of)
            beside.replace(path)
            await store.end(noting, number, clock(), done, whole=True)
        except BaseException:
            beside.unlink(missing_ok=True)
            await store.end(noting, number, clock(), done, whole=False)
            raise
    return done


@contextmanager
def opened(path: Path, suffix: str, watermark: str) -> Iterator[Writer]:
    if suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            table.writerows([(watermark,), HEADS])
            yield table.writerow
        return
    # Rows go to disk as they come: the memory does not grow with them.
    with Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        yield Sheets(book, watermark)


class Sheets:
    def __init__(self, book: Workbook, watermark: str) -> None:
        self.book, self.watermark, self.at = book, watermark, SHEET + 1

    def __call__(self, row: tuple[str, ...], /) -> None:
        if self.at > SHEET:
            self.page = self.book.add_worksheet()
            self.page.set_footer(self.watermark.replace("&", "&&")[:250])
            self.page.write_string(0, 0, self.watermark)
            for column, head in enumerate(HEADS):
                self.page.write_string(1, column, head)
            self.at = 2
        for column, text in enumerate(row):
            self.page.write_string(self.at, column, text)
        self.at += 1
