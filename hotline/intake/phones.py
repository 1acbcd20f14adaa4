"""Telephone numbers in a text; a ticket's or an order's number is none."""

import re
from collections.abc import Iterator

from hotline.intake.places import Found

PHONE = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?(1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}|0[0-9]{2,3}[- ]?[0-9]{3,4}[- ]?[0-9]{4})(?![0-9A-Za-z])"
)


def phones(text: str) -> Iterator[Found]:
    for found in PHONE.finditer(text):
        yield Found(found.start(), found.end(), "phone", re.sub(r"[ -]", "", found[1]))
