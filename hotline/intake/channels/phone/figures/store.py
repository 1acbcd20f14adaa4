"""Stays and spells of a time, from the calls and from what was heard of agents."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.infra.db import Connection
from hotline.intake.channels.phone.call import CallOutcome, Visit
from hotline.intake.channels.phone.figures.measures import Stay
from hotline.intake.channels.phone.figures.queuelog import Reconciled

STAYS = """
SELECT v->>'queue' AS queue, (v->>'queued_at')::timestamptz AS at, v->>'outcome' AS outcome,
       (v->>'wait_ms')::integer AS wait_ms, (v->>'talk_ms')::integer AS talk_ms,
       CASE WHEN v->>'outcome' = 'answered' THEN c.hold_ms ELSE 0 END AS hold_ms,
       coalesce(p.name, v->>'agent', '') AS who
  FROM call c
  CROSS JOIN LATERAL jsonb_array_elements(c.visits) AS v
  LEFT JOIN LATERAL (SELECT s.person_id FROM phone_sitting s
        WHERE s.provider = c.provider AND s.agent = v->>'agent' AND s.began_at <= (v->>'queued_at')::timestamptz
          AND (s.ended_at IS NULL OR s.ended_at > (v->>'queued_at')::timestamptz)
        ORDER BY s.began_at DESC LIMIT 1) AS sat ON true
  LEFT JOIN person p ON p.id = sat.person_id
 WHERE c.direction = 'in' AND c.offered_at >= $1 AND c.offered_at < $2
"""


async def stays(conn: Connection, begin: datetime, end: datetime) -> list[Stay]:
    rows = await conn.fetch(STAYS, begin, end)
    return [Stay(**{**dict(row), "outcome": CallOutcome(row["outcome"]) if row["outcome"] else None}) for row in rows]


TOLD = """
-- What was told last before the beginning still holds at it. Who sat there is asked for each word.
SELECT coalesce(p.name, e.agent) AS who, e.data->>'state' AS state, e.at
  FROM (
    (SELECT DISTINCT ON (provider, agent) provider, agent, data, at FROM call_event
      WHERE type = 'agent.state' AND at < $1 AND at >= $1 - interval '1 day' ORDER BY provider, agent, at DESC)
    UNION ALL
    (SELECT provider, agent, data, at FROM call_event WHERE type = 'agent.state' AND at >= $1 AND at < $2)
  ) AS e
  LEFT JOIN LATERAL (SELECT s.person_id FROM phone_sitting s
        WHERE s.provider = e.provider AND s.agent = e.agent AND s.began_at <= e.at + interval '5 seconds'
          AND (s.ended_at IS NULL OR s.ended_at > e.at) ORDER BY s.began_at DESC LIMIT 1) AS sat ON true
  LEFT JOIN person p ON p.id = sat.person_id
 WHERE e.data ? 'state' ORDER BY e.at
"""


async def told(conn: Connection, begin: datetime, end: datetime) -> list[tuple[str, str, datetime]]:
    return [(row["who"], row["state"], row["at"]) for row in await conn.fetch(TOLD, begin, end)]


WAITED = """
SELECT call, visits FROM call WHERE provider = $1 AND direction = 'in'
   AND queued_at >= $2::timestamptz - interval '1 hour' AND queued_at <= $3::timestamptz + interval '1 hour'
"""


async def waited(conn: Connection, provider: str, begin: datetime, end: datetime) -> dict[str, tuple[Visit, ...]]:
    rows = await conn.fetch(WAITED, provider, begin, end)
    return {row["call"]: msgspec.convert(row["visits"], tuple[Visit, ...]) for row in rows}


VISITS = "SELECT call, visits FROM call WHERE provider = $1 AND call = ANY($2::text[])"


async def visits(conn: Connection, provider: str, calls: Sequence[str]) -> dict[str, tuple[Visit, ...]]:
    rows = await conn.fetch(VISITS, provider, calls)
    return {row["call"]: msgspec.convert(row["visits"], tuple[Visit, ...]) for row in rows}


KEEP = """
INSERT INTO call_reconciliation (provider, at, found) VALUES ($1, $2, $3)
ON CONFLICT (provider) DO UPDATE SET at = excluded.at, found = excluded.found
"""
LAST = "SELECT provider, at, found FROM call_reconciliation ORDER BY provider"


class Kept(msgspec.Struct, frozen=True):
    provider: str
    at: datetime
    found: Reconciled


async def keep(conn: Connection, provider: str, at: datetime, found: Reconciled) -> None:
    await conn.execute(KEEP, provider, at, msgspec.to_builtins(found))


async def last(conn: Connection) -> list[Kept]:
    rows = await conn.fetch(LAST)
    return [Kept(row["provider"], row["at"], msgspec.convert(row["found"], Reconciled)) for row in rows]
