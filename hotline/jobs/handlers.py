"""What follows an event: one table. Every handler may run twice: it looks at the ticket before it acts."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hotline.callback import actions as callbacks
from hotline.classify import store as classify_store
from hotline.classify.actions import loaded, serving
from hotline.classify.classifier import Answers, Classifier
from hotline.classify.urgency import higher
from hotline.directory.people import SYSTEM
from hotline.dispatch import actions as dispatch
from hotline.infra.db import Connection
from hotline.infra.http import Services
from hotline.intake.form import NOT_CHOSEN, OPEN_TO_PUBLIC
from hotline.jobs.merged import follow_master
from hotline.routing import actions as routing
from hotline.routing import store as routing_store
from hotline.routing.decide import Decision
from hotline.routing.facts import Guess, facts_of, guesses_of
from hotline.sla import actions as sla
from hotline.tickets import facts as f
from hotline.tickets import store as tickets
from hotline.tickets.actions import Held
from hotline.tickets.guards import GuardRefused
from hotline.tickets.handover import actions as handover
from hotline.tickets.states import Asked, Kind, State
from hotline.tickets.ticket import Ticket
from hotline.tickets.verbs import Desk

log = logging.getLogger(__name__)


async def take_in(conn: Connection, ticket_id: int, payload: dict[str, Any] | None, *, services: Services) -> None:
    """Ask the classifier, keep what it said, and let the router have its turn. What a person chose stands."""
    now = services.clock.now()
    model = await classifier(services, now)
    matter = await tickets.load_matter(conn, ticket_id)
    # Off the loop: a long letter must not hold up the other jobs.
    said = await asyncio.to_thread(model.suggest, matter.title, matter.content) if model else None
    async with sla.working(conn, ticket_id, actor=SYSTEM, now=now, desk=desk(services)) as held:
        if held.ticket.state is not State.REGISTERED:
            return
        if said is not None:
            await classify_store.save_prediction(conn, ticket_id, said, now)
            if held.ticket.category is None:
                await held.do(classified(held.ticket, said))
        await route(held, guesses_of(said) if said else (), services, proposed=(payload or {}).get("proposed"))
        await sla.watch_dispatch(held, desk(services))


async def classifier(services: Services, now: datetime) -> Classifier | None:
    """Loading takes a second and happens once, in a thread; afterwards it is at hand."""
    data = services.settings.data
    return loaded(data) or await asyncio.to_thread(serving, data, now)


def classified(ticket: Ticket, said: Answers) -> f.Classify:
    """The kind a citizen left open is filled in, one they chose stands; urgency is only ever raised (recall first)."""
    best = said.category[0]
    left_open = ticket.channel in OPEN_TO_PUBLIC and ticket.kind is NOT_CHOSEN
    return f.Classify(
        category=best.code,
        confidence=round(best.confidence, 4),
        kind=Kind(said.kind.label) if left_open else None,
        urgency=higher(ticket.urgency, said.urgency),
        model=said.model,
    )


async def route_again(conn: Connection, ticket_id: int, payload: dict[str, Any] | None, *, services: Services) -> None:
    """A person set the category: the router decides on that."""
    now = services.clock.now()
    async with sla.working(conn, ticket_id, actor=SYSTEM, now=now, desk=desk(services)) as held:
        if held.ticket.state is State.REGISTERED:
            await route(held, (), services)


async def route(held: Held, guesses: tuple[Guess, ...], services: Services, *, proposed: int | None = None) -> None:
    """Dispatch what is clear; leave the rest in the pool with the reasons why a person must decide."""
    trust = services.settings.auto_dispatch_threshold
    decision = await routing.route(held.conn, facts_of(held.ticket, guesses, proposed), trust=trust, now=held.now)
    automatic = await send(held, decision, desk(services))
    await routing_store.save_decision(held.conn, held.ticket.id, decision, automatic=automatic, now=held.now)


async def send(held: Held, decision: Decision, desk: Desk) -> bool:
    """Whether the ticket went out by itself."""
    best = decision.best
    if decision.unit_id is None or best is None:
        return False
    try:
        await dispatch.dispatch(
            held,
            decision.unit_id,
            best.assists,
            desk,
            basis=best.because[0],
            automatic=True,
            because=decision.because,
        )
    except GuardRefused as refused:
        # The guards have the last word over the router: then a person decides.
        log.info("ticket %s is not dispatched by itself: %s", held.ticket.id, refused.message)
        return False
    return True


class Recomputed(msgspec.Struct, frozen=True):
    """A batch of a change of the calendar or of a pack."""

    change: int
    tickets: tuple[int, ...]


async def recompute_deadlines(
    conn: Connection, ticket_id: int, payload: dict[str, Any] | None, *, services: Services
) -> None:
    """The calendar or a pack was changed: open deadlines follow."""
    batch = msgspec.convert(payload, Recomputed)
    await sla.recompute_tickets(conn, batch.tickets, batch.change, services.clock.now(), desk(services))


async def archive_ticket(
    conn: Connection, ticket_id: int, payload: dict[str, Any] | None, *, services: Services
) -> None:
    """归档, thirty days after the end (docs/rules.md C.3, 30)."""
    now = services.clock.now()
    async with sla.working(conn, ticket_id, actor=SYSTEM, now=now, desk=desk(services)) as held:
        ended = held.ticket.ended_at
        undecided = held.ticket.pending(Asked.APPEAL) is not None
        if held.ticket.state is State.CLOSED and ended is not None and now - ended >= ARCHIVE_AFTER and not undecided:
            await held.do(f.Archive())


ARCHIVE_AFTER = timedelta(days=30)


async def end_unasked(conn: Connection, ticket_id: int, payload: dict[str, Any] | None, *, services: Services) -> None:
    """Outside the sample, and the page was not answered in time (docs/rules.md F.3)."""
    async with sla.working(conn, ticket_id, actor=SYSTEM, now=services.clock.now(), desk=desk(services)) as held:
        await callbacks.end_unasked(held)


async def follow_directory(
    conn: Connection, ticket_id: int, payload: dict[str, Any] | None, *, services: Services
) -> None:
    """A unit was merged or moved a moment ago: whoever was dispatching at that moment had still read the old tree."""
    reason = str((payload or {}).get("reason", ""))
    await handover.follow_directory(conn, actor=SYSTEM, now=services.clock.now(), reason=reason)


def desk(services: Services) -> Desk:
    return Desk(services.settings, services.cipher)


FOLLOWS = {
    "ticket.registered": (take_in,),
    "ticket.classified": (route_again,),
    "calendar.changed": (recompute_deadlines,),
    "ticket.archivable": (archive_ticket,),
    "callback.page_alone": (end_unasked,),
    "master.moved": (follow_master,),
    "directory.changed": (follow_directory,),
}
