"""What came in a month, beside the month before and the year before."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.reports.monthly.bulletin import Given, Volume, Weekly
from hotline.reports.monthly.words import PARTS, Known, Part, Passage

VOLUMES = """
-- Three spans at once; each is a range of ticket numbers, so that other months' partitions are left alone.
WITH span (span, begin, until) AS (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
), came AS (
    SELECT s.span, t.channel, t.kind, left(t.category, 4) AS category, r.path[2] AS district
      FROM span s
      JOIN ticket t ON t.id >= s.begin AND t.id < s.until
      LEFT JOIN region r ON r.code = t.region
     WHERE t.state NOT IN ('draft', 'void') AND t.disposition IS DISTINCT FROM 'invalid'
       AND t.disposition IS DISTINCT FROM 'malicious'
)
SELECT span,
       CASE WHEN grouping(channel) = 0 THEN 'channel' WHEN grouping(kind) = 0 THEN 'kind'
            WHEN grouping(category) = 0 THEN 'category' WHEN grouping(district) = 0 THEN 'district' ELSE 'all' END AS by,
       CASE WHEN grouping(channel) = 0 THEN channel WHEN grouping(kind) = 0 THEN kind
            WHEN grouping(category) = 0 THEN category WHEN grouping(district) = 0 THEN district ELSE 'all' END AS key,
       count(*)::int AS number
  FROM came GROUP BY GROUPING SETS ((span, channel), (span, kind), (span, category), (span, district), (span))
"""
CLOSED = "SELECT count(*)::int FROM ticket WHERE ended_at >= $1 AND ended_at < $2 AND state IN ('closed', 'archived')"
OPEN = """
-- 在办 when the month ended: of what came before its end ($1, $2) what is open, and what ended only later.
SELECT ((SELECT count(*) FROM ticket
          WHERE id < $1 AND state IN ('registered', 'consulting', 'dispatched', 'in_progress', 'return_review', 'replied',
                                      'callback', 'rework', 'suspended'))
      + (SELECT count(*) FROM ticket
          WHERE id < $1 AND ended_at >= $2 AND state IN ('closed', 'archived', 'merged', 'withdrawn')))::int
"""
PRESSED = """
SELECT count(*) FILTER (WHERE kind = 'supervision')::int AS letters,
       count(*) FILTER (WHERE kind = 'instruction')::int AS instructions
  FROM ticket_overlay WHERE kind IN ('supervision', 'instruction') AND at >= $1 AND at < $2
"""
WEEKS = """
SELECT w.week, (SELECT count(*)::int FROM difficult_listing l WHERE l.week = w.week) AS listed
  FROM difficult_week w WHERE w.frozen_at >= $1 AND w.frozen_at < $2 ORDER BY w.week
"""
CATEGORY_NAMES = "SELECT code, name FROM category WHERE level <= 2"


def first_of(day: date) -> int:
    """The first ticket number of a day."""
    return int(f"{day:%Y%m%d}") * 10_000_000


Span = tuple[str, date, date]
"""Name, first day, and the day after the last one."""


async def volumes(conn: Connection, spans: Sequence[Span]) -> list[Volume]:
    names, firsts, untils = zip(*spans, strict=True)
    rows = await conn.fetch(VOLUMES, names, [first_of(day) for day in firsts], [first_of(day) for day in untils])
    return [msgspec.convert(dict(row), Volume) for row in rows]


async def given(conn: Connection, begin: datetime, end: datetime, spans: Sequence[Span]) -> Given:
    found = await volumes(conn, spans)
    found.append(Volume("now", "closed", None, await conn.fetchval(CLOSED, begin, end)))
    found.append(Volume("now", "open", None, await conn.fetchval(OPEN, first_of(end.astimezone(BEIJING).date()), end)))
    pressed = await conn.fetchrow(PRESSED, begin, end)
    assert pressed is not None
    weeks = tuple(Weekly(**dict(row)) for row in await conn.fetch(WEEKS, begin, end))
    return Given(tuple(found), pressed["letters"], pressed["instructions"], weeks)


async def category_names(conn: Connection) -> dict[str, str]:
    return {row["code"]: row["name"] for row in await conn.fetch(CATEGORY_NAMES)}


WORDS = """
SELECT DISTINCT ON (w.part) w.part, w.text, w.version, p.name AS by, w.at
  FROM bulletin_words w JOIN person p ON p.id = w.person_id
 WHERE w.month = $1 ORDER BY w.part, w.version DESC
"""
ADD_WORDS = """
-- Of two who save at once one has the next version, the other nothing.
INSERT INTO bulletin_words (month, part, version, text, person_id, at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
"""
KNOWN = """
SELECT t.id, t.confidential OR t.kind = 'report' AS hidden, p.name, p.phone, p.other_phone, p.caller_number, p.home_address
  FROM ticket t LEFT JOIN petitioner p ON p.ticket_id = t.id WHERE t.id = ANY ($1::bigint[])
"""


async def words(conn: Connection, month: date) -> tuple[Passage, ...]:
    """Every part, as it was last saved."""
    found = {row["part"]: Passage(**dict(row)) for row in await conn.fetch(WORDS, month)}
    return tuple(found.get(part, Passage(part)) for part in PARTS)


async def add_words(
    conn: Connection, month: date, part: Part, version: int, text: str, person_id: int, now: datetime
) -> bool:
    """False when somebody saved this version meanwhile."""
    return bool(await conn.execute(ADD_WORDS, month, part, version, text, person_id, now) == "INSERT 0 1")


async def known(conn: Connection, tickets: Sequence[int], cipher: FieldCipher) -> tuple[Known, ...]:
    """What must not be read of these tickets' citizens."""
    return tuple(_known(row, cipher) for row in await conn.fetch(KNOWN, tickets))


def _known(row: Any, cipher: FieldCipher) -> Known:
    fields = ("name", "phone", "other_phone", "caller_number", "home_address")
    opened = {field: cipher.decrypt(row[field]) for field in fields if row[field]}
    name = opened.pop("name", "")
    return Known(row["id"], row["hidden"], (name,) if name else (), tuple(opened.values()))
