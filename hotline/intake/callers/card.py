"""The caller's card (来电卡片): open requests first, what was promised, what went wrong before."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import msgspec

from hotline.tickets.states import ENDED, DissatisfiedWith, Kind, Outcome, Solved, State


class CallerPerson(msgspec.Struct, frozen=True):
    """A name that was given on this number; several people may share one telephone."""

    name: str | None
    """None: those who gave no name."""
    times: int
    last_at: datetime
    gender: str | None = None
    language: str = ""
    elderly: bool = False
    disabled: bool = False
    labels: tuple[str, ...] = ()


class Asked(msgspec.Struct, frozen=True):
    """The last callback of a ticket, as the store reads it."""

    due: datetime
    next_after: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    solved: Solved | None = None
    rating: int | None = None
    dissatisfied_with: DissatisfiedWith | None = None


class Plan(msgspec.Struct, frozen=True):
    """挂账: what was promised for later."""

    text: str
    due: datetime | None = None


class Earlier(msgspec.Struct, frozen=True):
    """One request from this number, as the store reads it."""

    id: int
    state: State
    version: int
    kind: Kind
    title: str
    category: str | None
    unit_id: int | None
    created_at: datetime
    due_at: datetime | None
    near_at: datetime | None
    """When the clock that runs now turns yellow; None while none runs."""
    ended_at: datetime | None
    confidential: bool
    callback_wanted: bool
    urged: int
    round: int
    asked: Asked | None = None
    plan: Plan | None = None
    told: str | None = None
    """The last answer the citizen was given."""
    told_at: datetime | None = None


Standing = Literal["on_time", "near", "late", "no_clock"]


class CallerTicket(msgspec.Struct, frozen=True):
    id: int
    state: State
    state_name: str
    version: int
    kind: Kind
    title: str
    category: str | None
    unit: str | None
    created_at: datetime
    due_at: datetime | None
    standing: Standing
    ended_at: datetime | None
    confidential: bool
    urged: int
    round: int
    outcome: Outcome | None
    told: str | None
    can_urge: bool
    can_merge: bool


class Promised(msgspec.Struct, frozen=True):
    """What this caller has been told to expect."""

    ticket_id: int
    kind: Literal["call", "call_after", "call_when_done", "plan", "deadline"]
    text: str
    at: datetime | None = None


class Unhappy(msgspec.Struct, frozen=True):
    """An earlier request that did not end well."""

    ticket_id: int
    title: str
    at: datetime
    solved: Solved | None
    rating: int | None
    dissatisfied_with: DissatisfiedWith | None


class CallerCounts(msgspec.Struct, frozen=True):
    total: int
    open: int
    last_30_days: int
    unhappy: int


class CallerCard(msgspec.Struct, frozen=True):
    phone: str
    people: list[CallerPerson]
    counts: CallerCounts
    open: list[CallerTicket]
    past: list[CallerTicket]
    promises: list[Promised]
    unhappy: list[Unhappy]


def standing(earlier: Earlier, now: datetime) -> Standing:
    if earlier.state in ENDED or earlier.due_at is None or earlier.near_at is None:
        return "no_clock"
    if now > earlier.due_at:
        return "late"
    return "near" if now >= earlier.near_at else "on_time"


def promises(earlier: Iterable[Earlier], now: datetime) -> list[Promised]:
    """Of open requests; the soonest first, those without a time last."""
    found = [promise for one in earlier if one.state not in ENDED for promise in promised(one, now)]
    return sorted(found, key=lambda p: (p.at is None, p.at or now, p.ticket_id))


def promised(one: Earlier, now: datetime) -> list[Promised]:
    if one.asked is not None and one.asked.ended_at is None:
        if one.asked.next_after is not None and one.asked.next_after > now:
            return [Promised(one.id, "call_after", "约好此后再回访", one.asked.next_after)]
        return [Promised(one.id, "call", "答应回访", one.asked.due)]
    found = []
    if one.plan is not None:
        found.append(Promised(one.id, "plan", one.plan.text, one.plan.due))
    elif one.due_at is not None and one.near_at is not None:
        found.append(Promised(one.id, "deadline", "答应办结的时间", one.due_at))
    if one.callback_wanted and one.state is not State.DRAFT:
        found.append(Promised(one.id, "call_when_done", "答应办结后回访"))
    return found


def unhappy(earlier: Iterable[Earlier]) -> list[Unhappy]:
    """Dissatisfied, rated low or not solved, the newest first."""
    found = [
        Unhappy(one.id, one.title, one.asked.ended_at, one.asked.solved, one.asked.rating, one.asked.dissatisfied_with)
        for one in earlier
        if one.asked is not None and one.asked.ended_at is not None and went_wrong(one.asked)
    ]
    return sorted(found, key=lambda u: u.at, reverse=True)


def went_wrong(asked: Asked) -> bool:
    low = asked.rating is not None and asked.rating <= 2
    return low or asked.outcome is Outcome.DISSATISFIED or asked.solved is Solved.NO
