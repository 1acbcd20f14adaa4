"""Open a callback when a reply is accepted, take the citizen's answer, close or send back."""

import secrets
from datetime import datetime, timedelta

import msgspec

from hotline.callback import plan, store
from hotline.callback.desk import store as waiting
from hotline.callback.outcome import LOW, verdict
from hotline.callback.texts import actions as texts
from hotline.callback.texts import text
from hotline.directory.people import CITIZEN, SYSTEM
from hotline.dispatch.actions import shares
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, InvalidInput, NotFound
from hotline.infra.words import tidy
from hotline.intake.numbers import plain_code
from hotline.intake.store import find_code
from hotline.sla import actions as sla
from hotline.sla.deadlines import limit_due
from hotline.sla.policy import CallbackSample
from hotline.tickets import facts as f
from hotline.tickets.actions import Held
from hotline.tickets.guards import MAX_ROUNDS, GuardRefused
from hotline.tickets.petitioner import store as petitioners
from hotline.tickets.states import (
    OPEN,
    Asked,
    Closing,
    DissatisfiedWith,
    Outcome,
    OverlayKind,
    Part,
    Solved,
    Stage,
)
from hotline.tickets.ticket import Callback, Ticket
from hotline.tickets.verbs import Desk

TOLD_WITHIN = timedelta(hours=12)
"""A call that was dialled is told of within the shift."""


async def approve_reply(held: Held, desk: Desk, reason: str = "") -> None:
    """审核通过: the callback opens and the citizen gets a page of their own to answer on.

    Who wants no callback, or left no way to be called, is not asked, and the ticket ends by rule, counted neither way."""
    clocks = await sla.clocks(held.conn, desk, held.now)
    sampled, draw = await sample(held, desk, clocks.policy.callback_sample)
    await held.do(f.ApproveReply(plan.due(clocks.calendar, held.now), sampled, draw), reason)
    callback = current(held)
    if not plan.asked(held.ticket, reachable=await store.reachable(held.conn, held.ticket.id)):
        why = "诉求人未留联系方式,无法回访。" if held.ticket.callback_wanted else "诉求人表示不需要回访。"
        await held.do(f.Close(outcome=Outcome.NOT_ASKED), why, by=SYSTEM)
        return
    await store.add_survey(held.conn, secrets.token_urlsafe(24), held.ticket.id, callback.id, held.now)
    says = clocks.policy.survey_text
    if text.to_be_asked(held.ticket):
        await texts.by_the_pack(held, desk, callback.id, says.kinds, held.now)


async def sample(held: Held, desk: Desk, said: CallbackSample) -> tuple[bool, str]:
    """抽样, and how it was drawn; (True, "") where everybody is called."""
    unit_id = held.ticket.lead_unit
    if unit_id is None or not plan.drawn(held.ticket, said.kinds):
        return True, ""
    month = f"{held.now.astimezone(BEIJING):%Y-%m}"
    number = await store.draw(held.conn, unit_id, month)
    chosen = plan.chosen(desk.settings.secret_key, unit_id, month, number, said.every)
    return chosen, f"{month} 本单位第 {number} 件,每 {said.every} 件抽 1 件,{'抽中' if chosen else '未抽中'}"


async def end_unasked(held: Held) -> None:
    """Asked on the page alone and not answered in time: it ends, and counts neither way."""
    found = held.ticket.open_callback
    if found is None or found.sampled or found.awaits_call or held.now <= found.due:
        return
    await held.do(f.Close(outcome=Outcome.NOT_ASKED), "未抽中人工回访,诉求人未在网上评价。", by=SYSTEM)


def current(held: Held) -> Callback:
    found = held.ticket.open_callback
    if found is None:
        raise GuardRefused("本工单没有进行中的回访。", ticket_id=held.ticket.id)
    return found


class Answered(msgspec.Struct, frozen=True):
    """What the citizen said."""

    solved: Solved
    rating: int
    dissatisfied_with: DissatisfiedWith | None = None
    channel: str = "phone"
    contacted: bool | None = None
    as_told: bool | None = None


async def attempt(
    held: Held,
    desk: Desk,
    *,
    reached: bool,
    answered: Answered | None,
    declined: bool,
    channel: str,
    note: str,
) -> None:
    """One call. Reached with an answer decides; unreached three times ends it, counting neither way."""
    callback = current(held)
    said = answered if reached and not declined else None
    tries = await store.tries(held.conn, held.ticket.id, callback.id)
    after = await waiting.call_after(held.conn, held.ticket.id, callback.id)
    tried = None if reached else plan.unreached(tries, held.now, after)
    call = await dialled(held, callback, channel)
    await held.do(attempted(callback, channel, reached, tidy(note), said, tried, call))
    if said:
        await settle(held, desk, said, tidy(note))
    elif declined or (tried and tried.next_after is None):
        await end(held, desk, Outcome.DECLINED if declined else Outcome.UNREACHED, channel)


async def dialled(held: Held, callback: Callback, channel: str) -> str:
    """The call that this attempt tells of; a call of yesterday is not it."""
    if channel != "phone" or held.actor.person_id is None:
        return ""
    return await store.dialled(held.conn, held.ticket.id, callback.id, held.actor.person_id, held.now - TOLD_WITHIN)


def attempted(
    callback: Callback,
    channel: str,
    reached: bool,
    note: str,
    said: Answered | None,
    tried: plan.Try | None,
    call: str = "",
) -> f.AttemptCallback:
    return f.AttemptCallback(
        callback.id,
        channel,
        reached,
        note,
        solved=said.solved if said else None,
        rating=said.rating if said else None,
        dissatisfied_with=said.dissatisfied_with if said else None,
        contacted=said.contacted if said else None,
        as_told=said.as_told if said else None,
        counted=tried.counted if tried else False,
        next_after=tried.next_after if tried else None,
        call=call,
    )


async def end(held: Held, desk: Desk, outcome: Outcome, channel: str) -> None:
    """Nobody could be spoken with: what the citizen has answered on the page stands, else it counts neither way."""
    callback = current(held)
    if callback.solved is not None and callback.rating is not None:
        page = Answered(callback.solved, callback.rating, callback.dissatisfied_with, f.PAGE)
        await settle(held, desk, page)
        return
    await held.do(f.Close(outcome=outcome, channel=channel))


async def settle(held: Held, desk: Desk, answered: Answered, reason: str = "") -> None:
    """Satisfied closes; dissatisfied goes back to the same unit with the reason; after two rounds a supervisor looks."""
    check_rating(answered.rating)
    if verdict(answered.solved, answered.rating) is Outcome.SATISFIED:
        await satisfied(held, answered)
        return
    await rated_low(held, desk, answered.rating)
    if held.ticket.round < MAX_ROUNDS:
        await send_back(held, desk, answered, reason)


async def satisfied(held: Held, answered: Answered) -> None:
    await held.do(f.Close(Outcome.SATISFIED, answered.solved, answered.rating, answered.channel))
    await struck_off(held, answered)


async def struck_off(held: Held, answered: Answered) -> None:
    """办结即销号: of a ticket marked as difficult the citizen has just said that it is solved; who asked for it has it."""
    if answered.solved is not Solved.YES:
        return
    if held.ticket.has_overlay(OverlayKind.DIFFICULT):
        await held.do(f.StrikeOff(answered.solved, answered.rating))
    await store.grant_strike(held.conn, held.ticket.id, answered.rating, by=held.actor, now=held.now)


def check_rating(rating: int) -> None:
    if not 1 <= rating <= 5:
        raise InvalidInput([("rating", "满意度应为 1 至 5。")])


async def rated_low(held: Held, desk: Desk, rating: int, callback_id: int | None = None) -> None:
    """差评: one a callback; somebody speaks with the citizen within a working day (docs/rules.md F.8)."""
    about = current(held).id if callback_id is None else callback_id
    known = any(o.kind is OverlayKind.LOW_RATING and o.origin == str(about) for o in held.ticket.overlays)
    if rating > LOW or known or held.ticket.has_overlay(OverlayKind.LOW_RATING):
        return
    given = await sla.clocks(held.conn, desk, held.now)
    limit = given.policy.low_rating.contact or given.policy.low_rating.finish
    due = limit_due(given.policy, given.calendar, limit, held.now).at
    rectify = limit_due(given.policy, given.calendar, given.policy.low_rating.finish, held.now).at
    await held.do(f.LowRating(callback_id=about, rating=rating, due=due, rectify=rectify))


async def send_back(held: Held, desk: Desk, answered: Answered, reason: str = "") -> None:
    """重办: to the unit that answered, on the short clock of rework."""
    check_rating(answered.rating)
    await rated_low(held, desk, answered.rating)
    last = held.ticket.last_lead
    if last is None:
        raise GuardRefused("本工单没有承办单位,不能重办。", ticket_id=held.ticket.id)
    lead, _ = await shares(held, last.unit_id, (), desk, basis=last.basis, rework=True, returnable=False)
    fact = f.SendBack(
        lead=lead,
        solved=answered.solved,
        rating=answered.rating,
        channel=answered.channel,
        dissatisfied_with=answered.dissatisfied_with,
    )
    await held.do(fact, reason)


async def close(held: Held, *, outcome: Outcome, answered: Answered | None, channel: str, reason: str) -> None:
    callback = current(held)
    tried = await store.tries(held.conn, held.ticket.id, callback.id)
    if outcome is Outcome.UNREACHED and not plan.exhausted(tried):
        refusal = f"未接通须先在不同日期、不同时段拨打 {plan.TRIES} 次,现已拨打 {len(tried)} 次。"
        raise GuardRefused(refusal, ticket_id=held.ticket.id)
    fact = f.Close(
        outcome=outcome,
        solved=answered.solved if answered else None,
        rating=answered.rating if answered else None,
        channel=channel,
        dissatisfied_with=answered.dissatisfied_with if answered else None,
    )
    await held.do(fact, reason)
    if answered and outcome is Outcome.SATISFIED:
        await struck_off(held, answered)


async def conclude(held: Held, *, closing: Closing, explanation: str, answered: Answered | None, reason: str) -> None:
    """终结 by a supervisor: lawfully done, explained, not to be done again."""
    fact = f.Conclude(
        closing=closing,
        explanation=explanation,
        solved=answered.solved if answered else None,
        rating=answered.rating if answered else None,
        dissatisfied_with=answered.dissatisfied_with if answered else None,
    )
    await held.do(fact, reason)


async def reopen(held: Held, desk: Desk, *, new_facts: str, reason: str) -> None:
    """重新办理 of a closed ticket, on the short clock."""
    last = held.ticket.last_lead
    if last is None:
        raise GuardRefused("本工单没有派过承办单位,请新建工单。", ticket_id=held.ticket.id)
    lead, _ = await shares(held, last.unit_id, (), desk, basis=last.basis, rework=True, returnable=False)
    await held.do(f.Reopen(lead=lead, new_facts=tidy(new_facts)), reason)


async def withdraw(held: Held, proof: str, reason: str) -> None:
    await held.do(f.Withdraw(proof=tidy(proof)), reason)


async def withdraw_by_code(
    conn: Connection, code: str, last4: str, reason: str, *, now: datetime, desk: Desk
) -> Ticket:
    """The citizen takes the request back: the code was sent to them, the digits are those of their telephone."""
    ticket_id = await find_code(conn, plain_code(code)[:32])
    if ticket_id is None or not await petitioners.tail_matches(conn, ticket_id, last4[:8], desk.cipher):
        raise NotFound("没有查到:请核对查询码和联系电话后四位。")
    if not tidy(reason):
        raise InvalidInput([("reason", "请写明撤回的原因。")])
    async with sla.working(conn, ticket_id, actor=CITIZEN, now=now, desk=desk) as held:
        if held.ticket.state not in OPEN:
            raise NotOpen("这件诉求已办结、已合并或已撤回,不能再撤回。")
        await held.do(f.Withdraw(proof=BY_CODE), tidy(reason))
        return held.ticket


BY_CODE = "查询码与电话核验"


class NotOpen(Conflict):
    """There is nothing left to take back."""

    code = "not_open"


async def appeal(
    held: Held, desk: Desk, *, callback_id: int | None, evidence: str, ground: str = "", reason: str
) -> None:
    """考核申诉: once for a result, within three working days, with evidence (docs/rules.md F.9). The ticket goes its way."""
    judged = [c for c in held.ticket.callbacks if c.outcome is Outcome.DISSATISFIED and callback_id in (None, c.id)]
    if not judged or judged[-1].ended_at is None:
        raise GuardRefused("只能对不满意或未解决的回访结果提出申诉。", ticket_id=held.ticket.id)
    found = judged[-1]
    assert found.ended_at is not None
    given = await sla.clocks(held.conn, desk, held.now)
    within = given.policy.appeals.result_days
    until = plan.appeal_until(given.calendar, found.ended_at, within)
    if held.now > until:
        refusal = f"申诉须在回访结果作出后 {within} 个工作日内提出,已于 {until:%Y-%m-%d} 截止。"
        raise GuardRefused(refusal, ticket_id=held.ticket.id)
    leads = [a for a in held.ticket.assignments if a.part is Part.LEAD and a.round == found.round]
    done = next((a for a in leads if a.stage is Stage.DONE), None)
    fact = f.Appeal(done.id if done else 0, found.id, tidy(evidence), ground)
    await held.do(fact, reason)


async def decide_appeal(held: Held, *, granted: bool, reason: str) -> None:
    """申诉复核 by somebody who had no part in the callback; granted, it is counted in no rate."""
    asked = held.ticket.pending(Asked.APPEAL)
    if asked is None or asked.callback_id is None:
        raise GuardRefused("没有待复核的申诉,可能已被他人处理,请刷新。", ticket_id=held.ticket.id)
    if held.actor.person_id in await store.callers(held.conn, held.ticket.id, asked.callback_id):
        raise GuardRefused("复核人不能是原回访人员,请由他人复核。", ticket_id=held.ticket.id)
    await held.do(f.DecideAppeal(request_id=asked.id, granted=granted), reason)
