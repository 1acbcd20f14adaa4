"""One letter in, all answers out: kind, category, urgency and the words behind them."""

from collections.abc import Sequence

import msgspec
import numpy as np

from hotline.classify import urgency
from hotline.classify.explain import WordWeight
from hotline.classify.labels import Tree
from hotline.classify.lexicon import AT_ONCE, Lexicon, Text
from hotline.classify.measures import best_of
from hotline.classify.model import Array, Suggestion, TextModel, suggestions
from hotline.classify.refine import Refiner
from hotline.infra.words import HAN
from hotline.tickets.states import Urgency

AREAS = 10
RAISE, GRAVE = 0.18, 0.4
"""From these chances on the model alone makes a letter urgent, or critical: so low that of real letters without a word of danger two in
a hundred are raised. It never lowers what the words say."""


class CategoryChance(msgspec.Struct, frozen=True, gc=False):
    code: str
    name: str
    confidence: float


class Answers(msgspec.Struct, frozen=True, gc=False):
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
        for_category, for_kind, for_urgency, for_third = self.lexicon.views
        self._category, self._kind = category.seeing(for_category), kind.seeing(for_kind)
        self._urgency, self._third = urgency.seeing(for_urgency), third.seeing(for_third, category.labels)
        self.names = {code: self._name(code) for code in {*category.labels, *third.codes}}
        self.fingerprint = "-".join(one.manifest.fingerprint for one in (category, kind, urgency))

    def suggest(self, title: str, content: str) -> Answers:
        return self._some([(title, content)])[0]

    def suggest_all(self, letters: Sequence[Text]) -> list[Answers]:
        parts = (self._some(letters[start : start + AT_ONCE]) for start in range(0, len(letters), AT_ONCE))
        return [answers for part in parts for answers in part]

    def _some(self, letters: Sequence[Text]) -> list[Answers]:
        """Every letter is read once for all models."""
        reading = self.lexicon.read(letters)
        chances = self._category.chances(reading)
        # Digits or another language are half believed at most: a few letters of an alphabet may look like a category.
        foreign = [HAN.search(title) is None and HAN.search(content) is None for title, content in letters]
        if any(foreign):
            chances[foreign] = (chances[foreign] + 1 / chances.shape[1]) / 2
        best = best_of(chances, AREAS)
        values = np.take_along_axis(chances, best, axis=1)
        told = suggestions(self.kind.labels, self._kind.chances(reading))
        levels = self._levels(letters, self._urgency.chances(reading))
        deepest = self._third.deepest(reading, best, values)
        words = self._category.words(reading, best)
        codes, names = self.category.labels, self.names
        areas = zip(best.tolist(), values.tolist(), strict=True)
        return [
            Answers(
                kind=kind,
                category=tuple(CategoryChance(code, names[code], chance) for chance, code in deep),
                areas=tuple(
                    CategoryChance(code := codes[place], names[code], chance)
                    for place, chance in zip(places, some, strict=True)
                ),
                urgency=urgency,
                risks=risks,
                words=said,
                model=self.fingerprint,
            )
            for kind, deep, (places, some), (urgency, risks), said in zip(
                told, deepest, areas, levels, words, strict=True
            )
        ]

    def _levels(self, letters: Sequence[Text], urgencies: Array) -> list[tuple[Urgency, tuple[str, ...]]]:
        calm, grave = (self._chance_of(one, urgencies) for one in (Urgency.NORMAL, Urgency.CRITICAL))
        return [self._level(letter, *chances) for letter, *chances in zip(letters, calm, grave, strict=True)]

    def _chance_of(self, label: Urgency, urgencies: Array) -> list[float]:
        labels = self.urgency.labels
        if label not in labels:
            return [0.0] * len(urgencies)
        found: list[float] = urgencies[:, labels.index(label)].tolist()
        return found

    def _level(self, letter: Text, calm: float, grave: float) -> tuple[Urgency, tuple[str, ...]]:
        risk = urgency.weigh(*letter)
        if 1 - calm < RAISE:
            return risk.urgency, risk.words
        least = Urgency.CRITICAL if grave >= GRAVE else Urgency.URGENT
        return urgency.higher(risk.urgency, least), risk.words

    def _name(self, code: str) -> str:
        return self.tree.full_name(code) if code in self.tree else code
