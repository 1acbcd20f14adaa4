"""The deadlines of a ticket and why they are what they are."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.dispatch.assignments import computed
from hotline.infra.db import Connection
from hotline.infra.http import answer, services
from hotline.sla.actions import Clocks, clocks
from hotline.sla.calendar import BusinessHours, Counted
from hotline.sla.deadlines import for_unit
from hotline.sla.policy import Policy, limits_of
from hotline.sla.store import load_versions
from hotline.tickets import actions
from hotline.tickets.effects import apply, begin
from hotline.tickets.facts import Recompute
from hotline.tickets.history import Happened
from hotline.tickets.http import guarded, ticket_id_of
from hotline.tickets.lines import store as lines_store
from hotline.tickets.states import Event
from hotline.tickets.ticket import Assignment, Ticket
from hotline.tickets.verbs import Desk

PAUSES = frozenset({Event.SHELVE, Event.RESUME})


class Step(msgspec.Struct, frozen=True):
    """What moved the time to finish after it was given, or stopped it and let it go on."""

    at: datetime
    event: Event
    because: str
    old: datetime
    new: datetime


class Why(msgspec.Struct, frozen=True):
    """One assignment's clocks: what is in force, and the days that were counted."""

    assignment: Assignment
    computed_finish: datetime
    """What the pack gives without extensions; differs from the one in force when extended or capped by a parent."""
    why: dict[str, tuple[Counted, ...]]
    limits: dict[str, str]
    """What the pack gives for each clock, in words: 5个工作日."""
    pack: str
    """Which pack and version that is: the one in force for this share, since a new version came the new one."""
    first_pack: str
    """By which it was sent."""
    first_limit: str
    """And what that gave to finish."""
    warning: str | None
    hours: BusinessHours
    """The hours this unit works."""
    own_hours: bool
    """They are the unit's own, or of one above it, and not those of the whole city."""
    steps: list[Step]


class DeadlinesView(msgspec.Struct, frozen=True):
    ticket_id: int
    items: list[Why]


async def deadlines(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/deadlines"""
    desk = Desk(services(request).settings, services(request).cipher)
    async with services(request).pool.acquire() as conn:
        ticket = await actions.access(conn, ticket_id_of(request), actor=actor_of(request))
        first, steps = course([line.happened for line in await lines_store.history(conn, ticket.id)])
        items = []
        for share in ticket.assignments:
            given = await _given(conn, desk, share.pack, share.dispatched_at)
            sent = await _given(conn, desk, first.get(share.id, share.pack), share.dispatched_at)
            due = computed(ticket, given, share.dispatched_at, share.unit_path, rework=share.round > 0)
            own = for_unit(given.policy, share.unit_path)
            kind, urgency = ticket.kind.value, ticket.urgency.value
            rule = own.rule(kind, urgency, rework=share.round > 0)
            told = Why(
                assignment=share,
                computed_finish=due.finish_due,
                why=due.why,
                limits={name: limit.spoken() for name, limit in limits_of(rule) if name in due.why},
                pack=_named(own),
                first_pack=_named(sent.policy),
                first_limit=sent.policy.rule(kind, urgency, rework=share.round > 0).finish.spoken(),
                warning=due.warning,
                hours=own.hours,
                own_hours=own is not given.policy,
                steps=steps.get(share.id, []),
            )
            items.append(told)
        return answer(await guarded(conn, request, ticket, DeadlinesView(ticket.id, items)))


def _named(pack: Policy) -> str:
    return f"{pack.title} 第 {pack.version} 版"


async def _given(conn: Connection, desk: Desk, label: str, at: datetime) -> Clocks:
    """By the version a share was given; one whose version is not known any more, by the one of its day."""
    found = await clocks(conn, desk, at)
    name, _, number = label.partition("@")
    versions = await load_versions(conn, name) if name else ()
    held = next((one for one in versions if str(one.version) == number), found.policy)
    return msgspec.structs.replace(found, policy=held)


def course(lines: Sequence[Happened]) -> tuple[dict[int, str], dict[int, list[Step]]]:
    """By assignment: the pack it began with; the lines after which it had another time to finish, or that stopped it."""
    first: dict[int, str] = {}
    found: dict[int, list[Step]] = {}
    ticket: Ticket | None = None
    for line in lines:
        before, ticket = ticket, begin(line) if ticket is None else apply(ticket, line)
        for share in ticket.assignments:
            first.setdefault(share.id, share.pack)
        for share in before.active if before else ():
            now = ticket.assignment(share.id)
            paused = line.fact.event in PAUSES and before is not None and before.lead == share
            if now and (now.finish_due != share.finish_due or paused):
                step = Step(line.at, line.fact.event, because(line), share.finish_due, now.finish_due)
                found.setdefault(share.id, []).append(step)
    return first, found


def because(line: Happened) -> str:
    return line.fact.because if isinstance(line.fact, Recompute) else line.reason
