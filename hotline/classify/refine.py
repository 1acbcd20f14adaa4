"""From a second-level category to the third: whose typical words and example texts the letter is nearest to."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse

from hotline.classify import folder
from hotline.classify.calibration import softmax
from hotline.classify.features import Letter, Vocabulary
from hotline.classify.folder import BrokenModel, Manifest
from hotline.classify.model import keep_vocabularies, read_vocabularies

FORM = "directions"
SHARPNESS = 30.0
"""Turns a difference of cosines into odds; least surprise on cross-fitted starter texts."""


class Refiner:
    """One direction per third-level category; codes ascend, so the children of one parent stand together."""

    def __init__(self, manifest: Manifest, vocabularies: Sequence[Vocabulary], directions: "sparse.csr_matrix") -> None:
        self.manifest = manifest
        self.vocabularies = tuple(vocabularies)
        self.directions = directions
        self.codes = manifest.labels
        parents = [code[:-2] for code in self.codes]
        self.spans = {one: (bisect_left(parents, one), bisect_right(parents, one)) for one in set(parents)}
        # Cut once: cutting a sparse table takes longer than multiplying it.
        self.below = {one: directions[first:last] for one, (first, last) in self.spans.items()}

    def chances(self, letter: Letter, parents: Sequence[str]) -> dict[str, list[tuple[str, float]]]:
        """For each parent its children with their chances, given that the parent is right."""
        vector = self._vector(letter)
        return {parent: self._children(vector, parent) for parent in parents}

    def _children(self, vector: npt.NDArray[np.float32], parent: str) -> list[tuple[str, float]]:
        if parent not in self.spans:
            return [(parent, 1.0)]
        first, last = self.spans[parent]
        near = self.below[parent] @ vector
        chances = softmax(SHARPNESS * np.asarray(near, dtype=np.float64)[None, :])[0]
        return list(zip(self.codes[first:last], chances.tolist(), strict=True))

    def _vector(self, letter: Letter) -> npt.NDArray[np.float32]:
        vector = np.zeros(self.directions.shape[1], dtype=np.float32)
        start = 0
        for vocabulary in self.vocabularies:
            found, values = vocabulary.weigh(letter)
            vector[start + found] = values
            start += len(vocabulary)
        length = float(np.sqrt(vector @ vector))
        return np.asarray(vector / np.float32(length)) if length else vector

    def save(self, path: Path) -> Manifest:
        arrays, lists = keep_vocabularies(self.vocabularies)
        arrays |= {name: getattr(self.directions, name) for name in ("data", "indices", "indptr")}
        self.manifest = folder.write(path, self.manifest, arrays, lists)
        return self.manifest

    @classmethod
    def load(cls, path: Path) -> "Refiner":
        manifest = folder.read_manifest(path)
        try:
            vocabularies = read_vocabularies(path, manifest)
            parts = tuple(folder.read_array(path, manifest, name) for name in ("data", "indices", "indptr"))
            shape = (len(manifest.labels), sum(map(len, vocabularies)))
            return cls(manifest, vocabularies, sparse.csr_matrix(parts, shape=shape))
        except (KeyError, TypeError, ValueError, EOFError):
            raise BrokenModel(f"模型 {path} 的内容与说明不符,请重新训练。") from None
