"""Reckoning with the PBX's own log."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import httpx

from hotline.infra.db import Connection
from hotline.infra.errors import HotlineError
from hotline.intake.channels.phone.figures import store
from hotline.intake.channels.phone.figures.queuelog import Reconciled, line_of, read, reconcile

MOST_BYTES = 256 * 1024 * 1024
FIRST_PART = 1 << 20


def lines_of(path: Path) -> list[str]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise HotlineError(f"{path} 超过 256 MB,请按天切分后再对账。")
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as wrong:
        raise HotlineError(f"无法读取 {path}({wrong.strerror})。") from None


async def recent(source: str, since: datetime) -> list[str]:
    """The end of a log, from at latest that moment on; `source` is a file, or an address that a web server gives it at."""
    try:
        if source.startswith(("http://", "https://")):
            return await served(source, since)
        return await asyncio.to_thread(end_of, Path(source), since)
    except (OSError, httpx.HTTPError) as wrong:
        raise HotlineError(f"无法读取 queue_log({source}):{type(wrong).__name__}。") from None


def end_of(path: Path, since: datetime) -> list[str]:
    with path.open("rb") as file:
        size, part = path.stat().st_size, FIRST_PART
        while True:
            file.seek(max(0, size - part))
            lines = whole_lines(file.read(part), begins=part >= size)
            if part >= size or reaches(lines, since):
                return lines
            part = enough(part)


async def served(address: str, since: datetime) -> list[str]:
    """By parts (Range), from the end; a server that knows no parts gives all of it."""
    part = FIRST_PART
    async with httpx.AsyncClient(timeout=10.0) as client:
        while True:
            told = (await client.get(address, headers={"Range": f"bytes=-{part}"})).raise_for_status()
            lines = whole_lines(told.content, begins=told.status_code != 206 or len(told.content) < part)
            if told.status_code != 206 or len(told.content) < part or reaches(lines, since):
                return lines
            part = enough(part)


def enough(part: int) -> int:
    if part >= MOST_BYTES:
        raise HotlineError("queue_log 在所需的时间里超过 256 MB,请按天切分。")
    return part * 4


def whole_lines(read_: bytes, *, begins: bool) -> list[str]:
    lines = read_.decode("utf-8", "replace").splitlines()
    return lines if begins else lines[1:]


def reaches(lines: list[str], since: datetime) -> bool:
    first = next(filter(None, map(line_of, lines)), None)
    return first is not None and first.at < since.timestamp()


async def reckon(conn: Connection, provider: str, lines: list[str]) -> Reconciled:
    _, first, last = read(lines)
    if first is None or last is None:
        raise HotlineError("这个文件里没有 queue_log 的记录,请检查文件是否选对。")
    span = datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC)
    return reconcile(lines, await store.waited(conn, provider, *span))
