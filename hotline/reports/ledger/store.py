"""The rows of the ledger, read through a cursor, and the record of who took them."""

from collections.abc import AsyncIterator
from datetime import datetime

from hotline.infra.db import Connection
from hotline.reports.ledger.columns import Row

TOGETHER = 2_000
COUNT = "SELECT count(*) FROM ticket WHERE id >= $1 AND id < $2 AND state <> 'draft'"
ROWS = """
SELECT t.id, t.created_at, t.channel, t.category, t.region, m.title, t.state, t.lead_unit, t.due_at, t.ended_at, t.round,
       t.returns, t.confidential
  FROM ticket t JOIN matter m ON m.ticket_id = t.id
 WHERE t.id >= $1 AND t.id < $2 AND m.ticket_id >= $1 AND m.ticket_id < $2 AND t.state <> 'draft' ORDER BY t.id
"""
CATEGORY_NAMES = "SELECT code, name FROM category"
BEGIN = """
INSERT INTO taken_out (at, by_name, purpose, first, until, format) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
"""
END = "UPDATE taken_out SET ended_at = $2, rows = $3, whole = $4 WHERE id = $1 AND ended_at IS NULL"


async def count(conn: Connection, first: int, until: int) -> int:
    found: int = await conn.fetchval(COUNT, first, until)
    return found


async def rows(conn: Connection, first: int, until: int) -> AsyncIterator[Row]:
    """A few thousand at a time; needs a transaction."""
    async for row in conn.cursor(ROWS, first, until, prefetch=TOGETHER):
        yield Row(**dict(row))


async def category_names(conn: Connection) -> dict[str, str]:
    return {row["code"]: row["name"] for row in await conn.fetch(CATEGORY_NAMES)}


async def begin(conn: Connection, now: datetime, by: str, purpose: str, first: int, until: int, fmt: str) -> int:
    number: int = await conn.fetchval(BEGIN, now, by, purpose, first, until, fmt)
    return number


async def end(conn: Connection, number: int, now: datetime, rows: int, *, whole: bool) -> None:
    await conn.execute(END, number, now, rows, whole)
