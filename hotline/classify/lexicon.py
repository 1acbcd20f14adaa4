"""One reading for several models: a letter is cut, counted and looked up once, in one space of features they share.

Serving's counterpart of `features.py` and `batches.py`, which training uses; the work is done in compiled code (native/), and
tests prove that it gives the same answers as the plainest way of doing it."""

import ctypes
from array import array
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import finalize

import numpy as np
import numpy.typing as npt

from hotline.classify import engine
from hotline.classify.cutting import dictionary
from hotline.classify.engine import CELL, lies
from hotline.classify.features import HEAD, Vocabulary, plain

AT_ONCE = 64
"""Letters read together: enough to spare Python's cost for each, few enough for the processor's cache."""
REACH = 4
"""Characters of the longest run that has a number."""
PARTS = {"all": 0, "title": 1, "head": 2}

Text = tuple[str, str]
Slot = tuple[str, str, int]
"""Unit, part, and the how-manieth of a model's blocks of this kind it is."""
WORDS: Slot = ("word", "all", 0)


class View:
    """What the shared features are to one model; those it does not know are worth nothing to it."""

    def __init__(
        self,
        lexicon: "Lexicon",
        cells: npt.NDArray[Any],
        vocabularies: Mapping[int, Vocabulary],
        features: Sequence[npt.NDArray[np.int32]],
    ) -> None:
        self.lexicon = lexicon
        self.cells = cells
        self.weights = np.zeros(len(lexicon.slots))
        row = 0
        for (slot, vocabulary), own in zip(vocabularies.items(), features, strict=True):
            self.cells["idf"][own] = vocabulary.idf
            self.cells["row"][own] = row + np.arange(len(own))
            self.weights[slot] = vocabulary.block.weight
            row += len(own)
        self.native = engine.View(lies(cells), lies(self.weights), cells.strides[0] // CELL.itemsize, len(self.weights))

    def rows(self, reading: "Reading", letter: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """One letter as the model sees it: rows of its own, and what each is worth there."""
        library, here = engine.library(), ctypes.byref(self.native)
        count = library.rows_of(here, reading.native, letter, None, None)
        rows, values = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.float32)
        engine.demand(library.rows_of(here, reading.native, letter, lies(rows), lies(values)) >= 0)
        return rows, values


class Lexicon:
    """The features of several models in one space, slot after slot, each counted once."""

    def __init__(self, models: Sequence[Sequence[Vocabulary]]) -> None:
        self._library = engine.library()
        own, self._kept = dictionary()
        self.native = self._library.lexicon_new(ctypes.byref(own), HEAD)
        engine.demand(self.native)
        finalize(self, self._library.lexicon_free, self.native)
        self.slots: dict[Slot, int] = {WORDS: 0}
        seen = []
        for vocabularies in models:
            numbered = {self.slots.setdefault(slot, len(self.slots)): one for slot, one in _slots(vocabularies).items()}
            seen.append((numbered, [self._add(number, one) for number, one in numbered.items()]))
        self.size = self._library.lexicon_size(self.native)
        cells = np.zeros((self.size, len(models)), dtype=CELL)
        self.views = [View(self, cells[:, number], *one) for number, one in enumerate(seen)]

    def _add(self, slot: int, vocabulary: Vocabulary) -> npt.NDArray[np.int32]:
        """The number of every feature of a vocabulary."""
        block, found = vocabulary.block, np.empty(len(vocabulary), dtype=np.int32)
        if block.unit == "word":
            letters = "".join(vocabulary.words).encode("utf-32-le", "surrogatepass")
            lengths = np.fromiter(map(len, vocabulary.words), np.int32, len(vocabulary))
            said = PARTS[block.part], block.longest, letters, lies(lengths), len(vocabulary)
            engine.demand(self._library.add_words(self.native, slot, *said, lies(found)))
        else:
            keys = np.ascontiguousarray(vocabulary.keys, dtype=np.uint64)
            engine.demand(
                self._library.add_runs(self.native, slot, PARTS[block.part], lies(keys), len(keys), lies(found))
            )
        return found

    def read(self, texts: Sequence[Text]) -> "Reading":
        """Anything a keyboard can produce is allowed."""
        return Reading(self, texts)


class Reading:
    """Some letters' features, and where in each letter they stand, which an explanation needs."""

    def __init__(self, lexicon: Lexicon, texts: Sequence[Text]) -> None:
        self.lexicon = lexicon
        self.parts = [plain(part) for text in texts for part in text]
        lengths = array("i", map(len, self.parts))
        letters = "".join(self.parts).encode("utf-32-le")
        library = engine.library()
        self.native = library.read_letters(lexicon.native, letters, lengths.buffer_info()[0], len(texts))
        engine.demand(self.native)

    def __del__(self) -> None:
        engine.library().reading_free(getattr(self, "native", None))

    def __len__(self) -> int:
        return len(self.parts) // 2

    def text(self, letter: int) -> str:
        """A letter without spaces, as its words are counted."""
        return "".join(self.parts[2 * letter : 2 * letter + 2]).replace(" ", "")


def _slots(vocabularies: Sequence[Vocabulary]) -> dict[Slot, Vocabulary]:
    found: dict[Slot, Vocabulary] = {}
    for vocabulary in vocabularies:
        block = vocabulary.block
        kind = block.unit, block.part
        found[(*kind, sum(slot[:2] == kind for slot in found))] = vocabulary
    return found
