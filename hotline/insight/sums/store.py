"""The cases and the sums in the database: brought up to date, counted anew, compared."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from hotline.dispatch.store import JUDGED
from hotline.infra.db import Connection
from hotline.insight.sums.cases import BETWEEN, LISTED, fingerprint, fresh

OF_LISTED = fresh(LISTED, JUDGED)
"""Parts of a WITH: `fresh` holds every case of the tickets in $1."""
OF_SPAN = fresh(BETWEEN, JUDGED)
COUNTING = fingerprint(JUDGED)

COLUMNS = "ticket_id, measure, item, at, value, excluded, unit_id, district, channel, category, campaigns"
DIMENSIONS = """
  CROSS JOIN LATERAL (
       VALUES ('all', ''), ('unit', coalesce(c.unit_id::text, '')), ('district', coalesce(c.district, '')),
              ('channel', c.channel), ('category', coalesce(c.category, ''))
       UNION ALL SELECT 'campaign', campaign::text FROM unnest(c.campaigns) campaign
       ) d (by, key)
"""
SUMMED = """
       coalesce(sum(c.sign * c.value) FILTER (WHERE c.excluded IS NULL), 0)::int AS numerator,
       coalesce(sum(c.sign) FILTER (WHERE c.excluded IS NULL), 0)::int AS denominator,
       coalesce(sum(c.sign) FILTER (WHERE c.excluded IS NOT NULL), 0)::int AS excluded
"""
BRING_UP = "".join(
    (
        "WITH ",
        OF_LISTED,
        """
, stale AS (
    SELECT * FROM kpi_case WHERE ticket_id = ANY ($1::bigint[])
), gone AS (
    DELETE FROM kpi_case k WHERE k.ticket_id = ANY ($1::bigint[])
       AND NOT EXISTS (SELECT FROM fresh f WHERE (f.ticket_id, f.measure, f.item) = (k.ticket_id, k.measure, k.item))
), kept AS (
    INSERT INTO kpi_case AS k (""",
        COLUMNS,
        """)
    SELECT """,
        COLUMNS,
        """ FROM fresh
    ON CONFLICT (ticket_id, measure, item) DO UPDATE
       SET (at, value, excluded, unit_id, district, channel, category, campaigns) = (excluded.at, excluded.value,
           excluded.excluded, excluded.unit_id, excluded.district, excluded.channel, excluded.category, excluded.campaigns)
     WHERE (k.at, k.value, k.excluded, k.unit_id, k.district, k.channel, k.category, k.campaigns) IS DISTINCT FROM
           (excluded.at, excluded.value, excluded.excluded, excluded.unit_id, excluded.district, excluded.channel,
            excluded.category, excluded.campaigns)
), signed AS (
    SELECT 1 AS sign, """,
        COLUMNS,
        """ FROM fresh
     UNION ALL
    SELECT -1, """,
        COLUMNS,
        """ FROM stale
), moved AS (
    SELECT d.by, c.at::date AS day, c.measure, d.key,""",
        SUMMED,
        """
      FROM signed c""",
        DIMENSIONS,
        """
     GROUP BY 1, 2, 3, 4
), months AS (
    INSERT INTO kpi_month_sum AS k (by, month, measure, key, numerator, denominator, excluded)
    SELECT by, date_trunc('month', day)::date AS month, measure, key, sum(numerator), sum(denominator), sum(excluded)
      FROM moved GROUP BY 1, 2, 3, 4
    HAVING (sum(numerator), sum(denominator), sum(excluded)) <> (0, 0, 0)
     ORDER BY 1, 2, 3, 4
    ON CONFLICT (by, month, measure, key) DO UPDATE SET (numerator, denominator, excluded) =
        (k.numerator + excluded.numerator, k.denominator + excluded.denominator, k.excluded + excluded.excluded)
)
-- In the order of the key: two who write at once never wait for each other in a ring.
INSERT INTO kpi_day AS k (by, day, measure, key, numerator, denominator, excluded)
SELECT * FROM moved
 WHERE (numerator, denominator, excluded) <> (0, 0, 0)
 ORDER BY by, day, measure, key
ON CONFLICT (by, day, measure, key) DO UPDATE SET (numerator, denominator, excluded) =
    (k.numerator + excluded.numerator, k.denominator + excluded.denominator, k.excluded + excluded.excluded)
""",
    )
)
READ_COUNTING = "SELECT counting FROM kpi_mark"
SET_COUNTING = "UPDATE kpi_mark SET counting = $1"


async def counted_otherwise(conn: Connection) -> bool:
    """The sums were counted by other definitions than these: an older program's, or none."""
    return bool(await conn.fetchval(READ_COUNTING) != COUNTING)


async def counted_so(conn: Connection) -> None:
    await conn.execute(SET_COUNTING, COUNTING)


ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('kpi_sums'))"


async def alone(conn: Connection) -> bool:
    """Nobody else brings the sums up to date for the rest of this transaction."""
    return bool(await conn.fetchval(ALONE))


WAIT_ALONE = "SELECT pg_advisory_xact_lock(hashtext('kpi_sums'))"


async def wait_alone(conn: Connection) -> None:
    await conn.execute(WAIT_ALONE)


HOLD_ALONE = "SELECT pg_advisory_lock(hashtext('kpi_sums'))"


async def hold_alone(conn: Connection) -> None:
    """The same for as long as the connection lasts, across transactions and other connections' work."""
    await conn.execute(HOLD_ALONE)


async def bring_up(conn: Connection, tickets: Sequence[int]) -> None:
    """Take out of the sums what these tickets' cases were, put in what they are."""
    await conn.execute(BRING_UP, tickets)


# -- what has changed since -----------------------------------------------------------------------------------------

CHANGED = """
-- Whose history went on, whom somebody asked to count again; and who calls again after one of them, for whether a call is
-- a repeated one depends on the calls before it.
WITH moved AS (
    SELECT DISTINCT h.ticket_id
      FROM kpi_mark m
      JOIN history h ON h.number > m.number
       -- A mark from another server's transactions (a restored backup) tells nothing: the number alone decides.
       AND h.transaction >= CASE WHEN m.xid > pg_snapshot_xmax(pg_current_snapshot()) THEN '0'::xid8 ELSE m.xid END
     UNION SELECT ticket_id FROM kpi_again
)
SELECT ticket_id FROM moved
 UNION
SELECT q.ticket_id
  FROM moved m
  JOIN petitioner p ON p.ticket_id = m.ticket_id
  JOIN petitioner q ON q.phone_index = p.phone_index AND q.ticket_id > p.ticket_id
   AND q.ticket_id < (to_char(to_date((p.ticket_id / 10000000)::text, 'YYYYMMDD') + 32, 'YYYYMMDD') || '0000000')::bigint
 ORDER BY 1
"""


async def changed(conn: Connection) -> list[int]:
    """The tickets that the sums may not know as they are now."""
    return [row["ticket_id"] for row in await conn.fetch(CHANGED)]


class Reached(msgspec.Struct, frozen=True):
    """How far the history could be seen to its end."""

    oldest: int
    """Every transaction before this one is done."""
    next: int
    number: int
    """What begins from transaction `next` on is given numbers above this one."""


ISSUED = "SELECT last_value FROM event_number"
SNAPSHOT = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS oldest, pg_snapshot_xmax(pg_current_snapshot())::text AS next
"""
MOVE_MARK = """
UPDATE kpi_mark
   SET xid = CASE WHEN xid > $2::text::xid8 THEN $1::text::xid8 ELSE greatest(xid, $1::text::xid8) END,
       number = CASE WHEN later_xid <= $1::text::xid8 THEN greatest(number, later_number) ELSE number END,
       later_xid = CASE WHEN later_xid <= $1::text::xid8 OR later_xid > $2::text::xid8 THEN $2::text::xid8 ELSE later_xid END,
       later_number = CASE WHEN later_xid <= $1::text::xid8 OR later_xid > $2::text::xid8 THEN $3 ELSE later_number END
"""
DROP_AGAIN = "DELETE FROM kpi_again WHERE ticket_id = ANY ($1::bigint[])"


async def reached(conn: Connection) -> Reached:
    """The number first: a transaction that begins after it was read is given a higher one."""
    number: int = await conn.fetchval(ISSUED)
    row = await conn.fetchrow(SNAPSHOT)
    assert row is not None
    return Reached(int(row["oldest"]), int(row["next"]), number)


async def move_mark(conn: Connection, to: Reached) -> None:
    await conn.execute(MOVE_MARK, str(to.oldest), str(to.next), to.number)


async def counted_again(conn: Connection, tickets: Sequence[int]) -> None:
    await conn.execute(DROP_AGAIN, tickets)


# -- all over again -------------------------------------------------------------------------------------------------

EMPTY = "TRUNCATE kpi_case, kpi_day, kpi_month_sum"
# Made once all cases are there it is half as large and takes no time with each.
DROP_INDEX = "DROP INDEX kpi_case_at"
MAKE_INDEX = "CREATE INDEX kpi_case_at ON kpi_case (measure, at, ticket_id, item)"
FIRST_AND_LAST = "SELECT min(id) / 10000000 AS first, max(id) / 10000000 AS last FROM ticket"
ADD_SPAN = "".join(
    (
        "WITH ",
        OF_SPAN,
        " INSERT INTO kpi_case (",
        COLUMNS,
        ") SELECT ",
        COLUMNS,
        " FROM fresh ORDER BY ticket_id, measure, item",
    )
)
# One reading of the cases for all groups but the campaigns, of which a ticket may have several.
SUMMED_UP = """
SELECT CASE WHEN grouping(unit_id) = 0 THEN 'unit' WHEN grouping(district) = 0 THEN 'district'
            WHEN grouping(channel) = 0 THEN 'channel' WHEN grouping(category) = 0 THEN 'category' ELSE 'all' END AS by,
       day, measure,
       CASE WHEN grouping(unit_id) = 0 THEN coalesce(unit_id::text, '') WHEN grouping(district) = 0 THEN coalesce(district, '')
            WHEN grouping(channel) = 0 THEN channel WHEN grouping(category) = 0 THEN coalesce(category, '') ELSE '' END AS key,
       coalesce(sum(value) FILTER (WHERE excluded IS NULL), 0) AS numerator, count(*) FILTER (WHERE excluded IS NULL) AS denominator,
       count(*) FILTER (WHERE excluded IS NOT NULL) AS excluded
  FROM (SELECT k.*, k.at::date AS day FROM kpi_case k) c
 GROUP BY GROUPING SETS ((day, measure), (day, measure, unit_id), (day, measure, district), (day, measure, channel),
                         (day, measure, category))
 UNION ALL
SELECT 'campaign', at::date, measure, campaign::text,
       coalesce(sum(value) FILTER (WHERE excluded IS NULL), 0), count(*) FILTER (WHERE excluded IS NULL),
       count(*) FILTER (WHERE excluded IS NOT NULL)
  FROM kpi_case CROSS JOIN LATERAL unnest(campaigns) campaign GROUP BY 2, 3, 4
"""
ADD_UP = "".join(("INSERT INTO kpi_day (by, day, measure, key, numerator, denominator, excluded)", SUMMED_UP))
ADD_UP_MONTHS = """
INSERT INTO kpi_month_sum (by, month, measure, key, numerator, denominator, excluded)
SELECT by, date_trunc('month', day)::date, measure, key, sum(numerator), sum(denominator), sum(excluded)
  FROM kpi_day GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""


async def empty(conn: Connection) -> None:
    await conn.execute(EMPTY)
    await conn.execute(DROP_INDEX)


async def first_and_last(conn: Connection) -> tuple[date, date] | None:
    """The days of the first and the last ticket."""
    row = await conn.fetchrow(FIRST_AND_LAST)
    if row is None or row["first"] is None:
        return None
    return date.fromisoformat(str(row["first"])), date.fromisoformat(str(row["last"]))


async def add_span(conn: Connection, begin: int, end: int) -> None:
    await conn.execute(ADD_SPAN, begin, end)


async def add_up(conn: Connection) -> None:
    await conn.execute(MAKE_INDEX)
    await conn.execute(ADD_UP)
    await conn.execute(ADD_UP_MONTHS)


WRONG_CASES = "".join(
    (
        "WITH ",
        OF_SPAN,
        ", counted AS (SELECT ",
        COLUMNS,
        " FROM fresh), kept AS (SELECT ",
        COLUMNS,
        """ FROM kpi_case WHERE ticket_id >= $1 AND ticket_id < $2)
SELECT DISTINCT ticket_id
  FROM (SELECT * FROM (SELECT * FROM counted EXCEPT ALL SELECT * FROM kept) missing
         UNION ALL
        SELECT * FROM (SELECT * FROM kept EXCEPT ALL SELECT * FROM counted) extra) wrong
 ORDER BY 1 LIMIT 100
""",
    )
)
DIFFERENCES = "".join(
    (
        "WITH daily AS (",
        SUMMED_UP,
        """), counted AS (
    SELECT 'day' AS span, by, day, measure, key, numerator, denominator, excluded FROM daily
     UNION ALL
    SELECT 'month', by, date_trunc('month', day)::date, measure, key, sum(numerator), sum(denominator), sum(excluded)
      FROM daily GROUP BY 2, 3, 4, 5
), kept AS (
    SELECT 'day' AS span, by, day, measure, key, numerator, denominator, excluded FROM kpi_day
     UNION ALL
    SELECT 'month', by, month, measure, key, numerator, denominator, excluded FROM kpi_month_sum
)
SELECT coalesce(k.span, n.span) AS span, coalesce(k.by, n.by) AS by, coalesce(k.day, n.day) AS day,
       coalesce(k.measure, n.measure) AS measure, coalesce(k.key, n.key) AS key, k.numerator AS kept_hits,
       n.numerator AS hits, k.denominator AS kept_of, n.denominator AS of, k.excluded AS kept_out, n.excluded AS out
  FROM kept k
  FULL JOIN counted n ON (n.span, n.by, n.day, n.measure, n.key) = (k.span, k.by, k.day, k.measure, k.key)
 WHERE (coalesce(k.numerator, 0), coalesce(k.denominator, 0), coalesce(k.excluded, 0)) <>
       (coalesce(n.numerator, 0), coalesce(n.denominator, 0), coalesce(n.excluded, 0))
 ORDER BY 1, 2, 3, 4, 5 LIMIT 100
""",
    )
)


class Difference(msgspec.Struct, frozen=True):
    """A sum that is not what its cases add up to."""

    span: Literal["day", "month"]
    by: str
    day: date
    """A month's first."""
    measure: str
    key: str
    kept_hits: int | None
    hits: int | None
    kept_of: int | None
    of: int | None
    kept_out: int | None
    out: int | None


async def wrong_cases(conn: Connection, begin: int, end: int) -> list[int]:
    """Tickets from one number to another whose kept cases are not what the ticket says, a hundred at most."""
    return [row["ticket_id"] for row in await conn.fetch(WRONG_CASES, begin, end)]


async def differences(conn: Connection) -> list[Difference]:
    """Sums that are not what the kept cases add up to, a hundred at most."""
    return [Difference(**dict(row)) for row in await conn.fetch(DIFFERENCES)]
