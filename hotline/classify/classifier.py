"""One letter in, all answers out: kind, category, urgency and the words behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hotline.classify import urgency
from hotline.classify.explain import WordWeight
from hotline.classify.features import Letter, read
from hotline.classify.labels import Tree
from hotline.classify.measures import best_of
from hotline.classify.model import Array, Suggestion, TextModel, Weighed, suggestion
from hotline.classify.refine import Refiner
from hotline.tickets.states import Urgency

AREAS = 10
REFINED = 3
RAISE = 0.35
"""The model alone makes a letter urgent from this chance on; it never lowers what the risk words say."""


@dataclass(frozen=True, slots=True)
class CategoryChance:
    code: str
    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Answers:
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
        self.weighed_alike = urgency.same_words(kind)
        self.third = third
        self.tree = tree
        self.fingerprint = "-".join(one.manifest.fingerprint for one in (category, kind, urgency))

    def suggest(self, title: str, content: str) -> Answers:
        return self.suggest_all([(title, content)])[0]

    def suggest_all(self, letters: Sequence[tuple[str, str]]) -> list[Answers]:
        """Every letter is cut and weighed once; the chances of all of them are worked out together."""
        texts = [read(title, content) for title, content in letters]
        weighed = [self.category.weigh(text) for text in texts]
        told = [self.kind.weigh(text) for text in texts]
        pressing = told if self.weighed_alike else [self.urgency.weigh(text) for text in texts]
        chances = self.category.probabilities_of(weighed)
        kinds, urgencies = self.kind.probabilities_of(told), self.urgency.probabilities_of(pressing)
        return [
            self._answer(letter, text, weighed[at], chances[at], kinds[at], urgencies[at])
            for at, (letter, text) in enumerate(zip(letters, texts, strict=True))
        ]

    def _answer(
        self, letter: tuple[str, str], text: Letter, weighed: Weighed, chances: Array, kinds: Array, urgencies: Array
    ) -> Answers:
        places = best_of(chances[None, :], AREAS)[0].tolist()
        areas = {self.category.labels[place]: float(chances[place]) for place in places}
        level, risks = self._urgency(letter, urgencies)
        return Answers(
            kind=suggestion(self.kind.labels, kinds),
            category=self._deepest(text, areas),
            areas=tuple(self._named(code, chance) for code, chance in areas.items()),
            urgency=level,
            risks=risks,
            words=self.category.words_for(text, weighed, places[0]),
            model=self.fingerprint,
        )

    def _deepest(self, letter: Letter, areas: Mapping[str, float]) -> tuple[CategoryChance, ...]:
        parents = list(areas)[:REFINED]
        children = self.third.chances(letter, parents)
        joint = [(code, areas[parent] * share) for parent in parents for code, share in children[parent]]
        joint.sort(key=lambda pair: -pair[1])
        return tuple(self._named(code, chance) for code, chance in joint[:3])

    def _named(self, code: str, chance: float) -> CategoryChance:
        return CategoryChance(code, self.tree.full_name(code) if code in self.tree else code, chance)

    def _urgency(self, letter: tuple[str, str], urgencies: Array) -> tuple[Urgency, tuple[str, ...]]:
        risk = urgency.weigh(*letter)
        chances = dict(zip(self.urgency.labels, urgencies.tolist(), strict=True))
        if 1 - chances.get(Urgency.NORMAL, 0.0) >= RAISE:
            return urgency.higher(risk.urgency, Urgency.URGENT), risk.words
        return risk.urgency, risk.words
