"""What happens on a telephone system, in words that no maker owns: one envelope, a closed set of types."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from hotline.infra.errors import InvalidInput


class Type(StrEnum):
    OFFERED = "call.offered"  # 来电到达
    QUEUED = "call.queued"  # 进入排队
    RINGING = "call.ringing"  # 座席振铃
    RING_ENDED = "call.ring_ended"  # 振铃结束: no_answer, busy, cancelled
    ANSWERED = "call.answered"  # 座席接起
    LEFT_QUEUE = "call.left_queue"  # 未接通离队: whether the caller or the queue gave up is for the fold to say
    ABANDONED = "call.abandoned"  # 放弃
    OVERFLOWED = "call.overflowed"  # 溢出
    HELD = "call.held"  # 保持
    RESUMED = "call.resumed"  # 恢复
    TRANSFERRED = "call.transferred"  # 转接
    AGENT_LEFT = "call.agent_left"  # 座席离开
    DIALLED = "call.dialled"  # 外呼一方或转接目标开始振铃
    DIAL_ENDED = "call.dial_ended"  # 外呼一方或转接目标的结果
    HANGUP_ASKED = "call.hangup_asked"  # 某一方先挂机
    LEG_STARTED = "leg.started"
    LEG_JOINED = "leg.joined"  # two parties hear each other
    LEG_ENDED = "leg.ended"
    ENDED = "call.ended"
    LOST = "call.lost"  # 电话系统中断,通话下落不明
    SURVEY = "call.survey"  # 按键评价
    RECORDING = "recording.started"
    RECORDED = "recording.ready"
    ORIGINATED = "callback.originated"  # what became of ringing the agent's own phone
    RESULT = "callback.result"
    AGENT = "agent.state"
    LINK_UP = "link.up"
    LINK_DOWN = "link.down"
    RESTARTED = "pbx.restarted"


KNOWN = frozenset(Type)
OF_A_CALL = KNOWN - {Type.AGENT, Type.LINK_UP, Type.LINK_DOWN, Type.RESTARTED}

FACTS: dict[str, type] = {
    "wait_ms": int,
    "talk_ms": int,
    "position": int,
    "reason": str,
    "status": str,
    "result": str,
    "kind": str,
    "from": str,
    "to": str,
    "cause": str,
    "by": str,
    "score": int,
    "ref": str,
    "bytes": int,
    "state": str,
    "extension": str,
    "root": bool,
    "logged": bool,
}
"""All that `data` may hold: a maker's bridge cannot put a citizen's particulars where nobody seals them."""
LOGGED = "logged"
"""Not heard when it happened but read in the telephone system's own log, after a time in which nobody listened."""
NUMBER = re.compile(r"\+?[0-9]{3,20}")
LONGEST = {"provider": 64, "boot": 64, "event_key": 300, "call": 120, "leg": 120, "queue": 64, "agent": 64}
WORD = re.compile(r"[^\x00-\x1f\x7f]*")


class PhoneEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The envelope; `call` is empty for what concerns an agent or the link."""

    provider: str
    event_key: str
    type: Type
    at: datetime
    boot: str = ""
    call: str = ""
    leg: str = ""
    received_at: datetime | None = None
    direction: str = ""
    caller: str = ""
    called: str = ""
    queue: str = ""
    agent: str = ""
    data: dict[str, Any] = {}
    snapshot: bool = False

    @property
    def order(self) -> tuple[datetime, str]:
        return self.at, self.event_key

    @property
    def logged(self) -> bool:
        return self.data.get(LOGGED) is True

    def said(self, name: str) -> str:
        found = self.data.get(name)
        return found if isinstance(found, str) else ""

    def counted(self, name: str) -> int | None:
        found = self.data.get(name)
        return found if type(found) is int else None


class Sent(msgspec.Struct, frozen=True):
    """The envelope as another system writes it: types and fields we do not know are no fault."""

    event_key: str
    type: str
    at: datetime
    v: int = 1
    provider: str = ""
    boot: str = ""
    call: str = ""
    leg: str = ""
    received_at: datetime | None = None
    direction: str = ""
    caller: str = ""
    called: str = ""
    queue: str = ""
    agent: str = ""
    data: dict[str, Any] = {}
    snapshot: bool = False


def accepted(sent: Sent, provider: str, now: datetime, place: str) -> PhoneEvent | None:
    """The event, None for a type that we have no use for; InvalidInput names what is wrong with it."""
    if sent.type not in KNOWN:
        return None
    faults = [*faults_of(sent, place)]
    if faults:
        raise InvalidInput(faults)
    return PhoneEvent(
        provider=provider,
        event_key=sent.event_key,
        type=Type(sent.type),
        at=sent.at,
        boot=sent.boot,
        call=sent.call,
        leg=sent.leg,
        received_at=now,
        direction=sent.direction,
        caller=number(sent.caller),
        called=number(sent.called),
        queue=sent.queue,
        agent=sent.agent,
        data=facts(sent.data),
        snapshot=sent.snapshot,
    )


def faults_of(sent: Sent, place: str) -> list[tuple[str, str]]:
    faults = []
    for name, most in LONGEST.items():
        value = getattr(sent, name)
        if len(value) > most or not WORD.fullmatch(value):
            faults.append((f"{place}.{name}", f"{name} 最多 {most} 个字符,且不能含控制字符"))
    if not sent.event_key:
        faults.append((f"{place}.event_key", "event_key 不能为空:同一事件重发时它必须相同"))
    if sent.at.tzinfo is None:
        faults.append((f"{place}.at", "at 应带时区,如 2026-11-22T18:17:17+08:00"))
    if sent.direction not in ("", "in", "out"):
        faults.append((f"{place}.direction", "direction 只能是 in 或 out"))
    if sent.type in OF_A_CALL and not sent.call:
        faults.append((f"{place}.call", "缺少通话编号 call"))
    if sent.type == Type.AGENT and not sent.agent:
        faults.append((f"{place}.agent", "缺少座席 agent"))
    return faults


def number(said: str) -> str:
    """A telephone number, or nothing: `<unknown>` and `unknown` are how a PBX says that it was withheld."""
    return said if NUMBER.fullmatch(said) else ""


def facts(data: Mapping[str, Any]) -> dict[str, Any]:
    """What we know the meaning of, in the types we know; texts without control characters and not too long."""
    return {name: data[name] for name, kind in FACTS.items() if name in data and fits(data[name], kind)}


def fits(value: Any, kind: type) -> bool:
    if kind is str:
        return isinstance(value, str) and len(value) <= 300 and WORD.fullmatch(value) is not None
    if kind is bool:
        return isinstance(value, bool)
    return isinstance(value, int) and not isinstance(value, bool) and -1 <= value < 2**31
