"""The citizen's own page: ask for it, and take the answer; of a callback and of a direct answer alike (docs/decisions/0096)."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from hotline.callback import plan, store
from hotline.callback.actions import Answered, check_rating, current, rated_low, satisfied
from hotline.callback.outcome import verdict
from hotline.callback.texts import actions as texts
from hotline.directory.people import CITIZEN
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, InvalidInput, NotFound
from hotline.infra.outbox import follow
from hotline.infra.words import tidy
from hotline.sla import actions as sla
from hotline.tickets import facts as f
from hotline.tickets.actions import Held
from hotline.tickets.states import Closing, DissatisfiedWith, Outcome, Solved, State
from hotline.tickets.verbs import Desk

AFTER_CALL = timedelta(minutes=10)
"""Whoever presses a mark after the call is not asked a second time: the text waits for it."""


async def invite(held: Held, desk: Desk) -> None:
    """A page for everybody who wants to be asked, and a text where the pack says so."""
    ticket = held.ticket
    if ticket.closing is not Closing.ANSWERED:
        return
    if not plan.asked(ticket, reachable=await store.reachable(held.conn, ticket.id)):
        return
    if await store.without_page(held.conn, ticket.id, f.DIRECT):
        await store.add_survey(held.conn, secrets.token_urlsafe(24), ticket.id, f.DIRECT, held.now)
        says = (await sla.clocks(held.conn, desk, held.now)).policy.survey_text
        await texts.by_the_pack(held, desk, f.DIRECT, says.answered_kinds, held.now + AFTER_CALL)


class SurveyUsed(Conflict):
    """The page was answered before, or the callback is over."""

    code = "survey_answered"


MOST_COMMENT = 1000


async def found_survey(conn: Connection, token: str, now: datetime) -> store.Survey:
    found = await store.find_survey(conn, token, now)
    if found is None:
        raise NotFound("没有这份评价,请核对链接。")
    if found.expired:
        raise NotFound("短信中的链接已过期。您仍可在“查进度”页用查询码评价,或拨打 12345。")
    return found


async def answer_survey(
    conn: Connection,
    token: str,
    *,
    solved: Solved,
    rating: int,
    dissatisfied_with: DissatisfiedWith | None,
    reasons: Sequence[str],
    comment: str,
    source: bytes,
    now: datetime,
    desk: Desk,
) -> None:
    """The citizen answers by page, once; an unhappy answer is followed by a person's call (docs/rules.md F.4)."""
    survey = await found_survey(conn, token, now)
    check_rating(rating)
    if dissatisfied_with and verdict(solved, rating) is Outcome.SATISFIED:
        raise InvalidInput([("dissatisfied_with", "满意的评价不填不满意的原因。")])
    said = tidy(comment)
    if len(said) > MOST_COMMENT:
        raise InvalidInput([("comment", f"补充说明最多 {MOST_COMMENT} 个字,现有 {len(said)} 个字,请精简后再提交。")])
    async with sla.working(conn, survey.ticket_id, actor=CITIZEN, now=now, desk=desk) as held:
        check_open(held, survey)
        kept = [tidy(reason)[:50] for reason in reasons][:10]
        if not await store.answer(conn, survey.token, now, solved.value, rating, kept, said, source):
            raise SurveyUsed("您已经评价过,感谢您的参与。")
        channel = f.SMS_LINK if survey.by_link else f.PAGE
        answered = Answered(solved, rating, dissatisfied_with, channel)
        await (rate if survey.callback_id == f.DIRECT else answer)(held, desk, answered)


def check_open(held: Held, survey: store.Survey) -> None:
    callback = held.ticket.open_callback
    direct = survey.callback_id == f.DIRECT
    if not survey.open or not (direct or (held.ticket.state is State.CALLBACK and callback)):
        raise SurveyUsed("您已经评价过,感谢您的参与。" if survey.answered else "这次评价已经结束,感谢您的参与。")
    if callback and callback.rating is not None and not survey.answered:
        raise SurveyUsed("您已经在电话里评价过,感谢您的参与。")


async def answer(held: Held, desk: Desk, said: Answered) -> None:
    """Of a callback: satisfied closes; for anything else a person calls first."""
    callback_id = current(held).id
    await held.do(
        f.AttemptCallback(callback_id, said.channel, True, "", said.solved, said.rating, said.dissatisfied_with)
    )
    if verdict(said.solved, said.rating) is Outcome.SATISFIED:
        await satisfied(held, said)
    else:
        await rated_low(held, desk, said.rating)


async def rate(held: Held, desk: Desk, said: Answered) -> None:
    """Unhappy, it is taken in as a request: the classifier may advise, a person speaks with the citizen and decides."""
    await held.do(f.Rate(said.channel, said.solved, said.rating, said.dissatisfied_with))
    if f.unhappy(said.solved, said.rating):
        await rated_low(held, desk, said.rating, f.DIRECT)
        await follow(held.conn, "ticket.registered", held.ticket.id, {"unhappy": True})
