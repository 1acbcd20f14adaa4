"""What guards are made of: the refusal, the registry, and the questions several of them ask."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from hotline.directory.people import Actor, Role
from hotline.infra.errors import HotlineError
from hotline.tickets import facts as f
from hotline.tickets.states import (
    Asked,
    Decision,
    Event,
    Kind,
)
from hotline.tickets.ticket import Assignment, Request, Ticket

FORESEEABLE = timedelta(days=3660)
MAX_ROUNDS = 2
"""Rework rounds; a third dissatisfaction goes to a supervisor, never round again (C.3, 21-22)."""


class GuardRefused(HotlineError):
    """The state would allow it, the rules do not."""

    code: ClassVar[str] = "not_allowed"
    status: ClassVar[int] = 422


def check(ticket: Ticket, fact: f.Fact, *, at: datetime, actor: Actor, reason: str) -> None:
    """Raise GuardRefused with the first sentence a guard gives."""
    if fact.event in REASON_NEEDED and not reason.strip():
        raise GuardRefused("请填写理由。", ticket_id=ticket.id, event=fact.event.value)
    if fact.event in DECISIONS and interested(ticket, actor):
        raise GuardRefused("本工单反映的是您所在的单位,按回避规定请由他人处理。", ticket_id=ticket.id)
    guard = GUARDS.get(fact.event)
    refusal = guard(ticket, fact, at, actor) if guard else None
    if refusal:
        raise GuardRefused(refusal, ticket_id=ticket.id, event=fact.event.value)


REASON_NEEDED = frozenset(
    {
        Event.REQUEST_RETURN,
        Event.REFUSE_RETURN,
        Event.REQUEST_EXTENSION,
        Event.DENY_EXTENSION,
        Event.REQUEST_TERMINATION,
        Event.TERMINATE,
        Event.DENY_TERMINATION,
        Event.REQUEST_SHELVING,
        Event.DENY_SHELVING,
        Event.RULE,
        Event.VOID,
        Event.REOPEN,
        Event.CONCLUDE,
        Event.APPEAL,
        Event.DECIDE_APPEAL,
        Event.REQUEST_EXCLUSION,
        Event.DECIDE_EXCLUSION,
    }
)

DECISIONS = frozenset(
    {
        Event.DISPATCH,
        Event.CONSULT,
        Event.RULE,
        Event.APPROVE_RETURN,
        Event.REFUSE_RETURN,
        Event.ESCALATE_RETURN,
        Event.GRANT_EXTENSION,
        Event.DENY_EXTENSION,
        Event.APPROVE_REPLY,
        Event.REFUSE_REPLY,
        Event.SHELVE,
        Event.DENY_SHELVING,
        Event.TERMINATE,
        Event.DENY_TERMINATION,
        Event.CONCLUDE,
        Event.VOID,
    }
)
"""What nobody decides of a ticket that accuses their own unit (回避, 济南 §32)."""


def interested(ticket: Ticket, actor: Actor) -> bool:
    """Whether the ticket accuses the person's own unit. Of the centre itself, only its leader is left to decide."""
    if ticket.accused_unit is None or actor.has(Role.CENTRE_LEADER):
        return False
    return ticket.accused_unit == actor.unit_id or ticket.accused_unit in actor.unit_path


Guard = Callable[[Ticket, f.Fact, datetime, Actor], str | None]
GUARDS: dict[Event, Guard] = {}


def guards(event: Event) -> Callable[[Guard], Guard]:
    def register(guard: Guard) -> Guard:
        GUARDS[event] = guard
        return guard

    return register


def active(ticket: Ticket, assignment_id: int) -> Assignment | None:
    found = ticket.assignment(assignment_id)
    return found if found and found.active else None


def pending(ticket: Ticket, request_id: int, asked: Asked) -> Request | None:
    return next(
        (r for r in ticket.requests if r.id == request_id and r.asked is asked and r.decision is Decision.PENDING),
        None,
    )


def sharing(ticket: Ticket, lead: f.Share, assists: tuple[f.Share, ...]) -> str | None:
    """Who may be given a share at all (C.3, 6)."""
    units = [lead.unit_id, *(s.unit_id for s in assists)]
    if len(set(units)) != len(units):
        return "同一单位不能既主办又协办,请去掉重复的单位。"
    if ticket.kind is Kind.REPORT and ticket.accused_unit is not None:
        for share in (lead, *assists):
            if ticket.accused_unit in share.unit_path:
                return "举报件不得派给被举报单位或其下属单位,请改派上级或监督部门。"
    if any(s.times.finish_due > lead.times.finish_due for s in assists):
        return "协办时限不得晚于主办时限。"
    return None
