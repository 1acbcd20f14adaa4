"""Take in a code table: add to the tree, or put the table in its place."""

from collections.abc import Iterable

import msgspec

from hotline.classify.standard import store
from hotline.classify.standard.rows import judge_categories
from hotline.classify.tree.store import read_categories, seed_categories
from hotline.directory.loading.actions import Loaded
from hotline.directory.loading.rows import Row, text
from hotline.infra.db import Connection


class Replaced(msgspec.Struct, frozen=True):
    loaded: Loaded
    retired: int


async def add_categories(conn: Connection, rows: Iterable[Row]) -> Loaded:
    """Rows in our own columns, as `rows.plain_rows` gives them."""
    known = {node.code: node for node in await read_categories(conn)}
    found = judge_categories(rows, known)
    await seed_categories(conn, found.good)
    return Loaded(len(found.good), found.known, found.rejected)


async def replace_categories(conn: Connection, rows: Iterable[Row]) -> Replaced:
    """Nothing is changed when a single row is wrong: half a standard is none."""
    known = {node.code: node for node in await read_categories(conn)}
    table = list(rows)
    found = judge_categories(table, known, replace=True)
    if found.rejected:
        return Replaced(Loaded(0, found.known, found.rejected), 0)
    await store.put_categories(conn, found.good)
    retired = await store.retire_others(conn, [text(row, "code") for row in table])
    return Replaced(Loaded(len(found.good), found.known, []), retired)
