"""The callback desk: worklist, attempts, and the verbs that end or reopen a ticket."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.callback import actions, plan, store
from hotline.callback.actions import Answered, check_rating
from hotline.callback.outcome import fair, verdict
from hotline.callback.surveys import actions as surveys
from hotline.directory.http import actor_of
from hotline.infra.errors import Forbidden, InvalidInput, NotFound
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.intake.http import public_reply
from hotline.intake.store import direct_answer
from hotline.sla.actions import working
from hotline.tickets import permissions
from hotline.tickets import store as tickets
from hotline.tickets.actions import Held
from hotline.tickets.facts import DIRECT
from hotline.tickets.guards import SECRET_CALLERS
from hotline.tickets.states import Closing, DissatisfiedWith, Event, Outcome, Solved
from hotline.tickets.verbs import Command, Desk, Verb

HORIZON = timedelta(days=7)


class Worklist(msgspec.Struct, frozen=True):
    items: list[store.Due]
    more: bool
    """There are more, and these are the most pressing."""
    quiet: bool
    """People are left in peace now."""


LISTED = 200


async def worklist(request: Request) -> Response:
    """GET /api/v1/callbacks?due= : open callbacks due by a moment (default: a week from now)."""
    actor = actor_of(request)
    if not actor.has(*permissions.MAY[Event.ATTEMPT_CALLBACK]):
        raise Forbidden("您的岗位不能查看回访任务。")
    due_by = moment(request.query_params.get("due")) or now(request) + HORIZON
    async with transaction(request) as conn:
        secret = actor.has(*SECRET_CALLERS)
        items = await store.worklist(
            conn, due_by=due_by, unit_id=actor.unit_id, secret=secret, now=now(request), limit=LISTED + 1
        )
        return answer(listed(items, now(request)))


def listed(items: list[store.Due], at: datetime) -> Worklist:
    return Worklist(sorted(items[:LISTED], key=lambda one: one.pressing), len(items) > LISTED, plan.quiet(at))


def moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidInput([("due", "时间应形如 2026-11-22T10:00:00+08:00。")])
    return found


Way = Literal["phone", "ivr", "sms", "wechat", "app", "visit"]
"""How a person or a machine of ours asked; the citizen's own page is another way."""


class Attempt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One try: reached or not, and if so the two answers."""

    reached: bool
    version: int | None = None
    solved: Solved | None = None
    rating: int | None = None
    declined: bool = False
    dissatisfied_with: DissatisfiedWith | None = None
    contacted: bool | None = None
    """工作人员是否联系过您"""
    as_told: bool | None = None
    """办理情况是否属实"""
    channel: Way = "phone"
    note: Annotated[str, Meta(max_length=1000)] = ""


class Attempted(msgspec.Struct, frozen=True):
    ticket_id: int
    version: int
    state: str
    attempts: int


async def attempt(request: Request) -> Response:
    """POST /api/v1/callbacks/{id}/attempts"""
    body = await json_body(request, Attempt)
    ticket_id, callback_id = parts(request.path_params["id"])
    desk = Desk(services(request).settings, services(request).cipher)
    async with (
        transaction(request) as conn,
        working(conn, ticket_id, actor=actor_of(request), now=now(request), desk=desk, version=body.version) as held,
    ):
        found = held.ticket.open_callback
        if found is None or found.id != callback_id:
            raise NotFound("没有这次回访,或它已经结束。")
        await actions.attempt(
            held,
            desk,
            reached=body.reached,
            answered=given(body),
            declined=body.declined,
            channel=body.channel,
            note=body.note,
        )
        done = next(c for c in held.ticket.callbacks if c.id == callback_id)
    return answer(Attempted(ticket_id, held.ticket.version, held.ticket.state.value, done.attempts), 201)


def given(body: Attempt) -> Answered | None:
    if body.reached and not body.declined and body.solved is None and body.rating is None:
        raise InvalidInput([("solved", "接通后请记录是否解决和是否满意;诉求人不愿评价的,请选择拒绝评价。")])
    found = answers(body.solved, body.rating, body.dissatisfied_with, body.channel)
    if not fair(body.dissatisfied_with, contacted=body.contacted, as_told=body.as_told):
        raise InvalidInput([("dissatisfied_with", "诉求人说没有联系过或办理情况不属实的,不是只对结果不满意。")])
    return found and msgspec.structs.replace(found, contacted=body.contacted, as_told=body.as_told)


def answers(
    solved: Solved | None, rating: int | None, dissatisfied_with: DissatisfiedWith | None, channel: str
) -> Answered | None:
    if solved is None and rating is None:
        return None
    if solved is None or rating is None:
        raise InvalidInput([("rating", "是否解决和是否满意须同时填写。")])
    check_rating(rating)
    if dissatisfied_with and verdict(solved, rating) is Outcome.SATISFIED:
        raise InvalidInput([("dissatisfied_with", "诉求人满意的,不填不满意原因。")])
    return Answered(solved, rating, dissatisfied_with, channel)


def parts(callback: str) -> tuple[int, int]:
    ticket, _, number = callback.partition("-")
    if not (callback.isascii() and ticket.isdecimal() and number.isdecimal() and len(ticket) < 19 and len(number) < 9):
        raise NotFound("没有这次回访。")
    return int(ticket), int(number)


class SurveyPage(msgspec.Struct, frozen=True):
    """What the survey page shows: the matter's title and the public reply, nothing of persons."""

    title: str
    public_reply: str | None
    answered: bool
    open: bool


class SurveyAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    solved: Solved
    rating: int
    """1 非常不满意 … 5 非常满意"""
    dissatisfied_with: DissatisfiedWith | None = None
    """主要对什么不满意;result 是只对结果不满意、程序到位,另行统计"""
    reasons: tuple[str, ...] = ()
    comment: str = ""


class Thanks(msgspec.Struct, frozen=True):
    message: str


TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


def token_of(request: Request) -> str:
    token: str = request.path_params["token"]
    if not TOKEN.fullmatch(token):
        raise NotFound("没有这份评价,请核对链接。")
    return token


async def survey(request: Request) -> Response:
    """GET /api/v1/public/surveys/{token}"""
    return answer(await survey_page(request, token_of(request)))


async def survey_page(request: Request, token: str) -> SurveyPage:
    async with services(request).pool.acquire() as conn:
        found = await surveys.found_survey(conn, token, now(request))
        ticket = await tickets.load(conn, found.ticket_id)
        matter = await tickets.load_matter(conn, found.ticket_id)
        assert ticket is not None
        direct = found.callback_id == DIRECT
        reply = await (direct_answer(conn, ticket.id) if direct else public_reply(conn, ticket))
    if ticket.secret:
        # Whoever finds the link reads nothing of the matter (docs/rules.md F.11).
        return SurveyPage(SECRET_TITLE, None, found.answered, found.open)
    return SurveyPage(matter.title, reply, found.answered, found.open)


SECRET_TITLE = "您向 12345 反映的事项"


async def answer_survey(request: Request) -> Response:
    """POST /api/v1/public/surveys/{token}: once."""
    body = await json_body(request, SurveyAnswer)
    await take_answer(request, token_of(request), body)
    return answer(Thanks("感谢您的评价。"), 201)


async def take_answer(request: Request, token: str, body: SurveyAnswer) -> None:
    desk = Desk(services(request).settings, services(request).cipher)
    async with transaction(request) as conn:
        await surveys.answer_survey(
            conn,
            token,
            solved=body.solved,
            rating=body.rating,
            dissatisfied_with=body.dissatisfied_with,
            reasons=body.reasons,
            comment=body.comment,
            source=source(request),
            now=now(request),
            desk=desk,
        )


def source(request: Request) -> bytes:
    """Address and browser in one keyed digest: it tells that two answers came from one device, and nothing else."""
    address = request.client.host if request.client else ""
    return services(request).cipher.blind_index(f"survey:{address}:{request.headers.get('user-agent', '')}")


class ApproveReply(Command, frozen=True, kw_only=True):
    """审核通过"""


class Close(Command, frozen=True, kw_only=True):
    """办结 after a callback; `outcome` is satisfied, unreached or declined."""

    outcome: Outcome
    solved: Solved | None = None
    rating: int | None = None
    channel: Way = "phone"


class SendBack(Command, frozen=True, kw_only=True):
    """退回重办"""

    solved: Solved
    rating: int
    dissatisfied_with: DissatisfiedWith | None = None
    channel: Way = "phone"


class Conclude(Command, frozen=True, kw_only=True):
    """终结"""

    explanation: str
    closing: Closing = Closing.CONCLUDED
    solved: Solved | None = None
    rating: int | None = None
    dissatisfied_with: DissatisfiedWith | None = None


class Reopen(Command, frozen=True, kw_only=True):
    """重新办理"""

    new_facts: str = ""


class Withdraw(Command, frozen=True, kw_only=True):
    """撤诉"""

    proof: str


class Appeal(Command, frozen=True, kw_only=True):
    """考核申诉 of a dissatisfied result; without `callback_id` the latest."""

    evidence: Annotated[str, Meta(max_length=2000)]
    callback_id: int | None = None
    ground: Literal["", "misrated", "malicious", "lawful", "not_ours", "other"] = ""


class DecideAppeal(Command, frozen=True, kw_only=True):
    """申诉复核"""

    granted: bool


async def appeal(held: Held, body: Appeal, desk: Desk) -> None:
    await actions.appeal(
        held, desk, callback_id=body.callback_id, evidence=body.evidence, ground=body.ground, reason=body.reason
    )


async def decide_appeal(held: Held, body: DecideAppeal, desk: Desk) -> None:
    await actions.decide_appeal(held, granted=body.granted, reason=body.reason)


class TakeBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """撤诉 by the citizen, from the page they track their request on."""

    phone_last4: Annotated[str, Meta(max_length=8)]
    reason: Annotated[str, Meta(max_length=200)]


class TakenBack(msgspec.Struct, frozen=True):
    ticket_id: int
    message: str


async def take_back(request: Request) -> Response:
    """POST /api/v1/public/requests/{query_code}/withdraw"""
    body = await json_body(request, TakeBack)
    return answer(await taken_back(request, request.path_params["query_code"], body))


async def taken_back(request: Request, code: str, body: TakeBack) -> TakenBack:
    """For the API and the citizen's page."""
    desk = Desk(services(request).settings, services(request).cipher)
    async with transaction(request) as conn:
        found = await actions.withdraw_by_code(conn, code, body.phone_last4, body.reason, now=now(request), desk=desk)
    return TakenBack(found.id, "您的诉求已撤回。今后如仍需帮助,请随时再次联系我们。")


async def approve_reply(held: Held, body: ApproveReply, desk: Desk) -> None:
    await actions.approve_reply(held, desk, body.reason)


async def close(held: Held, body: Close, desk: Desk) -> None:
    answered = answers(body.solved, body.rating, None, body.channel)
    await actions.close(held, outcome=body.outcome, answered=answered, channel=body.channel, reason=body.reason)


async def send_back(held: Held, body: SendBack, desk: Desk) -> None:
    answered = Answered(body.solved, body.rating, body.dissatisfied_with, body.channel)
    await actions.send_back(held, desk, answered, body.reason)


async def conclude(held: Held, body: Conclude, desk: Desk) -> None:
    answered = answers(body.solved, body.rating, body.dissatisfied_with, "phone")
    await actions.conclude(
        held, closing=body.closing, explanation=body.explanation, answered=answered, reason=body.reason
    )


async def reopen(held: Held, body: Reopen, desk: Desk) -> None:
    await actions.reopen(held, desk, new_facts=body.new_facts, reason=body.reason)


async def withdraw(held: Held, body: Withdraw, desk: Desk) -> None:
    await actions.withdraw(held, body.proof, body.reason)


VERBS = (
    Verb("approve_reply", Event.APPROVE_REPLY, ApproveReply, approve_reply),
    Verb("close", Event.CLOSE, Close, close),
    Verb("send_back", Event.SEND_BACK, SendBack, send_back),
    Verb("conclude", Event.CONCLUDE, Conclude, conclude),
    Verb("reopen", Event.REOPEN, Reopen, reopen),
    Verb("withdraw", Event.WITHDRAW, Withdraw, withdraw),
    Verb("appeal", Event.APPEAL, Appeal, appeal),
    Verb("decide_appeal", Event.DECIDE_APPEAL, DecideAppeal, decide_appeal),
)
