"""One letter in, all answers out: kind, category, urgency and the words behind them."""

import re
from collections.abc import Sequence

import msgspec

from hotline.classify import urgency
from hotline.classify.asking import Asking, Told
from hotline.classify.explain import WordWeight
from hotline.classify.labels import Tree
from hotline.classify.lexicon import AT_ONCE, Lexicon, Text
from hotline.classify.model import Suggestion, TextModel
from hotline.classify.refine import Refiner
from hotline.infra.words import HAN
from hotline.tickets.states import Urgency

AREAS = 10
RAISE, GRAVE = 0.18, 0.4
"""From these chances on the model alone makes a letter urgent, or critical: so low that of real letters without a word of danger two in
a hundred are raised. It never lowers what the words say."""
SAYING = re.compile(r"(?:\w\W*){4}")
"""Fewer characters say next to nothing: who began to type 我 or 老人 is heard by words of danger alone, and is half believed at most."""


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
    """The models in use. `category` labels are codes of the tree at any level; those that are not in it are closed."""

    def __init__(self, *, category: TextModel, kind: TextModel, urgency: TextModel, third: Refiner, tree: Tree) -> None:
        self.category = category
        self.kind = kind
        self.urgency = urgency
        self.third = third
        self.tree = tree
        self.lexicon = Lexicon([one.vocabularies for one in (category, kind, urgency, third)])
        for_category, for_kind, for_urgency, for_third = self.lexicon.views
        scorers = category.seeing(for_category), kind.seeing(for_kind), urgency.seeing(for_urgency)
        self._asking = Asking(*scorers, third.seeing(for_third, category.labels), AREAS)
        self._calm, self._grave = (_place(urgency.labels, one) for one in (Urgency.NORMAL, Urgency.CRITICAL))
        codes = {*category.labels, *third.codes}
        self.names = {code: self._name(code) for code in codes}
        self._standing = {code: wider for code in codes if code not in tree and (wider := standing(code, tree))}
        self.fingerprint = "-".join(one.manifest.fingerprint for one in (category, kind, urgency))

    def suggest(self, title: str, content: str) -> Answers:
        return self._some([(title, content)])[0]

    def suggest_all(self, letters: Sequence[Text]) -> list[Answers]:
        parts = (self._some(letters[start : start + AT_ONCE]) for start in range(0, len(letters), AT_ONCE))
        return [answers for part in parts for answers in part]

    def _some(self, letters: Sequence[Text]) -> list[Answers]:
        """Every letter is read once for all models."""
        reading = self.lexicon.read(letters)
        # Digits or another language are half believed at most: a few letters of an alphabet may look like a category.
        foreign = bytes(
            (HAN.search(title) is None and HAN.search(content) is None) or not says(title, content)
            for title, content in letters
        )
        told = self._asking.ask(reading, foreign)
        return [self._answers(letter, one) for letter, one in zip(letters, told, strict=True)]

    def _answers(self, letter: Text, told: Told) -> Answers:
        urgency, risks = self._level(letter, told.urgencies)
        kinds, codes, names = self.kind.labels, self.category.labels, self.names
        top3 = tuple([(kinds[place], chance) for place, chance in told.kinds])
        return Answers(
            kind=Suggestion(top3[0][0], top3[0][1], top3),
            category=self._in_use([CategoryChance(code, names[code], chance) for code, chance in told.deepest]),
            areas=self._in_use(
                [CategoryChance(code := codes[place], names[code], chance) for place, chance in told.areas]
            ),
            urgency=urgency,
            risks=risks,
            words=told.words,
            model=self.fingerprint,
        )

    def _level(self, letter: Text, urgencies: Sequence[float]) -> tuple[Urgency, tuple[str, ...]]:
        risk = urgency.weigh(*letter)
        if 1 - _at(urgencies, self._calm) < RAISE or not says(*letter):
            return risk.urgency, risk.words
        least = Urgency.CRITICAL if _at(urgencies, self._grave) >= GRAVE else Urgency.URGENT
        return urgency.higher(risk.urgency, least), risk.words

    def _in_use(self, chances: list[CategoryChance]) -> tuple[CategoryChance, ...]:
        """What is believed of a category that was closed is believed of the one above it."""
        if not self._standing or not any(one.code in self._standing for one in chances):
            return tuple(chances)
        found: dict[str, float] = {}
        for one in chances:
            code = self._standing.get(one.code, one.code)
            found[code] = found.get(code, 0.0) + one.confidence
        ranked = sorted(found.items(), key=lambda one: -one[1])
        return tuple([CategoryChance(code, self._name(code), min(chance, 1.0)) for code, chance in ranked])

    def _name(self, code: str) -> str:
        return self.tree.full_name(code) if code in self.tree else code


def standing(code: str, tree: Tree) -> str | None:
    """The nearest wider category that is in use."""
    return next((code[:end] for end in range(len(code) - 2, 0, -2) if code[:end] in tree), None)


def says(title: str, content: str) -> bool:
    return bool(SAYING.search(content) or SAYING.search(f"{title} {content}"))


def _at(chances: Sequence[float], place: int | None) -> float:
    return 0.0 if place is None else chances[place]


def _place(labels: Sequence[str], label: str) -> int | None:
    return labels.index(label) if label in labels else None
