"""Take in a city's list of place names. The same file again adds nothing."""

import csv
import io
from collections.abc import Iterable

from hotline.directory.gazetteer import store
from hotline.directory.gazetteer.rows import judge_places
from hotline.directory.loading.actions import Loaded
from hotline.directory.loading.rows import Row
from hotline.directory.store import demo_text
from hotline.infra.db import Connection
from hotline.infra.errors import BadRequest


async def load_places(conn: Connection, rows: Iterable[Row], *, replace: bool = False) -> Loaded:
    """With `replace` the file is all that is known afterwards; one wrong row, and nothing is changed."""
    before = await store.lock_names(conn)
    found = judge_places(rows, {} if replace else before)
    if replace and found.rejected:
        return Loaded(0, 0, found.rejected)
    if replace:
        await store.delete_names(conn)
    if names := [one for row in found.good for one in row]:
        await store.insert_names(conn, names)
    return Loaded(len(found.good), found.known, found.rejected)


async def seed_demo(conn: Connection) -> None:
    """The demo city's own list, beside what is there."""
    loaded = await load_places(conn, csv.DictReader(io.StringIO(demo_text("places.csv"))))
    if loaded.rejected and not await store.lock_names(conn):
        raise BadRequest(loaded.rejected[0][1])
