"""What simulated lives need to know of a city: its units, places, people, texts and limits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from hotline.cli.simulate.guesses import Guesses
from hotline.directory.people import Actor, Role
from hotline.directory.units import Directory, Unit, UnitKind
from hotline.routing.catalogue import Catalogue, lead_of
from hotline.sla.calendar import Calendar
from hotline.sla.deadlines import deadlines, limit_due
from hotline.sla.policy import Limit, Policy
from hotline.tickets import facts as f
from hotline.tickets.ticket import Times

OPENS, CLOSES = 8, 18
Local = tuple[Unit, Unit]
"""The district and the street office of a place."""
ANY_DISTRICT = Unit(777000001, "", "〔属地区县〕", UnitKind.DISTRICT, None, (777000001,))
ANY_STREET = Unit(777000002, "", "〔属地街道〕", UnitKind.STREET, 777000001, (777000001, 777000002))
"""Stand in a life for whoever leads where it happens, so that a copy of it may happen anywhere; no unit has such a number or name."""


@dataclass(frozen=True)
class Text:
    """A letter of the corpus the project ships: what somebody said, and what it is."""

    kind: str
    urgency: str
    category: str
    title: str
    content: str


@dataclass
class City:
    directory: Directory
    catalogue: Catalogue
    calendar: Calendar
    policy: Policy
    texts: Sequence[Text]
    centre: dict[str, list[Actor]]
    """The centre's people by role."""
    hands: dict[int, list[Actor]]
    """Each unit's people."""
    places: Sequence[str]
    """Streets, by their codes."""
    guesses: Guesses | None = None
    """What a model says of letters; None: nothing that could be looked at later."""
    works: dict[date, bool] = field(default_factory=dict)
    locals: dict[str, Local | None] = field(default_factory=dict)

    def working(self, day: date) -> bool:
        if day not in self.works:
            self.works[day] = self.calendar.is_workday(day)
        return self.works[day]

    def at_work(self, moment: datetime) -> datetime:
        """The moment itself when offices are open, else soon after they open again."""
        if moment.hour < OPENS:
            moment = moment.replace(hour=OPENS, minute=20 + moment.minute // 2)
        elif moment.hour >= CLOSES:
            moment = moment.replace(hour=OPENS, minute=20 + moment.minute // 2) + timedelta(days=1)
        while not self.working(moment.date()):
            moment += timedelta(days=1)
        return moment

    def of_centre(self, rng: Random, role: Role) -> Actor:
        return rng.choice(self.centre[role.value])

    def of_unit(self, rng: Random, unit: Unit) -> Actor:
        return rng.choice(self.hands[unit.id]) if unit.id in self.hands else nameless(unit)

    def lead_for(self, rng: Random, category: str, region: str, day: date) -> Unit:
        entry = self.catalogue.find(category, region, day)
        found = lead_of(entry, region, self.directory) if entry else None
        if not found or not found.active or found.kind == "centre":
            return self.some_unit(rng)
        local = self.local(region) or ()
        return {unit.id: either for unit, either in zip(local, (ANY_DISTRICT, ANY_STREET), strict=False)}.get(
            found.id, found
        )

    def unit(self, number: int) -> Unit:
        """The unit of this number, also of those that stand for whoever leads there."""
        return (
            next((one for one in (ANY_DISTRICT, ANY_STREET) if one.id == number), None) or self.directory.units[number]
        )

    def local(self, region: str) -> Local | None:
        """Who leads there, where the directory knows of a street office under a district's."""
        if region not in self.locals:
            district, street = self.directory.district_office(region), self.directory.street_office(region)
            known = district and street and (district.path, street.path) == ((district.id,), (district.id, street.id))
            self.locals[region] = (district, street) if district and street and known else None
        return self.locals[region]

    def some_unit(self, rng: Random, but: Unit | None = None) -> Unit:
        units = [u for u in self.directory.units.values() if u.active and u.kind in ("department", "district")]
        found = rng.choice(units)
        beside = but is not None and (found.id in but.path or but.id in found.path)
        if but in (ANY_DISTRICT, ANY_STREET):
            beside = found.kind != "department"
        return self.some_unit(rng, but) if beside else found

    def share(self, unit: Unit, basis: str, at: datetime, kind: str, urgency: str, *, rework: bool = False) -> f.Share:
        due = deadlines(self.policy, self.calendar, kind=kind, urgency=urgency, start=at, rework=rework)
        times = Times(due.finish_due, due.sign_due, due.contact_due, due.return_until, f"{due.pack}@{due.pack_version}")
        return f.Share(unit.id, unit.path, times, basis)

    def due(self, limit: Limit, at: datetime) -> datetime:
        return limit_due(self.policy, self.calendar, limit, at).at


def nameless(unit: Unit) -> Actor:
    """A unit's liaison where the directory names nobody."""
    return Actor(f"{unit.name}联络员", UNIT_ROLES, None, unit.id, unit.path)


UNIT_ROLES = frozenset({Role.UNIT_LIAISON, Role.UNIT_REVIEWER})
