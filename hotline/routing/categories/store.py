"""Categories with what hangs on them."""

import msgspec

from hotline.infra.db import Connection


class FullCategory(msgspec.Struct, frozen=True):
    """A category, closed ones too."""

    code: str
    level: int
    parent: str | None
    name: str
    words: str
    """Typical words, separated by blanks."""
    duty: bool
    """部门职责: may not be handed to a street office."""
    active: bool


class CategoryUse(msgspec.Struct, frozen=True):
    """What hangs on a category and those below it. Numbers, nothing of what a ticket says."""

    code: str
    children: int
    open_tickets: int
    entries: int
    """Catalogue entries in force or to come."""


ALL = "SELECT code, level, parent, name, words, duty, active FROM category ORDER BY code"
ONE = "SELECT code, level, parent, name, words, duty, active FROM category WHERE code = $1 FOR UPDATE"
USE = """
SELECT (SELECT count(*) FROM category WHERE active AND code LIKE $1 || '_%') AS children,
       (SELECT count(*) FROM ticket
         WHERE category LIKE $1 || '%' AND state NOT IN ('closed', 'merged', 'withdrawn', 'void', 'archived'))
           AS open_tickets,
       (SELECT count(*) FROM catalogue WHERE category LIKE $1 || '%' AND (valid_to IS NULL OR valid_to > $2::date))
           AS entries
"""
ALONE = "SELECT pg_advisory_xact_lock(hashtext('category'))"
LAST_CHILD = """
-- Codes are never given twice, so a closed one counts; the lock keeps two administrators from the same code.
SELECT max(code) FROM (SELECT code FROM category WHERE parent IS NOT DISTINCT FROM $1 FOR UPDATE) c
"""
ADD = "INSERT INTO category (code, parent, level, name, words, duty) VALUES ($1, $2, $3, $4, $5, $6)"
SAVE = "UPDATE category SET (name, words, duty, active) = ($2, $3, $4, $5) WHERE code = $1"


async def alone(conn: Connection) -> None:
    """Until the transaction ends nobody else gives a category a name."""
    await conn.execute(ALONE)


async def every(conn: Connection) -> list[FullCategory]:
    return [FullCategory(**dict(row)) for row in await conn.fetch(ALL)]


async def one(conn: Connection, code: str) -> FullCategory | None:
    row = await conn.fetchrow(ONE, code)
    return FullCategory(**dict(row)) if row else None


async def use(conn: Connection, code: str, today: object) -> CategoryUse:
    return CategoryUse(code=code, **dict(await conn.fetchrow(USE, code, today) or {}))


async def last_child(conn: Connection, parent: str | None) -> str | None:
    found: str | None = await conn.fetchval(LAST_CHILD, parent)
    return found


async def add(conn: Connection, new: FullCategory) -> None:
    await conn.execute(ADD, new.code, new.parent, new.level, new.name, new.words, new.duty)


async def save(conn: Connection, changed: FullCategory) -> None:
    await conn.execute(SAVE, changed.code, changed.name, changed.words, changed.duty, changed.active)
