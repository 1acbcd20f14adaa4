"""延期: how long, how often, and by whom granted."""

from datetime import datetime

from hotline.directory.people import Actor, Role
from hotline.sla.actions import Clocks
from hotline.sla.deadlines import extended, for_unit
from hotline.tickets.ticket import Assignment, Ticket


def new_due(
    ticket: Ticket, assignment: Assignment, working_days: int, *, clocks: Clocks, asked_at: datetime, actor: Actor
) -> datetime:
    """The deadline after an extension; ExtensionRefused says which limit stands in the way.

    Judged by when it was asked for: a unit that asked in time does not lose by a slow review."""
    return extended(
        for_unit(clocks.policy, assignment.unit_path),
        clocks.calendar,
        kind=ticket.kind.value,
        urgency=ticket.urgency.value,
        started=assignment.dispatched_at,
        current_due=assignment.finish_due,
        times_before=assignment.extensions,
        leader=actor.has(Role.CENTRE_LEADER),
        now=asked_at,
        working_days=working_days,
        rework=assignment.round > 0,
    )
