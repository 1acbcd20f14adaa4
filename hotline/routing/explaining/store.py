"""Finished tickets that share words with one."""

from hotline.infra.db import Connection
from hotline.routing.explaining.what_if import Finished

ALIKE = """
SELECT t.id AS ticket_id, m.title, left(m.content, 1000) AS content, t.category, t.lead_unit, t.returns
  FROM matter m JOIN ticket t ON t.id = m.ticket_id
 WHERE m.terms @@ $1::tsquery AND m.ticket_id >= $2 AND t.id >= $2 AND t.id <> $3 AND t.lead_unit IS NOT NULL
   AND t.state IN ('replied', 'callback', 'closed', 'archived')
 ORDER BY ts_rank(m.terms, $1::tsquery) DESC, m.ticket_id DESC LIMIT 100
"""


async def alike(conn: Connection, query: str, first: int, but: int) -> list[Finished]:
    return [Finished(**dict(row)) for row in await conn.fetch(ALIKE, query, first, but)]
