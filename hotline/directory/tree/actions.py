"""并入: one unit goes up in another. The tickets follow in the same transaction (`tickets.handover`)."""

import msgspec

from hotline.directory import store
from hotline.directory.actions import move_unit
from hotline.directory.people import By
from hotline.directory.tree import store as tree
from hotline.directory.units import Unit, UnitKind, is_within, known_unit
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, InvalidInput


class Merged(msgspec.Struct, frozen=True):
    people: int
    children: int


async def merge_units(conn: Connection, unit_id: int, into_id: int, by: By) -> Merged:
    """Its children come under the successor, its people and names become the successor's, and it is closed."""
    directory = await store.lock_directory(conn)
    unit, into = known_unit(directory, unit_id), known_unit(directory, into_id)
    refuse_merger(unit, into)
    children = directory.children(unit_id)
    for child in children:
        await move_unit(conn, child.id, into_id, actor=by.actor, now=by.now)
    people = await tree.close_into(conn, unit_id, into_id, by)
    await _remember(conn, unit, into, by)
    return Merged(people, len(children))


def refuse_merger(unit: Unit, into: Unit) -> None:
    if unit.id == into.id:
        raise InvalidInput([("into", "单位不能并入自己,请另选单位。")])
    for each in (unit, into):
        if not each.active:
            raise Conflict(f"“{each.name}”已停用或已并入其他单位,不能再参与合并。")
        if each.kind is UnitKind.CENTRE:
            raise Conflict("热线中心不能与承办单位合并。")
    if is_within(into.path, unit.id):
        raise Conflict(f"“{into.name}”是“{unit.name}”的下级,请先把它移出,再合并。")


async def _remember(conn: Connection, unit: Unit, into: Unit, by: By) -> None:
    heir = {"successor_id": into.id, "successor": into.name, "active": False}
    was = {"active": True, "aliases": unit.aliases}
    await store.append_unit_history(conn, unit.id, "merge", was, heir, actor=by.actor, now=by.now)
    after = known_unit(await store.load_directory(conn), into.id)
    grown = {"merged": unit.id, "name": unit.name, "aliases": after.aliases}
    before = {"aliases": into.aliases}
    await store.append_unit_history(conn, into.id, "absorb", before, grown, actor=by.actor, now=by.now)
