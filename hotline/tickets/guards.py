"""What must hold beyond the state (docs/rules.md C.3, column Guards). A guard returns one sentence, or nothing.

Each guard sees the ticket, the fact and the moment; what it cannot see there (is the unit active? is the category a
departmental duty?) is decided in the stage that knows, before the fact is made."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from hotline.directory.people import Actor, Role
from hotline.infra.errors import HotlineError
from hotline.tickets import facts as f
from hotline.tickets.states import (
    Asked,
    Decision,
    Event,
    Kind,
    Outcome,
    OverlayKind,
    Part,
    Solved,
    Stage,
    State,
    Urgency,
)
from hotline.tickets.ticket import Assignment, Request, Ticket

FORESEEABLE = timedelta(days=3660)
MAX_ROUNDS = 2
"""Rework rounds; a third dissatisfaction goes to a supervisor, never round again (C.3, 21-22)."""


class GuardRefused(HotlineError):
    """The state would allow it, the rules do not."""

    code: ClassVar[str] = "not_allowed"
    status: ClassVar[int] = 422


def check(ticket: Ticket, fact: f.Fact, *, at: datetime, actor: Actor, reason: str) -> None:
    """Raise GuardRefused with the first sentence a guard gives."""
    if fact.event in REASON_NEEDED and not reason.strip():
        raise GuardRefused("请填写理由。", ticket_id=ticket.id, event=fact.event.value)
    if fact.event in DECISIONS and interested(ticket, actor):
        raise GuardRefused("本工单反映的是您所在的单位,按回避规定请由他人处理。", ticket_id=ticket.id)
    guard = GUARDS.get(fact.event)
    refusal = guard(ticket, fact, at, actor) if guard else None
    if refusal:
        raise GuardRefused(refusal, ticket_id=ticket.id, event=fact.event.value)


REASON_NEEDED = frozenset(
    {
        Event.REQUEST_RETURN,
        Event.REFUSE_RETURN,
        Event.REQUEST_EXTENSION,
        Event.DENY_EXTENSION,
        Event.REQUEST_TERMINATION,
        Event.TERMINATE,
        Event.DENY_TERMINATION,
        Event.REQUEST_SHELVING,
        Event.DENY_SHELVING,
        Event.RULE,
        Event.VOID,
        Event.REOPEN,
        Event.CONCLUDE,
        Event.APPEAL,
        Event.DECIDE_APPEAL,
    }
)

DECISIONS = frozenset(
    {
        Event.DISPATCH,
        Event.CONSULT,
        Event.RULE,
        Event.APPROVE_RETURN,
        Event.REFUSE_RETURN,
        Event.ESCALATE_RETURN,
        Event.GRANT_EXTENSION,
        Event.DENY_EXTENSION,
        Event.APPROVE_REPLY,
        Event.REFUSE_REPLY,
        Event.SHELVE,
        Event.DENY_SHELVING,
        Event.TERMINATE,
        Event.DENY_TERMINATION,
        Event.CONCLUDE,
        Event.VOID,
    }
)
"""What nobody decides of a ticket that accuses their own unit (回避, 济南 §32)."""


def interested(ticket: Ticket, actor: Actor) -> bool:
    """Whether the ticket accuses the person's own unit. Of the centre itself, only its leader is left to decide."""
    if ticket.accused_unit is None or actor.has(Role.CENTRE_LEADER):
        return False
    return ticket.accused_unit == actor.unit_id or ticket.accused_unit in actor.unit_path


Guard = Callable[[Ticket, f.Fact, datetime, Actor], str | None]
GUARDS: dict[Event, Guard] = {}


def guards(event: Event) -> Callable[[Guard], Guard]:
    def register(guard: Guard) -> Guard:
        GUARDS[event] = guard
        return guard

    return register


def active(ticket: Ticket, assignment_id: int) -> Assignment | None:
    found = ticket.assignment(assignment_id)
    return found if found and found.active else None


def pending(ticket: Ticket, request_id: int, asked: Asked) -> Request | None:
    return next(
        (r for r in ticket.requests if r.id == request_id and r.asked is asked and r.decision is Decision.PENDING),
        None,
    )


def sharing(ticket: Ticket, lead: f.Share, assists: tuple[f.Share, ...]) -> str | None:
    """Who may be given a share at all (C.3, 6)."""
    units = [lead.unit_id, *(s.unit_id for s in assists)]
    if len(set(units)) != len(units):
        return "同一单位不能既主办又协办,请去掉重复的单位。"
    if ticket.kind is Kind.REPORT and ticket.accused_unit is not None:
        for share in (lead, *assists):
            if ticket.accused_unit in share.unit_path:
                return "举报件不得派给被举报单位或其下属单位,请改派上级或监督部门。"
    if any(s.times.finish_due > lead.times.finish_due for s in assists):
        return "协办时限不得晚于主办时限。"
    return None


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
    if fact.channel == f.PAGE and not actor.has(Role.CITIZEN):
        return "网上评价只能由诉求人本人提交。"
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


@guards(Event.LOW_RATING)
def _low_rating(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.LowRating)
    if not 1 <= fact.rating <= 2:
        return "差评是指评价为不满意或非常不满意。"
    if ticket.open_callback is None or ticket.open_callback.id != fact.callback_id:
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


@guards(Event.ARCHIVE)
def _archive(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    return "还有考核申诉没有复核,不能归档。" if ticket.pending(Asked.APPEAL) else None


@guards(Event.CONCLUDE)
def _conclude(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Conclude)
    if not fact.explanation.strip():
        return "请写明向诉求人解释的内容。"
    if awaits_call(ticket):
        return CALL_FIRST
    return verdict(fact.solved, fact.rating)


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


@guards(Event.SUPERVISE)
def _supervise(ticket: Ticket, fact: f.Fact, at: datetime, actor: Actor) -> str | None:
    assert isinstance(fact, f.Supervise)
    return None if 1 <= fact.level <= 4 else "督办级别应为 1 至 4。"


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
