"""The tree that the program ships, into the database. Apart from the models, whose libraries take half a second to load."""

from pathlib import Path

from hotline.classify import starter
from hotline.classify.labels import read_tree
from hotline.classify.tree import store
from hotline.infra.db import Connection


async def seed_categories(conn: Connection, source: Path = starter.SHIPPED) -> int:
    """The shipped category tree; what is there stays as it is."""
    return await store.seed_categories(conn, read_tree(source / starter.CATEGORIES).nodes.values())
