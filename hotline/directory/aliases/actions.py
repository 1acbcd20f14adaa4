"""Propose which unit a name means; confirm one, and it is an alias from then on; reject one, and it is not asked again."""

from datetime import datetime

from hotline.directory.aliases import likeness, store
from hotline.directory.changes import store as changes
from hotline.directory.people import By
from hotline.directory.store import load_directory, lock_directory
from hotline.directory.tree.actions import set_aliases
from hotline.directory.units import known_unit
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict


async def propose(conn: Connection, now: datetime) -> int:
    """Anew from all names that were heard; returns how many there are to decide."""
    found = likeness.propose(await store.names(conn), await load_directory(conn), await store.decided(conn))
    await store.propose(conn, found)
    return len(found)


async def decide(conn: Connection, name: str, unit_id: int, *, same: bool, by: By) -> None:
    # Whoever confirms another name of it in the same moment adds to this one.
    unit = known_unit(await lock_directory(conn), unit_id)
    state: store.State = "confirmed" if same else "rejected"
    if not await store.decide(conn, name, unit_id, state, by.actor.name, by.now):
        raise Conflict("这条提议已经处理过,请刷新。")
    if same:
        await set_aliases(conn, unit_id, (*unit.aliases, name), actor=by.actor, now=by.now)
        await store.drop_others(conn, name)
    after = {"unit": unit.name, "decision": state}
    await changes.keep(conn, "alias", name[:100], state, by, before=None, after=after)
