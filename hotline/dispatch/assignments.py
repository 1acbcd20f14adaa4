"""主办 and 协办: the share each unit is given, with its clocks."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.directory.units import Unit
from hotline.sla.actions import Clocks
from hotline.sla.deadlines import Deadlines, deadlines, for_unit
from hotline.tickets.facts import Share
from hotline.tickets.ticket import Ticket, Times


def computed(
    ticket: Ticket, clocks: Clocks, start: datetime, path: Sequence[int], *, rework: bool = False
) -> Deadlines:
    """All limits of an assignment that starts at `start`: the clock runs from dispatch, not from signing (docs/rules.md B.4).

    `path` leads to the unit: it may work hours of its own."""
    return deadlines(
        for_unit(clocks.policy, path),
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


def within(given: Times, latest: datetime) -> Times:
    """Who assists is never asked for later than the one they help, whatever hours they work."""
    return msgspec.structs.replace(given, finish_due=min(given.finish_due, latest))


def share(unit: Unit, given: Times, basis: str = "") -> Share:
    return Share(unit_id=unit.id, unit_path=unit.path, times=given, basis=basis)
