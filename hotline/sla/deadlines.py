"""When a ticket is due, when it turns yellow, orange and red, and how far it may be put off. Values in, values out."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache, wraps
from typing import NamedTuple, TypeVar, cast

import msgspec

from hotline.infra.errors import HotlineError
from hotline.sla.calendar import (
    Calendar,
    Counted,
    Due,
    add_business_time,
    add_natural_days,
    add_natural_time,
    add_working_days,
    beijing,
    business_time,
    end_of_day,
    working_days_between,
)
from hotline.sla.policy import Extension, Limit, Policy

SECOND = timedelta(seconds=1)


class ExtensionRefused(HotlineError):
    """延期申请不成立: the rules do not allow this one."""

    code = "extension_refused"
    status = 422


class DeadlineKind(StrEnum):
    """What is watched."""

    DISPATCH = "dispatch"  # 派单 (the centre's own)
    CONSULTATION = "consultation"  # 会商、裁定 (the centre's own)
    SIGN = "sign"  # 签收
    CONTACT = "contact"  # 首次联系
    FINISH = "finish"  # 办结
    MILESTONE = "milestone"  # 阶段节点 (挂账、长期事项)
    SUPERVISE = "supervise"  # 督办反馈
    CALLBACK = "callback"  # 回访
    LOW_RATING = "low_rating"  # 差评联系
    RECTIFY = "rectify"  # 差评整改


class Level(StrEnum):
    """预警等级, in the order a deadline passes through them."""

    NONE = "none"
    NEAR = "near"  # 黄
    ORANGE = "orange"  # 橙
    LATE = "late"  # 红
    VERY_LATE = "very_late"  # 严重超期


class ClockKey(NamedTuple):
    """Names one clock of a ticket."""

    assignment_id: int
    """0: the ticket's own."""
    kind: DeadlineKind
    item: int = 0
    """Which callback or overlay, where a ticket may have several."""


class Deadlines(msgspec.Struct, frozen=True):
    start: datetime
    sign_due: datetime
    contact_due: datetime | None  # None: no contact is asked for
    finish_due: datetime
    return_until: datetime | None  # None: cannot be returned
    return_by_phone: bool
    extension: Extension | None
    pack: str
    pack_version: int
    by_clock: tuple[DeadlineKind, ...]  # those that run on natural time, day and night
    why: dict[str, tuple[Counted, ...]]
    warning: str | None = None


class Timer(msgspec.Struct, frozen=True):
    """One deadline with the moments at which its light changes."""

    kind: DeadlineKind
    start_at: datetime
    due_at: datetime
    near_at: datetime
    orange_at: datetime
    late_at: datetime
    very_late_at: datetime
    urges: tuple[datetime, ...] = ()
    """系统催办: the moments at which the system urges, in their order."""


def limit_due(policy: Policy, calendar: Calendar, limit: Limit, start: datetime) -> Due:
    """The end of one limit by the counting rule of its unit."""
    if limit.unit in ("working_days", "natural_days"):
        count = add_working_days if limit.unit == "working_days" else add_natural_days
        return count(calendar, start, int(limit.amount), day_end=policy.day_end, hours=policy.hours)
    if limit.unit == "business_hours":
        return add_business_time(calendar, start, timedelta(hours=limit.amount), policy.hours)
    unit = timedelta(hours=1) if limit.unit == "natural_hours" else timedelta(minutes=1)
    return add_natural_time(calendar, start, unit * limit.amount)


class _Same:
    """A pack or a calendar by its identity: to compare what is in them would take longer than to count the days."""

    __slots__ = ("it",)

    def __init__(self, it: object) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.it is self.it


Counting = TypeVar("Counting", bound=Callable[..., object])


def remembered(counting: Counting) -> Counting:
    """Letters that are taken in together begin at one moment: their days are counted once a kind, not once a letter."""

    @lru_cache(maxsize=256)
    def known(policy: _Same, calendar: _Same, *how: tuple[str, object]) -> object:
        return counting(policy.it, calendar.it, **dict(how))

    @wraps(counting)
    def asked(policy: Policy, calendar: Calendar, **how: object) -> object:
        return known(_Same(policy), _Same(calendar), *how.items())

    return cast(Counting, asked)


@lru_cache(maxsize=256)
def _with_hours_of(policy: _Same, unit: str) -> Policy:
    whole = cast(Policy, policy.it)
    return msgspec.structs.replace(whole, hours=whole.unit_hours[unit])


def for_unit(policy: Policy, path: Sequence[int]) -> Policy:
    """The pack with the hours that this unit works: its own, or of the nearest unit above it that has some."""
    for unit in reversed(path):
        if str(unit) in policy.unit_hours:
            return _with_hours_of(_Same(policy), str(unit))
    return policy


def runs_by_clock(limit: Limit | None) -> bool:
    return limit is not None and limit.unit in ("natural_hours", "natural_minutes")


@remembered
def deadlines(
    policy: Policy,
    calendar: Calendar,
    *,
    kind: str,
    urgency: str,
    start: datetime,
    rework: bool = False,
    confidential: bool = False,
) -> Deadlines:
    """All limits of an assignment, counted from its dispatch; `kind` may also name an overlay."""
    rule = policy.rule(kind, urgency, rework=rework)
    contact = rule.contact if rule.contact_when_confidential or not confidential else None
    limits = {"sign": rule.sign, "contact": contact, "finish": rule.finish, "return": rule.return_window}
    due = {name: limit_due(policy, calendar, limit, start) for name, limit in limits.items() if limit}
    return Deadlines(
        start=beijing(start),
        sign_due=due["sign"].at,
        contact_due=due["contact"].at if "contact" in due else None,
        finish_due=due["finish"].at,
        return_until=due["return"].at if "return" in due else None,
        return_by_phone=rule.return_by_phone,
        extension=rule.extension,
        pack=policy.name,
        pack_version=policy.version,
        by_clock=tuple(k for k in DeadlineKind if runs_by_clock(limits.get(k.value))),
        why={name: found.why for name, found in due.items()},
        warning=next((found.warning for found in (due["finish"], *due.values()) if found.warning), None),
    )


def dispatch_due(policy: Policy, calendar: Calendar, *, urgency: str, start: datetime) -> Due:
    """When the centre itself must have dispatched a registered ticket."""
    return limit_due(policy, calendar, policy.dispatch[urgency], start)


def consultation_due(policy: Policy, calendar: Calendar, *, start: datetime) -> Due:
    return limit_due(policy, calendar, policy.consultation, start)


def extended(
    policy: Policy,
    calendar: Calendar,
    *,
    kind: str,
    urgency: str,
    started: datetime,
    current_due: datetime,
    times_before: int,
    leader: bool,
    now: datetime,
    working_days: int,
    rework: bool = False,
) -> datetime:
    """The new due time, or a refusal that says which rule stands in the way."""
    extension = policy.rule(kind, urgency, rework=rework).extension
    if extension is None:
        raise ExtensionRefused("这类工单不允许延期，请在期限内办结。")
    if is_late(current_due, now):
        raise ExtensionRefused("已超过办理期限，延期须在到期前申请。", due=current_due.isoformat())
    _check_times(extension, times_before, leader)
    new = add_working_days(calendar, current_due, working_days, day_end=policy.day_end, hours=policy.hours).at
    most = limit_due(policy, calendar, extension.limit, current_due).at
    if new > most:
        message = f"一次最多延期{extension.limit.spoken()}，可延至 {most:%Y-%m-%d}，请减少延期天数。"
        raise ExtensionRefused(message, latest=most.isoformat())
    _check_cap(policy, calendar, extension, started, new)
    return new


def _check_times(extension: Extension, times_before: int, leader: bool) -> None:
    if times_before < extension.max_times:
        return
    if not extension.second_by_leader or times_before > extension.max_times:
        raise ExtensionRefused(f"已延期 {times_before} 次，不能再延期。", times=times_before)
    if not leader:
        raise ExtensionRefused("再次延期须由中心领导批准，请提交领导审批。", times=times_before)


def _check_cap(policy: Policy, calendar: Calendar, extension: Extension, started: datetime, new: datetime) -> None:
    if extension.total_cap is None:
        return
    latest = limit_due(policy, calendar, extension.total_cap, started).at
    if new > latest:
        message = f"累计办理时间不得超过{extension.total_cap.spoken()}，最迟可延至 {latest:%Y-%m-%d}。"
        raise ExtensionRefused(message, latest=latest.isoformat())


def is_late(due: datetime, at: datetime) -> bool:
    """Late begins with the first whole second after the due time: 24:00 is written 23:59:59."""
    return at >= due + SECOND


@remembered
def timer(
    policy: Policy,
    calendar: Calendar,
    *,
    kind: DeadlineKind,
    start: datetime,
    due: datetime,
    by_clock: bool = False,
    urged: bool = False,
) -> Timer:
    """The moments of one deadline; needs only its two ends, so it serves an extended one as well."""
    share = _clock_share if by_clock else _business_share
    near = share(policy, calendar, start, due, policy.warn.near_share)
    orange = share(policy, calendar, start, due, policy.warn.orange_share)
    if policy.warn.near_last_day and not by_clock:
        near = min(near, _last_day_begins(calendar, start, due) or near)
    very_late = add_working_days(
        calendar, due, policy.warn.very_late_days, day_end=policy.day_end, hours=policy.hours
    ).at
    late = due + SECOND
    shares = sorted(set(policy.warn.urge_shares)) if urged else ()
    urges = tuple(late if part == 1 else share(policy, calendar, start, due, part) for part in shares)
    return Timer(kind, beijing(start), beijing(due), near, orange, late, very_late + SECOND, urges)


def _clock_share(_policy: Policy, _calendar: Calendar, start: datetime, due: datetime, share: float) -> datetime:
    return beijing(start) + (due - start) * share


def _business_share(policy: Policy, calendar: Calendar, start: datetime, due: datetime, share: float) -> datetime:
    """A share of the time people are at work: over a holiday week the clock alone would cry wolf."""
    whole = business_time(calendar, start, due, policy.hours)
    if not whole:
        return _clock_share(policy, calendar, start, due, share)
    return add_business_time(calendar, start, whole * share, policy.hours).at


def _last_day_begins(calendar: Calendar, start: datetime, due: datetime) -> datetime | None:
    """00:00 of the due day, when there were other working days before it; a one-day limit is not near from birth."""
    first, last = beijing(start).date(), beijing(due).date()
    if working_days_between(calendar, first, last) < 2:
        return None
    return end_of_day(last - timedelta(days=1)) + SECOND


def timers(policy: Policy, calendar: Calendar, due: Deadlines) -> tuple[Timer, ...]:
    """What has to be watched of an assignment's deadlines."""
    ends = {
        DeadlineKind.SIGN: due.sign_due,
        DeadlineKind.CONTACT: due.contact_due,
        DeadlineKind.FINISH: due.finish_due,
    }
    return tuple(
        timer(policy, calendar, kind=kind, start=due.start, due=end, by_clock=kind in due.by_clock)
        for kind, end in ends.items()
        if end
    )


def light(now: datetime, watched: Timer) -> Level:
    """The colour to show at `now`."""
    steps = (
        (watched.very_late_at, Level.VERY_LATE),
        (watched.late_at, Level.LATE),
        (watched.orange_at, Level.ORANGE),
        (watched.near_at, Level.NEAR),
    )
    return next((level for at, level in steps if now >= at), Level.NONE)
