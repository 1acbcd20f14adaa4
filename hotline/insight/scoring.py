"""考核办法: weights, tiers, points and ranks, as rules with a version and a day from which they hold (docs/rules.md E.3, 19-21)."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta


class Component(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part of 综合考核分: full points, less `lost` for every percentage point short of (or beyond) the target."""

    measure: str
    full: Annotated[float, Meta(gt=0, le=1000)]
    target: Annotated[float, Meta(ge=0, le=1)] = 1.0
    lost: Annotated[float, Meta(ge=0, le=1000)] = 1.0


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    least: Annotated[float, Meta(ge=0, le=100)]
    letter: Annotated[str, Meta(min_length=1, max_length=4)]


class Scoring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What we ship: 三率 20/40/40 (北京 §32 names the three, the weights are ours), four tiers, and points as 连云港 counts
    them, one for each percentage point."""

    three: dict[str, Annotated[float, Meta(ge=0, le=100)]] = msgspec.field(
        default_factory=lambda: {"contact_on_time": 20.0, "solved": 40.0, "satisfied": 40.0}
    )
    fewest: Annotated[int, Meta(ge=1, le=10_000)] = 10
    """Of fewer answers nothing is said of a unit (样本不足)."""
    partly: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """α: how much of a partly solved ticket counts as solved (部分解决折算)."""
    tiers: tuple[Tier, ...] = (Tier(95, "A"), Tier(90, "B"), Tier(80, "C"), Tier(0, "D"))
    components: tuple[Component, ...] = (
        Component("sign_on_time", 10),
        Component("finish_on_time", 25),
        Component("solved", 25),
        Component("satisfied", 25),
        Component("return_refused", 5, 0.0),
        Component("rework", 10, 0.0),
    )


SHIPPED = Scoring()


class Rules(msgspec.Struct, frozen=True):
    """A version of the rules; version 0 is what we ship."""

    version: int
    effective_from: date
    body: Scoring
    because: str = ""
    set_name: str = ""


SHIPPED_RULES = Rules(0, date(2000, 1, 1), SHIPPED)


def in_force(versions: Iterable[Rules], day: date) -> Rules:
    """The newest version whose day has come; a later version of one day replaces the earlier."""
    fitting = [rules for rules in versions if rules.effective_from <= day]
    return max(fitting, key=lambda rules: (rules.effective_from, rules.version), default=SHIPPED_RULES)


def faults(body: Scoring, better: Mapping[str, str]) -> list[tuple[str, str]]:
    """Everything that makes rules unusable, each with what to do; `better` says of every measure which way is good."""
    found = []
    if unknown := sorted({*body.three, *(c.measure for c in body.components)} - set(better)):
        found.append(("measure", f"没有指标 {'、'.join(unknown)}，请从考核指标中选取。"))
    if abs(sum(body.three.values()) - 100) > 1e-6:
        found.append(("three", "三率权重之和应为 100。"))
    least = [tier.least for tier in body.tiers]
    if least != sorted(set(least), reverse=True) or not least or least[-1] != 0:
        found.append(("tiers", "分档须由高到低，且最后一档从 0 分起。"))
    if len({c.measure for c in body.components}) != len(body.components):
        found.append(("components", "同一指标在综合考核分中只能出现一次。"))
    return found


def weighed(body: Scoring, rates: Mapping[str, float | None]) -> float | None:
    """三率综合分, where all the rates are known."""
    parts = [(rates.get(name), weight) for name, weight in body.three.items()]
    if any(value is None for value, _ in parts):
        return None
    return round(sum((value or 0) * weight for value, weight in parts), 1)


def letter(body: Scoring, score: float) -> str:
    return next(tier.letter for tier in body.tiers if score >= tier.least)


class Point(msgspec.Struct, frozen=True):
    """One component as it was reckoned; a rate that is not known neither gives nor takes."""

    measure: str
    full: float
    points: float | None


def points(body: Scoring, rates: Mapping[str, float | None], better: Mapping[str, str]) -> tuple[Point, ...]:
    return tuple(Point(c.measure, c.full, _points(c, rates.get(c.measure), better[c.measure])) for c in body.components)


def _points(component: Component, rate: float | None, better: str) -> float | None:
    if rate is None:
        return None
    short = rate - component.target if better == "low" else component.target - rate
    return round(max(0.0, component.full - component.lost * max(0.0, short) * 100), 2)


def total(found: Iterable[Point]) -> float | None:
    """综合考核分 of a hundred, over the components that are known: who was never asked to rework loses nothing by it."""
    known = [point for point in found if point.points is not None]
    full = sum(point.full for point in known)
    return round(sum(point.points or 0 for point in known) / full * 100, 1) if full else None


def ranks(scores: Mapping[str, float | None]) -> dict[str, int]:
    """名次: who has a score at all; equal scores share a place, and the next place is as far down as people are above it."""
    known = {key: score for key, score in scores.items() if score is not None}
    rising = sorted(known.values())
    return {key: 1 + len(rising) - bisect_right(rising, score) for key, score in known.items()}
