"""Surveys whose text is to leave, and what such a text needs to know."""

from datetime import datetime

import msgspec

from hotline.callback.texts.store import mobile
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.notices.wording import Asked

GATHER = """
-- One a survey, whatever happens twice; what was answered or is over meanwhile is let go of, and of a direct answer
-- whoever has pressed a mark after the call.
WITH due AS (
    UPDATE survey s SET text_after = NULL FROM (
        SELECT token FROM survey WHERE text_after <= $1 ORDER BY text_after LIMIT $2 FOR UPDATE SKIP LOCKED) d
     WHERE s.token = d.token RETURNING s.token, s.ticket_id, s.callback_id, s.answered_at
)
INSERT INTO message (survey_token, channel, urgent, made_at)
SELECT due.token, 'sms', false, $1 FROM due JOIN survey_open o ON o.token = due.token
 WHERE due.answered_at IS NULL
   AND NOT (due.callback_id = 0 AND EXISTS (SELECT FROM matter m JOIN call k ON k.id = m.call_id
                                             WHERE m.ticket_id = due.ticket_id AND k.score IS NOT NULL))
ON CONFLICT DO NOTHING
"""


async def gather(conn: Connection, now: datetime, limit: int) -> None:
    await conn.execute(GATHER, now, limit)


ASKED = """
SELECT m.title, t.confidential OR t.kind = 'report' AS secret, s.link, s.link_until AS until,
       p.name, p.phone, p.other_phone, p.caller_number,
       coalesce((SELECT name FROM region WHERE level = 2), '') AS city
  FROM survey s
  JOIN survey_open o ON o.token = s.token
  JOIN ticket t ON t.id = s.ticket_id
  JOIN matter m ON m.ticket_id = s.ticket_id
  JOIN petitioner p ON p.ticket_id = s.ticket_id
 WHERE s.token = $1 AND s.answered_at IS NULL AND s.link_until > $2
"""


class Text(msgspec.Struct, frozen=True):
    to: str
    asked: Asked


async def text(conn: Connection, token: str, site: str, now: datetime, cipher: FieldCipher) -> Text | None:
    """None when there is nothing left to ask, or nowhere to send it."""
    row = await conn.fetchrow(ASKED, token, now)
    to = mobile(row, cipher) if row else None
    if row is None or to is None:
        return None
    known = tuple(cipher.decrypt(row[name]) for name in ("name", "phone", "caller_number") if row[name])
    return Text(to, Asked(row["title"], row["secret"], known, row["city"], f"{site}/s/{row['link']}", row["until"]))
