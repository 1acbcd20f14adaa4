"""Who may see a ticket and who may do what to it: one table, asked in one place (docs/rules.md C.3, C.4).

What a person may not see does not exist for them (404); what they may see but not do is refused (403)."""

from hotline.directory.people import CENTRE, UNIT, Actor, Role
from hotline.infra.errors import Forbidden, NotFound
from hotline.tickets.lifecycle import EVENT_NAMES, allowed
from hotline.tickets.states import Channel, Event, State
from hotline.tickets.ticket import Assignment, Ticket

R, E = Role, Event

CHIEFS = frozenset({R.SUPERVISOR, R.CENTRE_LEADER})
DISPATCH = frozenset({R.DISPATCHER, R.SYSTEM}) | CHIEFS
INTAKE = frozenset({R.AGENT, R.SHIFT_LEADER, R.DISPATCHER, R.SYSTEM, R.CITIZEN, R.API_CLIENT}) | CHIEFS
REVIEW = frozenset({R.REVIEWER}) | CHIEFS
CALLERS = frozenset({R.CALLBACK, R.SECRET_CALLBACK, R.SUPERVISOR, R.CITIZEN, R.SYSTEM})
HANDS = frozenset({R.UNIT_LIAISON, R.UNIT_REVIEWER, R.UNIT_LEADER, R.HANDLER})
SIGNERS = frozenset({R.UNIT_LIAISON, R.UNIT_REVIEWER, R.UNIT_LEADER})
HEADS = frozenset({R.UNIT_REVIEWER, R.UNIT_LEADER})

MAY: dict[Event, frozenset[Role]] = {
    E.CREATE: INTAKE,
    E.ANSWER_DIRECTLY: INTAKE - {R.CITIZEN, R.SYSTEM, R.API_CLIENT},
    E.REDIRECT: INTAKE - {R.CITIZEN, R.SYSTEM, R.API_CLIENT},
    E.REGISTER: INTAKE,
    E.MERGE: INTAKE - {R.CITIZEN, R.API_CLIENT},
    E.UNMERGE: frozenset({R.DISPATCHER, R.SYSTEM}) | CHIEFS,
    E.ANSWER_WITH_MASTER: frozenset({R.SYSTEM}),
    E.CLOSE_WITH_MASTER: frozenset({R.SYSTEM}),
    E.CLASSIFY: INTAKE - {R.CITIZEN, R.API_CLIENT},
    E.DISPATCH: DISPATCH,
    E.CONSULT: DISPATCH,
    E.RULE: CHIEFS,
    E.SIGN: SIGNERS,
    E.REQUEST_RETURN: HEADS,
    E.APPROVE_RETURN: frozenset({R.DISPATCHER}) | CHIEFS,
    E.REFUSE_RETURN: frozenset({R.DISPATCHER}) | CHIEFS,
    E.ESCALATE_RETURN: frozenset({R.DISPATCHER}) | CHIEFS,
    E.REQUEST_EXTENSION: SIGNERS,
    E.GRANT_EXTENSION: REVIEW,
    E.DENY_EXTENSION: REVIEW,
    E.CONTACT: HANDS,
    E.ASSIST: SIGNERS,
    E.ASSIST_REPLY: HANDS,
    E.RECALL: SIGNERS | {R.DISPATCHER} | CHIEFS,
    E.ASSIGN_PERSON: SIGNERS,
    E.ATTACH: HANDS | REVIEW | {R.AGENT, R.SHIFT_LEADER, R.DISPATCHER, R.CALLBACK, R.SUPERVISION},
    E.REPLY: HANDS,
    E.REFUSE_REPLY: REVIEW,
    E.APPROVE_REPLY: REVIEW,
    E.ATTEMPT_CALLBACK: CALLERS,
    E.CLOSE: CALLERS,
    E.SEND_BACK: CALLERS,
    E.CONCLUDE: CHIEFS,
    E.LOW_RATING: CALLERS,
    E.RATE: frozenset({R.CITIZEN}),
    E.APPEAL: HEADS,
    E.DECIDE_APPEAL: REVIEW,
    E.REQUEST_EXCLUSION: HEADS,
    E.DECIDE_EXCLUSION: REVIEW,
    E.REQUEST_SHELVING: HEADS,
    E.SHELVE: CHIEFS,
    E.DENY_SHELVING: CHIEFS,
    E.RESUME: CHIEFS | {R.SYSTEM},
    E.WITHDRAW: frozenset({R.AGENT, R.SHIFT_LEADER, R.CALLBACK, R.CITIZEN}) | CHIEFS,
    E.REQUEST_TERMINATION: HEADS,
    E.TERMINATE: REVIEW,
    E.DENY_TERMINATION: REVIEW,
    E.URGE: frozenset({R.AGENT, R.SHIFT_LEADER, R.SUPERVISION, R.CALLBACK, R.CITIZEN, R.SYSTEM}) | CHIEFS,
    E.SUPERVISE: frozenset({R.SUPERVISION, R.SYSTEM}) | CHIEFS,
    E.ANSWER_LETTER: SIGNERS | {R.SYSTEM},
    E.REVIEW_LETTER: frozenset({R.SUPERVISION, R.SYSTEM}) | REVIEW,
    E.MARK_DIFFICULT: frozenset({R.SUPERVISION}) | CHIEFS,
    E.STRIKE_OFF: CALLERS,
    E.INSTRUCT: frozenset({R.CITY_LEADER, R.CENTRE_LEADER}),
    E.ARCHIVE: CHIEFS | {R.SYSTEM},
    E.REOPEN: CHIEFS,
    E.VOID: frozenset({R.SHIFT_LEADER}) | CHIEFS,
    E.MARK_DEADLINE: frozenset({R.SYSTEM}),
    E.RECOMPUTE: frozenset({R.SYSTEM}) | CHIEFS,
    E.HAND_OVER: frozenset({R.SYSTEM}),
}

READERS = CENTRE | {R.CITY_LEADER, R.SYSTEM}
"""See every ticket. The administrators are not among them: they keep the system, not its contents."""
SEERS = (READERS - {R.SYSTEM}) | UNIT | {R.POLICE_LIAISON}
"""Have tickets to see at all; everybody else is told so at the door."""


def may_see(actor: Actor, ticket: Ticket) -> bool:
    if actor.has(*READERS):
        return True
    if actor.has(*UNIT):
        return not actor.records_of.isdisjoint(ticket.units)
    return actor.has(R.POLICE_LIAISON) and ticket.channel is Channel.POLICE_110


def own_share(actor: Actor, assignment: Assignment) -> bool:
    """The unit's own share, or one passed down below it."""
    return not actor.records_of.isdisjoint(assignment.unit_path)


def share_for(actor: Actor, ticket: Ticket) -> Assignment | None:
    """The active share this person works on; their very unit's before one of a unit below."""
    own = [a for a in ticket.active if a.unit_id == actor.unit_id]
    return next(iter(own or [a for a in ticket.active if own_share(actor, a)]), None)


def check_see(actor: Actor, ticket: Ticket) -> None:
    if not may_see(actor, ticket):
        raise NotFound(f"没有工单 {ticket.id}。")


AFTERWARDS = frozenset({E.APPEAL, E.REQUEST_EXCLUSION})
"""What a unit may still do when its share has ended: it is about what the share counts for."""


def works_on(actor: Actor, event: Event, ticket: Ticket) -> bool:
    """Whether a share of the person's unit lets them do this."""
    afterwards = event in AFTERWARDS or (event is E.ATTACH and ticket.state is State.CLOSED)
    return any(own_share(actor, a) for a in ticket.assignments if a.active or afterwards)


def check(actor: Actor, event: Event, ticket: Ticket) -> None:
    """Raise NotFound or Forbidden unless the person may do this to this ticket."""
    if not actor.has(R.CITIZEN):
        check_see(actor, ticket)
    if actor.roles.isdisjoint(MAY[event]):
        raise Forbidden(
            f"您的岗位不能{EVENT_NAMES[event]},如确有需要请联系中心主管。", event=event.value, ticket_id=ticket.id
        )
    if actor.roles.isdisjoint(READERS | {R.CITIZEN, R.API_CLIENT}) and not works_on(actor, event, ticket):
        raise Forbidden(f"本单位现在不承办工单 {ticket.id},不能{EVENT_NAMES[event]}。", event=event.value)


def possible(actor: Actor, ticket: Ticket) -> tuple[Event, ...]:
    """What this person may try now: allowed by the state and by their role."""
    return tuple(e for e in allowed(ticket.state) if permitted(actor, e, ticket))


def permitted(actor: Actor, event: Event, ticket: Ticket) -> bool:
    try:
        check(actor, event, ticket)
    except (NotFound, Forbidden):
        return False
    return True
