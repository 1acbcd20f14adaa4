"""Put an entry in force, end one, take in rows of a file. What an entry replaces ends the day the new one begins."""

from collections.abc import Sequence
from datetime import date

import msgspec

from hotline.directory.changes import store as changes
from hotline.directory.loading.actions import Loaded
from hotline.directory.loading.rows import Row
from hotline.directory.people import By
from hotline.directory.store import load_directory
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, InvalidInput, NotFound
from hotline.routing import store as routing
from hotline.routing.catalogue import Entry
from hotline.routing.editing import store
from hotline.routing.editing.entries import faults, mark
from hotline.routing.loading.rows import judge_catalogue


def today_of(by: By) -> date:
    return by.now.astimezone(BEIJING).date()


async def known(conn: Connection, number: int) -> Entry:
    found = await store.one(conn, number)
    if found is None:
        raise NotFound(f"派单目录中没有编号为 {number} 的条目,请刷新后重试。")
    return found


async def put(conn: Connection, entry: Entry, by: By, *, replaces: str | None = None) -> Entry:
    """In force from its day on; who leads for this matter in this place until then is not touched.

    `replaces` is the mark of the entry the editor has seen; Conflict if somebody else has written there since.
    """
    await store.alone(conn)
    tree = (await routing.load_categories(conn)).tree
    if wrong := faults(entry, await load_directory(conn), tree, today_of(by)):
        raise InvalidInput(wrong)
    catalogue = await routing.load_catalogue(conn)
    same = [one for one in catalogue.entries if (one.category, one.region) == (entry.category, entry.region)]
    await refuse_unseen(conn, same, entry.valid_from, replaces)
    replaced = next((one for one in same if one.in_force(entry.valid_from)), None)
    number = await routing.deposit_entry(conn, entry)
    if entry.valid_to is not None:
        await store.end(conn, number, entry.valid_to)
    made = await known(conn, number)
    await changes.keep(conn, "catalogue", str(number), "put", by, before=replaced, after=made)
    return made


async def refuse_unseen(conn: Connection, same: Sequence[Entry], day: date, seen: str | None) -> None:
    """Two editors of one matter in one place: the later one is told what the earlier one wrote."""
    there = next((one for one in same if one.valid_from == day), None)
    if there is not None and mark(there) != seen:
        name = next((one.actor_name for one in await changes.changes(conn, "catalogue", str(there.id), 1)), "他人")
        raise Conflict(
            f"{name} 已为同一事项、同一区划写下自 {day} 起的条目。请取消并查看该条目,再修改它或另选生效日期。"
        )
    if seen is not None and seen not in map(mark, same):
        raise Conflict("此条目已被他人修改或撤销。请取消并查看最新内容后再改。")


async def end(conn: Connection, number: int, day: date, by: By) -> Entry | None:
    """Over from that day on. One that has not begun is taken back whole: None."""
    before = await known(conn, number)
    if day < today_of(by):
        raise InvalidInput([("day", "终止日期不能早于今天。")])
    if before.valid_to is not None and before.valid_to <= day:
        raise Conflict(f"此条目在 {before.valid_to} 已经终止。")
    if day <= before.valid_from:
        if not await store.drop(conn, number):
            raise Conflict("此条目由裁定写入,当天不能撤销;请把终止日期改为明天或以后。")
        await stand_again(conn, before)
        await changes.keep(conn, "catalogue", str(number), "drop", by, before=before, after=None)
        return None
    await store.end(conn, number, day)
    after = msgspec.structs.replace(before, valid_to=day)
    await changes.keep(conn, "catalogue", str(number), "end", by, before=before, after=after)
    return after


async def stand_again(conn: Connection, gone: Entry) -> None:
    """What an entry had replaced goes on as if it had never been: else nobody would lead from its day on."""
    puts = [
        one for one in await changes.changes(conn, "catalogue", str(gone.id), 100) if one.act == "put" and one.before
    ]
    # Put twice for one day it is one entry, which has replaced itself.
    replaced = next((found for one in puts if (found := msgspec.convert(one.before, Entry)).id != gone.id), None)
    if replaced is not None:
        await store.reopen(conn, replaced.id, gone.valid_from, replaced.valid_to)


async def take_rows(conn: Connection, rows: Sequence[Row], by: By) -> Loaded:
    """Some rows of a file; called again and again until it is through."""
    tree = (await routing.load_categories(conn)).tree
    found = judge_catalogue(rows, (await routing.load_catalogue(conn)).entries, await load_directory(conn), tree)
    for entry in found.good:
        number = await routing.deposit_entry(conn, entry)
        await changes.keep(conn, "catalogue", str(number), "import", by, before=None, after=entry)
    return Loaded(len(found.good), found.known, found.rejected)
