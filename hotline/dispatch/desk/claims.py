"""领取: one dispatcher at a time has a ticket in hand, for as long as it is open on their desk."""

from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.errors import Conflict
from hotline.tickets.guards import GuardRefused
from hotline.tickets.lifecycle import STATE_NAMES
from hotline.tickets.states import State
from hotline.tickets.ticket import Ticket

LASTS = timedelta(minutes=3)
"""A desk renews every minute; a closed one lets go after this."""
CLAIMABLE = frozenset({State.REGISTERED, State.CONSULTING, State.RETURN_REVIEW})
"""What waits for a dispatcher."""


class Claim(msgspec.Struct, frozen=True):
    ticket_id: int
    person_id: int
    name: str
    since: datetime
    until: datetime


class Claimed(Conflict):
    """Somebody else has the ticket in hand."""

    code: ClassVar[str] = "claimed"


def refuse_claimed(claim: Claim) -> Claimed:
    return Claimed(
        f"{claim.name}于 {claim.since.astimezone(BEIJING):%H:%M} 领取了工单 {claim.ticket_id};如需由您处理,请先接手。",
        ticket_id=claim.ticket_id,
        name=claim.name,
        since=claim.since.isoformat(),
    )


def refuse_unclaimable(ticket: Ticket) -> None:
    if ticket.state not in CLAIMABLE:
        name = STATE_NAMES[ticket.state]
        raise GuardRefused(f"工单 {ticket.id} 当前为“{name}”,不在派单台上,无须领取。", ticket_id=ticket.id)
