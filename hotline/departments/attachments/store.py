"""Rows of attachments."""

import msgspec

from hotline.departments.attachments.files import Attachment
from hotline.infra.db import Connection

ADD = """
INSERT INTO attachment (ticket_id, number, digest, kind, size, name, public, at, by, by_name, by_unit, from_centre)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""


async def add(conn: Connection, file: Attachment) -> None:
    await conn.execute(ADD, *msgspec.structs.astuple(file))


OF_TICKET = """
SELECT ticket_id, number, digest, kind, size, name, public, at, by, by_name, by_unit, from_centre
  FROM attachment WHERE ticket_id = $1 ORDER BY number
"""


async def of_ticket(conn: Connection, ticket_id: int) -> list[Attachment]:
    return [Attachment(**dict(row)) for row in await conn.fetch(OF_TICKET, ticket_id)]
