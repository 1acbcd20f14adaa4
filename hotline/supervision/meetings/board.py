"""What stands beside the items of a frozen list."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from hotline.supervision.weeklist import Item, WeekList
from hotline.tickets.states import State

Stance = Literal["agree", "object", "supplement"]
STANCES: dict[str, str] = {"agree": "同意热线建议", "object": "有异议", "supplement": "补充说明"}


class AskedUnit(msgspec.Struct, frozen=True):
    """A unit that is to comment, and whether it has."""

    ticket_id: int
    unit_id: int
    unit: str
    lead: bool
    at: datetime | None = None
    by: str | None = None
    stance: Stance | None = None
    text: str | None = None
    late: bool = False


class Decided(msgspec.Struct, frozen=True):
    ticket_id: int
    lead_unit: int
    lead: str
    assists: tuple[int, ...]
    assist_names: tuple[str, ...]
    due: datetime
    basis: str
    demand: str
    to_catalogue: bool
    saved_by: str
    done_at: datetime | None
    done_by: str
    letter_id: int | None
    letter: str | None
    """文号"""


class Progress(msgspec.Struct, frozen=True):
    ticket_id: int
    unit: str
    at: datetime
    by: str
    text: str


class Strike(msgspec.Struct, frozen=True):
    """申请销号"""

    ticket_id: int
    id: int
    unit: str
    at: datetime
    by: str
    text: str
    outcome: Literal["pending", "struck", "refused"]
    tries: int
    solved: str | None
    rating: int | None
    note: str
    decided_at: datetime | None
    decided_by: str


class Meeting(msgspec.Struct, frozen=True):
    held_at: datetime | None = None
    place: str = ""
    chair: str = ""
    attendees: str = ""
    minutes: str = ""
    saved_by: str = ""


class Stood(msgspec.Struct, frozen=True):
    """How a ticket stands now, and the case of which a list tells."""

    id: int
    state: State
    version: int
    lead_unit: int | None
    since: datetime | None
    """The strike-off before this list: what was told until then belongs to an earlier case."""
    struck_at: datetime | None
    """The strike-off after it."""

    def tells_of(self, at: datetime) -> bool:
        return is_after(at, self.since) and (self.struck_at is None or at <= self.struck_at)


def is_after(at: datetime, struck_off: datetime | None) -> bool:
    return struck_off is None or at > struck_off


class BoardItem(msgspec.Struct, frozen=True):
    ticket_id: int
    number: int
    kind: str
    carried: bool
    summary: str
    place: str
    people: str
    current: str
    dispute: str
    proposal: str
    coordination: str
    reasons: tuple[str, ...]
    state: State | None
    lead_unit: int | None
    struck: bool
    comments: tuple[AskedUnit, ...]
    decision: Decided | None
    progress: tuple[Progress, ...]
    strikes: tuple[Strike, ...]


class Board(msgspec.Struct, frozen=True):
    """A frozen week with everything that was said to it."""

    week: str
    title: str
    frozen_at: datetime
    frozen_by: str
    hash: str
    comment_due: datetime
    meeting: Meeting
    items: tuple[BoardItem, ...]
    fresh: int
    carried: int
    struck: int
    """Of these items, by now."""
    waiting: int
    """Comments that are asked for and not given."""


def board(
    week: WeekList,
    comment_due: datetime,
    now: datetime,
    *,
    meeting: Meeting,
    stood: Mapping[int, Stood],
    comments: Sequence[AskedUnit],
    decisions: Sequence[Decided],
    progress: Sequence[Progress],
    strikes: Sequence[Strike],
) -> Board:
    assert week.frozen_at is not None
    decided = {one.ticket_id: one for one in decisions}
    items = tuple(
        _item(
            one,
            stood.get(one.ticket_id),
            decided.get(one.ticket_id),
            comments=[late(c, comment_due, now) for c in comments if c.ticket_id == one.ticket_id],
            progress=[p for p in progress if p.ticket_id == one.ticket_id],
            strikes=[s for s in strikes if s.ticket_id == one.ticket_id],
        )
        for one in week.items
    )
    return Board(
        week=week.week,
        title=week.title,
        frozen_at=week.frozen_at,
        frozen_by=week.frozen_by or "",
        hash=week.hash or "",
        comment_due=comment_due,
        meeting=meeting,
        items=items,
        fresh=week.fresh,
        carried=week.carried,
        struck=sum(one.struck for one in items),
        waiting=sum(c.at is None for one in items for c in one.comments),
    )


def _item(
    one: Item,
    stood: Stood | None,
    decision: Decided | None,
    *,
    comments: Iterable[AskedUnit],
    progress: Iterable[Progress],
    strikes: Sequence[Strike],
) -> BoardItem:
    """The frozen row, and what was said to it alone."""
    row = one.row
    return BoardItem(
        ticket_id=one.ticket_id,
        number=row.number,
        kind=one.kind,
        carried=one.carried,
        summary=row.summary,
        place=row.place,
        people=row.people,
        current=row.current,
        dispute=row.dispute,
        proposal=row.proposal,
        coordination=row.coordination,
        reasons=tuple(reason.sentence for reason in one.reasons),
        state=stood.state if stood else None,
        lead_unit=stood.lead_unit if stood else None,
        struck=stood is not None and stood.struck_at is not None,
        comments=tuple(comments),
        decision=decision,
        progress=tuple(p for p in progress if stood is None or stood.tells_of(p.at)),
        strikes=tuple(s for s in strikes if stood is None or stood.tells_of(s.at)),
    )


def late(asked: AskedUnit, due: datetime, now: datetime) -> AskedUnit:
    return msgspec.structs.replace(asked, late=(asked.at or now) > due)


def agenda(found: Board) -> list[tuple[str, list[BoardItem]]]:
    """The items by class, in the order of the list."""
    grouped: dict[str, list[BoardItem]] = {}
    for one in found.items:
        grouped.setdefault(one.kind, []).append(one)
    return list(grouped.items())
