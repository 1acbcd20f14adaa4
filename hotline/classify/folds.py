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
    groups = _Union(len(texts))
    signatures = np.array([_signature("".join(text.split())) for text in texts], dtype=np.uint64)
    seen: dict[tuple[int, ...], int] = {}
    for place, signature in enumerate(signatures):
        for band in range(BANDS):
            key = (band, *signature[band * BAND : (band + 1) * BAND].tolist())
            # Letters full of the same polite phrases meet here, too: only the whole signature decides.
            other = seen.setdefault(key, place)
            if other != place and (signatures[other] == signature).mean() >= ALIKE:
                groups.join(place, other)
    return groups.numbers()


def group_values(values: Sequence[Hashable]) -> Ints:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)


def _signature(text: str) -> Hashes:
    runs = _run_hashes(text[:LONGEST])
    return np.asarray((runs[None, :] * MULTIPLIERS[:, None] + OFFSETS[:, None]).min(axis=1), dtype=np.uint64)


def _run_hashes(text: str) -> Hashes:
    """One number per run of SHINGLE characters; a shorter text is one run."""
    points = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    if len(points) < SHINGLE:
        points = np.pad(points, (0, SHINGLE - len(points)))
    runs = np.lib.stride_tricks.sliding_window_view(points, SHINGLE) @ POWERS
    mixed = (runs ^ (runs >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15)
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
