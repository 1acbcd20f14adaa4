"""From a second-level category to the third: whose typical words and example texts the letter is nearest to."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
import scipy.sparse as sparse

from hotline.classify import engine, folder
from hotline.classify.engine import lies
from hotline.classify.features import Vocabulary
from hotline.classify.folder import Manifest
from hotline.classify.lexicon import View
from hotline.classify.model import keep_vocabularies, read_vocabularies, within

FORM = "directions"
SHARPNESS = 30.0
"""Turns a difference of cosines into odds; least surprise on cross-fitted starter texts."""
PARENTS = 3
"""Second-level categories looked into."""


class Refiner:
    """One direction per third-level category; codes ascend, so the children of one parent stand together."""

    def __init__(self, manifest: Manifest, vocabularies: Sequence[Vocabulary], directions: "sparse.csr_matrix") -> None:
        self.manifest = manifest
        self.vocabularies = tuple(vocabularies)
        self.directions = directions
        self.codes = manifest.labels

    def seeing(self, view: View, parents: Sequence[str]) -> "Deeper":
        """For letters read with this view; `parents`: all second-level categories that a letter may get."""
        return Deeper(self, view, parents)

    def save(self, path: Path) -> Manifest:
        arrays, lists = keep_vocabularies(self.vocabularies)
        arrays |= {name: getattr(self.directions, name) for name in ("data", "indices", "indptr")}
        self.manifest = folder.write(path, self.manifest, arrays, lists)
        return self.manifest

    @classmethod
    def load(cls, path: Path) -> "Refiner":
        manifest = folder.read_manifest(path)
        with folder.opening(path):
            folder.demand(manifest.form == FORM and manifest.labels == sorted(set(manifest.labels)) != [])
            vocabularies = read_vocabularies(path, manifest)
            data, indices, starts = (folder.read_array(path, manifest, name) for name in ("data", "indices", "indptr"))
            shape = (len(manifest.labels), sum(map(len, vocabularies)))
            folder.demand(data.ndim == indices.ndim == 1 and data.dtype == np.float32 and within(indices, shape[1]))
            folder.demand(starts.shape == (shape[0] + 1,) and starts[0] == 0 and (np.diff(starts) >= 0).all())
            folder.demand(starts[-1] == len(data) == len(indices))
            return cls(manifest, vocabularies, sparse.csr_matrix((data, indices, starts), shape=shape))


class Deeper:
    """The third level at work: the children of a letter's likeliest parents (native/deciding.c)."""

    def __init__(self, refiner: Refiner, view: View, parents: Sequence[str]) -> None:
        self.codes, self.parents, self.view = refiner.codes, list(parents), view
        owners = [(owner, len(list(some))) for owner, some in groupby(code[:-2] for code in refiner.codes)]
        number = {owner: place for place, (owner, _) in enumerate(owners)}
        sizes = [size for _, size in owners]
        directions = refiner.directions
        self._arrays = (
            np.ascontiguousarray(directions.data, dtype=np.float32),
            np.ascontiguousarray(directions.indices, dtype=np.int32),
            np.ascontiguousarray(directions.indptr, dtype=np.int32),
            np.cumsum([0, *sizes]).astype(np.int32),
            np.array([number.get(code, -1) for code in self.parents], dtype=np.int32),
        )
        features = directions.shape[1]
        self.native = engine.Directions(view.native, *map(lies, self._arrays), features, SHARPNESS, max(sizes))

    def code(self, number: int) -> str:
        # Below zero: a parent that has no children and stands for itself.
        return self.codes[number] if number >= 0 else self.parents[-1 - number]
