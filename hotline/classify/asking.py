"""All models asked at once about letters that have been read: one call into the compiled part."""

import ctypes
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from hotline.classify import engine
from hotline.classify.engine import NAMED, lies
from hotline.classify.explain import SHOWN, WordWeight
from hotline.classify.lexicon import Reading
from hotline.classify.refine import PARENTS, Deeper
from hotline.classify.scoring import Scorer

KINDS = 3


class Told(NamedTuple):
    """Of one letter: places of labels with their chances, best first, and the words behind the likeliest area."""

    areas: Iterable[tuple[int, float]]
    kinds: Iterable[tuple[int, float]]
    deepest: Sequence[tuple[str, float]]
    urgencies: Sequence[float]
    words: tuple[WordWeight, ...]


class Asking:
    """The models of one classifier, side by side."""

    def __init__(self, category: Scorer, kind: Scorer, urgency: Scorer, third: Deeper, areas: int) -> None:
        self._models = category, kind, urgency, third
        self.areas, self.kinds = min(areas, category.native.classes), min(KINDS, kind.native.classes)
        places = map(ctypes.addressof, (category.native, kind.native, urgency.native, third.native))
        self.native = engine.Answering(*places, self.areas, self.kinds, PARENTS, SHOWN)
        self._third, self._averages = third, category.averages
        self._numbers = self.areas + self.kinds + NAMED + 1 + 2 * SHOWN + 1
        self._said = self.areas + self.kinds + urgency.native.classes + NAMED + SHOWN
        self._here, self._library = ctypes.byref(self.native), engine.library()

    def ask(self, reading: Reading, foreign: bytes) -> list[Told]:
        """`foreign`: a byte for each letter, 1 where it is half believed at most."""
        numbers = np.empty((len(reading), self._numbers), dtype=np.int32)
        said = np.empty((len(reading), self._said))
        engine.demand(self._library.answer_letters(self._here, reading.native, foreign, lies(numbers), lies(said)))
        rows = zip(numbers.tolist(), said.tolist(), strict=True)
        return [self._told(reading, letter, *row) for letter, row in enumerate(rows)]

    def _told(self, reading: Reading, letter: int, numbers: list[int], said: list[float]) -> Told:
        kinds, codes = self.areas, self.areas + self.kinds
        begins = codes + NAMED + 1
        deep, weights = len(said) - SHOWN - NAMED, len(said) - SHOWN
        named, shown = numbers[begins - 1], numbers[-1]
        code = self._third.code
        return Told(
            zip(numbers[:kinds], said[:kinds], strict=True),
            zip(numbers[kinds:codes], said[kinds:codes], strict=True),
            [(code(one), chance) for one, chance in zip(numbers[codes : codes + named], said[deep:], strict=False)],
            said[codes:deep],
            self._words(reading.text(letter), numbers[begins:], said[weights : weights + shown]) if shown else (),
        )

    @staticmethod
    def _words(text: str, places: list[int], weights: list[float]) -> tuple[WordWeight, ...]:
        spans = zip(places, places[SHOWN:], weights, strict=False)
        return tuple([WordWeight(text[first : first + size], round(weight, 4)) for first, size, weight in spans])
