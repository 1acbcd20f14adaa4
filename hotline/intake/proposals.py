"""What the rules propose to mark in a text, kind by kind; what is marked is decided with it and with what was learned (lift.py)."""

import re
from collections.abc import Iterable
from datetime import date

from hotline.intake.demands import demands
from hotline.intake.moments import times
from hotline.intake.persons import names
from hotline.intake.phones import phones
from hotline.intake.places import Found, joined, places
from hotline.intake.sums import amounts, bare_amounts


def proposed(text: str, *, today: date, regions: Iterable[tuple[int, int]] = ()) -> list[Found]:
    """In no particular order, no two over the same characters; a demand, from where it begins to be wished, may hold others."""
    where = joined(text, [*places(text), *(Found(start, end, "place", text[start:end]) for start, end in regions)])
    plain = apart(text, [*phones(text), *names(text), *where, *amounts(text), *bare_amounts(text), *times(text, today)])
    return [*plain, *(wished(text, one) for one in demands(text))]


def wished(text: str, one: Found) -> Found:
    """Without the 希望 before it."""
    start = text.find(one.value, one.start)
    return one._replace(start=start, end=start + len(one.value))


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
