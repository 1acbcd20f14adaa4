"""What each event changes besides the state. Effects never refuse and never look at a clock: given the ticket and a
history line they give the ticket after, so replaying the lines gives the stored ticket."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from hotline.tickets import facts as f
from hotline.tickets.history import Happened
from hotline.tickets.states import (
    ENDED,
    Asked,
    Closing,
    Decision,
    Disposition,
    Event,
    Light,
    Outcome,
    OverlayKind,
    Part,
    Solved,
    Stage,
    State,
)
from hotline.tickets.ticket import Assignment, Callback, Overlay, Reply, Request, Ticket, Times

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


ENDS_WITH_TICKET = frozenset({OverlayKind.SHELVED, OverlayKind.LOW_RATING})


def lapsed(requests: tuple[Request, ...], line: Line, keep: Asked | None = None) -> tuple[Request, ...]:
    return tuple(
        replace(r, decision=Decision.LAPSED, decided_at=line.at)
        if r.decision is Decision.PENDING and r.asked not in (keep, Asked.APPEAL)
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
    callback = Callback(id=next_id(ticket.callbacks), round=ticket.round, opened_at=line.at, due=fact.callback_due)
    return replace(ticket, callbacks=(*ticket.callbacks, callback))


def callback_ended(ticket: Ticket, line: Line, **result: Any) -> Ticket:
    found = ticket.open_callback
    if found is None:
        return ticket
    ended = replace(found, ended_at=line.at, by=line.by, **result)
    return replace(ticket, callbacks=tuple(ended if c.id == found.id else c for c in ticket.callbacks))


@effect(Event.ATTEMPT_CALLBACK)
def _callback_attempted(ticket: Ticket, fact: f.AttemptCallback, line: Line) -> Ticket:
    found = next(c for c in ticket.callbacks if c.id == fact.callback_id)
    by_page = fact.channel == f.PAGE
    unhappy = fact.rating is not None and (fact.solved is Solved.NO or fact.rating < 3)
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


def spoken_with(ticket: Ticket, line: Line) -> Ticket:
    """Somebody has reached the citizen: what a low rating asks for is done."""
    return replace(
        ticket,
        overlays=tuple(
            replace(o, ended_at=line.at) if o.kind is OverlayKind.LOW_RATING and o.ended_at is None else o
            for o in ticket.overlays
        ),
    )


@effect(Event.LOW_RATING)
def _rated_low(ticket: Ticket, fact: f.LowRating, line: Line) -> Ticket:
    return overlay(ticket, line, OverlayKind.LOW_RATING, level=fact.rating, origin=str(fact.callback_id), due=fact.due)


@effect(Event.APPEAL)
def _appealed(ticket: Ticket, fact: f.Appeal, line: Line) -> Ticket:
    more = {"basis": fact.evidence, "callback_id": fact.callback_id}
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
    return overlay(ticket, line, OverlayKind.SHELVED, text=fact.plan, due=fact.milestone, origin=fact.leader)


@effect(Event.RESUME)
def _resumed(ticket: Ticket, fact: f.Resume, line: Line) -> Ticket:
    lead = ticket.lead
    assert lead is not None
    ticket = with_assignment(ticket, lead.id, finish_due=max(lead.finish_due, fact.times.finish_due))
    return replace(
        ticket,
        overlays=tuple(
            replace(o, ended_at=line.at) if o.kind is OverlayKind.SHELVED and o.ended_at is None else o
            for o in ticket.overlays
        ),
    )


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


@effect(Event.MARK_DIFFICULT)
def _marked_difficult(ticket: Ticket, fact: f.MarkDifficult, line: Line) -> Ticket:
    return overlay(ticket, line, OverlayKind.DIFFICULT, origin=fact.kind, text=line.reason, number=" ".join(fact.rules))


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


NO_EFFECT = frozenset(set(Event) - set(EFFECTS) - {Event.CREATE})
"""Events that only move the state, or only leave a line."""

__all__ = ["EFFECTS", "NO_EFFECT", "apply", "begin", "replay"]
