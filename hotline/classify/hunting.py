"""Several patterns sought in one text at once: a look at every two characters, and only where a match may begin the pattern itself."""

import ctypes
import re
from collections.abc import Sequence

import numpy as np

from hotline.classify import engine
from hotline.classify.engine import lies
from hotline.infra.patterns import FURTHEST, alternatives, openings, parse

MOST_PATTERNS = 8
"""One bit each."""
SPREAD = 0x9E3779B1


MANY = 500
"""Places in one text from which on it pays to remember what was tried."""
BESIDE, WIDEST = 24, 200
"""How far a pattern looks beside its match, behind and ahead; the widest match that is worth remembering."""


def reach(pattern: str) -> int:
    """How many characters from its beginning on decide whether it matches; 0 when there is no end to them."""
    parsed = parse(pattern)
    if parsed is None:
        return 0
    _, widest = parsed.getwidth()
    return widest + BESIDE if widest <= WIDEST else 0


class Hunt:
    """The same matches as `finditer` of each pattern. Where an alternative begins with a look behind or a class of characters,
    the standard library tries every alternative at every place; almost all of that is spared."""

    def __init__(self, patterns: Sequence[str]) -> None:
        if len(patterns) > MOST_PATTERNS:
            raise ValueError("too many patterns")
        self.patterns = [re.compile(pattern) for pattern in patterns]
        self._offers = [[(one, begin_of(one)) for one in alternatives(pattern)] for pattern in patterns]
        self._narrow: list[dict[str, re.Pattern[str]]] = [{} for _ in patterns]
        begins = np.zeros((2, FURTHEST + 1), dtype=np.uint8)
        pairs: dict[int, int] = {}
        self._anywhere = []
        """Patterns that may begin with anything, or be empty."""
        for number, pattern in enumerate(patterns):
            found = openings(pattern)
            if found is None:
                self._anywhere.append(number)
                continue
            for opening in found:
                begins[0, ord(opening[0])] |= 1 << number
                if len(opening) == 1:
                    begins[1, ord(opening)] |= 1 << number
                else:
                    pair = ord(opening[0]) << 16 | ord(opening[1])
                    pairs[pair] = pairs.get(pair, 0) | 1 << number
        size = 1 << max(4, (4 * len(pairs)).bit_length())
        keys, values = np.zeros(size, dtype=np.uint32), np.zeros(size, dtype=np.uint8)
        for pair, bits in pairs.items():
            place = pair * SPREAD & 0xFFFFFFFF
            place = (place ^ place >> 15) & size - 1
            while keys[place]:
                place = (place + 1) & size - 1
            keys[place], values[place] = pair, bits
        self._reach = [reach(pattern) for pattern in patterns]
        self._arrays = begins, keys, values
        self._native = engine.Hunt(lies(begins), lies(begins[1]), lies(keys), lies(values), size - 1)
        self._here = ctypes.byref(self._native)

    def find(self, text: str) -> list[list[re.Match[str]]]:
        """Of every pattern its matches in order, none over another of the same pattern."""
        found: list[list[re.Match[str]]] = [[] for _ in self.patterns]
        ends = [0] * len(found)
        vain: list[set[str]] = [set() for _ in found]
        """What stood around a place where the pattern did not match: the same again need not be tried."""
        letters = text.encode("utf-32-le", "surrogatepass")
        places, patterns = np.empty(len(text), dtype=np.int32), np.empty(len(text), dtype=np.uint8)
        count = engine.library().find_openings(self._here, letters, len(text), lies(places), lies(patterns))
        for place, bits in zip(places[:count].tolist(), patterns[:count].tolist(), strict=True):
            for number in BITS[bits]:
                if place < ends[number]:
                    continue
                around = ""
                if count > MANY and (ahead := self._reach[number]):
                    around = text[max(0, place - BESIDE) : place + ahead]
                    if around in vain[number]:
                        continue
                narrow = self._narrow[number].get(text[place]) or self._narrowed(number, text[place])
                if (match := narrow.match(text, place)) is not None:
                    found[number].append(match)
                    ends[number] = match.end()
                elif len(around) == BESIDE + self._reach[number]:
                    vain[number].add(around)
        for number in self._anywhere:
            found[number] = list(self.patterns[number].finditer(text))
        return found

    def _narrowed(self, number: int, begin: str) -> re.Pattern[str]:
        """Of a pattern the alternatives that may begin with a character, in their order: it matches there as the whole does."""
        offers = [one for one, begins in self._offers[number] if begins is None or begin in begins]
        narrow = self._narrow[number][begin] = re.compile("|".join(offers))
        return narrow


def begin_of(pattern: str) -> frozenset[str] | None:
    """With which characters a match may begin; None: with any, or it may be empty."""
    found = openings(pattern)
    return found and frozenset(one[0] for one in found)


BITS = [tuple(bit for bit in range(MOST_PATTERNS) if byte >> bit & 1) for byte in range(1 << MOST_PATTERNS)]
