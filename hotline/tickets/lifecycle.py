"""What may follow a state, and what it does: one table, forbidden by default (docs/rules.md C.3).

`MOVES` is the whole truth about states; `guards` adds what the values must satisfy, `effects` what changes.
`move` returns the ticket after and the history line together, so that nobody can store one without the other."""

from datetime import datetime
from typing import ClassVar

from hotline.directory.people import Actor
from hotline.infra.errors import HotlineError
from hotline.tickets import effects, guards
from hotline.tickets.facts import ApproveReturn, CloseWithMaster, Create, Fact, Rate, Sign, unhappy
from hotline.tickets.history import Happened
from hotline.tickets.states import OPEN, Event, Part, State
from hotline.tickets.ticket import Ticket

S, E = State, Event

MAX_RETURNS = 2
"""With this many returns granted the units cannot settle it themselves: the centre must rule (C.3, 13)."""


class TransitionRefused(HotlineError):
    """The ticket is not in a state that allows this."""

    code: ClassVar[str] = "transition_refused"
    status: ClassVar[int] = 422


MOVES: dict[tuple[State, Event], tuple[State, ...]] = {
    # (from, event): the states it may lead to; more than one only where `target` chooses.
    (S.DRAFT, E.ANSWER_DIRECTLY): (S.CLOSED,),
    (S.DRAFT, E.REDIRECT): (S.CLOSED,),
    (S.DRAFT, E.REGISTER): (S.REGISTERED,),
    (S.DRAFT, E.MERGE): (S.MERGED,),
    (S.REGISTERED, E.MERGE): (S.MERGED,),
    (S.MERGED, E.UNMERGE): (S.REGISTERED,),
    (S.MERGED, E.ANSWER_WITH_MASTER): (S.CALLBACK,),
    (S.MERGED, E.CLOSE_WITH_MASTER): (S.CLOSED, S.WITHDRAWN),
    (S.DRAFT, E.VOID): (S.VOID,),
    (S.REGISTERED, E.VOID): (S.VOID,),
    (S.REGISTERED, E.DISPATCH): (S.DISPATCHED,),
    (S.REGISTERED, E.CONSULT): (S.CONSULTING,),
    # A consultation meeting rules on whatever is on its list, wherever it is stuck.
    **{
        (s, E.RULE): (S.DISPATCHED,)
        for s in (S.CONSULTING, S.REGISTERED, S.DISPATCHED, S.IN_PROGRESS, S.RETURN_REVIEW, S.REWORK, S.SUSPENDED)
    },
    (S.DISPATCHED, E.SIGN): (S.IN_PROGRESS, S.DISPATCHED),  # only the lead's signature moves the ticket
    (S.IN_PROGRESS, E.SIGN): (S.IN_PROGRESS,),
    (S.REWORK, E.SIGN): (S.REWORK,),
    (S.DISPATCHED, E.REQUEST_RETURN): (S.RETURN_REVIEW,),
    (S.IN_PROGRESS, E.REQUEST_RETURN): (S.RETURN_REVIEW,),
    (S.RETURN_REVIEW, E.APPROVE_RETURN): (S.DISPATCHED, S.CONSULTING),
    (S.RETURN_REVIEW, E.REFUSE_RETURN): (S.DISPATCHED, S.IN_PROGRESS),
    (S.RETURN_REVIEW, E.ESCALATE_RETURN): (S.CONSULTING,),
    (S.IN_PROGRESS, E.CONTACT): (S.IN_PROGRESS,),
    (S.REWORK, E.CONTACT): (S.REWORK,),
    (S.SUSPENDED, E.CONTACT): (S.SUSPENDED,),
    (S.IN_PROGRESS, E.ASSIST): (S.IN_PROGRESS,),
    (S.REWORK, E.ASSIST): (S.REWORK,),
    (S.IN_PROGRESS, E.ASSIST_REPLY): (S.IN_PROGRESS,),
    (S.REWORK, E.ASSIST_REPLY): (S.REWORK,),
    (S.RETURN_REVIEW, E.ASSIST_REPLY): (S.RETURN_REVIEW,),
    (S.DISPATCHED, E.RECALL): (S.DISPATCHED,),
    (S.IN_PROGRESS, E.RECALL): (S.IN_PROGRESS,),
    (S.REWORK, E.RECALL): (S.REWORK,),
    (S.RETURN_REVIEW, E.RECALL): (S.RETURN_REVIEW,),
    (S.IN_PROGRESS, E.ASSIGN_PERSON): (S.IN_PROGRESS,),
    (S.REWORK, E.ASSIGN_PERSON): (S.REWORK,),
    (S.IN_PROGRESS, E.REPLY): (S.REPLIED,),
    (S.REWORK, E.REPLY): (S.REPLIED,),
    (S.REPLIED, E.REFUSE_REPLY): (S.IN_PROGRESS, S.REWORK),
    (S.REPLIED, E.APPROVE_REPLY): (S.CALLBACK,),
    (S.CALLBACK, E.ATTEMPT_CALLBACK): (S.CALLBACK,),
    (S.CALLBACK, E.CLOSE): (S.CLOSED,),
    (S.CALLBACK, E.SEND_BACK): (S.REWORK,),
    (S.CALLBACK, E.CONCLUDE): (S.CLOSED,),
    (S.CALLBACK, E.LOW_RATING): (S.CALLBACK,),
    (S.REWORK, E.CONCLUDE): (S.CLOSED,),
    (S.IN_PROGRESS, E.REQUEST_SHELVING): (S.IN_PROGRESS,),
    (S.REWORK, E.REQUEST_SHELVING): (S.REWORK,),
    (S.IN_PROGRESS, E.SHELVE): (S.SUSPENDED,),
    (S.REWORK, E.SHELVE): (S.SUSPENDED,),
    (S.IN_PROGRESS, E.DENY_SHELVING): (S.IN_PROGRESS,),
    (S.REWORK, E.DENY_SHELVING): (S.REWORK,),
    (S.SUSPENDED, E.SHELVE): (S.SUSPENDED,),  # 挂账复核: the next milestone takes the place of the one before
    (S.SUSPENDED, E.RESUME): (S.IN_PROGRESS,),
    # The citizen's word on a direct answer: unhappy, it is taken in as a request after all.
    (S.CLOSED, E.RATE): (S.CLOSED, S.REGISTERED),
    (S.REGISTERED, E.LOW_RATING): (S.REGISTERED,),
    (S.CLOSED, E.ARCHIVE): (S.ARCHIVED,),
    # 销号: after the end, when the citizen has told the centre that it is solved.
    (S.CLOSED, E.STRIKE_OFF): (S.CLOSED,),
    (S.ARCHIVED, E.STRIKE_OFF): (S.ARCHIVED,),
    (S.WITHDRAWN, E.STRIKE_OFF): (S.WITHDRAWN,),  # asked for before the citizen withdrew
    (S.CLOSED, E.REOPEN): (S.REWORK,),
    (S.ARCHIVED, E.REOPEN): (S.REWORK,),  # by the centre's leader only
    (S.CLOSED, E.ATTACH): (S.CLOSED,),  # evidence for what is decided about the rates
    **{
        (s, e): (s,)
        for s in State
        if s in OPEN or s is S.CLOSED
        for e in (E.APPEAL, E.DECIDE_APPEAL, E.REQUEST_EXCLUSION, E.DECIDE_EXCLUSION)
    },
    **{(s, E.WITHDRAW): (S.WITHDRAWN,) for s in State if s in OPEN},
    **{(s, E.TERMINATE): (S.CLOSED,) for s in State if s in OPEN},
    **{
        (s, e): (s,)
        for s in State
        if s in OPEN
        for e in (
            E.CLASSIFY,
            E.REQUEST_EXTENSION,
            E.GRANT_EXTENSION,
            E.DENY_EXTENSION,
            E.REQUEST_TERMINATION,
            E.DENY_TERMINATION,
            E.ATTACH,
            E.URGE,
            E.SUPERVISE,
            E.ANSWER_LETTER,
            E.REVIEW_LETTER,
            E.MARK_DIFFICULT,
            E.INSTRUCT,
            E.MARK_DEADLINE,
            E.RECOMPUTE,
            E.HAND_OVER,
        )
    },
}


def allowed(state: State) -> tuple[Event, ...]:
    """The events the table permits in `state`, in the order of the table."""
    return tuple(event for at, event in MOVES if at is state)


def ways(ticket: Ticket, event: Event) -> tuple[State, ...]:
    """The states `event` may lead to; raises TransitionRefused when the table does not list it."""
    found = MOVES.get((ticket.state, event))
    if found is None:
        may = allowed(ticket.state)
        raise TransitionRefused(
            f"工单 {ticket.id} 当前为“{STATE_NAMES[ticket.state]}”,不能{EVENT_NAMES[event]};"
            f"可以:{'、'.join(EVENT_NAMES[e] for e in may) or '无'}。",
            ticket_id=ticket.id,
            state=ticket.state.value,
            version=ticket.version,
            allowed=[e.value for e in may],
        )
    return found


def goes_round(ticket: Ticket, unit_id: int) -> bool:
    """A→B→A: the unit it would go to has led it before."""
    return any(a.part is Part.LEAD and a.unit_id == unit_id for a in ticket.assignments)


def tells_children(before: Ticket, after: Ticket, fact: Fact) -> bool:
    """Whether the callers merged into a ticket must hear of this: it was answered, or it ended."""
    return fact.event is Event.APPROVE_REPLY or (before.state in OPEN and after.state not in OPEN)


def target(ticket: Ticket, fact: Fact) -> State:
    """Where `fact` leads; raises TransitionRefused when the table does not list it."""
    event, found = fact.event, ways(ticket, fact.event)
    if isinstance(fact, ApproveReturn):
        again = ticket.returns + 1 >= MAX_RETURNS or goes_round(ticket, fact.lead.unit_id)
        return State.CONSULTING if again else State.DISPATCHED
    if isinstance(fact, CloseWithMaster):
        return State.CLOSED if fact.closing else State.WITHDRAWN
    if isinstance(fact, Rate):
        return State.REGISTERED if unhappy(fact.solved, fact.rating) else State.CLOSED
    if event is Event.REFUSE_RETURN:
        return ticket.resume_to or State.DISPATCHED
    if event is Event.REFUSE_REPLY:
        return State.REWORK if ticket.round else State.IN_PROGRESS
    if isinstance(fact, Sign) and ticket.lead and fact.assignment_id != ticket.lead.id:
        return ticket.state
    return found[0]


def move(ticket: Ticket, fact: Fact, *, at: datetime, actor: Actor, reason: str = "") -> tuple[Ticket, Happened]:
    """The ticket after `fact` and the history line to append; raises TransitionRefused or GuardRefused."""
    to = target(ticket, fact)
    guards.check(ticket, fact, at=at, actor=actor, reason=reason)
    happened = Happened(
        ticket_id=ticket.id,
        seq=ticket.version + 1,
        at=at,
        fact=fact,
        actor_id=actor.person_id,
        actor_name=actor.name,
        actor_unit=actor.unit_id,
        source=ticket.state,
        target=to,
        reason=reason,
    )
    return effects.apply(ticket, happened), happened


def create(ticket_id: int, fact: Create, *, at: datetime, actor: Actor) -> tuple[Ticket, Happened]:
    """Transition 1: nothing → DRAFT."""
    happened = Happened(
        ticket_id=ticket_id,
        seq=1,
        at=at,
        fact=fact,
        actor_id=actor.person_id,
        actor_name=actor.name,
        actor_unit=actor.unit_id,
        source=None,
        target=State.DRAFT,
        reason="",
    )
    return effects.begin(happened), happened


STATE_NAMES: dict[State, str] = {
    S.DRAFT: "草稿",
    S.REGISTERED: "待派单",
    S.CONSULTING: "派前会商",
    S.DISPATCHED: "待签收",
    S.IN_PROGRESS: "办理中",
    S.RETURN_REVIEW: "退单审核中",
    S.REPLIED: "待审核",
    S.CALLBACK: "待回访",
    S.REWORK: "重办中",
    S.SUSPENDED: "挂账",
    S.CLOSED: "已办结",
    S.MERGED: "已并单",
    S.WITHDRAWN: "已撤诉",
    S.VOID: "作废",
    S.ARCHIVED: "已归档",
}

EVENT_NAMES: dict[Event, str] = {
    E.CREATE: "建单",
    E.ANSWER_DIRECTLY: "直接答复",
    E.REDIRECT: "告知转线",
    E.REGISTER: "提交",
    E.MERGE: "并单",
    E.UNMERGE: "撤销并单",
    E.ANSWER_WITH_MASTER: "随主单答复",
    E.CLOSE_WITH_MASTER: "随主单办结",
    E.CLASSIFY: "分类",
    E.DISPATCH: "派单",
    E.CONSULT: "提请会商",
    E.RULE: "裁定",
    E.SIGN: "签收",
    E.REQUEST_RETURN: "申请退单",
    E.APPROVE_RETURN: "同意退单",
    E.REFUSE_RETURN: "驳回退单",
    E.ESCALATE_RETURN: "争议升级",
    E.REQUEST_EXTENSION: "申请延期",
    E.GRANT_EXTENSION: "同意延期",
    E.DENY_EXTENSION: "驳回延期",
    E.CONTACT: "联系诉求人",
    E.ASSIST: "加派协办",
    E.ASSIST_REPLY: "协办反馈",
    E.RECALL: "撤回协办",
    E.ASSIGN_PERSON: "指定经办人",
    E.ATTACH: "上传附件",
    E.REPLY: "回复",
    E.REFUSE_REPLY: "驳回回复",
    E.APPROVE_REPLY: "审核通过",
    E.ATTEMPT_CALLBACK: "回访",
    E.CLOSE: "办结",
    E.SEND_BACK: "退回重办",
    E.CONCLUDE: "终结",
    E.LOW_RATING: "差评立项",
    E.RATE: "评价",
    E.APPEAL: "考核申诉",
    E.DECIDE_APPEAL: "申诉复核",
    E.REQUEST_EXCLUSION: "申请不纳入考核",
    E.DECIDE_EXCLUSION: "审核不纳入考核",
    E.REQUEST_SHELVING: "申请挂账",
    E.SHELVE: "挂账",
    E.DENY_SHELVING: "驳回挂账",
    E.RESUME: "恢复办理",
    E.WITHDRAW: "撤诉",
    E.REQUEST_TERMINATION: "申请终止",
    E.TERMINATE: "终止办理",
    E.DENY_TERMINATION: "驳回终止",
    E.URGE: "催办",
    E.SUPERVISE: "督办",
    E.ANSWER_LETTER: "督办反馈",
    E.REVIEW_LETTER: "审核督办反馈",
    E.MARK_DIFFICULT: "认定疑难",
    E.STRIKE_OFF: "销号",
    E.INSTRUCT: "批示",
    E.ARCHIVE: "归档",
    E.REOPEN: "重新办理",
    E.VOID: "作废",
    E.MARK_DEADLINE: "时限预警",
    E.RECOMPUTE: "时限重算",
    E.HAND_OVER: "移交",
}
