"""Reports as files: made from what the stages answer, written whole or not at all."""

import os
from datetime import datetime
from pathlib import Path

import msgspec

from hotline.infra.db import Connection
from hotline.infra.errors import InvalidInput
from hotline.reports.documents import xlsx
from hotline.reports.weekly import book
from hotline.supervision.actions import difficult_week
from hotline.supervision.weeklist import WeekList
from hotline.tickets.verbs import Desk

FORMATS = ("json", "xlsx")


async def weekly(conn: Connection, week: str, now: datetime, *, desk: Desk | None = None) -> WeekList:
    """`hotline report weekly`: the frozen list when there is one, else the list as it stands."""
    return await difficult_week(conn, week, now, desk=desk)


def check_format(fmt: str) -> str:
    if fmt not in FORMATS:
        raise InvalidInput([("format", f"疑难工单周报目前支持 {'、'.join(FORMATS)}，请换用其中一种格式。")])
    return fmt


def document(week: WeekList, fmt: str) -> bytes:
    """The list in the format asked for."""
    if check_format(fmt) == "xlsx":
        return xlsx(book(week))
    return msgspec.json.format(msgspec.json.encode(week), indent=2) + b"\n"


def write_weekly(week: WeekList, fmt: str, path: Path) -> None:
    """The file appears under its name only when it is whole."""
    made = document(week, fmt)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(made)
        beside.replace(path)
    except OSError as wrong:
        beside.unlink(missing_ok=True)
        raise InvalidInput([("out", f"写不了文件 {path}（{wrong.strerror}），请检查目录和权限。")]) from wrong
