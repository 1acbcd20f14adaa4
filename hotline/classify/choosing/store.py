"""The registered models as rows."""

from datetime import datetime
from typing import Any

import msgspec

from hotline.classify.nightly.compare import Comparison
from hotline.infra.db import Connection


class RegisteredModel(msgspec.Struct, frozen=True):
    id: int
    target: str
    """category, kind or urgency"""
    fingerprint: str
    path: str
    scores: dict[str, Any]
    """As measured on a part it had not learned from."""
    role: str
    """champion answers; challenger may be promoted; shadow watches; retired was a champion."""
    created_at: datetime
    role_since: datetime | None = None
    comparison: Comparison | None = None
    """With the model that answered on the night of its training; null: registered by hand."""


ALONE = "SELECT pg_advisory_xact_lock(hashtext('model'))"
ALL = """
SELECT id, target, fingerprint, path, scores, role, created_at, role_since, comparison FROM model
 ORDER BY target, created_at DESC, id DESC
"""
ONE = """
SELECT id, target, fingerprint, path, scores, role, created_at, role_since, comparison FROM model WHERE id = $1 FOR UPDATE
"""
RETIRE = "UPDATE model SET role = 'retired' WHERE id = $1 AND role = 'champion'"
SINCE = "UPDATE model SET role_since = $2 WHERE id = $1"
BEFORE = """
-- The model that answered before this one gave up its place in the moment this one took it; none: it was the program's own. Where
-- that moment is not known, of the retired the last that was given up.
SELECT b.id FROM model c JOIN model b ON b.target = c.target AND b.role = 'retired'
 WHERE c.id = $1 AND (c.role_since IS NULL OR b.role_since = c.role_since)
 ORDER BY b.role_since DESC NULLS LAST, b.id DESC LIMIT 1
"""
CHAMPION = "SELECT id FROM model WHERE target = $1 AND role = 'champion'"
JUDGED = """
-- How sure the first suggestion was, at the second level, and whether it turned out to be so.
SELECT coalesce((p.areas -> 0 ->> 1)::float8, (p.top3 -> 0 ->> 'confidence')::float8) AS sure,
       coalesce(p.areas -> 0 ->> 0, left(p.top3 -> 0 ->> 'code', 4)) AS said, left(t.category, 4) AS was
  FROM settled_category t
  JOIN LATERAL (SELECT areas, top3 FROM prediction p WHERE p.ticket_id = t.ticket_id ORDER BY p.id LIMIT 1) p ON true
 WHERE t.created_at >= $1 AND jsonb_array_length(p.top3) > 0
 ORDER BY t.ticket_id DESC LIMIT $2
"""
CONFUSED = """
SELECT t.ticket_id, m.title, t.created_at, t.by_person, coalesce((p.areas -> 0 ->> 1)::float8, 0) AS sure
  FROM settled_category t
  JOIN LATERAL (SELECT areas, top3 FROM prediction p WHERE p.ticket_id = t.ticket_id ORDER BY p.id LIMIT 1) p ON true
  JOIN matter m ON m.ticket_id = t.ticket_id
 WHERE t.created_at >= $1 AND coalesce(p.areas -> 0 ->> 0, left(p.top3 -> 0 ->> 'code', 4)) = $2 AND left(t.category, 4) = $3
 ORDER BY t.ticket_id DESC LIMIT 100
"""


class ConfusedLetter(msgspec.Struct, frozen=True):
    ticket_id: int
    title: str
    created_at: datetime
    by_person: bool
    """Whether a person set the category; otherwise the ticket ended with it."""
    sure: float


async def alone(conn: Connection) -> None:
    """Until the transaction ends nobody else chooses: two who promote at once would both want the one place."""
    await conn.execute(ALONE)


async def every(conn: Connection) -> list[RegisteredModel]:
    return [msgspec.convert(dict(row), RegisteredModel) for row in await conn.fetch(ALL)]


async def one(conn: Connection, model_id: int) -> RegisteredModel | None:
    row = await conn.fetchrow(ONE, model_id)
    return msgspec.convert(dict(row), RegisteredModel) if row else None


async def retire(conn: Connection, model_id: int) -> None:
    await conn.execute(RETIRE, model_id)


async def since(conn: Connection, model_id: int, at: datetime) -> None:
    """Its part changed at this moment."""
    await conn.execute(SINCE, model_id, at)


async def before(conn: Connection, champion: int) -> int | None:
    number: int | None = await conn.fetchval(BEFORE, champion)
    return number


async def champion(conn: Connection, target: str) -> int | None:
    number: int | None = await conn.fetchval(CHAMPION, target)
    return number


async def judged(conn: Connection, begin: datetime, most: int) -> list[tuple[float, str, str]]:
    return [(row["sure"], row["said"], row["was"]) for row in await conn.fetch(JUDGED, begin, most)]


async def confused(conn: Connection, begin: datetime, said: str, was: str) -> list[ConfusedLetter]:
    return [ConfusedLetter(**dict(row)) for row in await conn.fetch(CONFUSED, begin, said, was)]
