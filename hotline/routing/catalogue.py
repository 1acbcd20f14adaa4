"""派单目录 and 裁定先例: look-ups by matter, place and day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from hotline.directory.regions import covers, stem
from hotline.directory.units import Directory, Unit
from hotline.routing.practice.belief import Practice
from hotline.routing.record import Moved, Record
from hotline.routing.trust import BorneOut

DISTRICT = "district"
STREET = "street"


class Entry(msgspec.Struct, frozen=True):
    id: int
    category: str
    region: str | None
    lead: str
    assist: tuple[str, ...]
    basis: str
    clear: bool
    valid_from: date
    valid_to: date | None = None
    source: str = "shipped"

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class Ruling(msgspec.Struct, frozen=True):
    """裁定先例, as far as the like of it is concerned."""

    year: int
    serial: int
    ticket_id: int
    category: str
    lead_unit: int
    assists: tuple[int, ...]
    basis: str
    day: date
    deposited: bool
    """Written to the catalogue: there its entry speaks."""
    kept: int = 0
    came_back: int = 0
    passed: int = 0
    suspended: bool = False
    """It is still shown, and speaks no more."""

    @property
    def record(self) -> Record:
        return Record(self.kept, self.came_back, self.passed)

    @property
    def number(self) -> str:
        return cited(self.year, self.serial)


def cited(year: int, serial: int) -> str:
    """2026-017: how a ruling is named."""
    return f"{year}-{serial:03}"


def widening(category: str) -> Iterator[str]:
    """010203, 0102, 01: a matter and what it belongs to."""
    for length in (6, 4, 2):
        if len(category) >= length:
            yield category[:length]


KEPT = 20_000
"""Answers remembered: some hundred categories in some hundred places."""


class Catalogue:
    """All entries and rulings, read-only, shared by the whole process."""

    def __init__(
        self,
        entries: Iterable[Entry],
        rulings: Iterable[Ruling] = (),
        mark: object = None,
        evidence: Mapping[tuple[str, int], tuple[Moved, ...]] | None = None,
        threshold: float | None = None,
        measured: BorneOut | None = None,
        practice: Practice | None = None,
    ) -> None:
        self.mark = mark
        self.evidence = evidence or {}
        """By matter and unit: what was found to be another's."""
        self.threshold = threshold
        """From which certainty on a ticket goes out by itself, where somebody has chosen it."""
        self.measured = measured
        """And what the last weeks bear out."""
        self.practice = practice or Practice()
        """Where no entry speaks: who usually leads."""
        self.all_rulings = tuple(rulings)
        self.entries = tuple(entries)
        self._rulings: dict[str, list[Ruling]] = {}
        for ruling in sorted(self.all_rulings, key=lambda r: (r.year, r.serial), reverse=True):
            self._rulings.setdefault(ruling.category, []).append(ruling)
        self._by_category: dict[str, list[Entry]] = {}
        self._found: dict[tuple[str, str | None, date], Entry | None] = {}
        self.meant: dict[tuple[int, str | None], tuple[Entry, Directory, Any]] = {}
        """What an entry says of a place, as `decide` has worked it out for a directory."""
        for entry in self.entries:
            self._by_category.setdefault(entry.category, []).append(entry)

    def find(self, category: str, region: str | None, day: date) -> Entry | None:
        """The deepest category first, and in it the nearest place before "anywhere"; of equals the newest."""
        asked = (category, region, day)
        if asked not in self._found:
            if len(self._found) >= KEPT:
                self._found.clear()
            self._found[asked] = self._find(*asked)
        return self._found[asked]

    def _find(self, category: str, region: str | None, day: date) -> Entry | None:
        for code in widening(category):
            fitting = [e for e in self._by_category.get(code, ()) if e.in_force(day) and applies(e, region)]
            if fitting:
                return max(fitting, key=lambda e: (len(e.region or ""), e.valid_from, e.id))
        return None

    def rulings(self, category: str) -> Sequence[Ruling]:
        """Of just this category, the newest first."""
        return self._rulings.get(category, ())

    def ruling_behind(self, entry: Entry) -> Ruling | None:
        """The ruling that an entry was deposited from."""
        found = (r for r in self.rulings(entry.category) if r.deposited and str(r.ticket_id) == entry.source)
        return next(found, None)


def applies(entry: Entry, region: str | None) -> bool:
    return entry.region is None or (region is not None and covers(entry.region, region))


def deposited(
    category: str, lead: Unit, assists: Iterable[Unit], basis: str, day: date, *, local: bool, replaced: Entry | None
) -> Entry:
    """What a ruling leaves behind: for the place its forerunner spoke of, or the place a local government answers for."""
    places = [replaced.region if replaced and replaced.category == category else None]
    places.append(lead.region_code if local else None)
    return Entry(
        id=0,
        category=category,
        region=max((place for place in places if place), key=lambda place: len(stem(place)), default=None),
        lead=lead.code,
        assist=tuple(unit.code for unit in assists),
        basis=basis,
        clear=True,
        valid_from=day,
    )


def lead_of(entry: Entry, region: str | None, directory: Directory) -> Unit | None:
    """The unit an entry means for a place; None when the place is not known well enough to say."""
    return meant_by(entry.lead, region, directory)


def meant_by(lead: str, region: str | None, directory: Directory) -> Unit | None:
    if lead == DISTRICT:
        return directory.district_office(region)
    if lead == STREET:
        return directory.street_office(region)
    return directory.unit_by_code(lead)


def assists_of(entry: Entry, directory: Directory) -> tuple[Unit, ...]:
    return tuple(unit for code in entry.assist if (unit := directory.unit_by_code(code)) and unit.active)
