"""How somebody wishes to be told, and when a message may leave: quiet hours, digest."""

import re
from datetime import datetime, time, timedelta
from enum import StrEnum

import msgspec

from hotline.infra.clock import BEIJING

DAY = timedelta(days=1)


class Channel(StrEnum):
    MAIL = "mail"  # 邮件
    SMS = "sms"  # 短信
    WECOM = "wecom"  # 企业微信
    DINGTALK = "dingtalk"  # 钉钉


GATEWAY = (Channel.SMS, Channel.WECOM, Channel.DINGTALK)
"""What the gateway takes."""


class Digest(StrEnum):
    """汇总: how many notices are waited for."""

    SOON = "soon"  # 十分钟内的合为一条
    HOURLY = "hourly"  # 每小时一条
    DAILY = "daily"  # 每天早上一条


QUIET = time(21), time(8)
MORNING = time(8, 30)
STEPS = {Digest.SOON: timedelta(minutes=10), Digest.HOURLY: timedelta(hours=1)}
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")


class Wish(msgspec.Struct, frozen=True):
    channels: tuple[Channel, ...] = ()
    quiet: tuple[time, time] = QUIET
    """From and to; the same twice: never quiet."""
    digest: Digest = Digest.SOON


def is_address(text: str) -> bool:
    return len(text) <= 120 and ADDRESS.fullmatch(text) is not None


def send_after(wish: Wish, at: datetime, *, urgent: bool) -> datetime:
    """When a notice of this moment may leave: what is urgent at once, whatever the hour; the rest with its digest, and
    never in the quiet hours."""
    if urgent:
        return at
    return awake(wish.quiet, gathered(wish.digest, at.astimezone(BEIJING)))


def gathered(digest: Digest, at: datetime) -> datetime:
    """The end of the stretch whose notices make one message: everybody's stretches begin with the day."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if digest is Digest.DAILY:
        morning = datetime.combine(at.date(), MORNING, BEIJING)
        return morning if at <= morning else morning + DAY
    step = STEPS[digest]
    return midnight + step * -(-(at - midnight) // step)


def awake(quiet: tuple[time, time], at: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours it falls into."""
    begin, end = quiet
    if begin == end or not is_quiet(quiet, at.timetz().replace(tzinfo=None)):
        return at
    morning = datetime.combine(at.date(), end, BEIJING)
    return morning if at < morning else morning + DAY


def is_quiet(quiet: tuple[time, time], at: time) -> bool:
    begin, end = quiet
    return begin <= at < end if begin < end else at >= begin or at < end
