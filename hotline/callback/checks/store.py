"""What was answered lately, and what was found in it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.callback.checks.signs import Found, Replied, Said, Withdrawn
from hotline.infra.db import Connection

SAID = """
-- Every answer since $1, by page or to a caller, beside what the unit had recorded. $2: numbers of units and their people.
WITH lately AS (
     SELECT ticket_id, id FROM callback WHERE ended_at >= $1
      UNION
     SELECT ticket_id, callback_id FROM survey WHERE answered_at >= $1
)
SELECT c.ticket_id, c.id AS callback_id, l.unit_id, h.at, h.payload ->> 'channel' IN ('page', 'sms_link') AS by_page,
       (h.payload ->> 'rating')::integer AS rating, (h.payload ->> 'contacted')::boolean AS contacted,
       (h.payload ->> 'as_told')::boolean AS as_told,
       coalesce(h.payload ->> 'dissatisfied_with' = 'false', false) AS false_reply,
       concat_ws(' ', nullif(h.payload ->> 'note', ''), s.comment) AS words,
       (SELECT max(k.at) FROM history k
         WHERE k.ticket_id = c.ticket_id AND k.event = 'contact' AND k.at <= h.at
           AND coalesce(k.payload ->> 'reached', 'true') = 'true') AS contact_at,
       CASE WHEN s.source IS NULL THEN 0 ELSE
            (SELECT count(DISTINCT coalesce(q.phone_index, int8send(o.ticket_id)))
               FROM survey o JOIN petitioner q ON q.ticket_id = o.ticket_id
              WHERE o.source = s.source AND o.answered_at BETWEEN h.at - $3::interval AND h.at AND o.rating >= $4
                AND EXISTS (SELECT FROM assignment b
                             WHERE b.ticket_id = o.ticket_id AND b.part = 'lead' AND b.unit_id = l.unit_id))
       END AS alike,
       coalesce(p.phone_index = ANY ($2::bytea[]), false) AS staff
  FROM lately y
  JOIN callback c ON (c.ticket_id, c.id) = (y.ticket_id, y.id)
  JOIN petitioner p ON p.ticket_id = c.ticket_id
  JOIN LATERAL (SELECT a.unit_id FROM assignment a
                 WHERE a.ticket_id = c.ticket_id AND a.part = 'lead' AND a.round <= c.round AND a.stage = 'done'
                 ORDER BY a.id DESC LIMIT 1) l ON true
  JOIN history h ON h.ticket_id = c.ticket_id AND h.event = 'attempt_callback'
                AND h.payload ->> 'callback_id' = c.id::text AND h.payload ->> 'rating' IS NOT NULL
  LEFT JOIN survey s ON s.ticket_id = c.ticket_id AND s.callback_id = c.id AND h.payload ->> 'channel' IN ('page', 'sms_link')
"""


async def said(conn: Connection, since: datetime, staff: Sequence[bytes], *, window: object, well: int) -> list[Said]:
    return [msgspec.convert(dict(row), Said) for row in await conn.fetch(SAID, since, staff, window, well)]


WITHDRAWN = """
-- By word of mouth: who did it on the page proved with code and number that it was they.
SELECT t.id AS ticket_id, l.unit_id, h.at, concat_ws(' ', h.reason, h.payload ->> 'proof') AS words
  FROM ticket t
  JOIN history h ON h.ticket_id = t.id AND h.event = 'withdraw'
  JOIN LATERAL (SELECT a.unit_id FROM assignment a WHERE a.ticket_id = t.id AND a.part = 'lead' ORDER BY a.id DESC LIMIT 1) l
    ON true
 WHERE t.ended_at >= $1 AND t.state = 'withdrawn' AND h.payload ->> 'proof' <> $2
"""


async def withdrawn(conn: Connection, since: datetime, by_code: str) -> list[Withdrawn]:
    return [msgspec.convert(dict(row), Withdrawn) for row in await conn.fetch(WITHDRAWN, since, by_code)]


REPLIED = """
-- What was asked and the last reply to it, of every matter whose callback ended since $1; so many after a callback at a time.
SELECT c.ticket_id, c.id AS callback_id, l.unit_id, c.ended_at AS at, concat_ws(E'\\n', m.title, m.content) AS asked,
       x.public_reply AS public, x.account
  FROM callback c
  JOIN matter m ON m.ticket_id = c.ticket_id
  JOIN LATERAL (SELECT a.unit_id FROM assignment a
                 WHERE a.ticket_id = c.ticket_id AND a.part = 'lead' AND a.round <= c.round AND a.stage = 'done'
                 ORDER BY a.id DESC LIMIT 1) l ON true
  JOIN LATERAL (SELECT public_reply, account FROM reply_text r WHERE r.ticket_id = c.ticket_id ORDER BY r.reply_id DESC LIMIT 1) x
    ON true
 WHERE c.ended_at >= $1 AND (c.ticket_id, c.id) > ($2, $3)
 ORDER BY c.ticket_id, c.id LIMIT $4
"""


async def replied(conn: Connection, since: datetime, after: tuple[int, int], limit: int) -> list[Replied]:
    return [msgspec.convert(dict(row), Replied) for row in await conn.fetch(REPLIED, since, *after, limit)]


STAFF_NUMBERS = "SELECT phone_enc FROM person WHERE phone_enc IS NOT NULL"
UNIT_NUMBERS = "SELECT phone FROM unit WHERE phone IS NOT NULL"


async def staff_numbers(conn: Connection) -> tuple[list[bytes], list[str]]:
    """Those of people, sealed; those of units, plain."""
    people = [row["phone_enc"] for row in await conn.fetch(STAFF_NUMBERS)]
    return people, [row["phone"] for row in await conn.fetch(UNIT_NUMBERS)]


ADD = """
INSERT INTO callback_finding (sign, ticket_id, callback_id, unit_id, at, because, found_at)
SELECT f.*, $7 FROM unnest($1::text[], $2::bigint[], $3::integer[], $4::bigint[], $5::timestamptz[], $6::text[]) f
ON CONFLICT (ticket_id, callback_id, sign) DO NOTHING
"""


async def add(conn: Connection, found: Sequence[Found], now: datetime) -> int:
    """How many were not known before."""
    columns = zip(*[(f.sign.value, f.ticket_id, f.callback_id, f.unit_id, f.at, f.because) for f in found], strict=True)
    return int((await conn.execute(ADD, *map(list, columns), now)).split()[-1]) if found else 0


class AnswerFinding(msgspec.Struct, frozen=True):
    id: int
    sign: str
    ticket_id: int
    callback_id: int
    """0: not about one callback."""
    unit_id: int
    unit: str
    at: datetime
    because: str
    title: str | None
    """The matter, what was asked and what was answered, to be judged on the spot; none of them of a secret ticket."""
    asked: str | None
    reply: str | None
    verdict: str | None
    """upheld 属实 or dismissed 无异常; none while nobody has looked."""
    note: str | None
    decided_at: datetime | None
    decided_by: str | None


FINDINGS = """
-- What touches a rating before what touches a reply alone: of these there are most.
SELECT f.id, f.sign, f.ticket_id, f.callback_id, f.unit_id, u.name AS unit, f.at, f.because, f.verdict, f.note, f.decided_at,
       w.name AS decided_by, CASE WHEN k.open THEN m.title END AS title, CASE WHEN k.open THEN m.content END AS asked,
       CASE WHEN k.open THEN (SELECT r.public_reply FROM reply_text r WHERE r.ticket_id = f.ticket_id
                               ORDER BY r.reply_id DESC LIMIT 1) END AS reply
  FROM callback_finding f
  JOIN unit u ON u.id = f.unit_id
  JOIN ticket t ON t.id = f.ticket_id
  JOIN LATERAL (SELECT NOT (t.confidential OR t.kind = 'report') AS open) k ON true
  JOIN matter m ON m.ticket_id = f.ticket_id
  LEFT JOIN person w ON w.id = f.decided_by
 WHERE ((f.verdict IS NULL) = $1) AND ($2::text IS NULL OR f.sign = $2) AND ($3::bigint IS NULL OR f.unit_id = $3)
   AND ($4::integer IS NULL OR f.id = $4)
 ORDER BY f.verdict IS NULL AND f.sign = 'off_topic', f.at DESC, f.id DESC LIMIT $5
"""


async def findings(
    conn: Connection, *, open_: bool, sign: str | None = None, unit_id: int | None = None, limit: int
) -> list[AnswerFinding]:
    rows = await conn.fetch(FINDINGS, open_, sign, unit_id, None, limit)
    return [AnswerFinding(**dict(row)) for row in rows]


COUNTS = "SELECT sign, count(*) AS n FROM callback_finding WHERE verdict IS NULL GROUP BY sign"


async def counts(conn: Connection) -> dict[str, int]:
    """Those nobody has looked at yet, by sign."""
    return {row["sign"]: row["n"] for row in await conn.fetch(COUNTS)}


ONE = "SELECT ticket_id, callback_id, verdict FROM callback_finding WHERE id = $1 FOR UPDATE"
DECIDE = """
UPDATE callback_finding SET (verdict, note, decided_at, decided_by) = ($2, $3, $4, $5) WHERE id = $1
"""


async def lock(conn: Connection, finding: int) -> tuple[int, int, str | None] | None:
    """Ticket, callback and verdict."""
    row = await conn.fetchrow(ONE, finding)
    return (row["ticket_id"], row["callback_id"], row["verdict"]) if row else None


async def decide(
    conn: Connection, finding: int, verdict: str, note: str, now: datetime, person_id: int
) -> AnswerFinding:
    await conn.execute(DECIDE, finding, verdict, note, now, person_id)
    [row] = await conn.fetch(FINDINGS, False, None, None, finding, 1)
    return AnswerFinding(**dict(row))
