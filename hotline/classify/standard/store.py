"""SQL of a tree that takes another's place."""

from collections.abc import Iterable

from hotline.classify.labels import Category
from hotline.infra.db import Connection

PUT_CATEGORIES = """
INSERT INTO category (code, parent, level, name, words, duty)
SELECT * FROM unnest($1::text[], $2::text[], $3::smallint[], $4::text[], $5::text[], $6::boolean[])
ON CONFLICT (code) DO UPDATE SET (name, words, duty, active) = (excluded.name, excluded.words, excluded.duty, true)
"""
# Codes that old tickets bear stay readable; nobody chooses them any more.
RETIRE_OTHERS = "UPDATE category SET active = false WHERE active AND code <> ALL ($1::text[])"


async def put_categories(conn: Connection, nodes: Iterable[Category]) -> None:
    listed = list(nodes)
    await conn.execute(
        PUT_CATEGORIES,
        [node.code for node in listed],
        [node.parent for node in listed],
        [node.level for node in listed],
        [node.name for node in listed],
        [" ".join(node.words) for node in listed],
        [node.duty for node in listed],
    )


async def retire_others(conn: Connection, codes: Iterable[str]) -> int:
    done = await conn.execute(RETIRE_OTHERS, list(codes))
    return int(done.rsplit(" ", 1)[1])
