"""Two ways of deciding the same tickets: who gains, who loses, which tickets, and which way was right more often. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import msgspec

from hotline.directory.units import Directory
from hotline.routing.catalogue import Catalogue, Entry
from hotline.routing.decide import Decision, decide
from hotline.routing.facts import Facts, Guess
from hotline.tickets.states import Kind

SHOWN = 300
"""Changed tickets that are listed; all of them are counted."""
DEPTH = 4


class Past(msgspec.Struct, frozen=True):
    """A ticket as the router met it, and who led in the end."""

    ticket_id: int
    title: str
    created_at: datetime
    kind: Kind
    region: str | None
    accused_unit: int | None
    guesses: tuple[Guess, ...]
    led_by: int | None
    """Null while that is not settled."""


class Side(msgspec.Struct, frozen=True):
    """All tickets under one way of deciding."""

    automatic: int
    judged: int
    """Automatic ones of which it is known who led in the end."""
    right: int


class UnitChange(msgspec.Struct, frozen=True):
    """Tickets for which a unit comes first, before and after, and what it gains and loses between the two."""

    unit_id: int
    name: str
    before: int
    after: int
    gained: int
    lost: int


class Shifted(msgspec.Struct, frozen=True):
    ticket_id: int
    title: str
    created_at: datetime
    from_unit: int | None
    from_name: str
    to_unit: int | None
    to_name: str
    was_automatic: bool
    is_automatic: bool
    led_by: str
    """Who led in the end; empty while that is not settled."""
    because: str


class Replayed(msgspec.Struct, frozen=True):
    days: int
    tickets: int
    before: Side
    after: Side
    moved: int
    """Tickets for which another unit comes first."""
    newly_automatic: int
    no_longer_automatic: int
    units: list[UnitChange]
    changed: list[Shifted]
    """The newest; none for those who may not read tickets."""


class Way(msgspec.Struct, frozen=True):
    catalogue: Catalogue
    threshold: float


def guesses(areas: Sequence[tuple[str, float]], top3: Sequence[Mapping[str, object]]) -> tuple[Guess, ...]:
    """What the classifier had said, as `facts.guesses_of` makes it of fresh answers."""
    deep = [Guess(str(one["code"]), float(str(one["confidence"]))) for one in top3]
    wide = [
        Guess(code, chance - sum(g.confidence for g in deep if g.category.startswith(code))) for code, chance in areas
    ]
    return tuple(sorted((g for g in (*deep, *wide) if g.confidence > 0.005), key=lambda g: -g.confidence))


def changed_catalogue(catalogue: Catalogue, put: Iterable[Entry], ended: Iterable[int], day: date) -> Catalogue:
    """As it would be: what is put takes the place of the entry for the same matter and place."""
    new = tuple(put)
    gone = {*ended, *(e.id for e in catalogue.entries for n in new if (e.category, e.region) == (n.category, n.region))}
    kept = (one for one in catalogue.entries if one.id not in gone and one.in_force(day))
    # Asked of last month's tickets as if it were in force already.
    entries = (
        *kept,
        *(msgspec.structs.replace(one, id=-1 - at, valid_from=day, valid_to=None) for at, one in enumerate(new)),
    )
    return Catalogue(
        entries,
        catalogue.all_rulings,
        None,
        catalogue.evidence,
        catalogue.threshold,
        catalogue.measured,
        catalogue.practice,
    )


def replay(
    tickets: Sequence[Past],
    before: Way,
    after: Way,
    directory: Directory,
    names: Mapping[str, str],
    duties: frozenset[str],
    *,
    day: date,
    days: int,
) -> Replayed:
    """Every ticket decided twice with the same guesses, on the same day: only what is changed differs."""

    def asked(ticket: Past, way: Way) -> Decision:
        facts = Facts(ticket.guesses, ticket.region, ticket.kind, accused_unit=ticket.accused_unit)
        return decide(facts, way.catalogue, directory, names, duties, trust=way.threshold, day=day)

    pairs = [(ticket, asked(ticket, before), asked(ticket, after)) for ticket in tickets]
    changes = [one for one in pairs if first(one[1]) != first(one[2]) or one[1].unit_id != one[2].unit_id]
    changes.sort(key=lambda one: -one[0].ticket_id)
    return Replayed(
        days=days,
        tickets=len(tickets),
        before=side((ticket, was) for ticket, was, _ in pairs),
        after=side((ticket, now) for ticket, _, now in pairs),
        moved=sum(first(was) != first(now) for _, was, now in pairs),
        newly_automatic=sum(was.unit_id is None and now.unit_id is not None for _, was, now in pairs),
        no_longer_automatic=sum(was.unit_id is not None and now.unit_id is None for _, was, now in pairs),
        units=units([(first(was), first(now)) for _, was, now in pairs], directory),
        changed=[line(*one, directory) for one in changes[:SHOWN]],
    )


def first(decision: Decision) -> int | None:
    return decision.best.unit_id if decision.best else None


def side(decided: Iterable[tuple[Past, Decision]]) -> Side:
    automatic = [(ticket, said.unit_id) for ticket, said in decided if said.unit_id is not None]
    known = [(ticket.led_by, unit) for ticket, unit in automatic if ticket.led_by is not None]
    return Side(len(automatic), len(known), sum(led == unit for led, unit in known))


def units(firsts: Sequence[tuple[int | None, int | None]], directory: Directory) -> list[UnitChange]:
    before, after = Counter(was for was, _ in firsts), Counter(now for _, now in firsts)
    gained = Counter(now for was, now in firsts if was != now)
    lost = Counter(was for was, now in firsts if was != now)
    found = [
        UnitChange(unit, called(directory, unit), before[unit], after[unit], gained[unit], lost[unit])
        for unit in {*gained, *lost}
        if unit is not None
    ]
    return sorted(found, key=lambda one: (-(one.gained + one.lost), one.unit_id))


def line(ticket: Past, was: Decision, now: Decision, directory: Directory) -> Shifted:
    old, new = first(was), first(now)
    return Shifted(
        ticket.ticket_id,
        ticket.title,
        ticket.created_at,
        old,
        called(directory, old),
        new,
        called(directory, new),
        was.unit_id is not None,
        now.unit_id is not None,
        called(directory, ticket.led_by),
        now.because[0] if now.because else "",
    )


def called(directory: Directory, unit_id: int | None) -> str:
    unit = directory.unit(unit_id) if unit_id is not None else None
    return unit.name if unit else ""
