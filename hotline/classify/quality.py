"""How good suggestions were: reliability, coverage against precision, what is taken for what. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from hotline.classify.measures import Array, Labels, Truths, calibration_error, interval

BINS = 10
POINTS = 60
MOST_CONFUSED = 2_000
"""Pairs of classes; the console adds them up by first level and opens what is clicked."""


class Bin(msgspec.Struct, frozen=True):
    """A tenth of certainty: how sure it was on average, and how often right."""

    low: float
    n: int
    sure: float
    right: int
    least: float
    """Between these the true share lies in 95 of 100 cases."""
    most: float


class CoveragePoint(msgspec.Struct, frozen=True):
    """Were everything from this certainty on done without a person."""

    threshold: float
    n: int
    share: float
    right: int
    precision: float
    least: float
    most: float


class Confused(msgspec.Struct, frozen=True):
    """Letters of which one was said and another turned out to be so."""

    said: str
    was: str
    n: int


class ClassLine(msgspec.Struct, frozen=True):
    """Precision is agreed / said, recall agreed / was."""

    key: str
    name: str
    said: int
    was: int
    agreed: int


class Quality(msgspec.Struct, frozen=True):
    n: int
    right: int
    ece: float
    """Mean gap between how sure and how right."""
    bins: list[Bin]
    curve: list[CoveragePoint]
    """From the surest on, the threshold falling."""


class Checked(msgspec.Struct, frozen=True):
    """What a model said to texts that it had not learned from, kept with it."""

    quality: Quality
    pairs: list[tuple[str, str, int]]
    """What was said, what it was ("" where the model has no such class), and how often."""


def quality(judged: Sequence[tuple[float, bool]]) -> Quality:
    return measured(
        np.array([one for one, _ in judged], dtype=np.float64), np.array([one for _, one in judged], dtype=bool)
    )


def measured(sure: Array, right: Truths) -> Quality:
    ece = calibration_error(sure, right) if len(sure) else 0.0
    return Quality(len(sure), int(right.sum()), round(ece, 4), list(bins(sure, right)), list(curve(sure, right)))


def checked(chances: Array, truth: Labels, names: Sequence[str]) -> Checked:
    """`chances` is texts × classes; `truth` is -1 where the right one is a class the model has never met."""
    best = chances.argmax(axis=1)
    called = [*names, ""]
    pairs = Counter(zip(best.tolist(), truth.tolist(), strict=True))
    return Checked(
        measured(chances.max(axis=1), best == truth),
        sorted(((called[said], called[was], n) for (said, was), n in pairs.items()), key=lambda one: (-one[2], *one)),
    )


def bins(sure: Array, right: Truths) -> Iterable[Bin]:
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    for one in range(BINS):
        here = place == one
        n, hits = int(here.sum()), int(right[here].sum())
        if n:
            least, most = interval(hits, n)
            yield Bin(one / BINS, n, round(float(sure[here].mean()), 4), hits, round(least, 4), round(most, 4))


def curve(sure: Array, right: Truths) -> Iterable[CoveragePoint]:
    """Letters of equal certainty pass together; at most so many points, evenly over the letters."""
    order = np.argsort(-sure, kind="stable")
    hits = np.cumsum(right[order])
    if not len(sure):
        return
    ends = np.flatnonzero(np.append(sure[order][1:] < sure[order][:-1], True))
    kept = ends if len(ends) <= POINTS else ends[np.unique(np.linspace(0, len(ends) - 1, POINTS).astype(int))]
    for end in kept:
        n, good = int(end) + 1, int(hits[end])
        least, most = interval(good, n)
        threshold = round(float(sure[order[end]]), 4)
        yield CoveragePoint(
            threshold, n, round(n / len(sure), 4), good, round(good / n, 4), round(least, 4), round(most, 4)
        )


def confused(pairs: Iterable[tuple[str, str, int]]) -> list[Confused]:
    wrong = [Confused(said, was, n) for said, was, n in pairs if said != was]
    return sorted(wrong, key=lambda one: (-one.n, one.said, one.was))[:MOST_CONFUSED]


def lines(pairs: Iterable[tuple[str, str, int]], names: dict[str, str]) -> list[ClassLine]:
    said: Counter[str] = Counter()
    was: Counter[str] = Counter()
    agreed: Counter[str] = Counter()
    for guess, truth, n in pairs:
        said[guess] += n
        was[truth] += n
        if guess == truth:
            agreed[guess] += n
    keys = sorted({*said, *was}, key=lambda key: (-was[key], key))
    return [ClassLine(key, names.get(key, key), said[key], was[key], agreed[key]) for key in keys]
