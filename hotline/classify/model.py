"""One object from text to calibrated probabilities: `(title, content) → Suggestion`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from hotline.classify import folder
from hotline.classify.calibration import Calibration
from hotline.classify.explain import WordWeight
from hotline.classify.features import Block, Vocabulary
from hotline.classify.folder import BrokenModel, Manifest
from hotline.classify.lexicon import AT_ONCE, REACH, Lexicon, Text, View
from hotline.classify.measures import NEVER, best_of
from hotline.classify.neighbours import Neighbours
from hotline.classify.scoring import Scorer
from hotline.classify.tables import filled

Array = npt.NDArray[np.float64]
Row = Mapping[str, str]


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

    def titled(self, rows: Sequence[Row]) -> npt.NDArray[np.bool_]:
        return np.array([bool(filled(row, self.title).strip()) for row in rows], dtype=bool)


class Suggestion(msgspec.Struct, frozen=True, gc=False):
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


def suggestions(labels: Sequence[str], chances: Array) -> list[Suggestion]:
    """One for every row of chances, without words."""
    found = []
    for places, some in zip(best_of(chances, 3).tolist(), chances, strict=True):
        top3 = tuple((labels[place], some.item(place)) for place in places)
        found.append(Suggestion(top3[0][0], top3[0][1], top3))
    return found


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

    @property
    def labels(self) -> list[str]:
        return self.manifest.labels

    @cached_property
    def alone(self) -> Scorer:
        """This model with its own features; a classifier reads for several models at once instead."""
        return self.seeing(Lexicon([self.vocabularies]).views[0])

    def seeing(self, view: View) -> Scorer:
        return Scorer(self, view)

    def asked(self, texts: Sequence[Text]) -> Array:
        """One row of chances a text."""
        found = np.empty((len(texts), len(self.labels)))
        for start in range(0, len(texts), AT_ONCE):
            found[start : start + AT_ONCE] = self.alone.chances(self.alone.read(texts[start : start + AT_ONCE]))
        return found

    def chances(self, rows: Sequence[Row], columns: Columns) -> Array:
        return self.asked([columns.letter(row) for row in rows])

    def suggest(self, title: str, content: str) -> Suggestion:
        """One letter, with the words that spoke for the answer."""
        reading = self.alone.read([(title, content)])
        chances = self.alone.chances(reading)
        words = self.alone.words(reading, best_of(chances, 1))[0]
        return msgspec.structs.replace(suggestions(self.labels, chances)[0], words=words)

    def suggest_many(self, texts: Sequence[Text]) -> list[Suggestion]:
        """Many letters, without words."""
        return suggestions(self.labels, self.asked(texts))

    def same_words(self, other: "TextModel") -> bool:
        """Models that learned from the same texts weigh a letter alike."""
        return len(self.vocabularies) == len(other.vocabularies) and all(
            mine.same(theirs) for mine, theirs in zip(self.vocabularies, other.vocabularies, strict=True)
        )

    def threshold(self, precision: float) -> float:
        """For letters as people write them, with a title."""
        level = f"{precision:.2f}"
        return self.manifest.titled.get(level, self.manifest.thresholds.get(level, NEVER))

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
        with folder.opening(path):
            return cls._from_folder(path, manifest)

    @classmethod
    def _from_folder(cls, path: Path, manifest: Manifest) -> "TextModel":
        classes = len(manifest.labels)
        folder.demand(classes > 0 and len(set(manifest.labels)) == classes)
        folder.demand(all(0 <= threshold <= NEVER for threshold in manifest.thresholds.values()))
        vocabularies = read_vocabularies(path, manifest)
        weights, bias = (folder.read_array(path, manifest, name) for name in ("weights", "bias"))
        folder.demand(weights.shape == (sum(map(len, vocabularies)), classes) and weights.dtype == np.float32)
        folder.demand(bias.shape == (classes,) and bias.dtype == np.float32)
        return cls(
            manifest,
            vocabularies,
            weights,
            np.array(bias),
            read_calibration(path, manifest),
            _read_neighbours(path, manifest, vocabularies),
        )


def read_calibration(path: Path, manifest: Manifest) -> Calibration:
    slope, offset = folder.read_array(path, manifest, "calibration")
    sharpness = float(manifest.calibration["sharpness"])
    folder.demand(slope.shape == offset.shape == (len(manifest.labels),) and 0 < sharpness < folder.LARGEST)
    return Calibration(np.array(slope), np.array(offset), sharpness)


NEAR = ("starts", "letters", "values", "labels")


def _read_neighbours(path: Path, manifest: Manifest, vocabularies: Sequence[Vocabulary]) -> Neighbours | None:
    weight = float(manifest.calibration.get("neighbours", 0.0))
    if not weight:
        return None
    arrays = {name: folder.read_array(path, manifest, f"near.{name}") for name in NEAR}
    classes = len(manifest.labels)
    starts, letters, values, labels = (arrays[name] for name in NEAR)
    folder.demand(0 < weight < folder.LARGEST and all(array.ndim == 1 for array in arrays.values()))
    folder.demand(len(starts) == len(vocabularies[0]) + 1 and len(letters) == len(values) == starts[-1])
    folder.demand(starts[0] == 0 and (np.diff(starts) >= 0).all())
    folder.demand(within(letters, len(labels)) and within(labels, classes))
    return Neighbours(**arrays, classes=classes, weight=weight)


def within(places: npt.NDArray[Any], size: int) -> bool:
    """Whether all are places of something that long."""
    return places.dtype.kind == "i" and (not places.size or (places.min() >= 0 and places.max() < size))


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
    blocks = msgspec.convert(manifest.features, list[Block])
    folder.demand(len({block.name for block in blocks}) == len(blocks))
    return [_read_vocabulary(path, manifest, block) for block in blocks]


def _read_vocabulary(path: Path, manifest: Manifest, block: Block) -> Vocabulary:
    folder.demand(1 <= block.longest <= REACH and 0 < block.weight < folder.LARGEST)
    folder.demand((block.unit, block.part) != ("word", "head"))  # a beginning has so many characters, not words
    idf = np.array(folder.read_array(path, manifest, f"{block.name}.idf"))
    folder.demand(idf.ndim == 1 and idf.dtype == np.float32 and (idf > 0).all())
    if block.unit == "word":
        words = {word: place for place, word in enumerate(folder.read_list(path, manifest, f"{block.name}.words"))}
        vocabulary = Vocabulary(block, idf, words=words)
    else:
        vocabulary = Vocabulary(block, idf, keys=folder.read_array(path, manifest, f"{block.name}.runs"))
        folder.demand(vocabulary.keys.ndim == 1 and vocabulary.keys.dtype == np.uint64)
        folder.demand((vocabulary.keys[1:] > vocabulary.keys[:-1]).all())
    folder.demand(max(len(vocabulary.words), len(vocabulary.keys)) == len(idf))
    return vocabulary
