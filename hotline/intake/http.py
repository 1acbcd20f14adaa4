"""Where requests come in: the citizen's letter, the agent's ticket, and what follows on a draft."""

from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of, directory_of
from hotline.directory.people import CITIZEN
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.infra.errors import BadRequest, HotlineError
from hotline.infra.http import answer, now, raw_body, services, transaction
from hotline.infra.revisions import one_glance
from hotline.infra.words import tidy
from hotline.intake import actions, form, store
from hotline.intake.actions import Received
from hotline.intake.numbers import plain_code
from hotline.tickets import facts as f
from hotline.tickets import store as tickets
from hotline.tickets.actions import Held, access
from hotline.tickets.history import Happened
from hotline.tickets.http import ticket_id_of
from hotline.tickets.lines import store as lines_store
from hotline.tickets.petitioner import store as petitioners
from hotline.tickets.states import Closing, Disposition, Event, State
from hotline.tickets.ticket import Ticket
from hotline.tickets.verbs import Command, Desk, Verb


class Pair(msgspec.Struct, frozen=True):
    """Number and query code (查询码) of a request."""

    ticket_id: int
    query_code: str


async def send(request: Request) -> Response:
    """POST /api/v1/public/requests"""
    raw = await json_object(request)
    received = await accept(request, raw)
    return answer(Pair(received.ticket_id, received.query_code), 201 if received.created else 200)


async def accept(request: Request, raw: object) -> Received:
    """The citizen's letter, from the API or a page."""
    with one_glance():
        accepted = form.read_public(raw, (await directory_of(request)).regions)
        async with transaction(request) as conn:
            return await actions.receive_once(
                conn, accepted, actor=CITIZEN, now=now(request), cipher=services(request).cipher
            )


async def json_object(request: Request) -> Any:
    raw = await raw_body(request)
    try:
        return msgspec.json.decode(raw or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise BadRequest("请求内容不是有效的 JSON,请检查后重发。") from wrong


class WrongPhone(HotlineError):
    """Code and telephone number do not belong together; the same answer as for a code that does not exist."""

    code = "not_found"
    status = 404


STAGES: dict[State, str] = {
    State.DRAFT: "已收到",
    State.REGISTERED: "已受理,待派单",
    State.CONSULTING: "正在确定承办单位",
    State.DISPATCHED: "已派承办单位",
    State.IN_PROGRESS: "承办单位办理中",
    State.RETURN_REVIEW: "承办单位办理中",
    State.REPLIED: "已答复,审核中",
    State.CALLBACK: "已答复,等待您的评价",
    State.REWORK: "重新办理中",
    State.SUSPENDED: "需较长时间,按计划办理",
    State.CLOSED: "已办结",
    State.MERGED: "已与同类诉求合并办理",
    State.WITHDRAWN: "已撤回",
    State.VOID: "已作废",
    State.ARCHIVED: "已办结",
}
"""What the citizen reads for a state: no internal word, no unit's quarrel."""

TOLD_AS = {State.RETURN_REVIEW: State.IN_PROGRESS}
"""Whose job it is, is not the citizen's concern."""

TOLD: dict[Event, str] = {
    Event.CREATE: "收到您的诉求",
    Event.REGISTER: "已受理",
    Event.DISPATCH: "已派往承办单位",
    Event.RULE: "已确定承办单位",
    Event.SIGN: "承办单位已签收",
    Event.CONTACT: "承办单位联系您",
    Event.GRANT_EXTENSION: "办理时限延长",
    Event.APPROVE_REPLY: "承办单位已答复",
    Event.SEND_BACK: "根据您的评价重新办理",
    Event.SHELVE: "列入计划,分步办理",
    Event.RESUME: "恢复办理",
    Event.CLOSE: "办结",
    Event.CONCLUDE: "办结",
    Event.ANSWER_DIRECTLY: "已直接答复",
    Event.RATE: "收到您的评价",
    Event.REDIRECT: "已告知办理途径",
    Event.TERMINATE: "终止办理",
    Event.WITHDRAW: "按您的要求撤回",
    Event.MERGE: "与同类诉求合并办理",
    Event.REOPEN: "重新办理",
    Event.ANSWER_WITH_MASTER: "请您评价",
    Event.CLOSE_WITH_MASTER: "办结",
}

FOR_ALL = frozenset(
    {Event.DISPATCH, Event.RULE, Event.SIGN, Event.GRANT_EXTENSION, Event.APPROVE_REPLY, Event.SHELVE, Event.RESUME}
)
"""Of what happens to a master ticket, what concerns every caller merged into it."""


class Step(msgspec.Struct, frozen=True):
    at: datetime
    what: str


class Progress(msgspec.Struct, frozen=True):
    """What a citizen may read of their request: no name of a person, no internal account."""

    ticket_id: int
    stage: State
    stage_name: str
    title: str
    unit: str | None
    due_at: datetime | None
    public_reply: str | None
    timeline: list[Step]
    master_stage: State | None
    """Of a request that was merged: how the one it was merged into stands."""
    survey_token: str | None
    closing: Closing | None


async def track(request: Request) -> Response:
    """GET /api/v1/public/requests/{query_code}?phone_last4="""
    found = await progress(request, request.path_params["query_code"], request.query_params.get("phone_last4", ""))
    return answer(found)


async def looked_up(conn: Connection, code: str, last4: str, cipher: FieldCipher) -> Ticket:
    """The request that a code and the last four digits of its telephone number name together."""
    ticket_id = await store.find_code(conn, plain_code(code)[:32])
    ticket = await tickets.load(conn, ticket_id) if ticket_id else None
    if ticket is None or not await petitioners.tail_matches(conn, ticket.id, last4[:8], cipher):
        raise WrongPhone("没有查到:请核对查询码和联系电话后四位。")
    return ticket


async def progress(request: Request, code: str, last4: str) -> Progress:
    """Code and the last four digits must fit together; nothing tells which of them was wrong."""
    cipher = services(request).cipher
    directory = await directory_of(request)
    async with services(request).pool.acquire() as conn:
        ticket = await looked_up(conn, code, last4, cipher)
        matter = await tickets.load_matter(conn, ticket.id)
        master = await tickets.load(conn, ticket.master_id) if ticket.master_id else None
        steps = [h for t in (ticket, master) if t for h in await happened(conn, t, own=t is ticket)]
        reply = await public_reply(conn, ticket)
        token = await store.survey_token(conn, ticket.id)
        direct = await store.direct_answer(conn, ticket.id)
    followed = master if master and ticket.state is State.MERGED else None
    at_work = followed or ticket
    unit = directory.unit(at_work.lead_unit) if at_work.lead_unit else None
    secret = ticket.confidential or at_work.confidential
    return Progress(
        ticket_id=ticket.id,
        stage=TOLD_AS.get(ticket.state, ticket.state),
        stage_name=STAGES[ticket.state] + (f":{STAGES[followed.state]}" if followed else ""),
        title=matter.title,
        unit=unit.name if unit and not secret else None,
        due_at=at_work.due,
        public_reply=reply or direct,
        timeline=[Step(h.at, TOLD[h.fact.event]) for h in sorted(steps, key=lambda h: h.at)],
        master_stage=TOLD_AS.get(followed.state, followed.state) if followed else None,
        survey_token=token,
        closing=ticket.closing,
    )


async def happened(conn: Connection, ticket: Ticket, *, own: bool) -> list[Happened]:
    """What a citizen is told; of another caller's ticket only what was done for all of them."""
    told = TOLD.keys() if own else FOR_ALL
    lines = await lines_store.history(conn, ticket.id)
    return [line.happened for line in lines if line.happened.fact.event in told]


async def public_reply(conn: Connection, ticket: Ticket) -> str | None:
    """The accepted reply of a ticket, or of the one it was merged into as long as it has none of its own."""
    texts = {text.reply_id: text for text in await tickets.reply_texts(conn, ticket.id)}
    found = accepted_reply(ticket, texts)
    if found is not None or ticket.master_id is None:
        return found
    master = await tickets.load(conn, ticket.master_id)
    return await public_reply(conn, master) if master else None


def accepted_reply(ticket: Ticket, texts: dict[int, tickets.ReplyText]) -> str | None:
    """The public text of the last reply the centre has accepted."""
    accepted = [reply.id for reply in ticket.replies if reply.decision == "granted"]
    return texts[accepted[-1]].public_reply if accepted and accepted[-1] in texts else None


class Merged(msgspec.Struct, frozen=True):
    items: list[store.MergedTicket]


async def merged_list(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/merged : the callers who were merged into a ticket."""
    async with services(request).pool.acquire() as conn:
        ticket = await access(conn, ticket_id_of(request), actor=actor_of(request))
        return answer(Merged(await store.merged_tickets(conn, ticket.id)))


class Plain(Command, frozen=True, kw_only=True):
    """Only a version and, where asked, a reason."""


class AnswerDirectly(Command, frozen=True, kw_only=True):
    """直接答复"""

    answer: str
    article_id: int | None = None


class Redirect(Command, frozen=True, kw_only=True):
    """告知/转线"""

    disposition: Disposition
    told: str = ""


class Merge(Command, frozen=True, kw_only=True):
    """并单 into an open master ticket."""

    master_id: int


async def register(held: Held, body: Plain, desk: Desk) -> None:
    await actions.register(held)


async def answer_directly(held: Held, body: AnswerDirectly, desk: Desk) -> None:
    await actions.answer_directly(held, body.answer, body.article_id)


async def redirect(held: Held, body: Redirect, desk: Desk) -> None:
    await held.do(f.Redirect(disposition=body.disposition, told=tidy(body.told)), body.reason)


async def merge(held: Held, body: Merge, desk: Desk) -> None:
    await actions.merge(held, body.master_id)


async def unmerge(held: Held, body: Plain, desk: Desk) -> None:
    await actions.unmerge(held)


async def void(held: Held, body: Plain, desk: Desk) -> None:
    await held.do(f.Void(), body.reason)


VERBS = (
    Verb("register", Event.REGISTER, Plain, register),
    Verb("answer_directly", Event.ANSWER_DIRECTLY, AnswerDirectly, answer_directly),
    Verb("redirect", Event.REDIRECT, Redirect, redirect),
    Verb("merge", Event.MERGE, Merge, merge),
    Verb("unmerge", Event.UNMERGE, Plain, unmerge),
    Verb("void", Event.VOID, Plain, void),
)
