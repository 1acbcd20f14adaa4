"""What calls say: counted from them, or read from the sums of days that are over."""

from collections.abc import Iterable
from datetime import date, datetime
from importlib.resources import files

from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.insight.calls.measures import CALL_MEASURES, CallCount, together
from hotline.intake.channels.phone.figures.measures import SECONDS, SHORT

FOLDER = files("hotline.insight.calls") / "sql"


def _text(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def _counting() -> str:
    texts = (
        "".join(("SELECT '", one.name, "' AS measure, n.* FROM (", _text(one.name), ") n")) for one in CALL_MEASURES
    )
    return "\nUNION ALL\n".join(texts)


# One line a day, measure and key of every group.
COUNTED = "".join(
    (
        "WITH ",
        _text("stay"),
        ", ",
        _text("spell"),
        ", counting AS (",
        _counting(),
        """)
SELECT c.at::date AS day, c.measure,
       CASE grouping(c.queue, c.agent) WHEN 1 THEN 'queue' WHEN 2 THEN 'agent' ELSE 'all' END AS by,
       coalesce(c.queue, c.agent, '') AS key,
       coalesce(sum(c.value) FILTER (WHERE NOT c.excluded), 0)::bigint AS numerator,
       coalesce(sum(c.whole) FILTER (WHERE NOT c.excluded), 0)::bigint AS denominator,
       count(*) FILTER (WHERE c.excluded) AS excluded
  FROM counting c
 GROUP BY GROUPING SETS ((1, 2), (1, 2, c.queue), (1, 2, c.agent))
HAVING grouping(c.queue, c.agent) = 3 OR coalesce(c.queue, c.agent) IS NOT NULL
""",
    )
)
LIVE = "".join(
    (
        "SELECT measure, CASE WHEN by = 'all' THEN CASE $6::text WHEN 'day' THEN day::text WHEN 'month' THEN to_char(day, 'YYYY-MM') "
        "END ELSE key END AS key, sum(numerator)::bigint AS numerator, sum(denominator)::bigint AS denominator, "
        "sum(excluded)::bigint AS excluded FROM (",
        COUNTED,
        ") d WHERE by = ANY ($7::text[]) GROUP BY 1, 2",
    )
)
KEPT = """
SELECT measure, CASE WHEN by = 'all' THEN CASE $3::text WHEN 'day' THEN day::text WHEN 'month' THEN to_char(day, 'YYYY-MM')
                     END ELSE key END AS key,
       sum(numerator)::bigint AS numerator, sum(denominator)::bigint AS denominator, sum(excluded)::bigint AS excluded
  FROM call_day WHERE by = ANY ($4::text[]) AND day >= $1::timestamptz::date AND day < $2::date GROUP BY 1, 2
"""


async def counts(conn: Connection, begin: datetime, end: datetime, now: datetime, group: str) -> list[CallCount]:
    """Of all together, and of each key of `group`."""
    until = await kept_until(conn)
    by = ["all", group] if group in ("queue", "agent") else ["all"]
    found: list[CallCount] = []
    live = begin
    if until is not None and midnight(until) > begin:
        live = min(midnight(until), end)
        found += [CallCount(**dict(row)) for row in await conn.fetch(KEPT, begin, live.date(), group, by)]
    if live < end:
        found += [CallCount(**dict(row)) for row in await conn.fetch(LIVE, live, end, now, SHORT, SECONDS, group, by)]
    return together(found, summed=group in ("day", "month"))


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING)


AGENT_NAMES = "SELECT id, name FROM person WHERE id::text = ANY ($1::text[])"


async def agent_names(conn: Connection, keys: Iterable[str]) -> dict[str, str]:
    """Of whoever sat there; a telephone at which nobody had signed in is called as the exchange calls it."""
    return {str(row["id"]): row["name"] for row in await conn.fetch(AGENT_NAMES, list(keys))}


# -- days that are over ---------------------------------------------------------------------------------------------

MARK = "SELECT until FROM call_mark"
FIRST = """
SELECT least((SELECT min(offered_at) FROM call), (SELECT min(at) FROM call_event WHERE type = 'agent.state'))::date
"""
LOCK_MARK = "SELECT until FROM call_mark FOR UPDATE"
SET_MARK = "UPDATE call_mark SET until = $1"
KEEP = "".join(
    ("INSERT INTO call_day (day, measure, by, key, numerator, denominator, excluded) SELECT * FROM (", COUNTED, ") d")
)


async def kept_until(conn: Connection) -> date | None:
    found: date | None = await conn.fetchval(MARK)
    return found


async def first_day(conn: Connection) -> date | None:
    """Of the first call or the first word of a telephone."""
    found: date | None = await conn.fetchval(FIRST)
    return found


async def lock_mark(conn: Connection) -> date | None:
    found: date | None = await conn.fetchval(LOCK_MARK)
    return found


async def keep(conn: Connection, begin: datetime, end: datetime, now: datetime) -> None:
    """Put these days into the sums, which the caller has seen are not in them."""
    await conn.execute(KEEP, begin, end, now, SHORT, SECONDS)
    await conn.execute(SET_MARK, end.date())
