"""What follows an event: one table. Every handler may run twice: it looks at the ticket before it acts."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hotline.callback import actions as callbacks
from hotline.callback.surveys import actions as surveys
from hotline.classify import store as classify_store
from hotline.classify.actions import chosen_otherwise, classifier_in_use
from hotline.classify.classifier import Answers
from hotline.classify.corrections import store as corrections
from hotline.classify.corrections.store import Override, Shown
from hotline.classify.urgency import higher
from hotline.directory.people import SYSTEM
from hotline.dispatch import actions as dispatch
from hotline.infra.db import Connection
from hotline.infra.http import Services
from hotline.intake.form import NOT_CHOSEN, OPEN_TO_PUBLIC
from hotline.jobs.merged import follow_master
from hotline.jobs.together import Follows, Payloads, Together
from hotline.routing import actions as routing
from hotline.routing import store as routing_store
from hotline.routing.decide import Decision
from hotline.routing.facts import Guess, facts_of, guesses_of
from hotline.routing.precedents import actions as precedents
from hotline.routing.store import Taken
from hotline.sla import actions as sla
from hotline.tickets import facts as f
from hotline.tickets import store as records
from hotline.tickets.actions import Held
from hotline.tickets.guards import GuardRefused
from hotline.tickets.handover import actions as handover
from hotline.tickets.states import OUTLIVES_TICKET, Kind, State
from hotline.tickets.ticket import Ticket
from hotline.tickets.verbs import Desk

log = logging.getLogger(__name__)


async def take_in(conn: Connection, letters: Payloads, *, services: Services) -> None:
    """Ask the classifier, keep what it said, and let the router have its turn. What a person chose stands.

    A set of letters costs as many statements as one (docs/decisions/0006)."""
    now = services.clock.now()
    said = await classify(conn, list(letters), services, now)
    async with sla.working_all(conn, list(letters), actor=SYSTEM, now=now, desk=desk(services)) as every:
        held = [one for one in every if one.ticket.state is State.REGISTERED]
        trust = (await routing.in_force(conn, services.settings, now)).threshold
        taken = [
            await take_in_one(one, said.get(one.ticket.id), letters[one.ticket.id], services, trust) for one in held
        ]
    mine = {one.ticket.id for one in held}
    shown = {letter: answers for letter, answers in said.items() if letter in mine}
    numbers = await classify_store.save_predictions(conn, shown, now) if shown else []
    if taken:
        await routing_store.save_decisions(conn, taken, now)
        await precedents.sent_by_themselves(conn, taken, now)
    await corrections.save(conn, agents_own(held, shown, numbers, taken, letters), now)
    await sla.watch_dispatch(conn, held, desk(services), now)


def agents_own(
    held: Sequence[Held], said: Mapping[int, Answers], numbers: Sequence[int], taken: Sequence[Taken], letters: Payloads
) -> list[Override]:
    """Where the agent chose a category or named a unit, and classifier or router would have said otherwise."""
    chosen = {
        one.ticket.id: one.ticket.category
        for one in held
        if one.ticket.category and one.ticket.confidence is None and one.ticket.channel not in OPEN_TO_PUBLIC
    }
    kept = chosen_otherwise(said, dict(zip(said, numbers, strict=True)), chosen)
    for one in taken:
        first = max(one.candidates, key=lambda c: c.confidence, default=None)
        named = (letters[one.ticket_id] or {}).get("proposed")
        if named is not None and (first is None or first.unit_id != named):
            shown = tuple(Shown(str(c.unit_id), c.name, c.confidence) for c in one.candidates[:3])
            against = str(first.unit_id) if first else None
            model = said[one.ticket_id].model if one.ticket_id in said else None
            kept.append(Override(one.ticket_id, "unit", against, str(named), "agent", shown=shown, model=model))
    return kept


async def classify(conn: Connection, tickets: Sequence[int], services: Services, now: datetime) -> dict[int, Answers]:
    """What the classifier says of each; nothing when there is none."""
    model = await classifier_in_use(conn, services.settings.data, now)
    if model is None:
        return {}
    words = await records.read_words(conn, tickets)
    # Off the loop: a long letter must not hold up the other jobs.
    answers = await asyncio.to_thread(model.suggest_all, list(words.values()))
    return dict(zip(words, answers, strict=True))


async def take_in_one(
    held: Held, said: Answers | None, payload: dict[str, Any] | None, services: Services, trust: float
) -> Taken:
    if said is not None and held.ticket.category is None:
        await held.do(classified(held.ticket, said))
    given = payload or {}
    guesses = guesses_of(said) if said else ()
    return await route(
        held, guesses, services, trust, proposed=given.get("proposed"), unhappy=given.get("unhappy") is True
    )


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
            trust = (await routing.in_force(conn, services.settings, now)).threshold
            taken = await route(held, (), services, trust)
            await routing_store.save_decisions(conn, [taken], now)


async def route(
    held: Held,
    guesses: tuple[Guess, ...],
    services: Services,
    trust: float,
    *,
    proposed: int | None = None,
    unhappy: bool = False,
) -> Taken:
    """Dispatch what is clear; leave the rest in the pool with the reasons why a person must decide."""
    decision = await routing.route(
        held.conn, facts_of(held.ticket, guesses, proposed, unhappy=unhappy), trust=trust, now=held.now
    )
    automatic = await send(held, decision, desk(services))
    return Taken(held.ticket.id, decision.unit_id, automatic, decision.because, decision.candidates)


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
        undecided = any(held.ticket.pending(asked) for asked in OUTLIVES_TICKET)
        if held.ticket.state is State.CLOSED and ended is not None and now - ended >= ARCHIVE_AFTER and not undecided:
            await held.do(f.Archive())


ARCHIVE_AFTER = timedelta(days=30)


async def end_unasked(conn: Connection, ticket_id: int, payload: dict[str, Any] | None, *, services: Services) -> None:
    """Outside the sample, and the page was not answered in time (docs/rules.md F.3)."""
    async with sla.working(conn, ticket_id, actor=SYSTEM, now=services.clock.now(), desk=desk(services)) as held:
        await callbacks.end_unasked(held)


async def ask_answered(conn: Connection, ticket_id: int, payload: dict[str, Any] | None, *, services: Services) -> None:
    """Answered directly: the citizen may say how it was (docs/rules.md F.3)."""
    async with sla.working(conn, ticket_id, actor=SYSTEM, now=services.clock.now(), desk=desk(services)) as held:
        await surveys.invite(held, desk(services))


async def follow_directory(
    conn: Connection, ticket_id: int, payload: dict[str, Any] | None, *, services: Services
) -> None:
    """A unit was merged or moved a moment ago: whoever was dispatching at that moment had still read the old tree."""
    reason = str((payload or {}).get("reason", ""))
    await handover.follow_directory(conn, actor=SYSTEM, now=services.clock.now(), reason=reason)


def desk(services: Services) -> Desk:
    return Desk(services.settings, services.cipher)


FOLLOWS: Follows = {
    "ticket.registered": Together(take_in),
    "ticket.classified": (route_again,),
    "ticket.answered": (ask_answered,),
    "calendar.changed": (recompute_deadlines,),
    "ticket.archivable": (archive_ticket,),
    "callback.page_alone": (end_unasked,),
    "master.moved": (follow_master,),
    "directory.changed": (follow_directory,),
}
