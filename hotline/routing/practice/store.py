"""Finished tickets counted, practice and proposals kept."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.routing.practice.belief import Led
from hotline.routing.practice.proposals import Finished, Proposal, What
from hotline.tickets.store import first_number

State = Literal["proposed", "rejected"]

FINISHED = """
-- Tickets numbered from $1 on, by matter, place and lead. Where an entry began or ended for them since ($2 … $3), only those made
-- afterwards: what was done under another catalogue speaks neither for nor against this one.
WITH recent AS MATERIALIZED (
    SELECT k.code, rtrim(coalesce(e.region, ''), '0') AS place,
           max(CASE WHEN e.valid_to <= $3 THEN e.valid_to ELSE e.valid_from END) AS day
      FROM catalogue e JOIN category k ON e.category IN (k.code, left(k.code, 4), left(k.code, 2))
     WHERE e.valid_from <= $3 AND (e.valid_from > $2 OR (e.valid_to > $2 AND e.valid_to <= $3))
     GROUP BY 1, 2
)
SELECT t.category, coalesce(t.region, '') AS region, t.lead_unit AS unit_id, count(*)::integer AS times
  FROM ticket t
 WHERE t.id >= $1 AND t.lead_unit IS NOT NULL AND t.category IS NOT NULL AND t.kind <> 'report'
   AND t.state IN ('replied', 'callback', 'closed', 'archived')
   AND NOT EXISTS (SELECT FROM recent r
                    WHERE r.code = t.category AND r.day > (t.created_at AT TIME ZONE 'Asia/Shanghai')::date
                      AND (r.place = '' OR starts_with(coalesce(t.region, ''), r.place)))
   AND NOT EXISTS (SELECT FROM override o WHERE o.ticket_id = t.id AND o.field = 'unit' AND o.verdict = 'wrong')
 GROUP BY 1, 2, 3
"""
CLEAR_PRACTICE = "DELETE FROM unit_practice"
SAVE_PRACTICE = """
INSERT INTO unit_practice (category, region, lead, times)
SELECT k.category, k.region, k.lead, k.times
  FROM jsonb_to_recordset($1) AS k (category text, region text, lead text, times integer)
"""
CLEAR_PROPOSED = "DELETE FROM catalogue_proposal WHERE state = 'proposed'"
PROPOSE = """
INSERT INTO catalogue_proposal AS p (category, region, what, lead, times, tickets)
SELECT k.category, k.region, k.what, k.lead, k.times, k.tickets
  FROM jsonb_to_recordset($1) AS k (category text, region text, what text, lead text, times integer, tickets integer)
ON CONFLICT (category, region, what, lead) DO UPDATE SET (times, tickets) = (excluded.times, excluded.tickets)
"""
LIST = """
SELECT category, region, what, lead, times, tickets, why, decided_by, decided_at
  FROM catalogue_proposal WHERE state = $1 ORDER BY tickets DESC, category, region, what, lead
"""
DECIDE = """
UPDATE catalogue_proposal SET (state, why, decided_by, decided_at) = ($5, $6, $7, $8)
 WHERE (category, region, what, lead) = ($1, $2, $3, $4) AND state <> $5 RETURNING state
"""


class Kept(msgspec.Struct, frozen=True):
    """A proposal, and who said no to it."""

    category: str
    region: str
    what: What
    lead: str
    times: int
    tickets: int
    why: str | None
    decided_by: str | None
    decided_at: datetime | None


class Which(msgspec.Struct, frozen=True):
    category: str
    region: str
    what: What
    lead: str


async def finished(conn: Connection, since: datetime, day: date) -> list[Finished]:
    first = since.astimezone(BEIJING).date()
    return [Finished(**dict(row)) for row in await conn.fetch(FINISHED, first_number(first), first, day)]


async def keep(conn: Connection, led: Sequence[Led], proposals: Sequence[Proposal]) -> None:
    """In the place of the night before's; what was rejected stays so, with today's numbers."""
    await conn.execute(CLEAR_PRACTICE)
    await conn.execute(SAVE_PRACTICE, led)
    await conn.execute(CLEAR_PROPOSED)
    await conn.execute(PROPOSE, proposals)


async def listed(conn: Connection, state: State) -> list[Kept]:
    return [Kept(**dict(row)) for row in await conn.fetch(LIST, state)]


async def decide(
    conn: Connection, one: Which, state: State, why: str | None, by: str | None, at: datetime | None
) -> bool:
    """Whether that changed anything."""
    return await conn.fetchval(DECIDE, *msgspec.structs.astuple(one), state, why, by, at) is not None
