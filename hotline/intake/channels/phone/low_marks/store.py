"""Calls with a low mark, and what was found out about them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.tickets.privacy import masked_phone


class MarkFinding(StrEnum):
    SERVICE = "service"  # 服务问题
    MATTER = "matter"  # 对办理结果不满
    MISTAKEN = "mistaken"  # 误按
    UNCLEAR = "unclear"  # 无法核实


class LowMark(msgspec.Struct, frozen=True):
    """An incoming call after which 1 or 2 was pressed."""

    id: str
    offered_at: datetime
    citizen: str
    """Masked."""
    queue: str
    person_id: int | None
    person: str
    """Who took it; the telephone's name where nobody is known to have sat there."""
    talk_ms: int | None
    score: int
    recorded: bool
    tickets: tuple[int, ...]
    finding: MarkFinding | None
    note: str
    looked_by: str
    looked_at: datetime | None


LISTED = """
-- $3: those looked into, the newest first; else those that wait, the longest first.
SELECT c.id, c.offered_at, c.citizen, c.queue, c.person_id, coalesce(p.name, c.agent) AS person, c.talk_ms, c.score,
       c.recording_ready AS recorded, ARRAY(SELECT m.ticket_id FROM matter m WHERE m.call_id = c.id ORDER BY 1) AS tickets,
       l.finding, coalesce(l.note, '') AS note, coalesce(w.name, '') AS looked_by, l.at AS looked_at
  FROM call c
  LEFT JOIN person p ON p.id = c.person_id
  LEFT JOIN low_mark l ON l.call_id = c.id
  LEFT JOIN person w ON w.id = l.person_id
 WHERE c.score BETWEEN 1 AND 2 AND c.direction = 'in' AND c.offered_at >= $1 AND (l.call_id IS NOT NULL) = $3
 ORDER BY CASE WHEN $3 THEN l.at END DESC, c.offered_at, c.id LIMIT $2
"""


async def listed(conn: Connection, since: datetime, *, looked: bool, limit: int, cipher: FieldCipher) -> list[LowMark]:
    rows: Sequence[dict[str, object]] = [dict(row) for row in await conn.fetch(LISTED, since, limit, looked)]
    return [msgspec.convert({**row, "citizen": _masked(row["citizen"], cipher)}, LowMark) for row in rows]


def _masked(sealed: object, cipher: FieldCipher) -> str:
    return masked_phone(cipher.decrypt(sealed)) or "" if isinstance(sealed, bytes) else ""


MARKED = "SELECT person_id FROM call WHERE id = $1 AND score BETWEEN 1 AND 2 AND direction = 'in'"


async def taken_by(conn: Connection, call_id: str) -> tuple[bool, int | None]:
    """Whether there is such a call, and who took it."""
    row = await conn.fetchrow(MARKED, call_id)
    return row is not None, row["person_id"] if row else None


LOOK = """
INSERT INTO low_mark (call_id, finding, note, person_id, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (call_id) DO NOTHING
"""


async def look(conn: Connection, call_id: str, finding: MarkFinding, note: str, person_id: int, now: datetime) -> bool:
    """False when somebody was faster."""
    return await conn.execute(LOOK, call_id, finding.value, note, person_id, now) == "INSERT 0 1"
