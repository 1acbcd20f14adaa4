"""One call as it stands: what the fold makes and the table keeps."""

from datetime import datetime
from enum import StrEnum

import msgspec


class CallState(StrEnum):
    OFFERED = "offered"  # 呼入
    QUEUED = "queued"  # 排队
    RINGING = "ringing"  # 振铃
    TALKING = "talking"  # 通话
    HELD = "held"  # 保持
    CLOSING = "closing"  # 座席已离开,来电人仍在线(评价、转出)
    ENDED = "ended"  # 已结束


class CallOutcome(StrEnum):
    ANSWERED = "answered"  # 接通
    ABANDONED = "abandoned"  # 放弃
    OVERFLOWED = "overflowed"  # 溢出
    BEFORE_QUEUE = "before_queue"  # 未进队列即挂机
    LOST = "lost"  # 下落不明
    BUSY = "citizen_busy"  # 市民忙
    NO_ANSWER = "citizen_no_answer"  # 市民未接
    CANCELLED = "cancelled"  # 座席取消
    FAILED = "failed"  # 呼叫失败
    AGENT_NO_ANSWER = "agent_no_answer"  # 座席未接


OUTCOME_NAMES = {
    CallOutcome.ANSWERED: "接通",
    CallOutcome.ABANDONED: "放弃",
    CallOutcome.OVERFLOWED: "溢出",
    CallOutcome.BEFORE_QUEUE: "未进队列即挂机",
    CallOutcome.LOST: "下落不明",
    CallOutcome.BUSY: "市民忙",
    CallOutcome.NO_ANSWER: "市民未接",
    CallOutcome.CANCELLED: "座席取消",
    CallOutcome.FAILED: "呼叫失败",
    CallOutcome.AGENT_NO_ANSWER: "座席未接",
}


class Leg(msgspec.Struct, frozen=True, omit_defaults=True):
    """One party that was called: an agent, or whoever a call was passed on to."""

    id: str
    agent: str = ""
    rang_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    result: str = ""
    """answered, no_answer, busy, cancelled, failed; empty while it rings."""
    held_ms: int = 0
    held: bool = False
    number: str = ""
    """Of an office that was called in besides (110, a unit's duty line). A mobile number is a person's and not kept here."""

    @property
    def rings(self) -> bool:
        return self.rang_at is not None and not self.result and self.ended_at is None

    @property
    def talks(self) -> bool:
        return self.answered_at is not None and self.ended_at is None

    def talk_ms(self) -> int:
        return milliseconds(self.answered_at, self.ended_at) or 0


class Visit(msgspec.Struct, frozen=True, omit_defaults=True):
    """One stay in one queue; a call that overflows into another queue makes two."""

    queue: str
    queued_at: datetime
    outcome: CallOutcome | None = None
    left_at: datetime | None = None
    wait_ms: int | None = None
    agent: str = ""
    leg: str = ""
    talk_ms: int | None = None


class Passed(msgspec.Struct, frozen=True, omit_defaults=True):
    """转接: how, from whom, to whom."""

    at: datetime
    kind: str
    source: str = ""
    target: str = ""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    provider: str
    call: str
    direction: str
    state: CallState
    outcome: CallOutcome | None = None
    citizen: str = ""
    line: str = ""
    """Our own number: the one that was called, or that the citizen sees."""
    queue: str = ""
    agent: str = ""
    """Who answered, and after a transfer who has it now."""
    offered_at: datetime
    queued_at: datetime | None = None
    answered_at: datetime | None = None
    agent_left_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    """citizen, agent or pbx."""
    cause: str = ""
    estimated: bool = False
    """Some moment was not heard but concluded: the link or the PBX was down."""
    wait_ms: int | None = None
    talk_ms: int | None = None
    hold_ms: int = 0
    score: int | None = None
    recording: str = ""
    recording_bytes: int | None = None
    recording_ready: bool = False
    legs: tuple[Leg, ...] = ()
    visits: tuple[Visit, ...] = ()
    passed: tuple[Passed, ...] = ()

    @property
    def id(self) -> str:
        return call_id(self.provider, self.call)

    @property
    def over(self) -> bool:
        return self.state is CallState.ENDED

    @property
    def ringing(self) -> tuple[Leg, ...]:
        """Whose telephones ring for it now."""
        return () if self.over else tuple(leg for leg in self.legs if leg.rings and leg.agent)


def call_id(provider: str, call: str) -> str:
    """Two telephone systems may count alike; the same events always give the same id."""
    return f"{provider}:{call}"


def milliseconds(begin: datetime | None, end: datetime | None) -> int | None:
    if begin is None or end is None:
        return None
    return max(0, round((end - begin).total_seconds() * 1000))
