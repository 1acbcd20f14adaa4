"""考核办法: points, tiers, places and versions, each with an example worked out by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.insight import measures as m
from hotline.insight import scoring as s

BETTER = {"finish_on_time": "high", "satisfied": "high", "rework": "low"}


def test_连云港_loses_one_point_for_every_percentage_point() -> None:
    """2023-01: 按时办结率 89.82 % gave 14.82 of 25."""
    body = s.Scoring(components=(s.Component("finish_on_time", 25),))
    [point] = s.points(body, {"finish_on_time": 0.8982}, BETTER)
    assert point.points == 14.82 and s.total([point]) == 59.3


@pytest.mark.parametrize(
    ("component", "rate", "points"),
    [
        (s.Component("satisfied", 20, 0.95, 2), 0.96, 20),
        (s.Component("satisfied", 20, 0.95, 2), 0.90, 10),
        (s.Component("satisfied", 20, 0.95, 2), 0.50, 0),
        (s.Component("satisfied", 20), None, None),
        (s.Component("rework", 10, 0.0), 0.04, 6),
        (s.Component("rework", 10, 0.05), 0.04, 10),
        (s.Component("rework", 10, 0.05, 2), 0.08, 4),
    ],
)
def test_points_are_lost_below_a_good_target_and_above_a_bad_one(
    component: s.Component, rate: float | None, points: float | None
) -> None:
    [found] = s.points(s.Scoring(components=(component,)), {component.measure: rate}, BETTER)
    assert found.points == points


def test_综合考核分_is_of_a_hundred_over_what_is_known() -> None:
    body = s.Scoring(
        components=(s.Component("finish_on_time", 30), s.Component("satisfied", 50), s.Component("rework", 20, 0))
    )
    found = s.points(body, {"finish_on_time": 0.9, "satisfied": 0.8, "rework": None}, BETTER)
    assert [p.points for p in found] == [20, 30, None] and s.total(found) == 62.5
    assert s.total([]) is None


def test_名次_ties_share_a_place_and_who_is_too_small_has_none() -> None:
    assert s.ranks({"a": 90.0, "b": 95.0, "c": 90.0, "d": 80.0, "e": None}) == {"a": 2, "b": 1, "c": 2, "d": 4}
    counts = [
        m.Counted(measure, key, False, 9, of, 0)
        for key, of in (("1", 10), ("2", 10), ("3", 9))
        for measure in ("contact_on_time", "solved", "satisfied", "finish_on_time")
    ]
    table = m.table(date(2026, 11, 1), date(2026, 11, 30), "unit", counts, {"1": "甲", "2": "乙", "3": "丙"})
    assert {g.name: g.rank for g in table.groups} == {"甲": 1, "乙": 1, "丙": None}
    assert {g.name: g.tier for g in table.groups} == {"甲": "B", "乙": "B", "丙": "样本不足"}


@given(st.lists(st.floats(0, 100), max_size=30))
def test_名次_a_place_is_one_more_than_those_above(scores: list[float]) -> None:
    places = s.ranks({str(n): score for n, score in enumerate(scores)})
    assert all(places[str(n)] == 1 + sum(o > score for o in scores) for n, score in enumerate(scores))


def test_a_version_holds_from_its_day_on_and_the_shipped_before() -> None:
    first = s.Rules(1, date(2026, 7, 1), s.SHIPPED)
    second = s.Rules(2, date(2027, 1, 1), s.SHIPPED)
    amended = s.Rules(3, date(2026, 7, 1), s.SHIPPED)
    found = [
        s.in_force([first, second, amended], day).version
        for day in (date(2026, 6, 30), date(2026, 7, 1), date(2027, 2, 1))
    ]
    assert found == [0, 3, 2]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (s.Scoring(three={"solved": 50.0, "satisfied": 40.0}), "three"),
        (s.Scoring(components=(s.Component("no_such", 5),)), "measure"),
        (s.Scoring(components=(s.Component("solved", 5), s.Component("solved", 9))), "components"),
        (s.Scoring(tiers=(s.Tier(0, "D"), s.Tier(90, "A"))), "tiers"),
        (s.Scoring(tiers=()), "tiers"),
    ],
)
def test_rules_that_cannot_be_reckoned_by_are_refused(body: s.Scoring, field: str) -> None:
    assert field in [name for name, _ in s.faults(body, m.BETTER)]
    assert s.faults(s.SHIPPED, m.BETTER) == []
