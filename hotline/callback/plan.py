"""Who is called back, when, and how often (docs/rules.md F)."""

from datetime import datetime, timedelta

from hotline.infra.clock import BEIJING
from hotline.sla.calendar import Calendar, add_working_days

FINISH_WITHIN = 3
"""Working days from the accepted reply to the end of the callback (F.2)."""
TRIES = 3
DAYS = 2
"""Tries lie on at least this many different days (F.5)."""
FIRST_DIGITAL = timedelta(hours=24)
"""The citizen's own answer by page or message is waited for so long before a person dials (F.4)."""


def due(calendar: Calendar, now: datetime) -> datetime:
    return add_working_days(calendar, now, FINISH_WITHIN).at


def day_part(moment: datetime) -> str:
    """上午 / 下午 / 晚上 in Beijing: tries lie in different parts of the day."""
    hour = moment.astimezone(BEIJING).hour
    return "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"


def exhausted(tries: list[datetime]) -> bool:
    """Whether enough has been tried to give up: three tries, on two days at least, in more than one part of a day."""
    return (
        len(tries) >= TRIES
        and len({moment.astimezone(BEIJING).date() for moment in tries}) >= DAYS
        and len({day_part(moment) for moment in tries}) > 1
    )
