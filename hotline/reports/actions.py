"""Reports as files: made from what the stages answer, written whole or not at all."""

import asyncio
import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import msgspec

from hotline.infra.crypto import FieldCipher, sm3
from hotline.infra.db import Connection
from hotline.infra.errors import InvalidInput
from hotline.reports import store
from hotline.reports.documents import XLSX, xlsx
from hotline.reports.docx import DOCX, docx
from hotline.reports.monthly import actions as months
from hotline.reports.monthly.bulletin import Bulletin
from hotline.reports.papers import Paper, monthly_paper, tables_of, weekly_paper
from hotline.reports.pdf import PDF, pdf
from hotline.reports.weekly import book, printed
from hotline.supervision.actions import difficult_week
from hotline.supervision.weeklist import WeekList
from hotline.tickets.verbs import Desk

MEDIA = {"json": "application/json", "xlsx": XLSX, "docx": DOCX, "pdf": PDF}
FORMATS = tuple(MEDIA)
Report = WeekList | Bulletin | Paper


async def weekly(conn: Connection, week: str, now: datetime, *, desk: Desk | None = None) -> WeekList:
    """`hotline report weekly`: the frozen list when there is one, else the list as it stands."""
    return await difficult_week(conn, week, now, desk=desk)


async def monthly(
    conn: Connection, month: date, now: datetime, *, public: bool = False, cipher: FieldCipher | None = None
) -> Bulletin:
    """`hotline report monthly`: with the frozen rates when there are, else as they stand."""
    return await months.monthly(conn, month, now, public=public, cipher=cipher)


def check_format(fmt: str) -> str:
    if fmt not in FORMATS:
        raise InvalidInput([("format", f"报表目前支持 {'、'.join(FORMATS)}，请换用其中一种格式。")])
    return fmt


def as_json(report: Report) -> bytes:
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


MAKERS: dict[type, dict[str, Callable[..., bytes]]] = {
    WeekList: {
        "json": as_json,
        "xlsx": lambda week: xlsx(book(week)),
        "docx": lambda week: docx(weekly_paper(printed(week))),
        "pdf": lambda week: pdf(weekly_paper(printed(week))),
    },
    Bulletin: {
        "json": as_json,
        "xlsx": lambda month: xlsx(tables_of(monthly_paper(month))),
        "docx": lambda month: docx(monthly_paper(month)),
        "pdf": lambda month: pdf(monthly_paper(month)),
    },
    Paper: {"json": as_json, "xlsx": lambda paper: xlsx(tables_of(paper)), "docx": docx, "pdf": pdf},
}


def document(report: Report, fmt: str) -> bytes:
    """The report in the format asked for."""
    return MAKERS[type(report)][check_format(fmt)](report)


async def sealed_week(conn: Connection, week: WeekList, fmt: str, now: datetime) -> bytes:
    """A frozen week's file as it was first handed over, byte for byte, whatever has become of the program since."""
    kept = await store.week_file(conn, week.week, fmt)
    if kept is None:
        made = await asyncio.to_thread(document, week, fmt)
        await store.add_week_file(conn, week.week, fmt, made, sm3(made), now)
        kept = await store.week_file(conn, week.week, fmt)
    assert kept is not None
    return kept


def write(report: Report, fmt: str, path: Path) -> None:
    """The file appears under its name only when it is whole."""
    made = document(report, fmt)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(made)
        beside.replace(path)
    except OSError as wrong:
        beside.unlink(missing_ok=True)
        raise InvalidInput([("out", f"写不了文件 {path}（{wrong.strerror}），请检查目录和权限。")]) from wrong
