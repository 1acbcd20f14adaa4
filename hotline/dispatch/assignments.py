"""主办 and 协办: the share each unit is given, with its clocks."""

from datetime import datetime

from hotline.directory.units import Unit
from hotline.sla.actions import Clocks
from hotline.sla.deadlines import Deadlines, deadlines
from hotline.tickets.facts import Share
from hotline.tickets.ticket import Ticket, Times


def computed(ticket: Ticket, clocks: Clocks, start: datetime, *, rework: bool = False) -> Deadlines:
    """All limits of an assignment that starts at `start`: the clock runs from dispatch, not from signing (docs/rules.md B.4)."""
    return deadlines(
        clocks.policy,
        clocks.calendar,
        kind=ticket.kind.value,
        urgency=ticket.urgency.value,
        start=start,
        rework=rework,
        confidential=ticket.confidential,
    )


def times(due: Deadlines, *, returnable: bool = True) -> Times:
    return Times(
        finish_due=due.finish_due,
        sign_due=due.sign_due,
        contact_due=due.contact_due,
        return_until=due.return_until if returnable else None,
        pack=f"{due.pack}@{due.pack_version}",
    )


def share(unit: Unit, given: Times, basis: str = "") -> Share:
    return Share(unit_id=unit.id, unit_path=unit.path, times=given, basis=basis)
