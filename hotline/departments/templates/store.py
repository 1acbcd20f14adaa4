"""答复模板 in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.infra.db import Connection


class Template(msgspec.Struct, frozen=True):
    id: int
    name: str
    category: str | None
    category_name: str | None
    account: str
    public_reply: str
    own: bool
    """This person's alone; otherwise the whole unit's."""
    by_name: str
    at: datetime


LIST = """
-- Those for the ticket's very category first, then wider ones; of equal ones a person's own.
SELECT t.id, t.name, t.category, k.name AS category_name, t.account, t.public_reply, t.person_id IS NOT NULL AS own,
       t.by_name, t.at
  FROM reply_template t LEFT JOIN category k ON k.code = t.category
 WHERE t.unit_id = ANY ($1::integer[]) AND (t.person_id IS NULL OR t.person_id = $2)
   AND ($3::text IS NULL OR t.category IS NULL OR starts_with($3, t.category))
 ORDER BY length(coalesce(t.category, '')) DESC, t.person_id IS NULL, t.name, t.id LIMIT $4
"""


async def templates(
    conn: Connection, *, units: Sequence[int], person_id: int | None, category: str | None, limit: int
) -> list[Template]:
    return [Template(**dict(row)) for row in await conn.fetch(LIST, units, person_id, category, limit)]


COUNT = "SELECT count(*) FROM reply_template WHERE unit_id = $1 AND (person_id IS NULL OR person_id = $2)"


async def count(conn: Connection, unit_id: int, person_id: int | None) -> int:
    found: int = await conn.fetchval(COUNT, unit_id, person_id)
    return found


ADD = """
WITH added AS (
    INSERT INTO reply_template (unit_id, person_id, category, name, account, public_reply, by_name, at)
    SELECT $1, $2, (SELECT code FROM category WHERE code = $3), $4, $5, $6, $7, $8
    RETURNING id, name, category, account, public_reply, person_id, by_name, at
)
SELECT a.id, a.name, a.category, k.name AS category_name, a.account, a.public_reply, a.person_id IS NOT NULL AS own,
       a.by_name, a.at
  FROM added a LEFT JOIN category k ON k.code = a.category
"""


async def add(
    conn: Connection,
    *,
    unit_id: int,
    person_id: int | None,
    category: str | None,
    name: str,
    account: str,
    public_reply: str,
    by_name: str,
    now: datetime,
) -> Template:
    [row] = await conn.fetch(ADD, unit_id, person_id, category, name, account, public_reply, by_name, now)
    return Template(**dict(row))


DELETE = """
DELETE FROM reply_template
 WHERE id = $1 AND unit_id = ANY ($2::integer[]) AND (person_id = $3 OR (person_id IS NULL AND $4))
"""


async def delete(conn: Connection, template_id: int, *, units: Sequence[int], person_id: int, shared: bool) -> bool:
    """False when there is none, or none that this person may take away."""
    done: str = await conn.execute(DELETE, template_id, units, person_id, shared)
    return done == "DELETE 1"
