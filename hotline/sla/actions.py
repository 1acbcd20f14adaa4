"""Answer "when is it due, and why", watch the clocks that run, and mark every change of a light once."""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from hotline.directory.people import SYSTEM, Actor
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, InvalidInput, NotFound
from hotline.infra.outbox import follow
from hotline.sla import store
from hotline.sla.calendar import (
    MOST_TIME,
    YEARS,
    Calendar,
    Due,
    SpecialDay,
    add_natural_time,
    add_working_days,
)
from hotline.sla.deadlines import ClockKey, DeadlineKind, Timer
from hotline.sla.policy import Policy
from hotline.sla.recompute import Moved, Rules, moved, recomputed, window
from hotline.sla.watch import DueRow, Marked, Owed, mark, watched, watching
from hotline.tickets import store as tickets
from hotline.tickets.actions import Held, hold, hold_all, save_all
from hotline.tickets.states import State
from hotline.tickets.telling.store import alert
from hotline.tickets.ticket import Ticket
from hotline.tickets.verbs import Desk

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
MOST_HOURS = MOST_TIME.days * 24


def due_report(
    start: datetime, *, working_days: int | None = None, hours: int | None = None, calendar: Calendar
) -> dict[str, Any]:
    """`hotline due`: the moment, the trace day by day, and a warning when a year's calendar is not certain."""
    if working_days is not None and hours is None:
        return _report(add_working_days(calendar, start, working_days))
    if hours is not None and working_days is None:
        if not 1 <= hours <= MOST_HOURS:
            raise InvalidInput([("hours", f"小时数须是 1 到 {MOST_HOURS} 之间的整数。")])
        return _report(add_natural_time(calendar, start, timedelta(hours=hours)))
    raise InvalidInput([("working_days", "请给出工作日数或小时数，二者选一。")])


def _report(due: Due) -> dict[str, Any]:
    report = {"due": due.at.isoformat(), "why": msgspec.to_builtins(list(due.why))}
    return report | ({"warning": due.warning} if due.warning else {})


# -- the sweep -------------------------------------------------------------------------------------------------------


async def sweep(conn: Connection, now: datetime, *, limit: int, lease: timedelta = LEASE) -> int:
    """Mark every level that up to `limit` deadlines have passed; answers how many were dealt with.

    Taking a row, writing its history lines and moving it on is one transaction, so a killed worker loses nothing and
    nothing is marked twice. A command locks its ticket first and the deadlines after it; the sweep, which goes the other
    way, takes only what is free and never waits. Call again until the answer is 0."""
    async with conn.transaction():
        rows = await store.take_due(conn, now=now, limit=limit, lease=lease)
        heads = await tickets.lock_free(conn, sorted({row.ticket_id for row in rows}))
        held = await tickets.load_many(conn, list(heads))
        mine: dict[int, list[DueRow]] = {ticket_id: [] for ticket_id in held}
        for row in rows:
            if row.ticket_id in mine:
                mine[row.ticket_id].append(row)
        await _mark_all(conn, held, mine, heads, now)
    return sum(len(those) for those in mine.values())


async def _mark_all(
    conn: Connection,
    held: Mapping[int, Ticket],
    mine: Mapping[int, Sequence[DueRow]],
    heads: Mapping[int, bytes],
    now: datetime,
) -> None:
    try:
        async with conn.transaction():
            await _save(conn, [mark(held[one], rows, now) for one, rows in mine.items()], heads, now)
        return
    except Exception:
        # One ticket's fault must not hold up the others.
        log.exception("a batch of deadlines cannot be marked together: one by one")
    for one, rows in mine.items():
        try:
            async with conn.transaction():
                await _save(conn, [mark(held[one], rows, now)], heads, now)
        except Exception as wrong:
            # It comes again when its lease has run out.
            log.exception("ticket %s: deadlines cannot be marked", one)
            await store.failed(conn, one, str(wrong) or type(wrong).__name__, now)


async def _save(conn: Connection, done: Sequence[Marked], heads: Mapping[int, bytes], now: datetime) -> None:
    lines = [tickets.Change(m.before, m.after, m.lines, heads[m.before.id]) for m in done if m.lines]
    if lines:
        await tickets.save_lines(conn, lines)
        await alert(conn, [line for change in lines for line in change.lines])
    await store.marked(conn, [reached for m in done for reached in m.rows])
    for m in done:
        if m.over:
            await store.close_deadlines(conn, m.before.id, [row.key for row in m.over], now=now)


# -- the clocks of a ticket follow the ticket ------------------------------------------------------------------------


class Clocks(msgspec.Struct, frozen=True):
    """The pack and the calendar in force: what every deadline is computed from."""

    policy: Policy
    calendar: Calendar


async def clocks(conn: Connection, desk: Desk, now: datetime) -> Clocks:
    policy = await store.load_policy(conn, desk.settings.sla_pack, now)
    return Clocks(policy, await store.load_calendar(conn, desk.settings.calendar))


@asynccontextmanager
async def working(
    conn: Connection, ticket_id: int, *, actor: Actor, now: datetime, desk: Desk, version: int | None = None
) -> AsyncIterator[Held]:
    """Hold a ticket; when the work on it is done, what is watched is what is now owed."""
    held = await hold(conn, ticket_id, actor=actor, now=now, version=version)
    before = held.ticket
    yield held
    await keep(held, before, desk)


@asynccontextmanager
async def working_all(
    conn: Connection, tickets: Sequence[int], *, actor: Actor, now: datetime, desk: Desk
) -> AsyncIterator[list[Held]]:
    """Hold a set of tickets; what was done to them, and what of them is watched, is stored for all of them together."""
    held = await hold_all(conn, tickets, actor=actor, now=now)
    before = {one.ticket.id: one.ticket for one in held}
    yield held
    await save_all(conn, held)
    await keep_all(conn, [(one, before[one.ticket.id]) for one in held], desk, now)


async def keep(held: Held, before: Ticket, desk: Desk) -> None:
    """Watch what is newly awaited; stop watching what has happened or ended."""
    await keep_all(held.conn, [(held, before)], desk, held.now)


async def keep_all(conn: Connection, worked: Sequence[tuple[Held, Ticket]], desk: Desk, now: datetime) -> None:
    """`keep` for tickets that are held together; each stands beside what it was before."""
    over: dict[int, list[ClockKey]] = {}
    timers: dict[int, dict[ClockKey, Timer]] = {}
    for held, before in worked:
        was, owed = watching(before), watching(held.ticket)
        if gone := [key for key in was if key not in owed]:
            over[held.ticket.id] = gone
        if moved := {key: what for key, what in owed.items() if was.get(key) != what}:
            given = await clocks(conn, desk, now)
            timers[held.ticket.id] = begun(held, moved, given, began=frozenset(was))
    await store.close_all(conn, over, now=now)
    await store.put_all(conn, timers)


def begun(
    held: Held, owed: Mapping[ClockKey, Owed], given: Clocks, *, began: frozenset[ClockKey] = frozenset()
) -> dict[ClockKey, Timer]:
    """One clock each; one that begins with its state begins now, unless it is among those that ran before."""
    ticket = held.ticket
    registered = ticket.registered_at or held.now
    return {
        key: watched(ticket, key, what, given.policy, given.calendar, begins=registered if key in began else held.now)
        for key, what in owed.items()
    }


async def watch(held: Held, owed: Mapping[ClockKey, Owed], desk: Desk) -> None:
    """Put these clocks."""
    await store.put_deadlines(held.conn, held.ticket.id, begun(held, owed, await clocks(held.conn, desk, held.now)))


async def watch_dispatch(conn: Connection, held: Sequence[Held], desk: Desk, now: datetime) -> None:
    """Letters that nobody could dispatch at once wait for a dispatcher from the moment they were registered."""
    key = ClockKey(0, DeadlineKind.DISPATCH)
    if waiting := [one for one in held if one.ticket.state is State.REGISTERED]:
        given, began = await clocks(conn, desk, now), frozenset({key})
        owed = {one.ticket.id: {key: watching(one.ticket)[key]} for one in waiting}
        await store.put_all(
            conn, {one.ticket.id: begun(one, owed[one.ticket.id], given, began=began) for one in waiting}
        )


# -- a changed calendar or pack moves what is open --------------------------------------------------------------------

PAGE = 500
BATCH = 50
"""Tickets a job: it holds them all until it is done."""
EVER = datetime(YEARS.start, 1, 1, tzinfo=BEIJING), datetime(YEARS.stop, 1, 1, tzinfo=BEIJING)


class Change(msgspec.Struct, frozen=True):
    """Special days (None takes one back), or a new version of a pack."""

    days: Mapping[date, SpecialDay | None] = {}
    pack: Policy | None = None

    def because(self) -> str:
        if self.pack:
            return f"时限方案调整:{self.pack.title} 第 {self.pack.version} 版"
        said = [f"{day} {special.because() if special else '恢复常规'}" for day, special in sorted(self.days.items())]
        return f"日历调整:{'、'.join(said[:10])}{' 等' if len(said) > 10 else ''}"

    def window(self) -> tuple[datetime, datetime]:
        return window(list(self.days)) if self.days else EVER


class Applied(msgspec.Struct, frozen=True):
    """What was set going."""

    change: int
    tickets: int
    """Open tickets that are looked at again."""
    jobs: int


async def preview_change(conn: Connection, change: Change, now: datetime, desk: Desk) -> list[Moved]:
    """Every clock of an open ticket that the change would move, with its old and its new end. Changes nothing."""
    _check(change)
    if change.pack:
        await _known(conn, change.pack, now)
    given = await clocks(conn, desk, now)
    rules = await _rules(conn, desk, change.pack or given.policy, given.calendar, given.calendar.edited(change.days))
    rules = msgspec.structs.replace(rules, renewed=change.pack is not None)
    found: list[Moved] = []
    async for ids in _pages(conn, change.window(), PAGE):
        loaded, own = await tickets.load_many(conn, ids), await store.own_clocks(conn, ids)
        for ticket in (loaded[one] for one in ids if one in loaded):
            clocks_ = own.get(ticket.id, [])
            found += moved(ticket, clocks_, recomputed(ticket, clocks_, rules, now, because=""))
    return found


async def _rules(conn: Connection, desk: Desk, policy: Policy, before: Calendar, after: Calendar) -> Rules:
    versions = await store.load_versions(conn, desk.settings.sla_pack)
    return Rules(before, after, policy, {f"{one.name}@{one.version}": one for one in versions})


async def _pages(conn: Connection, within: tuple[datetime, datetime], size: int) -> AsyncIterator[list[int]]:
    after = 0
    while ids := await store.across(conn, *within, after=after, limit=size):
        yield ids
        after = ids[-1]


async def apply_change(conn: Connection, change: Change, *, actor: Actor, now: datetime, desk: Desk) -> Applied:
    """Enter the change, and set going what recomputes the open deadlines, in batches, all in the caller's transaction."""
    _check(change)
    region = desk.settings.calendar
    calendar = await store.load_calendar(conn, region)
    if change.days:
        await store.put_days(conn, region, change.days)
    if change.pack and not await _known(conn, change.pack, now) and not await store.put_pack(conn, change.pack):
        raise _taken(change.pack)
    batches = [ids async for ids in _pages(conn, change.window(), BATCH)] if _now_in_force(change, now) else []
    label = f"{change.pack.name}@{change.pack.version}" if change.pack and _now_in_force(change, now) else None
    before = {day: calendar.overrides.get(day) for day in change.days}
    kept = store.StoredChange(0, change.because(), before, dict(change.days), label)
    count = sum(len(ids) for ids in batches)
    number = await store.add_change(conn, kept, at=now, by=actor, region=region, tickets=count)
    for ids in batches:
        await follow(conn, "calendar.changed", ids[0], {"change": number, "tickets": ids})
    return Applied(number, count, len(batches))


def _check(change: Change) -> None:
    wrong = [day for day in change.days if day.year not in YEARS]
    if wrong or not (change.days or change.pack):
        raise InvalidInput([("days", f"日期须在 {YEARS[0]} 年到 {YEARS[-1]} 年之间,且至少一天。")])
    if unnamed := [day for day, special in change.days.items() if special and not special.name.strip()]:
        raise InvalidInput([("days", f"请给 {unnamed[0]} 写明名称,例如“抗洪停工”。")])


async def _known(conn: Connection, pack: Policy, now: datetime) -> bool:
    """Whether just this version is there already; another under its number, or one of days gone by, is refused."""
    held = next((one for one in await store.load_versions(conn, pack.name) if one.version == pack.version), None)
    if held is not None and held != pack:
        raise _taken(pack)
    today = now.astimezone(BEIJING).date()
    if held is None and pack.effective_from < today:
        raise InvalidInput([("effective_from", f"施行日期不能早于今天({today}),请改为今天或以后的日期。")])
    return held is not None


def _taken(pack: Policy) -> Conflict:
    """Two drew up the next version at once: the second looks at the first one's before going on."""
    return Conflict(
        f"{pack.title}第 {pack.version} 版已由他人启用,您拟定的没有保存;请取消后按最新版本重新拟定。",
        version=pack.version,
    )


def _now_in_force(change: Change, now: datetime) -> bool:
    """A version that is not yet in force moves nothing until its day has come (`renew`)."""
    return change.pack is None or change.pack.effective_from <= now.astimezone(BEIJING).date()


async def renew(conn: Connection, now: datetime, desk: Desk) -> Applied | None:
    """Once a day: a version of the pack that came into force moves the open deadlines, if it has not done so."""
    versions = await store.load_versions(conn, desk.settings.sla_pack)
    policy = await store.load_policy(conn, desk.settings.sla_pack, now)
    if policy is versions[-1] or await store.renewed(conn, f"{policy.name}@{policy.version}"):
        return None
    return await apply_change(conn, Change(pack=policy), actor=SYSTEM, now=now, desk=desk)


async def confirm_year(conn: Connection, year: int, *, desk: Desk) -> None:
    """The yearly notice (放假安排) has been entered: deadlines through that year carry no warning any more."""
    if year not in YEARS:
        raise InvalidInput([("year", f"年份须在 {YEARS[0]} 到 {YEARS[-1]} 之间。")])
    await store.put_years(conn, desk.settings.calendar, {year: True})


async def recompute_tickets(conn: Connection, ids: Sequence[int], number: int, now: datetime, desk: Desk) -> int:
    """Bring these tickets to the rules of a change; done twice it does nothing the second time. Answers the lines."""
    change = await store.read_change(conn, number)
    if change is None:
        raise NotFound(f"没有编号为 {number} 的时限调整。")
    given = await clocks(conn, desk, now)
    rules = await _rules(conn, desk, given.policy, given.calendar.edited(change.before), given.calendar)
    rules = msgspec.structs.replace(rules, renewed=change.pack is not None)
    return sum([await _recompute_one(conn, one, change, rules, now, desk) for one in sorted(ids)])


async def _recompute_one(
    conn: Connection, ticket_id: int, change: store.StoredChange, rules: Rules, now: datetime, desk: Desk
) -> int:
    held = await hold(conn, ticket_id, actor=SYSTEM, now=now)
    if await store.recomputed_by(conn, ticket_id, change.id):
        return 0
    own = (await store.own_clocks(conn, [ticket_id])).get(ticket_id, [])
    facts = recomputed(held.ticket, own, rules, now, because=change.because, change=change.id)
    for fact in facts:
        await held.do(fact)
    dues = {(fact.clock, fact.item): fact.due for fact in facts if fact.due}
    owed = watching(held.ticket)
    for clock in own:
        key = ClockKey(0, clock.kind, clock.item_id)
        if key in owed:
            due = dues.get((clock.kind.value, clock.item_id), clock.due_at)
            owed[key] = Owed(clock.start_at, due)
    # Lights move even where the end stays: they are shares of the working time.
    await watch(held, owed, desk)
    return len(facts)
