"""From a second-level category to the third: whose typical words and example texts the letter is nearest to."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import islice
from math import exp
from operator import itemgetter
from pathlib import Path

import numpy as np
import scipy.sparse as sparse

from hotline.classify import folder
from hotline.classify.features import Floats, Ints, Vocabulary
from hotline.classify.folder import Manifest
from hotline.classify.lexicon import Weighed
from hotline.classify.model import keep_vocabularies, read_vocabularies, within

FORM = "directions"
SHARPNESS = 30.0
"""Turns a difference of cosines into odds; least surprise on cross-fitted starter texts."""
PARENTS = 3
"""Second-level categories looked into."""
NAMED = 3

Part = tuple[list[str], Ints, Floats, Ints]


class Refiner:
    """One direction per third-level category; codes ascend, so the children of one parent stand together."""

    def __init__(self, manifest: Manifest, vocabularies: Sequence[Vocabulary], directions: "sparse.csr_matrix") -> None:
        self.manifest = manifest
        self.vocabularies = tuple(vocabularies)
        self.directions = directions
        self.codes = manifest.labels
        parents = [code[:-2] for code in self.codes]
        self._below = {one: self._part(bisect_left(parents, one), bisect_right(parents, one)) for one in set(parents)}

    def _part(self, first: int, last: int) -> Part:
        """Some codes with their directions one after another, each closed by a feature that no letter has."""
        own = self.directions[first:last]
        features = np.insert(own.indices, own.indptr[1:], own.shape[1]).astype(np.int64)
        values = np.insert(own.data, own.indptr[1:], np.float32(0))
        return self.codes[first:last], features, values, own.indptr[:-1] + np.arange(last - first)

    def deepest(self, weighed: Weighed, areas: Sequence[Mapping[str, float]]) -> list[list[tuple[float, str]]]:
        """Of every letter the three deepest categories, best first: the chance of a parent times its child's share.
        `areas`: parents with their chances, best first; a few of them are looked into."""
        letter = np.zeros(self.directions.shape[1] + 1, dtype=np.float32)
        answers = []
        for span, parents in zip(weighed.spans(), areas, strict=True):
            known = np.flatnonzero(weighed.values[span])
            rows, values = weighed.rows[span].take(known), weighed.values[span].take(known)
            length = float(np.sqrt(values @ values))
            letter[rows] = values / np.float32(length) if length else values
            answers.append(self._best(letter, parents))
            letter[rows] = 0
        return answers

    def _best(self, letter: Floats, parents: Mapping[str, float]) -> list[tuple[float, str]]:
        found: list[tuple[float, str]] = []
        for parent, chance in islice(parents.items(), PARENTS):
            if len(found) >= NAMED and found[NAMED - 1][0] >= chance:
                break  # no child is likelier than its parent
            found += [(chance * share, code) for code, share in self.children(letter, parent)]
            found.sort(key=itemgetter(0), reverse=True)
        return found[:NAMED]

    def children(self, letter: Floats, parent: str) -> list[tuple[str, float]]:
        """The parent's children with their chances, given that the parent is right."""
        if parent not in self._below:
            return [(parent, 1.0)]
        codes, features, values, starts = self._below[parent]
        near = np.add.reduceat(values * letter.take(features), starts).tolist()
        highest = max(near)
        powers = [exp(SHARPNESS * (one - highest)) for one in near]
        total = sum(powers)
        return [(code, power / total) for code, power in zip(codes, powers, strict=True)]

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
