"""The day's report, as it stands: a day that is over is read from the same records."""

from datetime import date, datetime, timedelta

from hotline.directory.store import load_directory
from hotline.dispatch.accuracy import span
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import InvalidInput
from hotline.insight.calls.actions import calls_of
from hotline.insight.volumes import Span, volumes
from hotline.reports.daily import store
from hotline.reports.daily.daily import BEFORE, MOST_PRESSING, Day, Names, paper
from hotline.reports.monthly.store import category_names
from hotline.reports.papers import Paper

DAY = timedelta(days=1)


async def daily(conn: Connection, day: date, now: datetime, *, public: bool = False) -> Paper:
    today = now.astimezone(BEIJING).date()
    if day > today:
        raise InvalidInput([("date", f"{day} 还没有到，请选今天或以前的日期。")])
    begin, end = span(day, day)
    own: Span = ("now", day, day + DAY)
    same = [(name, day - timedelta(weeks=number)) for number, name in enumerate(BEFORE, 1)]
    weeks: list[Span] = [(name, first, first + DAY) for name, first in same]
    given = Day(
        day=day,
        as_of=now,
        whole=day < today,
        volumes=tuple(await volumes(conn, [own, ("before", day - DAY, day), *weeks])),
        spots=tuple(await store.spots(conn, [own, *weeks])),
        done=await store.done(conn, begin, end),
        pressing=tuple(await store.pressing(conn, day, day + DAY, MOST_PRESSING)),
        late=tuple(await store.late(conn, begin, min(end, now))),
        calls=await calls_of(conn, day, day, now),
    )
    return paper(given, await names(conn), public=public)


async def names(conn: Connection) -> Names:
    """What units, regions and categories are called."""
    directory = await load_directory(conn)
    return Names(
        units={unit.id: unit.name for unit in directory.units.values()},
        regions={region.code: region.name for region in directory.regions.values()},
        categories=await category_names(conn),
    )
