"""One telephone of the hotline and its state, as screens show it."""

from datetime import datetime
from enum import StrEnum

import msgspec


class SeatState(StrEnum):
    SIGNED_OUT = "signed_out"  # 签出
    READY = "ready"  # 示闲
    NOT_READY = "not_ready"  # 示忙、小休
    RINGING = "ringing"  # 振铃
    TALKING = "talking"  # 通话
    WRAP_UP = "wrap_up"  # 话后整理
    OFFLINE = "offline"  # 话机离线


class Reason(StrEnum):
    MEAL = "meal"  # 就餐
    RESTROOM = "restroom"  # 洗手间
    TRAINING = "training"  # 培训
    MEETING = "meeting"  # 会议
    OUTBOUND = "outbound"  # 外呼
    BREAK = "break"  # 小休
    OTHER = "other"  # 其他


REASON_NAMES = {
    Reason.MEAL: "就餐",
    Reason.RESTROOM: "洗手间",
    Reason.TRAINING: "培训",
    Reason.MEETING: "会议",
    Reason.OUTBOUND: "外呼",
    Reason.BREAK: "小休",
    Reason.OTHER: "其他",
}
RESTING = frozenset({Reason.MEAL, Reason.RESTROOM, Reason.BREAK})
"""小休: reasons of which only so many may be away at once."""


class Seat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    provider: str
    agent: str
    extension: str
    state: SeatState
    reason: str
    since: datetime
    person_id: int | None
    person: str | None
    wrap_until: datetime | None
    number: int
    muted: str = ""
    """The call on which the receiver is muted."""
