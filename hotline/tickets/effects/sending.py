"""Effects of intake and dispatch: classified, merged, sent, returned, ruled."""

from datetime import datetime

from hotline.tickets import facts as f
from hotline.tickets.effects.core import (
    Line,
    asks,
    decided,
    effect,
    lapsed,
    next_id,
    overlays_ended,
    recalled,
    replace,
    sent,
    share,
    with_assignment,
)
from hotline.tickets.states import (
    Asked,
    Closing,
    Decision,
    Disposition,
    Event,
    OverlayKind,
    Part,
    Stage,
    State,
)
from hotline.tickets.ticket import Callback, Ticket


@effect(Event.ANSWER_DIRECTLY)
def _answered(ticket: Ticket, fact: f.AnswerDirectly, line: Line) -> Ticket:
    return replace(ticket, closing=Closing.ANSWERED, disposition=Disposition.ANSWERED)


@effect(Event.REDIRECT)
def _redirected(ticket: Ticket, fact: f.Redirect, line: Line) -> Ticket:
    return replace(ticket, closing=Closing.TOLD, disposition=fact.disposition)


@effect(Event.REGISTER)
def _registered(ticket: Ticket, fact: f.Register, line: Line) -> Ticket:
    return replace(ticket, registered_at=line.at)


@effect(Event.MERGE)
def _merged(ticket: Ticket, fact: f.Merge, line: Line) -> Ticket:
    return replace(ticket, master_id=fact.master_id)


@effect(Event.UNMERGE)
def _unmerged(ticket: Ticket, fact: f.Unmerge, line: Line) -> Ticket:
    return replace(ticket, master_id=None, ended_at=None, registered_at=ticket.registered_at or line.at)


@effect(Event.ANSWER_WITH_MASTER)
def _answered_with_master(ticket: Ticket, fact: f.AnswerWithMaster, line: Line) -> Ticket:
    """The work was the master's; that it was done for this caller too is written down, so that a rework finds its unit."""
    ticket = share(ticket, fact.share, Part.LEAD, line)
    done = with_assignment(
        ticket,
        ticket.assignments[-1].id,
        stage=Stage.DONE,
        dispatched_at=fact.dispatched_at,
        signed_at=fact.signed_at,
        signed_late=signed_late(fact.signed_at, fact.share.times.sign_due),
        finished_at=fact.finished_at,
        late=fact.late,
    )
    callback = Callback(id=next_id(done.callbacks), round=done.round, opened_at=line.at, due=fact.callback_due)
    return replace(done, callbacks=(*done.callbacks, callback), ended_at=None)


@effect(Event.CLOSE_WITH_MASTER)
def _closed_with_master(ticket: Ticket, fact: f.CloseWithMaster, line: Line) -> Ticket:
    return replace(ticket, closing=fact.closing, ended_at=line.at)


@effect(Event.CLASSIFY)
def _classified(ticket: Ticket, fact: f.Classify, line: Line) -> Ticket:
    return replace(
        ticket,
        category=fact.category,
        confidence=fact.confidence,
        kind=fact.kind or ticket.kind,
        urgency=fact.urgency or ticket.urgency,
        region=fact.region or ticket.region,
    )


@effect(Event.DISPATCH)
def _dispatched(ticket: Ticket, fact: f.Dispatch, line: Line) -> Ticket:
    return sent(ticket, fact.lead, fact.assists, line, fact.automatic)


@effect(Event.RULE)
def _ruled(ticket: Ticket, fact: f.Rule, line: Line) -> Ticket:
    """Whoever had it gives it up: what they had asked for lapses, and what was shelved is taken up again."""
    ticket = overlays_ended(recalled(ticket, Stage.RECALLED, line), line, OverlayKind.SHELVED)
    ticket = replace(ticket, requests=lapsed(ticket.requests, line), resume_to=None)
    return replace(sent(ticket, fact.lead, fact.assists, line), forbid_return=True)


@effect(Event.SIGN)
def _signed(ticket: Ticket, fact: f.Sign, line: Line) -> Ticket:
    found = ticket.assignment(fact.assignment_id)
    late = signed_late(line.at, found.sign_due) if found else None
    return with_assignment(ticket, fact.assignment_id, stage=Stage.IN_HAND, signed_at=line.at, signed_late=late)


def signed_late(at: datetime | None, due: datetime | None) -> bool | None:
    return at > due if at and due else None


@effect(Event.REQUEST_RETURN)
def _return_requested(ticket: Ticket, fact: f.RequestReturn, line: Line) -> Ticket:
    ticket = asks(ticket, line, Asked.RETURN, fact.assignment_id, basis=fact.basis, proposed_unit=fact.proposed_unit)
    ticket = with_assignment(ticket, fact.assignment_id, stage=Stage.RETURN_REVIEW)
    return replace(ticket, resume_to=line.source)


@effect(Event.APPROVE_RETURN)
def _return_approved(ticket: Ticket, fact: f.ApproveReturn, line: Line) -> Ticket:
    ticket = decided(ticket, fact.request_id, Decision.GRANTED, line)
    ticket = replace(recalled(ticket, Stage.RETURNED, line), returns=ticket.returns + 1, resume_to=None)
    ticket = replace(ticket, requests=lapsed(ticket.requests, line))
    return ticket if line.target is State.CONSULTING else sent(ticket, fact.lead, fact.assists, line)


@effect(Event.REFUSE_RETURN)
def _return_refused(ticket: Ticket, fact: f.RefuseReturn, line: Line) -> Ticket:
    ticket = decided(ticket, fact.request_id, Decision.REFUSED, line)
    lead = ticket.lead
    assert lead is not None
    stage = Stage.IN_HAND if lead.signed_at else Stage.TO_SIGN
    return replace(with_assignment(ticket, lead.id, stage=stage), forbid_return=True, resume_to=None)


@effect(Event.ESCALATE_RETURN)
def _return_escalated(ticket: Ticket, fact: f.EscalateReturn, line: Line) -> Ticket:
    ticket = decided(ticket, fact.request_id, Decision.GRANTED, line)
    ticket = replace(recalled(ticket, Stage.RETURNED, line), returns=ticket.returns + 1, resume_to=None)
    return replace(ticket, requests=lapsed(ticket.requests, line))
