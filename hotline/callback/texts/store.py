"""The text of a survey as rows."""

from datetime import datetime
from typing import Any

import msgspec

from hotline.callback.texts.text import Texted, mobile_of
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection

PLAN = """
-- Once a callback, whoever comes first: the pack or a person.
UPDATE survey SET link = $3, link_until = $4, text_after = $5, text_by = $6
 WHERE ticket_id = $1 AND callback_id = $2 AND link IS NULL AND answered_at IS NULL
"""


async def plan(
    conn: Connection, key: tuple[int, int], link: str, *, after: datetime, until: datetime, by: int | None
) -> bool:
    """False when one was planned before, or the page is answered."""
    return bool(await conn.execute(PLAN, *key, link, until, after, by) == "UPDATE 1")


TEXTED = """
SELECT s.link_until AS until, s.text_after AS after, m.state AS message, m.sent_at, s.answered_at,
       p.phone, p.other_phone, p.caller_number
  FROM petitioner p
  LEFT JOIN survey s ON s.ticket_id = p.ticket_id AND s.callback_id = $2
  LEFT JOIN message m ON m.survey_token = s.token
 WHERE p.ticket_id = $1
"""


async def texted(conn: Connection, ticket_id: int, callback_id: int, cipher: FieldCipher) -> Texted:
    row = await conn.fetchrow(TEXTED, ticket_id, callback_id)
    if row is None:
        return Texted()
    return msgspec.convert({**dict(row), "mobile": mobile(row, cipher) is not None}, Texted)


NUMBERS = "SELECT phone, other_phone, caller_number FROM petitioner WHERE ticket_id = $1"


async def has_mobile(conn: Connection, ticket_id: int, cipher: FieldCipher) -> bool:
    return mobile(await conn.fetchrow(NUMBERS, ticket_id), cipher) is not None


def mobile(row: Any, cipher: FieldCipher) -> str | None:
    return mobile_of([cipher.decrypt(row[name]) if row[name] else None for name in NUMBER_FIELDS])


NUMBER_FIELDS = ("phone", "other_phone", "caller_number")
