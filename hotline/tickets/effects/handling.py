"""Effects of a unit's work: signed, extended, assisted, replied, reviewed."""

from hotline.tickets import facts as f
from hotline.tickets.effects.core import (
    Line,
    asks,
    decided,
    effect,
    lapsed,
    next_id,
    replace,
    share,
    spoken_with,
    with_assignment,
)
from hotline.tickets.states import (
    Asked,
    Decision,
    Event,
    Stage,
)
from hotline.tickets.ticket import Assignment, Callback, Reply, Ticket


@effect(Event.REQUEST_EXTENSION)
def _extension_requested(ticket: Ticket, fact: f.RequestExtension, line: Line) -> Ticket:
    return asks(ticket, line, Asked.EXTENSION, fact.assignment_id, amount=fact.amount, plan=fact.progress)


@effect(Event.GRANT_EXTENSION)
def _extension_granted(ticket: Ticket, fact: f.GrantExtension, line: Line) -> Ticket:
    request = next(r for r in ticket.requests if r.id == fact.request_id)
    assignment = ticket.assignment(request.assignment_id)
    assert assignment is not None
    ticket = decided(ticket, fact.request_id, Decision.GRANTED, line)
    return with_assignment(ticket, assignment.id, finish_due=fact.due, extensions=assignment.extensions + 1)


@effect(Event.DENY_EXTENSION, Event.DENY_SHELVING, Event.DENY_TERMINATION)
def _request_denied(ticket: Ticket, fact: f.DenyExtension | f.DenyShelving | f.DenyTermination, line: Line) -> Ticket:
    return decided(ticket, fact.request_id, Decision.REFUSED, line)


@effect(Event.CONTACT)
def _contacted(ticket: Ticket, fact: f.Contact, line: Line) -> Ticket:
    found = ticket.assignment(fact.assignment_id)
    if not fact.reached or found is None:
        return ticket
    ticket = spoken_with(ticket, line)
    if found.contacted_at:
        return ticket
    return with_assignment(ticket, fact.assignment_id, contacted_at=line.at)


@effect(Event.ASSIST)
def _assisted(ticket: Ticket, fact: f.Assist, line: Line) -> Ticket:
    return share(ticket, fact.share, fact.part, line, parent_id=fact.parent_id)


@effect(Event.ASSIST_REPLY)
def _assist_replied(ticket: Ticket, fact: f.AssistReply, line: Line) -> Ticket:
    found = ticket.assignment(fact.assignment_id)
    assert found is not None
    if fact.waived:
        return taken_back(ticket, found, line)
    late = line.at > found.finish_due
    return with_assignment(ticket, fact.assignment_id, stage=Stage.DONE, finished_at=line.at, late=late)


def taken_back(ticket: Ticket, task: Assignment, line: Line) -> Ticket:
    """The task and all that was passed down from it; what was asked for it lapses."""
    gone = {task.id}
    for a in ticket.assignments:  # a child always stands after its parent
        if a.parent_id in gone and a.active:
            gone.add(a.id)
    return replace(
        ticket,
        assignments=tuple(
            replace(a, stage=Stage.RECALLED, finished_at=line.at) if a.id in gone else a for a in ticket.assignments
        ),
        requests=tuple(
            replace(r, decision=Decision.LAPSED, decided_at=line.at)
            if r.decision is Decision.PENDING and r.assignment_id in gone
            else r
            for r in ticket.requests
        ),
    )


@effect(Event.RECALL)
def _assist_recalled(ticket: Ticket, fact: f.Recall, line: Line) -> Ticket:
    found = ticket.assignment(fact.assignment_id)
    assert found is not None
    return taken_back(ticket, found, line)


@effect(Event.ASSIGN_PERSON)
def _person_assigned(ticket: Ticket, fact: f.AssignPerson, line: Line) -> Ticket:
    return with_assignment(ticket, fact.assignment_id, person_id=fact.person_id)


@effect(Event.REPLY)
def _replied(ticket: Ticket, fact: f.Answered, line: Line) -> Ticket:
    lead = ticket.lead
    assert lead is not None
    reply = Reply(
        id=next_id(ticket.replies),
        assignment_id=lead.id,
        round=ticket.round,
        at=line.at,
        by=line.by,
        found_true=fact.found_true,
        solved=fact.solved,
        digest=fact.digest,
        due=lead.finish_due,
    )
    ticket = with_assignment(ticket, lead.id, stage=Stage.REPLIED)
    return replace(ticket, replies=(*ticket.replies, reply), requests=lapsed(ticket.requests, line))


def reply_decided(ticket: Ticket, decision: Decision, line: Line, reasons: tuple[str, ...] = ()) -> Ticket:
    reply = ticket.open_reply
    assert reply is not None
    done = replace(reply, decision=decision, reasons=reasons, decided_at=line.at, decided_by=line.by)
    return replace(ticket, replies=tuple(done if r.id == reply.id else r for r in ticket.replies))


@effect(Event.REFUSE_REPLY)
def _reply_refused(ticket: Ticket, fact: f.RefuseReply, line: Line) -> Ticket:
    lead = ticket.lead
    assert lead is not None
    ticket = reply_decided(ticket, Decision.REFUSED, line, fact.reasons)
    return with_assignment(ticket, lead.id, stage=Stage.REFUSED)


@effect(Event.APPROVE_REPLY)
def _reply_approved(ticket: Ticket, fact: f.ApproveReply, line: Line) -> Ticket:
    lead, reply = ticket.lead, ticket.open_reply
    assert lead is not None
    assert reply is not None
    ticket = reply_decided(ticket, Decision.GRANTED, line)
    ticket = with_assignment(ticket, lead.id, stage=Stage.DONE, finished_at=reply.at, late=reply.at > reply.due)
    callback = Callback(
        id=next_id(ticket.callbacks), round=ticket.round, opened_at=line.at, due=fact.callback_due, sampled=fact.sampled
    )
    return replace(ticket, callbacks=(*ticket.callbacks, callback))
