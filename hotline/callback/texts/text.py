"""Whether a citizen may be sent the survey by text message, and what has become of it."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from hotline.callback import plan
from hotline.tickets.states import Urgency
from hotline.tickets.ticket import Callback, Ticket

MOBILE = re.compile(r"1[3-9][0-9]{9}")
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz"
"""Of links: nothing that is misread when somebody types it."""
LENGTH = 12
"""69 bits; asking for one at random is limited by address besides."""

Standing = Literal["none", "waiting", "sent", "answered", "expired", "failed"]


class Texted(msgspec.Struct, frozen=True):
    """What is known of the text of one callback; without `until` there is none."""

    until: datetime | None = None
    after: datetime | None = None
    """It waits for this hour."""
    message: str | None = None
    """The state of its message."""
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    mobile: bool = False
    """Whether there is a mobile number to send it to."""


class SurveyText(msgspec.Struct, frozen=True):
    """评价短信 as the callback desk sees it."""

    state: Standing
    at: datetime | None
    """When it was sent, or will be; when it was answered."""
    until: datetime | None
    refusal: str
    """Why none may be sent now; empty: one may."""


def standing(of: Texted, now: datetime) -> tuple[Standing, datetime | None]:
    if of.until is None:
        return "none", None
    if of.answered_at is not None:
        return "answered", of.answered_at
    if of.message in ("failed", "unsure", "dropped"):
        return "failed", None
    if now >= of.until:
        return "expired", of.until
    if of.sent_at is not None:
        return "sent", of.sent_at
    return "waiting", of.after


def seen(of: Texted, callback: Callback, now: datetime, *, possible: bool) -> SurveyText:
    state, at = standing(of, now)
    return SurveyText(state, at, of.until, refusal(of, callback, possible=possible))


def refusal(of: Texted, callback: Callback, *, possible: bool) -> str:
    if of.until is not None:
        return "已为这次回访安排过评价短信,不再重发。"
    if callback.rating is not None or of.answered_at is not None:
        return "诉求人已经作答,请电话回访核实。"
    if not of.mobile:
        return "诉求人没有留下手机号,不能发短信。"
    return "" if possible else "没有接入短信网关或没有设置网站地址,请联系系统管理员。"


def to_be_asked(ticket: Ticket) -> bool:
    """Whether a text may go without anybody choosing: what is pressed, urgent or done again is called at once."""
    return ticket.urgency is Urgency.NORMAL and ticket.round == 0 and not ticket.overlays


def mobile_of(numbers: Sequence[str | None]) -> str | None:
    """The first mobile number among those of the citizen."""
    plain = (re.sub(r"[\s-]", "", number).removeprefix("+86") for number in numbers if number)
    return next((number for number in plain if MOBILE.fullmatch(number)), None)


def leaves(now: datetime) -> datetime:
    return plan.awake(now)


def stands_until(leaving: datetime, days: int) -> datetime:
    return leaving + timedelta(days=days)
