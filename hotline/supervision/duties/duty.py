"""One duty of a unit with a clock of its own, and what the clock says next."""

from datetime import datetime
from enum import StrEnum

import msgspec

from hotline.sla.deadlines import Timer


class DutyKind(StrEnum):
    LETTER = "letter"  # 函件反馈: 预警函、提示函; a 督办函 hangs on its ticket's own clock
    COMMENT = "comment"  # 会前意见
    TASK = "task"  # 批示任务


class News(StrEnum):
    """What people hear of a duty, in its order."""

    ASKED = "asked"  # 新到
    NEAR = "near"
    ORANGE = "orange"
    LATE = "late"
    VERY_LATE = "very_late"


NEWS = list(News)


class Duty(msgspec.Struct, frozen=True):
    kind: DutyKind
    ref: str
    """Which letter, which unit's comment to which item, which task."""
    unit_id: int
    subject: str
    """What it is about, in words that may be shown to whoever is told."""
    due: datetime | None
    ticket_id: int | None = None
    since: datetime | None = None
    """From when its time runs, where that was before it was asked: an answer was refused."""


class Watched(msgspec.Struct, frozen=True):
    """An open duty whose light changes."""

    near_at: datetime | None
    orange_at: datetime | None
    late_at: datetime | None
    very_late_at: datetime | None
    told: News = News.ASKED
    id: int = 0

    def passed(self, now: datetime) -> tuple[News, ...]:
        """The lights reached since the last news, in their order."""
        return tuple(news for news in self._open() if (at := self._at(news)) is not None and at <= now)

    def next_after(self, now: datetime) -> datetime | None:
        return next((at for news in self._open() if (at := self._at(news)) is not None and at > now), None)

    def _open(self) -> list[News]:
        return NEWS[NEWS.index(self.told) + 1 :]

    def _at(self, news: News) -> datetime | None:
        moments = (self.near_at, self.orange_at, self.late_at, self.very_late_at)
        return dict(zip(NEWS[1:], moments, strict=True))[news]


def watched(timer: Timer | None, now: datetime) -> Watched:
    """Of a duty as it begins; lights that are past when it begins are told to nobody."""
    if timer is None:
        return Watched(None, None, None, None)
    fresh = Watched(timer.near_at, timer.orange_at, timer.late_at, timer.very_late_at)
    past = fresh.passed(now)
    return msgspec.structs.replace(fresh, told=past[-1]) if past else fresh
