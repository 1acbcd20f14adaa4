"""Why a letter is written, and how far supervision goes (docs/rules.md C.3, 28: 潍坊 §26, 济南 §28)."""

from collections.abc import Iterator
from datetime import datetime

from hotline.tickets.guards import MAX_ROUNDS
from hotline.tickets.states import OverlayKind
from hotline.tickets.ticket import Ticket

GROUNDS: dict[str, str] = {
    "refused": "拒不接收交办工单",
    "unsigned": "逾期未签收",
    "overdue": "逾期未办结",
    "unsolved": "应解决而未解决",
    "negative": "办理不力，造成负面影响",
    "false": "回复不实或弄虚作假",
    "repeated": "群众反复投诉",
    "instruction": "领导批示未落实",
    "decision": "协商会决定须落实",
    "unanswered": "督办函逾期未反馈",
    "knowledge": "知识库未按期更新",
    "other": "其他",
}

LEVELS: dict[int, str] = {
    1: "一级督办（系统督办）",
    2: "二级督办（热线督办函）",
    3: "三级督办（挂牌督办）",
    4: "四级督办（约谈）",
}
HIGHEST = max(LEVELS)
URGED = 2
"""So many urges of the citizen are a ground (C.3, 27)."""


def suggested(ticket: Ticket, now: datetime) -> tuple[str, ...]:
    """The grounds that the ticket itself speaks for; whoever writes the letter may take them or not."""
    return tuple(code for code, speaks in _spoken(ticket, now) if speaks)


def _spoken(ticket: Ticket, now: datetime) -> Iterator[tuple[str, bool]]:
    lead = ticket.lead
    letters = [o for o in ticket.overlays if o.kind is OverlayKind.SUPERVISION and o.ended_at is None]
    urges = sum(o.kind is OverlayKind.URGE and o.origin == "citizen" for o in ticket.overlays)
    told = [o for o in ticket.overlays if o.kind is OverlayKind.INSTRUCTION]
    yield "unsigned", lead is not None and lead.signed_at is None and lead.sign_due is not None and now > lead.sign_due
    yield "overdue", lead is not None and now > lead.finish_due
    yield "unsolved", ticket.round >= MAX_ROUNDS
    yield "repeated", urges >= URGED
    yield "instruction", any(o.ended_at is None and (o.due is None or now > o.due) for o in told)
    yield "unanswered", any(o.due is not None and now > o.due for o in letters)
