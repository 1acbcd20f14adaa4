"""Briefs as they are written, and what the tickets say of their topic."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from hotline.infra.db import Connection
from hotline.insight.volumes import Span, first_of
from hotline.reports.briefs.brief import Brief, Case, Effect, Found, Listed, Slice
from hotline.tickets.search import tsquery

TOPIC = """
span (span, begin, until) AS (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
), topic AS (
    SELECT s.span, t.id, t.kind, t.state, t.category, t.lead_unit, t.created_at, t.region, r.path
      FROM span s
      JOIN ticket t ON t.id >= s.begin AND t.id < s.until
      LEFT JOIN region r ON r.code = t.region
     WHERE t.state NOT IN ('draft', 'void')
       AND (cardinality($4::text[]) = 0 OR t.category LIKE ANY ($4))
       AND ($5::text IS NULL OR $5 = ANY (r.path))
       AND ($6::tsquery IS NULL OR EXISTS (SELECT FROM matter m WHERE m.ticket_id = t.id AND m.terms @@ $6))
)
"""


def _of_topic(question: str) -> str:
    """A question put to `topic`: the tickets of a brief's topic in its three spans."""
    return "".join(("WITH ", TOPIC, question))


SLICES = _of_topic("""
SELECT span,
       CASE WHEN grouping(day) = 0 THEN 'day' WHEN grouping(kind) = 0 THEN 'kind' WHEN grouping(state) = 0 THEN 'state'
            WHEN grouping(category) = 0 THEN 'category' WHEN grouping(unit) = 0 THEN 'unit'
            WHEN grouping(district) = 0 THEN 'district' WHEN grouping(street) = 0 THEN 'street' ELSE 'all' END AS by,
       coalesce(CASE WHEN grouping(day) = 0 THEN day WHEN grouping(kind) = 0 THEN kind WHEN grouping(state) = 0 THEN state
                     WHEN grouping(category) = 0 THEN category WHEN grouping(unit) = 0 THEN unit
                     WHEN grouping(district) = 0 THEN district WHEN grouping(street) = 0 THEN street END) AS key,
       count(*)::int AS number
  FROM (SELECT span, (created_at AT TIME ZONE 'Asia/Shanghai')::date::text AS day, kind, state, left(category, 4) AS category,
               lead_unit::text AS unit, path[2] AS district, path[3] AS street FROM topic) t
 GROUP BY GROUPING SETS ((span, day), (span, kind), (span, state), (span, category), (span, unit), (span, district),
                         (span, street), (span))
""")
EVERY = "SELECT count(*)::int FROM ticket WHERE id >= $1 AND id < $2 AND state NOT IN ('draft', 'void')"
EFFECTS = _of_topic("""
SELECT 'on_time' AS what, count(*) FILTER (WHERE NOT a.late)::int AS good, count(*)::int AS of
  FROM topic t JOIN assignment a ON a.ticket_id = t.id
 WHERE t.span = 'now' AND a.part = 'lead' AND a.stage = 'done' AND a.late IS NOT NULL
 UNION ALL
SELECT 'solved', count(*) FILTER (WHERE c.solved = 'yes')::int, count(*)::int
  FROM topic t JOIN callback c ON c.ticket_id = t.id
 WHERE t.span = 'now' AND c.outcome IN ('satisfied', 'dissatisfied') AND NOT c.excluded
 UNION ALL
SELECT 'satisfied', count(*) FILTER (WHERE c.rating >= 3)::int, count(*)::int
  FROM topic t JOIN callback c ON c.ticket_id = t.id
 WHERE t.span = 'now' AND c.outcome IN ('satisfied', 'dissatisfied') AND NOT c.excluded
 UNION ALL
SELECT 'rework', count(*) FILTER (WHERE c.again)::int, count(*)::int
  FROM (SELECT t.id, bool_or(c.round > 0) AS again
          FROM topic t JOIN callback c ON c.ticket_id = t.id WHERE t.span = 'now' GROUP BY t.id) c
""")
LISTED = _of_topic("""
SELECT id AS ticket_id, created_at AS at, region, category, lead_unit AS unit_id, state
  FROM topic WHERE span = 'now' ORDER BY id DESC LIMIT $7
""")
CHOSEN = _of_topic("""
-- Those picked by hand, in their order; else those that most others were merged into or that came back most.
SELECT t.id AS ticket_id, t.created_at AS at, t.region, t.lead_unit AS unit_id, t.state,
       CASE WHEN k.hidden THEN NULL ELSE m.title END AS title, CASE WHEN k.hidden THEN NULL ELSE m.content END AS content,
       CASE WHEN k.hidden THEN NULL ELSE answer.public_reply END AS reply
  FROM topic t
  JOIN matter m ON m.ticket_id = t.id
  JOIN LATERAL (SELECT x.confidential OR x.kind = 'report' AS hidden, x.round, x.returns FROM ticket x WHERE x.id = t.id) k
    ON true
  LEFT JOIN LATERAL (SELECT w.public_reply FROM reply r JOIN reply_text w ON (w.ticket_id, w.reply_id) = (r.ticket_id, r.id)
                      WHERE r.ticket_id = t.id AND r.decision = 'granted' ORDER BY r.id DESC LIMIT 1) answer ON true
 WHERE t.span = 'now' AND CASE WHEN cardinality($8::bigint[]) > 0 THEN t.id = ANY ($8) ELSE NOT k.hidden END
 ORDER BY array_position($8, t.id), (SELECT count(*) FROM ticket c WHERE c.master_id = t.id) DESC, k.round DESC,
          k.returns DESC, t.id DESC
 LIMIT $7
""")


async def found(conn: Connection, brief: Brief, spans: Sequence[Span], *, cases: int, listed: int) -> Found:
    names, firsts, untils = zip(*spans, strict=True)
    asked: tuple[Any, ...] = (
        names,
        [first_of(day) for day in firsts],
        [first_of(day) for day in untils],
        [f"{code}%" for code in brief.categories],
        brief.district,
        tsquery(brief.words) if brief.words else None,
    )
    return Found(
        slices=tuple(Slice(**dict(row)) for row in await conn.fetch(SLICES, *asked)),
        every=await conn.fetchval(EVERY, first_of(firsts[0]), first_of(untils[0])),
        effects=tuple(Effect(**dict(row)) for row in await conn.fetch(EFFECTS, *asked)),
        cases=tuple(
            msgspec.convert(dict(row), Case) for row in await conn.fetch(CHOSEN, *asked, cases, list(brief.cases))
        ),
        listed=tuple(msgspec.convert(dict(row), Listed) for row in await conn.fetch(LISTED, *asked, listed)),
    )


CATEGORY_CODES = "SELECT code FROM category"


async def category_codes(conn: Connection) -> frozenset[str]:
    return frozenset(row["code"] for row in await conn.fetch(CATEGORY_CODES))


TICKETS_KNOWN = "SELECT id FROM ticket WHERE id = ANY ($1::bigint[]) AND state NOT IN ('draft', 'void')"


async def tickets_known(conn: Connection, numbers: Sequence[int]) -> frozenset[int]:
    return frozenset(row["id"] for row in await conn.fetch(TICKETS_KNOWN, numbers))


class KeptBrief(msgspec.Struct, frozen=True):
    """A brief in the list, and in the editor."""

    id: int
    version: int
    title: str
    categories: tuple[str, ...]
    words: str
    district: str | None
    begins: date
    ends: date
    causes: str
    advice: str
    cases: tuple[int, ...]
    created_by: str
    changed_at: datetime
    year: int | None
    number: int | None
    issued_at: datetime | None
    issued_by: str | None
    hash: str | None
    """SM3 of the paper as issued, in hexadecimal."""

    @property
    def brief(self) -> Brief:
        return Brief(**{name: getattr(self, name) for name in Brief.__struct_fields__})


BRIEFS = """
SELECT b.id, b.version, b.title, b.categories, b.words, b.district, b.begins, b.ends, b.causes, b.advice, b.cases,
       w.name AS created_by, b.changed_at, b.year, b.number, b.issued_at, i.name AS issued_by, encode(b.hash, 'hex') AS hash
  FROM brief b JOIN person w ON w.id = b.created_by LEFT JOIN person i ON i.id = b.issued_by
 WHERE ($1::integer IS NULL OR b.id = $1) AND ($2 OR b.issued_at IS NOT NULL)
 ORDER BY b.issued_at IS NOT NULL, b.year DESC, b.number DESC, b.id DESC LIMIT 500
"""


async def briefs(conn: Connection, *, drafts: bool) -> list[KeptBrief]:
    return [msgspec.convert(dict(row), KeptBrief) for row in await conn.fetch(BRIEFS, None, drafts)]


async def one(conn: Connection, brief: int, *, drafts: bool) -> KeptBrief | None:
    row = await conn.fetchrow(BRIEFS, brief, drafts)
    return msgspec.convert(dict(row), KeptBrief) if row else None


ADD = """
INSERT INTO brief (title, categories, words, district, begins, ends, causes, advice, cases, created_by, created_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) RETURNING id
"""
CHANGE = """
UPDATE brief SET (title, categories, words, district, begins, ends, causes, advice, cases, changed_at, version)
     = ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, version + 1)
 WHERE id = $1 AND version = $2 AND issued_at IS NULL
"""
REMOVE = "DELETE FROM brief WHERE id = $1 AND issued_at IS NULL"


def _columns(b: Brief) -> tuple[Any, ...]:
    return (b.title, b.categories, b.words, b.district, b.begins, b.ends, b.causes, b.advice, b.cases)


async def add(conn: Connection, brief: Brief, person_id: int, now: datetime) -> int:
    found: int = await conn.fetchval(ADD, *_columns(brief), person_id, now)
    return found


async def change(conn: Connection, number: int, version: int, brief: Brief, now: datetime) -> bool:
    """False when somebody changed it meanwhile, or it is issued."""
    return bool(await conn.execute(CHANGE, number, version, *_columns(brief), now) == "UPDATE 1")


async def remove(conn: Connection, number: int) -> bool:
    return bool(await conn.execute(REMOVE, number) == "DELETE 1")


LOCK = "LOCK TABLE brief IN SHARE ROW EXCLUSIVE MODE"
NEXT = "SELECT coalesce(max(number), 0) + 1 FROM brief WHERE year = $1"
ISSUE = """
UPDATE brief SET (year, number, issued_at, issued_by, paper, hash) = ($3, $4, $5, $6, $7, $8)
 WHERE id = $1 AND version = $2 AND issued_at IS NULL
"""
PAPER = "SELECT paper FROM brief WHERE id = $1 AND issued_at IS NOT NULL"


async def next_number(conn: Connection, year: int) -> int:
    """Two who issue at once: the second waits, and numbers on without a gap."""
    await conn.execute(LOCK)
    found: int = await conn.fetchval(NEXT, year)
    return found


async def issue(
    conn: Connection,
    number: int,
    version: int,
    *,
    which: tuple[int, int],
    now: datetime,
    person_id: int,
    paper: bytes,
    digest: bytes,
) -> bool:
    done = await conn.execute(ISSUE, number, version, *which, now, person_id, paper, digest)
    return bool(done == "UPDATE 1")


async def issued(conn: Connection, number: int) -> bytes | None:
    """The papers as issued, as JSON."""
    found: bytes | None = await conn.fetchval(PAPER, number)
    return found
