"""The unit tree: every change leaves a line. Where tickets must follow, they do in the same transaction (`tickets.handover`)."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.directory import store
from hotline.directory.people import Actor, By
from hotline.directory.tree import store as tree
from hotline.directory.units import (
    NewUnit,
    Unit,
    UnitChange,
    UnitKind,
    is_within,
    known_unit,
    name_faults,
    refuse_unknown_region,
)
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, InvalidInput


async def add_unit(conn: Connection, new: NewUnit, *, actor: Actor, now: datetime) -> int:
    directory = await store.lock_directory(conn)
    faults = name_faults(directory, new.name, new.aliases)
    if not new.code.strip() or directory.unit_by_code(new.code):
        faults.append(("code", f"单位代码“{new.code}”为空或已有单位使用,请换一个。"))
    if faults:
        raise InvalidInput(faults)
    refuse_unknown_region(directory, new.region_code)
    parent = known_unit(directory, new.parent_id) if new.parent_id is not None else None
    rest = (new.region_code, new.phone, new.duty_contact)
    unit_id = await store.insert_unit(conn, new.code, new.name, new.kind, parent, rest=rest)
    await store.replace_aliases(conn, unit_id, new.aliases)
    await store.append_unit_history(conn, unit_id, "add", None, msgspec.to_builtins(new), actor=actor, now=now)
    return unit_id


async def change_unit(conn: Connection, unit_id: int, change: UnitChange, *, actor: Actor, now: datetime) -> Unit:
    directory = await store.lock_directory(conn)
    before = known_unit(directory, unit_id)
    after = msgspec.structs.replace(before, **msgspec.to_builtins(change))
    if after.active and before.successor_id is not None:
        raise Conflict(f"“{before.name}”已并入其他单位,不能重新启用,如需恢复请新建单位。")
    if after.active and not before.active and before.parent_id and not known_unit(directory, before.parent_id).active:
        raise Conflict(f"“{before.name}”的上级单位已停用,请先启用上级或移到别处。")
    if faults := name_faults(directory, after.name, (), own=unit_id):
        raise InvalidInput(faults)
    refuse_unknown_region(directory, after.region_code)
    if before.active and not after.active and any(child.active for child in directory.children(unit_id)):
        raise Conflict(f"“{before.name}”还有在用的下级单位,请先停用或移走它们。")
    await store.update_unit(conn, after)
    was, became = msgspec.to_builtins(before), msgspec.to_builtins(after)
    await store.append_unit_history(conn, unit_id, "change", was, became, actor=actor, now=now)
    return after


async def move_unit(conn: Connection, unit_id: int, parent_id: int | None, *, actor: Actor, now: datetime) -> None:
    directory = await store.lock_directory(conn)
    unit = known_unit(directory, unit_id)
    parent = known_unit(directory, parent_id) if parent_id is not None else None
    if parent and is_within(parent.path, unit_id):
        raise Conflict(f"“{unit.name}”不能移到自己或自己的下级之下,请另选上级。")
    if parent and unit.active and not parent.active:
        raise Conflict(f"“{parent.name}”已停用,不能作为上级,请另选上级。")
    await store.move_unit(conn, unit_id, parent)
    was, became = {"parent_id": unit.parent_id}, {"parent_id": parent_id}
    await store.append_unit_history(conn, unit_id, "move", was, became, actor=actor, now=now)


async def set_aliases(conn: Connection, unit_id: int, aliases: Sequence[str], *, actor: Actor, now: datetime) -> None:
    directory = await store.lock_directory(conn)
    unit = known_unit(directory, unit_id)
    if faults := name_faults(directory, unit.name, aliases, own=unit_id):
        raise InvalidInput(faults)
    await store.replace_aliases(conn, unit_id, aliases)
    was, became = {"aliases": unit.aliases}, {"aliases": aliases}
    await store.append_unit_history(conn, unit_id, "alias", was, became, actor=actor, now=now)


# --- 并入: one unit goes up in another


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
