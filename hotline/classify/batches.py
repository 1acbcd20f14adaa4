"""Many letters at once: the same numbers as one by one, without Python's cost for each."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse

from hotline.classify.features import Floats, Ints, Letter, Vocabulary
from hotline.classify.neighbours import Neighbours

REMEMBERED = 20_000
"""Letters whose counts are kept from fold to fold: about 20 KB each."""
AT_ONCE = 2_000

Counted = tuple[Ints, Ints, npt.NDArray[np.float32]]


def matrix(vocabularies: Sequence[Vocabulary], letters: Sequence[Letter]) -> "sparse.csr_matrix":
    """The letters as rows, the blocks side by side."""
    forget = len(letters) > REMEMBERED
    parts = []
    for start in range(0, len(letters), AT_ONCE):
        some = letters[start : start + AT_ONCE]
        parts.append(sparse.hstack([_block(vocabulary, some) for vocabulary in vocabularies], format="csr"))
        if forget:
            for letter in some:
                letter.counted.clear()
    table = sparse.vstack(parts, format="csr") if len(parts) > 1 else parts[0]
    table.sort_indices()
    return table


def scores_of(
    letters: Sequence[Letter],
    vocabularies: Sequence[Vocabulary],
    weights: Floats,
    bias: Floats,
    neighbours: Neighbours | None,
) -> npt.NDArray[np.float64]:
    """A linear model's scores, with the say of the nearest letters when they are asked."""
    found = np.empty((len(letters), len(bias)))
    for start in range(0, len(letters), REMEMBERED):
        table = matrix(vocabularies, letters[start : start + REMEMBERED])
        part = np.asarray(table @ weights + bias, dtype=np.float64)
        if neighbours is not None:
            part = part + neighbours.votes_of(table[:, : len(vocabularies[0])])
        found[start : start + REMEMBERED] = part
    return found


def _block(vocabulary: Vocabulary, letters: Sequence[Letter]) -> "sparse.csr_matrix":
    """One block with tf-idf values (1 + ln tf) · idf, every row scaled to the block's weight."""
    counted = _words if vocabulary.block.unit == "word" else _runs
    rows, places, times = counted(vocabulary, letters)
    values: Floats = (1 + np.log(times)) * vocabulary.idf[places]
    norms = np.sqrt(np.bincount(rows, weights=values * values, minlength=len(letters)))
    scale = np.divide(vocabulary.block.weight, norms, out=np.zeros_like(norms), where=norms > 0).astype(np.float32)
    ends = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(letters)))])
    return sparse.csr_matrix((values * scale[rows], places, ends), shape=(len(letters), len(vocabulary)))


def _words(vocabulary: Vocabulary, letters: Sequence[Letter]) -> Counted:
    known, block = vocabulary.words, vocabulary.block
    places: list[int] = []
    times: list[int] = []
    sizes = np.empty(len(letters), dtype=np.int64)
    for number, letter in enumerate(letters):
        before = len(places)
        for word, count in letter.word_counts(block.part, block.longest).items():
            if (place := known.get(word)) is not None:
                places.append(place)
                times.append(count)
        sizes[number] = len(places) - before
    rows = np.repeat(np.arange(len(letters)), sizes)
    return rows, np.array(places, dtype=np.int64), np.array(times, dtype=np.float32)


def _runs(vocabulary: Vocabulary, letters: Sequence[Letter]) -> Counted:
    counts = [letter.run_counts(vocabulary.block.part, vocabulary.block.longest) for letter in letters]
    runs = np.concatenate([found for found, _ in counts])
    times = np.concatenate([often for _, often in counts])
    rows = np.repeat(np.arange(len(letters)), [len(found) for found, _ in counts])
    if not len(vocabulary.keys) or not len(runs):
        return rows[:0], rows[:0], times[:0]
    places = vocabulary.keys.searchsorted(runs)
    places[places == len(vocabulary.keys)] = 0
    hit = vocabulary.keys[places] == runs
    return rows[hit], places[hit], times[hit]
