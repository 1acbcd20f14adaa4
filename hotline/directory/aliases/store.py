"""Names heard and proposals made, as rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from hotline.directory.aliases.likeness import Proposal
from hotline.infra.db import Connection

State = Literal["proposed", "confirmed", "rejected"]

HEARD = """
INSERT INTO unit_name AS n (name, times, first_at, last_at, matters)
SELECT k.name, k.times, $2, $2, k.matters FROM jsonb_to_recordset($1) AS k (name text, times integer, matters jsonb)
ON CONFLICT (name) DO UPDATE SET (times, last_at, matters) = (n.times + excluded.times, excluded.last_at,
    (SELECT coalesce(jsonb_object_agg(matter, times), '{}') FROM (
        SELECT matter, sum(times::integer) AS times
          FROM (SELECT * FROM jsonb_each_text(n.matters) UNION ALL SELECT * FROM jsonb_each_text(excluded.matters)) AS b (matter, times)
         GROUP BY matter ORDER BY 2 DESC LIMIT 200) m))
"""
NAMES = "SELECT name, matters FROM unit_name ORDER BY times DESC, name LIMIT 5000"
DECIDED = "SELECT name, unit_id FROM alias_proposal WHERE state <> 'proposed'"
CLEAR = "DELETE FROM alias_proposal WHERE state = 'proposed'"
PROPOSE = """
INSERT INTO alias_proposal (name, unit_id, likeness, because)
SELECT k.name, k.unit_id, k.likeness, k.because
  FROM jsonb_to_recordset($1) AS k (name text, unit_id integer, likeness float8, because text[])
ON CONFLICT DO NOTHING
"""
LIST = """
SELECT p.name, p.unit_id, u.name AS unit_name, p.likeness, p.because, p.state, p.decided_by, p.decided_at,
       coalesce(n.times, 0) AS times, n.first_at, n.last_at
  FROM alias_proposal p JOIN unit u ON u.id = p.unit_id LEFT JOIN unit_name n ON n.name = p.name
 WHERE p.state = $1 ORDER BY times DESC, p.likeness DESC, p.name, p.unit_id LIMIT 300
"""
DECIDE = """
UPDATE alias_proposal SET (state, decided_by, decided_at) = ($3, $4, $5)
 WHERE name = $1 AND unit_id = $2 AND state = 'proposed' RETURNING name
"""
DROP_OTHERS = "DELETE FROM alias_proposal WHERE name = $1 AND state = 'proposed'"


class AliasProposal(msgspec.Struct, frozen=True):
    """A name from files or finished tickets, and the unit it may mean."""

    name: str
    unit_id: int
    unit_name: str
    likeness: float
    because: tuple[str, ...]
    state: State
    decided_by: str | None
    decided_at: datetime | None
    times: int
    first_at: datetime | None
    last_at: datetime | None


async def heard(conn: Connection, names: Mapping[str, Mapping[str, int]], at: datetime) -> None:
    """Names with how often each matter was theirs."""
    rows = [
        {"name": name, "times": sum(matters.values()), "matters": {m: n for m, n in matters.items() if m}}
        for name, matters in sorted(names.items())
    ]
    if rows:
        await conn.execute(HEARD, rows, at)


async def names(conn: Connection) -> dict[str, dict[str, int]]:
    return {row["name"]: row["matters"] for row in await conn.fetch(NAMES)}


async def decided(conn: Connection) -> list[tuple[str, int]]:
    return [(row["name"], row["unit_id"]) for row in await conn.fetch(DECIDED)]


async def propose(conn: Connection, proposals: Sequence[Proposal]) -> None:
    """Those not decided yet, in the place of the ones before."""
    await conn.execute(CLEAR)
    await conn.execute(PROPOSE, proposals)


async def listed(conn: Connection, state: State) -> list[AliasProposal]:
    return [msgspec.convert(dict(row), AliasProposal) for row in await conn.fetch(LIST, state)]


async def decide(conn: Connection, name: str, unit_id: int, state: State, by: str, at: datetime) -> bool:
    return await conn.fetchval(DECIDE, name, unit_id, state, by, at) is not None


async def drop_others(conn: Connection, name: str) -> None:
    await conn.execute(DROP_OTHERS, name)
