"""Which deadlines of an assignment are being waited for, and when their lights change."""

from datetime import datetime

from hotline.sla.calendar import Calendar
from hotline.sla.deadlines import DeadlineKind, Timer, runs_by_clock, timer
from hotline.sla.policy import Policy
from hotline.tickets.states import Stage
from hotline.tickets.ticket import Assignment, Ticket


def awaited(assignment: Assignment) -> dict[DeadlineKind, datetime]:
    """What the unit still owes, with its due time. While a reply is under review nothing is owed (E.2)."""
    if not assignment.active:
        return {}
    owed = {
        DeadlineKind.SIGN: assignment.sign_due if assignment.signed_at is None else None,
        DeadlineKind.CONTACT: assignment.contact_due if assignment.contacted_at is None else None,
        DeadlineKind.FINISH: assignment.finish_due if assignment.stage is not Stage.REPLIED else None,
    }
    return {kind: due for kind, due in owed.items() if due}


def watched(ticket: Ticket, assignment: Assignment, kind: DeadlineKind, policy: Policy, calendar: Calendar) -> Timer:
    """The moments at which the light of one deadline changes."""
    rule = policy.rule(ticket.kind.value, ticket.urgency.value, rework=assignment.round > 0)
    limit = {DeadlineKind.SIGN: rule.sign, DeadlineKind.CONTACT: rule.contact}.get(kind, rule.finish)
    due = awaited(assignment)[kind]
    return timer(policy, calendar, kind=kind, start=assignment.dispatched_at, due=due, by_clock=runs_by_clock(limit))
