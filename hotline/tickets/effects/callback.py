"""Effects of the citizen's verdict: called back, closed, sent back, appealed."""

from typing import Any

from hotline.tickets import facts as f
from hotline.tickets.effects.core import (
    Line,
    asks,
    decided,
    effect,
    overlay,
    overlays_ended,
    replace,
    sent,
    spoken_with,
)
from hotline.tickets.states import (
    Asked,
    Closing,
    Decision,
    Event,
    Outcome,
    OverlayKind,
)
from hotline.tickets.ticket import Ticket


def callback_ended(ticket: Ticket, line: Line, **result: Any) -> Ticket:
    found = ticket.open_callback
    if found is None:
        return ticket
    ended = replace(found, ended_at=line.at, by=line.by, **result)
    return replace(ticket, callbacks=tuple(ended if c.id == found.id else c for c in ticket.callbacks))


@effect(Event.ATTEMPT_CALLBACK)
def _callback_attempted(ticket: Ticket, fact: f.AttemptCallback, line: Line) -> Ticket:
    found = next(c for c in ticket.callbacks if c.id == fact.callback_id)
    by_page = fact.channel in f.UNAIDED
    unhappy = fact.rating is not None and f.unhappy(fact.solved, fact.rating)
    given_up = fact.counted and fact.next_after is None
    tried = replace(
        found,
        attempts=found.attempts + 1,
        last_attempt_at=line.at,
        tries=found.tries + fact.counted,
        next_after=fact.next_after,
        awaits_call=by_page and unhappy if by_page or fact.reached else found.awaits_call and not given_up,
    )
    if fact.rating is not None:
        tried = replace(tried, solved=fact.solved, rating=fact.rating, dissatisfied_with=fact.dissatisfied_with)
    ticket = replace(ticket, callbacks=tuple(tried if c.id == found.id else c for c in ticket.callbacks))
    return spoken_with(ticket, line) if fact.reached and not by_page else ticket


@effect(Event.RATE)
def _rated(ticket: Ticket, fact: f.Rate, line: Line) -> Ticket:
    if not f.unhappy(fact.solved, fact.rating):
        return ticket
    return replace(ticket, closing=None, disposition=None, ended_at=None, registered_at=line.at)


@effect(Event.LOW_RATING)
def _rated_low(ticket: Ticket, fact: f.LowRating, line: Line) -> Ticket:
    more = {"level": fact.rating, "origin": str(fact.callback_id)}
    ticket = overlay(ticket, line, OverlayKind.LOW_RATING, due=fact.due, **more)
    if fact.rectify is None:
        return ticket
    ticket = overlays_ended(ticket, line, OverlayKind.RECTIFICATION)
    return overlay(ticket, line, OverlayKind.RECTIFICATION, due=fact.rectify, **more)


@effect(Event.APPEAL)
def _appealed(ticket: Ticket, fact: f.Appeal, line: Line) -> Ticket:
    more = {"basis": fact.evidence, "plan": fact.ground, "callback_id": fact.callback_id}
    return asks(ticket, line, Asked.APPEAL, fact.assignment_id, **more)


@effect(Event.DECIDE_APPEAL)
def _appeal_decided(ticket: Ticket, fact: f.DecideAppeal, line: Line) -> Ticket:
    asked = next(r for r in ticket.requests if r.id == fact.request_id)
    ticket = decided(ticket, fact.request_id, Decision.GRANTED if fact.granted else Decision.REFUSED, line)
    if not fact.granted:
        return ticket
    return replace(
        ticket,
        callbacks=tuple(replace(c, excluded=True) if c.id == asked.callback_id else c for c in ticket.callbacks),
    )


@effect(Event.REQUEST_EXCLUSION)
def _exclusion_requested(ticket: Ticket, fact: f.RequestExclusion, line: Line) -> Ticket:
    return asks(ticket, line, Asked.EXCLUSION, fact.assignment_id, basis=fact.evidence, plan=fact.ground)


@effect(Event.DECIDE_EXCLUSION)
def _exclusion_decided(ticket: Ticket, fact: f.DecideExclusion, line: Line) -> Ticket:
    asked = next(r for r in ticket.requests if r.id == fact.request_id)
    ticket = decided(ticket, fact.request_id, Decision.GRANTED if fact.granted else Decision.REFUSED, line)
    return replace(ticket, exempt=asked.plan) if fact.granted else ticket


@effect(Event.CLOSE)
def _closed(ticket: Ticket, fact: f.Close, line: Line) -> Ticket:
    ticket = callback_ended(ticket, line, outcome=fact.outcome, solved=fact.solved, rating=fact.rating)
    return replace(ticket, closing=Closing.HANDLED)


@effect(Event.SEND_BACK)
def _sent_back(ticket: Ticket, fact: f.SendBack, line: Line) -> Ticket:
    ticket = callback_ended(
        ticket,
        line,
        outcome=Outcome.DISSATISFIED,
        solved=fact.solved,
        rating=fact.rating,
        dissatisfied_with=fact.dissatisfied_with,
    )
    return sent(replace(ticket, round=ticket.round + 1), fact.lead, (), line)


@effect(Event.CONCLUDE)
def _concluded(ticket: Ticket, fact: f.Conclude, line: Line) -> Ticket:
    found = ticket.open_callback
    rating = fact.rating or (found.rating if found else None)
    solved = fact.solved or (found.solved if found else None)
    outcome = None if rating is None else Outcome.DISSATISFIED
    why = fact.dissatisfied_with or (found.dissatisfied_with if found else None)
    ticket = callback_ended(ticket, line, outcome=outcome, solved=solved, rating=rating, dissatisfied_with=why)
    if not ticket.has_overlay(OverlayKind.DIFFICULT):
        ticket = overlay(ticket, line, OverlayKind.DIFFICULT, origin="conclude", text=line.reason)
    return replace(ticket, closing=fact.closing)
