"""待派池: what waits for a dispatcher, which filters there are, and how a page is continued."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

import msgspec

from hotline.classify.labels import Tree
from hotline.directory.regions import stem
from hotline.directory.units import Directory, Unit
from hotline.dispatch.accuracy import Rate, rate
from hotline.dispatch.desk.claims import Claim
from hotline.infra.errors import InvalidInput
from hotline.routing.decide import Candidate
from hotline.tickets.states import Kind, State, Urgency


class Tab(StrEnum):
    TO_DISPATCH = "to_dispatch"  # 待派
    RETURNS = "returns"  # 退单待审
    CONSULTATION = "consultation"  # 会商
    MINE = "mine"  # 我领取的


STATES: Mapping[Tab, tuple[State, ...]] = {
    Tab.TO_DISPATCH: (State.REGISTERED,),
    Tab.RETURNS: (State.RETURN_REVIEW,),
    Tab.CONSULTATION: (State.CONSULTING,),
    Tab.MINE: (State.REGISTERED, State.RETURN_REVIEW, State.CONSULTING),
}


class Band(StrEnum):
    """How sure the router is of its best unit."""

    HIGH = "high"  # 80% and more
    MIDDLE = "middle"
    LOW = "low"  # below 50%, or no suggestion at all


BANDS: Mapping[Band, tuple[float, float]] = {Band.HIGH: (0.8, 2.0), Band.MIDDLE: (0.5, 0.8), Band.LOW: (-1.0, 0.5)}
NEAR = timedelta(minutes=15)
SHOWN = 3
FAR = datetime(9999, 1, 1, tzinfo=UTC)
"""Where a ticket without a clock stands in the order."""


class Asked(msgspec.Struct, frozen=True):
    """Which part of the pool is wanted."""

    tab: Tab = Tab.TO_DISPATCH
    kinds: tuple[str, ...] | None = None
    category: str | None = None
    district: str | None = None
    band: Band | None = None
    due_by: datetime | None = None
    due_after: datetime | None = None
    ticket: int | None = None
    """Only this one: whether it is in the part, and how it stands there."""
    after: tuple[datetime, int] = (datetime(1, 1, 1, tzinfo=UTC), 0)
    limit: int = 50


def asked(given: Mapping[str, str], now: datetime, *, most: int) -> Asked:
    """The filters of an address; every wrong one is named."""
    faults: list[tuple[str, str]] = []
    tab = chosen(Tab, given.get("tab"), "tab", faults) or Tab.TO_DISPATCH
    kinds = tuple(part for part in given.get("kind", "").split(",") if part)
    for kind in kinds:
        chosen(Kind, kind, "kind", faults)
    category, district, ticket = (digits(given.get(f), f, faults) for f in ("category", "district", "ticket"))
    after = position(given.get("cursor"), faults)
    limit = given.get("limit") or "50"
    if not (limit.isascii() and limit.isdecimal() and len(limit) < 5 and 1 <= int(limit) <= most):
        faults.append(("limit", f"limit 应为 1 至 {most} 的整数。"))
    due = given.get("due")
    if due not in (None, "", "late", "near"):
        faults.append(("due", "due 应为 late(已超时)或 near(一刻钟内到时)。"))
    band = chosen(Band, given.get("confidence"), "confidence", faults)
    if faults:
        raise InvalidInput(faults)
    return Asked(
        tab=tab,
        kinds=kinds or None,
        category=category,
        district=stem(district) if district else None,
        band=band,
        due_by={"late": now, "near": now + NEAR}.get(due or ""),
        due_after=now if due == "near" else None,
        ticket=int(ticket) if ticket else None,
        after=after,
        limit=int(limit),
    )


E = TypeVar("E", bound=StrEnum)


def chosen(of: type[E], text: str | None, field: str, faults: list[tuple[str, str]]) -> E | None:
    if not text:
        return None
    if text not in set(of):
        faults.append((field, f"{field} 没有“{text[:20]}”;可选:{'、'.join(of)}。"))
        return None
    return of(text)


def digits(text: str | None, field: str, faults: list[tuple[str, str]]) -> str | None:
    if text and not (text.isascii() and text.isdecimal() and len(text) <= 15):
        faults.append((field, f"{field} 应为数字代码。"))
        return None
    return text or None


def cursor(due: datetime | None, ticket_id: int) -> str:
    return f"{int((due or FAR).timestamp())}.{(due or FAR).microsecond}.{ticket_id}"


def position(text: str | None, faults: list[tuple[str, str]]) -> tuple[datetime, int]:
    if not text:
        return Asked().after
    parts = text.split(".")
    if len(parts) == 3 and all(p.isascii() and p.isdecimal() and len(p) < 19 for p in parts):
        seconds, micro, ticket_id = (int(part) for part in parts)
        if seconds <= FAR.timestamp() and micro < 1_000_000:
            return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micro), ticket_id
    faults.append(("cursor", "cursor 应取自上一页的 next_cursor。"))
    return Asked().after


class Suggested(msgspec.Struct, frozen=True):
    unit_id: int
    name: str
    short: str
    confidence: float
    because: tuple[str, ...]
    assists: tuple[int, ...] = ()
    entry_id: int | None = None


class ReturnAsked(msgspec.Struct, frozen=True):
    """退单申请 in one line."""

    unit: str
    reason: str
    at: datetime


class Stored(msgspec.Struct, frozen=True):
    """A row as the database gives it."""

    id: int
    version: int
    state: State
    kind: Kind
    urgency: Urgency
    channel: str
    title: str
    created_at: datetime
    category: str | None
    region: str | None
    address: str
    confidential: bool
    returns: int
    due: datetime | None
    candidates: tuple[Candidate, ...]
    because: tuple[str, ...]
    claim: Claim | None = None
    return_unit: int | None = None
    return_reason: str = ""
    return_at: datetime | None = None


class PoolRow(msgspec.Struct, frozen=True):
    id: int
    version: int
    state: State
    kind: Kind
    urgency: Urgency
    channel: str
    title: str
    created_at: datetime
    category: str | None
    category_name: str
    place: str
    confidential: bool
    returns: int
    due: datetime | None
    """The centre's own clock; in a return review the unit's, which goes on."""
    confidence: float | None
    """How sure the router is of its best unit."""
    suggested: tuple[Suggested, ...]
    because: tuple[str, ...]
    """Why it was not dispatched by itself."""
    claim: Claim | None
    return_asked: ReturnAsked | None


class Counts(msgspec.Struct, frozen=True):
    to_dispatch: int
    returns: int
    consultation: int
    mine: int
    late: int


class Today(msgspec.Struct, frozen=True):
    """What was dispatched today for the first time, and how much of it by itself."""

    dispatched: int
    automatic: Rate


class Pool(msgspec.Struct, frozen=True):
    items: list[PoolRow]
    next_cursor: str | None


class PoolCounts(msgspec.Struct, frozen=True):
    counts: Counts
    today: Today


def today(dispatched: int, automatic: int) -> Today:
    return Today(dispatched, rate(automatic, dispatched))


def row(of: Stored, directory: Directory, tree: Tree) -> PoolRow:
    suggested = suggestions(of.candidates, directory)
    back = directory.unit(of.return_unit) if of.return_unit is not None else None
    return PoolRow(
        id=of.id,
        version=of.version,
        state=of.state,
        kind=of.kind,
        urgency=of.urgency,
        channel=of.channel,
        title=of.title,
        created_at=of.created_at,
        category=of.category,
        category_name=tree.nodes[of.category].name if of.category and of.category in tree else "",
        place=place(of.region, of.address, directory),
        confidential=of.confidential,
        returns=of.returns,
        due=of.due,
        confidence=suggested[0].confidence if suggested else None,
        suggested=suggested,
        because=of.because,
        claim=of.claim,
        return_asked=ReturnAsked(short(back, directory), of.return_reason, of.return_at)
        if back and of.return_at
        else None,
    )


def suggestions(candidates: Sequence[Candidate], directory: Directory) -> tuple[Suggested, ...]:
    """The best of what the router said, by the names that units bear now."""
    known = [(c, unit) for c in candidates[:SHOWN] if (unit := directory.standing(c.unit_id))]
    return tuple(
        Suggested(unit.id, unit.name, short(unit, directory), c.confidence, c.because, c.assists, c.entry_id)
        for c, unit in known
    )


def short(unit: Unit, directory: Directory) -> str:
    """城市管理局: in a table every name would begin with the same city."""
    return unit.name.removeprefix(directory.city) or unit.name


def place(region: str | None, address: str, directory: Directory) -> str:
    """雁栖区·桃花街道 人民路东段"""
    known = directory.regions.get(region) if region else None
    names = [directory.regions[code].name for code in known.path[1:3] if code in directory.regions] if known else []
    where = "·".join(name for name in names if name not in address)
    return " ".join(part for part in (where, address) if part)
