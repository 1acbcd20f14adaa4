"""Which labels the nearest known letters bear: what a linear model cannot see, because few letters are like this one."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse

from hotline.classify.features import Floats, Ints, Vocabulary

NEAREST = 30
CLOSER = 3
"""A neighbour's say is its cosine to this power."""
COMMON = 0.1
"""A word in more letters than this share tells no two letters apart, and its long list would only cost time."""
DOUBT = 0.02
"""Share every label has before a neighbour speaks for it."""
FARTHEST = 0.001
"""A cosine below this says nothing."""
KEPT = 20_000
"""Letters remembered, the last ones; more would cost time at every question."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For every word of the vocabulary the known letters that have it; the arrays may be mapped from disk."""

    starts: Ints
    letters: npt.NDArray[np.int32]
    values: Floats
    labels: npt.NDArray[np.int32]
    classes: int
    weight: float
    """How much a vote counts beside the linear model's score."""

    def votes(self, found: Ints, values: Floats) -> Array:
        """The say of every label for a letter with these words, around zero."""
        return self.weight * _say(self.cosines(found, values), self.labels, self.classes)

    def cosines(self, found: Ints, values: Floats) -> Array:
        """How near every known letter is; one pass over the lists of the letter's words."""
        lengths = self.starts[found + 1] - self.starts[found]
        listed = lengths > 0
        found, values, lengths = found[listed], values[listed], lengths[listed]
        norm = float(np.sqrt(values @ values))
        if not norm:
            return np.zeros(len(self.labels))
        ends = np.cumsum(lengths)
        places = np.arange(ends[-1]) + np.repeat(self.starts[found] - ends + lengths, lengths)
        near = np.bincount(
            self.letters[places],
            weights=self.values[places] * np.repeat(values / norm, lengths),
            minlength=len(self.labels),
        )
        return np.asarray(near, dtype=np.float64)

    def votes_of(self, table: "sparse.csr_matrix") -> Array:
        """The same for letters that are the rows of a table of weighed words."""
        spans = pairwise(table.indptr.tolist())
        return np.stack([self.votes(table.indices[start:end], table.data[start:end]) for start, end in spans])


def _say(near: Array, labels: npt.NDArray[np.int32], classes: int) -> Array:
    nearest = _nearest(near)
    share = np.bincount(labels[nearest], weights=near[nearest] ** CLOSER, minlength=classes)
    total = share.sum()
    said = np.log((share / total if total else share) + DOUBT)
    return np.asarray(said - said.mean(), dtype=np.float64)


def _nearest(near: Array) -> Ints:
    """Places of the nearest; most letters are far from any one, so only those above a bar are compared."""
    bar = float(near.max(initial=0.0)) * 0.4
    places = np.flatnonzero(near > bar)
    while len(places) < NEAREST and bar > FARTHEST:
        bar /= 2
        places = np.flatnonzero(near > bar)
    if len(places) <= NEAREST:
        return places
    return places[np.argpartition(near[places], -NEAREST)[-NEAREST:]]


def remember(words: Vocabulary, table: "sparse.csr_matrix", labels: Ints, classes: int, weight: float) -> Neighbours:
    """`table`: the letters' weighed words, one row each; the last `KEPT` rows are remembered."""
    table, labels = table[-KEPT:], labels[-KEPT:]
    told = sparse.diags((words.idf > 1 - np.log(COMMON)).astype(np.float32))
    rare = (table @ told).tocsr()
    rare.eliminate_zeros()
    norms = np.sqrt(np.asarray(rare.multiply(rare).sum(axis=1)).ravel())
    lists = (sparse.diags(1 / np.maximum(norms, 1e-9)) @ rare).tocsc()
    return Neighbours(
        starts=lists.indptr.astype(np.int64),
        letters=lists.indices.astype(np.int32),
        values=lists.data.astype(np.float32),
        labels=labels.astype(np.int32),
        classes=classes,
        weight=weight,
    )
