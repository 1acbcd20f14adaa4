"""A unit's open shares in its tabs, and how returns of a category have ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from hotline.departments.desk.tabs import Counts, Place, Tab
from hotline.infra.db import Connection

WORK = """
-- The open shares of a unit with the most pressing of the clocks each still owes. The numbers on all tabs and the rows of
-- one are read at the same moment, so they never contradict each other. Of the overlays only the page's are looked up.
WITH share AS MATERIALIZED (
    SELECT a.ticket_id, a.id AS share_id, a.part, a.stage, a.round, a.unit_id, a.person_id, a.extensions, a.finish_due,
           t.state, t.version, t.kind, t.urgency, t.category, t.lead_unit, t.confidential,
           d.kind AS clock, d.start_at, coalesce(d.due_at, a.finish_due) AS due, d.near_at, d.late_at,
           a.stage = 'to_sign' AS to_sign,
           a.stage IN ('in_hand', 'refused') AND a.part <> 'assist' AND t.state <> 'suspended' AS in_hand,
           coalesce(d.near_at <= $2 AND $2 < d.late_at, false) AS near,
           coalesce(d.late_at <= $2, false) AS late,
           a.stage = 'refused' OR (a.round > 0 AND a.part <> 'assist' AND a.stage IN ('to_sign', 'in_hand')) AS returned,
           a.part = 'assist' AS assisting,
           a.stage IN ('replied', 'return_review') OR t.state = 'suspended' AS waiting,
           coalesce(a.person_id = $3, false) AS mine
      FROM assignment a JOIN ticket t ON t.id = a.ticket_id
      LEFT JOIN LATERAL (
           SELECT d.kind, d.start_at, d.due_at, d.near_at, d.late_at FROM deadline d
            WHERE d.ticket_id = a.ticket_id AND d.assignment_id = a.id AND d.kind IN ('sign', 'contact', 'finish')
              AND NOT d.done
            ORDER BY d.due_at, array_position(ARRAY['sign', 'contact', 'finish'], d.kind) LIMIT 1) d ON true
     WHERE a.unit_id = ANY ($1::bigint[]) AND a.stage IN ('to_sign', 'in_hand', 'return_review', 'replied', 'refused')
), counted AS (
    SELECT count(*) FILTER (WHERE to_sign) AS n_to_sign, count(*) FILTER (WHERE in_hand) AS n_in_hand,
           count(*) FILTER (WHERE near) AS n_near, count(*) FILTER (WHERE late) AS n_late,
           count(*) FILTER (WHERE returned) AS n_returned, count(*) FILTER (WHERE assisting) AS n_assisting,
           count(*) FILTER (WHERE waiting) AS n_waiting, count(*) FILTER (WHERE mine) AS n_mine
      FROM share
), page AS (
    SELECT * FROM share
     WHERE CASE $4::text WHEN 'to_sign' THEN to_sign WHEN 'in_hand' THEN in_hand WHEN 'near' THEN near
                         WHEN 'late' THEN late WHEN 'returned' THEN returned WHEN 'assisting' THEN assisting
                         WHEN 'waiting' THEN waiting WHEN 'mine' THEN mine END
       AND ($5::timestamptz IS NULL OR (due, ticket_id, share_id) > ($5, $6, $7))
     ORDER BY due, ticket_id, share_id LIMIT $8
)
SELECT c.*, p.ticket_id, p.share_id, p.part, p.stage, p.round, p.unit_id, p.person_id, p.extensions, p.finish_due, p.state,
       p.version, p.kind, p.urgency, p.category, p.confidential, p.clock, p.start_at, p.due, p.near_at, p.late_at,
       m.title, m.address, k.name AS category_name, w.name AS person, u.name AS lead,
       (SELECT r.asked FROM request r WHERE r.ticket_id = p.ticket_id AND r.assignment_id = p.share_id
                                        AND r.decision = 'pending' ORDER BY r.id DESC LIMIT 1) AS asked,
       (SELECT count(*) FROM assignment b WHERE b.ticket_id = p.ticket_id AND b.parent_id = p.share_id
           AND b.stage IN ('to_sign', 'in_hand', 'return_review', 'replied', 'refused')) AS awaited,
       beside.urged, beside.supervised
  FROM counted c
  LEFT JOIN page p ON true
  -- All of a ticket's few overlays: looked up by their kind, too, it would go through every urge of the city.
  LEFT JOIN LATERAL (
       SELECT count(*) FILTER (WHERE o.kind = 'urge') AS urged,
              coalesce(max(o.level) FILTER (WHERE o.kind = 'supervision' AND o.ended_at IS NULL), 0) AS supervised
         FROM ticket_overlay o WHERE o.ticket_id = p.ticket_id) beside ON true
  LEFT JOIN matter m ON m.ticket_id = p.ticket_id
  LEFT JOIN category k ON k.code = p.category
  LEFT JOIN person w ON w.id = p.person_id
  LEFT JOIN unit u ON u.id = p.lead_unit
 ORDER BY p.due, p.ticket_id, p.share_id
"""


class Clock(msgspec.Struct, frozen=True):
    """The most pressing of what is still owed: sign, contact or finish."""

    kind: str
    start: datetime
    due: datetime
    near_at: datetime
    late_at: datetime


class Work(msgspec.Struct, frozen=True):
    """One share of the unit, as its desk shows it."""

    ticket_id: int
    share_id: int
    version: int
    state: str
    part: str
    stage: str
    round: int
    title: str
    address: str
    kind: str
    urgency: str
    category: str | None
    category_name: str | None
    confidential: bool
    lead: str | None
    """Who leads; another unit where this one assists."""
    person_id: int | None
    person: str | None
    clock: Clock | None
    """None while nothing is owed: replied, or shelved."""
    finish_due: datetime
    extensions: int
    asked: str | None
    """What the unit has asked the centre for and not yet been answered."""
    awaited: int
    """Units helping with this share that have not yet reported."""
    urged: int
    supervised: int
    """The highest open level of supervision; 0: none."""


async def work(
    conn: Connection,
    *,
    units: Sequence[int],
    tab: Tab,
    person_id: int | None,
    after: Place | None,
    now: datetime,
    limit: int,
) -> tuple[Counts, list[tuple[Work, Place]]]:
    place = (after.due, after.ticket_id, after.share_id) if after else (None, None, None)
    rows = await conn.fetch(WORK, units, now, person_id, tab.value, *place, limit)
    counts = Counts(**{tab.value: rows[0][f"n_{tab.value}"] for tab in Tab})
    found = []
    for row in rows:
        if row["ticket_id"] is not None:
            kept = {name: row[name] for name in Work.__struct_fields__ if name != "clock"}
            found.append((Work(**kept, clock=clock(row)), Place(row["due"], row["ticket_id"], row["share_id"])))
    return counts, found


def clock(row: Any) -> Clock | None:
    if row["clock"] is None:
        return None
    return Clock(row["clock"], row["start_at"], row["due"], row["near_at"], row["late_at"])


class Handler(msgspec.Struct, frozen=True):
    """Somebody of the unit who may be given a task."""

    id: int
    name: str
    roles: list[str]
    in_hand: int
    """Open tasks that they have already."""


HANDLERS = """
SELECT p.id, p.name, array_agg(r.role ORDER BY r.role) AS roles,
       (SELECT count(*) FROM assignment a WHERE a.unit_id = p.unit_id AND a.person_id = p.id
           AND a.stage IN ('to_sign', 'in_hand', 'return_review', 'replied', 'refused')) AS in_hand
  FROM person p JOIN person_role r ON r.person_id = p.id
 WHERE p.unit_id = $1 AND p.active AND r.role IN ('unit_liaison', 'unit_reviewer', 'unit_leader', 'handler')
 GROUP BY p.id, p.name, p.unit_id ORDER BY p.name, p.id
"""


async def handlers(conn: Connection, unit_id: int | None) -> list[Handler]:
    return [Handler(**dict(row)) for row in await conn.fetch(HANDLERS, unit_id)]


class Went(msgspec.Struct, frozen=True):
    """Where tickets of the category went when a return of them was granted."""

    unit_id: int
    unit: str
    times: int


class Returns(msgspec.Struct, frozen=True):
    """How returns of one category have ended within a year."""

    asked: int
    granted: int
    own_asked: int
    """By this unit."""
    own_granted: int
    went: list[Went]


RETURNS = """
WITH asked AS (
    SELECT r.ticket_id, r.assignment_id, r.unit_id, r.decision FROM request r JOIN ticket t ON t.id = r.ticket_id
     WHERE r.asked = 'return' AND r.at >= $3 AND t.category = $1
), went AS (
    SELECT n.unit_id, u.name AS unit, count(*) AS times
      FROM asked r
      CROSS JOIN LATERAL (SELECT a.unit_id FROM assignment a
                           WHERE a.ticket_id = r.ticket_id AND a.part = 'lead' AND a.id > r.assignment_id
                           ORDER BY a.id LIMIT 1) n
      JOIN unit u ON u.id = n.unit_id
     WHERE r.decision = 'granted' GROUP BY n.unit_id, u.name ORDER BY count(*) DESC, n.unit_id LIMIT 3
)
SELECT count(*) AS asked, count(*) FILTER (WHERE decision = 'granted') AS granted,
       count(*) FILTER (WHERE unit_id = $2) AS own_asked,
       count(*) FILTER (WHERE unit_id = $2 AND decision = 'granted') AS own_granted,
       (SELECT coalesce(jsonb_agg(to_jsonb(w) ORDER BY w.times DESC, w.unit_id), '[]') FROM went w) AS went
  FROM asked
"""


async def returns(conn: Connection, *, category: str | None, unit_id: int, since: datetime) -> Returns:
    [row] = await conn.fetch(RETURNS, category, unit_id, since)
    return msgspec.convert(dict(row), Returns)
