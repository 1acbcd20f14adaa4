"""Who led tickets like this one: counts from the whole city down to the community, each corrected by the narrower. Pure."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from hotline.directory.regions import stem

EVEN = 5
"""So many tickets of the narrower place weigh as much as what the wider one says. On 坪山's tickets, day by day, the shares are
then as often right as they say (`python -m bench.practice`)."""
WORTH_SHOWING = 0.1
MOST = 3
SAYS_SOMETHING = 3
"""Tickets from which on a place is cited by itself."""


class Led(msgspec.Struct, frozen=True, gc=False):
    """So many finished tickets of a matter in a place, and who led: a unit's code, or `district` / `street`."""

    category: str
    region: str
    """Empty: not known."""
    lead: str
    times: int


class Way(msgspec.Struct, frozen=True, gc=False):
    """Who usually leads."""

    lead: str
    share: float
    """0 … 1; all ways together stay below 1: what was seen may not be all there is."""
    times: int
    of: int
    region: str
    """Where `times` of `of` were counted; empty: anywhere."""


Key = tuple[str, str]


def keys(category: str, region: str) -> list[Key]:
    """From the wider matter anywhere to the matter itself in the community."""
    code = stem(region)
    places = ["", *(code[:width] for width in (6, 9, 12) if len(code) >= width)]
    return list(dict.fromkeys([(category[:4], ""), *((category, place) for place in places)]))


class Practice:
    """Read-only, shared by the whole process."""

    def __init__(self, led: Iterable[Led] = ()) -> None:
        self._at: dict[Key, Counter[str]] = {}
        for one in led:
            self.learn(one)

    def learn(self, one: Led) -> None:
        """Only while nobody else reads."""
        for key in {*keys(one.category, one.region), *keys(one.category[:4], one.region)}:
            self._at.setdefault(key, Counter())[one.lead] += one.times

    def ways(self, category: str, region: str | None) -> list[Way]:
        """The likeliest first."""
        chain = [(key, self._at[key]) for key in keys(category, region or "") if key in self._at]
        shares: dict[str, float] = {}
        for _, seen in chain:
            of = seen.total()
            shares = {lead: (seen[lead] + EVEN * shares.get(lead, 0.0)) / (of + EVEN) for lead in {*seen, *shares}}
        if not chain:
            return []
        telling = [one for one in chain if one[1].total() >= SAYS_SOMETHING] or chain[:1]
        (_, place), counted = telling[-1]
        ranked = sorted(shares.items(), key=lambda one: (-one[1], one[0]))
        return [
            Way(lead, share, counted[lead], counted.total(), place)
            for lead, share in ranked[:MOST]
            if share >= WORTH_SHOWING
        ]
