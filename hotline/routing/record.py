"""How a ruling fared, and what that makes its word worth. Pure."""

import msgspec

FEWEST = 3
"""Tickets from which on a record may speak against a ruling."""
POOR = 0.6
"""A ruling that is right less often than this is suspended."""
PROVEN = 8
GOOD = 0.9
"""So many kept, and so large a say: then it is followed without a person."""


class Record(msgspec.Struct, frozen=True):
    """Of the tickets a ruling spoke for, how many stayed where it said, came back, or were sent elsewhere by a person."""

    kept: int = 0
    came_back: int = 0
    passed: int = 0

    @property
    def heard(self) -> int:
        """Tickets of which it is known what came of them."""
        return self.kept + self.came_back + self.passed

    @property
    def say(self) -> float:
        """Its share beside the catalogue's: half when nothing is known, and ever nearer to how often it was right."""
        return (self.kept + 1) / (self.heard + 2)

    @property
    def proven(self) -> bool:
        return self.kept >= PROVEN and self.say >= GOOD

    @property
    def poor(self) -> bool:
        return self.heard >= FEWEST and self.kept / self.heard < POOR

    def text(self) -> str:
        """已适用 5 件,有效 4 件; nothing when it was never tried."""
        return f";已适用 {self.heard} 件,有效 {self.kept} 件" if self.heard else ""


class Moved(msgspec.Struct, frozen=True):
    """退单改派: of what a unit was sent in a matter, how much was found to be another's."""

    to: int
    sent: int
    times: int


PRIOR = 10
"""So many tickets that stayed are taken for granted before a unit's returns are believed."""
LEAST = 3


def lost(moved: Moved) -> float:
    """The part of a unit's belief that goes to the one its tickets went to."""
    return moved.times / (moved.sent + PRIOR) if moved.times >= LEAST else 0.0
