"""Guards beside the road: shelving, withdrawal, termination, supervision, deadlines, hand-over."""

from datetime import datetime

from hotline.directory.people import Actor, Role
from hotline.tickets import facts as f
from hotline.tickets.guards.core import FORESEEABLE, active, guards
from hotline.tickets.guards.sending import decides
from hotline.tickets.states import (
    Asked,
    Event,
    Kind,
    OverlayKind,
    State,
)
from hotline.tickets.ticket import Overlay, Ticket


@guards(Event.REQUEST_SHELVING)
def _request_shelving(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.RequestShelving)
    if ticket.pending(Asked.SHELVING):
        return "已有一份挂账申请在审。"
    if not fact.leader.strip():
        return "请填写负责此事的单位领导。"
    dates = [fact.milestone, *(step.at for step in fact.further)]
    if sorted(set(dates)) != dates:
        return "节点日期须由近到远,且不重复。"
    refusals = (plan_is_whole(fact.plan, date, at) for date in dates)
    return next((refusal for refusal in refusals if refusal), None)


def plan_is_whole(plan: str, milestone: datetime, at: datetime) -> str | None:
    if not plan.strip():
        return "挂账须有解决计划。"
    return "挂账的节点日期必须在今天之后,且不超过十年。" if not at < milestone < at + FORESEEABLE else None


@guards(Event.SHELVE)
def _shelve(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Shelve)
    refusal = decides(Asked.SHELVING)(ticket, fact, at, actor) if fact.request_id is not None else None
    return refusal or plan_is_whole(fact.plan, fact.milestone, at)


@guards(Event.WITHDRAW)
def _withdraw(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Withdraw)
    return None if fact.proof.strip() else "撤诉须由诉求人本人提出,请填写录音编号或验证码核验记录。"


@guards(Event.REQUEST_TERMINATION)
def _request_termination(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.RequestTermination)
    if active(ticket, fact.assignment_id) is None:
        return "这项承办任务已结束。"
    return "已有一份终止申请在审。" if ticket.pending(Asked.TERMINATION) else None


@guards(Event.TERMINATE)
def _terminate(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Terminate)
    if fact.request_id is not None:
        return decides(Asked.TERMINATION)(ticket, fact, at, actor)
    return None


@guards(Event.HAND_OVER)
def _hand_over(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.HandOver)
    accused = fact.accused_unit or ticket.accused_unit
    paths = {a.id: a.unit_path for a in ticket.active} | {s.assignment_id: s.unit_path for s in fact.shares}
    if any(active(ticket, s.assignment_id) is None for s in fact.shares):
        return "这项承办任务已结束,不需移交。"
    if not fact.shares and fact.accused_unit is None:
        return "没有需要移交的内容。"
    if ticket.kind is Kind.REPORT and any(accused in path for path in paths.values()):
        return f"工单 {ticket.id} 是举报件,调整后会落到被举报单位手中,请先由热线中心改派这件工单,再调整机构。"
    return None


_CHIEFS = frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})
_OFFICE = frozenset({Role.SUPERVISION, Role.SYSTEM}) | _CHIEFS
PRESSES: dict[int, frozenset[Role]] = {1: _OFFICE, 2: _OFFICE, 3: _CHIEFS, 4: frozenset({Role.CENTRE_LEADER})}
"""Who may press how hard (docs/rules.md C.3, 28): a letter is the office's, 挂牌 its chief's, 约谈 its leader's word."""
_WHO = {
    1: "督办由督办员、中心主管或中心领导决定",
    2: "督办由督办员、中心主管或中心领导决定",
    3: "三级督办(挂牌督办)由中心主管或中心领导决定",
    4: "四级督办(约谈)由中心领导决定",
}


def level_refused(level: int, actor: Actor) -> str | None:
    """Why this person may not press at this level, and what they can do instead."""
    if level not in PRESSES:
        return "督办级别应为 1 至 4。"
    return None if actor.has(*PRESSES[level]) else f"{_WHO[level]},请报请提级,或先按较低级别督办。"


@guards(Event.SUPERVISE)
def _supervise(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Supervise)
    return level_refused(fact.level, actor)


@guards(Event.ANSWER_LETTER)
def _answer_letter(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.AnswerLetter)
    letter = supervision_letter(ticket, fact.overlay_id)
    if letter is None:
        return "本工单没有这份督办函。"
    return "这份督办函已经反馈,请等审核。" if letter.ended_at else None


@guards(Event.REVIEW_LETTER)
def _review_letter(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.ReviewLetter)
    letter = supervision_letter(ticket, fact.overlay_id)
    return None if letter and letter.ended_at else "这份督办函还没有反馈。"


def supervision_letter(ticket: Ticket, overlay_id: int) -> Overlay | None:
    return next((o for o in ticket.overlays if o.id == overlay_id and o.kind is OverlayKind.SUPERVISION), None)


@guards(Event.INSTRUCT)
def _instruct(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Instruct)
    if fact.due and not at < fact.due < at + FORESEEABLE:
        return "批示的办理期限须晚于现在,且不超过十年。"
    return None if fact.text.strip() else "请填写批示内容。"


@guards(Event.REOPEN)
def _reopen(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    if ticket.state is State.ARCHIVED and not actor.has(Role.CENTRE_LEADER):
        return "已归档的工单只有中心领导可以重新办理。"
    return None


@guards(Event.MARK_DEADLINE)
def _mark_deadline(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.MarkDeadline)
    return None if fact.assignment_id == 0 or active(ticket, fact.assignment_id) else "这项承办任务已结束。"


@guards(Event.RECOMPUTE)
def _recompute(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Recompute)
    if fact.times is None:
        return None if fact.assignment_id == 0 and fact.due else "请给出重新计算的时限。"
    found = active(ticket, fact.assignment_id)
    if found is None:
        return "这项承办任务已结束。"
    parent = ticket.assignment(found.parent_id) if found.parent_id else None
    if parent and fact.times.finish_due > parent.finish_due:
        return "下级任务的时限不得晚于上级任务的时限。"
    return None
