"""What a unit does with what it was sent, and what the centre answers it."""

from datetime import datetime, timedelta

import msgspec

from hotline.departments import gate, store
from hotline.departments.extension import new_due
from hotline.departments.refusals import fault
from hotline.directory.people import Role
from hotline.directory.store import load_directory
from hotline.dispatch.actions import receiver
from hotline.dispatch.assignments import computed, share, times
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import sm3
from hotline.infra.errors import InvalidInput
from hotline.infra.words import tidy
from hotline.sla import actions as sla
from hotline.tickets import facts as f
from hotline.tickets import permissions
from hotline.tickets.actions import Held
from hotline.tickets.guards import FORESEEABLE, GuardRefused
from hotline.tickets.states import Asked, OverlayKind, Part, Solved
from hotline.tickets.store import ReplyText
from hotline.tickets.ticket import Assignment, Request, Times
from hotline.tickets.verbs import Desk

REVIEW_EVERY = timedelta(days=90)
"""A shelved ticket is looked at again at least this often (docs/rules.md C.3, 23)."""


def mine(held: Held, assignment_id: int | None = None) -> Assignment:
    """The share the person works on: the one named, or their unit's."""
    found = (
        held.ticket.assignment(assignment_id)
        if assignment_id is not None
        else permissions.share_for(held.actor, held.ticket)
    )
    if found is None or not found.active:
        raise GuardRefused("本单位在这件工单上没有进行中的承办任务。", ticket_id=held.ticket.id)
    if held.actor.unit_id is not None and not held.actor.of_centre and held.actor.unit_id not in found.unit_path:
        raise GuardRefused("这项承办任务不属于本单位。", ticket_id=held.ticket.id)
    return found


def pending(held: Held, asked: Asked) -> Request:
    found = held.ticket.pending(asked)
    if found is None:
        raise GuardRefused("没有待审的申请,可能已被他人处理,请刷新。", ticket_id=held.ticket.id)
    return found


async def sign(held: Held, assignment_id: int | None, reason: str = "") -> None:
    """签收; why it was late stands beside it when it was."""
    await held.do(f.Sign(assignment_id=mine(held, assignment_id).id), tidy(reason))


async def request_return(held: Held, *, basis: str, proposed_unit: int, reason: str) -> None:
    # A unit that could not be sent the ticket is no proposal.
    await receiver(held, await load_directory(held.conn), proposed_unit, "proposed_unit")
    fact = f.RequestReturn(assignment_id=mine(held).id, basis=basis.strip(), proposed_unit=proposed_unit)
    await held.do(fact, reason)


async def request_extension(
    held: Held, *, working_days: int, progress: str, citizen_informed: bool, reason: str, desk: Desk
) -> None:
    share_ = mine(held)
    fact = f.RequestExtension(share_.id, working_days, progress, citizen_informed)
    # The limits are looked at when asking, so that nobody waits for a review that can only refuse.
    if held.now <= share_.finish_due:
        clocks = await sla.clocks(held.conn, desk, held.now)
        leader = msgspec.structs.replace(held.actor, roles=frozenset({Role.CENTRE_LEADER}))
        new_due(held.ticket, share_, max(working_days, 1), clocks=clocks, asked_at=held.now, actor=leader)
    await held.do(fact, reason)


async def grant_extension(held: Held, *, working_days: int | None, reason: str, desk: Desk) -> None:
    asked = pending(held, Asked.EXTENSION)
    assignment = held.ticket.assignment(asked.assignment_id)
    if assignment is None:
        raise GuardRefused("这项承办任务已结束,不能再延期。", ticket_id=held.ticket.id)
    clocks = await sla.clocks(held.conn, desk, held.now)
    due = new_due(
        held.ticket,
        assignment,
        working_days or asked.amount or 1,
        clocks=clocks,
        asked_at=asked.at,
        actor=held.actor,
    )
    await held.do(f.GrantExtension(request_id=asked.id, due=due), reason)


async def deny_extension(held: Held, reason: str) -> None:
    await held.do(f.DenyExtension(request_id=pending(held, Asked.EXTENSION).id), reason)


async def contact(held: Held, *, how: str, result: str, reached: bool) -> None:
    await held.do(f.Contact(mine(held).id, how, result, reached))


async def assist(held: Held, *, unit_id: int, below: bool, due: datetime | None, basis: str, desk: Desk) -> None:
    """加派协办 or 下派; its deadline is the policy's, never later than the parent's."""
    parent = mine(held)
    if due is not None and due <= held.now:
        raise InvalidInput([("due", "协办或下派的时限须晚于现在,请重新选择。")])
    directory = await load_directory(held.conn)
    unit = await receiver(held, directory, unit_id, "unit_id")
    clocks = await sla.clocks(held.conn, desk, held.now)
    given = times(computed(held.ticket, clocks, held.now, unit.path, rework=parent.round > 0), returnable=False)
    latest = min(due or given.finish_due, parent.finish_due)
    given = Times(finish_due=latest, sign_due=min(given.sign_due or latest, latest), pack=given.pack)
    part = Part.CHILD if below else Part.ASSIST
    await held.do(f.Assist(share=share(unit, given, basis), part=part, parent_id=parent.id))


async def assist_reply(held: Held, *, account: str, waive: int | None) -> None:
    """协办反馈; whoever asked for the assistance may waive it when it is no longer needed."""
    if waive is not None:
        task = held.ticket.assignment(waive)
        parent = held.ticket.assignment(task.parent_id) if task and task.parent_id else None
        if parent is None or parent.unit_id != held.actor.unit_id:
            raise GuardRefused("只有加派这项协办的单位可以免除它。", ticket_id=held.ticket.id)
        await held.do(f.AssistReply(assignment_id=waive, account=tidy(account) or "免除", waived=True))
        return
    own = [a for a in held.ticket.active if a.part is not Part.LEAD and a.unit_id == held.actor.unit_id]
    found = own[0] if own else mine(held)
    await held.do(f.AssistReply(assignment_id=found.id, account=tidy(account)))


async def assign_person(held: Held, person_id: int) -> None:
    share_ = mine(held)
    # Whom a unit below sends is that unit's choice.
    if share_.unit_id != held.actor.unit_id or not await store.may_handle(held.conn, person_id, share_.unit_id):
        raise InvalidInput([("person_id", "经办人须是本单位在岗的承办人员,请从列表中选择。")])
    await held.do(f.AssignPerson(assignment_id=share_.id, person_id=person_id))


async def reply(
    held: Held,
    *,
    found_true: bool | None,
    solved: Solved,
    unsolved_reason: str,
    account: str,
    public_reply: str,
) -> None:
    account, public_reply, unsolved_reason = tidy(account), tidy(public_reply), tidy(unsolved_reason)
    draft = gate.Draft(account, public_reply, solved, found_true, unsolved_reason)
    if faults := [(found.field, found.message) for found in gate.musts(draft)]:
        raise InvalidInput(faults)
    digest = sm3(f"{account}\0{public_reply}".encode()).hex()
    await held.do(f.Answered(mine(held).id, solved, digest, found_true))
    text = ReplyText(held.ticket.replies[-1].id, account, public_reply, unsolved_reason)
    await store.add_text(held.conn, held.ticket.id, text)


async def refuse_reply(held: Held, reasons: tuple[str, ...], reason: str) -> None:
    if wrong := fault(reasons, reason):
        raise InvalidInput([wrong])
    await held.do(f.RefuseReply(reasons), reason)


async def request_shelving(
    held: Held,
    *,
    plan: str,
    milestone: datetime,
    further: tuple[f.Milestone, ...],
    leader: str,
    citizen_informed: bool,
    reason: str,
) -> None:
    if not citizen_informed:
        raise InvalidInput([("citizen_informed", "申请挂账前须先向诉求人说明原因和计划。")])
    await held.do(f.RequestShelving(mine(held).id, planned(plan, further), milestone, tidy(leader), further), reason)


def planned(plan: str, further: tuple[f.Milestone, ...]) -> str:
    """The plan as it is read everywhere: its words, and below them what follows the first milestone."""
    plan = tidy(plan)
    if any(not tidy(step.what) for step in further):
        raise InvalidInput([("further", "每个节点都请写明要完成什么。")])
    lines = [f"{step.at.astimezone(BEIJING):%Y-%m-%d}:{tidy(step.what)}" for step in further]
    return "\n".join([plan, *lines]) if plan else ""


async def request_termination(held: Held, *, ground: str, reason: str) -> None:
    await held.do(f.RequestTermination(mine(held).id, ground), reason)


async def terminate(held: Held, *, ground: str, reason: str) -> None:
    asked = held.ticket.pending(Asked.TERMINATION)
    fact = f.Terminate(ground or (asked.basis if asked else ""), asked.id if asked else None)
    await held.do(fact, reason)


async def deny(held: Held, asked: Asked, reason: str) -> None:
    request_id = pending(held, asked).id
    fact = f.DenyShelving(request_id) if asked is Asked.SHELVING else f.DenyTermination(request_id)
    await held.do(fact, reason)


async def shelve(held: Held, *, plan: str, milestone: datetime | None, leader: str, reason: str) -> None:
    """挂账, with the plan the unit asked for or one the supervisor writes; of what is shelved, 挂账复核: the next milestone."""
    asked = held.ticket.pending(Asked.SHELVING)
    before = next((o for o in held.ticket.overlays if o.kind is OverlayKind.SHELVED and o.ended_at is None), None)
    milestone = milestone or (asked.milestone if asked else None)
    leader = tidy(leader) or (asked.basis if asked else before.origin if before else "")
    faults = [("milestone", "请填写节点日期。")] if milestone is None else []
    if not leader:
        faults.append(("leader", "请填写负责此事的单位领导。"))
    if milestone is not None and not held.now < milestone < held.now + FORESEEABLE:
        faults.append(("milestone", "挂账的节点日期必须在今天之后,且不超过十年。"))
    if milestone is None or faults:
        raise InvalidInput(faults)
    # What is waited for is the milestone, or the day before it on which somebody must look at it.
    review = min(milestone, held.now + REVIEW_EVERY)
    words = tidy(plan) or (asked.plan if asked else before.text if before else "")
    if words and review < milestone:
        words = f"{milestone.astimezone(BEIJING):%Y-%m-%d}:完成\n{words}"
    request_id = asked.id if asked else None
    fact = f.Shelve(plan=words, milestone=review, review=review, leader=leader, request_id=request_id)
    await held.do(fact, reason)


async def resume(held: Held, desk: Desk, reason: str) -> None:
    """激活: work goes on with a fresh limit, never an earlier one."""
    clocks = await sla.clocks(held.conn, desk, held.now)
    path = held.ticket.lead.unit_path if held.ticket.lead else ()
    await held.do(f.Resume(times=times(computed(held.ticket, clocks, held.now, path), returnable=False)), reason)
