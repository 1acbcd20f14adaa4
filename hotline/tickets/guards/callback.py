"""Guards of the citizen's verdict (docs/rules.md F)."""

from datetime import datetime

from hotline.directory.people import Actor, Role
from hotline.tickets import facts as f
from hotline.tickets.guards.core import MAX_ROUNDS, guards, pending
from hotline.tickets.guards.sending import decides
from hotline.tickets.states import (
    OUTLIVES_TICKET,
    Asked,
    Closing,
    Event,
    Outcome,
    OverlayKind,
    Part,
    Solved,
    State,
)
from hotline.tickets.ticket import Ticket

SECRET_CALLERS = (Role.SECRET_CALLBACK, Role.SUPERVISOR)
"""Who calls back about a secret ticket (F.11)."""


def caller_is_centre(ticket: Ticket, actor: Actor) -> str | None:
    """Only the centre calls back, and never one whose unit is in the chain (F.1)."""
    if actor.has(Role.CITIZEN, Role.SYSTEM):
        return None
    if actor.unit_id in ticket.units:
        return "回访人员所在单位参与了本工单的办理,请由他人回访。"
    if ticket.secret and not actor.has(*SECRET_CALLERS):
        return "保密件和举报件由保密回访员回访,请转交。"
    return None


@guards(Event.ATTEMPT_CALLBACK)
def _attempt(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.AttemptCallback)
    found = ticket.open_callback
    if found is None or found.id != fact.callback_id:
        return "这次回访已经结束,请刷新。"
    if fact.rating is not None and not fact.reached:
        return "未接通的回访不能填写满意度。"
    if fact.channel in f.UNAIDED and not actor.has(Role.CITIZEN):
        return "网上评价只能由诉求人本人提交。"
    return verdict(fact.solved, fact.rating) or caller_is_centre(ticket, actor)


@guards(Event.STRIKE_OFF)
def _strike_off(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.StrikeOff)
    if fact.solved is not Solved.YES:
        return "诉求人没有表示已解决,不能销号。"
    return verdict(fact.solved, fact.rating) or caller_is_centre(ticket, actor)


def verdict(solved: Solved | None, rating: int | None) -> str | None:
    if rating is not None and not 1 <= rating <= 5:
        return "满意度应为 1 至 5。"
    if (solved is None) != (rating is None):
        return "是否解决和是否满意须同时填写。"
    return None


@guards(Event.CLOSE)
def _close(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Close)
    if fact.outcome is Outcome.DISSATISFIED:
        return "诉求人不满意或未解决,请退回重办,或由主管终结。"
    if fact.outcome is Outcome.SATISFIED and fact.rating is None:
        return "有效回访须同时记录是否解决和是否满意,不得默认满意。"
    if fact.outcome is Outcome.SATISFIED and (fact.solved is Solved.NO or (fact.rating or 0) < 3):
        return "未解决或不满意的工单不能按满意办结。"
    if fact.outcome is not Outcome.SATISFIED and fact.rating is not None:
        return "未接通或拒绝评价的回访不能填写满意度。"
    if fact.outcome is Outcome.NOT_ASKED and not actor.has(Role.SYSTEM):
        return "不回访办结由系统按规则作出,不能手工选择。"
    if awaits_call(ticket):
        return CALL_FIRST
    found = ticket.open_callback
    if fact.outcome is not Outcome.SATISFIED and found and found.rating is not None:
        return "诉求人已表示不满意或未解决,不能按未接通或拒绝评价办结。"
    return verdict(fact.solved, fact.rating) or caller_is_centre(ticket, actor)


@guards(Event.SEND_BACK)
def _send_back(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.SendBack)
    if ticket.round >= MAX_ROUNDS:
        return "已重办两轮,不再自动重办,请由主管认定疑难后终结或挂账。"
    if awaits_call(ticket):
        return CALL_FIRST
    return verdict(fact.solved, fact.rating) or caller_is_centre(ticket, actor)


CALL_FIRST = "诉求人在网上评价不满意或未解决,须先人工回访核实。"


def awaits_call(ticket: Ticket) -> bool:
    """A digital answer that is not satisfied is always followed by a person's call (F.4)."""
    return ticket.open_callback is not None and ticket.open_callback.awaits_call


@guards(Event.RATE)
def _rate(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Rate)
    if ticket.closing is not Closing.ANSWERED:
        return "只有直接答复办结的诉求可以这样评价。"
    return verdict(fact.solved, fact.rating)


@guards(Event.LOW_RATING)
def _low_rating(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.LowRating)
    if not 1 <= fact.rating <= 2:
        return "差评是指评价为不满意或非常不满意。"
    asked = ticket.open_callback.id if ticket.open_callback else None
    if fact.callback_id != (f.DIRECT if ticket.state is State.REGISTERED else asked):
        return "这次回访已经结束,请刷新。"
    return "本工单已有一件差评在办。" if ticket.has_overlay(OverlayKind.LOW_RATING) else None


@guards(Event.APPEAL)
def _appeal(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Appeal)
    found = next((c for c in ticket.callbacks if c.id == fact.callback_id), None)
    if found is None or found.outcome is not Outcome.DISSATISFIED:
        return "只能对不满意或未解决的回访结果提出申诉。"
    lead = ticket.assignment(fact.assignment_id)
    if lead is None or lead.part is not Part.LEAD or lead.round != found.round or actor.unit_id not in lead.unit_path:
        return "只有这一轮的主办单位可以申诉。"
    if any(r.asked is Asked.APPEAL and r.callback_id == found.id for r in ticket.requests):
        return "同一回访结果只能申诉一次。"
    return None if fact.evidence.strip() else "请写明申诉的证据。"


@guards(Event.DECIDE_APPEAL)
def _decide_appeal(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.DecideAppeal)
    refusal = decides(Asked.APPEAL)(ticket, fact, at, actor)
    asked = pending(ticket, fact.request_id, Asked.APPEAL)
    if refusal or asked is None:
        return refusal
    found = next(c for c in ticket.callbacks if c.id == asked.callback_id)
    if found.by is not None and found.by == actor.person_id:
        return "复核人不能是原回访人员,请由他人复核。"
    return "复核人所在单位参与了本工单的办理,请由他人复核。" if actor.unit_id in ticket.units else None


@guards(Event.REQUEST_EXCLUSION)
def _request_exclusion(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.RequestExclusion)
    lead = ticket.last_lead
    if lead is None or lead.id != fact.assignment_id or actor.unit_id not in lead.unit_path:
        return "只有主办单位可以申请不纳入考核。"
    if any(r.asked is Asked.EXCLUSION for r in ticket.requests):
        return "同一工单只能申请一次不纳入考核。"
    if not fact.ground.strip():
        return "请选择不纳入考核的情形。"
    return None if fact.evidence.strip() else "请写明证据,并将材料上传为附件。"


@guards(Event.DECIDE_EXCLUSION)
def _decide_exclusion(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.DecideExclusion)
    if refusal := decides(Asked.EXCLUSION)(ticket, fact, at, actor):
        return refusal
    reviewed = {r.decided_by for r in ticket.replies} | {r.decided_by for r in ticket.requests}
    first = {c.by for c in ticket.callbacks} | reviewed
    if actor.person_id is not None and actor.person_id in first:
        return "审核人不能是审核过、回访过本工单的人员,请由他人审核。"
    return "审核人所在单位参与了本工单的办理,请由他人审核。" if actor.unit_id in ticket.units else None


@guards(Event.ARCHIVE)
def _archive(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    undecided = any(ticket.pending(asked) for asked in OUTLIVES_TICKET)
    return "还有考核申诉或不纳入考核的申请没有审核,不能归档。" if undecided else None


@guards(Event.CONCLUDE)
def _conclude(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Conclude)
    if not fact.explanation.strip():
        return "请写明向诉求人解释的内容。"
    if awaits_call(ticket):
        return CALL_FIRST
    return verdict(fact.solved, fact.rating)
