"""The table of call measures for a span, and the sums of days that are over."""

from datetime import date, datetime, timedelta

import msgspec

from hotline.dispatch.accuracy import span
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.insight.calls import store
from hotline.insight.calls.measures import CallCount, CallKpi, call_table
from hotline.insight.calls.store import Behind, CallCase, CallLine
from hotline.insight.spans import compared_spans, month_end, rekeyed

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


# -- the calls behind a number, and frozen months -------------------------------------------------------------------

FIRST_LOOK, WIDER = 1, 3
"""Days that are looked through at first, and how much wider each next look is."""


async def behind(conn: Connection, first: date, last: date, asked: Behind, now: datetime) -> list[CallCase]:
    """Newest first, a few days at a time: a page of a year is mostly found in its last days."""
    begin, end = span(first, last)
    if asked.after:
        end = min(end, store.midnight(asked.after[0].astimezone(BEIJING).date()) + DAY)
    found: list[CallCase] = []
    days = FIRST_LOOK
    while begin < end and len(found) < asked.limit:
        since = max(begin, end - days * DAY)
        rest = msgspec.structs.replace(asked, limit=asked.limit - len(found))
        found += await store.behind(conn, since, end, now, rest)
        end, days = since, days * WIDER
    return found


async def month_lines(conn: Connection, month: date, now: datetime) -> list[CallLine]:
    """What is frozen with the measures of tickets; without a telephone there is nothing."""
    if await store.first_day(conn) is None:
        return []
    return await store.month_lines(conn, *span(month, month_end(month)), now)


async def frozen_calls(conn: Connection, month: date, revision: int, group: str) -> CallKpi | None:
    """None where the revision has no calls."""
    counted = await store.frozen_counts(conn, month, revision, group)
    if not counted:
        return None
    if group == "month":
        whole = [one for one in counted if one.key is None]
        counted = whole + [msgspec.structs.replace(one, key=f"{month:%Y-%m}") for one in whole]
    names = await store.agent_names(conn, {one.key for one in counted if one.key}) if group == "agent" else {}
    return call_table(month, month_end(month), group, counted, (), (), names)


async def calls_of_month(conn: Connection, month: date, revision: int | None, now: datetime) -> CallKpi | None:
    """For the bulletin: what was frozen, beside the other months as they are known now; else as it stands."""
    live = await calls_of(conn, month, month_end(month), now)
    found = await frozen_calls(conn, month, revision, "queue") if revision else None
    if live is None or found is None:
        return live
    moved = {row.key: row.beside for row in (live.total, *live.groups)}
    total, *groups = (
        msgspec.structs.replace(row, beside=moved.get(row.key, {})) for row in (found.total, *found.groups)
    )
    return msgspec.structs.replace(live, total=total, groups=tuple(groups))


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
