"""A linear model at work on letters that have been read: scores, calibrated chances, and the words behind them."""

import ctypes
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hotline.classify import engine
from hotline.classify.engine import lies
from hotline.classify.explain import SHOWN, WordWeight
from hotline.classify.lexicon import Reading, Text, View

if TYPE_CHECKING:
    from hotline.classify.model import TextModel

Array = npt.NDArray[np.float64]
Best = npt.NDArray[np.int32]


class Scorer:
    """One model as it sees the features of one lexicon."""

    def __init__(self, model: "TextModel", view: View) -> None:
        self.model = model
        self.view = view
        self.slope = np.ascontiguousarray(model.calibration.slope, dtype=np.float64)
        self.offset = np.ascontiguousarray(model.calibration.offset, dtype=np.float64)
        self.bias = np.ascontiguousarray(model.bias, dtype=np.float32)
        self.weights = np.ascontiguousarray(model.weights, dtype=np.float32)
        self.native = engine.Model(
            view=view.native,
            weights=lies(self.weights),
            bias=lies(self.bias),
            slope=lies(self.slope),
            offset=lies(self.offset),
            sharpness=model.calibration.sharpness,
            classes=len(model.labels),
        )
        if model.neighbours is not None:
            self.native.neighbours = model.neighbours.native
        self._here = ctypes.byref(self.native)
        self._library = engine.library()

    @cached_property
    def averages(self) -> npt.NDArray[np.float32]:
        """What each feature says for a class on average; one pass over all weights, so only once."""
        found = np.ascontiguousarray(self.weights.mean(axis=1), dtype=np.float32)
        self.native.averages = lies(found)
        return found

    def read(self, texts: Sequence[Text]) -> Reading:
        return self.view.lexicon.read(texts)

    def scores(self, reading: Reading) -> Array:
        """One row a letter."""
        return self._ask(reading, calibrated=False)

    def chances(self, reading: Reading) -> Array:
        return self._ask(reading, calibrated=True)

    def _ask(self, reading: Reading, *, calibrated: bool) -> Array:
        found = np.empty((len(reading), self.native.classes))
        engine.demand(self._library.score_letters(self._here, reading.native, calibrated, lies(found)))
        return found

    def words(self, reading: Reading, best: Best) -> list[tuple[WordWeight, ...]]:
        """Of every letter the words for its likeliest label, the first of its row in `best`."""
        assert len(self.averages) == len(self.weights)
        count = len(reading)
        places = np.empty((2, count, SHOWN), dtype=np.int32)
        weights, counts = np.empty((count, SHOWN)), np.empty(count, dtype=np.int32)
        begins, lengths = places
        into = lies(begins), lies(lengths), lies(weights), lies(counts)
        engine.demand(self._library.name_words(self._here, reading.native, lies(best), best.shape[1], SHOWN, *into))
        found = []
        rows = zip(begins.tolist(), lengths.tolist(), weights.tolist(), counts.tolist(), strict=True)
        for letter, (firsts, sizes, said, shown) in enumerate(rows):
            text = reading.text(letter) if shown else ""
            spans = zip(firsts[:shown], sizes[:shown], said[:shown], strict=True)
            found.append(
                tuple(WordWeight(text[first : first + size], round(weight, 4)) for first, size, weight in spans)
            )
        return found
