"""Numbers under which a ticket is found from outside, and earlier requests to compare with."""

from datetime import datetime, timedelta

import msgspec
from asyncpg import Record

from hotline.infra.db import Connection
from hotline.intake.duplicates import Earlier
from hotline.tickets.states import State
from hotline.tickets.store import first_number


class Pair(msgspec.Struct, frozen=True):
    ticket_id: int
    query_code: str


CLAIM = """
-- The one who gets the row makes the ticket; whoever comes at the same moment waits here and finds the row.
INSERT INTO external_number (channel, external_id, ticket_id, query_code) VALUES ($1, $2, $3, $4)
ON CONFLICT (channel, external_id) DO NOTHING
"""


async def claim(conn: Connection, channel: str, external_id: str, pair: Pair) -> bool:
    done = await conn.execute(CLAIM, channel, external_id, pair.ticket_id, pair.query_code)
    return bool(done == "INSERT 0 1")


KNOWN = "SELECT ticket_id, query_code FROM external_number WHERE channel = $1 AND external_id = $2"


async def known(conn: Connection, channel: str, external_id: str) -> Pair | None:
    row = await conn.fetchrow(KNOWN, channel, external_id)
    return Pair(row["ticket_id"], row["query_code"]) if row else None


FIND_CODE = "SELECT ticket_id FROM query_code WHERE code = $1"


async def find_code(conn: Connection, code: str) -> int | None:
    found: int | None = await conn.fetchval(FIND_CODE, code)
    return found


SAME_CALLER = """
SELECT t.id, t.state, m.title, m.content, t.created_at
  FROM petitioner p JOIN ticket t ON t.id = p.ticket_id JOIN matter m ON m.ticket_id = p.ticket_id
 WHERE p.phone_index = $1 AND t.created_at >= $2 AND p.ticket_id >= $3
 ORDER BY p.ticket_id DESC LIMIT 20
"""
SAME_WORDS = """
-- Rare words first would be better ranked; the newest that share any two of the rarer words are enough for a hint.
-- The number begins with the day: months that lie further back are not even opened.
SELECT t.id, t.state, m.title, m.content, t.created_at
  FROM matter m JOIN ticket t ON t.id = m.ticket_id
 WHERE m.terms @@ $1::text::tsquery AND t.created_at >= $2 AND m.ticket_id >= $3
 ORDER BY m.ticket_id DESC LIMIT 50
"""


async def earlier(conn: Connection, *, phone_index: bytes | None, query: str | None, since: datetime) -> list[Earlier]:
    """The same caller's requests, and others that share words, since a moment."""
    # A day earlier: the number's day is the wall's, the moment's may be another zone's.
    first = first_number((since - timedelta(days=1)).date())
    own = await conn.fetch(SAME_CALLER, phone_index, since, first) if phone_index else []
    others = await conn.fetch(SAME_WORDS, query, since, first) if query else []
    found = {row["id"]: as_earlier(row, False) for row in others} | {row["id"]: as_earlier(row, True) for row in own}
    return list(found.values())


def as_earlier(row: Record, same_caller: bool) -> Earlier:
    return Earlier(row["id"], State(row["state"]), row["title"], row["content"], row["created_at"], same_caller)


CATEGORIES = "SELECT code FROM category WHERE active"


async def categories(conn: Connection) -> frozenset[str]:
    """The codes that may be chosen."""
    return frozenset(row["code"] for row in await conn.fetch(CATEGORIES))


SAME_CALLER_AS = """
SELECT count(*) = 2 AND count(DISTINCT phone_index) = 1 AND count(phone_index) = 2
  FROM petitioner WHERE ticket_id IN ($1, $2)
"""


async def same_caller(conn: Connection, one: int, other: int) -> bool:
    """Whether two tickets were brought from one telephone number."""
    found: bool = await conn.fetchval(SAME_CALLER_AS, one, other)
    return found


class Child(msgspec.Struct, frozen=True):
    """A ticket that follows its master (并单子单)."""

    id: int
    same_caller: bool
    to_be_asked: bool
    """A citizen of their own, who wants to be asked and can be."""


CHILDREN = """
SELECT t.id, coalesce(p.phone_index = m.phone_index, false) AS same_caller,
       t.callback_wanted AND (p.phone IS NOT NULL OR p.caller_number IS NOT NULL)
           AND NOT coalesce(p.phone_index = m.phone_index, false) AS to_be_asked
  FROM ticket t JOIN petitioner p ON p.ticket_id = t.id LEFT JOIN petitioner m ON m.ticket_id = $1
 WHERE t.master_id = $1 AND t.state = 'merged' ORDER BY t.id
"""


async def merged_children(conn: Connection, master_id: int) -> list[Child]:
    """Those who still wait for the master, in the order in which whoever holds them must."""
    return [Child(**dict(row)) for row in await conn.fetch(CHILDREN, master_id)]


class MergedTicket(msgspec.Struct, frozen=True):
    id: int
    state: State
    title: str
    channel: str
    created_at: datetime


MERGED = """
SELECT t.id, t.state, CASE WHEN t.confidential THEN '保密工单' ELSE m.title END AS title, t.channel, t.created_at
  FROM ticket t JOIN matter m ON m.ticket_id = t.id WHERE t.master_id = $1 ORDER BY t.id LIMIT 1000
"""


async def merged_tickets(conn: Connection, master_id: int) -> list[MergedTicket]:
    """All that were merged into a ticket and not parted again, whatever has become of them."""
    return [MergedTicket(**dict(row)) for row in await conn.fetch(MERGED, master_id)]


ANSWER = """
INSERT INTO direct_answer (ticket_id, answer) VALUES ($1, $2)
"""


async def save_answer(conn: Connection, ticket_id: int, answer: str) -> None:
    await conn.execute(ANSWER, ticket_id, answer)


DIRECT_ANSWER = "SELECT answer FROM direct_answer WHERE ticket_id = $1"


async def direct_answer(conn: Connection, ticket_id: int) -> str | None:
    found: str | None = await conn.fetchval(DIRECT_ANSWER, ticket_id)
    return found


SURVEY_TOKEN = """
SELECT s.token FROM survey s JOIN survey_open o ON o.token = s.token WHERE s.ticket_id = $1 AND s.answered_at IS NULL
"""


async def survey_token(conn: Connection, ticket_id: int) -> str | None:
    """The citizen's page to answer on, while a callback is open, or a direct answer stands, and nothing was said."""
    token: str | None = await conn.fetchval(SURVEY_TOKEN, ticket_id)
    return token
