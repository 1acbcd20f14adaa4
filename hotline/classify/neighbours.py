"""Which labels the nearest known letters bear: what a linear model cannot see, because few letters are like this one."""

import ctypes
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse

from hotline.classify import engine
from hotline.classify.engine import lies
from hotline.classify.features import Floats, Ints, Vocabulary

NEAREST = 30
"""So many of the nearest are asked; a neighbour's say is its cosine to the third power (native/neighbours.c)."""
COMMON = 0.1
"""A word in more letters than this share tells no two letters apart, and its long list would only cost time."""
SHARED, DULL, BENT = 3.0, 0.1, 1 / 3
"""How telling a word is: the surprise in the labels of the letters that have it, these mixed with so many letters of any label; what a
word counts that surprises nobody; and the power of both, for single letters are not to be found by a word or two."""
DOUBT = 0.02
"""Share every label has before a neighbour speaks for it."""
KEPT = 20_000
"""Letters remembered, the last ones; more would cost time at every question."""

Array = npt.NDArray[np.float64]


class Neighbours:
    """For every word of the vocabulary the known letters that have it; the arrays may be mapped from disk."""

    def __init__(
        self,
        *,
        starts: npt.NDArray[Any],
        letters: npt.NDArray[Any],
        values: npt.NDArray[Any],
        labels: npt.NDArray[Any],
        classes: int,
        weight: float,
    ) -> None:
        """`weight`: how much a vote counts beside the linear model's score."""
        self.starts = np.ascontiguousarray(starts, dtype=np.int64)
        self.letters = np.ascontiguousarray(letters, dtype=np.int32)
        self.values = np.ascontiguousarray(values, dtype=np.float32)
        self.labels = np.ascontiguousarray(labels, dtype=np.int32)
        self.classes = classes
        self.weight = weight
        lists = lies(self.starts), lies(self.letters), lies(self.values), lies(self.labels)
        self.native = engine.Neighbours(*lists, len(self.starts) - 1, len(self.labels), weight)

    def votes_of(self, table: "sparse.csr_matrix") -> Array:
        """The say of every label, around zero, for letters that are the rows of a table of weighed words."""
        starts = np.ascontiguousarray(table.indptr, dtype=np.int64)
        words = np.ascontiguousarray(table.indices, dtype=np.int32)
        values: Floats = np.ascontiguousarray(table.data, dtype=np.float32)
        found = np.empty((table.shape[0], self.classes))
        asked = len(found), lies(starts), lies(words), lies(values), self.classes, lies(found)
        engine.demand(engine.library().votes_of(ctypes.byref(self.native), *asked))
        return found


def remember(words: Vocabulary, table: "sparse.csr_matrix", labels: Ints, classes: int, weight: float) -> Neighbours:
    """`table`: the letters' weighed words, one row each; the last `KEPT` rows are remembered."""
    table, labels = table[-KEPT:], labels[-KEPT:]
    told = telling(table, labels, classes) * (words.idf > 1 - np.log(COMMON))
    weighed = sparse.diags(told.astype(np.float32))
    known = (table @ weighed).tocsr()
    known.eliminate_zeros()
    norms = np.sqrt(np.asarray(known.multiply(known).sum(axis=1)).ravel())
    # Weighed twice, since the letter that asks is not: its own length makes no neighbour nearer than another.
    lists = (sparse.diags(1 / np.maximum(norms, 1e-9)) @ known @ weighed).tocsc()
    return Neighbours(
        starts=lists.indptr, letters=lists.indices, values=lists.data, labels=labels, classes=classes, weight=weight
    )


def telling(table: "sparse.csr_matrix", labels: Ints, classes: int) -> Array:
    """By word, how much the labels of the letters that have it differ from those of all (Kullback–Leibler)."""
    count = len(labels)
    owners = sparse.csr_matrix((np.ones(count), (labels, np.arange(count))), shape=(classes, count))
    seen = (owners @ (table != 0)).tocoo()
    usual = np.bincount(labels, minlength=classes) / count
    having = np.bincount(seen.col, weights=seen.data, minlength=table.shape[1])
    unseen = SHARED / (having + SHARED)  # of its usual share: what a label has that no letter with the word bears
    share, before = (seen.data + SHARED * usual[seen.row]) / (having + SHARED)[seen.col], usual[seen.row]
    more = share * np.log(share / before) - before * (unseen * np.log(unseen))[seen.col]
    surprise = unseen * np.log(unseen) + np.bincount(seen.col, weights=more, minlength=table.shape[1])
    return np.asarray((surprise + DULL) ** BENT, dtype=np.float64)
