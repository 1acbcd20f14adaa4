"""ISO weeks as people write them (2026-W47): Monday 00:00 to Sunday 24:00 in Beijing."""

import re
from datetime import date, datetime, time, timedelta

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.errors import InvalidInput

WEEK = timedelta(days=7)
WRITTEN = re.compile(r"([0-9]{4})-W([0-9]{2})")
YEARS = range(2000, 2201)


class Week(msgspec.Struct, frozen=True):
    text: str
    begin: datetime
    end: datetime
    """The moment after the last one: the next Monday, 00:00."""

    @property
    def spoken(self) -> str:
        return f"{int(self.text[:4])}年第{int(self.text[6:])}周"

    @property
    def days(self) -> str:
        return f"{self.begin:%Y-%m-%d} 至 {self.end - timedelta(days=1):%Y-%m-%d}"


def parse_week(text: str) -> Week:
    found = WRITTEN.fullmatch(text)
    if found is None or int(found[1]) not in YEARS:
        raise InvalidInput([("week", f"周次“{text[:20]}”看不懂，请写成 2026-W47 的样子。")])
    year, number = int(found[1]), int(found[2])
    try:
        monday = date.fromisocalendar(year, number, 1)
    except ValueError:
        last = date(year, 12, 28).isocalendar().week
        raise InvalidInput([("week", f"{year} 年没有第 {number} 周，请写 {year}-W01 至 {year}-W{last}。")]) from None
    begin = datetime.combine(monday, time(), BEIJING)
    return Week(text, begin, begin + WEEK)


def week_of(moment: datetime) -> Week:
    """The week in which a moment lies."""
    year, number, _ = moment.astimezone(BEIJING).date().isocalendar()
    return parse_week(f"{year}-W{number:02}")
