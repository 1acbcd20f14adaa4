"""What features there are in letters and in how many of them: counted piece by piece, in a room that has its limits."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from hotline.classify.features import Block, Floats, Ints, Keys, Letter, Vocabulary, character_runs, word_runs

AT_ONCE = 8_000
"""Letters."""
ENOUGH = 250_000
"""Letters that tell which features there are and how rare each is; a million tell hardly more."""
MOST_WORDS, MOST_RUNS = 3_000_000, 12_000_000
"""Features counted at a time; beyond them the rarest so far are forgotten (as in lossy counting)."""

Told = Callable[[str, int, int], None]
"""How far something long has come: what, how many, of how many. Whoever wants it to end raises."""


def quiet(what: str, done: int, of: int) -> None:
    """Nobody asked."""


class Words:
    """Of a block of words and their neighbours."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.seen: Counter[str] = Counter()
        self.rare = 0

    def add(self, letters: Sequence[Letter]) -> None:
        for letter in letters:
            self.seen.update(set(word_runs(letter.words_of(self.block.part), self.block.longest)))
        while len(self.seen) > MOST_WORDS:
            self.rare += 1
            self.seen = Counter({run: times for run, times in self.seen.items() if times > self.rare})

    def vocabulary(self, texts: int, most: int | None) -> Vocabulary:
        kept = sorted(run for run, times in self.seen.items() if times >= self.block.seen_in)
        times = np.array([self.seen[run] for run in kept], dtype=np.int64)
        best = most_seen(times, most)
        words = {kept[place]: number for number, place in enumerate(best.tolist())}
        return Vocabulary(self.block, _idf(times[best], texts), words=words)


class Runs:
    """Of a block of characters' runs, ascending."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.keys: Keys = np.empty(0, np.uint64)
        self.times: Ints = np.empty(0, np.int64)
        self.rare = 0

    def add(self, letters: Sequence[Letter]) -> None:
        more, counts = np.unique(
            np.concatenate([_distinct(letter, self.block) for letter in letters]), return_counts=True
        )
        places = self.keys.searchsorted(more)
        known = np.zeros(len(more), dtype=bool)
        inside = places < len(self.keys)
        known[inside] = self.keys[places[inside]] == more[inside]
        self.times[places[known]] += counts[known]
        if not known.all():
            self.keys = np.insert(self.keys, places[~known], more[~known])
            self.times = np.insert(self.times, places[~known], counts[~known])
        while len(self.keys) > MOST_RUNS:
            self.rare += 1
            often = self.times > self.rare
            self.keys, self.times = self.keys[often], self.times[often]

    def vocabulary(self, texts: int, most: int | None) -> Vocabulary:
        kept = np.flatnonzero(self.times >= self.block.seen_in)
        best = kept[most_seen(self.times[kept], most)]
        return Vocabulary(self.block, _idf(self.times[best], texts), keys=self.keys[best])


def learn(block: Block, letters: Sequence[Letter]) -> Vocabulary:
    """The vocabulary of one block from training letters."""
    return learn_all([block], letters)[0]


def learn_all(
    blocks: Sequence[Block], letters: Sequence[Letter], *, most: int | None = None, told: Told = quiet
) -> tuple[Vocabulary, ...]:
    """One vocabulary a block, of `most` features at most; the letters are gone through once, of very many every few."""
    counting = [Words(block) if block.unit == "word" else Runs(block) for block in blocks]
    step = max(-(-len(letters) // ENOUGH), 1)
    for start in range(0, len(letters), AT_ONCE * step):
        told("数特征", start, len(letters))
        some = letters[start : start + AT_ONCE * step : step]
        for one in counting:
            one.add(some)
    return tuple(one.vocabulary(len(range(0, len(letters), step)), most) for one in counting)


def most_seen(times: Ints, most: int | None) -> Ints:
    """The places of the most frequent, in their old order; of equals the first."""
    if most is None or len(times) <= most:
        return np.arange(len(times))
    return np.sort(np.argsort(-times, kind="stable")[:most])


def _distinct(letter: Letter, block: Block) -> Keys:
    key = ("character", block.part, block.longest)
    if key in letter.counted:
        known: Keys = letter.counted[key][0]
        return known
    return np.unique(character_runs(letter.text_of(block.part), block.longest))


def _idf(times: Ints, texts: int) -> Floats:
    return (np.log((1 + texts) / (1 + times)) + 1).astype(np.float32)
