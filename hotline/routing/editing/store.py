"""Single entries of the catalogue, held while they are changed."""

from datetime import date

import msgspec

from hotline.infra.db import Connection
from hotline.routing.catalogue import Entry

ONE = """
SELECT id, category, region, lead, assist, basis, clear, valid_from, valid_to, source FROM catalogue WHERE id = $1 FOR UPDATE
"""
ALONE = "SELECT pg_advisory_xact_lock(hashtext('catalogue'))"
END = "UPDATE catalogue SET valid_to = $2 WHERE id = $1"
REOPEN = "UPDATE catalogue SET valid_to = $3 WHERE id = $1 AND valid_to = $2"
DROP = """
-- An entry deposited from a ruling stays, whatever becomes of it: the ruling points to it.
DELETE FROM catalogue WHERE id = $1 AND NOT EXISTS (SELECT FROM precedent WHERE catalogue_id = $1)
"""


async def one(conn: Connection, number: int) -> Entry | None:
    row = await conn.fetchrow(ONE, number)
    return msgspec.convert(dict(row), Entry) if row else None


async def alone(conn: Connection) -> None:
    """Until the transaction ends nobody else edits an entry."""
    await conn.execute(ALONE)


async def end(conn: Connection, number: int, day: date) -> None:
    await conn.execute(END, number, day)


async def reopen(conn: Connection, number: int, ended: date, until: date | None) -> None:
    """Only if it still ends on that day: what was decided about it since stands."""
    await conn.execute(REOPEN, number, ended, until)


async def drop(conn: Connection, number: int) -> bool:
    done = await conn.execute(DROP, number)
    return bool(done == "DELETE 1")
