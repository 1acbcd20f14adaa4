"""One object from text to calibrated probabilities: `(title, content) → Suggestion`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from hotline.classify import folder
from hotline.classify.batches import scores_of
from hotline.classify.calibration import Calibration
from hotline.classify.explain import WordWeight, words_for
from hotline.classify.features import Block, Floats, Ints, Letter, Vocabulary, read
from hotline.classify.folder import BrokenModel, Manifest
from hotline.classify.measures import NEVER, best_of
from hotline.classify.neighbours import Neighbours
from hotline.classify.tables import filled

Array = npt.NDArray[np.float64]
Row = Mapping[str, str]

MANY = 8
Weighed = Sequence[tuple[Ints, Floats]]
"""What a model's blocks find in one letter."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a file is what; `detail,tokens` is the first of them that is filled."""

    text: str = "text"
    title: str = "title"
    label: str = "label"
    features: tuple[str, ...] = ()
    time: str = ""

    def letter(self, row: Row) -> tuple[str, str]:
        return filled(row, self.title), filled(row, self.text)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the model would say, how sure it is, and which words made it say so."""

    label: str
    confidence: float
    top3: tuple[tuple[str, float], ...]
    words: tuple[WordWeight, ...] = ()


class Model(Protocol):
    """What evaluation and prediction need, whatever the model reads."""

    manifest: Manifest

    def chances(self, rows: Sequence[Row], columns: Columns) -> Array: ...

    def save(self, path: Path) -> Manifest: ...


def suggestion(
    labels: Sequence[str], chances: npt.NDArray[np.float64], words: tuple[WordWeight, ...] = ()
) -> Suggestion:
    best = best_of(chances[None, :], 3)[0]
    top3 = tuple((labels[one], float(chances[one])) for one in best)
    return Suggestion(top3[0][0], top3[0][1], top3, words)


class TextModel:
    """Linear over words and runs of characters; the arrays may be mapped from disk."""

    def __init__(
        self,
        manifest: Manifest,
        vocabularies: Sequence[Vocabulary],
        weights: npt.NDArray[np.float32],
        bias: npt.NDArray[np.float32],
        calibration: Calibration,
        neighbours: Neighbours | None = None,
    ) -> None:
        self.manifest = manifest
        self.neighbours = neighbours
        self.vocabularies = tuple(vocabularies)
        self.weights = weights
        self.bias = bias
        self.calibration = calibration
        sizes = np.cumsum([0, *map(len, self.vocabularies)])
        self.parts = [weights[start:end] for start, end in pairwise(sizes)]

    @property
    def labels(self) -> list[str]:
        return self.manifest.labels

    def weigh(self, letter: Letter) -> Weighed:
        """The letter's known features by block: what the score and its explanation both begin with."""
        return [vocabulary.weigh(letter) for vocabulary in self.vocabularies]

    def scores(self, letters: Sequence[Letter]) -> npt.NDArray[np.floating]:
        """Few letters one by one, many in one table."""
        if len(letters) < MANY:
            return np.stack([self._score(self.weigh(letter)) for letter in letters])
        return scores_of(letters, self.vocabularies, self.weights, self.bias, self.neighbours)

    def _score(self, weighed: Weighed) -> npt.NDArray[np.float32]:
        total = self.bias.copy()
        for number, ((found, values), weights) in enumerate(zip(weighed, self.parts, strict=True)):
            if found.size:
                total += values @ weights[found]
            if number == 0 and self.neighbours is not None:
                total += self.neighbours.votes(found, values).astype(np.float32)
        return total

    def probabilities(self, letters: Sequence[Letter]) -> Array:
        if not letters:
            return np.empty((0, len(self.labels)))
        return self.calibration.apply(self.scores(letters))

    def probabilities_of(self, weighed: Sequence[Weighed]) -> Array:
        """One row a letter."""
        if not weighed:
            return np.empty((0, len(self.labels)))
        return self.calibration.apply(np.stack([self._score(one) for one in weighed]))

    def chances(self, rows: Sequence[Row], columns: Columns) -> Array:
        return self.probabilities([read(*columns.letter(row)) for row in rows])

    def suggest(self, title: str, content: str) -> Suggestion:
        """One letter, with the words that spoke for the answer."""
        letter = read(title, content)
        weighed = self.weigh(letter)
        chances = self.probabilities_of([weighed])[0]
        return suggestion(self.labels, chances, self.words_for(letter, weighed, int(chances.argmax())))

    def suggest_many(self, texts: Sequence[tuple[str, str]]) -> list[Suggestion]:
        """Many letters, without words."""
        return [suggestion(self.labels, row) for row in self.probabilities([read(*text) for text in texts])]

    def words_for(self, letter: Letter, weighed: Weighed, label: int) -> tuple[WordWeight, ...]:
        return words_for(letter, label, self.vocabularies, weighed, self.parts, self.averages)

    @cached_property
    def averages(self) -> list[npt.NDArray[np.float32]]:
        """What each feature says for a class on average; one pass over all weights, so only once."""
        return [part.mean(axis=1) for part in self.parts]

    def same_words(self, other: "TextModel") -> bool:
        """Models that learned from the same texts weigh a letter alike."""
        return len(self.vocabularies) == len(other.vocabularies) and all(
            mine.same(theirs) for mine, theirs in zip(self.vocabularies, other.vocabularies, strict=True)
        )

    def threshold(self, precision: float) -> float:
        return self.manifest.thresholds.get(f"{precision:.2f}", NEVER)

    def save(self, path: Path) -> Manifest:
        """The folder keeps arrays and lists only; see `folder.py` for why nothing in it can run."""
        arrays: dict[str, Any] = {"weights": self.weights, "bias": self.bias}
        arrays["calibration"] = np.stack([self.calibration.slope, self.calibration.offset])
        kept, lists = keep_vocabularies(self.vocabularies)
        arrays |= kept
        if self.neighbours is not None:
            arrays |= {f"near.{name}": getattr(self.neighbours, name) for name in NEAR}
        self.manifest = folder.write(path, self.manifest, arrays, lists)
        return self.manifest

    @classmethod
    def load(cls, path: Path, manifest: Manifest | None = None) -> "TextModel":
        manifest = manifest or folder.read_manifest(path)
        if manifest.form != "text":
            raise BrokenModel(f"模型 {path} 不是文本分类模型,请换用文本模型的目录。")
        try:
            return cls._from_folder(path, manifest)
        except (KeyError, TypeError, ValueError, EOFError):
            raise BrokenModel(f"模型 {path} 的内容与说明不符,请用 hotline train 重新训练。") from None

    @classmethod
    def _from_folder(cls, path: Path, manifest: Manifest) -> "TextModel":
        slope, offset = folder.read_array(path, manifest, "calibration")
        model = cls(
            manifest,
            read_vocabularies(path, manifest),
            folder.read_array(path, manifest, "weights"),
            np.array(folder.read_array(path, manifest, "bias")),
            Calibration(np.array(slope), np.array(offset), float(manifest.calibration["sharpness"])),
            _read_neighbours(path, manifest),
        )
        if model.weights.shape != (sum(map(len, model.vocabularies)), len(manifest.labels)):
            raise ValueError("weights do not fit the vocabulary")
        return model


NEAR = ("starts", "letters", "values", "labels")


def _read_neighbours(path: Path, manifest: Manifest) -> Neighbours | None:
    weight = float(manifest.calibration.get("neighbours", 0.0))
    if not weight:
        return None
    arrays = {name: folder.read_array(path, manifest, f"near.{name}") for name in NEAR}
    return Neighbours(**arrays, classes=len(manifest.labels), weight=weight)


def keep_vocabularies(vocabularies: Sequence[Vocabulary]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Arrays and lists a folder keeps of its vocabularies."""
    arrays: dict[str, Any] = {}
    lists: dict[str, list[str]] = {}
    for vocabulary in vocabularies:
        name = vocabulary.block.name
        arrays[f"{name}.idf"] = vocabulary.idf
        if vocabulary.block.unit == "word":
            lists[f"{name}.words"] = list(vocabulary.words)
        else:
            arrays[f"{name}.runs"] = vocabulary.keys
    return arrays, lists


def read_vocabularies(path: Path, manifest: Manifest) -> list[Vocabulary]:
    return [_read_vocabulary(path, manifest, Block(**block)) for block in manifest.features]


def _read_vocabulary(path: Path, manifest: Manifest, block: Block) -> Vocabulary:
    idf = np.array(folder.read_array(path, manifest, f"{block.name}.idf"))
    if block.unit == "word":
        words = folder.read_list(path, manifest, f"{block.name}.words")
        return Vocabulary(block, idf, words={word: place for place, word in enumerate(words)})
    return Vocabulary(block, idf, keys=folder.read_array(path, manifest, f"{block.name}.runs"))
