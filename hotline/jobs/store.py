"""What the timers look for."""

from datetime import datetime

from hotline.infra.db import Connection

ARCHIVABLE = "SELECT id FROM ticket WHERE state = 'closed' AND ended_at <= $1 ORDER BY ended_at LIMIT 5000"


async def archivable(conn: Connection, ended_by: datetime) -> list[int]:
    return [row["id"] for row in await conn.fetch(ARCHIVABLE, ended_by)]
