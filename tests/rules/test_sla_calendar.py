"""Which days count, and the golden cases of the trade."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.infra.clock import BEIJING
from hotline.infra.errors import InvalidInput
from hotline.sla.actions import due_report
from hotline.sla.calendar import (
    BusinessHours,
    Calendar,
    NoWorkingDay,
    Season,
    SpecialDay,
    add_business_time,
    add_natural_days,
    add_natural_time,
    add_working_days,
    business_time,
    working_days_between,
)
from hotline.sla.store import shipped_calendar

CALENDAR = shipped_calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        pytest.param("2026-02-12", 2, "2026-02-14", id="a Saturday is a makeup working day"),
        pytest.param("2026-02-13", 3, "2026-02-25", id="Saturday works, then nine days off"),
        pytest.param("2026-02-13", 5, "2026-02-27", id="over Spring Festival"),
        pytest.param("2026-02-13", 15, "2026-03-12", id="a second makeup Saturday counts"),
        pytest.param("2026-02-15", 1, "2026-02-24", id="intake on a holiday"),
        pytest.param("2026-04-30", 5, "2026-05-11", id="Labour Day with its makeup Saturday"),
        pytest.param("2026-09-18", 1, "2026-09-20", id="a Sunday is a makeup working day"),
        pytest.param("2026-09-30", 3, "2026-10-10", id="National Day ends on a makeup Saturday"),
        pytest.param("2026-09-30", 15, "2026-10-27", id="fifteen days from the eve of National Day"),
        pytest.param("2025-12-31", 1, "2026-01-04", id="the year's end needs both years"),
        pytest.param("2025-12-31", 5, "2026-01-08", id="five days over the year's end"),
    ],
)
@pytest.mark.parametrize("clock", ["00:00", "10:00", "23:59:59"])
def test_golden_working_days(start: str, days: int, due: str, clock: str) -> None:
    answer = add_working_days(CALENDAR, at(f"{start}T{clock}"), days)
    assert answer.at == at(f"{due}T23:59:59")
    assert answer.warning is None


@pytest.mark.parametrize(
    ("length", "due"),
    [(timedelta(minutes=15), "2026-02-17T00:05"), (timedelta(hours=2), "2026-02-17T01:50")],
    ids=["sign within 15 minutes", "answer within 2 hours"],
)
def test_golden_critical_runs_through_the_holiday_night(length: timedelta, due: str) -> None:
    assert add_natural_time(CALENDAR, at("2026-02-16T23:50"), length).at == at(due)


def test_the_trace_names_every_day_in_chinese() -> None:
    why = add_working_days(CALENDAR, at("2026-09-30T09:00"), 3).why
    assert [(f"{line.day:%m-%d}", line.counted, line.because) for line in why] == [
        ("09-30", False, "起始日不计"),
        *((f"10-0{n}", False, "国庆节放假") for n in range(1, 8)),
        ("10-08", True, "工作日"),
        ("10-09", True, "工作日"),
        ("10-10", True, "国庆节调休上班"),
    ]
    assert add_working_days(CALENDAR, at("2026-03-06T09:00"), 1).why[1].because == "周末"


@pytest.mark.parametrize(
    ("start", "days", "years"),
    [("2026-12-31T10:00", 1, "2027年"), ("2027-06-01T10:00", 5, "2027年"), ("2027-12-30T10:00", 3, "2027年")],
)
def test_an_unconfirmed_year_warns(start: str, days: int, years: str) -> None:
    warning = add_working_days(CALENDAR, at(start), days).warning
    assert warning is not None and years in warning and "尚未确认" in warning


def test_a_missing_year_warns_and_still_answers() -> None:
    due = add_working_days(CALENDAR, at("2031-05-06T10:00"), 1)
    assert due.at == at("2031-05-07T23:59:59")
    assert due.warning is not None and "日历中没有2031年" in due.warning


def test_hours_of_an_unconfirmed_year_need_no_warning() -> None:
    assert add_natural_time(CALENDAR, at("2027-02-06T10:00"), timedelta(hours=2)).warning is None


def test_statutory_days_of_the_unconfirmed_year_are_off() -> None:
    assert not any(CALENDAR.is_workday(date(2027, 2, day)) for day in (5, 6, 7, 8))
    assert 2027 in CALENDAR.coverage and 2027 not in CALENDAR.confirmed


def test_every_year_from_2007_to_2026_is_confirmed() -> None:
    assert CALENDAR.confirmed == set(range(2007, 2027))


def test_agrees_with_an_independent_calendar() -> None:
    holidays = pytest.importorskip("holidays", reason="the package holidays is not installed")
    other = holidays.country_holidays("CN", years=range(2006, 2028))
    days = [date(2007, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2007, 1, 1)).days)]
    assert [day for day in days if CALENDAR.is_workday(day) != other.is_working_day(day)] == []


STARTS = st.integers(0, 614_000_000).map(lambda seconds: at("2007-01-01T00:00") + timedelta(seconds=seconds))


@given(STARTS, st.integers(1, 60))
def test_counts_exactly_n_and_lands_on_a_working_day(start: datetime, n: int) -> None:
    due = add_working_days(CALENDAR, start, n)
    assert sum(line.counted for line in due.why) == n
    assert CALENDAR.is_workday(due.at.date()) and due.why[-1].day == due.at.date() and due.why[-1].counted
    assert working_days_between(CALENDAR, start.date(), due.at.date()) == n
    assert [line.day for line in due.why] == [start.date() + timedelta(days=k) for k in range(len(due.why))]


@given(STARTS, st.integers(1, 40), st.timedeltas(timedelta(0), timedelta(days=30)))
def test_more_days_or_a_later_start_never_end_earlier(start: datetime, n: int, later: timedelta) -> None:
    due = add_working_days(CALENDAR, start, n).at
    assert start < due < add_working_days(CALENDAR, start, n + 1).at
    assert due <= add_working_days(CALENDAR, start + later, n).at


@given(STARTS, st.integers(1, 40))
def test_the_answer_does_not_depend_on_the_zone_it_is_asked_in(start: datetime, n: int) -> None:
    abroad = start.astimezone(tz=None)
    assert add_working_days(CALENDAR, abroad, n) == add_working_days(CALENDAR, start, n)


@given(STARTS, st.timedeltas(timedelta(minutes=1), timedelta(hours=40)))
def test_business_time_is_the_inverse_of_adding_it(start: datetime, length: timedelta) -> None:
    due = add_business_time(CALENDAR, start, length).at
    assert business_time(CALENDAR, start, due) == length
    assert CALENDAR.is_workday(due.date())


def test_business_end_closes_with_the_office() -> None:
    assert add_working_days(CALENDAR, at("2026-02-13T10:00"), 1, day_end="business_end").at == at("2026-02-14T17:30")


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        pytest.param("2026-03-02T09:00", 4, "2026-03-02T15:30", id="over the noon break"),
        pytest.param("2026-03-02T16:30", 4, "2026-03-03T11:30", id="into the next morning"),
        pytest.param("2026-03-02T13:00", 3, "2026-03-02T17:30", id="asked at noon, done at closing time"),
        pytest.param("2026-02-14T17:00", 1, "2026-02-24T09:00", id="over the holiday"),
        pytest.param("2026-03-07T10:00", 1, "2026-03-09T09:30", id="asked on a Saturday"),
    ],
)
def test_business_hours(start: str, hours: int, due: str) -> None:
    assert add_business_time(CALENDAR, at(start), timedelta(hours=hours)).at == at(due)


def test_summer_hours_hold_between_their_dates_even_over_new_year() -> None:
    summer = Season("06-01", "09-30", ((time(8), time(12)), (time(15), time(18))))
    winter = Season("12-15", "02-15", ((time(9), time(12)), (time(13, 30), time(17))))
    hours = BusinessHours(seasons=(summer, winter))
    assert hours.on(date(2026, 7, 1))[-1][1] == at("2026-07-01T18:00")
    assert hours.on(date(2026, 12, 31))[-1][1] == hours.on(date(2026, 1, 5))[-1][1].replace(month=12, day=31)
    assert hours.on(date(2026, 10, 9))[-1][1] == at("2026-10-09T17:30")


@pytest.mark.parametrize(
    ("start", "days", "due", "because"),
    [
        pytest.param("2026-03-02T10:00", 7, "2026-03-09", "自然日（工作日）", id="ends on a working day"),
        pytest.param(
            "2026-02-10T10:00", 7, "2026-02-24", "顺延至此（工作日）", id="ends in a holiday: next working day"
        ),
        pytest.param("2026-02-10T10:00", 4, "2026-02-14", "自然日（春节调休上班）", id="ends on a makeup Saturday"),
    ],
)
def test_natural_days(start: str, days: int, due: str, because: str) -> None:
    answer = add_natural_days(CALENDAR, at(start), days)
    assert (answer.at, answer.why[-1].because) == (at(f"{due}T23:59:59"), because)
    assert sum(line.counted for line in answer.why) == days


def test_a_local_holiday_counts_for_its_own_calendar_only() -> None:
    local = Calendar(
        "cn-65",
        {**CALENDAR.overrides, date(2026, 5, 27): SpecialDay(False, "古尔邦节")},
        CALENDAR.confirmed,
        CALENDAR.coverage,
    )
    due = add_working_days(local, at("2026-05-26T10:00"), 1)
    assert due.at.date() == date(2026, 5, 28) and due.why[1].because == "古尔邦节放假"
    assert add_working_days(CALENDAR, at("2026-05-26T10:00"), 1).at.date() == date(2026, 5, 27)


class NeverOpen(dict[date, SpecialDay]):
    def get(self, key: date, default: object = None) -> SpecialDay:
        return SpecialDay(False, "停工")


def test_a_calendar_without_a_working_day_is_refused() -> None:
    never = Calendar("cn", NeverOpen(), frozenset(), frozenset())
    with pytest.raises(NoWorkingDay, match="没有工作日"):
        add_working_days(never, at("2026-01-05T10:00"), 1)
    with pytest.raises(NoWorkingDay):
        add_natural_days(never, at("2026-01-05T10:00"), 1)
    with pytest.raises(NoWorkingDay):
        add_business_time(never, at("2026-01-05T10:00"), timedelta(hours=1))


@pytest.mark.parametrize("days", [0, -1, 1001])
def test_impossible_numbers_of_days_are_refused(days: int) -> None:
    with pytest.raises(InvalidInput, match="1 到 1000"):
        add_working_days(CALENDAR, at("2026-01-05T10:00"), days)


@pytest.mark.parametrize("start", [at("2026-01-05T10:00").replace(tzinfo=None), at("9999-12-31T00:00")])
def test_impossible_starts_are_refused(start: datetime) -> None:
    with pytest.raises(InvalidInput, match="起算时间"):
        add_working_days(CALENDAR, start, 1)


def test_due_report_has_the_shape_of_the_contract() -> None:
    report = due_report(at("2026-02-12T10:00"), working_days=2, calendar=CALENDAR)
    assert report == {
        "due": "2026-02-14T23:59:59+08:00",
        "why": [
            {"date": "2026-02-12", "counted": False, "because": "起始日不计"},
            {"date": "2026-02-13", "counted": True, "because": "工作日"},
            {"date": "2026-02-14", "counted": True, "because": "春节调休上班"},
        ],
    }


def test_due_report_of_hours_says_how_much_of_each_day_ran() -> None:
    report = due_report(at("2026-02-16T23:50"), hours=2, calendar=CALENDAR)
    assert report["due"] == "2026-02-17T01:50:00+08:00"
    assert [line["because"] for line in report["why"]] == [
        "自然时间，计10分钟（春节放假）",
        "自然时间，计1小时50分钟（春节放假）",
    ]


def test_due_report_warns_for_an_unconfirmed_year() -> None:
    assert "2027年" in due_report(at("2027-03-01T10:00"), working_days=3, calendar=CALENDAR)["warning"]


@pytest.mark.parametrize(
    "asked", [{}, {"working_days": 1, "hours": 1}, {"hours": 0}, {"hours": 10**30}, {"working_days": 0}]
)
def test_due_report_refuses_what_it_cannot_answer(asked: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        due_report(at("2026-02-16T23:50"), calendar=CALENDAR, **asked)
