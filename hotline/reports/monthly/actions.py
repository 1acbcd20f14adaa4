"""The bulletin of a month: frozen rates where there are, else as they stand."""

from datetime import date, datetime, timedelta

import msgspec

from hotline.directory.store import load_directory
from hotline.dispatch.accuracy import span
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import InvalidInput, NotFound
from hotline.insight import actions as insight
from hotline.insight.calls.actions import calls_of_month
from hotline.insight.measures import Group, Kpi
from hotline.insight.spans import DAY, month_before, month_end, year_before
from hotline.reports.monthly import store
from hotline.reports.monthly.bulletin import Bulletin, bulletin, published


async def monthly(conn: Connection, month: date, now: datetime, *, public: bool = False) -> Bulletin:
    at = now.astimezone(BEIJING)
    if at.date() < month:
        raise InvalidInput([("month", f"{month:%Y-%m} 还没有开始，请选本月或以前的月份。")])
    kpi, revision = await _kpi(conn, month, now)
    begin, end = span(month, month_end(month))
    # A month that still runs is compared with as many days of the others.
    until = min(month_end(month), at.date()) + DAY
    spans = [("now", month, until), *_beside(month, until)]
    given = await store.given(conn, begin, end, spans)
    directory = await load_directory(conn)
    made = bulletin(
        month,
        at,
        kpi,
        given,
        districts={region.code: region.name for region in directory.regions.values()},
        categories=await store.category_names(conn),
        revision=revision,
        campaigns=await _campaigns(conn, month, revision, now),
        calls=await calls_of_month(conn, month, revision, now),
    )
    return published(made) if public else made


async def _campaigns(conn: Connection, month: date, revision: int | None, now: datetime) -> tuple[Group, ...]:
    live = await insight.kpi(conn, month, month_end(month), "campaign", now)
    if revision is not None:
        return _moved((await insight.frozen_month(conn, month, revision, "campaign")).kpi, live)
    return live.groups


def _beside(month: date, until: date) -> list[tuple[str, date, date]]:
    found = []
    for name, first in (("before", month_before(month)), ("year", year_before(month))):
        last = first + (until - month) if until <= month_end(month) else month_end(first) + DAY
        found.append((name, first, min(last, month_end(first) + timedelta(days=1))))
    return found


async def _kpi(conn: Connection, month: date, now: datetime) -> tuple[Kpi, int | None]:
    live = await insight.kpi(conn, month, month_end(month), "unit", now)
    try:
        frozen = await insight.frozen_month(conn, month, None, "unit")
    except NotFound:
        return live, None
    kept = msgspec.structs.replace(
        frozen.kpi, previous=live.previous, last_year=live.last_year, groups=_moved(frozen.kpi, live)
    )
    return kept, frozen.revision


def _moved(frozen: Kpi, live: Kpi) -> tuple[Group, ...]:
    """What was frozen, beside the other months as they are known now."""
    moved = {group.key: group.beside for group in live.groups}
    return tuple(msgspec.structs.replace(group, beside=moved.get(group.key, {})) for group in frozen.groups)
