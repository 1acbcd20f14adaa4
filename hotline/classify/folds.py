"""Near-duplicates stay together: a letter written twice must not be learned from and asked about."""

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

SHINGLE = 5
"""Characters in a run."""
LONGEST = 2_000
BANDS, BAND = 6, 3
SIGNATURE = BANDS * BAND
ALIKE = 0.6
"""Share of equal runs from which two letters count as one; the signature estimates it."""

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

_random = np.random.default_rng(12345)
MULTIPLIERS = _random.integers(1, 2**63, SIGNATURE, dtype=np.uint64) | np.uint64(1)
OFFSETS = _random.integers(0, 2**63, SIGNATURE, dtype=np.uint64)
POWERS = _random.integers(1, 2**63, SHINGLE, dtype=np.uint64) | np.uint64(1)


def group_texts(texts: Sequence[str]) -> Ints:
    """A group number per text: texts alike in most of their runs of characters share one (min-hash)."""
    return group_signatures([signature(text) for text in texts])


def group_signatures(signatures: Sequence[Hashes]) -> Ints:
    """The same of texts whose signatures are known."""
    if not len(signatures):
        return np.empty(0, dtype=np.int64)
    groups, known = _Union(len(signatures)), np.array(signatures, dtype=np.uint64)
    for place, other in _meetings(known).tolist():
        groups.join(place, other)
    return groups.numbers()


def _meetings(known: Hashes) -> Ints:
    """Each text with the first one that has the same numbers in a band and is alike, in their order."""
    found = []
    for band in range(BANDS):
        keys = _mixed(known[:, band * BAND : (band + 1) * BAND] @ MULTIPLIERS[:BAND])
        _, firsts, which = np.unique(keys, return_index=True, return_inverse=True)
        others = firsts[which]
        later = np.flatnonzero(others != np.arange(len(known)))
        # Letters full of the same polite phrases meet here, too: only the whole signature decides.
        alike = (known[later] == known[others[later]]).mean(axis=1) >= ALIKE
        places = later[alike]
        found.append(np.stack([places, others[places], np.full(len(places), band)], axis=1))
    met = np.concatenate(found)
    return np.asarray(met[np.lexsort((met[:, 2], met[:, 0]))][:, :2], dtype=np.int64)


def group_values(values: Sequence[Hashable]) -> Ints:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)


def signature(text: str) -> Hashes:
    """What a text is compared by."""
    runs = _run_hashes("".join(text.split())[:LONGEST])
    return np.asarray((runs[None, :] * MULTIPLIERS[:, None] + OFFSETS[:, None]).min(axis=1), dtype=np.uint64)


def _run_hashes(text: str) -> Hashes:
    """One number per run of SHINGLE characters; a shorter text is one run."""
    points = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    if len(points) < SHINGLE:
        points = np.pad(points, (0, SHINGLE - len(points)))
    runs = np.lib.stride_tricks.sliding_window_view(points, SHINGLE) @ POWERS
    return _mixed(runs)


def _mixed(numbers: Hashes) -> Hashes:
    mixed = (numbers ^ (numbers >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15)
    return np.asarray(mixed ^ (mixed >> np.uint64(29)), dtype=np.uint64)


class _Union:
    """Disjoint sets with path halving."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def find(self, one: int) -> int:
        while self.parent[one] != one:
            self.parent[one] = self.parent[self.parent[one]]
            one = self.parent[one]
        return one

    def join(self, one: int, other: int) -> None:
        self.parent[self.find(one)] = self.find(other)

    def numbers(self) -> Ints:
        return np.array([self.find(one) for one in range(len(self.parent))], dtype=np.int64)


def split(labels: Ints, groups: Ints, folds: int, seed: int = 1) -> Ints:
    """A fold number per row: whole groups, labels spread as evenly as the groups allow."""
    random = np.random.default_rng(seed)
    fold = np.zeros(len(labels), dtype=np.int64)
    taken = np.zeros((folds, int(labels.max()) + 1 if len(labels) else 1))
    for members in _groups_large_first(groups, random):
        wanted = np.bincount(labels[members], minlength=taken.shape[1])
        # The fold with the fewest of these labels; the emptiest one when several are equal.
        best = np.lexsort((random.random(folds), taken.sum(axis=1), taken @ wanted))[0]
        fold[members] = best
        taken[best] += wanted
    return fold


def _groups_large_first(groups: Ints, random: np.random.Generator) -> list[Ints]:
    order = np.argsort(groups, kind="stable")
    _, starts = np.unique(groups[order], return_index=True)
    parts = np.split(order, starts[1:])
    return sorted((parts[place] for place in random.permutation(len(parts))), key=len, reverse=True)
