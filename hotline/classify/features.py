"""From a letter to numbers: jieba words (词) and runs of characters (字), the same way in training and in service."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from hotline.classify.cutting import words as cut
from hotline.infra.words import readable

MAX_CHARACTERS = 6_000  # a letter says what it is about long before; the rest would only cost time
HEAD = 24
"""Characters that count as a letter's beginning: what it is about stands there, as a title or in its place."""
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
        Block("head", "character", "head", 4, seen_in=min(rare, 2)),
        Block("title_words", "word", "title", 2, weight=0.4),
        Block("title_characters", "character", "title", 4, weight=0.4, seen_in=min(rare, 2)),
    )


@dataclass(frozen=True, slots=True)
class Letter:
    """A text cut once, for all blocks and all models; what was counted for one is kept for the next."""

    words: tuple[str, ...]
    title_words: tuple[str, ...]
    text: str
    title: str
    counted: dict[tuple[str, str, int], Any] = field(default_factory=dict, compare=False, repr=False)

    def words_of(self, part: str) -> Sequence[str]:
        return self.title_words if part == "title" else self.words

    def text_of(self, part: str) -> str:
        if part == "title":
            return self.title
        return self.text[:HEAD] if part == "head" else self.text

    def word_counts(self, part: str, longest: int) -> dict[str, int]:
        key = ("word", part, longest)
        if key not in self.counted:
            self.counted[key] = Counter(word_runs(self.words_of(part), longest))
        found: dict[str, int] = self.counted[key]
        return found

    def run_counts(self, part: str, longest: int) -> tuple[Keys, Floats]:
        """Packed runs, ascending, and how often each occurs."""
        key = ("character", part, longest)
        if key not in self.counted:
            runs, times = np.unique(character_runs(self.text_of(part), longest), return_counts=True)
            self.counted[key] = (runs, times.astype(np.float32))
        found: tuple[Keys, Floats] = self.counted[key]
        return found


def read(title: str, content: str) -> Letter:
    """Cut a letter; anything a keyboard can produce is allowed, NUL included."""
    title, content = plain(title), plain(content)
    title_words = tuple(cut(title))
    return Letter(
        words=title_words + tuple(cut(content)),
        title_words=title_words,
        # Without spaces: a letter that arrives already cut into words has the same runs as the letter as written.
        text=f"{title}{content}".replace(" ", ""),
        title=title.replace(" ", ""),
    )


def plain(text: str) -> str:
    """Small letters, one space between pieces, nothing that cannot be written down."""
    return " ".join(readable(text[:MAX_CHARACTERS].replace("\0", " ").lower()).split())


def word_runs(words: Sequence[str], longest: int) -> Iterator[str]:
    """The words, then pairs (triples, …) of neighbours joined by one space."""
    yield from words
    for length in range(2, longest + 1):
        yield from map(" ".join, zip(*(words[start:] for start in range(length)), strict=False))


def character_runs(text: str, longest: int) -> Keys:
    """Runs of one to `longest` (≤ 4) characters, each packed into one number that can be unpacked again."""
    points = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    points[points >= 0xFFFF] = UNKNOWN_CHARACTER
    runs = [points]
    for length in range(2, longest + 1):
        before = runs[-1]
        runs.append((before[:-1] << np.uint64(16)) | points[length - 1 :])
        if not before.size:
            break
    return np.concatenate(runs)


def pack(run: str) -> int:
    """The number `character_runs` gives a run of up to four characters."""
    key = 0
    for character in run:
        point = ord(character)
        key = key << 16 | (point if point < 0xFFFF else UNKNOWN_CHARACTER)
    return key


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The features of one block and how much each is worth (inverse document frequency)."""

    block: Block
    idf: Floats
    words: dict[str, int] = field(default_factory=dict)
    keys: Keys = field(default_factory=lambda: np.empty(0, np.uint64))

    def __len__(self) -> int:
        return len(self.idf)

    def same(self, other: "Vocabulary") -> bool:
        return (
            self.block == other.block
            and self.words == other.words
            and np.array_equal(self.keys, other.keys)
            and np.array_equal(self.idf, other.idf)
        )
