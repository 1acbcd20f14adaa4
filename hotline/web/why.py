"""The deadlines of a ticket and why they are what they are."""

from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.dispatch.assignments import computed
from hotline.infra.http import answer, services
from hotline.sla.actions import clocks
from hotline.sla.calendar import Counted
from hotline.tickets import actions
from hotline.tickets.http import guarded, ticket_id_of
from hotline.tickets.ticket import Assignment
from hotline.tickets.verbs import Desk


class Why(msgspec.Struct, frozen=True):
    """One assignment's clocks: what is in force, and the days that were counted when it was sent."""

    assignment: Assignment
    computed_finish: datetime
    """What the pack gives without extensions; differs from the one in force when extended or capped by a parent."""
    why: dict[str, tuple[Counted, ...]]
    warning: str | None


class DeadlinesView(msgspec.Struct, frozen=True):
    ticket_id: int
    items: list[Why]


async def deadlines(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/deadlines"""
    desk = Desk(services(request).settings, services(request).cipher)
    async with services(request).pool.acquire() as conn:
        ticket = await actions.access(conn, ticket_id_of(request), actor=actor_of(request))
        items = []
        for assignment in ticket.assignments:
            given = await clocks(conn, desk, assignment.dispatched_at)
            due = computed(ticket, given, assignment.dispatched_at, rework=assignment.round > 0)
            items.append(Why(assignment, due.finish_due, due.why, due.warning))
        return answer(await guarded(conn, request, ticket, DeadlinesView(ticket.id, items)))
