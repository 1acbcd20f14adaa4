"""Send a ticket to its units, hear objections, rule. Each function works on a ticket that is held."""

from collections.abc import Sequence

from hotline.directory.store import load_directory
from hotline.directory.units import Directory, Unit
from hotline.dispatch.assignments import computed, share, times
from hotline.infra.errors import InvalidInput
from hotline.routing.decide import may_receive
from hotline.routing.facts import facts_of
from hotline.routing.store import load_categories
from hotline.sla import actions as sla
from hotline.sla.deadlines import consultation_due
from hotline.tickets import facts as f
from hotline.tickets.actions import Held
from hotline.tickets.guards import GuardRefused
from hotline.tickets.states import Asked
from hotline.tickets.ticket import Request
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
    given = times(computed(held.ticket, clocks, held.now, rework=rework), returnable=returnable)
    lead = await receiver(held, directory, unit_id, "unit_id")
    assists = [await receiver(held, directory, other, "assists") for other in assist_ids]
    return share(lead, given, basis), tuple(share(unit, given) for unit in assists)


async def receiver(held: Held, directory: Directory, unit_id: int, field: str) -> Unit:
    """The unit, or the reason why it must not be sent this ticket."""
    unit = directory.unit(unit_id)
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
) -> None:
    lead, others = await shares(held, unit_id, assists, desk, basis=basis)
    await held.do(f.Dispatch(lead=lead, assists=others, automatic=automatic, because=because))


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
    lead, others = await shares(held, unit_id, assists, desk, basis=basis, returnable=False)
    await held.do(f.Rule(lead=lead, assists=others, to_catalogue=to_catalogue), reason)


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


async def refuse_return(held: Held, reason: str) -> None:
    await held.do(f.RefuseReturn(request_id=pending_return(held).id), reason)


async def escalate_return(held: Held, desk: Desk, reason: str) -> None:
    clocks = await sla.clocks(held.conn, desk, held.now)
    due = consultation_due(clocks.policy, clocks.calendar, start=held.now).at
    await held.do(f.EscalateReturn(request_id=pending_return(held).id, due=due), reason)
