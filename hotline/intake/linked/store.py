"""Tickets that hang together, and the names of those whom a ticket mentions by number."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from hotline.infra.db import Connection
from hotline.tickets.states import State


class Relation(StrEnum):
    """How another ticket hangs together with this one."""

    MASTER = "master"  # 主单: this one was merged into it
    MERGED = "merged"  # 并入本单
    PREVIOUS = "previous"  # 此前的诉求
    LATER = "later"  # 之后再次反映


class Linked(msgspec.Struct, frozen=True):
    id: int
    relation: Relation
    state: State
    title: str
    created_at: datetime
    confidential: bool


MOST = 60

LINKED = """
-- Each arm finds few rows by an index; a ticket that is linked twice is shown in its nearest relation.
WITH found AS (
    SELECT t.master_id AS id, 1 AS rank, 'master' AS relation FROM ticket t WHERE t.id = $1 AND t.master_id IS NOT NULL
    UNION ALL
    SELECT m.previous_ticket, 2, 'previous' FROM matter m WHERE m.ticket_id = $1 AND m.previous_ticket IS NOT NULL
    UNION ALL
    (SELECT m.ticket_id, 3, 'later' FROM matter m WHERE m.previous_ticket = $1 ORDER BY m.ticket_id LIMIT $2)
    UNION ALL
    (SELECT t.id, 4, 'merged' FROM ticket t WHERE t.master_id = $1 ORDER BY t.id LIMIT $2)
), nearest AS (SELECT DISTINCT ON (id) id, rank, relation FROM found ORDER BY id, rank)
SELECT t.id, n.relation, t.state, m.title, t.created_at, t.confidential
  FROM nearest n JOIN ticket t ON t.id = n.id JOIN matter m ON m.ticket_id = n.id
 WHERE n.id <> $1 ORDER BY n.rank, n.id LIMIT $2
"""


async def linked(conn: Connection, ticket_id: int) -> list[Linked]:
    found = await conn.fetch(LINKED, ticket_id, MOST)
    return [msgspec.convert(dict(row), Linked) for row in found]


PEOPLE = "SELECT id, name FROM person WHERE id = ANY ($1::bigint[])"


async def people(conn: Connection, ids: Iterable[int]) -> dict[str, str]:
    wanted = sorted(set(ids))
    rows = await conn.fetch(PEOPLE, wanted) if wanted else []
    return {str(row["id"]): row["name"] for row in rows}
