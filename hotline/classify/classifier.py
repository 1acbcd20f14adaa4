"""One letter in, all answers out: kind, category, urgency and the words behind them."""

from collections.abc import Sequence

import msgspec
import numpy as np

from hotline.classify import urgency
from hotline.classify.explain import WordWeight, words_for
from hotline.classify.labels import Tree
from hotline.classify.lexicon import AT_ONCE, Lexicon, Text
from hotline.classify.measures import best_of
from hotline.classify.model import Array, Suggestion, TextModel, suggestions
from hotline.classify.refine import Refiner
from hotline.infra.words import HAN
from hotline.tickets.states import Urgency

AREAS = 10
RAISE = 0.35
"""The model alone makes a letter urgent from this chance on; it never lowers what the risk words say."""


class CategoryChance(msgspec.Struct, frozen=True):
    code: str
    name: str
    confidence: float


class Answers(msgspec.Struct, frozen=True):
    """What is suggested for a letter; a person may overrule all of it."""

    kind: Suggestion
    category: tuple[CategoryChance, ...]
    """Three deepest categories, best first; the confidence is that of the whole code."""
    areas: tuple[CategoryChance, ...]
    """Ten likeliest second-level categories: who wants one unit rather than one category may add them up."""
    urgency: Urgency
    risks: tuple[str, ...]
    words: tuple[WordWeight, ...]
    model: str
    """Fingerprint of the models that answered."""


class Classifier:
    """The models in use. `category` labels are codes of the tree at any level."""

    def __init__(self, *, category: TextModel, kind: TextModel, urgency: TextModel, third: Refiner, tree: Tree) -> None:
        self.category = category
        self.kind = kind
        self.urgency = urgency
        self.third = third
        self.tree = tree
        self.lexicon = Lexicon([one.vocabularies for one in (category, kind, urgency, third)])
        self.names = {code: self._name(code) for code in {*category.labels, *third.codes}}
        self.weighed_alike = urgency.same_words(kind)
        self.fingerprint = "-".join(one.manifest.fingerprint for one in (category, kind, urgency))

    def suggest(self, title: str, content: str) -> Answers:
        return self._some([(title, content)])[0]

    def suggest_all(self, letters: Sequence[Text]) -> list[Answers]:
        parts = (self._some(letters[start : start + AT_ONCE]) for start in range(0, len(letters), AT_ONCE))
        return [answers for part in parts for answers in part]

    def _some(self, letters: Sequence[Text]) -> list[Answers]:
        """Every letter is read once for all models."""
        reading = self.lexicon.read(letters)
        for_category, for_kind, for_urgency, for_third = self.lexicon.views
        weighed, told = for_category.weigh(reading), for_kind.weigh(reading)
        pressing = told if self.weighed_alike else for_urgency.weigh(reading)
        chances, kinds = self.category.probabilities(weighed), self.kind.probabilities(told)
        # Digits or another language are half believed at most: a few letters of an alphabet may look like a category.
        foreign = [HAN.search(title) is None and HAN.search(content) is None for title, content in letters]
        chances[foreign] = (chances[foreign] + 1 / chances.shape[1]) / 2
        levels = self._levels(letters, self.urgency.probabilities(pressing))
        areas = self._areas(chances)
        deepest = self.third.deepest(for_third.weigh(reading), areas)
        category = self.category
        words = words_for(self.lexicon, reading, weighed, chances.argmax(axis=1), category.weights, category.averages)
        told_kinds = suggestions(self.kind.labels, kinds)
        return [
            Answers(
                kind=told_kinds[at],
                category=tuple(self._named(code, chance) for chance, code in deepest[at]),
                areas=tuple(self._named(code, chance) for code, chance in areas[at].items()),
                urgency=levels[at][0],
                risks=levels[at][1],
                words=words[at],
                model=self.fingerprint,
            )
            for at in range(len(letters))
        ]

    def _areas(self, chances: Array) -> list[dict[str, float]]:
        best = best_of(chances, AREAS)
        labels, values = self.category.labels, np.take_along_axis(chances, best, axis=1).tolist()
        return [
            dict(zip([labels[place] for place in places], some, strict=True))
            for places, some in zip(best.tolist(), values, strict=True)
        ]

    def _levels(self, letters: Sequence[Text], urgencies: Array) -> list[tuple[Urgency, tuple[str, ...]]]:
        labels = self.urgency.labels
        calm = urgencies[:, labels.index(Urgency.NORMAL)].tolist() if Urgency.NORMAL in labels else [0.0] * len(letters)
        return [self._level(letter, chance) for letter, chance in zip(letters, calm, strict=True)]

    def _level(self, letter: Text, calm: float) -> tuple[Urgency, tuple[str, ...]]:
        risk = urgency.weigh(*letter)
        if 1 - calm >= RAISE:
            return urgency.higher(risk.urgency, Urgency.URGENT), risk.words
        return risk.urgency, risk.words

    def _named(self, code: str, chance: float) -> CategoryChance:
        return CategoryChance(code, self.names[code], chance)

    def _name(self, code: str) -> str:
        return self.tree.full_name(code) if code in self.tree else code
