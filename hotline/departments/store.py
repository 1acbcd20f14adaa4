"""The two texts of a reply, stored beside it; and who may be given a task."""

from hotline.infra.db import Connection
from hotline.tickets.store import ReplyText

ADD_TEXT = """
INSERT INTO reply_text (ticket_id, reply_id, account, public_reply, unsolved_reason) VALUES ($1, $2, $3, $4, $5)
"""


MAY_HANDLE = """
SELECT EXISTS (SELECT FROM person p JOIN person_role r ON r.person_id = p.id
                WHERE p.id = $1 AND p.unit_id = $2 AND p.active
                  AND r.role IN ('unit_liaison', 'unit_reviewer', 'unit_leader', 'handler'))
"""


async def may_handle(conn: Connection, person_id: int, unit_id: int) -> bool:
    """Whether somebody works for this unit and may be given its tickets."""
    found: bool = await conn.fetchval(MAY_HANDLE, person_id, unit_id)
    return found


async def add_text(conn: Connection, ticket_id: int, text: ReplyText) -> None:
    await conn.execute(ADD_TEXT, ticket_id, text.reply_id, text.account, text.public_reply, text.unsolved_reason)
