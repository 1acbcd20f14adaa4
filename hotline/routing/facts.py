"""What routing may know of a ticket. Nothing of the citizen is among it."""

from collections.abc import Iterable

import msgspec

from hotline.classify.classifier import Answers
from hotline.tickets.states import Kind, Urgency
from hotline.tickets.ticket import Ticket


class Guess(msgspec.Struct, frozen=True, gc=False):
    """A category and how sure the classifier is of it, 0 … 1 (calibrated)."""

    category: str
    confidence: float


class Facts(msgspec.Struct, frozen=True, gc=False):
    guesses: tuple[Guess, ...]
    """Best first. A category chosen by a person stands alone with confidence 1."""
    region: str | None
    kind: Kind
    urgency: Urgency = Urgency.NORMAL
    accused_unit: int | None = None
    proposed: int | None = None
    """The unit that the agent named who spoke with the citizen."""
    unhappy: bool = False
    """With a direct answer: a person speaks with the citizen before anything is decided (docs/rules.md F.4)."""


LEAST = 0.005
"""A guess below this moves no unit up or down."""


def guesses_of(answers: Answers) -> tuple[Guess, ...]:
    """The three deepest categories, and of every wider one what they leave over: together they are the whole belief,
    so that two like categories of one unit may add up."""
    deep = [Guess(one.code, one.confidence) for one in answers.category]
    wide = [
        Guess(area.code, area.confidence - sum([g.confidence for g in deep if g.category.startswith(area.code)]))
        for area in answers.areas
    ]
    return tuple(sorted((g for g in (*deep, *wide) if g.confidence > LEAST), key=lambda g: -g.confidence))


def facts_of(
    ticket: Ticket, guesses: Iterable[Guess] = (), proposed: int | None = None, *, unhappy: bool = False
) -> Facts:
    """A category set by a person has no confidence and outweighs every guess."""
    if ticket.category and ticket.confidence is None:
        guesses = (Guess(ticket.category, 1.0),)
    return Facts(
        guesses=tuple(guesses),
        region=ticket.region,
        kind=ticket.kind,
        urgency=ticket.urgency,
        accused_unit=ticket.accused_unit,
        proposed=proposed,
        unhappy=unhappy,
    )
