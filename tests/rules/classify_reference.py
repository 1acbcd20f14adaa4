"""What the quick ways of weighing and explaining must give, written down as plainly as possible."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hotline.classify.features import Floats, Letter, Vocabulary, pack, word_runs

Array = npt.NDArray[np.float64]


def features(vocabulary: Vocabulary, letter: Letter) -> dict[int, int]:
    """Known features of the letter by their place, and how often each occurs."""
    block = vocabulary.block
    if block.unit == "word":
        counts = Counter(word_runs(letter.words_of(block.part), block.longest))
        return {vocabulary.words[run]: times for run, times in counts.items() if run in vocabulary.words}
    text = letter.text_of(block.part)
    runs = Counter(
        pack(text[at : at + size]) for size in range(1, block.longest + 1) for at in range(len(text) - size + 1)
    )
    places = vocabulary.keys.searchsorted(np.array(list(runs), dtype=np.uint64)).tolist()
    found = zip(runs.items(), places, strict=True)
    return {at: times for (key, times), at in found if at < len(vocabulary) and vocabulary.keys[at] == key}


def weigh(vocabulary: Vocabulary, letter: Letter) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Places and values (1 + ln tf) · idf, scaled to the block's weight."""
    found = features(vocabulary, letter)
    places = np.array(sorted(found), dtype=np.int64)
    values = np.array([(1 + np.log(found[place])) * vocabulary.idf[place] for place in places.tolist()], np.float32)
    norm = float(np.sqrt(values @ values))
    return places, values * np.float32(vocabulary.block.weight / norm) if norm else values


def row(vocabularies: Sequence[Vocabulary], letter: Letter) -> Array:
    """All blocks side by side."""
    parts = []
    for vocabulary in vocabularies:
        places, values = weigh(vocabulary, letter)
        part = np.zeros(len(vocabulary))
        part[places] = values
        parts.append(part)
    return np.concatenate(parts)


def pulls(vocabularies: Sequence[Vocabulary], weights: Floats, letter: Letter, label: int) -> dict[str, float]:
    """What every word of two and more characters adds to a label beyond what it adds to all on average: on its own and by
    the runs of two to four characters at each place inside it."""
    pull = row(vocabularies, letter) * (weights[:, label] - weights.mean(axis=1))
    starts = np.cumsum([0, *map(len, vocabularies)]).tolist()
    own: Counter[str] = Counter()
    runs: Counter[int] = Counter()
    for vocabulary, start in zip(vocabularies, starts, strict=False):
        for word, place in vocabulary.words.items():
            own[word] += pull[start + place]
        for place, key in enumerate(vocabulary.keys.tolist()):
            runs[key] += pull[start + place]
    return {
        word: own[word]
        + sum(runs[pack(word[at : at + size])] for size in (2, 3, 4) for at in range(len(word) - size + 1))
        for word in dict.fromkeys(letter.words)
        if len(word) > 1
    }
