"""How long an answer takes (预计答复时间): half of them, and nine of ten, by matter, unit and season, backing off where little is known.

The place is learned on the logarithm of the days, every finer group shrunk towards the one above. The two quantiles are conformal: read
off how far later answers, not learned from, lay from it. Requests that still wait count with the time they have waited (Kaplan–Meier),
else the quick ones alone would speak for the last weeks."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
import numpy as np
import numpy.typing as npt

SHORTEST = 0.02
"""Days, half an hour: below it a logarithm would make much of nothing."""
TRUST = 12.0
"""How many answers of its own a group needs before it says as much as the one above."""
SEASON = 40.0
"""The same for a month of the year, whose effect is small."""
WINDOW = 800
"""The latest requests, by which the quantiles are read; half of them when there are fewer."""
FEWEST = 100
SETTLED = 60
"""Days after which nearly every answer has come; of younger requests only the quick answers are known."""
DAY = 86_400.0
MATTER = 4
"""Digits of a second-level category."""


class Answered(msgspec.Struct, frozen=True):
    """A request: when it came, and how many days its answer took, or how many it has waited."""

    at: datetime
    unit: str
    matter: str
    days: float
    answered: bool = True


class WaitModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mean: float
    effects: dict[str, float]
    """By group: what it adds to the logarithm of the days."""
    counts: dict[str, int]
    half: float
    most: float
    """Residual below which half, and nine of ten, of the latest answers lay."""


class Expected(msgspec.Struct, frozen=True):
    """In natural days."""

    p50: float
    p90: float
    answers: int
    """How many answers of this unit in this matter, or in the widest group that has any, stand behind it."""
    based_on: str
    """unit_matter, unit, matter or all"""


def matter_of(category: str | None) -> str:
    return (category or "")[:MATTER]


def expect(model: WaitModel, *, unit: str, matter: str, at: datetime) -> Expected:
    place = model.mean + sum(model.effects.get(group, 0.0) for group in groups(unit, matter, at.month))
    known = (("unit_matter", _pair(unit, matter)), ("unit", f"u={unit}"), ("matter", f"m={matter}"))
    based_on, count = next(
        ((name, model.counts[group]) for name, group in known if model.counts.get(group)),
        ("all", model.counts.get("", 0)),
    )
    return Expected(math.exp(place + model.half), math.exp(place + model.most), count, based_on)


def groups(unit: str, matter: str, month: int) -> list[str]:
    """From the general to the particular."""
    return [f"m={matter}", f"u={unit}", _pair(unit, matter), f"s={month}"]


def _pair(unit: str, matter: str) -> str:
    return f"u={unit} m={matter}"


def learn(rows: Sequence[Answered]) -> WaitModel | None:
    """`rows` in the order in which they came; None while too few are answered."""
    if sum(row.answered for row in rows) < FEWEST:
        return None
    window = min(WINDOW, len(rows) // 2)
    before, judged = rows[:-window], rows[-window:]
    mean, effects, _ = _place(_settled(before) or rows)
    left = np.array([_log(row) - mean - sum(effects.get(g, 0.0) for g in _groups(row)) for row in judged])
    answered = np.array([row.answered for row in judged])
    mean, effects, counts = _place(_settled(rows))
    return WaitModel(mean, effects, counts, quantile(left, answered, 0.5), quantile(left, answered, 0.9))


def _settled(rows: Sequence[Answered]) -> list[Answered]:
    """Answered, and old enough that the slow ones of their day are among them."""
    known = [row for row in rows if row.answered]
    old = [row for row in known if (rows[-1].at - row.at).days >= SETTLED]
    return old if len(old) >= FEWEST else known


def _log(row: Answered) -> float:
    return math.log(max(SHORTEST, row.days))


def _groups(row: Answered) -> list[str]:
    return groups(row.unit, row.matter, row.at.month)


def _place(rows: Sequence[Answered]) -> tuple[float, dict[str, float], dict[str, int]]:
    """Mean and effects: each kind of group explains, shrunk, what the ones before it have left over."""
    left = np.array([_log(row) for row in rows])
    mean = float(left.mean())
    left -= mean
    effects: dict[str, float] = {}
    counts: dict[str, int] = {"": len(rows)}
    names = [_groups(row) for row in rows]
    for kind, trust in enumerate((TRUST, TRUST, TRUST, SEASON)):
        members: dict[str, list[int]] = defaultdict(list)
        for place, found in enumerate(names):
            members[found[kind]].append(place)
        for group, places in members.items():
            effects[group] = round(float(left[places].sum() / (len(places) + trust)), 4)
            counts[group] = len(places)
            left[places] -= effects[group]
    return mean, effects, counts


def quantile(values: npt.NDArray[np.float64], ended: npt.NDArray[np.bool_], share: float) -> float:
    """Kaplan–Meier: below which value `share` of them end, when some have only been seen to reach theirs."""
    order = np.lexsort((~ended, values))
    values, ended = values[order], ended[order]
    left = np.cumprod(np.where(ended, 1 - 1 / np.arange(len(values), 0, -1), 1.0))
    reached = np.flatnonzero(1 - left >= share)
    return float(values[reached[0]] if len(reached) else values[-1])


def told_over_time(
    rows: Sequence[Answered], first: int, every: int, learned: Callable[[Sequence[Answered]], WaitModel | None] = learn
) -> list[tuple[Expected, float]]:
    """What would have been said of each request from the `first` on, learning anew at every `every`-th from what was known by then, and
    how many days it took: for measuring, on requests that are all answered by now."""
    found = []
    for start in range(first, len(rows), every):
        now = rows[start].at
        model = learned([_as_known(row, now) for row in rows[:start]])
        asked = rows[start : start + every] if model else ()
        found += [(expect(model, unit=one.unit, matter=one.matter, at=one.at), one.days) for one in asked if model]
    return found


def _as_known(row: Answered, now: datetime) -> Answered:
    waited = (now - row.at).total_seconds() / DAY
    return row if row.days <= waited else msgspec.structs.replace(row, days=max(SHORTEST, waited), answered=False)
