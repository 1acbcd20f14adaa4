"""The words that speak for a suggestion, with their weights: what a person is shown beside it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotline.classify.features import Floats, Ints, Letter, Vocabulary, pack

SHOWN = 8


@dataclass(frozen=True, slots=True)
class WordWeight:
    """How much a word of the letter raises its class over the average class."""

    word: str
    weight: float


def words_for(
    letter: Letter,
    label: int,
    vocabularies: Sequence[Vocabulary],
    weighed: Sequence[tuple[Ints, Floats]],
    parts: Sequence[npt.NDArray[np.float32]],
    averages: Sequence[npt.NDArray[np.float32]],
) -> tuple[WordWeight, ...]:
    """Every word carries its own weight and that of the runs of characters inside it."""
    own: dict[str, float] = defaultdict(float)
    runs: dict[int, float] = defaultdict(float)
    for vocabulary, (found, values), part, average in zip(vocabularies, weighed, parts, averages, strict=True):
        # What each feature of the letter adds to the class beyond what it adds to all classes on average.
        pull = values * (part[found, label] - average[found])
        if vocabulary.block.unit == "word":
            _add_words(own, vocabulary, letter, found, pull)
        else:
            for key, weight in zip(vocabulary.keys[found].tolist(), pull.tolist(), strict=True):
                runs[key] += weight
    total = {word: own.get(word, 0.0) + _inside(word, runs) for word in dict.fromkeys(letter.words) if len(word) > 1}
    best = sorted(total.items(), key=lambda pair: -pair[1])[:SHOWN]
    return tuple(WordWeight(word, round(weight, 4)) for word, weight in best if weight > 0)


def _add_words(
    own: dict[str, float], vocabulary: Vocabulary, letter: Letter, found: Ints, pull: npt.NDArray[np.float32]
) -> None:
    weight_at = dict(zip(found.tolist(), pull.tolist(), strict=True))
    for word in letter.word_counts(vocabulary.block.part, vocabulary.block.longest):
        place = vocabulary.words.get(word)
        if place is not None:
            own[word] += weight_at[place]


def _inside(word: str, runs: dict[int, float]) -> float:
    """A single character says too little to be blamed on one word."""
    pieces = {word[at : at + length] for length in (2, 3, 4) for at in range(len(word) - length + 1)}
    return sum(runs.get(pack(piece), 0.0) for piece in pieces)
