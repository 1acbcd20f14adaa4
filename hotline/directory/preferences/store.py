"""Settings as rows."""

from datetime import datetime
from typing import Any

import msgspec

from hotline.infra.db import Connection


class Preference(msgspec.Struct, frozen=True):
    """个人设置: one named value of one person's; `null` when nothing was kept."""

    name: str
    value: Any = None
    changed_at: datetime | None = None


READ = "SELECT name, value, changed_at FROM preference WHERE person_id = $1 AND name = $2"
KEEP = """
INSERT INTO preference (person_id, name, value, changed_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (person_id, name) DO UPDATE SET (value, changed_at) = (excluded.value, excluded.changed_at)
"""
FORGET = "DELETE FROM preference WHERE person_id = $1 AND name = $2"
COUNT_OTHERS = "SELECT count(*) FROM preference WHERE person_id = $1 AND name <> $2"


async def read(conn: Connection, person_id: int, name: str) -> Preference:
    row = await conn.fetchrow(READ, person_id, name)
    return Preference(**dict(row)) if row else Preference(name)


async def keep(conn: Connection, person_id: int, name: str, value: object, now: datetime) -> None:
    await conn.execute(KEEP, person_id, name, value, now)


async def forget(conn: Connection, person_id: int, name: str) -> None:
    await conn.execute(FORGET, person_id, name)


async def count_others(conn: Connection, person_id: int, name: str) -> int:
    found: int = await conn.fetchval(COUNT_OTHERS, person_id, name)
    return found
