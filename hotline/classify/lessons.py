"""What the starter models learn: texts of our own and, above all, the category tree's own words."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse

from hotline.classify import folder, folds
from hotline.classify.batches import matrix
from hotline.classify.columns import ColumnsModel
from hotline.classify.counting import learn_all
from hotline.classify.crossing import Cross, cross_fit
from hotline.classify.examples import FOLDS, Examples
from hotline.classify.features import Block, Letter, read
from hotline.classify.fitting import Linear, Recipe, fit_linear
from hotline.classify.folder import Manifest
from hotline.classify.labels import Tree
from hotline.classify.model import Columns, TextModel
from hotline.classify.refine import FORM, SHARPNESS, Refiner
from hotline.classify.train import learn
from hotline.tickets.states import Urgency

Ints = npt.NDArray[np.int64]

COLUMNS = Columns(text="content", title="title", label="category")
DEPTH = 4
"""Digits of a second-level code: what the category model tells apart."""


RECIPE = Recipe(
    blocks=(
        Block("words", "word", "all", 1),
        Block("characters", "character", "all", 4, seen_in=2),
        Block("head", "character", "head", 4, weight=0.4, seen_in=2),
        Block("title_words", "word", "title", 2, weight=0.3),
        Block("title_characters", "character", "title", 4, weight=0.3, seen_in=2),
    ),
    cost=0.1,
)
TREE_WEIGHT = 10.0
"""A category's own line of words counts as many texts: with a handful of texts each, it knows more than they do."""
KIND_RECIPE = Recipe(blocks=RECIPE.blocks, cost=0.5)
URGENCY_RECIPE = Recipe(blocks=RECIPE.blocks[:2] if RECIPE.blocks else None, cost=0.5)
SENTENCE = re.compile("[。！？!?；;\n]")
SHORT = (6, 60)
"""Characters of a sentence that is learned from by itself."""

REFINER_BLOCKS = (Block("words", "word", "all", 1), Block("characters", "character", "all", 4, seen_in=2))
EXAMPLE = 0.5
"""Weight of an example text beside the category's own words."""


def build(
    tree: Tree, rows: Sequence[dict[str, str]], dangers: Sequence[dict[str, str]], fingerprint: str, now: datetime
) -> dict[str, TextModel | ColumnsModel | Refiner]:
    """Category, kind and urgency models and the third-level refiner, by the name of their folder."""
    letters = [read(row["title"], row["content"]) for row in rows]
    mark: dict[str, object] = {"rows": len(rows), "fingerprint": fingerprint}
    groups = folds.group_texts([row["title"] + row["content"] for row in rows])
    lines = {node.code: line_of(tree, node.code) for node in tree.level(3)}
    examples = [(row["category"], letter) for row, letter in zip(rows, letters, strict=True)]
    return {
        "category": category_model(tree, rows, letters, groups, mark, now),
        "kind": plain_model("kind", rows, letters, groups, mark, now),
        "urgency": urgency_model(rows, dangers, letters, groups, mark, now),
        "third": fit_refiner(lines, examples, data=mark, now=now),
    }


def line_of(tree: Tree, code: str) -> Letter:
    """A category's name and typical words as if it were a letter."""
    node = tree.nodes[code]
    return read(node.name, " ".join(node.words))


def category_model(
    tree: Tree,
    rows: Sequence[dict[str, str]],
    letters: Sequence[Letter],
    groups: Ints,
    mark: dict[str, object],
    now: datetime,
    cross: Cross = cross_fit,
) -> TextModel | ColumnsModel:
    """From texts and, above all, from each category's own line of words."""
    names = [node.code for node in tree.level(2)]
    place = {code: number for number, code in enumerate(names)}
    known = [number for number, row in enumerate(rows) if row["category"][:DEPTH] in place]
    labels = np.array([place[rows[number]["category"][:DEPTH]] for number in known], dtype=np.int64)
    lines = [node for node in tree.nodes.values() if node.level >= 2]
    extra = [line_of(tree, node.code) for node in lines]
    extra_labels = np.array([place[node.code[:DEPTH]] for node in lines], dtype=np.int64)

    def fit(some: Sequence[Letter], some_labels: Ints, classes: int) -> Linear:
        """The tree's own lines are always learned from and never asked about."""
        weight = np.concatenate([np.ones(len(some)), np.full(len(extra), TREE_WEIGHT)])
        both = np.concatenate([some_labels, extra_labels])
        return fit_linear([*some, *extra], both, classes, recipe=RECIPE, sample_weight=weight)

    fold = folds.split(labels, groups[known], FOLDS)
    examples = Examples([letters[number] for number in known], labels, names, fold)
    model, _ = learn(examples, fit, target="category", columns=COLUMNS, data=mark, now=now, cross=cross)
    return model


def plain_model(
    target: str,
    rows: Sequence[dict[str, str]],
    letters: Sequence[Letter],
    groups: Ints,
    mark: dict[str, object],
    now: datetime,
    cross: Cross = cross_fit,
) -> TextModel | ColumnsModel:
    """A model over one column of the corpus."""
    names = sorted({row[target] for row in rows})
    labels = np.array([names.index(row[target]) for row in rows], dtype=np.int64)

    def fit(some: Sequence[Letter], some_labels: Ints, classes: int) -> Linear:
        return fit_linear(some, some_labels, classes, recipe=KIND_RECIPE)

    examples = Examples(letters, labels, names, folds.split(labels, groups, FOLDS))
    columns = Columns(text=COLUMNS.text, title=COLUMNS.title, label=target)
    model, _ = learn(examples, fit, target=target, columns=columns, data=mark, now=now, cross=cross)
    return model


def urgency_model(
    rows: Sequence[dict[str, str]],
    dangers: Sequence[dict[str, str]],
    letters: Sequence[Letter],
    groups: Ints,
    mark: dict[str, object],
    now: datetime,
) -> TextModel | ColumnsModel:
    """Beside the letters it learns from short texts of danger, and from a sentence of each calm letter: that a text is short
    tells nothing."""
    calm = [number for number, row in enumerate(rows) if row["urgency"] == Urgency.NORMAL]
    sentences = [(number, one) for number in calm if (one := sentence_of(rows[number]["content"]))]
    known = [row["urgency"] for row in rows] + [row["urgency"] for row in dangers] + [Urgency.NORMAL] * len(sentences)
    short = [read("", row["text"]) for row in dangers] + [read("", text) for _, text in sentences]
    own = np.arange(len(dangers)) + int(groups.max(initial=0)) + 1
    lots = np.concatenate([groups, own, groups[[number for number, _ in sentences]]])
    names = sorted(set(known))
    labels = np.array([names.index(one) for one in known], dtype=np.int64)

    def fit(some: Sequence[Letter], some_labels: Ints, classes: int) -> Linear:
        return fit_linear(some, some_labels, classes, recipe=URGENCY_RECIPE)

    examples = Examples([*letters, *short], labels, names, folds.split(labels, lots, FOLDS))
    columns = Columns(text=COLUMNS.text, title=COLUMNS.title, label="urgency")
    model, _ = learn(examples, fit, target="urgency", columns=columns, data=mark, now=now, cross=cross_fit)
    return model


def sentence_of(content: str) -> str:
    """One sentence out of a letter, not always the first; none when all are very short or long."""
    fitting = [one for one in SENTENCE.split(content) if SHORT[0] <= len(one) <= SHORT[1]]
    return fitting[len(content) % len(fitting)] if fitting else ""


def fit_refiner(
    words: dict[str, Letter], examples: Sequence[tuple[str, Letter]], *, data: dict[str, object], now: datetime
) -> Refiner:
    """`words`: a third-level code's name and typical words as a letter; `examples`: (code, text)."""
    codes = sorted(words)
    place = {code: number for number, code in enumerate(codes)}
    known = [(place[code], letter) for code, letter in examples if code in place]
    letters = [*(words[code] for code in codes), *(letter for _, letter in known)]
    owners = [*range(len(codes)), *(owner for owner, _ in known)]
    weights = np.array([1.0] * len(codes) + [EXAMPLE] * len(known))
    vocabularies = [vocabulary for vocabulary in learn_all(REFINER_BLOCKS, letters) if len(vocabulary)]
    gather = sparse.csr_matrix((weights, (owners, np.arange(len(letters)))), shape=(len(codes), len(letters)))
    summed = gather @ matrix(vocabularies, letters)
    lengths = np.sqrt(np.asarray(summed.multiply(summed).sum(axis=1)).ravel())
    directions = sparse.csr_matrix(sparse.diags(1 / np.maximum(lengths, 1e-9)) @ summed, dtype=np.float32)
    manifest = Manifest(
        schema=folder.SCHEMA,
        form=FORM,
        target="category",
        labels=codes,
        features=[asdict(vocabulary.block) for vocabulary in vocabularies],
        columns={},
        calibration={"sharpness": SHARPNESS},
        thresholds={},
        scores={},
        data=dict(data),
        created_at=now,
    )
    return Refiner(manifest, vocabularies, directions)
