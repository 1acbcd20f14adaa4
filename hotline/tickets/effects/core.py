"""What effects are made of: the registry, the small changes they share, and living and replaying."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from hotline.tickets import facts as f
from hotline.tickets.history import Happened
from hotline.tickets.states import (
    ENDED,
    OUTLIVES_TICKET,
    Asked,
    Decision,
    Event,
    OverlayKind,
    Part,
    Stage,
    State,
)
from hotline.tickets.ticket import Assignment, Overlay, Request, Ticket

replace = msgspec.structs.replace


@dataclass(frozen=True, slots=True)
class Line:
    """A history line as an effect sees it."""

    at: datetime
    by: int | None
    reason: str
    source: State | None
    target: State


Effect = Callable[[Ticket, Any, Line], Ticket]
EFFECTS: dict[Event, Effect] = {}


def effect(*events: Event) -> Callable[[Effect], Effect]:
    def register(function: Effect) -> Effect:
        for event in events:
            EFFECTS[event] = function
        return function

    return register


def begin(happened: Happened) -> Ticket:
    """The draft that the first line makes."""
    fact = happened.fact
    assert isinstance(fact, f.Create)
    return Ticket(
        id=happened.ticket_id,
        state=State.DRAFT,
        version=1,
        kind=fact.kind,
        urgency=fact.urgency,
        channel=fact.channel,
        created_at=happened.at,
        region=fact.region,
        confidential=fact.confidential,
        callback_wanted=fact.callback_wanted,
        accused_unit=fact.accused_unit,
    )


def apply(ticket: Ticket, happened: Happened) -> Ticket:
    """The ticket after the line; used alike for living and for replaying."""
    line = Line(happened.at, happened.actor_id, happened.reason, happened.source, happened.target)
    own = EFFECTS.get(happened.fact.event)
    after = own(ticket, happened.fact, line) if own else ticket
    if happened.target in ENDED and ticket.state not in ENDED:
        after = finished(after, line)
    return replace(after, state=happened.target, version=happened.seq)


def replay(lines: Iterable[Happened]) -> Ticket:
    """The ticket that the lines tell of; raises ValueError when there is none."""
    ticket: Ticket | None = None
    for happened in lines:
        ticket = begin(happened) if ticket is None else apply(ticket, happened)
    if ticket is None:
        raise ValueError("a ticket has at least one history line")
    return ticket


def finished(ticket: Ticket, line: Line) -> Ticket:
    """Whatever still runs ends with the ticket: nothing of an ended ticket is active."""
    return replace(
        ticket,
        ended_at=line.at,
        assignments=tuple(
            replace(a, stage=Stage.RECALLED, finished_at=a.finished_at or line.at) if a.active else a
            for a in ticket.assignments
        ),
        requests=lapsed(ticket.requests, line),
        callbacks=tuple(c if c.ended_at else replace(c, ended_at=line.at) for c in ticket.callbacks),
        overlays=tuple(
            replace(o, ended_at=line.at) if o.kind in ENDS_WITH_TICKET and o.ended_at is None else o
            for o in ticket.overlays
        ),
    )


ENDS_WITH_TICKET = frozenset({OverlayKind.SHELVED, OverlayKind.LOW_RATING, OverlayKind.RECTIFICATION})


def lapsed(requests: tuple[Request, ...], line: Line, keep: Asked | None = None) -> tuple[Request, ...]:
    return tuple(
        replace(r, decision=Decision.LAPSED, decided_at=line.at)
        if r.decision is Decision.PENDING and r.asked is not keep and r.asked not in OUTLIVES_TICKET
        else r
        for r in requests
    )


def next_id(items: tuple[Any, ...]) -> int:
    return len(items) + 1


def with_assignment(ticket: Ticket, assignment_id: int, **changes: Any) -> Ticket:
    return replace(
        ticket,
        assignments=tuple(replace(a, **changes) if a.id == assignment_id else a for a in ticket.assignments),
    )


def decided(ticket: Ticket, request_id: int, decision: Decision, line: Line) -> Ticket:
    return replace(
        ticket,
        requests=tuple(
            replace(r, decision=decision, decided_at=line.at, decided_by=line.by, note=line.reason)
            if r.id == request_id
            else r
            for r in ticket.requests
        ),
    )


def asks(ticket: Ticket, line: Line, asked: Asked, assignment_id: int, **more: Any) -> Ticket:
    assignment = ticket.assignment(assignment_id)
    assert assignment is not None
    request = Request(
        id=next_id(ticket.requests),
        asked=asked,
        assignment_id=assignment_id,
        unit_id=assignment.unit_id,
        at=line.at,
        by=line.by,
        reason=line.reason,
        **more,
    )
    return replace(ticket, requests=(*ticket.requests, request))


def overlay(ticket: Ticket, line: Line, kind: OverlayKind, **more: Any) -> Ticket:
    added = Overlay(id=next_id(ticket.overlays), kind=kind, at=line.at, by=line.by, **more)
    return replace(ticket, overlays=(*ticket.overlays, added))


def overlays_ended(ticket: Ticket, line: Line, kind: OverlayKind) -> Ticket:
    """Those of one kind that were still open."""
    return replace(
        ticket,
        overlays=tuple(
            replace(o, ended_at=line.at) if o.kind is kind and o.ended_at is None else o for o in ticket.overlays
        ),
    )


def share(ticket: Ticket, given: f.Share, part: Part, line: Line, **more: Any) -> Ticket:
    """One more assignment, waiting for its signature."""
    times = given.times
    assignment = Assignment(
        id=next_id(ticket.assignments),
        part=part,
        unit_id=given.unit_id,
        unit_path=given.unit_path,
        stage=Stage.TO_SIGN,
        round=ticket.round,
        dispatched_at=line.at,
        finish_due=times.finish_due,
        first_finish_due=times.finish_due,
        sign_due=times.sign_due,
        contact_due=times.contact_due,
        return_until=times.return_until,
        pack=times.pack,
        basis=given.basis,
        **more,
    )
    return replace(ticket, assignments=(*ticket.assignments, assignment))


def sent(ticket: Ticket, lead: f.Share, assists: tuple[f.Share, ...], line: Line, automatic: bool = False) -> Ticket:
    ticket = share(ticket, lead, Part.LEAD, line, automatic=automatic)
    lead_id = ticket.assignments[-1].id
    for given in assists:
        ticket = share(ticket, given, Part.ASSIST, line, parent_id=lead_id, automatic=automatic)
    return replace(ticket, dispatched_at=ticket.dispatched_at or line.at)


def recalled(ticket: Ticket, stage: Stage, line: Line) -> Ticket:
    """The lead leaves with `stage`; whoever assisted it is recalled with it."""
    return replace(
        ticket,
        assignments=tuple(
            a
            if not a.active
            else replace(a, stage=stage if a.part is Part.LEAD else Stage.RECALLED, finished_at=line.at)
            for a in ticket.assignments
        ),
    )


def spoken_with(ticket: Ticket, line: Line) -> Ticket:
    """Somebody has reached the citizen: what a low rating asks for first is done."""
    return overlays_ended(ticket, line, OverlayKind.LOW_RATING)
