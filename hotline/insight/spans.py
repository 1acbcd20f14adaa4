"""Spans of days that are stood beside each other: 环比, 同比, and whole months."""

from datetime import date, datetime, timedelta

from hotline.infra.clock import BEIJING

DAY = timedelta(days=1)


def month_before(first: date) -> date:
    return (first.replace(day=1) - DAY).replace(day=1)


def month_end(first: date) -> date:
    return (first.replace(day=28) + 4 * DAY).replace(day=1) - DAY


def whole_months(begin: datetime, end: datetime) -> tuple[date, date]:
    """The days from which to before which a span (its end not in it) is made of whole months; twice its end where there is none."""
    first, last = begin.astimezone(BEIJING).date(), end.astimezone(BEIJING).date()
    opens = first if first.day == 1 else month_end(first) + DAY
    closes = last.replace(day=1)
    return (opens, closes) if opens < closes else (last, last)


def span_before(first: date, last: date) -> tuple[date, date]:
    """环比."""
    if first.day == 1 and last == month_end(first):
        return month_before(first), first - DAY
    if first.day == 1 and last < month_end(first):
        # A month so far stands beside as many days of the month before.
        start = month_before(first)
        return start, min(start + (last - first), first - DAY)
    return first - (last - first) - DAY, first - DAY


def months_ago(day: date, months: int) -> date:
    """The same day of an earlier month; the last one of a month is the last one of that, too."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first = date(year, month + 1, 1)
    return (
        month_end(first)
        if day == month_end(day.replace(day=1))
        else min(first.replace(day=1) + (day.day - 1) * DAY, month_end(first))
    )


def compared_spans(first: date, last: date, group: str) -> tuple[tuple[date, date], tuple[date, date]]:
    """环比 and 同比. Among months each is compared with the month before it, and with its own of the year before."""
    if group == "month":
        before, year = ((months_ago(first.replace(day=1), n), months_ago(last, n)) for n in (1, 12))
        return before, year
    return span_before(first, last), (year_before(first), year_before(last))


def rekeyed(key: str | None, group: str, then: date, now: date) -> str | None:
    """The key beside which an earlier span's stands: of days and months those as far into their span."""
    if key is None or group not in ("day", "month"):
        return key
    if group == "day":
        return f"{date.fromisoformat(key) + (now - then):%Y-%m-%d}"
    months = (now.year - then.year) * 12 + now.month - then.month
    return f"{months_ago(date.fromisoformat(f'{key}-01'), -months):%Y-%m}"


def year_before(day: date) -> date:
    """同比; the last of a leap February has the 28th before it."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)
