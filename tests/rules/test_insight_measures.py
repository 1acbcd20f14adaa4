"""Rates, the three-rate score, tiers and spans: pure, and true for any numbers."""

from datetime import date, datetime, time, timedelta
from importlib.resources import files

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.infra.clock import BEIJING
from hotline.insight import measures as m
from hotline.insight import spans
from hotline.insight.calls.measures import CALL_MEASURES
from hotline.insight.scoring import SHIPPED, Component, faults

COUNTS = st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)).map(sorted)


def counted(measure: str, numerator: int, denominator: int, *, key: str | None = None, whole: bool = True) -> m.Counted:
    return m.Counted(measure, key, whole, numerator, denominator, 0)


@given(COUNTS)
def test_a_rate_lies_between_nothing_and_all_and_never_rounds_to_either(pair: list[int]) -> None:
    numerator, denominator = pair
    cell = m.cell(counted("satisfied", numerator, denominator))
    if not denominator:
        assert (cell.text, cell.value) == ("—", None)
        return
    assert cell.value is not None and 0 <= cell.value <= 1
    assert (cell.text == "100.0%") == (numerator == denominator)
    assert (cell.text == "0.0%") == (numerator == 0)


@pytest.mark.parametrize(
    ("responded", "solved", "satisfied", "score", "tier"),
    [
        ((20, 20), (20, 20), (20, 20), 100.0, "A"),
        ((19, 20), (19, 20), (19, 20), 95.0, "A"),
        ((20, 20), (17, 20), (18, 20), 90.0, "B"),
        ((20, 20), (15, 20), (16, 20), 82.0, "C"),
        ((10, 20), (10, 20), (10, 20), 50.0, "D"),
        ((9, 9), (9, 9), (9, 9), 100.0, "样本不足"),
        ((20, 20), (9, 9), (20, 20), 100.0, "样本不足"),
        ((20, 20), (0, 0), (20, 20), None, "样本不足"),
    ],
)
def test_三率_are_weighed_20_40_40_and_a_small_unit_gets_no_grade(
    responded: tuple[int, int], solved: tuple[int, int], satisfied: tuple[int, int], score: float | None, tier: str
) -> None:
    pairs = {"contact_on_time": responded, "solved": solved, "satisfied": satisfied}
    group = m.group_of("1", "城管局", [counted(name, *pair) for name, pair in pairs.items()])
    assert (group.score, group.tier) == (score, tier)


def test_every_measure_has_its_file_and_says_what_it_divides() -> None:
    folder = files("hotline.insight") / "sql"
    named = {path.name.removesuffix(".sql") for path in folder.iterdir()}
    assert named - {"share", "verdict"} == set(m.BY_NAME)
    assert all("/" in measure.counts for measure in m.MEASURES)
    calls = files("hotline.insight.calls") / "sql"
    assert {path.name.removesuffix(".sql") for path in calls.iterdir()} - {"stay", "spell"} == {
        one.name for one in CALL_MEASURES
    }
    assert all("/" in one.counts for one in CALL_MEASURES)
    assert set(SHIPPED.three) <= set(m.BY_NAME) and faults(SHIPPED, m.BETTER) == []


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-11-01", "2026-11-30", ("2026-10-01", "2026-10-31")),
        ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("2026-11-01", "2026-11-22", ("2026-10-01", "2026-10-22")),
        ("2026-03-01", "2026-03-30", ("2026-02-01", "2026-02-28")),
        ("2026-11-16", "2026-11-22", ("2026-11-09", "2026-11-15")),
        ("2026-01-01", "2026-12-31", ("2025-01-01", "2025-12-31")),
    ],
)
def test_环比_stands_beside_the_span_before(first: str, last: str, before: tuple[str, str]) -> None:
    found = spans.span_before(date.fromisoformat(first), date.fromisoformat(last))
    assert tuple(str(day) for day in found) == before


@given(st.dates(date(2000, 1, 1), date(2200, 1, 1)), st.integers(0, 800))
def test_环比_never_overlaps_and_is_never_longer(first: date, more: int) -> None:
    last = first + timedelta(days=more)
    begin, end = spans.span_before(first, last)
    assert begin <= end < first
    whole_months = first.day == 1 and last == spans.month_end(first)
    assert whole_months or end - begin <= last - first


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 800))
def test_whole_months_lie_within_the_span_and_leave_less_than_a_month_at_either_end(first: date, days: int) -> None:
    end = first + timedelta(days=days)
    opens, closes = spans.whole_months(*(datetime.combine(day, time(), BEIJING) for day in (first, end)))
    if opens == closes:
        assert opens == end and (first.day != 1 or end < spans.month_end(first) + spans.DAY)
        return
    assert first <= opens < closes <= end and opens.day == closes.day == 1
    assert opens - first < timedelta(days=31) and end - closes < timedelta(days=31)
    assert (first.day == 1) == (opens == first) and (end.day == 1) == (closes == end)


def test_同比_a_leap_day_stands_beside_the_28th() -> None:
    assert spans.year_before(date(2028, 2, 29)) == date(2027, 2, 28)
    assert spans.year_before(date(2026, 11, 30)) == date(2025, 11, 30)


def test_a_group_in_which_nothing_was_counted_has_no_line() -> None:
    rows = [counted("satisfied", 1, 2), counted("satisfied", 1, 2, key="9", whole=False)]
    rows.append(m.Counted("solved", None, False, 0, 0, 3))
    table = m.table(date(2026, 11, 1), date(2026, 11, 30), "unit", rows, {"9": "城管局"})
    assert [group.name for group in table.groups] == ["城管局"]
    assert table.total.rates["satisfied"].text == "50.0%"


def test_a_mean_is_no_share_and_takes_no_points() -> None:
    about = m.BY_NAME["finish_days"]
    cell = m.cell(counted("finish_days", 13, 4), about)
    assert (cell.text, m.shown(cell, about)) == ("3.25", "3.25 个工作日（n=4）")
    assert m.shown(m.cell(None, about), about) == "—"
    body = msgspec.structs.replace(SHIPPED, components=(Component("finish_days", 10),))
    assert [field for field, _ in faults(body, m.BETTER)] == ["measure"]


def test_部分解决_counts_as_much_as_the_rules_say() -> None:
    rows = [counted("solved", 2, 4), counted("partly_solved", 1, 4)]
    assert m.group_of(None, "", rows).rates["solved"].text == "50.0%"
    halved = m.group_of(None, "", rows, msgspec.structs.replace(SHIPPED, partly=0.5)).rates["solved"]
    assert (halved.value, m.shown(halved)) == (0.625, "62.5%（2+0.5/4）")
