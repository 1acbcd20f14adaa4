"""Duties and the news of them as rows."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.infra.db import Connection
from hotline.supervision.duties.duty import Duty, News, Watched

OPEN = """
-- Asked for again while it is open, it stays one duty; its news goes out with it.
WITH made AS (
    INSERT INTO duty (kind, ref, unit_id, ticket_id, subject, opened_at, due_at, near_at, orange_at, late_at, very_late_at,
        told, next_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    ON CONFLICT (kind, ref) WHERE closed_at IS NULL DO NOTHING
    RETURNING id
)
INSERT INTO duty_news (duty_id, news, at, by) SELECT id, 'asked', $6, $14 FROM made
"""


async def open_one(conn: Connection, duty: Duty, seen: Watched, *, now: datetime, by: int | None) -> None:
    what = (duty.kind.value, duty.ref, duty.unit_id, duty.ticket_id, duty.subject, now, duty.due)
    lights = (seen.near_at, seen.orange_at, seen.late_at, seen.very_late_at)
    await conn.execute(OPEN, *what, *lights, seen.told.value, seen.next_after(now), by)


CLOSE = (
    "UPDATE duty SET closed_at = $3, next_at = NULL WHERE kind = $1 AND ref = ANY ($2::text[]) AND closed_at IS NULL"
)
CLOSE_OF_TICKET = """
UPDATE duty SET closed_at = $3, next_at = NULL
 WHERE kind = $1 AND ticket_id = $2 AND closed_at IS NULL
"""


async def close(conn: Connection, kind: str, refs: Sequence[str], now: datetime) -> None:
    await conn.execute(CLOSE, kind, refs, now)


async def close_of_ticket(conn: Connection, kind: str, ticket_id: int, now: datetime) -> None:
    await conn.execute(CLOSE_OF_TICKET, kind, ticket_id, now)


TAKE_DUE = """
SELECT id, near_at, orange_at, late_at, very_late_at, told FROM duty
 WHERE closed_at IS NULL AND next_at <= $1 ORDER BY next_at LIMIT $2 FOR UPDATE SKIP LOCKED
"""
MARK = """
UPDATE duty d SET told = m.told, next_at = m.next_at
  FROM unnest($1::bigint[], $2::text[], $3::timestamptz[]) AS m (id, told, next_at) WHERE d.id = m.id
"""
TELL = "INSERT INTO duty_news (duty_id, news, at) SELECT * FROM unnest($1::bigint[], $2::text[], $3::timestamptz[])"


async def take_due(conn: Connection, now: datetime, limit: int) -> list[Watched]:
    return [msgspec.convert(dict(row), Watched) for row in await conn.fetch(TAKE_DUE, now, limit)]


async def mark(conn: Connection, rows: Sequence[tuple[Watched, Sequence[News]]], now: datetime) -> None:
    """Each light once, with its news, in the transaction that took the rows."""
    ids, told = [one.id for one, _ in rows], [news[-1].value for _, news in rows]
    await conn.execute(MARK, ids, told, [one.next_after(now) for one, _ in rows])
    said = [(one.id, each.value) for one, news in rows for each in news]
    await conn.execute(TELL, [one for one, _ in said], [news for _, news in said], [now] * len(said))
