"""SQL of a merger and of a unit's history."""

from datetime import datetime
from typing import Any

import msgspec

from hotline.directory.people import By
from hotline.infra.db import Connection

# Whoever was merged into the unit before is now merged into its successor: one step always leads to a standing unit.
CLOSE_INTO = """
UPDATE unit SET active = false, successor_id = $2 WHERE id = $1 OR successor_id = $1
"""
PASS_ALIASES = "UPDATE unit_alias SET unit_id = $2 WHERE unit_id = $1"
ADD_NAME = """
INSERT INTO unit_alias (alias, unit_id) SELECT name, $2 FROM unit WHERE id = $1 ON CONFLICT (alias) DO NOTHING
"""
MOVE_PEOPLE = """
WITH moved AS (UPDATE person SET unit_id = $2 WHERE unit_id = $1 RETURNING id)
INSERT INTO security_log (at, actor_id, actor_name, act, person_id, unit_id, detail)
SELECT $3, $4, $5, 'person_moved', id, $2, jsonb_build_object('from', $1::integer, 'because', 'merge') FROM moved
"""
PASS_DEPUTIES = "UPDATE deputy SET unit_id = $2 WHERE unit_id = $1 AND ended_at IS NULL AND ends_at > $3"
HISTORY = """
SELECT h.id, h.at, h.actor, h.verb, h.before, h.after FROM unit_history h WHERE h.unit_id = $1 ORDER BY h.id
"""


class UnitLine(msgspec.Struct, frozen=True):
    """One change of a unit: what it was and what it became."""

    id: int
    at: datetime
    actor: str
    verb: str
    before: Any
    after: Any


async def close_into(conn: Connection, unit_id: int, into_id: int, by: By) -> int:
    """People, names and deputies go along; how many people did."""
    await conn.execute(CLOSE_INTO, unit_id, into_id)
    await conn.execute(PASS_ALIASES, unit_id, into_id)
    await conn.execute(ADD_NAME, unit_id, into_id)
    await conn.execute(PASS_DEPUTIES, unit_id, into_id, by.now)
    moved = await conn.execute(MOVE_PEOPLE, unit_id, into_id, by.now, by.actor.person_id, by.actor.name)
    return int(moved.rsplit(" ", 1)[1])


async def history(conn: Connection, unit_id: int) -> list[UnitLine]:
    return [UnitLine(**dict(row)) for row in await conn.fetch(HISTORY, unit_id)]
