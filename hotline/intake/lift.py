"""What a text already says, lifted out as marked spans: telephone, name, place, time, amount, demand.

The agent sees each as a chip and may drop it; nothing is filled in unseen. How a person would mark a text: docs/elements.md.
Numbers that must be met to the digit are lifted by rules; of the rest rules propose and what marked texts teach decides."""

from collections.abc import Iterable
from datetime import date

import msgspec

from hotline.directory.gazetteer.names import NO_NAMES, PlaceNames
from hotline.intake.marks import learned
from hotline.intake.moments import as_day
from hotline.intake.places import Found, LiftedKind
from hotline.intake.proposals import apart, proposed
from hotline.intake.sums import worth


class Lifted(msgspec.Struct, frozen=True):
    """A piece of the text and what it means; `start` and `end` count characters (code points)."""

    start: int
    end: int
    kind: LiftedKind
    text: str
    value: str
    """In one spelling: digits of a number, a day as 2026-11-19, an amount in yuan."""


BY_RULES = frozenset(("phone", "plate", "pole"))


def lift(
    text: str,
    *,
    today: date,
    regions: Iterable[tuple[int, int]] = (),
    names: PlaceNames = NO_NAMES,
    weights: learned.Weights | None = None,
) -> list[Lifted]:
    """Everything found, in the order of the text, no two over the same characters; a demand may hold others.

    `regions` are spans where the directory has found a district, street or community; `names` are those of the
    city's list: where one stands speaks for a place, and a place is told by its proper name. `weights` other than those of the system are
    for measuring."""
    if not text:
        return []
    listed = [*names.mentions(text)]
    learnt = learned.weights_if_any() if weights is None else weights
    if learnt is None:
        rules = proposed(text, today=today, regions=[*regions, *listed])
        return sorted((made(text, properly(one, names, listed)) for one in rules), key=lambda x: x.start)
    rules = proposed(text, today=today, regions=regions)
    numbers = [one for one in rules if one.kind in BY_RULES]
    marks = [
        Found(start, end, kind, value_of(kind, text[start:end], today))
        for kind, start, end in learned.spans(text, rules, learnt, listed)
        if kind != "phone"
    ]
    demands = [one for one in marks if one.kind == "demand"]
    plain = apart(text, [*numbers, *(one for one in marks if one.kind != "demand")])
    return sorted((made(text, properly(one, names, listed)) for one in (*plain, *demands)), key=lambda x: x.start)


def properly(found: Found, names: PlaceNames, listed: Iterable[tuple[int, int]]) -> Found:
    """A place by the names of the city's list: 老纺专3栋 as 纺专家属院3栋."""
    inside = [
        (first - found.start, last - found.start)
        for first, last in listed
        if found.start <= first and last <= found.end
    ]
    if found.kind != "place" or not inside:
        return found
    return found._replace(value=names.standard(found.value, inside))


def value_of(kind: LiftedKind, said: str, today: date) -> str:
    if kind == "time":
        return as_day(said, today)
    return worth(said) if kind == "amount" else said


def made(text: str, found: Found) -> Lifted:
    return Lifted(found.start, found.end, found.kind, text[found.start : found.end], found.value)
