"""Reckoning with the PBX's own log."""

from datetime import UTC, datetime
from pathlib import Path

from hotline.infra.db import Connection
from hotline.infra.errors import HotlineError
from hotline.intake.channels.phone.figures import store
from hotline.intake.channels.phone.figures.queuelog import Reconciled, read, reconcile

MOST_BYTES = 256 * 1024 * 1024


def lines_of(path: Path) -> list[str]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise HotlineError(f"{path} 超过 256 MB,请按天切分后再对账。")
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as wrong:
        raise HotlineError(f"无法读取 {path}({wrong.strerror})。") from None


async def reckon(conn: Connection, provider: str, lines: list[str]) -> Reconciled:
    _, first, last = read(lines)
    if first is None or last is None:
        raise HotlineError("这个文件里没有 queue_log 的记录,请检查文件是否选对。")
    span = datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC)
    return reconcile(lines, await store.waited(conn, provider, *span))
