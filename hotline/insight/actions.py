"""The table of measures for a span, the tickets behind one number, and the freezing of a month."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import msgspec

from hotline.directory.people import Actor, Role
from hotline.directory.regions import DISTRICT
from hotline.directory.store import load_directory
from hotline.dispatch.accuracy import span
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import sm3
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from hotline.insight import measures as m
from hotline.insight import store, volumes
from hotline.insight.calls import actions as call_measures
from hotline.insight.calls import store as calls
from hotline.insight.rulebook import store as rulebook
from hotline.insight.scoring import in_force
from hotline.insight.spans import DAY, compared_spans, month_end, rekeyed
from hotline.insight.store import Behind, Case, Frozen
from hotline.insight.wall import Wall, wall
from hotline.sla.actions import clocks
from hotline.sla.calendar import add_working_days
from hotline.tickets.verbs import Desk

FREEZERS = frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})


async def kpi(conn: Connection, first: date, last: date, group: str, now: datetime, *, compared: bool = True) -> m.Kpi:
    names = await _names(conn, group)
    counted = await store.counts(conn, *span(first, last), now, group)
    rules = in_force(await rulebook.versions(conn), last)
    if not compared:
        return m.table(first, last, group, counted, names, rules)
    before, year = compared_spans(first, last, group)
    made = m.table(
        first,
        last,
        group,
        counted,
        names,
        rules,
        previous=await _compared(conn, before, first, group, now),
        last_year=await _compared(conn, year, first, group, now),
    )
    whole = first.day == 1 and last == month_end(first)
    known = await store.freezes(conn, first) if whole else []
    return msgspec.structs.replace(made, frozen=known[-1].revision) if known else made


async def _compared(conn: Connection, days: tuple[date, date], first: date, group: str, now: datetime) -> m.Compared:
    counted = await store.counts(conn, *span(*days), now, group)
    own = [msgspec.structs.replace(one, key=rekeyed(one.key, group, days[0], first)) for one in counted]
    return m.Compared(f"{days[0]:%Y-%m-%d} 至 {days[1]:%Y-%m-%d}", own)


async def _names(conn: Connection, group: str) -> Mapping[str, str]:
    kept = {"category": store.category_names, "campaign": store.campaign_names}.get(group)
    return m.names_of(group, await load_directory(conn), await kept(conn) if kept else {})


async def tickets(conn: Connection, first: date, last: date, asked: Behind, now: datetime) -> list[Case]:
    return await store.tickets(conn, *span(first, last), now, asked)


async def live_wall(conn: Connection, now: datetime) -> Wall:
    """Four statements, whatever the city's size."""
    at = now.astimezone(BEIJING)
    today = datetime.combine(at.date(), time(), BEIJING)
    directory = await load_directory(conn)
    return wall(
        at,
        await store.waiting(conn, at),
        await store.happened(conn, today - timedelta(days=1), today, at),
        await store.beside(conn, at.date()),
        {unit.id: unit.name for unit in directory.units.values()},
        {region.code: region.name for region in directory.regions.values() if region.level == DISTRICT},
    )


# -- months ---------------------------------------------------------------------------------------------------------


class AlreadyFrozen(Conflict):
    """A month is frozen again only with a reason."""

    code = "already_frozen"


class MonthKpi(msgspec.Struct, frozen=True):
    """A month's numbers as they were reported, and which revisions there are."""

    month: str
    revision: int
    frozen_at: datetime
    frozen_by: str
    because: str
    hash: str
    revisions: tuple[int, ...]
    kpi: m.Kpi


async def freeze_month(
    conn: Connection, month: date, now: datetime, *, actor: Actor, desk: Desk, because: str = ""
) -> MonthKpi:
    """月度快照: once the time for appeals is over; another revision needs a reason, and the earlier ones stay."""
    if not actor.has(*FREEZERS):
        raise Forbidden("只有中心主管或中心领导可以冻结月度考核数据。")
    given = await clocks(conn, desk, now)
    ends = span(month, month_end(month))[1] - DAY
    over = add_working_days(given.calendar, ends, given.policy.appeals.month_days).at
    if now <= over:
        raise InvalidInput(
            [("month", f"{month:%Y-%m} 的申诉期到 {over.astimezone(BEIJING):%Y-%m-%d} 为止，请在此之后冻结。")]
        )
    await store.one_freezes(conn)
    before = await store.freezes(conn, month)
    if before and not because:
        last = before[-1]
        raise AlreadyFrozen(
            f"{month:%Y-%m} 已由{last.frozen_name}冻结为第 {last.revision} 版；如因申诉等需要更正，请写明理由再冻结新版。",
            month=f"{month:%Y-%m}",
            revision=last.revision,
        )
    begin, end = span(month, month_end(month))
    lines = await store.month_lines(conn, begin, end, now)
    came = await volumes.month_volumes(conn, begin, end, [("now", month, month_end(month) + DAY)])
    told = await call_measures.month_lines(conn, month, now)
    made = Frozen(
        month=month,
        revision=len(before) + 1,
        frozen_at=now,
        frozen_name=actor.name,
        because=because,
        hash=sm3(msgspec.json.encode(lines)),
        calls_hash=sm3(msgspec.json.encode(told)) if told else None,
        volumes_hash=sm3(msgspec.json.encode(came)),
    )
    await store.put_month(conn, made, lines, by=actor.person_id)
    await calls.put_month(conn, month, made.revision, told)
    await volumes.put_month(conn, month, made.revision, came)
    return await frozen_month(conn, month, None, "unit")


async def freeze_of(conn: Connection, month: date, revision: int | None) -> Frozen:
    known = await store.freezes(conn, month)
    found = next((f for f in reversed(known) if revision in (None, f.revision)), None)
    if found is None:
        raise NotFound(f"{month:%Y-%m} 的考核数据还没有冻结{f'第 {revision} 版' if revision else ''}。")
    return found


async def frozen_month(conn: Connection, month: date, revision: int | None, group: str) -> MonthKpi:
    """The newest revision when none is named."""
    found, known = await freeze_of(conn, month, revision), await store.freezes(conn, month)
    counted = await store.frozen_counts(conn, month, found.revision, group)
    rules = in_force(await rulebook.versions(conn), month_end(month))
    return MonthKpi(
        month=f"{month:%Y-%m}",
        revision=found.revision,
        frozen_at=found.frozen_at.astimezone(BEIJING),
        frozen_by=found.frozen_name,
        because=found.because,
        hash=found.hash.hex(),
        revisions=tuple(f.revision for f in known),
        kpi=m.table(month, month_end(month), group, counted, await _names(conn, group), rules),
    )
