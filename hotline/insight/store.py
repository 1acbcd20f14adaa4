"""The measures as they are counted: one `.sql` file each, put together once when the program starts."""

from collections.abc import Sequence
from datetime import date, datetime
from importlib.resources import files

import msgspec

from hotline.dispatch.store import JUDGED
from hotline.infra.db import Connection
from hotline.insight.measures import MEASURES, Counted
from hotline.insight.wall import Happening, Side, Waiting

FOLDER = files("hotline.insight") / "sql"


def _text(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def _counting(name: str) -> str:
    """One measure's cases under its name; the condition names it, so that a measure nobody asks for is never run."""
    return "\n".join(("SELECT '@' AS measure, c.* FROM (".replace("@", name), _text(name), OF.replace("@", name)))


OF = ") c WHERE '@' = ANY ($4::text[])"
PLACED = """
), placed AS (
    SELECT n.measure, n.ticket_id, n.item, n.unit_id, n.at, n.channel, n.hit, n.excluded, left(n.category, 2) AS category,
           r.path[2] AS district
      FROM counting n
      LEFT JOIN region r ON r.code = n.region
)
"""


def _over(question: str) -> str:
    """A question put to `placed`: every case of the measures named in $4 between $1 and $2, as far as known at $3."""
    bases = ",\n".join((_text("share"), _text("verdict"), JUDGED))
    counting = "\nUNION ALL\n".join(_counting(measure.name) for measure in MEASURES)
    return "".join(("WITH ", bases, ", counting AS (\n", counting, PLACED, question))


COUNTS = _over("""
, keyed AS (
    SELECT measure, hit, excluded,
           CASE $5::text WHEN 'unit' THEN unit_id::text WHEN 'district' THEN district WHEN 'channel' THEN channel
                         WHEN 'category' THEN category WHEN 'month' THEN to_char(at, 'YYYY-MM') END AS key
      FROM placed
)
SELECT measure, key, grouping(key) = 1 AS whole,
       count(*) FILTER (WHERE excluded IS NULL AND hit)::int AS numerator,
       count(*) FILTER (WHERE excluded IS NULL)::int AS denominator,
       count(*) FILTER (WHERE excluded IS NOT NULL)::int AS excluded
  FROM keyed GROUP BY GROUPING SETS ((measure, key), (measure))
""")
ALL = [measure.name for measure in MEASURES]


async def counts(
    conn: Connection, begin: datetime, end: datetime, now: datetime, group: str, measures: Sequence[str] = ALL
) -> list[Counted]:
    rows = await conn.fetch(COUNTS, begin, end, now, measures, group)
    return [Counted(**dict(row)) for row in rows]


class Case(msgspec.Struct, frozen=True):
    """One ticket behind a number."""

    ticket_id: int
    item: int
    at: datetime
    counted: bool
    hit: bool
    excluded: str | None
    unit_id: int | None
    title: str
    state: str
    confidential: bool
    due_at: datetime | None


TICKETS = _over("""
SELECT p.ticket_id, p.item, p.at, p.excluded IS NULL AS counted, coalesce(p.hit, false) AS hit, p.excluded, p.unit_id,
       m.title, t.state, t.confidential, t.due_at
  FROM placed p
  JOIN ticket t ON t.id = p.ticket_id
  JOIN matter m ON m.ticket_id = p.ticket_id
 WHERE CASE $5::text WHEN 'numerator' THEN p.excluded IS NULL AND p.hit WHEN 'denominator' THEN p.excluded IS NULL
                     WHEN 'missed' THEN p.excluded IS NULL AND NOT p.hit ELSE p.excluded IS NOT NULL END
   AND CASE $6::text WHEN 'unit' THEN p.unit_id::text IS NOT DISTINCT FROM $7
                     WHEN 'district' THEN p.district IS NOT DISTINCT FROM $7
                     WHEN 'channel' THEN p.channel IS NOT DISTINCT FROM $7
                     WHEN 'category' THEN p.category IS NOT DISTINCT FROM $7
                     WHEN 'month' THEN to_char(p.at, 'YYYY-MM') IS NOT DISTINCT FROM $7 ELSE true END
   AND ($8::bigint IS NULL OR (p.ticket_id, p.item) < ($8, $9::int))
 ORDER BY p.ticket_id DESC, p.item DESC LIMIT $10
""")


class Behind(msgspec.Struct, frozen=True):
    """Which tickets are asked for: of one measure, one of its parts, one group or all."""

    measure: str
    part: str
    group: str = ""
    key: str | None = None
    after: tuple[int, int] | None = None
    limit: int = 50


async def tickets(conn: Connection, begin: datetime, end: datetime, now: datetime, asked: Behind) -> list[Case]:
    after = asked.after or (None, None)
    rows = await conn.fetch(
        TICKETS, begin, end, now, [asked.measure], asked.part, asked.group, asked.key, *after, asked.limit
    )
    return [Case(**dict(row)) for row in rows]


CATEGORY_NAMES = "SELECT code, name FROM category WHERE level = 1"


async def category_names(conn: Connection) -> dict[str, str]:
    return {row["code"]: row["name"] for row in await conn.fetch(CATEGORY_NAMES)}


# -- frozen months --------------------------------------------------------------------------------------------------


class Frozen(msgspec.Struct, frozen=True):
    """A month's numbers as they were reported."""

    month: date
    revision: int
    frozen_at: datetime
    frozen_name: str
    because: str
    hash: bytes


LINES = _over("""
SELECT measure, unit_id, district, channel, category,
       count(*) FILTER (WHERE excluded IS NULL AND hit)::int AS numerator,
       count(*) FILTER (WHERE excluded IS NULL)::int AS denominator,
       count(*) FILTER (WHERE excluded IS NOT NULL)::int AS excluded
  FROM placed GROUP BY measure, unit_id, district, channel, category
 ORDER BY measure, unit_id, district, channel, category
""")
LOCK_MONTHS = "LOCK TABLE kpi_month IN SHARE ROW EXCLUSIVE MODE"
FREEZES = """
SELECT month, revision, frozen_at, frozen_name, because, hash FROM kpi_month WHERE month = $1 ORDER BY revision
"""
PUT_MONTH = """
INSERT INTO kpi_month (month, revision, frozen_at, frozen_by, frozen_name, because, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
PUT_LINES = """
INSERT INTO kpi_month_line (month, revision, measure, unit_id, district, channel, category, numerator, denominator, excluded)
SELECT $1, $2, * FROM unnest($3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::int[], $9::int[], $10::int[])
"""
FROZEN_COUNTS = """
WITH keyed AS (
    SELECT measure, numerator, denominator, excluded,
           CASE $3::text WHEN 'unit' THEN unit_id::text WHEN 'district' THEN district WHEN 'channel' THEN channel
                         WHEN 'category' THEN category WHEN 'month' THEN to_char(month, 'YYYY-MM') END AS key
      FROM kpi_month_line WHERE month = $1 AND revision = $2
)
SELECT measure, key, grouping(key) = 1 AS whole, sum(numerator)::int AS numerator, sum(denominator)::int AS denominator,
       sum(excluded)::int AS excluded
  FROM keyed GROUP BY GROUPING SETS ((measure, key), (measure))
"""
Line = tuple[str, int | None, str | None, str | None, str | None, int, int, int]


async def month_lines(conn: Connection, begin: datetime, end: datetime, now: datetime) -> list[Line]:
    return [tuple(row) for row in await conn.fetch(LINES, begin, end, now, ALL)]


async def freezes(conn: Connection, month: date) -> list[Frozen]:
    return [Frozen(**dict(row)) for row in await conn.fetch(FREEZES, month)]


async def one_freezes(conn: Connection) -> None:
    """Two who freeze at once: the second sees the first's revision."""
    await conn.execute(LOCK_MONTHS)


async def put_month(conn: Connection, frozen: Frozen, lines: Sequence[Line], *, by: int | None) -> None:
    f = frozen
    await conn.execute(PUT_MONTH, f.month, f.revision, f.frozen_at, by, f.frozen_name, f.because, f.hash)
    columns = [list(column) for column in zip(*lines, strict=True)] if lines else [[] for _ in range(8)]
    await conn.execute(PUT_LINES, f.month, f.revision, *columns)


async def frozen_counts(conn: Connection, month: date, revision: int, group: str) -> list[Counted]:
    return [Counted(**dict(row)) for row in await conn.fetch(FROZEN_COUNTS, month, revision, group)]


# -- the wall -------------------------------------------------------------------------------------------------------

WAITING = """
-- Open tickets by state, lead unit and district, with the light of the lead's finish clock as it shows at $1.
SELECT t.state, t.lead_unit AS unit_id, r.path[2] AS district,
       CASE WHEN d.very_late_at <= $1 THEN 'very_late' WHEN d.late_at <= $1 THEN 'late'
            WHEN d.near_at <= $1 THEN 'near' ELSE '' END AS light,
       count(*)::int AS tickets
  FROM ticket t
  LEFT JOIN region r ON r.code = t.region
  LEFT JOIN LATERAL (
       SELECT d.near_at, d.late_at, d.very_late_at FROM deadline d
        WHERE d.ticket_id = t.id AND d.kind = 'finish' AND NOT d.done AND d.due_at = t.due_at AND d.near_at <= $1 LIMIT 1
       ) d ON t.due_at IS NOT NULL
 WHERE t.state IN ('draft', 'registered', 'consulting', 'dispatched', 'in_progress', 'return_review', 'replied', 'callback',
                   'rework', 'suspended')
 GROUP BY 1, 2, 3, 4
"""
HAPPENED = """
-- $1 is the midnight with which yesterday began, $2 today's, $3 now.
SELECT what, at >= $2 AS today, extract(hour FROM at)::int AS hour, count(*)::int AS times
  FROM (SELECT h.at, CASE WHEN h.event = 'create' THEN 'received'
                          WHEN h.event = 'dispatch' AND (h.payload ->> 'automatic')::boolean THEN 'automatic'
                          WHEN h.event = 'dispatch' THEN 'dispatched'
                          WHEN h.event = 'sign' THEN 'signed'
                          WHEN h.target = 'closed' AND h.source <> 'closed' THEN 'closed' END AS what
          FROM history h WHERE h.at >= $1 AND h.at <= $3) told
 WHERE what IS NOT NULL GROUP BY 1, 2, 3
"""
BESIDE = """
SELECT 'received' AS what, r.path[2] AS key, count(*)::int AS number
  FROM ticket t LEFT JOIN region r ON r.code = t.region
 WHERE t.id >= $1 AND t.state NOT IN ('draft', 'void') GROUP BY 2
 UNION ALL
SELECT 'asked', asked, count(*)::int FROM request WHERE decision = 'pending' GROUP BY asked
"""


async def waiting(conn: Connection, now: datetime) -> list[Waiting]:
    return [msgspec.convert(dict(row), Waiting) for row in await conn.fetch(WAITING, now)]


async def happened(conn: Connection, yesterday: datetime, today: datetime, now: datetime) -> list[Happening]:
    return [Happening(**dict(row)) for row in await conn.fetch(HAPPENED, yesterday, today, now)]


async def beside(conn: Connection, day: date) -> list[Side]:
    return [Side(**dict(row)) for row in await conn.fetch(BESIDE, int(f"{day:%Y%m%d}") * 10_000_000)]
