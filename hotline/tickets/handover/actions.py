"""Give every open share the unit and the place in the tree that the directory says now."""

from datetime import datetime

import msgspec

from hotline.directory.people import Actor, Role
from hotline.directory.store import load_directory
from hotline.directory.units import Directory
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict
from hotline.tickets.actions import hold
from hotline.tickets.facts import Handed, HandOver
from hotline.tickets.guards import GuardRefused
from hotline.tickets.handover import store
from hotline.tickets.ticket import Ticket


async def follow_directory(conn: Connection, *, actor: Actor, now: datetime, reason: str) -> int:
    """One history line on every ticket concerned; how many there were.

    The name in the line is the administrator's, the power to write it is the system's: they never see the ticket."""
    keeper = msgspec.structs.replace(actor, roles=frozenset({Role.SYSTEM}), unit_id=None, unit_path=(), inherited=())
    directory, handed = await load_directory(conn), 0
    for ticket_id in await store.stale(conn):
        held = await hold(conn, ticket_id, actor=keeper, now=now)
        fact = what_moved(held.ticket, directory)
        if fact is None:
            continue
        try:
            await held.do(fact, reason)
        except GuardRefused as refused:
            raise Conflict(refused.message, ticket_id=ticket_id) from refused
        handed += 1
    return handed


def what_moved(ticket: Ticket, directory: Directory) -> HandOver | None:
    shares = tuple(
        Handed(share.id, unit.id, unit.path)
        for share in ticket.active
        if (unit := directory.standing(share.unit_id)) and (unit.id, unit.path) != (share.unit_id, share.unit_path)
    )
    accused = directory.standing(ticket.accused_unit) if ticket.accused_unit is not None else None
    heir = accused.id if accused and accused.id != ticket.accused_unit else None
    return HandOver(shares, heir) if shares or heir is not None else None


async def refuse_open_work(conn: Connection, unit_id: int, name: str) -> None:
    """A unit with open work is not closed: somebody must have it."""
    if count := await store.open_of_unit(conn, unit_id):
        raise Conflict(f"“{name}”还有 {count} 件在办工单,请先办结或改派,或把它并入其他单位。", open_tickets=count)
