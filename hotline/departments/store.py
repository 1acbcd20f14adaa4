"""The two texts of a reply, stored beside it."""

from hotline.infra.db import Connection
from hotline.tickets.store import ReplyText

ADD_TEXT = """
INSERT INTO reply_text (ticket_id, reply_id, account, public_reply, unsolved_reason) VALUES ($1, $2, $3, $4, $5)
"""


async def add_text(conn: Connection, ticket_id: int, text: ReplyText) -> None:
    await conn.execute(ADD_TEXT, ticket_id, text.reply_id, text.account, text.public_reply, text.unsolved_reason)
