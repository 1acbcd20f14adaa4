"""What the classifier would have said of a made-up letter: right as often, and else wrong in the same ways, as its own check tells.

The letters of the corpus are what it learned from; asked of them itself it would look as if it never erred."""

from collections import defaultdict
from dataclasses import dataclass
from random import Random

from hotline.classify.classifier import CategoryChance, Classifier
from hotline.classify.labels import Tree
from hotline.classify.quality import Checked

THIRD = 0.85
"""How often the deepest category is right where the one above it is."""
SECOND = 0.7
"""How often the right one comes second where it does not come first."""


@dataclass(frozen=True)
class Guess:
    """Three deepest categories, and the categories above them, as they would have been shown."""

    model: str
    top3: tuple[CategoryChance, ...]
    areas: tuple[CategoryChance, ...]


class Guesses:
    def __init__(self, check: Checked, tree: Tree, model: str) -> None:
        self.tree, self.model = tree, model
        self.said: dict[str, dict[str, int]] = defaultdict(dict)
        """What it was → what was said → how often."""
        for said, was, n in check.pairs:
            self.said[was][said] = n
        tenths = check.quality.bins
        self.lows = [one.low for one in tenths]
        self.sure = {True: [one.right for one in tenths], False: [one.n - one.right for one in tenths]}
        """How many were right, and wrong, in each tenth of certainty."""

    def of(self, rng: Random, category: str) -> Guess:
        """What is said of a letter of this deepest category."""
        area = category[:4]
        said = self.said.get(area) or {area: 1}
        first = rng.choices(list(said), list(said.values()))[0]
        sure = rng.choices(self.lows, self.sure[first == area])[0] + rng.random() / 10
        second = area if first != area and rng.random() < SECOND else self.beside(rng, first)
        rest = (1 - sure) * sure
        deepest = self.deepest(rng, first, category)
        next_to_it = [(self.beside(rng, deepest), sure / 5), (self.deepest(rng, second, category), rest * 0.8)]
        top3 = [(deepest, sure * 0.8), *sorted(next_to_it, key=lambda one: -one[1])]
        return Guess(self.model, self.named(top3), self.named([(first, sure), (second, rest)]))

    def deepest(self, rng: Random, area: str, category: str) -> str:
        """The very category where the area is its own, mostly; else any of the area's."""
        if category.startswith(area) and rng.random() < THIRD:
            return category
        below = [node.code for node in self.tree.children(area)]
        return rng.choice(below) if below else area

    def beside(self, rng: Random, code: str) -> str:
        """Another of the same parent; itself where it is the only one."""
        others = [node.code for node in self.tree.children(code[:-2]) if node.code != code]
        return rng.choice(others) if others else code

    def named(self, codes: list[tuple[str, float]]) -> tuple[CategoryChance, ...]:
        """Each once, with its name."""
        kept = {code: chance for code, chance in reversed(codes) if code in self.tree}
        return tuple(
            CategoryChance(code, self.tree.full_name(code), round(kept[code], 4))
            for code in dict.fromkeys(code for code, _ in codes)
            if code in kept
        )


def guesses_of(found: Classifier | None) -> Guesses | None:
    """None where no model answers, or one of an earlier version that kept no check."""
    check = found.category.manifest.checked if found else None
    return Guesses(check, found.tree, found.fingerprint) if found and check else None
