"""Send a ticket to its units, hear objections, rule. Each function works on a ticket that is held."""

from collections.abc import Sequence

import msgspec

from hotline.directory.store import load_directory
from hotline.directory.units import Directory, Unit, known_unit
from hotline.dispatch.assignments import computed, share, times, within
from hotline.dispatch.learning import actions as learning
from hotline.infra.clock import BEIJING
from hotline.infra.errors import InvalidInput
from hotline.routing import store as routing
from hotline.routing.catalogue import deposited
from hotline.routing.decide import LOCAL, may_receive
from hotline.routing.facts import facts_of
from hotline.routing.precedents import store as precedents
from hotline.routing.store import load_categories
from hotline.sla import actions as sla
from hotline.sla.deadlines import consultation_due
from hotline.tickets import facts as f
from hotline.tickets.actions import Held
from hotline.tickets.guards import GuardRefused
from hotline.tickets.states import Asked
from hotline.tickets.ticket import Request, Times
from hotline.tickets.verbs import Desk


async def shares(
    held: Held,
    unit_id: int,
    assist_ids: Sequence[int],
    desk: Desk,
    *,
    basis: str = "",
    rework: bool = False,
    returnable: bool = True,
) -> tuple[f.Share, tuple[f.Share, ...]]:
    """The lead's share and the assisting ones, each unit looked up and allowed, with clocks from this moment."""
    directory = await load_directory(held.conn)
    clocks = await sla.clocks(held.conn, desk, held.now)

    def given(unit: Unit) -> Times:
        return times(computed(held.ticket, clocks, held.now, unit.path, rework=rework), returnable=returnable)

    lead = await receiver(held, directory, unit_id, "unit_id")
    assists = [await receiver(held, directory, other, "assists") for other in assist_ids]
    own = given(lead)
    return share(lead, own, basis), tuple(share(unit, within(given(unit), own.finish_due)) for unit in assists)


async def receiver(held: Held, directory: Directory, unit_id: int, field: str) -> Unit:
    """The unit, or the reason why it must not be sent this ticket."""
    # Whoever was merged meanwhile is asked through its successor: rework goes to the unit that has the people now.
    unit = directory.standing(unit_id)
    if unit is None:
        raise InvalidInput([(field, f"没有单位 {unit_id},请从列表中选择。")])
    duty = held.ticket.category in (await load_categories(held.conn)).duties
    refusal = may_receive(unit, facts=facts_of(held.ticket), duty=duty)
    if refusal:
        raise GuardRefused(refusal, ticket_id=held.ticket.id, unit_id=unit.id)
    return unit


async def dispatch(
    held: Held,
    unit_id: int,
    assists: Sequence[int],
    desk: Desk,
    *,
    basis: str = "",
    automatic: bool = False,
    because: tuple[str, ...] = (),
    reason: str = "",
) -> None:
    lead, others = await shares(held, unit_id, assists, desk, basis=basis)
    await held.do(f.Dispatch(lead=lead, assists=others, automatic=automatic, because=because))
    if not automatic:
        await learning.sent(held, lead.unit_id, reason)


async def consult(held: Held, candidates: tuple[int, ...], desk: Desk, reason: str) -> None:
    directory = await load_directory(held.conn)
    if unknown := [unit_id for unit_id in candidates if directory.unit(unit_id) is None]:
        raise InvalidInput([("candidates", f"没有单位 {unknown[0]},请从列表中选择。")])
    clocks = await sla.clocks(held.conn, desk, held.now)
    due = consultation_due(clocks.policy, clocks.calendar, start=held.now).at
    await held.do(f.Consult(candidates=candidates, due=due), reason)


async def rule(
    held: Held, unit_id: int, assists: Sequence[int], desk: Desk, *, basis: str, reason: str, to_catalogue: bool
) -> None:
    """裁定: final, so the new share has no return window."""
    if to_catalogue and held.ticket.category is None:
        raise InvalidInput([("to_catalogue", "工单还没有分类,请先分类,再写入派单目录。")])
    if not basis.strip():
        raise InvalidInput([("basis", "请写明裁定依据(法规条款、“三定”规定或会议纪要)。")])
    lead, others = await shares(held, unit_id, assists, desk, basis=basis, returnable=False)
    before = learning.last_lead(held)
    done = await held.do(f.Rule(lead=lead, assists=others, to_catalogue=to_catalogue), reason)
    entry = await deposit(held, unit_id, assists, basis) if to_catalogue else None
    ruled = precedents.Precedent(
        ticket_id=held.ticket.id,
        seq=done.seq,
        at=held.now,
        category=held.ticket.category,
        region=held.ticket.region,
        lead_unit=unit_id,
        assists=tuple(assists),
        basis=basis,
        reason=reason,
        decided_by=held.actor.person_id,
        decided_name=held.actor.name,
        catalogue_id=entry,
    )
    await precedents.add_precedent(held.conn, ruled)
    await learning.ruled(held, before, lead.unit_id, reason)


async def deposit(held: Held, unit_id: int, assists: Sequence[int], basis: str) -> int:
    """写入派单目录: from today on the like goes the way of this ruling."""
    ticket, directory = held.ticket, await load_directory(held.conn)
    assert ticket.category is not None
    today = held.now.astimezone(BEIJING).date()
    catalogue = await routing.load_catalogue(held.conn)
    lead = known_unit(directory, unit_id)
    entry = deposited(
        ticket.category,
        lead,
        [known_unit(directory, other) for other in assists],
        basis,
        today,
        local=lead.kind in LOCAL,
        replaced=catalogue.find(ticket.category, ticket.region, today),
    )
    return await routing.deposit_entry(held.conn, msgspec.structs.replace(entry, source=str(ticket.id)))


def pending_return(held: Held) -> Request:
    found = held.ticket.pending(Asked.RETURN)
    if found is None:
        raise GuardRefused("没有待审的退单申请,可能已被他人处理,请刷新。", ticket_id=held.ticket.id)
    return found


async def approve_return(
    held: Held, unit_id: int | None, assists: Sequence[int], desk: Desk, *, wrong_unit: bool, reason: str
) -> None:
    """同意退单: to the unit named here or the one the objector proposed; the second one goes to consultation."""
    asked = pending_return(held)
    target = unit_id or asked.proposed_unit
    if target is None:
        raise InvalidInput([("unit_id", "请选择改派的承办单位。")])
    lead, others = await shares(held, target, assists, desk, basis=asked.basis)
    fact = f.ApproveReturn(request_id=asked.id, lead=lead, assists=others, wrong_unit=wrong_unit)
    await held.do(fact, reason)
    if wrong_unit:
        await learning.returned(held, asked.unit_id, lead.unit_id, reason or asked.reason)


async def refuse_return(held: Held, reason: str) -> None:
    await held.do(f.RefuseReturn(request_id=pending_return(held).id), reason)


async def escalate_return(held: Held, desk: Desk, reason: str) -> None:
    clocks = await sla.clocks(held.conn, desk, held.now)
    due = consultation_due(clocks.policy, clocks.calendar, start=held.now).at
    await held.do(f.EscalateReturn(request_id=pending_return(held).id, due=due), reason)


async def recall(held: Held, assignment_id: int, reason: str) -> None:
    """撤回协办: by the unit that drew it in, or by the centre."""
    await held.do(f.Recall(assignment_id=assignment_id), reason)
