"""What may be asked of a number and when, and what a step does to a call. Pure."""

from enum import StrEnum

import msgspec


class Step(StrEnum):
    REMIND = "remind"  # 提醒
    LOWER = "lower"  # 排队降级
    LIMIT = "limit"  # 限时限呼
    BLOCK = "block"  # 屏蔽


STEP_NAMES = {Step.REMIND: "提醒", Step.LOWER: "排队降级", Step.LIMIT: "限时限呼", Step.BLOCK: "屏蔽"}
LADDER = tuple(Step)
EVIDENCE = {Step.REMIND: 1, Step.LOWER: 2, Step.LIMIT: 3, Step.BLOCK: 3}
"""Calls that must show it."""
DAYS = {Step.REMIND: 30, Step.LOWER: 7, Step.LIMIT: 7, Step.BLOCK: 7}
MOST_DAYS = 30
MEMORY_DAYS = 90
"""How long a step taken before counts as the one below the next."""
A_DAY = 2
"""限呼: calls of such a number that are put through a day."""
LONGEST_S = 300
"""限时"""
EMERGENCY_KEY = "0"
FIRST, USUAL, LAST = 10, 5, 0
"""Places in the queue: the higher is served before."""


class Treatment(msgspec.Struct, frozen=True):
    """What the telephone system is to do with a call."""

    step: Step | None
    allow: bool
    """False: play `announce`, offer the emergency key, and end the call."""
    priority: int
    """Of its place in the queue; 10 before 5 before 0."""
    announce: str
    """What the caller is told first; empty: nothing."""
    longest_s: int | None
    """Seconds after which the talk is ended."""
    because: str


def treatment(step: Step | None, *, emergency: bool, calls_today: int) -> Treatment:
    if emergency:
        return Treatment(step, True, FIRST, "", None, "紧急情况,不受处置限制")
    if step is None:
        return Treatment(None, True, USUAL, "", None, "没有处置")
    if step is Step.REMIND:
        return Treatment(step, True, USUAL, REMINDER, None, "处于提醒期")
    if step is Step.LOWER:
        return Treatment(step, True, LAST, REMINDER, None, "排队降级")
    if step is Step.LIMIT and calls_today < A_DAY:
        return Treatment(step, True, LAST, REMINDER, LONGEST_S, f"限时限呼,今天第 {calls_today + 1} 次")
    told = "今天的来电次数已满" if step is Step.LIMIT else "此号码已暂停人工服务"
    return Treatment(step, False, LAST, f"{told}。{WAY_OUT}", None, told)


REMINDER = "您的来电曾影响他人使用热线,请文明使用。"
WAY_OUT = f"如有危及生命财产安全的紧急情况,请按 {EMERGENCY_KEY} 转人工,或拨打 110、119、120。其他诉求请在网上提交。"


def proposal_refused(step: Step, *, before: Step | None, shown: int, days: int, evidence: str) -> list[tuple[str, str]]:
    """Why this cannot be asked for; `before` is the highest step of the last ninety days, `shown` how many calls show it."""
    faults = []
    reach = 0 if before is None else min(LADDER.index(before) + 1, len(LADDER) - 1)
    if LADDER.index(step) > reach:
        faults.append(("step", f"处置要逐级进行:这个号码现在最多到“{STEP_NAMES[LADDER[reach]]}”。"))
    if shown < EVIDENCE[step]:
        faults.append(("calls", f"“{STEP_NAMES[step]}”至少要附 {EVIDENCE[step]} 通电话为证,现在是 {shown} 通。"))
    if not 1 <= days <= MOST_DAYS:
        faults.append(("days", f"期限应为 1 至 {MOST_DAYS} 天,到期自动解除。"))
    if len(evidence.strip()) < 10:
        faults.append(("evidence", "请写明事实:什么时候、说了什么、怎样劝导过(至少 10 个字)。"))
    return faults
