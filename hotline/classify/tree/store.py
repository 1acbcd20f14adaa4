"""SQL of the category tree."""

from collections.abc import Iterable

from hotline.classify.labels import Category, Tree
from hotline.infra.db import Connection

SEED_CATEGORIES = """
-- A code that was edited here keeps its local name and words; new ones are added.
INSERT INTO category (code, parent, level, name, words, duty)
SELECT * FROM unnest($1::text[], $2::text[], $3::smallint[], $4::text[], $5::text[], $6::boolean[])
ON CONFLICT (code) DO NOTHING
"""
READ_CATEGORIES = "SELECT code, name, words, duty FROM category WHERE active ORDER BY code"


async def seed_categories(conn: Connection, rows: Iterable[Category]) -> int:
    """Add the categories that are not there yet; returns how many."""
    nodes = list(rows)
    status = await conn.execute(
        SEED_CATEGORIES,
        [node.code for node in nodes],
        [node.parent for node in nodes],
        [node.level for node in nodes],
        [node.name for node in nodes],
        [" ".join(node.words) for node in nodes],
        [node.duty for node in nodes],
    )
    return int(status.rsplit(" ", 1)[1])


async def read_categories(conn: Connection) -> list[Category]:
    rows = await conn.fetch(READ_CATEGORIES)
    return [Category(row["code"], row["name"], tuple(row["words"].split()), row["duty"]) for row in rows]


async def load_tree(conn: Connection) -> Tree:
    return Tree({node.code: node for node in await read_categories(conn)})
