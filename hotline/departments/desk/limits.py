"""What a unit may ask of the centre now, and how much of it: said before the form is filled in, not after."""

from datetime import datetime

import msgspec

from hotline.departments.desk.store import Went
from hotline.departments.extension import new_due
from hotline.directory.people import Actor, Role
from hotline.sla.actions import Clocks
from hotline.sla.deadlines import ExtensionRefused
from hotline.tickets import facts as f
from hotline.tickets.guards.core import GUARDS
from hotline.tickets.states import Asked, Event
from hotline.tickets.ticket import Assignment, Ticket

MOST_DAYS = 40
"""No pack puts a ticket off further than this; where the counting stops."""


class ReturnLimits(msgspec.Struct, frozen=True):
    """退单: whether it is open to the unit, and how such returns have ended."""

    refusal: str | None
    """Why not; None: it may be asked for."""
    until: datetime | None
    granted_here: int
    """退单 granted on this very ticket."""
    asked: int
    """Of the same category within a year, by every unit."""
    granted: int
    own_asked: int
    own_granted: int
    went: tuple[Went, ...]
    """Where those went that were granted."""


class ExtensionLimits(msgspec.Struct, frozen=True):
    """延期: which new deadlines are possible."""

    refusal: str | None
    due: datetime | None
    times: int
    by_leader: bool
    """Only the centre's leader can grant it."""
    offers: tuple[datetime, ...]
    """The deadline after one, two … working days more."""


class ExtensionAsked(msgspec.Struct, frozen=True):
    """延期申请, as who decides on it needs it: what each number of days leads to, in their own hands."""

    ticket_id: int
    unit_id: int
    days: int
    due: datetime
    times: int
    """Granted before on this task."""
    offers: tuple[datetime, ...]
    """The deadline after one, two … working days more."""
    refusal: str | None
    """Why no more than these can be granted by this person; none where the days asked for are among them."""


class Limits(msgspec.Struct, frozen=True):
    ticket_id: int
    version: int
    returns: ReturnLimits
    extension: ExtensionLimits


def return_refusal(ticket: Ticket, share: Assignment, now: datetime, actor: Actor) -> str | None:
    """The guard's own sentence, asked with a form that lacks nothing."""
    fact = f.RequestReturn(assignment_id=share.id, basis="依据", proposed_unit=0)
    return GUARDS[Event.REQUEST_RETURN](ticket, fact, now, actor)


def extension(ticket: Ticket, share: Assignment, clocks: Clocks, now: datetime, actor: Actor) -> ExtensionLimits:
    asked = f.RequestExtension(share.id, 1, "进展", True)
    refusal = GUARDS[Event.REQUEST_EXTENSION](ticket, asked, now, actor)
    leader = msgspec.structs.replace(actor, roles=frozenset({Role.CENTRE_LEADER}))
    offers, stopped = offered(ticket, share, clocks, now, leader)
    _, as_usual = offered(ticket, share, clocks, now, msgspec.structs.replace(actor, roles=frozenset()), most=1)
    return ExtensionLimits(
        refusal=refusal or (None if offers else stopped),
        due=share.finish_due,
        times=share.extensions,
        by_leader=bool(offers) and as_usual is not None,
        offers=offers if refusal is None else (),
    )


def asked_for(ticket: Ticket, clocks: Clocks, actor: Actor) -> ExtensionAsked | None:
    """The extension that waits for a decision; judged, as the grant is, by when it was asked for."""
    found = ticket.pending(Asked.EXTENSION)
    share = ticket.assignment(found.assignment_id) if found else None
    if found is None or share is None:
        return None
    days = found.amount or 1
    offers, stopped = offered(ticket, share, clocks, found.at, actor)
    refusal = stopped if len(offers) < days else None
    return ExtensionAsked(ticket.id, share.unit_id, days, share.finish_due, share.extensions, offers, refusal)


def offered(
    ticket: Ticket, share: Assignment, clocks: Clocks, now: datetime, granter: Actor, *, most: int = MOST_DAYS
) -> tuple[tuple[datetime, ...], str | None]:
    """The deadlines this granter could give, and the rule that ends the row."""
    parent = ticket.assignment(share.parent_id) if share.parent_id else None
    found: list[datetime] = []
    for days in range(1, most + 1):
        try:
            due = new_due(ticket, share, days, clocks=clocks, asked_at=now, actor=granter)
        except ExtensionRefused as refused:
            return tuple(found), refused.message
        if parent and due > parent.finish_due:
            return tuple(found), "下级任务的时限不得晚于上级任务的时限。"
        found.append(due)
    return tuple(found), None
