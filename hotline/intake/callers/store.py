"""What a telephone number has brought us, found by its keyed digest."""

from datetime import datetime

import msgspec

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.intake.callers.card import Asked, CallerCounts, CallerPerson, Earlier, Plan

REQUESTS = """
-- Every open request of the number and the newest of the past ones, with what was promised and told, in one statement.
WITH own AS (
    SELECT p.ticket_id FROM petitioner p WHERE p.phone_index = $1 ORDER BY p.ticket_id DESC LIMIT 300
), ranked AS (
    SELECT t.*, t.state IN ('closed', 'merged', 'withdrawn', 'archived') AS past,
           row_number() OVER (PARTITION BY t.state IN ('closed', 'merged', 'withdrawn', 'archived') ORDER BY t.id DESC) AS rank
      FROM own JOIN ticket t ON t.id = own.ticket_id
     WHERE t.state <> 'void'
)
SELECT t.id, t.state, t.version, t.kind, m.title, t.category, t.lead_unit AS unit_id, t.created_at, t.due_at, d.near_at,
       t.ended_at, t.confidential, t.callback_wanted, t.round, o.urged, to_jsonb(c) AS asked, to_jsonb(s) AS plan,
       coalesce(a.answer, r.public_reply) AS told, coalesce(r.at, t.ended_at) AS told_at
  FROM ranked t
  JOIN matter m ON m.ticket_id = t.id
  LEFT JOIN direct_answer a ON a.ticket_id = t.id
  LEFT JOIN LATERAL (
      SELECT min(d.near_at) AS near_at FROM deadline d
       WHERE d.ticket_id = t.id AND d.kind = 'finish' AND NOT d.done AND NOT t.past) d ON true
  LEFT JOIN LATERAL (
      -- All of a ticket's few overlays: looked up by their kind, too, it would go through every urge of the city.
      SELECT count(*) FILTER (WHERE o.kind = 'urge')::int AS urged FROM ticket_overlay o WHERE o.ticket_id = t.id) o ON true
  LEFT JOIN LATERAL (
      SELECT c.due, c.next_after, c.ended_at, c.outcome, c.solved, c.rating, c.dissatisfied_with
        FROM callback c WHERE c.ticket_id = t.id ORDER BY c.id DESC LIMIT 1) c ON true
  LEFT JOIN LATERAL (
      SELECT o.text, o.due FROM ticket_overlay o
       WHERE o.ticket_id = t.id AND o.kind = 'shelved' AND o.ended_at IS NULL ORDER BY o.id DESC LIMIT 1) s ON true
  LEFT JOIN LATERAL (
      SELECT left(x.public_reply, 1000) AS public_reply, r.at
        FROM reply r JOIN reply_text x ON (x.ticket_id, x.reply_id) = (r.ticket_id, r.id)
       WHERE r.ticket_id = t.id AND r.decision = 'granted' ORDER BY r.id DESC LIMIT 1) r ON true
 WHERE t.rank <= $2
 ORDER BY t.past, t.id DESC
"""
PEOPLE = """
-- Who gave which name on this number; the newest of each name is opened, the rest need not be. CallerCounts of them all beside.
WITH own AS (
    SELECT p.*, t.created_at, t.state, t.confidential FROM petitioner p JOIN ticket t ON t.id = p.ticket_id
     WHERE p.phone_index = $1 AND t.state <> 'void'
), counted AS (
    SELECT count(*)::int AS total, count(*) FILTER (WHERE o.created_at >= $2)::int AS last_30_days,
           count(*) FILTER (WHERE o.state NOT IN ('closed', 'merged', 'withdrawn', 'archived'))::int AS open,
           count(*) FILTER (WHERE EXISTS (
               SELECT FROM callback c WHERE c.ticket_id = o.ticket_id
                  AND (c.outcome = 'dissatisfied' OR c.rating <= 2 OR c.solved = 'no')))::int AS unhappy
      FROM own o
), named AS (
    SELECT (array_agg(o.name ORDER BY o.ticket_id DESC))[1] AS name, count(*)::int AS times, max(o.created_at) AS last_at,
           max(o.ticket_id) AS last_ticket,
           (array_agg(o.gender ORDER BY o.ticket_id DESC) FILTER (WHERE o.gender IS NOT NULL))[1] AS gender,
           (array_agg(o.language ORDER BY o.ticket_id DESC) FILTER (WHERE o.language <> ''))[1] AS language,
           bool_or(o.elderly) AS elderly, bool_or(o.disabled) AS disabled,
           (array_agg(to_jsonb(o.labels) ORDER BY o.ticket_id DESC))[1] AS labels
      FROM own o GROUP BY o.name_index
)
SELECT n.*, c.* FROM counted c LEFT JOIN named n ON true ORDER BY n.last_ticket DESC LIMIT 12
"""


async def requests_from(conn: Connection, phone_index: bytes, most: int) -> list[Earlier]:
    rows = await conn.fetch(REQUESTS, phone_index, most)
    return [
        msgspec.convert(
            {
                **dict(row),
                "asked": row["asked"] and msgspec.convert(row["asked"], Asked),
                "plan": row["plan"] and msgspec.convert(row["plan"], Plan),
            },
            Earlier,
        )
        for row in rows
    ]


async def people_on(
    conn: Connection, phone_index: bytes, since: datetime, cipher: FieldCipher
) -> tuple[list[CallerPerson], CallerCounts]:
    rows = await conn.fetch(PEOPLE, phone_index, since)
    people = [
        CallerPerson(
            name=cipher.decrypt(row["name"]) if row["name"] else None,
            times=row["times"],
            last_at=row["last_at"],
            gender=row["gender"],
            language=row["language"] or "",
            elderly=row["elderly"],
            disabled=row["disabled"],
            labels=tuple(row["labels"] or ()),
        )
        for row in rows
        if row["times"] is not None
    ]
    return people, CallerCounts(*(rows[0][name] for name in CallerCounts.__struct_fields__))
