"""SQL of the city's list of place names."""

from collections.abc import Sequence

from hotline.directory.gazetteer.names import NO_NAMES, PlaceNames
from hotline.directory.gazetteer.rows import PlaceName
from hotline.infra.db import Connection
from hotline.infra.revisions import revision

READ_STANDARDS = "SELECT name, standard FROM place_name"
# One writer at a time: whether a name is taken is judged before it is written.
LOCK_NAMES = "SELECT 1 FROM place_name_revision FOR UPDATE"
READ_NAMES = "SELECT name, kind, standard FROM place_name"
DELETE_NAMES = "DELETE FROM place_name"
INSERT_NAMES = """
INSERT INTO place_name (name, kind, standard)
SELECT name, kind, standard FROM unnest($1::text[], $2::text[], $3::text[]) AS given (name, kind, standard)
"""

_latest = NO_NAMES


async def load_place_names(conn: Connection) -> PlaceNames:
    """The list as this transaction sees it; read again only when it has changed."""
    global _latest
    mark = await revision(conn, "places")
    known = _latest
    if known.revision != mark:
        found = {row["name"]: row["standard"] for row in await conn.fetch(READ_STANDARDS)}
        _latest = known = PlaceNames(found, mark)
    return known


async def lock_names(conn: Connection) -> dict[str, PlaceName]:
    await conn.fetchval(LOCK_NAMES)
    return {row["name"]: PlaceName(row["name"], row["kind"], row["standard"]) for row in await conn.fetch(READ_NAMES)}


async def insert_names(conn: Connection, names: Sequence[PlaceName]) -> None:
    await conn.execute(
        INSERT_NAMES, [one.name for one in names], [one.kind for one in names], [one.standard for one in names]
    )


async def delete_names(conn: Connection) -> None:
    await conn.execute(DELETE_NAMES)
