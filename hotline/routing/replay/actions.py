"""Try a changed catalogue or threshold on last month's tickets; choose the threshold."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import UNSET, UnsetType

from hotline.directory.changes import store as changes
from hotline.directory.people import By
from hotline.directory.store import load_directory
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, InvalidInput, NotFound
from hotline.routing import store as routing
from hotline.routing.catalogue import Entry
from hotline.routing.editing.entries import faults
from hotline.routing.replay import store
from hotline.routing.replay.compare import Replayed, Way, changed_catalogue, replay
from hotline.routing.trust import LEAST

MOST = 20_000


async def try_out(
    conn: Connection,
    *,
    put: Sequence[Entry],
    ended: Sequence[int],
    threshold: float | None,
    days: int,
    threshold_now: float,
    now: datetime,
) -> Replayed:
    day = now.astimezone(BEIJING).date()
    directory, categories = await load_directory(conn), await routing.load_categories(conn)
    if wrong := [fault for entry in put for fault in faults(entry, directory, categories.tree, day)]:
        raise InvalidInput(wrong)
    catalogue = await routing.load_catalogue(conn)
    if unknown := set(ended) - {entry.id for entry in catalogue.entries}:
        raise NotFound(f"派单目录中没有编号为 {min(unknown)} 的条目,请刷新后重试。")
    tickets = await store.past(conn, now - timedelta(days=days), MOST)
    tree = categories.tree
    names = {code: tree.full_name(code) for ticket in tickets for g in ticket.guesses if (code := g.category) in tree}
    return await asyncio.to_thread(
        replay,
        tickets,
        Way(changed_catalogue(catalogue, (), (), day), threshold_now),
        Way(changed_catalogue(catalogue, put, ended, day), threshold_now if threshold is None else threshold),
        directory,
        names,
        categories.duties,
        day=day,
        days=days,
    )


async def choose_threshold(
    conn: Connection, threshold: float, reason: str, by: By, *, instead_of: datetime | UnsetType | None = UNSET
) -> None:
    """`instead_of`: when the one was chosen that is to go; Conflict if another stands by now."""
    if not LEAST <= threshold <= 1:
        raise InvalidInput([("threshold", "自动派单门槛应在 50% 至 100% 之间。")])
    if not reason.strip():
        raise InvalidInput([("reason", "请写明调整门槛的理由。")])
    await store.alone(conn)
    before = await store.threshold(conn)
    if instead_of is not UNSET and before is not None and before.at != instead_of:
        raise Conflict(
            f"{before.by_name} 刚刚已把门槛定为 {before.threshold * 100:g}%(理由:{before.reason}),"
            "请刷新页面核对后再定。"
        )
    await store.put_threshold(conn, round(threshold, 4), reason.strip(), by.actor.name, by.now)
    await changes.keep(
        conn, "threshold", "dispatch", "choose", by, before=before, after={"threshold": threshold, "reason": reason}
    )
