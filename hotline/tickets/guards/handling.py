"""Guards of a unit's work and its review."""

from datetime import datetime

from hotline.directory.people import Actor
from hotline.tickets import facts as f
from hotline.tickets.guards.core import GUARDS, active, guards, pending
from hotline.tickets.guards.sending import decides
from hotline.tickets.states import (
    Asked,
    Event,
    Kind,
    Part,
    Stage,
    Urgency,
)
from hotline.tickets.ticket import Ticket


@guards(Event.REQUEST_EXTENSION)
def _request_extension(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.RequestExtension)
    found = active(ticket, fact.assignment_id)
    if found is None or found.stage not in (Stage.TO_SIGN, Stage.IN_HAND, Stage.REFUSED):
        return "当前没有可以延期的承办任务。"
    if at > found.finish_due:
        return f"延期须在到期前提出,本任务已于 {found.finish_due:%Y-%m-%d %H:%M} 到期。"
    if ticket.urgency is Urgency.CRITICAL:
        return "特急件不得延期。"
    if fact.amount < 1:
        return "延期天数至少为 1 个工作日。"
    if not fact.citizen_informed:
        return "申请延期前须先告知诉求人办理进展。"
    if ticket.pending(Asked.EXTENSION):
        return "已有一份延期申请在审,请等审核结果。"
    return None


@guards(Event.GRANT_EXTENSION)
def _grant_extension(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.GrantExtension)
    refusal = decides(Asked.EXTENSION)(ticket, fact, at, actor)
    asked = pending(ticket, fact.request_id, Asked.EXTENSION)
    found = active(ticket, asked.assignment_id) if asked else None
    if refusal or found is None:
        return refusal or "这项承办任务已结束,不能再延期。"
    if fact.due <= found.finish_due:
        return "延期后的时限必须晚于原时限。"
    parent = ticket.assignment(found.parent_id) if found.parent_id else None
    if parent and fact.due > parent.finish_due:
        return "下级任务的时限不得晚于上级任务的时限。"
    return None


@guards(Event.CONTACT)
def _contact(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Contact)
    found = active(ticket, fact.assignment_id)
    if found is None:
        return "这项承办任务已结束。"
    return "请写明联系结果。" if not fact.result.strip() else None


@guards(Event.ASSIST)
def _assist(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Assist)
    parent = active(ticket, fact.parent_id)
    if parent is None or parent.stage not in (Stage.IN_HAND, Stage.REFUSED):
        return "请先签收,再加派协办或下派。"
    if any(a.unit_id == fact.share.unit_id for a in ticket.active):
        return "该单位已在承办本工单。"
    if ticket.kind is Kind.REPORT and ticket.accused_unit in fact.share.unit_path:
        return "举报件不得派给被举报单位或其下属单位。"
    if fact.share.times.finish_due > parent.finish_due:
        return "下级任务的时限不得晚于上级任务的时限。"
    if fact.part is Part.CHILD and parent.unit_id not in fact.share.unit_path:
        return "只能下派给本单位的下属单位,其他单位请用协办。"
    return None


@guards(Event.ASSIST_REPLY)
def _assist_reply(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.AssistReply)
    found = active(ticket, fact.assignment_id)
    if found is None or found.part is Part.LEAD:
        return "没有进行中的协办任务。"
    if not fact.waived and found.stage is Stage.TO_SIGN:
        return "请先签收协办任务。"
    if not fact.waived and (waiting := [a for a in ticket.active if a.parent_id == found.id]):
        return f"还有 {len(waiting)} 个下派任务没有反馈,请等其反馈或免除后再反馈。"
    return "请填写协办办理情况。" if not fact.account.strip() else None


@guards(Event.RECALL)
def _recall(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Recall)
    found = active(ticket, fact.assignment_id)
    if found is None or found.part is Part.LEAD:
        return "没有进行中的协办任务可以撤回。"
    parent = ticket.assignment(found.parent_id) if found.parent_id else None
    if not actor.of_centre and (parent is None or parent.unit_id != actor.unit_id):
        return "只有加派这项协办的单位或中心可以撤回它。"
    return None


@guards(Event.ATTACH)
def _attach(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Attach)
    return None if fact.size > 0 else "附件是空文件,请重新选择。"


@guards(Event.ASSIGN_PERSON)
def _assign_person(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.AssignPerson)
    return None if active(ticket, fact.assignment_id) else "这项承办任务已结束。"


@guards(Event.REPLY)
def _reply(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Answered)
    lead = ticket.lead
    if lead is None or lead.id != fact.assignment_id:
        return "只有主办单位可以回复工单,协办单位请用协办反馈。"
    if lead.stage is Stage.TO_SIGN:
        return "请先签收再回复。"
    waiting = [a for a in ticket.active if a.id != lead.id]
    if waiting:
        return f"还有 {len(waiting)} 个协办或下派任务没有反馈,请等其反馈或免除后再回复。"
    return None


@guards(Event.REFUSE_REPLY)
def _refuse_reply(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.RefuseReply)
    return None if fact.reasons else "请选择驳回理由。"


def reviewer_is_another(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    reply = ticket.open_reply
    if reply and reply.by is not None and reply.by == actor.person_id:
        return "不能审核自己提交的回复。"
    return None


GUARDS[Event.APPROVE_REPLY] = reviewer_is_another
