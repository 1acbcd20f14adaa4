"""What became of last week's list (上周事项进展): each item struck off, carried over or left, with what was done."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from hotline.supervision.weeklist import Item, WeekList
from hotline.tickets.states import ENDED, State


class Spoken(msgspec.Struct, frozen=True):
    """批示: what a leader wrote on a ticket, to whom it went, and what came back."""

    ticket_id: int
    overlay_id: int
    at: datetime
    by: str
    text: str
    due: datetime | None
    to: tuple[str, ...]
    """The units that had the ticket in hand then, the lead first; none: the hotline centre."""
    answered_at: datetime | None
    """The first reply after it that was not refused."""
    answer: str
    """办理情况 of that reply; nothing of a secret ticket."""
    state: State
    late: bool
    """Its day has passed and nothing came back."""


class Followed(msgspec.Struct, frozen=True):
    ticket_id: int
    kind: str
    summary: str
    current: str
    outcome: Literal["struck_off", "carried", "again", "ended", "left"]
    """销号; 结转, counted as such by this week's list; still on it, though nobody froze one that it stood on before; else
    on it no more: closed meanwhile, or left out."""
    status: str
    progress: str
    state: State | None


class Numbers(msgspec.Struct, frozen=True):
    """The four numbers of a week."""

    total: int
    fresh: int
    carried: int
    struck_off: int


class LastWeek(msgspec.Struct, frozen=True):
    week: str
    previous_week: str
    now: Numbers
    before: Numbers
    before_frozen: bool
    """False: nobody froze last week's list; it is shown as it stood when the week ended."""
    items: tuple[Followed, ...]
    instructions: tuple[Spoken, ...]
    """Those of last week's and this week's items, the newest first."""


def numbers(week: WeekList) -> Numbers:
    return Numbers(week.total, week.fresh, week.carried, len(week.settled))


def last_week(
    previous: WeekList, current: WeekList, states: Mapping[int, State], instructions: Sequence[Spoken]
) -> LastWeek:
    now = {one.ticket_id: one for one in current.items} | {
        other: one for one in current.items for other in one.related if one.ticket_id != other
    }
    struck = {one.ticket_id: one for one in current.settled}
    return LastWeek(
        week=current.week,
        previous_week=previous.week,
        now=numbers(current),
        before=numbers(previous),
        before_frozen=previous.frozen_at is not None,
        items=tuple(_followed(one, struck, now, states) for one in previous.items),
        instructions=tuple(instructions),
    )


def _followed(item: Item, struck: Mapping[int, Item], now: Mapping[int, Item], states: Mapping[int, State]) -> Followed:
    state = states.get(item.ticket_id)
    found = struck.get(item.ticket_id) or now.get(item.ticket_id)
    ended = item.ticket_id in struck
    row = found.row if found else item.row
    closed = found is None and state in ENDED
    return Followed(
        ticket_id=item.ticket_id,
        kind=item.kind,
        summary=item.row.summary,
        current=row.current,
        outcome="struck_off" if ended else _on_list(found) if found else "ended" if closed else "left",
        status="已销号" if ended else "已办结" if closed else row.status,
        progress=found.row.progress if found else "",
        state=state,
    )


def _on_list(item: Item) -> Literal["carried", "again"]:
    """Only what stood on a frozen list is carried over: the mark and the number of 结转 say the same."""
    return "carried" if item.carried else "again"
