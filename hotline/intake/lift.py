"""What a text already says, lifted out as marked spans: telephone, name, place, time, amount, demand.

The agent sees each as a chip and may drop it; nothing is filled in unseen. How a person would mark a text: docs/elements.md.
Numbers that must be met to the digit are lifted by rules; of the rest rules propose and what marked texts teach decides."""

from collections.abc import Iterable
from datetime import date

import msgspec

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
    weights: learned.Weights | None = None,
) -> list[Lifted]:
    """Everything found, in the order of the text, no two over the same characters; a demand may hold others.

    `regions` are spans where the directory has found a district, street or community; `weights` other than those of the
    system are for measuring."""
    if not text:
        return []
    rules = proposed(text, today=today, regions=regions)
    learnt = learned.weights_if_any() if weights is None else weights
    if learnt is None:
        return sorted((made(text, one) for one in rules), key=lambda x: x.start)
    numbers = [one for one in rules if one.kind in BY_RULES]
    marks = [
        Found(start, end, kind, value_of(kind, text[start:end], today))
        for kind, start, end in learned.spans(text, rules, learnt)
        if kind != "phone"
    ]
    demands = [one for one in marks if one.kind == "demand"]
    plain = apart(text, [*numbers, *(one for one in marks if one.kind != "demand")])
    return sorted((made(text, one) for one in (*plain, *demands)), key=lambda x: x.start)


def value_of(kind: LiftedKind, said: str, today: date) -> str:
    if kind == "time":
        return as_day(said, today)
    return worth(said) if kind == "amount" else said


def made(text: str, found: Found) -> Lifted:
    return Lifted(found.start, found.end, found.kind, text[found.start : found.end], found.value)
