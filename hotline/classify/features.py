"""From a letter to numbers: jieba words (词) and runs of characters (字), the same way in training and in service."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from hotline.infra.words import words as cut

MAX_CHARACTERS = 6_000  # a letter says what it is about long before; the rest would only cost time
HEAD_WORDS = 14
UNKNOWN_CHARACTER = 0xFFFD

Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Block:
    """One group of features with a weight of its own; every block has length one before it is weighted."""

    name: str
    unit: Literal["word", "character"]
    part: Literal["all", "title", "head"]
    longest: int
    weight: float = 1.0
    seen_in: int = 1
    """A feature counts when at least this many training texts have it."""


def standard(texts: int) -> tuple[Block, ...]:
    """The blocks that did best on real letters (docs/decisions/0020-linear-classifier.md); few texts spare no feature."""
    rare = 3 if texts >= 2_000 else 1
    return (
        Block("words", "word", "all", 1, seen_in=min(rare, 2)),
        Block("characters", "character", "all", 4, seen_in=rare),
        Block("head", "word", "head", 2, weight=0.7),
        Block("title_words", "word", "title", 2, weight=0.7),
        Block("title_characters", "character", "title", 4, weight=0.7, seen_in=min(rare, 2)),
    )


@dataclass(frozen=True, slots=True)
class Letter:
    """A text cut once, for all blocks."""

    words: tuple[str, ...]
    title_words: tuple[str, ...]
    text: str
    title: str

    def words_of(self, part: str) -> Sequence[str]:
        if part == "all":
            return self.words
        return self.title_words if part == "title" else self.words[:HEAD_WORDS]

    def text_of(self, part: str) -> str:
        return self.title if part == "title" else self.text


def read(title: str, content: str) -> Letter:
    """Cut a letter; anything a keyboard can produce is allowed, NUL included."""
    title, content = _plain(title), _plain(content)
    title_words = tuple(cut(title))
    return Letter(
        words=title_words + tuple(cut(content)),
        title_words=title_words,
        # Without spaces: a letter that arrives already cut into words has the same runs as the letter as written.
        text=f"{title}{content}".replace(" ", ""),
        title=title.replace(" ", ""),
    )


def _plain(text: str) -> str:
    return " ".join(text[:MAX_CHARACTERS].replace("\0", " ").lower().split())


def word_runs(words: Sequence[str], longest: int) -> Iterator[str]:
    """The words, then pairs (triples, …) of neighbours joined by one space."""
    yield from words
    for length in range(2, longest + 1):
        yield from map(" ".join, zip(*(words[start:] for start in range(length)), strict=False))


def character_runs(text: str, longest: int) -> Keys:
    """Runs of one to `longest` (≤ 4) characters, each packed into one number that can be unpacked again."""
    points = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    points[points > 0xFFFF] = UNKNOWN_CHARACTER
    runs = [points]
    for length in range(2, longest + 1):
        before = runs[-1]
        runs.append((before[:-1] << np.uint64(16)) | points[length - 1 :])
        if not before.size:
            break
    return np.concatenate(runs)


def unpack(key: int) -> str:
    """The characters behind a packed run."""
    points = [(key >> shift) & 0xFFFF for shift in (48, 32, 16, 0)]
    return "".join(chr(point) for point in points if point)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The features of one block and how much each is worth (inverse document frequency)."""

    block: Block
    idf: Floats
    words: dict[str, int] = field(default_factory=dict)
    keys: Keys = field(default_factory=lambda: np.empty(0, np.uint64))

    def __len__(self) -> int:
        return len(self.idf)

    def count(self, letter: Letter) -> tuple[Ints, Floats]:
        """Known features of the letter, ascending, and how often each occurs."""
        if self.block.unit == "word":
            return self._count_words(letter.words_of(self.block.part))
        return _tally(self.places(character_runs(letter.text_of(self.block.part), self.block.longest)))

    def _count_words(self, words: Sequence[str]) -> tuple[Ints, Floats]:
        known = self.words
        found = [known[run] for run in word_runs(words, self.block.longest) if run in known]
        return _tally(np.array(found, dtype=np.int64))

    def places(self, runs: Keys) -> Ints:
        """Where the known ones among the runs stand."""
        if not len(self.keys) or not runs.size:
            return np.empty(0, np.int64)
        runs = np.sort(runs)  # neighbours in order: the search below stays in the processor's cache
        places = np.searchsorted(self.keys, runs)
        places[places == len(self.keys)] = 0
        return np.asarray(places[self.keys[places] == runs], dtype=np.int64)

    def weigh(self, letter: Letter) -> tuple[Ints, Floats]:
        """Features with tf-idf values (1 + ln tf) · idf, scaled to the block's weight."""
        found, counts = self.count(letter)
        values = (1 + np.log(counts)) * self.idf[found]
        norm = float(np.sqrt(values @ values))
        return found, values * np.float32(self.block.weight / norm) if norm else values

    def name(self, feature: int) -> str:
        if self.block.unit == "word":
            return next(word for word, place in self.words.items() if place == feature)
        return unpack(int(self.keys[feature]))


def _tally(found: Ints) -> tuple[Ints, Floats]:
    places, counts = np.unique(found, return_counts=True)
    return places, counts.astype(np.float32)


def learn(block: Block, letters: Sequence[Letter]) -> Vocabulary:
    """The vocabulary of one block from training letters."""
    if block.unit == "word":
        return _learn_words(block, letters)
    return _learn_runs(block, letters)


def _learn_words(block: Block, letters: Iterable[Letter]) -> Vocabulary:
    seen: Counter[str] = Counter()
    texts = 0
    for letter in letters:
        seen.update(set(word_runs(letter.words_of(block.part), block.longest)))
        texts += 1
    kept = sorted(run for run, times in seen.items() if times >= block.seen_in)
    idf = _idf(np.array([seen[run] for run in kept], dtype=np.int64), texts)
    return Vocabulary(block, idf, words={run: place for place, run in enumerate(kept)})


def _learn_runs(block: Block, letters: Sequence[Letter]) -> Vocabulary:
    keys, times = np.empty(0, np.uint64), np.empty(0, np.int64)
    for start in range(0, len(letters), 2_000):
        part = [
            np.unique(character_runs(one.text_of(block.part), block.longest)) for one in letters[start : start + 2_000]
        ]
        more, counts = np.unique(np.concatenate(part), return_counts=True)
        keys, places = np.unique(np.concatenate([keys, more]), return_inverse=True)
        times = np.bincount(places, weights=np.concatenate([times, counts])).astype(np.int64)
    kept = times >= block.seen_in
    return Vocabulary(block, _idf(times[kept], len(letters)), keys=keys[kept])


def _idf(times: Ints, texts: int) -> Floats:
    return (np.log((1 + texts) / (1 + times)) + 1).astype(np.float32)
