"""A city with few labels of its own: what the project ships is learned from beside them, folded into the city's labels."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from hotline.classify import starter
from hotline.classify.counting import Told, quiet
from hotline.classify.features import Letter, read
from hotline.classify.fitting import STANDARD, Linear, fit_linear
from hotline.classify.labels import fold, read_tree
from hotline.classify.lessons import RECIPE, line_of
from hotline.classify.shelf import joined

Ints = npt.NDArray[np.int64]

OWN = 3.0
"""A letter of the city counts as many texts of ours."""
FEW = 2_000
"""Below this many letters of the city, what is learned is held back as strongly as with our texts alone."""


def headstart(
    mapping: Mapping[str, str], names: Sequence[str], told: Told = quiet
) -> Callable[[Sequence[Letter], Ints, int], Linear]:
    """How to learn with our texts and category words beside the city's letters; ours are never asked about."""
    place = {name: number for number, name in enumerate(names)}
    ours = [(letter, place[label]) for code, letter in _shipped() if (label := fold(code, mapping)) in place]

    def fit(letters: Sequence[Letter], labels: Ints, classes: int) -> Linear:
        recipe = replace(RECIPE, neighbours=STANDARD.neighbours) if len(letters) < FEW else STANDARD
        both = np.concatenate([[label for _, label in ours], labels]).astype(np.int64)
        weight = np.concatenate([np.ones(len(ours)), np.full(len(letters), OWN)])
        known = joined([letter for letter, _ in ours], letters)
        return fit_linear(known, both, classes, recipe=recipe, sample_weight=weight, told=told)

    return fit


def _shipped() -> list[tuple[str, Letter]]:
    tree = read_tree(starter.SHIPPED / starter.CATEGORIES)
    lines = [(node.code, line_of(tree, node.code)) for node in tree.nodes.values() if node.level >= 2]
    texts = [(row["category"], read(row["title"], row["content"])) for row in starter.read_corpus(starter.SHIPPED)]
    return lines + texts
