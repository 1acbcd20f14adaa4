"""The words that speak for a suggestion, with their weights: what a person is shown beside it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotline.classify.features import Letter, Vocabulary, character_runs

SHOWN = 8


@dataclass(frozen=True, slots=True)
class WordWeight:
    """How much a word of the letter raises its class over the average class."""

    word: str
    weight: float


def words_for(
    letter: Letter, label: int, vocabularies: Sequence[Vocabulary], parts: Sequence[npt.NDArray[np.float32]]
) -> tuple[WordWeight, ...]:
    """Every word carries its own weight and that of the runs of characters inside it."""
    pulls = [_pulls(vocabulary, part, letter, label) for vocabulary, part in zip(vocabularies, parts, strict=True)]
    total: dict[str, float] = defaultdict(float)
    for word in dict.fromkeys(letter.words):
        if len(word) > 1:
            for vocabulary, pull in zip(vocabularies, pulls, strict=True):
                total[word] += _pull_of(word, vocabulary, pull)
    best = sorted(total.items(), key=lambda pair: -pair[1])[:SHOWN]
    return tuple(WordWeight(word, round(weight, 4)) for word, weight in best if weight > 0)


def _pulls(vocabulary: Vocabulary, part: npt.NDArray[np.float32], letter: Letter, label: int) -> dict[int, float]:
    """What each feature of the letter adds to the class beyond what it adds to all classes on average."""
    found, values = vocabulary.weigh(letter)
    if not found.size:
        return {}
    rows = part[found]
    pull = values * (rows[:, label] - rows.mean(axis=1))
    return dict(zip(found.tolist(), pull.tolist(), strict=True))


def _pull_of(word: str, vocabulary: Vocabulary, pull: dict[int, float]) -> float:
    if not pull:
        return 0.0
    if vocabulary.block.unit == "word":
        return pull.get(vocabulary.words.get(word, -1), 0.0)
    # A single character says too little to be blamed on one word.
    runs = character_runs(word, vocabulary.block.longest)[len(word) :]
    return float(sum(pull.get(place, 0.0) for place in vocabulary.places(runs)))
