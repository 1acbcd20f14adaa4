"""派单单: what a dispatcher reads beside the letter before deciding, and whom they may not choose."""

from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from hotline.classify.labels import Tree
from hotline.directory.units import Directory, Unit
from hotline.dispatch.accuracy import Rate, rate
from hotline.dispatch.desk.claims import Claim
from hotline.dispatch.desk.pool import Suggested, short, suggestions
from hotline.routing.catalogue import Catalogue
from hotline.routing.decide import Decision, may_receive
from hotline.routing.entries import EntryView, shown
from hotline.routing.facts import facts_of
from hotline.tickets.ticket import Ticket

LATELY = timedelta(days=30)


class Receiver(msgspec.Struct, frozen=True):
    """A unit to choose, or the sentence why not."""

    id: int
    name: str
    short: str
    kind: str
    refusal: str | None


class Option(msgspec.Struct, frozen=True):
    """One suggestion, with how the unit has fared of late."""

    unit: Suggested
    assists: tuple[str, ...]
    """Names of the units the catalogue adds."""
    kept: Rate
    """Of what it was sent in thirty days, how much did not come back."""
    refusal: str | None
    entry_id: int | None
    """The catalogue's entry it stands on."""


class Sheet(msgspec.Struct, frozen=True):
    ticket_id: int
    version: int
    options: tuple[Option, ...]
    because: tuple[str, ...]
    """Why it was not dispatched by itself."""
    entry: EntryView | None
    """What the catalogue says about category and place."""
    claim: Claim | None


def refusal(unit: Unit, ticket: Ticket, duties: frozenset[str]) -> str | None:
    return may_receive(unit, facts=facts_of(ticket), duty=ticket.category in duties)


def receiver(unit: Unit, ticket: Ticket, directory: Directory, duties: frozenset[str]) -> Receiver:
    return Receiver(unit.id, unit.name, short(unit, directory), unit.kind.value, refusal(unit, ticket, duties))


def sheet(
    ticket: Ticket,
    said: Decision,
    recent: Mapping[int, tuple[int, int]],
    claim: Claim | None,
    catalogue: Catalogue,
    directory: Directory,
    tree: Tree,
    duties: frozenset[str],
    day: date,
) -> Sheet:
    """`recent`: of each unit how much it was sent, and how much of it came back."""
    options = []
    for one in suggestions(said.candidates, directory):
        sent, back = recent.get(one.unit_id, (0, 0))
        unit = directory.units[one.unit_id]
        helping = tuple(short(u, directory) for a in one.assists if (u := directory.standing(a)))
        options.append(Option(one, helping, rate(sent - back, sent), refusal(unit, ticket, duties), one.entry_id))
    entry = entry_for(ticket, catalogue, directory, tree, day)
    return Sheet(ticket.id, ticket.version, tuple(options), said.because, entry, claim)


def entry_for(ticket: Ticket, catalogue: Catalogue, directory: Directory, tree: Tree, day: date) -> EntryView | None:
    found = catalogue.find(ticket.category, ticket.region, day) if ticket.category else None
    return shown(found, catalogue, directory, tree) if found else None
