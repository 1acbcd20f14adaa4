"""What became of one try to send, and what follows from it."""

from datetime import timedelta
from enum import StrEnum

import msgspec

ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=1)


class Fate(StrEnum):
    SENT = "sent"
    LATER = "later"  # certainly not taken; worth another try
    REFUSED = "refused"  # certainly not taken; another try would be refused as well
    UNSURE = "unsure"  # may have been taken


class Outcome(msgspec.Struct, frozen=True):
    fate: Fate
    problem: str = ""


def next_state(outcome: Outcome, attempts: int) -> tuple[str, timedelta]:
    """The state of the message, and how long it rests before the next try. Nothing is dropped: what failed is shown."""
    if outcome.fate is Fate.LATER and attempts < ATTEMPTS:
        return "waiting", min(FIRST_PAUSE * 4 ** (attempts - 1), LONGEST_PAUSE)
    return {Fate.SENT: "sent", Fate.UNSURE: "unsure"}.get(outcome.fate, "failed"), timedelta(0)
