"""What routing may know of a ticket. Nothing of the citizen is among it."""

import msgspec

from hotline.tickets.states import Kind, Urgency


class Guess(msgspec.Struct, frozen=True):
    """A category and how sure the classifier is of it, 0 … 1 (calibrated)."""

    category: str
    confidence: float


class Facts(msgspec.Struct, frozen=True):
    guesses: tuple[Guess, ...]
    """Best first. A category chosen by a person stands alone with confidence 1."""
    region: str | None
    kind: Kind
    urgency: Urgency = Urgency.NORMAL
    accused_unit: int | None = None
