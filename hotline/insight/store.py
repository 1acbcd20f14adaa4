"""What the measures say: asked of the sums, of the cases behind them, and of what changed since."""

from collections.abc import Sequence
from datetime import date, datetime, time

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.insight.measures import BY_NAME, MEASURES, Counted
from hotline.insight.spans import DAY, whole_months
from hotline.insight.sums.store import DIMENSIONS, OF_LISTED, changed
from hotline.insight.wall import Happening, Side, Waiting

# A question is put to the sums, and where tickets changed that are not in them yet (a few, or all when no job runs), what
# those were is taken out and what they are put in. Each question is one statement, so that a job that moves on meanwhile
# changes nothing.
AT_REST = "fresh AS (SELECT * FROM kpi_case WHERE ticket_id = ANY ($1::bigint[]))"
IN_MOTION = OF_LISTED

COUNTS = """
, day_sums AS (
    SELECT k.measure, k.by, CASE WHEN $6 = 'month' THEN to_char(k.day, 'YYYY-MM') ELSE k.key END AS key,
           k.numerator, k.denominator, k.excluded
      FROM (SELECT * FROM kpi_day WHERE day >= $2::date AND day < $8
             UNION ALL
            SELECT * FROM kpi_month_sum WHERE month >= $8 AND month < $9
             UNION ALL
            SELECT * FROM kpi_day WHERE day >= $9 AND day < $3::date) k
     WHERE k.by = ANY ($7::text[]) AND k.measure = ANY ($5::kpi_measure[])
), cases AS (
    -- Today's sums without what still lies ahead: fewer than what has been.
    SELECT -1 AS sign, k.ticket_id, k.measure, k.item, k.at, k.value, k.excluded, k.unit_id, k.district, k.channel, k.category, k.campaigns
      FROM kpi_case k
     WHERE k.measure = ANY ($5::kpi_measure[]) AND k.at >= $2 AND k.at < $3 AND k.at > $4 AND NOT k.ticket_id = ANY ($1::bigint[])
     UNION ALL
    SELECT -1, k.ticket_id, k.measure, k.item, k.at, k.value, k.excluded, k.unit_id, k.district, k.channel, k.category, k.campaigns
      FROM kpi_case k
     WHERE k.ticket_id = ANY ($1::bigint[]) AND k.measure = ANY ($5::kpi_measure[]) AND k.at >= $2 AND k.at < $3
     UNION ALL
    SELECT 1, f.ticket_id, f.measure, f.item, f.at, f.value, f.excluded, f.unit_id, f.district, f.channel, f.category, f.campaigns
      FROM fresh f WHERE f.measure = ANY ($5::kpi_measure[]) AND f.at >= $2 AND f.at < $3 AND f.at <= $4
), case_sums AS (
    SELECT c.measure, d.by, CASE WHEN $6 = 'month' THEN to_char(c.at, 'YYYY-MM') ELSE d.key END AS key,
           CASE WHEN c.excluded IS NULL THEN c.sign * c.value ELSE 0 END AS numerator,
           CASE WHEN c.excluded IS NULL THEN c.sign ELSE 0 END AS denominator,
           CASE WHEN c.excluded IS NOT NULL THEN c.sign ELSE 0 END AS excluded
      FROM cases c @ WHERE d.by = ANY ($7::text[])
)
SELECT measure, CASE WHEN by = 'all' AND $6 <> 'month' THEN NULL ELSE nullif(key, '') END AS key,
       by = 'all' AND $6 <> 'month' AS whole, sum(numerator)::int AS numerator, sum(denominator)::int AS denominator,
       sum(excluded)::int AS excluded
  FROM (SELECT * FROM day_sums UNION ALL SELECT * FROM case_sums) s
 GROUP BY measure, by, key HAVING sum(denominator) <> 0 OR sum(excluded) <> 0
""".replace("@", DIMENSIONS)
COUNTS_AT_REST = "".join(("WITH ", AT_REST, COUNTS))
COUNTS_IN_MOTION = "".join(("WITH ", IN_MOTION, COUNTS))
ALL = [measure.name for measure in MEASURES]


async def counts(
    conn: Connection, begin: datetime, end: datetime, now: datetime, group: str, measures: Sequence[str] = ALL
) -> list[Counted]:
    """Of the whole, and of each group."""
    waiting = await changed(conn)
    tomorrow = datetime.combine(now.astimezone(BEIJING).date() + DAY, time(), BEIJING)
    end = min(max(begin, tomorrow), end)
    by = ["all"] if group in ("", "month") else ["all", group]
    question = COUNTS_IN_MOTION if waiting else COUNTS_AT_REST
    rows = await conn.fetch(question, waiting, begin, end, now, measures, group, by, *whole_months(begin, end))
    found = [Counted(**dict(row)) for row in rows]
    return [*found, *_wholes(found)] if group == "month" else found


def _wholes(months: Sequence[Counted]) -> list[Counted]:
    whole: dict[str, Counted] = {}
    for one in months:
        so_far = whole.get(one.measure, Counted(one.measure, None, True, 0, 0, 0))
        whole[one.measure] = Counted(
            one.measure,
            None,
            True,
            so_far.numerator + one.numerator,
            so_far.denominator + one.denominator,
            so_far.excluded + one.excluded,
        )
    return list(whole.values())


class Case(msgspec.Struct, frozen=True):
    """One ticket behind a number."""

    ticket_id: int
    item: int
    at: datetime
    counted: bool
    value: int
    excluded: str | None
    unit_id: int | None
    title: str
    state: str
    confidential: bool
    due_at: datetime | None


BEHIND = """c.measure = $5::kpi_measure AND c.at >= $2 AND c.at < $3 AND c.at <= $4
           AND CASE $6::text WHEN 'numerator' THEN c.excluded IS NULL AND c.value > 0 WHEN 'denominator' THEN c.excluded IS NULL
                             WHEN 'missed' THEN c.excluded IS NULL AND c.value <= 0 ELSE c.excluded IS NOT NULL END
           AND CASE $7::text WHEN 'unit' THEN c.unit_id::text IS NOT DISTINCT FROM $8
                             WHEN 'district' THEN c.district IS NOT DISTINCT FROM $8
                             WHEN 'channel' THEN c.channel IS NOT DISTINCT FROM $8
                             WHEN 'category' THEN c.category IS NOT DISTINCT FROM $8
                             WHEN 'campaign' THEN $8::text::int = ANY (c.campaigns)
                             WHEN 'month' THEN to_char(c.at, 'YYYY-MM') IS NOT DISTINCT FROM $8 ELSE true END
           AND ($9::timestamptz IS NULL OR (c.at, c.ticket_id, c.item) < ($9, $10::bigint, $11::int))"""
TICKETS = """
, days AS (
    -- The sums tell on which days the page is found, so that what is rare is not sought through all the others. The first
    -- and the last day are partly in it and count for nothing; so does what changed since and what no sum can tell. Nor is
    -- it sought on days that have none: one that missed lowers the sum, and only of a balance may hits and misses cancel out.
    SELECT c.day FROM (
           SELECT d.day, coalesce(sum(
                      CASE WHEN d.day IN (d.first, d.last) THEN 0
                           WHEN $6::text = 'denominator' THEN k.denominator WHEN $6::text = 'excluded' THEN k.excluded
                           WHEN $13::int = 0 THEN 0 WHEN $6::text = 'numerator' THEN greatest(k.numerator, 0)
                           ELSE (k.denominator - k.numerator) / $13 END)
                      OVER (ORDER BY d.day DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS newer,
                  CASE WHEN $6::text = 'excluded' THEN k.excluded > 0
                       WHEN $6::text = 'denominator' OR $13::int = 0 THEN k.denominator > 0
                       WHEN $6::text = 'missed' THEN k.denominator > k.numerator
                       ELSE k.numerator > 0 OR $13::int > 1 AND k.denominator > 0 END AS any
             FROM (SELECT s.first, s.last, n::date AS day FROM (
                          SELECT $2::timestamptz::date AS first,
                                 (least($3::timestamptz, coalesce($9::timestamptz, $3), $4::timestamptz + interval '1 microsecond')
                                  - interval '1 microsecond')::date AS last) s,
                          generate_series(s.first::timestamp, s.last::timestamp, interval '1 day') n
                    WHERE $7 <> 'month' OR to_char(n, 'YYYY-MM') IS NOT DISTINCT FROM $8) d
             LEFT JOIN kpi_day k
               ON k.by = CASE WHEN $7 IN ('', 'month') THEN 'all' ELSE $7 END AND k.day = d.day AND k.measure = $5::kpi_measure
              AND k.key = CASE WHEN $7 IN ('', 'month') THEN '' ELSE coalesce($8, '') END) c
     WHERE c.any AND c.newer < $12 + (
           SELECT count(*) FROM kpi_case g WHERE g.ticket_id = ANY ($1::bigint[]) AND g.measure = $5::kpi_measure)
), page AS (
    SELECT * FROM (
           SELECT c.* FROM days d, LATERAL (
                  SELECT c.ticket_id, c.item, c.at, c.value, c.excluded, c.unit_id FROM kpi_case c
                   WHERE c.at >= d.day AND c.at < d.day + 1 AND NOT c.ticket_id = ANY ($1::bigint[]) AND @
                   ORDER BY c.at DESC, c.ticket_id DESC, c.item DESC LIMIT $12) c
            UNION ALL
            SELECT c.ticket_id, c.item, c.at, c.value, c.excluded, c.unit_id FROM fresh c WHERE @) c
     ORDER BY c.at DESC, c.ticket_id DESC, c.item DESC LIMIT $12
)
-- public: where tickets are waiting, `ticket` alone is those only (insight/sums/cases.py).
SELECT p.ticket_id, p.item, p.at, p.excluded IS NULL AS counted, p.value, p.excluded, p.unit_id,
       m.title, t.state, t.confidential, t.due_at
  FROM page p
  JOIN public.ticket t ON t.id = p.ticket_id
  JOIN matter m ON m.ticket_id = p.ticket_id
 ORDER BY p.at DESC, p.ticket_id DESC, p.item DESC
""".replace("@", BEHIND)
TICKETS_AT_REST = "".join(("WITH ", AT_REST, TICKETS))
TICKETS_IN_MOTION = "".join(("WITH ", IN_MOTION, TICKETS))
# Said outright, so that the index of what is left out is seen to hold all of it.
LEFT_OUT = TICKETS.replace("c.measure = $5", "c.excluded IS NOT NULL AND c.measure = $5")
LEFT_OUT_AT_REST = "".join(("WITH ", AT_REST, LEFT_OUT))
LEFT_OUT_IN_MOTION = "".join(("WITH ", IN_MOTION, LEFT_OUT))


MOST_MISSED = {"share": 1, "balance": 2, "mean": 0}
"""By how much one that missed lowers the numerator: so many at least are told by the sums; of a mean nothing is."""


class Behind(msgspec.Struct, frozen=True):
    """Which tickets are asked for: of one measure, one of its parts, one group or all."""

    measure: str
    part: str
    group: str = ""
    key: str | None = None
    after: tuple[datetime, int, int] | None = None
    limit: int = 50


async def tickets(conn: Connection, begin: datetime, end: datetime, now: datetime, asked: Behind) -> list[Case]:
    waiting = await changed(conn)
    if asked.part == "excluded":
        question = LEFT_OUT_IN_MOTION if waiting else LEFT_OUT_AT_REST
    else:
        question = TICKETS_IN_MOTION if waiting else TICKETS_AT_REST
    rows = await conn.fetch(
        question,
        waiting,
        begin,
        end,
        now,
        asked.measure,
        asked.part,
        asked.group,
        asked.key,
        *(asked.after or (None, None, None)),
        asked.limit,
        MOST_MISSED[BY_NAME[asked.measure].shown],
    )
    return [Case(**dict(row)) for row in rows]


CATEGORY_NAMES = "SELECT code, name FROM category WHERE level = 1"


async def category_names(conn: Connection) -> dict[str, str]:
    return {row["code"]: row["name"] for row in await conn.fetch(CATEGORY_NAMES)}


CAMPAIGN_NAMES = "SELECT id, name FROM campaign"


async def campaign_names(conn: Connection) -> dict[str, str]:
    return {str(row["id"]): row["name"] for row in await conn.fetch(CAMPAIGN_NAMES)}


# -- frozen months --------------------------------------------------------------------------------------------------


class Frozen(msgspec.Struct, frozen=True):
    """A month's numbers as they were reported."""

    month: date
    revision: int
    frozen_at: datetime
    frozen_name: str
    because: str
    hash: bytes
    calls_hash: bytes | None = None
    """Of the call measures; none without a telephone."""
    volumes_hash: bytes | None = None
    """Of what came in; none of a month that was frozen before volumes were."""


LINES = """
, placed AS (
    SELECT k.ticket_id, k.measure, k.item, k.at, k.value, k.excluded, k.unit_id, k.district, k.channel, k.category, k.campaigns
      FROM kpi_case k WHERE k.measure = ANY ($5::kpi_measure[]) AND NOT k.ticket_id = ANY ($1::bigint[])
     UNION ALL
    SELECT f.ticket_id, f.measure, f.item, f.at, f.value, f.excluded, f.unit_id, f.district, f.channel, f.category, f.campaigns
      FROM fresh f WHERE f.measure = ANY ($5::kpi_measure[])
)SELECT measure, unit_id, district, channel, category, campaigns,
       coalesce(sum(value) FILTER (WHERE excluded IS NULL), 0)::int AS numerator,
       count(*) FILTER (WHERE excluded IS NULL)::int AS denominator,
       count(*) FILTER (WHERE excluded IS NOT NULL)::int AS excluded
  FROM placed WHERE at >= $2 AND at < $3 AND at <= $4
 GROUP BY measure, unit_id, district, channel, category, campaigns
 ORDER BY measure, unit_id, district, channel, category, campaigns
"""
LINES_AT_REST = "".join(("WITH ", AT_REST, LINES))
LINES_IN_MOTION = "".join(("WITH ", IN_MOTION, LINES))
LOCK_MONTHS = "LOCK TABLE kpi_month IN SHARE ROW EXCLUSIVE MODE"
FREEZES = """
SELECT month, revision, frozen_at, frozen_name, because, hash, calls_hash, volumes_hash FROM kpi_month WHERE month = $1 ORDER BY revision
"""
PUT_MONTH = """
INSERT INTO kpi_month (month, revision, frozen_at, frozen_by, frozen_name, because, hash, calls_hash, volumes_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
PUT_LINES = """
INSERT INTO kpi_month_line (month, revision, measure, unit_id, district, channel, category, campaigns, numerator, denominator,
    excluded)
SELECT $1, $2, l.measure, l.unit_id, l.district, l.channel, l.category, l.campaigns, l.numerator, l.denominator, l.excluded
  FROM jsonb_to_recordset($3) l (measure text, unit_id bigint, district text, channel text, category text,
                                 campaigns integer[], numerator integer, denominator integer, excluded integer)
"""
FROZEN_COUNTS = """
SELECT l.measure, d.key, d.whole, sum(l.numerator)::int AS numerator, sum(l.denominator)::int AS denominator,
       sum(l.excluded)::int AS excluded
  FROM kpi_month_line l
  CROSS JOIN LATERAL (
       SELECT NULL AS key, true AS whole
        UNION ALL
       SELECT CASE $3::text WHEN 'unit' THEN l.unit_id::text WHEN 'district' THEN l.district WHEN 'channel' THEN l.channel
                            WHEN 'category' THEN l.category WHEN 'month' THEN to_char(l.month, 'YYYY-MM') END, false
        WHERE $3 <> 'campaign'
        UNION ALL
       SELECT campaign::text, false FROM unnest(l.campaigns) campaign WHERE $3 = 'campaign'
       ) d
 WHERE l.month = $1 AND l.revision = $2 GROUP BY 1, 2, 3
"""


class Line(msgspec.Struct, frozen=True):
    """What was counted of one measure in one unit, district, channel, category and set of campaigns."""

    measure: str
    unit_id: int | None
    district: str | None
    channel: str | None
    category: str | None
    campaigns: list[int] | None
    numerator: int
    denominator: int
    excluded: int


async def month_lines(conn: Connection, begin: datetime, end: datetime, now: datetime) -> list[Line]:
    waiting = await changed(conn)
    question = LINES_IN_MOTION if waiting else LINES_AT_REST
    return [Line(**dict(row)) for row in await conn.fetch(question, waiting, begin, end, now, ALL)]


async def freezes(conn: Connection, month: date) -> list[Frozen]:
    return [Frozen(**dict(row)) for row in await conn.fetch(FREEZES, month)]


async def one_freezes(conn: Connection) -> None:
    """Two who freeze at once: the second sees the first's revision."""
    await conn.execute(LOCK_MONTHS)


async def put_month(conn: Connection, frozen: Frozen, lines: Sequence[Line], *, by: int | None) -> None:
    f = frozen
    hashes = f.hash, f.calls_hash, f.volumes_hash
    await conn.execute(PUT_MONTH, f.month, f.revision, f.frozen_at, by, f.frozen_name, f.because, *hashes)
    await conn.execute(PUT_LINES, f.month, f.revision, lines)


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
 UNION ALL
SELECT 'asked', 'letter', count(*)::int FROM letter_answer WHERE decision = 'pending' HAVING count(*) > 0
"""


async def waiting(conn: Connection, now: datetime) -> list[Waiting]:
    return [msgspec.convert(dict(row), Waiting) for row in await conn.fetch(WAITING, now)]


async def happened(conn: Connection, yesterday: datetime, today: datetime, now: datetime) -> list[Happening]:
    return [Happening(**dict(row)) for row in await conn.fetch(HAPPENED, yesterday, today, now)]


async def beside(conn: Connection, day: date) -> list[Side]:
    return [Side(**dict(row)) for row in await conn.fetch(BESIDE, int(f"{day:%Y%m%d}") * 10_000_000)]
