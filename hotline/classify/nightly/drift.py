"""漂移: do today's letters still look like those the model is used to? Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import msgspec
import numpy as np

DAYS = 7
BEFORE = 28
"""A week is held against the four before it."""
LEAST = 50
"""Letters a side: of fewer nothing is said."""
SMALL = 0.5
"""Letters each class is given besides: a class nobody wrote about is no infinite change."""
NOTICE, ALARM = 0.1, 0.25
"""The bounds that are usual for PSI."""


class ModelDay(msgspec.Struct, frozen=True):
    """A day's letters as the models saw them."""

    day: date
    letters: int
    sure: float
    bins: tuple[int, ...]
    classes: dict[str, int]
    unknown: float | None


class DriftDay(msgspec.Struct, frozen=True):
    """A day, and how far the week that ends with it is from the four weeks before."""

    day: date
    letters: int
    sure: float
    """Mean certainty of the first suggestion."""
    unknown: float | None
    """Share of words the model has never met."""
    classes_psi: float | None
    """Population stability index over the predicted categories; null: too few letters."""
    sure_psi: float | None
    """The same over tenths of certainty."""
    level: str
    """steady, notice or alarm"""


def psi(expected: Mapping[str, float], found: Mapping[str, float]) -> float:
    """Population stability index: 0 for the same shares; above 0.25 another population."""
    names = sorted({*expected, *found})
    before = np.array([expected.get(name, 0) + SMALL for name in names])
    after = np.array([found.get(name, 0) + SMALL for name in names])
    before, after = before / before.sum(), after / after.sum()
    return float(((after - before) * np.log(after / before)).sum())


def expected_by_chance(classes: int, before: int, after: int) -> float:
    """What PSI shows of two draws from one population: many small classes differ by chance alone."""
    return max(0, classes - 1) * (1 / before + 1 / after)


def drift(days: Sequence[ModelDay]) -> list[DriftDay]:
    return [_one(day, days) for day in sorted(days, key=lambda one: one.day)]


def _one(day: ModelDay, days: Sequence[ModelDay]) -> DriftDay:
    week = [one for one in days if day.day - timedelta(days=DAYS) < one.day <= day.day]
    begin = day.day - timedelta(days=DAYS)
    weeks = [one for one in days if begin - timedelta(days=BEFORE) < one.day <= begin]
    counts = [sum(one.letters for one in some) for some in (weeks, week)]
    if min(counts) < LEAST:
        return DriftDay(day.day, day.letters, day.sure, day.unknown, None, None, "steady")
    classes = [_summed(one.classes for one in some) for some in (weeks, week)]
    bins = [_summed({str(at): n for at, n in enumerate(one.bins)} for one in some) for some in (weeks, week)]
    beyond = [max(0.0, psi(*pair) - expected_by_chance(len({*pair[0], *pair[1]}), *counts)) for pair in (classes, bins)]
    worst = max(beyond)
    level = "alarm" if worst >= ALARM else "notice" if worst >= NOTICE else "steady"
    return DriftDay(day.day, day.letters, day.sure, day.unknown, round(beyond[0], 4), round(beyond[1], 4), level)


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, float]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(total)
