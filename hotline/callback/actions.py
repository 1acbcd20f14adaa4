"""Open a callback when a reply is accepted, take the citizen's answer, close or send back."""

import secrets
from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.callback import plan, store
from hotline.callback.outcome import verdict
from hotline.directory.people import CITIZEN
from hotline.dispatch.actions import shares
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, InvalidInput, NotFound
from hotline.intake.form import tidy
from hotline.sla import actions as sla
from hotline.tickets import facts as f
from hotline.tickets.actions import Held
from hotline.tickets.guards import MAX_ROUNDS, GuardRefused
from hotline.tickets.states import Closing, Outcome, Solved, State
from hotline.tickets.ticket import Callback
from hotline.tickets.verbs import Desk


async def approve_reply(held: Held, desk: Desk, reason: str = "") -> None:
    """审核通过: the callback opens and the citizen gets a page of their own to answer on."""
    clocks = await sla.clocks(held.conn, desk, held.now)
    await held.do(f.ApproveReply(callback_due=plan.due(clocks.calendar, held.now)), reason)
    callback = held.ticket.open_callback
    assert callback is not None
    await store.add_survey(held.conn, secrets.token_urlsafe(24), held.ticket.id, callback.id, held.now)


def current(held: Held) -> Callback:
    found = held.ticket.open_callback
    if found is None:
        raise GuardRefused("本工单没有进行中的回访。", ticket_id=held.ticket.id)
    return found


class Answered(msgspec.Struct, frozen=True):
    """What the citizen said."""

    solved: Solved
    rating: int
    dissatisfied_with: str = ""
    channel: str = "phone"


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
    await held.do(
        f.AttemptCallback(
            callback.id, channel, reached, tidy(note), said.solved if said else None, said.rating if said else None
        )
    )
    if reached and declined:
        await held.do(f.Close(outcome=Outcome.DECLINED, channel=channel))
    elif reached and answered:
        await settle(held, desk, answered)
    elif not reached and plan.exhausted(await store.tries(held.conn, held.ticket.id, callback.id)):
        await held.do(f.Close(outcome=Outcome.UNREACHED, channel=channel))


async def settle(held: Held, desk: Desk, answered: Answered) -> None:
    """Satisfied closes; dissatisfied goes back to the same unit; after two rounds a supervisor must look."""
    if not 1 <= answered.rating <= 5:
        raise InvalidInput([("rating", "满意度应为 1 至 5。")])
    if verdict(answered.solved, answered.rating) is Outcome.SATISFIED:
        fact = f.Close(Outcome.SATISFIED, answered.solved, answered.rating, answered.channel)
        await held.do(fact)
        return
    if held.ticket.round >= MAX_ROUNDS:
        return
    await send_back(held, desk, answered)


async def send_back(held: Held, desk: Desk, answered: Answered, reason: str = "") -> None:
    """重办: to the unit that answered, on the short clock of rework."""
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
        dissatisfied_with=answered.dissatisfied_with if answered else "",
    )
    await held.do(fact, reason)


async def conclude(held: Held, *, closing: Closing, explanation: str, answered: Answered | None, reason: str) -> None:
    """终结 by a supervisor: lawfully done, explained, not to be done again."""
    fact = f.Conclude(
        closing=closing,
        explanation=explanation,
        solved=answered.solved if answered else None,
        rating=answered.rating if answered else None,
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


class SurveyUsed(Conflict):
    """The page was answered before, or the callback is over."""

    code = "survey_answered"


async def answer_survey(
    conn: Connection,
    token: str,
    *,
    solved: Solved,
    rating: int,
    reasons: Sequence[str],
    comment: str,
    now: datetime,
    desk: Desk,
) -> None:
    """The citizen answers by page, once. Satisfied closes; for anything else a person calls first (docs/rules.md F.4)."""
    survey = await store.find_survey(conn, token)
    if survey is None:
        raise NotFound("没有这份评价,请核对链接。")
    if not 1 <= rating <= 5:
        raise InvalidInput([("rating", "满意度应为 1 至 5。")])
    async with sla.working(conn, survey.ticket_id, actor=CITIZEN, now=now, desk=desk) as held:
        if not survey.open or held.ticket.state is not State.CALLBACK:
            raise SurveyUsed("这次评价已经结束,感谢您的参与。")
        kept = [tidy(reason)[:50] for reason in reasons][:10]
        if not await store.answer(conn, token, now, solved.value, rating, kept, tidy(comment)[:1000]):
            raise SurveyUsed("您已经评价过,感谢您的参与。")
        await held.do(f.AttemptCallback(survey.callback_id, "page", True, "", solved, rating))
        if verdict(solved, rating) is Outcome.SATISFIED:
            await held.do(f.Close(Outcome.SATISFIED, solved, rating, "page"))
