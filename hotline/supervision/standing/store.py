"""What waits for a review, what was rated low, what is shelved."""

from datetime import datetime

import msgspec

from hotline.infra.db import Connection

HANDLED_BY = """
SELECT DISTINCT actor_id FROM history
 WHERE ticket_id = $1 AND actor_id IS NOT NULL
   AND event IN ('dispatch', 'rule', 'approve_return', 'refuse_return', 'approve_reply', 'refuse_reply', 'attempt_callback',
                 'close', 'send_back', 'conclude', 'terminate')
"""


async def handled_by(conn: Connection, ticket_id: int) -> set[int]:
    """Who at the centre has sent it, reviewed it or called back."""
    return {row["actor_id"] for row in await conn.fetch(HANDLED_BY, ticket_id)}


class Weighed(msgspec.Struct, frozen=True):
    """考核申诉 or 不纳入考核, on the table or decided."""

    ticket_id: int
    version: int
    request_id: int
    asked: str
    """appeal or exclusion"""
    ground: str
    reason: str
    evidence: str
    attachments: int
    unit: str
    at: datetime
    title: str
    callback_id: int | None
    rating: int | None
    solved: str | None
    decision: str
    decided_at: datetime | None
    decided_by: str | None
    note: str


REVIEWS = """
SELECT r.ticket_id, t.version, r.id AS request_id, r.asked, r.plan AS ground, r.reason, r.basis AS evidence, u.name AS unit,
       r.at, CASE WHEN t.confidential THEN '保密件' ELSE m.title END AS title, r.callback_id, c.rating, c.solved, r.decision,
       r.decided_at, d.name AS decided_by, r.note,
       (SELECT count(*) FROM attachment x WHERE x.ticket_id = r.ticket_id AND NOT x.from_centre)::int AS attachments
  FROM request r
  JOIN ticket t ON t.id = r.ticket_id
  JOIN matter m ON m.ticket_id = r.ticket_id
  JOIN unit u ON u.id = r.unit_id
  LEFT JOIN callback c ON c.ticket_id = r.ticket_id AND c.id = r.callback_id
  LEFT JOIN person d ON d.id = r.decided_by
 WHERE r.asked IN ('appeal', 'exclusion') AND (r.decision = 'pending' OR r.decided_at >= $1)
   AND ($2::bigint[] IS NULL OR r.unit_id = ANY ($2))
 ORDER BY r.decision <> 'pending', CASE WHEN r.decision = 'pending' THEN r.at END, r.decided_at DESC, r.ticket_id
 LIMIT 300
"""


async def reviews(conn: Connection, *, since: datetime, units: list[int] | None) -> list[Weighed]:
    """What waits, the oldest first; below it what was decided since."""
    return [Weighed(**dict(row)) for row in await conn.fetch(REVIEWS, since, units)]


class LowRating(msgspec.Struct, frozen=True):
    """差评工单, from the rating to the second callback."""

    ticket_id: int
    title: str
    unit: str | None
    state: str
    rating: int
    rated_at: datetime
    contact_due: datetime | None
    contacted_at: datetime | None
    rectify_due: datetime | None
    replied_at: datetime | None
    """The first reply after it that was not refused."""
    second_at: datetime | None
    second_rating: int | None
    second_solved: str | None
    appeal: str | None
    """pending, granted or refused"""


LOW_RATINGS = """
SELECT o.ticket_id, CASE WHEN t.confidential THEN '保密件' ELSE m.title END AS title, u.name AS unit, t.state,
       o.level AS rating, o.at AS rated_at, o.due AS contact_due, o.ended_at AS contacted_at, put.due AS rectify_due,
       back.at AS replied_at, again.ended_at AS second_at, again.rating AS second_rating, again.solved AS second_solved,
       appealed.decision AS appeal
  FROM ticket_overlay o
  JOIN ticket t ON t.id = o.ticket_id
  JOIN matter m ON m.ticket_id = o.ticket_id
  LEFT JOIN unit u ON u.id = t.lead_unit
  LEFT JOIN LATERAL (SELECT p.due FROM ticket_overlay p
                      WHERE p.ticket_id = o.ticket_id AND p.kind = 'rectification' AND p.origin = o.origin LIMIT 1) put ON true
  LEFT JOIN LATERAL (SELECT r.at FROM reply r WHERE r.ticket_id = o.ticket_id AND r.at >= o.at AND r.decision <> 'refused'
                      ORDER BY r.id LIMIT 1) back ON true
  LEFT JOIN LATERAL (SELECT c.ended_at, c.rating, c.solved FROM callback c
                      WHERE c.ticket_id = o.ticket_id AND c.id > o.origin::integer ORDER BY c.id LIMIT 1) again ON true
  LEFT JOIN LATERAL (SELECT r.decision FROM request r WHERE r.ticket_id = o.ticket_id AND r.asked = 'appeal'
                        AND r.callback_id = o.origin::integer LIMIT 1) appealed ON true
 WHERE o.kind = 'low_rating' AND o.at >= $1
 ORDER BY o.at DESC, o.ticket_id LIMIT 500
"""


async def low_ratings(conn: Connection, *, since: datetime) -> list[LowRating]:
    return [LowRating(**dict(row)) for row in await conn.fetch(LOW_RATINGS, since)]


class Shelved(msgspec.Struct, frozen=True):
    """挂账: the plan, who answers for it, when it is looked at again."""

    ticket_id: int
    version: int
    title: str
    unit: str | None
    shelved_at: datetime
    first_at: datetime
    """Since when it has been shelved without a break."""
    plan: str
    leader: str
    due: datetime
    reviews: int
    """How often it was looked at and left on the shelf."""
    late: bool


SHELVED = """
SELECT o.ticket_id, t.version, CASE WHEN t.confidential THEN '保密件' ELSE m.title END AS title, u.name AS unit,
       o.at AS shelved_at, o.text AS plan, o.origin AS leader, o.due, o.due <= $1 AS late,
       first.at AS first_at, first.reviews
  FROM ticket_overlay o
  JOIN ticket t ON t.id = o.ticket_id AND t.state = 'suspended'
  JOIN matter m ON m.ticket_id = o.ticket_id
  LEFT JOIN unit u ON u.id = t.lead_unit
 CROSS JOIN LATERAL (
       SELECT min(h.at) AS at, (count(*) - 1)::int AS reviews FROM history h
        WHERE h.ticket_id = o.ticket_id AND h.event = 'shelve'
          AND h.seq > coalesce((SELECT max(b.seq) FROM history b WHERE b.ticket_id = o.ticket_id
                                   AND b.event IN ('resume', 'rule')), 0)
       ) first
 WHERE o.kind = 'shelved' AND o.ended_at IS NULL
 ORDER BY o.due, o.ticket_id LIMIT 500
"""


async def shelved(conn: Connection, now: datetime) -> list[Shelved]:
    """The one to be looked at first on top."""
    return [Shelved(**dict(row)) for row in await conn.fetch(SHELVED, now)]
