"""Guards of intake and dispatch."""

from datetime import datetime

from hotline.directory.people import Actor
from hotline.tickets import facts as f
from hotline.tickets.guards.core import GUARDS, Guard, active, guards, pending, sharing
from hotline.tickets.states import (
    Asked,
    Event,
    Kind,
    Stage,
)
from hotline.tickets.ticket import Request, Ticket


@guards(Event.ANSWER_DIRECTLY)
def _answer_directly(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    if ticket.kind not in (Kind.CONSULT, Kind.PRAISE, Kind.OTHER):
        return "只有咨询、表扬类可以直接答复办结,其他类型请派单。"
    return None


@guards(Event.MERGE)
def _merge(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Merge)
    return "工单不能并入自己。" if fact.master_id == ticket.id else None


@guards(Event.CLASSIFY)
def _classify(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Classify)
    if fact.confidence is not None and not 0 <= fact.confidence <= 1:
        return "置信度应在 0 与 1 之间。"
    return None


@guards(Event.DISPATCH)
def _dispatch(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Dispatch)
    return sharing(ticket, fact.lead, fact.assists)


@guards(Event.RULE)
def _rule(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Rule)
    return sharing(ticket, fact.lead, fact.assists)


@guards(Event.SIGN)
def _sign(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Sign)
    found = active(ticket, fact.assignment_id)
    if found is None or found.stage is not Stage.TO_SIGN:
        return "这项承办任务不在待签收状态。"
    return None


def asking_units(ticket: Ticket, request: Request) -> set[int]:
    """Who asked, and who holds that share now when the unit has been merged since."""
    share = ticket.assignment(request.assignment_id)
    return {request.unit_id, share.unit_id} if share else {request.unit_id}


@guards(Event.REQUEST_RETURN)
def _request_return(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.RequestReturn)
    lead = ticket.lead
    if lead is None or lead.id != fact.assignment_id:
        return "只有当前主办单位可以申请退单。"
    if ticket.forbid_return:
        return "本工单已经裁定或退单被驳回,不得再退单。"
    if lead.return_until is None:
        return "本工单不设退单窗口(重办件、督办件不得退单)。"
    if at > lead.return_until:
        return f"退单须在 {lead.return_until:%Y-%m-%d %H:%M} 前提出,现已超过。"
    if any(r.asked is Asked.RETURN and lead.unit_id in asking_units(ticket, r) for r in ticket.requests):
        return "同一单位对同一工单只能申请退单一次。"
    if not fact.basis.strip():
        return "请写明退单依据(法规条款或“三定”规定)。"
    if fact.proposed_unit in lead.unit_path:
        return "建议承办单位不能是本单位或上级单位。"
    return None


@guards(Event.APPROVE_RETURN)
def _approve_return(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.ApproveReturn)
    asked = pending(ticket, fact.request_id, Asked.RETURN)
    if asked is None:
        return "没有待审的退单申请。"
    if asked.by is not None and asked.by == actor.person_id:
        return "不能审核自己提出的申请。"
    if fact.lead.unit_id in asking_units(ticket, asked):
        return "同意退单后不能又派回原单位,如认为应由其办理请驳回退单。"
    return sharing(ticket, fact.lead, fact.assists)


def decides(asked: Asked) -> Guard:
    def guard(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
        found = pending(ticket, getattr(fact, "request_id", 0), asked)
        if found is None:
            return "没有待审的申请,可能已被他人处理,请刷新。"
        if found.by is not None and found.by == actor.person_id:
            return "不能审核自己提出的申请。"
        return None

    return guard


GUARDS[Event.REFUSE_RETURN] = decides(Asked.RETURN)
GUARDS[Event.ESCALATE_RETURN] = decides(Asked.RETURN)
GUARDS[Event.DENY_EXTENSION] = decides(Asked.EXTENSION)
GUARDS[Event.DENY_SHELVING] = decides(Asked.SHELVING)
GUARDS[Event.DENY_TERMINATION] = decides(Asked.TERMINATION)
