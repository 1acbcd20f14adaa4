"""The table of call measures for a span, and the sums of days that are over."""

from datetime import date, datetime, timedelta

import msgspec

from hotline.dispatch.accuracy import span
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.insight.calls import store
from hotline.insight.calls.measures import CallCount, CallKpi, call_table
from hotline.insight.spans import compared_spans, rekeyed

SETTLED = timedelta(days=3)
"""A day's calls are over, its missed ones returned or not within their day, and the exchange's own account was read."""
DAY = timedelta(days=1)


async def calls_kpi(conn: Connection, first: date, last: date, group: str, now: datetime) -> CallKpi:
    before, year = compared_spans(first, last, group)
    counted = await store.counts(conn, *span(first, last), now, group)
    return call_table(
        first,
        last,
        group,
        counted,
        await _shifted(conn, before, first, group, now),
        await _shifted(conn, year, first, group, now),
        await store.agent_names(conn, {one.key for one in counted if one.key}) if group == "agent" else {},
    )


async def calls_of(conn: Connection, first: date, last: date, now: datetime) -> CallKpi | None:
    """For a paper; None where no telephone has ever told of a call."""
    if await store.first_day(conn) is None:
        return None
    return await calls_kpi(conn, first, last, "queue", now)


async def _shifted(
    conn: Connection, days: tuple[date, date], first: date, group: str, now: datetime
) -> list[CallCount]:
    """What was counted then, under the keys of now: a day's is the day, a month's the month it is compared with."""
    counted = await store.counts(conn, *span(*days), now, group)
    return [msgspec.structs.replace(one, key=rekeyed(one.key, group, days[0], first)) for one in counted]


async def keep_days(conn: Connection, now: datetime) -> int:
    """Put the days that are settled into the sums, once; how many."""
    settled = (now.astimezone(BEIJING) - SETTLED).date()
    begun = await store.lock_mark(conn) or await store.first_day(conn)
    if begun is None or begun >= settled:
        return 0
    # A day at a time: no more is held in memory, however long nobody counted.
    for n in range((settled - begun).days):
        day = begun + n * DAY
        await store.keep(conn, store.midnight(day), store.midnight(day + DAY), now)
    return (settled - begun).days
