"""Files of frozen lists as they were handed over."""

from datetime import datetime

from hotline.infra.db import Connection

WEEK_FILE = "SELECT content FROM difficult_week_file WHERE week = $1 AND format = $2"
ADD_WEEK_FILE = """
-- Whoever comes at the same moment keeps the file of the first.
INSERT INTO difficult_week_file (week, format, sealed_at, hash, content) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (week, format) DO NOTHING
"""


async def week_file(conn: Connection, week: str, fmt: str) -> bytes | None:
    found: bytes | None = await conn.fetchval(WEEK_FILE, week, fmt)
    return found


async def add_week_file(conn: Connection, week: str, fmt: str, content: bytes, digest: bytes, now: datetime) -> None:
    await conn.execute(ADD_WEEK_FILE, week, fmt, now, digest, content)
