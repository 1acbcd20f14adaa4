"""Take in a catalogue; what it replaces ends the day the new entry begins."""

from collections.abc import Callable, Iterable

from hotline.directory.loading.actions import Loaded
from hotline.directory.loading.rows import Row
from hotline.directory.store import load_directory
from hotline.infra.db import Connection
from hotline.routing import store
from hotline.routing.loading.rows import judge_catalogue


async def load_catalogue_rows(conn: Connection, rows: Iterable[Row], progress: Callable[[int, int], None]) -> Loaded:
    directory = await load_directory(conn)
    tree = (await store.load_categories(conn)).tree
    found = judge_catalogue(rows, (await store.load_catalogue(conn)).entries, directory, tree)
    for done, entry in enumerate(found.good, start=1):
        await store.deposit_entry(conn, entry)
        progress(done, len(found.good))
    return Loaded(len(found.good), found.known, found.rejected)
