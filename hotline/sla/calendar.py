"""Which days and hours count, and why: working days (工作日), swapped days (调休), business hours (工作时间).

Counting follows the Civil Code (民法典 §201, §203): a limit in days leaves out the day it starts on and ends with the
last day; a limit in hours or minutes starts at once. Every answer carries its trace.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.errors import InvalidInput, Misconfigured

DAY = timedelta(days=1)
MOST_DAYS = 1000
MOST_TIME = timedelta(days=3650)
LONGEST_REST = 366  # so many days off in a row are a mistake in the table, not a holiday
YEARS = range(1992, 2201)  # the country has had no summer time since 1992

DayEnd = Literal["24:00", "business_end"]


class NoWorkingDay(Misconfigured):
    """The calendar has no working day left to count."""

    code = "no_working_day"


class SpecialDay(msgspec.Struct, frozen=True):
    """A day that differs from its weekday, or has a name worth showing."""

    workday: bool
    name: str

    def because(self) -> str:
        return f"{self.name}调休上班" if self.workday else f"{self.name}放假"


class Counted(msgspec.Struct, frozen=True, rename={"day": "date"}):
    """One line of the answer to "why this deadline"."""

    day: date
    counted: bool
    because: str


class Due(msgspec.Struct, frozen=True):
    at: datetime
    why: tuple[Counted, ...]
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The special days of a region; every other day is a working day from Monday to Friday."""

    region: str
    overrides: Mapping[date, SpecialDay]
    confirmed: frozenset[int]  # years whose official notice (放假安排) has been entered
    coverage: frozenset[int]  # years of which anything is known

    def is_workday(self, day: date) -> bool:
        special = self.overrides.get(day)
        return special.workday if special else day.weekday() < 5

    def edited(self, days: "Mapping[date, SpecialDay | None]") -> "Calendar":
        """With other days; None takes a special day back."""
        changed = {**self.overrides, **days}
        return replace(self, overrides={day: special for day, special in changed.items() if special})

    def because(self, day: date) -> str:
        special = self.overrides.get(day)
        if special:
            return special.because()
        return "工作日" if day.weekday() < 5 else "周末"

    def doubt(self, days: Iterable[date]) -> str | None:
        """The warning to show when a limit runs through years whose holidays are not certain."""
        years = sorted({day.year for day in days} - self.confirmed)
        absent = "、".join(f"{year}年" for year in years if year not in self.coverage)
        unsure = "、".join(f"{year}年" for year in years if year in self.coverage)
        said = []
        if unsure:
            said.append(f"{unsure}放假安排尚未确认，暂按法定节假日和周末推算，公布后须重新计算。")
        if absent:
            said.append(f"日历中没有{absent}的放假安排，仅按周末推算，请管理员补录。")
        return "".join(said) or None


class Season(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Other hours for a part of the year (夏季、冬季作息); `begins` and `ends` are MM-DD, both included."""

    begins: str
    ends: str
    spans: tuple[tuple[time, time], ...]

    def holds(self, day: date) -> bool:
        month_day = f"{day:%m-%d}"
        if self.begins <= self.ends:
            return self.begins <= month_day <= self.ends
        return month_day >= self.begins or month_day <= self.ends


class BusinessHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    spans: tuple[tuple[time, time], ...] = ((time(8, 30), time(12)), (time(14, 30), time(17, 30)))
    seasons: tuple[Season, ...] = ()

    def on(self, day: date) -> list[tuple[datetime, datetime]]:
        spans = next((season.spans for season in self.seasons if season.holds(day)), self.spans)
        return [(_moment(day, begin), _moment(day, end)) for begin, end in spans]


OFFICE_HOURS = BusinessHours()


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, BEIJING)


def beijing(start: datetime) -> datetime:
    """The start as the calendar on the wall shows it; refuses a time without a zone."""
    if start.tzinfo is None:
        raise InvalidInput([("start", "起算时间须带时区，例如 2026-02-13T10:00+08:00。")])
    if start.year not in YEARS:
        raise InvalidInput([("start", f"起算时间须在 {YEARS[0]} 年到 {YEARS[-1]} 年之间。")])
    return start.astimezone(BEIJING)


def end_of_day(day: date, day_end: DayEnd = "24:00", hours: BusinessHours = OFFICE_HOURS) -> datetime:
    """24:00 is written as the day's last whole second, so that the moment still shows the day it belongs to."""
    if day_end == "24:00":
        return _moment(day, time(23, 59, 59))
    return hours.on(day)[-1][1]


def _check_days(n: int) -> None:
    if not 1 <= n <= MOST_DAYS:
        raise InvalidInput([("working_days", f"天数须是 1 到 {MOST_DAYS} 之间的整数。")])


def _check_time(length: timedelta) -> None:
    if not timedelta(0) < length <= MOST_TIME:
        raise InvalidInput([("amount", f"时长须大于 0 且不超过 {MOST_TIME.days * 24} 小时。")])


def days_after(calendar: Calendar, day: date) -> Iterator[tuple[date, bool]]:
    """Every day after `day` and whether it is a working day; refuses a calendar that never works."""
    rest = 0
    while rest <= LONGEST_REST:
        day += DAY
        works = calendar.is_workday(day)
        rest = 0 if works else rest + 1
        yield day, works
    raise NoWorkingDay(f"到 {day} 已连续一年没有工作日，请检查节假日表。", region=calendar.region)


def _due(calendar: Calendar, at: datetime, why: list[Counted]) -> Due:
    return Due(at, tuple(why), calendar.doubt(line.day for line in why))


def add_working_days(
    calendar: Calendar, start: datetime, n: int, *, day_end: DayEnd = "24:00", hours: BusinessHours = OFFICE_HOURS
) -> Due:
    _check_days(n)
    first = beijing(start).date()
    why = [Counted(first, False, "起始日不计")]
    for day, works in days_after(calendar, first):
        why.append(Counted(day, works, calendar.because(day)))
        n -= works
        if n == 0:
            break
    return _due(calendar, end_of_day(why[-1].day, day_end, hours), why)


def add_natural_days(
    calendar: Calendar, start: datetime, n: int, *, day_end: DayEnd = "24:00", hours: BusinessHours = OFFICE_HOURS
) -> Due:
    """Every day counts, but a last day that is off moves to the next working day (民法典 §203)."""
    _check_days(n)
    first = beijing(start).date()
    why = [Counted(first, False, "起始日不计")]
    for day, works in days_after(calendar, first):
        left = n - (len(why) - 1)
        note = "自然日" if left > 0 else "顺延至此" if works else "末日逢休息日，顺延"
        why.append(Counted(day, left > 0, f"{note}（{calendar.because(day)}）"))
        if left <= 1 and works:
            break
    return _due(calendar, end_of_day(why[-1].day, day_end, hours), why)


def add_natural_time(calendar: Calendar, start: datetime, length: timedelta) -> Due:
    """Runs from this very moment, nights and holidays included; holidays cannot make it doubtful."""
    _check_time(length)
    moment = beijing(start)
    end = (moment.astimezone(UTC) + length).astimezone(BEIJING)
    why = []
    while moment < end:
        until = min(end, _moment(moment.date() + DAY, time(0)))
        note = f"自然时间，计{spoken(until - moment)}（{calendar.because(moment.date())}）"
        why.append(Counted(moment.date(), True, note))
        moment = until
    return Due(end, tuple(why))


def open_spans(
    calendar: Calendar, hours: BusinessHours, start: datetime
) -> Iterator[tuple[date, list[tuple[datetime, datetime]]]]:
    """Day by day, what is left of the business hours from `start` on; nothing on a day off."""
    moment = beijing(start)
    for day, works in days_after(calendar, moment.date() - DAY):
        yield day, [(max(a, moment), b) for a, b in hours.on(day) if b > moment] if works else []


def add_business_time(
    calendar: Calendar, start: datetime, length: timedelta, hours: BusinessHours = OFFICE_HOURS
) -> Due:
    _check_time(length)
    why: list[Counted] = []
    left = length
    for day, spans in open_spans(calendar, hours, start):
        used = min(left, sum((end - begin for begin, end in spans), timedelta(0)))
        if used:
            why.append(Counted(day, True, f"{calendar.because(day)}，计工作时间{spoken(used)}"))
        else:
            why.append(Counted(day, False, calendar.because(day) if not calendar.is_workday(day) else "已过下班时间"))
        if used == left:
            return _due(calendar, _along(spans, left), why)
        left -= used
    raise AssertionError("days_after never ends quietly")  # pragma: no cover


def _along(spans: list[tuple[datetime, datetime]], length: timedelta) -> datetime:
    """The moment `length` into the spans, which are long enough."""
    for begin, end in spans:
        if length <= end - begin:
            return begin + length
        length -= end - begin
    raise AssertionError("the spans are too short")  # pragma: no cover


def business_time(calendar: Calendar, start: datetime, end: datetime, hours: BusinessHours = OFFICE_HOURS) -> timedelta:
    """How much business time lies between two moments."""
    total = timedelta(0)
    last = beijing(end)
    for day, spans in open_spans(calendar, hours, start):
        if day > last.date():
            break
        total += sum((min(b, last) - a for a, b in spans if a < last), timedelta(0))
    return total


def working_days_between(calendar: Calendar, first: date, last: date) -> int:
    """Working days after `first` up to and including `last`."""
    return sum(calendar.is_workday(first + DAY * n) for n in range(1, (last - first).days + 1))


def spoken(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if length < timedelta(minutes=1):
        return f"{int(length.total_seconds())}秒"
    hours, minutes = divmod(minutes, 60)
    return (f"{hours}小时" if hours else "") + (f"{minutes}分钟" if minutes else "")


def parse_calendar(region: str, days: Iterable[Mapping[str, str]], years: Iterable[Mapping[str, str]]) -> Calendar:
    """From the rows of the shipped tables (date,workday,name) and (year,confirmed)."""
    known = {int(row["year"]): row["confirmed"] == "1" for row in years}
    overrides = {date.fromisoformat(row["date"]): SpecialDay(row["workday"] == "1", row["name"]) for row in days}
    return Calendar(region, overrides, frozenset(y for y, sure in known.items() if sure), frozenset(known))
