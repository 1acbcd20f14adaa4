"""Models that answer for letters they have not seen: fold after fold, or each fold in a process of its own."""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from hotline.classify.examples import ASIDE, FOLDS, Examples
from hotline.infra.processes import follow_parent

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Scorer(Protocol):
    def scores(self, rows: Any) -> Array: ...


@dataclass(frozen=True, slots=True)
class Crossed:
    """Every row's scores from a model that had not seen it."""

    scores: Array
    scored: npt.NDArray[np.bool_]


Fit = Callable[[Sequence[Any], Ints, int], Scorer]


def cross_fit(examples: Examples, fit: Fit) -> Crossed:
    """Five folds, each scored by a model of the other four; by time, of the earlier ones; of many rows, all by one model."""
    scores = np.zeros((len(examples.labels), len(examples.names)))
    scored = np.zeros(len(examples.labels), dtype=bool)
    every = set(range(FOLDS))
    for fold in [every] if examples.many else [{one} for one in range(FOLDS)]:
        places, found = _score(examples, fit, fold)
        scores[places], scored[places] = found, True
    return Crossed(scores, scored)


def score_fold(examples: Examples, fit: Fit, fold: int) -> tuple[Ints, Array]:
    """The places of a fold's rows, and their scores from a model that had not seen them."""
    return _score(examples, fit, {fold})


def _score(examples: Examples, fit: Fit, fold: set[int]) -> tuple[Ints, Array]:
    learned_from = set(range(min(fold))) if examples.forward else set(range(FOLDS)) - fold
    inputs, labels, _ = examples.part({ASIDE} if examples.many else learned_from)
    asked, _, places = examples.part(fold)
    if not inputs or not asked:
        return places[:0], np.zeros((0, len(examples.names)))
    return places, fit(inputs, labels, len(examples.names)).scores(asked)


Cross = Callable[[Examples, Fit], Crossed]

_work: tuple[Examples, Fit] | None = None
"""What the folds' processes take over when they are forked."""


def on_all_cores(examples: Examples, fit: Fit, cores: int) -> Crossed:
    """Each fold in a process of its own; what it learns from is shared with ours and not copied."""
    global _work
    _work = (examples, fit)
    try:
        with get_context("fork").Pool(min(cores, FOLDS), _begin) as pool:
            parts = pool.map(_score_here, range(FOLDS), chunksize=1)
    finally:
        _work = None
    scores = np.zeros((len(examples.labels), len(examples.names)))
    scored = np.zeros(len(examples.labels), dtype=bool)
    for places, found in parts:
        scores[places], scored[places] = found, True
    return Crossed(scores, scored)


def _begin() -> None:
    """They end with us, however we end: a training that is stopped leaves nobody behind, and only we say that it was."""
    follow_parent(signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _score_here(fold: int) -> tuple[Ints, Array]:
    assert _work is not None
    return score_fold(*_work, fold)
