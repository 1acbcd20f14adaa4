"""What a text already says, lifted out as marked spans: telephone, name, place, time, amount, demand.

The agent sees each as a chip and may drop it; nothing is filled in unseen. How a person would mark a text: docs/elements.md."""

import re
from collections.abc import Iterable
from datetime import date

import msgspec

from hotline.intake.demands import demands
from hotline.intake.moments import times
from hotline.intake.persons import names
from hotline.intake.phones import phones
from hotline.intake.places import Found, LiftedKind, joined, places
from hotline.intake.sums import amounts, bare_amounts


class Lifted(msgspec.Struct, frozen=True):
    """A piece of the text and what it means; `start` and `end` count characters (code points)."""

    start: int
    end: int
    kind: LiftedKind
    text: str
    value: str
    """In one spelling: digits of a number, a day as 2026-11-19, an amount in yuan."""


def lift(text: str, *, today: date, regions: Iterable[tuple[int, int]] = ()) -> list[Lifted]:
    """Everything found, in the order of the text, no two over the same characters; a demand may hold others.

    `regions` are spans where the directory has found a district, street or community."""
    where = joined(text, [*places(text), *(Found(start, end, "place", text[start:end]) for start, end in regions)])
    plain = apart(text, [*phones(text), *names(text), *where, *amounts(text), *bare_amounts(text), *times(text, today)])
    return sorted((made(text, one) for one in (*plain, *demands(text))), key=lambda x: x.start)


def made(text: str, found: Found) -> Lifted:
    return Lifted(found.start, found.end, found.kind, text[found.start : found.end], found.value)


ORDER = {"phone": 0, "plate": 1, "pole": 2, "line": 3, "name": 4, "amount": 5, "time": 6, "place": 7}
A_NUMBER = re.compile("[0-9]{1,2}号")


def apart(text: str, found: Iterable[Found]) -> list[Found]:
    """Of two over the same characters the surer kind stays, then the longer."""
    kept: list[Found] = []
    found = [*found]
    spots = [one for one in found if one.kind == "place"]
    for one in sorted(found, key=lambda f: (ORDER[f.kind] + 2 * in_a_name(text, f, spots), f.start - f.end)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return kept


def in_a_name(text: str, one: Found, spots: Iterable[Found]) -> bool:
    """1号 may be a day, but behind a name it is a house; and 春天 within 滨湖春天小区 is no time."""
    if one.kind != "time":
        return False
    return A_NUMBER.fullmatch(text, one.start, one.end) is not None or any(
        spot.start < one.start and one.end < spot.end for spot in spots
    )
