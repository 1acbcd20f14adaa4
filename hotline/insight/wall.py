"""The supervisor's wall (督办台): what waits where, what today brought, which units are late. Numbers, no tickets."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from hotline.insight.measures import Cell, Counted, cell
from hotline.tickets.states import State

NOBODY, NOWHERE = "热线中心(待派单)", "未定区划"
MOST_UNITS = 60
STAGES = (
    State.DRAFT,
    State.REGISTERED,
    State.CONSULTING,
    State.DISPATCHED,
    State.IN_PROGRESS,
    State.RETURN_REVIEW,
    State.REPLIED,
    State.CALLBACK,
    State.REWORK,
    State.SUSPENDED,
)


class Waiting(msgspec.Struct, frozen=True):
    """How many open tickets of one state, unit and district show one light."""

    state: State
    unit_id: int | None
    district: str | None
    light: str
    """'' on time, near, late, very_late."""
    tickets: int


class Happening(msgspec.Struct, frozen=True):
    """How often something happened in one hour, today or the day before."""

    what: str
    """received, dispatched, automatic, signed, closed"""
    today: bool
    hour: int
    times: int


class Side(msgspec.Struct, frozen=True):
    """A number that stands beside: received today by district, or asked and not yet decided."""

    what: str
    key: str | None
    number: int


class Stage(msgspec.Struct, frozen=True):
    state: State
    tickets: int
    late: int


class Place(msgspec.Struct, frozen=True):
    """A unit or a district with what is open and how late it is."""

    key: str | None
    name: str
    open: int
    near: int
    late: int
    very_late: int
    received: int = 0


class Today(msgspec.Struct, frozen=True):
    """Today so far, and yesterday until the same hour."""

    received: int
    dispatched: int
    automatic: Cell
    """自动派单率 of today's sendings."""
    signed: int
    closed: int
    received_before: int
    dispatched_before: int
    signed_before: int
    closed_before: int


class Hour(msgspec.Struct, frozen=True):
    hour: int
    received: int
    closed: int
    received_before: int
    """The whole of yesterday's hour."""


class Wall(msgspec.Struct, frozen=True):
    at: datetime
    open: int
    near: int
    late: int
    very_late: int
    stages: tuple[Stage, ...]
    asked: dict[str, int]
    """What units wait for a decision on: return, extension, shelving, termination, appeal; letter: answers to letters."""
    today: Today
    units: tuple[Place, ...]
    districts: tuple[Place, ...]
    hours: tuple[Hour, ...]


def wall(
    now: datetime,
    waiting: Sequence[Waiting],
    happened: Sequence[Happening],
    beside: Iterable[Side],
    units: Mapping[int, str],
    districts: Mapping[str, str],
) -> Wall:
    sides = list(beside)
    lights = _lights(waiting)
    received = {s.key: s.number for s in sides if s.what == "received"}
    return Wall(
        at=now,
        open=sum(w.tickets for w in waiting),
        near=lights["near"],
        late=lights["late"] + lights["very_late"],
        very_late=lights["very_late"],
        stages=tuple(_stage(state, waiting) for state in STAGES),
        asked={s.key: s.number for s in sides if s.what == "asked" and s.key},
        today=_today(happened, now.hour),
        units=_units(waiting, units)[:MOST_UNITS],
        districts=_districts(waiting, districts, received),
        hours=tuple(_hour(hour, happened) for hour in range(24)),
    )


def _lights(waiting: Iterable[Waiting]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in waiting:
        found[one.light] += one.tickets
    return found


def _stage(state: State, waiting: Sequence[Waiting]) -> Stage:
    lights = _lights(w for w in waiting if w.state is state)
    return Stage(state, lights.total(), lights["late"] + lights["very_late"])


def _place(key: str | None, name: str, own: Iterable[Waiting], received: int = 0) -> Place:
    lights = _lights(own)
    late = lights["late"] + lights["very_late"]
    return Place(key, name, lights.total(), lights["near"], late, lights["very_late"], received)


def _units(waiting: Sequence[Waiting], names: Mapping[int, str]) -> tuple[Place, ...]:
    """The latest first; what has no unit yet is the centre's own."""
    own: dict[int | None, list[Waiting]] = {}
    for one in waiting:
        own.setdefault(one.unit_id, []).append(one)
    found = [
        _place(None if unit is None else str(unit), NOBODY if unit is None else names.get(unit, f"单位{unit}"), rows)
        for unit, rows in own.items()
    ]
    return tuple(sorted(found, key=lambda p: (-p.very_late, -p.late, -p.near, -p.open, p.name)))


def _districts(
    waiting: Sequence[Waiting], names: Mapping[str, str], received: Mapping[str | None, int]
) -> tuple[Place, ...]:
    """Every district of the city, also one where nothing waits: an empty row is news, too."""
    own: dict[str | None, list[Waiting]] = {code: [] for code in names}
    for one in waiting:
        own.setdefault(one.district, []).append(one)
    for code in received:
        own.setdefault(code, [])
    found = [
        _place(code, names.get(code, NOWHERE) if code else NOWHERE, rows, received.get(code, 0))
        for code, rows in own.items()
    ]
    return tuple(sorted(found, key=lambda p: (p.key is None, -p.open, p.name)))


def _sum(happened: Iterable[Happening], what: str, today: bool, until: int = 24) -> int:
    return sum(h.times for h in happened if h.what == what and h.today is today and h.hour < until)


def _today(happened: Sequence[Happening], hour: int) -> Today:
    sent, automatic = _sum(happened, "dispatched", True), _sum(happened, "automatic", True)
    return Today(
        received=_sum(happened, "received", True),
        dispatched=sent + automatic,
        automatic=cell(Counted("auto_dispatch", None, True, automatic, sent + automatic, 0)),
        signed=_sum(happened, "signed", True),
        closed=_sum(happened, "closed", True),
        received_before=_sum(happened, "received", False, hour + 1),
        dispatched_before=_sum(happened, "dispatched", False, hour + 1) + _sum(happened, "automatic", False, hour + 1),
        signed_before=_sum(happened, "signed", False, hour + 1),
        closed_before=_sum(happened, "closed", False, hour + 1),
    )


def _hour(hour: int, happened: Sequence[Happening]) -> Hour:
    own = [h for h in happened if h.hour == hour]
    return Hour(hour, _sum(own, "received", True), _sum(own, "closed", True), _sum(own, "received", False))
