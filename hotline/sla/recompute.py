"""What a changed calendar or pack makes of the clocks that run (docs/rules.md B.4). Values in, values out.

A changed calendar keeps the working days that were given and finds the day on which they are now over, so extensions and
fresh limits move with it. A new pack is counted afresh from the dispatch. What a grant gave is never taken away, and
nobody becomes late, or later than they are, by a stroke of the pen."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec

from hotline.sla.calendar import (
    Calendar,
    add_business_time,
    beijing,
    business_time,
    days_after,
    working_days_between,
)
from hotline.sla.deadlines import DeadlineKind, deadlines, for_unit, limit_due
from hotline.sla.policy import Limit, Policy
from hotline.tickets.facts import Recompute
from hotline.tickets.states import Part, State
from hotline.tickets.ticket import Assignment, Ticket, Times

K = DeadlineKind
CHOSEN = frozenset({K.MILESTONE})
"""Dates that people chose."""


class OwnClock(msgspec.Struct, frozen=True):
    """A running clock of the ticket itself."""

    kind: DeadlineKind
    item_id: int
    start_at: datetime
    due_at: datetime


class Rules(msgspec.Struct, frozen=True):
    before: Calendar
    after: Calendar
    policy: Policy
    """In force now."""
    packs: Mapping[str, Policy] = {}
    """Those that open assignments were given, by name@version."""
    renewed: bool = False
    """A new pack: open assignments are given `policy`."""

    def of(self, assignment: Assignment) -> Policy:
        return self.packs.get(assignment.pack, self.policy)


class Moved(msgspec.Struct, frozen=True):
    """A clock that a change moves."""

    ticket_id: int
    assignment_id: int
    unit_id: int | None
    clock: str
    old: datetime
    new: datetime


def recomputed(
    ticket: Ticket, own: Sequence[OwnClock], rules: Rules, now: datetime, *, because: str, change: int = 0
) -> list[Recompute]:
    """The facts that bring an open ticket to the new rules; tasks come after those they were passed down from."""
    facts = [
        Recompute(assignment_id=a.id, because=because, times=times, change=change, was=given(a))
        for a, times in _tasks(ticket, rules, now)
        if times != given(a)
    ]
    for clock in own:
        due = _own(ticket, clock, rules, now)
        if due != clock.due_at:
            item = clock.item_id
            was, kind = clock.due_at, clock.kind.value
            facts.append(Recompute(0, because, clock=kind, item=item, due=due, change=change, was_due=was))
    return facts


def moved(ticket: Ticket, own: Sequence[OwnClock], facts: Sequence[Recompute]) -> list[Moved]:
    """The same, told clock by clock."""
    told = []
    for fact in facts:
        found = ticket.assignment(fact.assignment_id)
        if found and fact.times:
            pairs = zip(CLOCKS, _values(given(found)), _values(fact.times), strict=True)
            told += [
                Moved(ticket.id, found.id, found.unit_id, clock, old, new)
                for clock, old, new in pairs
                if old and new and old != new
            ]
        elif fact.due:
            old = next(c.due_at for c in own if (c.kind.value, c.item_id) == (fact.clock, fact.item))
            told.append(Moved(ticket.id, 0, None, fact.clock, old, fact.due))
    return told


CLOCKS = ("finish", "sign", "contact", "return")


def _values(times: Times) -> tuple[datetime | None, ...]:
    return times.finish_due, times.sign_due, times.contact_due, times.return_until


def given(assignment: Assignment) -> Times:
    a = assignment
    return Times(a.finish_due, a.sign_due, a.contact_due, a.return_until, a.pack)


def _tasks(ticket: Ticket, rules: Rules, now: datetime) -> list[tuple[Assignment, Times]]:
    if ticket.state is State.SUSPENDED:
        return []  # nothing is owed while the ticket is shelved; taken off the shelf it gets a fresh limit
    found: dict[int, tuple[Assignment, Times]] = {}
    waiting = list(ticket.active)
    while waiting:
        a = waiting.pop(0)
        parent = ticket.assignment(a.parent_id) if a.parent_id else None
        if parent and parent.active and parent.id not in found:
            waiting.append(a)
            continue
        above = (parent.finish_due, found[parent.id][1].finish_due) if parent and parent.active else None
        found[a.id] = a, _times(ticket, a, rules, now, above)
    return list(found.values())


def _times(
    ticket: Ticket, a: Assignment, rules: Rules, now: datetime, above: tuple[datetime, datetime] | None
) -> Times:
    wanted = _renewed(ticket, a, rules) if rules.renewed else _shifted(ticket, a, rules)
    finish = _fair(a.finish_due, wanted.finish_due, now)
    if a.extensions:
        finish = max(finish, a.finish_due)
    if above:
        finish = above[1] if a.finish_due == above[0] else min(finish, above[1])
    return Times(
        finish_due=finish,
        sign_due=_pending(a.sign_due, wanted.sign_due, a.signed_at is None, now, finish),
        contact_due=_pending(a.contact_due, wanted.contact_due, a.contacted_at is None, now, finish),
        return_until=_pending(a.return_until, wanted.return_until, _open(a.return_until, now), now, finish),
        pack=wanted.pack,
    )


def _open(until: datetime | None, now: datetime) -> bool:
    return until is not None and now <= until


def _pending(
    old: datetime | None, new: datetime | None, awaited: bool, now: datetime, finish: datetime
) -> datetime | None:
    """What has happened, or was never asked for, keeps the limit it had."""
    if old is None or new is None or not awaited:
        return old
    return min(_fair(old, new, now), max(finish, old))


def _fair(old: datetime, new: datetime, now: datetime) -> datetime:
    """Neither late, nor later than it is, by a stroke of the pen."""
    return old if new < old and new <= now else new


def _renewed(ticket: Ticket, a: Assignment, rules: Rules) -> Times:
    due = deadlines(
        for_unit(rules.policy, a.unit_path),
        rules.after,
        kind=ticket.kind.value,
        urgency=ticket.urgency.value,
        start=a.dispatched_at,
        rework=a.round > 0,
        confidential=ticket.confidential,
    )
    finish = due.finish_due if a.part is Part.LEAD else min(due.finish_due, a.finish_due)
    label = f"{rules.policy.name}@{rules.policy.version}"
    return Times(finish, due.sign_due, due.contact_due, due.return_until, label)


def _shifted(ticket: Ticket, a: Assignment, rules: Rules) -> Times:
    policy = for_unit(rules.of(a), a.unit_path)
    rule = policy.rule(ticket.kind.value, ticket.urgency.value, rework=a.round > 0)
    start, first = a.dispatched_at, a.first_finish_due
    if a.extensions and rule.finish.unit.startswith("natural_") and first < a.finish_due:
        finish = shift_days(rules, first, a.finish_due)  # the limit runs by the clock, its extension in working days
    else:
        finish = shift(rules, policy, rule.finish, start, a.finish_due)
    limits = ((rule.sign, a.sign_due), (rule.contact, a.contact_due), (rule.return_window, a.return_until))
    sign, contact, until = (shift(rules, policy, limit, start, due) if due else None for limit, due in limits)
    return Times(finish, sign, contact, until, a.pack)


def _own(ticket: Ticket, clock: OwnClock, rules: Rules, now: datetime) -> datetime:
    if clock.kind in CHOSEN or (clock.kind is K.SUPERVISE and _by_people(clock, rules)):
        return clock.due_at
    policy = rules.policy
    limits = {K.DISPATCH: policy.dispatch[ticket.urgency.value], K.CONSULTATION: policy.consultation}
    limits |= {K.SUPERVISE: policy.supervise.finish, K.RECTIFY: policy.low_rating.finish}
    if policy.low_rating.contact:
        limits |= {K.LOW_RATING: policy.low_rating.contact}
    if rules.renewed and clock.kind in limits:
        return _fair(clock.due_at, limit_due(policy, rules.after, limits[clock.kind], clock.start_at).at, now)
    return _fair(clock.due_at, shift(rules, policy, limits.get(clock.kind), clock.start_at, clock.due_at), now)


def _by_people(clock: OwnClock, rules: Rules) -> bool:
    """Whether the letter's day is none that a pack gave: a meeting or a supervisor set it, and the letter says it."""
    packs = (rules.policy, *rules.packs.values())
    return all(limit_due(p, rules.before, p.supervise.finish, clock.start_at).at != clock.due_at for p in packs)


def shift(rules: Rules, policy: Policy, limit: Limit | None, start: datetime, due: datetime) -> datetime:
    """Where a limit that began at `start` and ended at `due` ends by the new calendar."""
    unit = limit.unit if limit else "working_days"
    if unit in ("natural_hours", "natural_minutes") or due <= start:
        return due
    if unit == "business_hours":
        length = business_time(rules.before, start, due, policy.hours)
        return add_business_time(rules.after, start, length, policy.hours).at if length else due
    if unit == "natural_days" and limit and limit_due(policy, rules.before, limit, start).at == due:
        return limit_due(policy, rules.after, limit, start).at
    return shift_days(rules, start, due)


def shift_days(rules: Rules, start: datetime, due: datetime) -> datetime:
    """The day on which as many working days are over as were given, at the same time of the day."""
    first, last = beijing(start).date(), beijing(due).date()
    count = working_days_between(rules.before, first, last)
    if count == 0 or _stands(rules, first, last, count):
        return due
    return beijing(due) + (_nth(rules.after, first, count) - last)


def _stands(rules: Rules, first: date, last: date, count: int) -> bool:
    same = working_days_between(rules.after, first, last) == count
    return same and (rules.after.is_workday(last) or not rules.before.is_workday(last))


def _nth(calendar: Calendar, first: date, count: int) -> date:
    for day, works in days_after(calendar, first):
        count -= works
        if count == 0:
            return day
    raise AssertionError("days_after never ends quietly")  # pragma: no cover


def window(days: Sequence[date]) -> tuple[datetime, datetime]:
    """From the first changed day to the end of the last, as moments."""
    first, last = min(days), max(days)
    begin = beijing(datetime.fromisoformat(f"{first}T00:00:00+08:00"))
    return begin, begin + timedelta(days=(last - first).days + 1)
