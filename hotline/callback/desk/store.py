"""Who has which card, whose number was shown to whom, and what the citizen said on their page."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.infra.db import Connection

TAKE = """
-- Free, ours already, or left behind by somebody: then it is ours until $5. In one statement, so that of two people only
-- one has the card.
INSERT INTO callback_desk AS d (ticket_id, callback_id, person_id, until) VALUES ($1, $2, $3, $5)
ON CONFLICT (ticket_id, callback_id) DO UPDATE SET (person_id, until) = (excluded.person_id, excluded.until)
 WHERE d.person_id IS NULL OR d.person_id = $3 OR d.until <= $4
RETURNING person_id
"""


async def take(
    conn: Connection, ticket_id: int, callback_id: int, person_id: int, *, now: datetime, until: datetime
) -> bool:
    """False when somebody else has it."""
    return await conn.fetchval(TAKE, ticket_id, callback_id, person_id, now, until) is not None


HOLDER = """
SELECT p.name FROM callback_desk d JOIN person p ON p.id = d.person_id
 WHERE d.ticket_id = $1 AND d.callback_id = $2 AND d.until > $3
"""


async def holder(conn: Connection, ticket_id: int, callback_id: int, now: datetime) -> str | None:
    found: str | None = await conn.fetchval(HOLDER, ticket_id, callback_id, now)
    return found


PUT_BACK = """
UPDATE callback_desk SET (person_id, until) = (NULL, NULL)
 WHERE person_id = $1 AND NOT (ticket_id, callback_id) IN (SELECT * FROM unnest($2::bigint[], $3::integer[]))
"""


async def put_back_all_but(conn: Connection, person_id: int, kept: Sequence[tuple[int, int]]) -> None:
    """A person has the card on the desk and the next one; what they left is for others."""
    await conn.execute(PUT_BACK, person_id, [one[0] for one in kept], [one[1] for one in kept])


LATER = """
INSERT INTO callback_desk (ticket_id, callback_id, call_after) VALUES ($1, $2, $3)
ON CONFLICT (ticket_id, callback_id) DO UPDATE SET (person_id, until, call_after) = (NULL, NULL, excluded.call_after)
"""


async def later(conn: Connection, ticket_id: int, callback_id: int, at: datetime) -> None:
    await conn.execute(LATER, ticket_id, callback_id, at)


CALL_AFTER = "SELECT call_after FROM callback_desk WHERE ticket_id = $1 AND callback_id = $2"


async def call_after(conn: Connection, ticket_id: int, callback_id: int) -> datetime | None:
    found: datetime | None = await conn.fetchval(CALL_AFTER, ticket_id, callback_id)
    return found


SHOWN = """
INSERT INTO number_shown (ticket_id, at, person_id, callback_id, person_name) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
"""


async def shown(conn: Connection, ticket_id: int, callback_id: int, person_id: int, name: str, now: datetime) -> None:
    await conn.execute(SHOWN, ticket_id, now, person_id, callback_id, name)


class PageAnswer(msgspec.Struct, frozen=True):
    """What the citizen answered on their own page."""

    at: datetime
    solved: str
    rating: int
    reasons: list[str]
    comment: str


PAGE_ANSWER = """
SELECT answered_at AS at, solved, rating, reasons, comment FROM survey
 WHERE ticket_id = $1 AND callback_id = $2 AND answered_at IS NOT NULL
"""


async def page_answer(conn: Connection, ticket_id: int, callback_id: int) -> PageAnswer | None:
    row = await conn.fetchrow(PAGE_ANSWER, ticket_id, callback_id)
    return PageAnswer(**dict(row)) if row else None


class Also(msgspec.Struct, frozen=True):
    """Another open callback of the same citizen (联办回访): asked in one call."""

    ticket_id: int
    callback_id: int
    title: str
    due: datetime


ALSO = """
-- Of whom one calls for $1: what else waits for an answer of theirs, as far as this person may ask it.
SELECT c.ticket_id, c.id AS callback_id, m.title, c.due
  FROM petitioner p
  JOIN petitioner q ON q.phone_index = p.phone_index AND q.ticket_id <> p.ticket_id
  JOIN callback c ON c.ticket_id = q.ticket_id AND c.ended_at IS NULL AND (c.sampled OR c.awaits_call)
  JOIN ticket t ON t.id = q.ticket_id
  JOIN matter m ON m.ticket_id = q.ticket_id
 WHERE p.ticket_id = ANY ($1::bigint[]) AND q.ticket_id <> ALL ($1::bigint[])
   AND NOT EXISTS (SELECT FROM assignment a WHERE a.ticket_id = q.ticket_id AND $2::bigint = ANY (a.unit_path))
   AND ($3 OR NOT (t.confidential OR t.kind = 'report'))
 ORDER BY c.due, c.ticket_id LIMIT 20
"""


async def also(conn: Connection, tickets: Sequence[int], unit_id: int | None, *, secret: bool) -> list[Also]:
    return [Also(**dict(row)) for row in await conn.fetch(ALSO, tickets, unit_id, secret)]


CALLED_LATELY = """
SELECT max(c.last_attempt_at) FROM petitioner p
  JOIN petitioner q ON q.phone_index = p.phone_index AND q.ticket_id <> p.ticket_id
  JOIN callback c ON c.ticket_id = q.ticket_id AND c.last_attempt_at >= $2
 WHERE p.ticket_id = $1
"""


async def called_lately(conn: Connection, ticket_id: int, since: datetime) -> datetime | None:
    """When the same citizen was last asked about another matter."""
    found: datetime | None = await conn.fetchval(CALLED_LATELY, ticket_id, since)
    return found


CATEGORY_NAME = "SELECT name FROM category WHERE code = $1"


async def category_name(conn: Connection, code: str | None) -> str | None:
    found: str | None = await conn.fetchval(CATEGORY_NAME, code)
    return found
