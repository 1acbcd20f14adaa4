"""The pool and the claims as rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from hotline.dispatch.desk.claims import Claim
from hotline.dispatch.desk.pool import BANDS, STATES, Asked, Counts, Stored, Tab
from hotline.infra.db import Connection

PAGE = """
-- The nearest clock first. A null filter is no filter; $8 is whose claims alone are wanted, $9 the moment.
WITH pool AS (
    SELECT t.id, t.version, t.state, t.kind, t.urgency, t.channel, m.title, t.created_at, t.category, t.region, m.address,
           t.confidential, t.returns, coalesce(w.due_at, t.due_at) AS due,
           coalesce(w.due_at, t.due_at, '9999-01-01T00:00:00Z'::timestamptz) AS place,
           d.candidates, d.because, to_jsonb(c) AS claim,
           r.unit_id AS return_unit, r.reason AS return_reason, r.at AS return_at
      FROM ticket t
      JOIN matter m ON m.ticket_id = t.id
      LEFT JOIN deadline w ON w.ticket_id = t.id AND w.assignment_id = 0 AND w.done_at IS NULL
           AND w.kind = CASE t.state WHEN 'registered' THEN 'dispatch' WHEN 'consulting' THEN 'consultation' END
      LEFT JOIN LATERAL (SELECT candidates, because FROM routing_decision d
                          WHERE d.ticket_id = t.id ORDER BY d.id DESC LIMIT 1) d ON true
      LEFT JOIN claim c ON c.ticket_id = t.id AND c.until > $9
      LEFT JOIN LATERAL (SELECT unit_id, reason, at FROM request r
                          WHERE r.ticket_id = t.id AND r.asked = 'return' AND r.decision = 'pending' LIMIT 1) r ON true
     WHERE t.state = ANY ($1)
       AND ($2::text[] IS NULL OR t.kind = ANY ($2))
       AND ($3::text IS NULL OR starts_with(t.category, $3))
       AND ($4::text IS NULL OR starts_with(t.region, $4))
       AND ($5::float8 IS NULL OR (coalesce((d.candidates -> 0 ->> 'confidence')::float8, 0) >= $5
                                   AND coalesce((d.candidates -> 0 ->> 'confidence')::float8, 0) < $6))
       AND ($8::bigint IS NULL OR c.person_id = $8)
       AND ($14::bigint IS NULL OR t.id = $14)
)
SELECT * FROM pool
 WHERE ($7::timestamptz IS NULL OR place <= $7) AND ($10::timestamptz IS NULL OR place > $10)
   AND (place, id) > ($11::timestamptz, $12::bigint)
 ORDER BY place, id LIMIT $13
"""


async def page(conn: Connection, asked: Asked, *, me: int, now: datetime) -> list[Stored]:
    """One row more than asked for, when there are more."""
    least, most = BANDS[asked.band] if asked.band else (None, None)
    rows = await conn.fetch(
        PAGE,
        [state.value for state in STATES[asked.tab]],
        list(asked.kinds) if asked.kinds else None,
        asked.category,
        asked.district,
        least,
        most,
        asked.due_by,
        me if asked.tab is Tab.MINE else None,
        now,
        asked.due_after,
        *asked.after,
        asked.limit + 1,
        asked.ticket,
    )
    return [stored(row) for row in rows]


def stored(row: Any) -> Stored:
    given = {name: row[name] for name in Stored.__struct_fields__}
    given |= {
        "candidates": row["candidates"] or (),
        "because": tuple(row["because"] or ()),
        "return_reason": row["return_reason"] or "",
    }
    return msgspec.convert(given, Stored)


COUNTS = """
-- What waits in each tab ($1 is who asks, $2 the moment), and what was sent since midnight ($3) for the first time; what
-- followed another ticket was not sent.
WITH waiting AS (
    SELECT count(*) FILTER (WHERE t.state = 'registered') AS to_dispatch,
           count(*) FILTER (WHERE t.state = 'return_review') AS returns,
           count(*) FILTER (WHERE t.state = 'consulting') AS consultation,
           count(*) FILTER (WHERE c.person_id = $1) AS mine,
           count(*) FILTER (WHERE w.due_at < $2) AS late
      FROM ticket t
      LEFT JOIN claim c ON c.ticket_id = t.id AND c.until > $2
      LEFT JOIN deadline w ON w.ticket_id = t.id AND w.assignment_id = 0 AND w.done_at IS NULL
           AND w.kind = CASE t.state WHEN 'registered' THEN 'dispatch' WHEN 'consulting' THEN 'consultation' END
     WHERE t.state IN ('registered', 'return_review', 'consulting')
), sent AS (
    SELECT count(*) AS dispatched, count(*) FILTER (WHERE a.automatic) AS automatic
      FROM assignment a
     WHERE a.id = 1 AND a.part = 'lead' AND a.dispatched_at >= $3
       AND NOT EXISTS (SELECT FROM ticket o WHERE o.id = a.ticket_id AND o.master_id IS NOT NULL)
)
SELECT waiting.*, sent.* FROM waiting CROSS JOIN sent
"""


async def counts(conn: Connection, me: int, now: datetime, midnight: datetime) -> tuple[Counts, int, int]:
    """What waits; what was dispatched since midnight, and how much of it by itself."""
    row = await conn.fetchrow(COUNTS, me, now, midnight)
    assert row is not None
    return Counts(**{name: row[name] for name in Counts.__struct_fields__}), row["dispatched"], row["automatic"]


TAKE = """
INSERT INTO claim AS c (ticket_id, person_id, name, since, until) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (ticket_id) DO UPDATE SET (person_id, name, since, until) =
    (excluded.person_id, excluded.name,
     CASE WHEN c.person_id = excluded.person_id AND c.until > $4 THEN c.since ELSE excluded.since END, excluded.until)
 WHERE c.person_id = excluded.person_id OR c.until <= $4 OR $6
RETURNING ticket_id, person_id, name, since, until
"""


async def take(
    conn: Connection, ticket_id: int, me: int, name: str, *, now: datetime, until: datetime, over: bool
) -> Claim | None:
    """The claim, or None when somebody else's stands in the way; `over` takes it from them."""
    row = await conn.fetchrow(TAKE, ticket_id, me, name, now, until, over)
    return Claim(**dict(row)) if row else None


RELEASE = "DELETE FROM claim WHERE ticket_id = $1 AND person_id = $2"


async def release(conn: Connection, ticket_id: int, me: int) -> None:
    await conn.execute(RELEASE, ticket_id, me)


SWEEP = "DELETE FROM claim WHERE until <= $1"


async def sweep(conn: Connection, now: datetime) -> None:
    await conn.execute(SWEEP, now)


CLAIM = "SELECT ticket_id, person_id, name, since, until FROM claim WHERE ticket_id = $1 AND until > $2"


async def claim(conn: Connection, ticket_id: int, now: datetime) -> Claim | None:
    row = await conn.fetchrow(CLAIM, ticket_id, now)
    return Claim(**dict(row)) if row else None


CLAIMS = "SELECT ticket_id, person_id, name, since, until FROM claim WHERE until > $1 ORDER BY since, ticket_id"


async def claims(conn: Connection, now: datetime) -> list[Claim]:
    return [Claim(**dict(row)) for row in await conn.fetch(CLAIMS, now)]


SETTLE = """
-- Whoever decides lets go of it; somebody else's claim stands in the way.
WITH mine AS (DELETE FROM claim WHERE ticket_id = $1 AND (person_id = $2 OR until <= $3))
SELECT ticket_id, person_id, name, since, until FROM claim
 WHERE ticket_id = $1 AND person_id IS DISTINCT FROM $2 AND until > $3
"""


async def settle(conn: Connection, ticket_id: int, me: int | None, now: datetime) -> Claim | None:
    row = await conn.fetchrow(SETTLE, ticket_id, me, now)
    return Claim(**dict(row)) if row else None


class Recent(msgspec.Struct, frozen=True):
    """What a unit was sent of late as the lead, and how much of it came back."""

    unit_id: int
    sent: int
    returned: int


RECENT = """
SELECT a.unit_id, count(*) AS sent,
       count(*) FILTER (WHERE EXISTS (SELECT FROM request r WHERE r.ticket_id = a.ticket_id AND r.assignment_id = a.id
                                         AND r.asked = 'return' AND r.decision = 'granted')) AS returned
  FROM assignment a
 WHERE a.unit_id = ANY ($1::bigint[]) AND a.part = 'lead' AND a.round = 0 AND a.dispatched_at >= $2
 GROUP BY a.unit_id
"""


async def recent(conn: Connection, units: Sequence[int], since: datetime) -> dict[int, Recent]:
    rows = await conn.fetch(RECENT, units, since) if units else []
    return {row["unit_id"]: Recent(**dict(row)) for row in rows}
