"""派单准确率: how often the unit that was sent a ticket was the right one (docs/rules.md E.3, 11)."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.errors import InvalidInput

NOTHING = "—"
MOST_DAYS = 3660


class Count(msgspec.Struct, frozen=True):
    """What one dispatcher sent in one way."""

    person_id: int | None
    name: str
    automatic: bool
    dispatched: int
    asked: int
    granted: int
    wrong: int
    """Returns granted because the unit was the wrong one; a dispute counts by its ruling."""
    pending: int


class Rate(msgspec.Struct, frozen=True):
    """A share that shows what it was made of; of nothing there is no share."""

    numerator: int
    denominator: int
    value: float | None
    text: str


class Accuracy(msgspec.Struct, frozen=True):
    dispatched: int
    returns_asked: int
    returns_granted: int
    returns_wrong_unit: int
    returns_pending: int
    accuracy: Rate


class DispatcherAccuracy(msgspec.Struct, frozen=True):
    person_id: int | None
    name: str
    of: Accuracy


class DispatchReport(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    first: date
    last: date
    all: Accuracy
    automatic: Accuracy
    by_hand: Accuracy
    dispatchers: list[DispatcherAccuracy]


def rate(numerator: int, denominator: int) -> Rate:
    if not denominator:
        return Rate(numerator, denominator, None, NOTHING)
    share = numerator / denominator
    return Rate(numerator, denominator, round(share, 4), f"{share:.1%}")


def summed(counts: Iterable[Count]) -> Accuracy:
    counts = list(counts)
    sent, wrong = sum(c.dispatched for c in counts), sum(c.wrong for c in counts)
    return Accuracy(
        dispatched=sent,
        returns_asked=sum(c.asked for c in counts),
        returns_granted=sum(c.granted for c in counts),
        returns_wrong_unit=wrong,
        returns_pending=sum(c.pending for c in counts),
        accuracy=rate(sent - wrong, sent),
    )


def report(first: date, last: date, counts: Iterable[Count]) -> DispatchReport:
    counts = list(counts)
    by_hand = [c for c in counts if not c.automatic]
    people = dict.fromkeys((c.person_id, c.name) for c in by_hand)
    return DispatchReport(
        first=first,
        last=last,
        all=summed(counts),
        automatic=summed(c for c in counts if c.automatic),
        by_hand=summed(by_hand),
        dispatchers=[
            DispatcherAccuracy(person, name, summed(c for c in by_hand if (c.person_id, c.name) == (person, name)))
            for person, name in people
        ],
    )


def days(first: str | None, last: str | None, today: date) -> tuple[date, date]:
    """Both days included; this month so far when nothing is named."""
    end = day("to", last) if last else today
    start = day("from", first) if first else end.replace(day=1)
    if not timedelta(0) <= end - start <= timedelta(days=MOST_DAYS):
        raise InvalidInput([("to", "截止日期不得早于起始日期,且相隔不超过十年。")])
    return start, end


def day(field: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 2200:
        raise InvalidInput([(field, "日期应形如 2026-11-22。")])
    return found


def span(first: date, last: date) -> tuple[datetime, datetime]:
    begin = datetime.combine(first, time(), BEIJING)
    return begin, datetime.combine(last + timedelta(days=1), time(), BEIJING)
