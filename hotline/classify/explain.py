"""The words that speak for a suggestion, with their weights: what a person is shown beside it."""

from itertools import pairwise

import msgspec
import numpy as np
import numpy.typing as npt

from hotline.classify.features import Floats, Ints
from hotline.classify.lexicon import Lexicon, Reading, Weighed
from hotline.infra.words import WORD

SHOWN = 8

Array = npt.NDArray[np.float64]


class WordWeight(msgspec.Struct, frozen=True):
    """How much a word of the letter raises its class over the average class."""

    word: str
    weight: float


def words_for(
    lexicon: Lexicon, reading: Reading, weighed: Weighed, labels: Ints, weights: Floats, averages: Floats
) -> list[tuple[WordWeight, ...]]:
    """Of every letter the words for its label: each has its own weight and that of the runs of characters inside it."""
    # What each feature of the letter adds to the class beyond what it adds to all classes on average.
    rows = weighed.rows
    columns = np.repeat(labels, np.diff(weighed.starts))
    pulls = weighed.values * (weights.ravel().take(rows * weights.shape[1] + columns) - averages.take(rows))
    runs = lexicon.run_of.take(weighed.ids)
    by_feature, by_run = np.zeros(lexicon.size + 1, np.float32), np.zeros(len(lexicon.runs) + 1, np.float32)
    answers = []
    for doc, span in enumerate(weighed.spans()):
        ids, pull, run = weighed.ids[span], pulls[span], runs[span]
        by_feature[ids] = pull
        ends = [*ids.searchsorted(lexicon.firsts).tolist(), len(ids)]
        for start, end in pairwise(ends):  # a run may be in the text and in the title
            by_run[run[start:end]] += pull[start:end]
        by_run[-1] = 0
        answers.append(_best(reading, doc, by_feature, by_run))
        by_feature[ids], by_run[run] = 0, 0
    return answers


def _best(reading: Reading, doc: int, by_feature: Floats, by_run: Floats) -> tuple[WordWeight, ...]:
    pieces, words = reading.tokens[doc], reading.words
    span = slice(words.begins[doc], words.begins[doc + 1])
    lengths, ends = words.lengths[span], words.ends[span]
    total = _inside(reading, doc, by_run, ends - lengths, ends)
    total += by_feature.take(words.ids[span])
    # Title and first words have weights of their own, which a word keeps wherever it stands.
    more: dict[str, float] = {}
    for word, feature in reading.openings[doc]:
        more[word] = more.get(word, 0.0) + float(by_feature[feature])
    for place in [place for place, piece in enumerate(pieces) if piece in more]:
        total[place] += more[pieces[place]]
    total[lengths < 2] = 0  # a single character says too little to be blamed on one word
    found: dict[str, float] = {}
    for place in (-total).argsort(kind="stable").tolist():
        word, weight = pieces[place], float(total[place])
        if weight <= 0 or len(found) == SHOWN:
            break
        if word not in found and WORD.search(word):
            found[word] = weight
    return tuple(WordWeight(word, round(weight, 4)) for word, weight in found.items())


def _inside(reading: Reading, doc: int, by_run: Floats, begins: Ints, ends: Ints) -> Array:
    """What the runs of two and more characters inside each word say."""
    here = reading.runs[1:, reading.run_begins[doc] : reading.run_begins[doc + 1]]
    sums = np.zeros((len(here), here.shape[1] + 1))
    np.cumsum(by_run.take(here), axis=1, out=sums[:, 1:])
    total = np.zeros(len(begins))
    for length, said in enumerate(sums, start=2):
        total += said.take(np.maximum(ends - length + 1, begins)) - said.take(begins)
    return total
