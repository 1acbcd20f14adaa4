"""不纳入考核: a unit asks with its evidence, somebody at the centre who had no hand in the ticket decides."""

from hotline.callback.plan import appeal_until
from hotline.infra.errors import InvalidInput
from hotline.infra.words import tidy
from hotline.sla.actions import clocks
from hotline.supervision.standing import store
from hotline.supervision.standing.grounds import EXCLUSION
from hotline.tickets import facts as f
from hotline.tickets.actions import Held
from hotline.tickets.guards import GuardRefused
from hotline.tickets.states import Asked
from hotline.tickets.verbs import Desk


async def request_exclusion(held: Held, *, ground: str, evidence: str, reason: str, desk: Desk) -> None:
    """While the unit has it, and three working days beyond its end."""
    if ground not in EXCLUSION:
        raise InvalidInput([("ground", f"请从 {len(EXCLUSION)} 种情形中选择一种。")])
    if held.ticket.ended_at:
        given = await clocks(held.conn, desk, held.now)
        within = given.policy.appeals.result_days
        until = appeal_until(given.calendar, held.ticket.ended_at, within)
        if held.now > until:
            refusal = f"申请须在办结后 {within} 个工作日内提出，已于 {until:%Y-%m-%d} 截止。"
            raise GuardRefused(refusal, ticket_id=held.ticket.id)
    lead = held.ticket.last_lead
    fact = f.RequestExclusion(lead.id if lead else 0, ground, tidy(evidence))
    await held.do(fact, tidy(reason))


async def decide_exclusion(held: Held, *, granted: bool, reason: str) -> None:
    """Granted, the ticket leaves numerator and denominator of every rate of the units."""
    asked = held.ticket.pending(Asked.EXCLUSION)
    if asked is None:
        raise GuardRefused("没有待审核的申请，可能已被他人处理，请刷新。", ticket_id=held.ticket.id)
    if held.actor.person_id in await store.handled_by(held.conn, held.ticket.id):
        refusal = "审核人不能是派单、审核或回访过本工单的人员，请由他人审核。"
        raise GuardRefused(refusal, ticket_id=held.ticket.id)
    await held.do(f.DecideExclusion(request_id=asked.id, granted=granted), tidy(reason))
