"""Tries, surveys and the worklist."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.callback import plan
from hotline.directory.people import Actor
from hotline.infra.db import Connection
from hotline.tickets.states import Urgency

TRIES = """
SELECT at FROM history WHERE ticket_id = $1 AND event = 'attempt_callback' AND payload ->> 'callback_id' = $2::text
   AND payload ->> 'reached' = 'false' AND (payload ->> 'counted')::boolean
 ORDER BY seq
"""


async def tries(conn: Connection, ticket_id: int, callback_id: int) -> list[datetime]:
    """When nobody could be reached, of the calls that count."""
    return [row["at"] for row in await conn.fetch(TRIES, ticket_id, str(callback_id))]


CALLERS = """
SELECT DISTINCT actor_id FROM history
 WHERE ticket_id = $1 AND event = 'attempt_callback' AND payload ->> 'callback_id' = $2::text AND actor_id IS NOT NULL
"""


async def callers(conn: Connection, ticket_id: int, callback_id: int) -> frozenset[int]:
    """Who has called for this callback."""
    return frozenset(row["actor_id"] for row in await conn.fetch(CALLERS, ticket_id, str(callback_id)))


DIALLED = """
-- The newest call that this person had dialled for it and that no attempt has named yet.
SELECT call FROM callback_call c WHERE ticket_id = $1 AND callback_id = $2 AND person_id = $3 AND asked_at > $4
   AND NOT EXISTS (SELECT 1 FROM history h WHERE h.ticket_id = $1 AND h.event = 'attempt_callback'
                      AND h.payload ->> 'call' = c.call)
 ORDER BY asked_at DESC LIMIT 1
"""


async def dialled(conn: Connection, ticket_id: int, callback_id: int, person_id: int, since: datetime) -> str:
    return await conn.fetchval(DIALLED, ticket_id, callback_id, person_id, since) or ""


GRANT_STRIKE = """
UPDATE difficult_strike SET outcome = 'struck', solved = 'yes', rating = $2, decided_at = $3, decided_by = $4, decided_name = $5
 WHERE ticket_id = $1 AND outcome = 'pending'
"""


async def grant_strike(conn: Connection, ticket_id: int, rating: int, *, by: Actor, now: datetime) -> None:
    """申请销号 that waited: the ticket's own callback has answered it."""
    await conn.execute(GRANT_STRIKE, ticket_id, rating, now, by.person_id, by.name)


REACHABLE = """
SELECT coalesce(phone, other_phone, caller_number, email) IS NOT NULL FROM petitioner WHERE ticket_id = $1
"""


async def reachable(conn: Connection, ticket_id: int) -> bool:
    """Whether the citizen left any way to be asked."""
    return bool(await conn.fetchval(REACHABLE, ticket_id))


DRAW = """
INSERT INTO callback_draw AS d (unit_id, month, count) VALUES ($1, $2, 1)
ON CONFLICT (unit_id, month) DO UPDATE SET count = d.count + 1 RETURNING count
"""


async def draw(conn: Connection, unit_id: int, month: str) -> int:
    """The number of this callback among those of the unit that are left to the sample."""
    found: int = await conn.fetchval(DRAW, unit_id, month)
    return found


PAGE_ALONE = """
SELECT ticket_id FROM callback WHERE ended_at IS NULL AND NOT sampled AND NOT awaits_call AND due < $1 ORDER BY due LIMIT 5000
"""


async def page_alone(conn: Connection, now: datetime) -> list[int]:
    """Whom nobody was to call, and whose page was not answered in time."""
    return [row["ticket_id"] for row in await conn.fetch(PAGE_ALONE, now)]


ADD_SURVEY = "INSERT INTO survey (token, ticket_id, callback_id, created_at) VALUES ($1, $2, $3, $4)"


async def add_survey(conn: Connection, token: str, ticket_id: int, callback_id: int, now: datetime) -> None:
    await conn.execute(ADD_SURVEY, token, ticket_id, callback_id, now)


WITHOUT_PAGE = "SELECT NOT EXISTS (SELECT FROM survey WHERE ticket_id = $1 AND callback_id = $2)"


async def without_page(conn: Connection, ticket_id: int, callback_id: int) -> bool:
    """Not asked yet; or a callback of before there were pages, or taken over from another system."""
    return bool(await conn.fetchval(WITHOUT_PAGE, ticket_id, callback_id))


class Survey(msgspec.Struct, frozen=True):
    token: str
    ticket_id: int
    callback_id: int
    """0: a direct answer."""
    answered: bool
    open: bool
    by_link: bool
    """Come to by the link of a text message."""
    expired: bool


FIND_SURVEY = """
SELECT s.token, s.ticket_id, s.callback_id, s.answered_at IS NOT NULL AS answered,
       EXISTS (SELECT FROM survey_open o WHERE o.token = s.token) AS open,
       s.token <> $1 AS by_link, s.token <> $1 AND s.link_until <= $2 AND s.answered_at IS NULL AS expired
  FROM survey s
 WHERE s.token = $1 OR s.link = $1
"""


async def find_survey(conn: Connection, token: str, now: datetime) -> Survey | None:
    """By the token of the tracking page, or by the short link of a text message while that stands."""
    row = await conn.fetchrow(FIND_SURVEY, token, now)
    return Survey(**dict(row)) if row else None


ANSWER = """
UPDATE survey SET answered_at = $2, solved = $3, rating = $4, reasons = $5, comment = $6, source = $7
 WHERE token = $1 AND answered_at IS NULL
"""


async def answer(
    conn: Connection,
    token: str,
    now: datetime,
    solved: str,
    rating: int,
    reasons: list[str],
    comment: str,
    source: bytes,
) -> bool:
    """False when somebody answered it before."""
    done = await conn.execute(ANSWER, token, now, solved, rating, reasons, comment, source)
    return bool(done == "UPDATE 1")


class Due(msgspec.Struct, frozen=True):
    """A card of the callback desk."""

    id: str
    """ticket number and callback, joined by a hyphen"""
    ticket_id: int
    version: int
    title: str
    due: datetime
    round: int
    attempts: int
    tries: int
    """Unreached calls that count; after three the callback ends."""
    last_attempt_at: datetime | None
    next_after: datetime | None
    """Call again from here: earlier it does not count as another try."""
    confidential: bool
    """Asked for secrecy, or a report: not a word of the matter in a message."""
    digital_dissatisfied: bool
    """Answered on the page and not satisfied: a person must speak with them."""
    low_rating_due: datetime | None
    """By when somebody must have spoken with a citizen who rated 2 or less."""
    kind: str
    urgency: Urgency
    opened_at: datetime
    awaits_call: bool
    sampled: bool
    """Not sampled: the page alone is asked; a person calls only after an unhappy answer there."""
    pressed: bool
    """Under supervision."""
    texted_at: datetime | None
    """When the citizen was sent the page by text message (评价短信); its link stands until `text_until`."""
    text_until: datetime | None
    call_after: datetime | None
    """The citizen asked to be called from then on."""
    held_by: str | None
    """Who has the card just now."""
    held_by_id: int | None
    ready_from: datetime | None = None
    """From when a person should dial."""

    @property
    def pressing(self) -> datetime:
        """The nearer of its limits: who rated low is spoken with within a working day, long before the callback must end."""
        return min(self.due, self.low_rating_due or self.due)

    def readied(self) -> "Due":
        first = plan.call_from(
            self.opened_at,
            urgency=self.urgency,
            round_=self.round,
            awaits_call=self.awaits_call,
            pressed=self.pressed or self.low_rating_due is not None,
        )
        at = max(first, *(at for at in (self.next_after, self.call_after, first) if at))
        return msgspec.structs.replace(self, ready_from=at)


WORKLIST = """
-- Callbacks still open, the most pressing first; never those in whose chain the caller's own unit stands.
-- Reports, and those who asked for secrecy, for dedicated staff alone.
SELECT c.ticket_id || '-' || c.id AS id, c.ticket_id, t.version, m.title, c.due, c.round, c.attempts, c.tries,
       c.last_attempt_at, c.next_after, t.confidential OR t.kind = 'report' AS confidential,
       coalesce(s.answered_at IS NOT NULL, false) AS digital_dissatisfied, g.sent_at AS texted_at, s.link_until AS text_until,
       (SELECT min(o.due) FROM ticket_overlay o
         WHERE o.ticket_id = c.ticket_id AND o.kind = 'low_rating' AND o.ended_at IS NULL) AS low_rating_due,
       t.kind, t.urgency, c.opened_at, c.awaits_call, c.sampled,
       EXISTS (SELECT FROM ticket_overlay o
                WHERE o.ticket_id = c.ticket_id AND o.kind = 'supervision' AND o.ended_at IS NULL) AS pressed,
       d.call_after, CASE WHEN d.until > $5 THEN w.name END AS held_by, CASE WHEN d.until > $5 THEN w.id END AS held_by_id
  FROM callback c JOIN ticket t ON t.id = c.ticket_id JOIN matter m ON m.ticket_id = c.ticket_id
  LEFT JOIN survey s ON (s.ticket_id, s.callback_id) = (c.ticket_id, c.id)
  LEFT JOIN message g ON g.survey_token = s.token
  LEFT JOIN callback_desk d ON (d.ticket_id, d.callback_id) = (c.ticket_id, c.id)
  LEFT JOIN person w ON w.id = d.person_id
 WHERE c.ended_at IS NULL AND c.due <= $1
   AND NOT EXISTS (SELECT FROM assignment a WHERE a.ticket_id = c.ticket_id AND $2::bigint = ANY (a.unit_path))
   AND ($4 OR NOT (t.confidential OR t.kind = 'report'))
 ORDER BY c.due, c.ticket_id LIMIT $3
"""
MOST_PRESSING_FIRST = " ORDER BY c.due, c.ticket_id LIMIT $3"
OF_WHOM = """
   AND (m.title ILIKE ALL ($6::text[]) OR c.ticket_id::text LIKE $7::text
        OR c.ticket_id = ANY (ARRAY(SELECT p.ticket_id FROM petitioner p WHERE p.phone_index = $8::bytea)))
"""
SOUGHT = WORKLIST.replace(MOST_PRESSING_FIRST, OF_WHOM + MOST_PRESSING_FIRST)


async def worklist(
    conn: Connection, *, due_by: datetime, unit_id: int | None, secret: bool, now: datetime, limit: int
) -> list[Due]:
    rows = await conn.fetch(WORKLIST, due_by, unit_id, limit, secret, now)
    return [msgspec.convert(dict(row), Due).readied() for row in rows]


async def find(
    conn: Connection,
    *,
    titles: Sequence[str],
    number: str | None,
    phone_index: bytes | None,
    due_by: datetime,
    unit_id: int | None,
    secret: bool,
    now: datetime,
    limit: int,
) -> list[Due]:
    """Of the worklist, what bears the words or the number, or is of that telephone."""
    rows = await conn.fetch(SOUGHT, due_by, unit_id, limit, secret, now, titles, number, phone_index)
    return [msgspec.convert(dict(row), Due).readied() for row in rows]
