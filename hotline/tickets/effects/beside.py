"""Effects beside the road: shelved, terminated, urged, supervised, marked, recomputed, handed over."""

from datetime import datetime
from typing import Any

from hotline.tickets import facts as f
from hotline.tickets.effects.core import (
    Line,
    asks,
    decided,
    effect,
    lapsed,
    overlay,
    overlays_ended,
    replace,
    sent,
    with_assignment,
)
from hotline.tickets.effects.sending import signed_late
from hotline.tickets.states import (
    Asked,
    Decision,
    Event,
    Light,
    OverlayKind,
    Part,
    Stage,
)
from hotline.tickets.ticket import Assignment, Ticket, Times


@effect(Event.REQUEST_SHELVING)
def _shelving_requested(ticket: Ticket, fact: f.RequestShelving, line: Line) -> Ticket:
    return asks(
        ticket,
        line,
        Asked.SHELVING,
        fact.assignment_id,
        plan=fact.plan,
        milestone=fact.milestone,
        basis=fact.leader,
    )


@effect(Event.SHELVE)
def _shelved(ticket: Ticket, fact: f.Shelve, line: Line) -> Ticket:
    if fact.request_id is not None:
        ticket = decided(ticket, fact.request_id, Decision.GRANTED, line)
    ticket = replace(ticket, requests=lapsed(ticket.requests, line))
    ticket = overlays_ended(ticket, line, OverlayKind.SHELVED)
    return overlay(ticket, line, OverlayKind.SHELVED, text=fact.plan, due=fact.milestone, origin=fact.leader)


@effect(Event.RESUME)
def _resumed(ticket: Ticket, fact: f.Resume, line: Line) -> Ticket:
    lead = ticket.lead
    assert lead is not None
    ticket = with_assignment(ticket, lead.id, finish_due=max(lead.finish_due, fact.times.finish_due))
    return overlays_ended(ticket, line, OverlayKind.SHELVED)


@effect(Event.REQUEST_TERMINATION)
def _termination_requested(ticket: Ticket, fact: f.RequestTermination, line: Line) -> Ticket:
    return asks(ticket, line, Asked.TERMINATION, fact.assignment_id, basis=fact.ground)


@effect(Event.TERMINATE)
def _terminated(ticket: Ticket, fact: f.Terminate, line: Line) -> Ticket:
    if fact.request_id is not None:
        ticket = decided(ticket, fact.request_id, Decision.GRANTED, line)
    return replace(ticket, closing=fact.closing)


@effect(Event.URGE)
def _urged(ticket: Ticket, fact: f.Urge, line: Line) -> Ticket:
    return overlay(ticket, line, OverlayKind.URGE, origin=fact.origin, text=fact.text)


@effect(Event.SUPERVISE)
def _supervised(ticket: Ticket, fact: f.Supervise, line: Line) -> Ticket:
    return overlay(
        ticket,
        line,
        OverlayKind.SUPERVISION,
        level=fact.level,
        text=fact.ground,
        due=fact.due,
        number=fact.number,
    )


@effect(Event.ANSWER_LETTER)
def _letter_answered(ticket: Ticket, fact: f.AnswerLetter, line: Line) -> Ticket:
    return letter_ended(ticket, fact.overlay_id, line.at)


@effect(Event.REVIEW_LETTER)
def _letter_reviewed(ticket: Ticket, fact: f.ReviewLetter, line: Line) -> Ticket:
    return ticket if fact.accepted else letter_ended(ticket, fact.overlay_id, None)


def letter_ended(ticket: Ticket, overlay_id: int, at: datetime | None) -> Ticket:
    return replace(
        ticket, overlays=tuple(replace(o, ended_at=at) if o.id == overlay_id else o for o in ticket.overlays)
    )


@effect(Event.MARK_DIFFICULT)
def _marked_difficult(ticket: Ticket, fact: f.MarkDifficult, line: Line) -> Ticket:
    return overlay(ticket, line, OverlayKind.DIFFICULT, origin=fact.kind, text=line.reason, number=" ".join(fact.rules))


@effect(Event.STRIKE_OFF)
def _struck_off(ticket: Ticket, fact: f.StrikeOff, line: Line) -> Ticket:
    return overlays_ended(ticket, line, OverlayKind.DIFFICULT)


@effect(Event.INSTRUCT)
def _instructed(ticket: Ticket, fact: f.Instruct, line: Line) -> Ticket:
    return overlay(ticket, line, OverlayKind.INSTRUCTION, text=fact.text, due=fact.due, origin="leader")


@effect(Event.REOPEN)
def _reopened(ticket: Ticket, fact: f.Reopen, line: Line) -> Ticket:
    ticket = replace(ticket, round=ticket.round + 1, ended_at=None, closing=None, disposition=None, forbid_return=True)
    return sent(ticket, fact.lead, (), line)


LIGHT_ORDER = {None: 0, Light.NEAR: 1, Light.ORANGE: 2, Light.LATE: 3, Light.VERY_LATE: 4}


@effect(Event.MARK_DEADLINE)
def _deadline_marked(ticket: Ticket, fact: f.MarkDeadline, line: Line) -> Ticket:
    assignment = ticket.assignment(fact.assignment_id)
    if fact.clock != "finish" or assignment is None or assignment.part is not Part.LEAD:
        return ticket
    return replace(ticket, worst=max(ticket.worst, fact.light, key=LIGHT_ORDER.__getitem__))


@effect(Event.RECOMPUTE)
def _recomputed(ticket: Ticket, fact: f.Recompute, line: Line) -> Ticket:
    if fact.times is None:
        return ticket if fact.due is None else item_due(ticket, fact.clock, fact.item, fact.due)
    found = ticket.assignment(fact.assignment_id)
    late = signed_late(found.signed_at, fact.times.sign_due) if found else None
    ticket = with_assignment(ticket, fact.assignment_id, signed_late=late, **clocks(fact.times))
    return kept_inside(ticket, fact.assignment_id)


def kept_inside(ticket: Ticket, parent_id: int) -> Ticket:
    """No task of those below ends after the one above it."""
    parent = ticket.assignment(parent_id)
    assert parent is not None
    for child in ticket.active:
        if child.parent_id == parent_id and child.finish_due > parent.finish_due:
            ticket = with_assignment(ticket, child.id, finish_due=parent.finish_due)
            ticket = kept_inside(ticket, child.id)
    return ticket


def item_due(ticket: Ticket, clock: str, item: int, due: datetime) -> Ticket:
    if clock == "callback":
        calls = tuple(replace(c, due=due) if c.id == item else c for c in ticket.callbacks)
        return replace(ticket, callbacks=calls)
    return replace(ticket, overlays=tuple(replace(o, due=due) if o.id == item else o for o in ticket.overlays))


def clocks(times: Times) -> dict[str, Any]:
    return {
        "finish_due": times.finish_due,
        "sign_due": times.sign_due,
        "contact_due": times.contact_due,
        "return_until": times.return_until,
        "pack": times.pack,
    }


@effect(Event.HAND_OVER)
def _handed_over(ticket: Ticket, fact: f.HandOver, line: Line) -> Ticket:
    for handed in fact.shares:
        ticket = with_assignment(ticket, handed.assignment_id, unit_id=handed.unit_id, unit_path=handed.unit_path)
    return replace(folded(ticket, line), accused_unit=fact.accused_unit or ticket.accused_unit)


def folded(ticket: Ticket, line: Line) -> Ticket:
    """No unit works on a ticket twice: of two shares that came into one hand the lead's stays, or the one with more
    time, and whoever was drawn in by the other is now drawn in by it."""
    kept: dict[int, Assignment] = {}
    for a in sorted(ticket.active, key=lambda a: (a.part is Part.LEAD, a.finish_due, -a.id), reverse=True):
        kept.setdefault(a.unit_id, a)
    into = {a.id: kept[a.unit_id].id for a in ticket.active if kept[a.unit_id].id != a.id}
    for doubled, stays in into.items():
        ticket = with_assignment(ticket, doubled, stage=Stage.RECALLED, finished_at=line.at)
        for below in [a for a in ticket.active if a.parent_id == doubled and a.id != stays]:
            ticket = with_assignment(ticket, below.id, parent_id=stays)
    return ticket
