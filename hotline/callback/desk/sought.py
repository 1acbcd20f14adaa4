"""What somebody typed to find a callback: the number of a ticket or its end, a telephone number, words of the title."""

import re

import msgspec

from hotline.intake.form import PHONE, plain_phone
from hotline.tickets.search import escaped

MOST_WORDS = 10
DIGITS = re.compile(r"\d{4,15}", re.ASCII)
"""Fewer would be the end of too many numbers."""


class Sought(msgspec.Struct, frozen=True):
    """Any of the three is enough."""

    titles: list[str]
    """Patterns, all of which a title must bear."""
    number: str | None
    """How the number of the ticket ends."""
    phone: str | None


def sought(text: str) -> Sought:
    plain = plain_phone(text)
    return Sought(
        titles=["%" + escaped(word) for word in text.split()[:MOST_WORDS]],
        number="%" + plain if DIGITS.fullmatch(plain) else None,
        phone=plain if PHONE.fullmatch(plain) else None,
    )
