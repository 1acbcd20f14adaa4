"""退单: what a reviewer must know before deciding on a return (docs/rules.md C.3, 10-13)."""

from datetime import datetime

import msgspec

from hotline.directory.units import Directory
from hotline.infra.clock import BEIJING
from hotline.routing.entries import EntryView
from hotline.tickets.lifecycle import MAX_RETURNS, goes_round
from hotline.tickets.states import Asked, Decision, Part
from hotline.tickets.ticket import Request, Ticket


class EarlierReturn(msgspec.Struct, frozen=True):
    """A return of the same ticket that has been decided."""

    unit: str
    at: datetime
    reason: str
    basis: str
    proposed: str | None
    decision: Decision
    note: str


class Review(msgspec.Struct, frozen=True):
    """退单审核单."""

    ticket_id: int
    version: int
    request_id: int
    unit_id: int
    unit: str
    asked_at: datetime
    reason: str
    basis: str
    proposed_unit: int | None
    proposed: str | None
    returns: int
    """退单 granted so far."""
    goes_round: bool
    """A→B→A: the proposed unit has had the ticket before."""
    to_consultation: bool
    """Whether approving it leads to a ruling."""
    remarks: tuple[str, ...]
    entry: EntryView | None = None
    """What the catalogue says, which the objector disputes."""
    earlier: tuple[EarlierReturn, ...] = ()


def review(ticket: Ticket, asked: Request, directory: Directory, entry: EntryView | None = None) -> Review:
    """The return on the table, with every reason to think twice."""
    proposed = asked.proposed_unit
    again = proposed is not None and goes_round(ticket, proposed)
    last = ticket.returns + 1 >= MAX_RETURNS
    remarks = [*before(ticket, proposed, directory)] if proposed is not None else []
    if last:
        remarks.append(f"本工单已退回 {ticket.returns} 次,同意本次退单后须会商裁定。")
    elif again:
        remarks.append("同意后不再改派,转入派前会商,由中心裁定。")
    return Review(
        ticket_id=ticket.id,
        version=ticket.version,
        request_id=asked.id,
        unit_id=asked.unit_id,
        unit=name_of(directory, asked.unit_id),
        asked_at=asked.at,
        reason=asked.reason,
        basis=asked.basis,
        proposed_unit=proposed,
        proposed=name_of(directory, proposed) if proposed is not None else None,
        returns=ticket.returns,
        goes_round=again,
        to_consultation=last or again,
        remarks=tuple(remarks),
        entry=entry,
        earlier=earlier(ticket, asked, directory),
    )


def earlier(ticket: Ticket, asked: Request, directory: Directory) -> tuple[EarlierReturn, ...]:
    return tuple(
        EarlierReturn(
            unit=name_of(directory, r.unit_id),
            at=r.at,
            reason=r.reason,
            basis=r.basis,
            proposed=name_of(directory, r.proposed_unit) if r.proposed_unit is not None else None,
            decision=r.decision,
            note=r.note,
        )
        for r in ticket.requests
        if r.asked is Asked.RETURN and r.id != asked.id
    )


def before(ticket: Ticket, proposed: int, directory: Directory) -> list[str]:
    """What the proposed unit has had to do with the ticket so far."""
    name = name_of(directory, proposed)
    returned = [
        f"{name}已于 {r.at.astimezone(BEIJING):%Y-%m-%d %H:%M} 退回过本工单,依据:{r.basis}。"
        for r in ticket.requests
        if r.asked is Asked.RETURN and r.unit_id == proposed and r.decision is Decision.GRANTED
    ]
    if returned:
        return returned
    had = [a for a in ticket.assignments if a.part is Part.LEAD and a.unit_id == proposed]
    return [f"{name}此前承办过本工单。"] if had else []


def name_of(directory: Directory, unit_id: int) -> str:
    unit = directory.unit(unit_id)
    return unit.name if unit else f"单位 {unit_id}"
