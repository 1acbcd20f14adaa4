"""Ask the router about a ticket, with the catalogue and the directory of this moment."""

from collections.abc import Mapping
from datetime import datetime

from hotline.classify import store as categories
from hotline.directory.store import load_directory
from hotline.infra.db import Connection
from hotline.routing import store
from hotline.routing.decide import Decision, decide
from hotline.routing.facts import Facts, Guess
from hotline.tickets.ticket import Ticket


async def route(conn: Connection, facts: Facts, *, trust: float, now: datetime) -> Decision:
    tree = await categories.load_tree(conn)
    return decide(
        facts,
        await store.load_catalogue(conn),
        await load_directory(conn),
        {code: tree.full_name(code) for guess in facts.guesses if (code := guess.category) in tree},
        await categories.load_duties(conn),
        trust=trust,
        day=now.date(),
    )


def facts_of(ticket: Ticket, guesses: tuple[Guess, ...]) -> Facts:
    """A category set by a person has no confidence and outweighs every guess."""
    if ticket.category and ticket.confidence is None:
        guesses = (Guess(ticket.category, 1.0),)
    return Facts(
        guesses=guesses,
        region=ticket.region,
        kind=ticket.kind,
        urgency=ticket.urgency,
        accused_unit=ticket.accused_unit,
    )


def guesses_of(top3: list[Mapping[str, object]]) -> tuple[Guess, ...]:
    """The classifier's stored top three."""
    return tuple(Guess(str(g["code"]), float(str(g["confidence"]))) for g in top3)
