"""What came in a month, beside the month before and the year before."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.insight.volumes import Span, frozen, month_volumes, volumes
from hotline.reports.monthly.bulletin import Given, Weekly
from hotline.reports.monthly.words import PARTS, Known, Part, Passage

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


async def given(
    conn: Connection, month: date, begin: datetime, end: datetime, spans: Sequence[Span], revision: int | None
) -> Given:
    """The volumes of a frozen month are those of its freezing; what stands beside them is counted now."""
    kept = await frozen(conn, month, revision) if revision else []
    beside = [span for span in spans if span[0] != "now"]
    found = [*kept, *await volumes(conn, beside)] if kept else await month_volumes(conn, begin, end, spans)
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
