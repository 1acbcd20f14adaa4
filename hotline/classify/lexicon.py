"""One reading for several models: a letter is cut, counted and looked up once, in one space of features they share.

Serving's counterpart of `features.py` and `batches.py`, which training uses; a test proves that both give the same answers.
Whatever costs time is done for some dozens of letters at once, in arrays."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, count, islice, repeat

import numpy as np
import numpy.typing as npt

from hotline.classify.features import HEAD_WORDS, UNKNOWN_CHARACTER, Floats, Ints, Keys, Vocabulary, plain
from hotline.infra.words import WORD, tokens

AT_ONCE = 64
"""Letters read together: enough to spare Python's cost for each, few enough for the processor's cache."""
SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""An odd number without pattern: the upper bits of a product with it are as good as chance."""
BETWEEN = 0xFFFF
"""Stands between two letters; no run of a vocabulary has it."""
REACH = 4
"""Characters of the longest run that has a number."""
LEAST = 1e-30

Text = tuple[str, str]
Slot = tuple[str, str, int]
"""Unit, part, and the how-manieth of a model's blocks of this kind it is."""
WORDS: Slot = ("word", "all", 0)


class RunTable:
    """Runs of characters by their hash: one look into memory for almost every run, whether known or not."""

    def __init__(self, keys: Keys) -> None:
        bits = max(8, len(keys).bit_length() + 2)
        self._shift = np.uint64(64 - bits)
        # Multiplying by an odd number loses nothing: equal products are equal keys.
        products = keys * SPREAD
        order = np.argsort(products)
        self.keys = keys[order]
        """In the table's own order; a place is one in it."""
        # One more that equals none: a bucket behind the last key may be looked into.
        self._products = np.append(self.keys, np.uint64(BETWEEN)) * SPREAD
        fill = np.bincount((products >> self._shift).view(np.int64), minlength=1 << bits)
        self._starts = (np.cumsum(fill) - fill).astype(np.int32)
        self._crowded = fill > 1

    def __len__(self) -> int:
        return len(self.keys)

    def find(self, runs: Keys) -> Ints:
        """The place of every run, and one behind the last place for those unknown."""
        products = runs * SPREAD
        buckets = (products >> self._shift).view(np.int64)
        places = self._starts.take(buckets).astype(np.int64)
        missed = self._products.take(places) != products
        left = np.flatnonzero(missed & self._crowded.take(buckets))
        if len(left):
            sought = products.take(left)
            # The last product is not in order and never asked for.
            places[left] = further = self._products[:-1].searchsorted(sought)
            missed[left] = self._products.take(further) != sought
        places[missed] = len(self)
        return places


@dataclass(frozen=True, slots=True)
class View:
    """What the shared features are to one model; those it does not know are worth nothing to it."""

    idf: Floats
    rows: Ints
    weights: npt.NDArray[np.float64]
    """By slot."""

    def weigh(self, reading: "Reading") -> "Weighed":
        """Every feature's tf-idf, (1 + ln tf) · idf, each block scaled to its weight."""
        values = reading.frequency * self.idf.take(reading.ids)
        slots = len(self.weights)
        norms = np.sqrt(np.bincount(reading.segments, weights=values * values, minlength=reading.count * slots))
        scale = (self.weights / np.maximum(norms, LEAST).reshape(-1, slots)).astype(np.float32)
        values *= scale.ravel().take(reading.segments)
        return Weighed(reading.ids, self.rows.take(reading.ids), values, reading.starts)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The letters one model sees: features (shared and its own number of each) and values, letter after letter."""

    ids: Ints
    rows: Ints
    values: Floats
    starts: Ints

    def __len__(self) -> int:
        return len(self.starts) - 1

    def spans(self) -> Iterator[slice]:
        ends = self.starts.tolist()
        return map(slice, ends[:-1], ends[1:])


@dataclass(frozen=True, slots=True)
class Reading:
    """Some letters' features, and where in each letter they stand, which an explanation needs."""

    count: int
    ids: Ints
    segments: Ints
    """Which letter and which slot each belongs to, in one number."""
    starts: Ints
    frequency: Floats
    tokens: Sequence[list[str]]
    openings: Sequence[Mapping[tuple[str, int], None]]
    """Of every letter the words that are features of their own in title or opening, with that feature."""
    words: "Words"
    runs: Ints
    """By length less one and by character: the place of the run that begins there."""
    run_begins: Sequence[int]


@dataclass(frozen=True, slots=True)
class Words:
    """All letters' tokens in one row."""

    ids: Ints
    """Every token's feature; `nothing` where it is none."""
    lengths: Ints
    ends: Ints
    """Behind which character of its letter each ends."""
    begins: Sequence[int]
    """Where each letter's tokens begin."""


class Lexicon:
    """The features of several models in one space, slot after slot, each counted once."""

    def __init__(self, models: Sequence[Sequence[Vocabulary]]) -> None:
        blocks = [_slots(vocabularies) for vocabularies in models]
        union: dict[Slot, list[Vocabulary]] = {}
        for slots in blocks:
            for slot, vocabulary in slots.items():
                union.setdefault(slot, []).append(vocabulary)
        self._longest = {slot: max(one.block.longest for one in found) for slot, found in union.items()}
        keys = {slot: _joined([one.keys for one in found]) for slot, found in union.items() if slot[0] == "character"}
        words = {slot: _joined_words(found) for slot, found in union.items() if slot[0] == "word"}
        sizes = [len(keys[slot] if slot in keys else words[slot]) for slot in union]
        self.firsts = np.cumsum([0, *sizes])[:-1]
        """Each slot's first feature."""
        first = dict(zip(union, self.firsts.tolist(), strict=True))
        self.size = sum(sizes)
        self.nothing = self.size
        """Stands for a feature nobody knows."""
        self.words = {slot: dict(zip(some, count(first[slot]))) for slot, some in words.items()}
        short = packed(words.get(WORDS, []))
        self.runs = RunTable(_joined([*keys.values(), short[1]]))
        self._of_word = np.full(len(self.runs) + 1, self.nothing, dtype=np.int64)
        self._of_word[self.runs.find(short[1])] = first.get(WORDS, 0) + short[0]
        self._of_run: dict[Slot, Ints] = {}
        self.run_of = np.full(self.size + 1, len(self.runs), dtype=np.int64)
        """Every feature's run; of words none."""
        for slot, own in keys.items():
            known = self.runs.find(own)
            features = np.full(len(self.runs) + 1, self.nothing, dtype=np.int64)
            features[known] = first[slot] + np.arange(len(own))
            self._of_run[slot] = features
            self.run_of[features[known]] = known
        self.views = [self._view(slots, keys, first, list(union)) for slots in blocks]

    def _view(
        self,
        slots: Mapping[Slot, Vocabulary],
        keys: Mapping[Slot, Keys],
        first: Mapping[Slot, int],
        order: Sequence[Slot],
    ) -> View:
        idf, rows = np.zeros(self.size + 1, np.float32), np.zeros(self.size + 1, np.int64)
        weights = np.zeros(len(order))
        row = 0
        for slot, vocabulary in slots.items():
            if slot in keys:
                places = first[slot] + keys[slot].searchsorted(vocabulary.keys)
            else:
                places = np.fromiter(map(self.words[slot].__getitem__, vocabulary.words), np.int64, len(vocabulary))
            idf[places], rows[places] = vocabulary.idf, row + np.arange(len(vocabulary))
            weights[order.index(slot)] = vocabulary.block.weight
            row += len(vocabulary)
        return View(idf, rows, weights)

    def read(self, texts: Sequence[Text]) -> Reading:
        """Anything a keyboard can produce is allowed."""
        spoken = [(plain(title), plain(content)) for title, content in texts]
        titles = [_tokens(title) for title, _ in spoken]
        pieces = [title + _tokens(content) for title, (_, content) in zip(titles, spoken, strict=True)]
        places, odd, run_begins, run_features = self._read_runs(spoken)
        words = self._read_words(pieces, places, run_begins, odd)
        openings, phrases = self._read_phrases(titles, pieces)
        parts = [run_features, phrases]
        if self._longest.get(WORDS) == 1:
            owners = np.repeat(self._owners(len(texts)), np.diff(words.begins))
            parts.append((owners + words.ids)[words.ids != self.nothing])
        found = np.concatenate(parts)
        found = found.astype(np.int32 if len(texts) * (self.size + 1) < 1 << 31 else np.int64)
        found.sort()
        first = np.flatnonzero(np.concatenate([[True], found[1:] != found[:-1]])[: len(found)])
        times = np.concatenate([first[1:], [len(found)]])[: len(first)] - first
        found = found.take(first).astype(np.int64)
        docs = found // (self.size + 1)
        ids = found - docs * (self.size + 1)
        return Reading(
            count=len(texts),
            ids=ids,
            segments=docs * len(self.firsts) + self.firsts.searchsorted(ids, side="right") - 1,
            starts=docs.searchsorted(np.arange(len(texts) + 1)),
            frequency=(1 + np.log(times)).astype(np.float32),
            tokens=pieces,
            openings=openings,
            words=words,
            runs=places,
            run_begins=run_begins,
        )

    def _owners(self, count: int) -> Ints:
        """What makes one letter's features differ from another's."""
        return np.arange(count) * (self.size + 1)

    def _read_runs(self, spoken: Sequence[Text]) -> tuple[Ints, bool, list[int], Ints]:
        """All letters as one row of characters, then all titles; a run over the border between two is in no vocabulary."""
        parts = [f"{title}{content}".replace(" ", "") for title, content in spoken]
        parts += [title.replace(" ", "") for title, _ in spoken]
        points = np.frombuffer("\n".join([*parts, ""]).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
        odd = bool(points.max(initial=0) >= UNKNOWN_CHARACTER)
        if odd:
            points[points >= BETWEEN] = UNKNOWN_CHARACTER
        lengths = [len(part) + 1 for part in parts]
        begins = [0, *accumulate(lengths)]
        points[np.array(begins[1:], dtype=np.int64) - 1] = BETWEEN
        runs = np.full((REACH, len(points)), BETWEEN, dtype=np.uint64)
        runs[0] = points
        for length in range(1, REACH):
            runs[length, :-length] = (runs[length - 1, :-length] << np.uint64(16)) | points[length:]
        places = self.runs.find(runs.ravel()).reshape(runs.shape)
        owners = np.repeat(np.tile(self._owners(len(spoken)), 2), lengths)
        border = begins[len(spoken)]
        found = [owners[:0]]
        for (_, part, _), features in self._of_run.items():
            region = slice(border, None) if part == "title" else slice(0, border)
            ids = features.take(places[:, region])
            found.append((ids + owners[region])[ids != self.nothing])
        return places, odd, begins[: len(spoken) + 1], np.concatenate(found)

    def _read_words(self, pieces: Sequence[list[str]], places: Ints, run_begins: Sequence[int], odd: bool) -> Words:
        """A word of up to four characters is a run, and where it stands the run has been looked up already."""
        begins = [0, *accumulate(map(len, pieces))]
        every = list(chain.from_iterable(pieces))
        lengths = np.fromiter(map(len, every), np.int64, len(every))
        total = np.concatenate([[0], np.cumsum(lengths)])
        before = total.take(begins)
        ends = total[1:] - np.repeat(before[:-1], np.diff(begins))
        known = self.words.get(WORDS, {})
        if odd or not (np.diff(before) == np.diff(run_begins) - 1).all():
            ids = np.array(list(map(known.get, every, repeat(self.nothing))), dtype=np.int64)
            return Words(ids, lengths, ends, begins)
        # Between two letters stands one character more.
        at = total[:-1] + np.repeat(np.arange(len(pieces)), np.diff(begins))
        ids = self._of_word.take(places.ravel().take((np.minimum(lengths, REACH) - 1) * places.shape[1] + at))
        for place in np.flatnonzero(lengths > REACH).tolist():
            ids[place] = known.get(every[place], self.nothing)
        return Words(ids, lengths, ends, begins)

    def _read_phrases(
        self, titles: Sequence[list[str]], pieces: Sequence[list[str]]
    ) -> tuple[list[dict[tuple[str, int], None]], Ints]:
        """All word features but single words of the whole letter, which are most and have been looked up together."""
        slots = [slot for slot in self.words if slot != WORDS or self._longest[slot] > 1]
        openings, found = [], []
        for base, title, some in zip(self._owners(len(titles)).tolist(), titles, pieces, strict=True):
            opening: dict[tuple[str, int], None] = {}
            for slot in slots:
                get = self.words[slot].get
                words = _words_of(slot[1], title, some)
                single = [(word, place) for word in words if (place := get(word)) is not None]
                found += [base + place for _, place in single]
                for length in range(2, self._longest[slot] + 1):
                    runs = map(" ".join, zip(*(words[start:] for start in range(length)), strict=False))
                    found += [base + place for run in runs if (place := get(run)) is not None]
                if slot != WORDS:
                    opening.update(dict.fromkeys(single))
            openings.append(opening)
        return openings, np.array(found, dtype=np.int64)


def _slots(vocabularies: Sequence[Vocabulary]) -> dict[Slot, Vocabulary]:
    found: dict[Slot, Vocabulary] = {}
    for vocabulary in vocabularies:
        block = vocabulary.block
        # Of characters there is no head.
        part = "all" if (block.unit, block.part) == ("character", "head") else block.part
        kind = block.unit, part
        found[(*kind, sum(slot[:2] == kind for slot in found))] = vocabulary
    return found


def packed(words: Sequence[str]) -> tuple[Ints, Keys]:
    """Which words are runs that can be packed, and the runs."""
    places, keys = [np.empty(0, np.int64)], [np.empty(0, np.uint64)]
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    for length in range(1, REACH + 1):
        own = np.flatnonzero(lengths == length)
        text = "".join(words[place] for place in own.tolist())
        points = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).reshape(-1, length)
        plain = (points < UNKNOWN_CHARACTER).all(axis=1)
        run = np.zeros(len(points), dtype=np.uint64)
        for column in points.T:
            run = (run << np.uint64(16)) | column
        places.append(own[plain])
        keys.append(run[plain])
    return np.concatenate(places), np.concatenate(keys)


def _joined(keys: Sequence[Keys]) -> Keys:
    return np.unique(np.concatenate(keys)) if keys else np.empty(0, np.uint64)


def _joined_words(found: Sequence[Vocabulary]) -> list[str]:
    return list(dict.fromkeys(chain.from_iterable(one.words for one in found)))


def _tokens(text: str) -> list[str]:
    found = tokens(text)
    return [piece for piece in found if piece != " "] if " " in text else found


def _words_of(part: str, title: Sequence[str], pieces: Sequence[str]) -> list[str]:
    if part == "title":
        return list(filter(WORD.search, title))
    words = filter(WORD.search, pieces)
    return list(words if part == "all" else islice(words, HEAD_WORDS))
