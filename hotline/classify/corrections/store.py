"""Overrides and labels as rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from hotline.infra.db import Connection

Source = Literal["agent", "dispatcher", "return", "ruling"]
Field = Literal["category", "kind", "urgency", "unit"]
Verdict = Literal["right", "wrong"]


class Shown(msgspec.Struct, frozen=True):
    """One of the three best, as it was shown. `code` is a category's code, a unit's number, or a kind."""

    code: str
    name: str
    confidence: float


class Override(msgspec.Struct, frozen=True):
    """Somebody decided otherwise than was suggested."""

    ticket_id: int
    field: Field
    from_value: str | None
    """What came first; null when nothing was suggested."""
    to_value: str
    source: Source
    reason: str = ""
    shown: tuple[Shown, ...] = ()
    model: str | None = None
    prediction_id: int | None = None
    by_name: str = ""
    """Empty: whoever made the ticket."""
    by_person: int | None = None


SAVE = """
-- Whoever made the ticket is in the first line of its history.
INSERT INTO override (ticket_id, prediction_id, field, from_value, to_value, reason, by_name, by_person, at, source, shown, model)
SELECT k.ticket_id, k.prediction_id, k.field, k.from_value, k.to_value, k.reason, coalesce(nullif(k.by_name, ''), h.actor_name, '系统'),
       CASE WHEN k.by_name = '' THEN h.actor_id ELSE k.by_person END, $2, k.source, k.shown, k.model
  FROM jsonb_to_recordset($1) AS k (ticket_id bigint, prediction_id bigint, field text, from_value text, to_value text, reason text,
       by_name text, by_person bigint, source text, shown jsonb, model text)
  LEFT JOIN history h ON h.ticket_id = k.ticket_id AND h.seq = 1
 WHERE k.from_value IS DISTINCT FROM k.to_value
"""
SEEN = """
-- What a person had before them when they decided: the category model's answer and the router's.
SELECT p.id, p.model, p.top3, p.kind, p.urgency, d.candidates
  FROM (SELECT $1::bigint AS ticket_id) t
  LEFT JOIN LATERAL (SELECT id, model, top3, kind, urgency FROM prediction p
                      WHERE p.ticket_id = t.ticket_id ORDER BY id DESC LIMIT 1) p ON true
  LEFT JOIN LATERAL (SELECT candidates FROM routing_decision d
                      WHERE d.ticket_id = t.ticket_id ORDER BY d.id DESC LIMIT 1) d ON true
"""


class Seen(msgspec.Struct, frozen=True):
    prediction_id: int | None
    model: str | None
    kind: str | None
    urgency: str | None
    categories: tuple[Shown, ...]
    candidates: list[dict[str, Any]]
    """The router's, as they were kept."""

    @property
    def units(self) -> tuple[Shown, ...]:
        return tuple(Shown(str(c["unit_id"]), c["name"], c["confidence"]) for c in self.candidates[:3])


async def save(conn: Connection, overrides: Sequence[Override], at: datetime) -> None:
    if overrides:
        await conn.execute(SAVE, overrides, at)


async def seen(conn: Connection, ticket_id: int) -> Seen:
    row = await conn.fetchrow(SEEN, ticket_id)
    assert row is not None
    shown = msgspec.convert(row["top3"] or [], tuple[Shown, ...])
    return Seen(row["id"], row["model"], row["kind"], row["urgency"], shown, row["candidates"] or [])


class ListedOverride(msgspec.Struct, frozen=True):
    """改判: what was shown, what a person chose, why, and whether somebody has looked at it again."""

    ticket_id: int
    id: int
    at: datetime
    field: Field
    from_value: str | None
    to_value: str
    source: Source
    reason: str
    shown: tuple[Shown, ...]
    model: str | None
    by_name: str
    verdict: Verdict | None
    verdict_by: str | None
    title: str
    category: str | None
    """Of the ticket as it is now."""


LIST = """
SELECT o.ticket_id, o.id, o.at, o.field, o.from_value, o.to_value, o.source, o.reason, o.shown, o.model, o.by_name, o.verdict,
       o.verdict_by, m.title, t.category
  FROM override o JOIN matter m USING (ticket_id) JOIN ticket t ON t.id = o.ticket_id
 WHERE ($1::text IS NULL OR o.field = $1) AND ($2::text IS NULL OR o.source = $2)
   AND ($3::text IS NULL OR coalesce(o.verdict, 'open') = $3) AND ($4::bigint IS NULL OR o.id < $4)
 ORDER BY o.id DESC LIMIT $5
"""
JUDGE = """
UPDATE override SET verdict = $3, verdict_by = $4, verdict_at = $5 WHERE ticket_id = $1 AND id = $2
RETURNING field
"""
COUNTS = """
-- How often each was decided otherwise since a day, and how many of those were looked at.
SELECT field, source, count(*) AS overrides, count(*) FILTER (WHERE verdict IS NULL) AS unseen,
       count(*) FILTER (WHERE verdict = 'wrong') AS wrong
  FROM override WHERE at >= $1 GROUP BY field, source ORDER BY field, source
"""


class OverrideCount(msgspec.Struct, frozen=True):
    field: Field
    source: Source
    overrides: int
    unseen: int
    wrong: int


async def listed(
    conn: Connection, *, field: str | None, source: str | None, verdict: str | None, before: int | None, limit: int
) -> list[ListedOverride]:
    rows = await conn.fetch(LIST, field, source, verdict, before, limit)
    return [msgspec.convert(dict(row), ListedOverride) for row in rows]


async def judge(conn: Connection, ticket_id: int, number: int, verdict: Verdict | None, by: str, at: datetime) -> bool:
    """Whether there is such an override; a null verdict takes back the one before."""
    told = (verdict, by, at) if verdict else (None, None, None)
    return await conn.fetchval(JUDGE, ticket_id, number, *told) is not None


async def counts(conn: Connection, since: datetime) -> list[OverrideCount]:
    return [OverrideCount(**dict(row)) for row in await conn.fetch(COUNTS, since)]


LABEL = """
INSERT INTO letter_label AS l (ticket_id, category, shown, model, by_person, by_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (ticket_id) DO UPDATE SET (category, by_person, by_name, at) =
    (excluded.category, excluded.by_person, excluded.by_name, excluded.at)
"""
UNLABEL = "DELETE FROM letter_label WHERE ticket_id = $1"


async def label(
    conn: Connection, ticket_id: int, category: str, said: Seen, by_person: int | None, by_name: str, at: datetime
) -> None:
    await conn.execute(LABEL, ticket_id, category, said.categories, said.model, by_person, by_name, at)


async def unlabel(conn: Connection, ticket_id: int) -> None:
    await conn.execute(UNLABEL, ticket_id)


class Unsure(msgspec.Struct, frozen=True):
    """A letter whose category nobody has set, as it might be asked about."""

    ticket_id: int
    title: str
    content: str
    shown: tuple[Shown, ...]
    shadow: str | None
    """What a shadow model says instead, where it differs."""
    created_at: datetime


UNSURE = """
-- Of the letters since a moment that no person has spoken about, those with the least between first and second, and those on
-- which a shadow disagrees.
SELECT p.ticket_id, m.title, left(m.content, 2000) AS content, p.top3 AS shown, s.code AS shadow, t.created_at
  FROM prediction p
  JOIN ticket t ON t.id = p.ticket_id AND t.confidence IS NOT NULL AND t.state NOT IN ('void', 'draft', 'merged')
  JOIN matter m ON m.ticket_id = p.ticket_id
  LEFT JOIN LATERAL (SELECT s.code FROM shadow_answer s JOIN model k ON k.id = s.model_id AND k.target = 'category'
                      WHERE s.ticket_id = p.ticket_id AND s.code <> left(p.top3 -> 0 ->> 'code', 4)
                      ORDER BY s.model_id DESC LIMIT 1) s ON true
 WHERE p.at >= $1 AND jsonb_array_length(p.top3) > 1
   AND NOT EXISTS (SELECT FROM letter_label l WHERE l.ticket_id = p.ticket_id)
   AND NOT EXISTS (SELECT FROM frozen_letter f WHERE f.ticket_id = p.ticket_id)
 ORDER BY s.code IS NULL, (p.top3 -> 0 ->> 'confidence')::float8 - (p.top3 -> 1 ->> 'confidence')::float8, p.ticket_id DESC
 LIMIT $2
"""


async def unsure(conn: Connection, since: datetime, limit: int) -> list[Unsure]:
    return [msgspec.convert(dict(row), Unsure) for row in await conn.fetch(UNSURE, since, limit)]
