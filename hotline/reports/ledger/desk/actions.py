"""Exports asked for at a desk: a worker writes them, whoever asked takes them, and after a week they are gone."""

import logging
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

from hotline.directory.people import Actor, Role
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, NotFound
from hotline.infra.http import Services
from hotline.reports.ledger import store
from hotline.reports.ledger.actions import Cancelled, Job, write_out
from hotline.reports.ledger.columns import open_to
from hotline.reports.ledger.order import FORMATS, LedgerOrder
from hotline.reports.ledger.store import Taken

logger = logging.getLogger(__name__)
TAKERS = frozenset({Role.SUPERVISOR, Role.SUPERVISION, Role.CENTRE_LEADER, Role.CITY_LEADER})
KEPT = timedelta(days=7)
"""So long a file lies ready."""
SILENT = timedelta(seconds=60)
"""A writer silent for so long is taken for dead."""


def folder(data: Path) -> Path:
    return data / "exports"


def place(data: Path, taken: Taken) -> Path:
    return folder(data) / f"{taken.id}.{taken.format}"


async def write_next(services: Services) -> bool:
    """The next that somebody asked for at a desk; False when nobody waits. One worker writes one at a time."""
    async with services.pool.acquire() as conn:
        number = await store.take(conn, SILENT)
        taken = await store.one(conn, number) if number is not None else None
        if taken is None:
            return False
        who = await store.asker(conn, person=taken.person_id)
        may = {column.key for column in open_to(who)} if who and who.has(*TAKERS) else set()
        if not set(taken.columns) <= may:
            # A role was taken away meanwhile.
            problem = "导出人的岗位已变，不能再导出这些内容。"
            await store.end(conn, taken.id, services.clock.now(), 0, whole=False, problem=problem)
            return True
    folder(services.settings.data).mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        await write_out(
            services.pool,
            Job(taken.id, ordered(taken), taken.by_name, taken.at),
            place(services.settings.data, taken),
            clock=services.clock.now,
            told=lambda done, of: None,
            cipher=services.cipher,
            kept=KEPT,
        )
    except Cancelled:
        logger.info("导出 %s 已取消", taken.id)
    return True


def ordered(taken: Taken) -> LedgerOrder:
    first, last = day_of(taken.first), day_of(taken.until) - timedelta(days=1)
    fmt = next(known for known in FORMATS if known == taken.format)
    return LedgerOrder(first, last, taken.purpose, fmt, taken.columns, taken.filters)


def day_of(number: int) -> date:
    return date.fromisoformat(str(number // 10_000_000))


async def forget_expired(services: Services) -> None:
    """Files whose time is over, and what a killed writer left behind."""
    found: dict[int, list[Path]] = {}
    for path in folder(services.settings.data).glob("*"):
        name = path.name.lstrip(".").partition(".")[0]
        if name.isdigit():
            found.setdefault(int(name), []).append(path)
    async with services.pool.acquire() as conn:
        over = await store.over(conn, list(found), services.clock.now())
    for number, expired in over.items():
        for path in found[number]:
            if expired or path.name.startswith("."):
                remove(path)


def remove(path: Path) -> None:
    """A file, or the folder a workbook was being written in."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


async def mine(conn: Connection, number: int, who: Actor) -> Taken:
    """Nobody but who asked sees it there."""
    found = await store.one(conn, number)
    if found is None or not found.by_page or found.person_id != who.person_id:
        raise NotFound("没有这份导出，请刷新列表。")
    return found


async def cancel(conn: Connection, number: int, now: datetime, *, who: Actor) -> None:
    found = await mine(conn, number, who)
    if found.ended_at:
        raise Conflict("这份导出已经结束，不用取消；文件到期自动删除。")
    await store.cancel(conn, number, now)
