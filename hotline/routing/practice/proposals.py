"""派单目录 by what is done: entries that are missing, that others than named in them lead by, that need a person or need none. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Literal, Protocol

import msgspec

from hotline.classify.measures import precision_bound
from hotline.directory.regions import CITY, covers
from hotline.directory.regions import DISTRICT as DISTRICT_LEVEL
from hotline.directory.units import Directory, Unit, UnitKind
from hotline.routing.catalogue import DISTRICT, STREET, Catalogue, Entry, lead_of
from hotline.routing.decide import LOCAL
from hotline.routing.practice.belief import Led
from hotline.routing.trust import PRECISION

FEWEST = 5
"""Tickets below which nothing is proposed."""
MOSTLY = 0.8
"""Of a matter without an entry, or of one district: so many went one way."""
AGAINST = 0.6
"""Of a matter with an entry: so many went another way."""
DOUBTED, DOUBTED_OF = 0.8, 20
"""An entry that goes out without a person, and so few of its tickets stayed with whom it names."""

What = Literal["add", "change", "clear", "ask"]


class Finished(msgspec.Struct, frozen=True, gc=False):
    """So many finished tickets since the catalogue last changed for them."""

    category: str
    region: str
    """Empty: not known."""
    unit_id: int
    times: int


class Proposal(msgspec.Struct, frozen=True):
    """An entry as it might be: `times` of `tickets` went to its lead."""

    category: str
    region: str
    """Empty: anywhere."""
    what: What
    lead: str
    times: int
    tickets: int


class Wanted(Protocol):
    """An entry as it might be, wherever it is kept."""

    @property
    def category(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def what(self) -> What: ...
    @property
    def lead(self) -> str: ...


class Learned(msgspec.Struct, frozen=True):
    led: list[Led]
    """Where the catalogue says nothing."""
    proposals: list[Proposal]


def learn(
    finished: Iterable[Finished], catalogue: Catalogue, directory: Directory, duties: frozenset[str], day: date
) -> Learned:
    """What a half-year's finished tickets say, beside what the catalogue says."""
    gaps: Counter[tuple[str, str, str]] = Counter()
    kept: dict[tuple[str, int], Matter] = {}
    stayed: dict[int, tuple[Entry, Counter[str]]] = {}
    for one in finished:
        unit = directory.standing(one.unit_id)
        if unit is None or not unit.active or unit.kind is UnitKind.CENTRE:
            continue
        entry = catalogue.find(one.category, one.region or None, day)
        lead = named(unit, entry, one.region or None, directory)
        if entry is None:
            gaps[one.category, one.region, lead] += one.times
        else:
            stayed.setdefault(entry.id, (entry, Counter()))[1][lead] += one.times
        matter = kept.setdefault((one.category, entry.id if entry else 0), Matter(one.category, entry))
        matter.count(lead, district_of(one.region, directory), one.times)

    def may(one: Proposal) -> bool:
        return not (one.category in duties and street(one.lead, directory)) and not over_others(one, catalogue, day)

    wanted = [one for matter in kept.values() for one in matter.proposals(directory, may)]
    wanted += [one for entry, leads in stayed.values() for one in about_a_person(entry, leads, directory)]
    return Learned([Led(*key, times) for key, times in sorted(gaps.items())], sorted(wanted, key=weight))


def weight(one: Proposal) -> tuple[int, str, str]:
    return -one.tickets, one.category, one.region


def street(lead: str, directory: Directory) -> bool:
    unit = directory.unit_by_code(lead)
    return lead == STREET or (unit is not None and unit.kind is UnitKind.STREET)


def named(unit: Unit, entry: Entry | None, region: str | None, directory: Directory) -> str:
    """How the catalogue would name this unit for that place; what a part of the named unit led, it led."""
    meant = lead_of(entry, region, directory) if entry else None
    if entry and meant and meant.id in unit.path:
        return entry.lead
    if directory.street_office(region) is unit:
        return STREET
    return DISTRICT if directory.district_office(region) is unit else unit.code


def district_of(region: str, directory: Directory) -> str | None:
    place = directory.regions.get(region)
    return place.path[DISTRICT_LEVEL - CITY] if place and place.level >= DISTRICT_LEVEL else None


def over_others(one: Proposal, catalogue: Catalogue, day: date) -> bool:
    """Whether it would silence what the catalogue says of a wider matter for a place of its own: the deeper category wins."""
    return any(
        entry.in_force(day)
        and entry.region is not None
        and len(entry.category) < len(one.category)
        and one.category.startswith(entry.category)
        and entry.region != one.region
        and (not one.region or covers(one.region, entry.region))
        for entry in catalogue.entries
    )


def about_a_person(entry: Entry, leads: Counter[str], directory: Directory) -> Iterator[Proposal]:
    """Whether an entry's tickets, of all its matters, need one. Those of the centre itself always do."""
    unit = directory.unit_by_code(entry.lead)
    if unit is not None and unit.kind is UnitKind.CENTRE:
        return
    stayed, of = leads[entry.lead], leads.total()
    if not entry.clear and precision_bound(stayed, of) >= PRECISION:
        yield Proposal(entry.category, entry.region or "", "clear", entry.lead, stayed, of)
    if entry.clear and of >= DOUBTED_OF and stayed < DOUBTED * of:
        yield Proposal(entry.category, entry.region or "", "ask", entry.lead, stayed, of)


class Matter:
    """All tickets of one category that one entry, or none, speaks of."""

    def __init__(self, category: str, entry: Entry | None) -> None:
        self.category, self.entry = category, entry
        self.leads: Counter[str] = Counter()
        self.districts: dict[str, Counter[str]] = {}

    def count(self, lead: str, district: str | None, times: int) -> None:
        self.leads[lead] += times
        if district is not None:
            self.districts.setdefault(district, Counter())[lead] += times

    def proposals(self, directory: Directory, may: Callable[[Proposal], bool]) -> Iterator[Proposal]:
        """Another lead for all of them, else for single districts."""
        if self.leads.total() < FEWEST:
            return
        if (whole := self.elsewhere(self.leads, MOSTLY if self.entry is None else AGAINST)) is not None:
            proposal = self.proposed(whole, self.leads, self.place_of(whole, directory))
            if may(proposal):
                yield proposal
                return
        for district, leads in sorted(self.districts.items()):
            if (lead := self.elsewhere(leads, MOSTLY)) is not None and leads.total() >= FEWEST:
                proposal = self.proposed(lead, leads, district)
                if may(proposal):
                    yield proposal

    def elsewhere(self, leads: Counter[str], least: float) -> str | None:
        """Who leads so large a part, unless the catalogue says so already."""
        (lead, times), *_ = sorted(leads.items(), key=lambda one: (-one[1], one[0]))
        said = self.entry is not None and lead == self.entry.lead
        return None if said or times < least * leads.total() else lead

    def place_of(self, lead: str, directory: Directory) -> str:
        """A department leads wherever the matter arises; one local government in its own place alone."""
        unit = directory.unit_by_code(lead)
        own = unit.region_code if unit is not None and unit.kind in LOCAL else None
        return own or (self.entry.region if self.entry else None) or ""

    def proposed(self, lead: str, leads: Counter[str], region: str) -> Proposal:
        what: What = "change" if self.entry else "add"
        return Proposal(self.category, region, what, lead, leads[lead], leads.total())


def fulfilled(one: Wanted, catalogue: Catalogue, day: date) -> bool:
    """The catalogue says so by now, or will."""
    return any(
        entry.lead == one.lead
        and (one.what != "clear" or entry.clear)
        and (one.what != "ask" or not entry.clear)
        and (entry.in_force(day) or entry.valid_from > day)
        for entry in catalogue.entries
        if entry.category == one.category and (entry.region or "") == one.region
    )
