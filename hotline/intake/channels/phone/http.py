"""Calls, telephones and the signed webhook over HTTP."""

import asyncio
from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.people import Actor
from hotline.infra.errors import BadRequest, Forbidden, HotlineError, InvalidInput, NotFound
from hotline.infra.http import answer, in_chinese, now, raw_body, services, transaction
from hotline.intake import form
from hotline.intake.channels.phone import hook, playback, store
from hotline.intake.channels.phone.actions import take_in
from hotline.intake.channels.phone.ami.orders import REMOTE
from hotline.intake.channels.phone.ami.plan import Plan, plan_of
from hotline.intake.channels.phone.call import CallOutcome, CallState
from hotline.intake.channels.phone.commands.actions import LEADERS, command
from hotline.intake.channels.phone.commands.form import CommandBody, NoTelephone, PhoneRefused, PhoneVerb, may_rest
from hotline.intake.channels.phone.commands.store import Commanded, stored
from hotline.intake.channels.phone.event import Sent, accepted
from hotline.intake.channels.phone.link import store as link
from hotline.intake.channels.phone.link.store import Link
from hotline.intake.channels.phone.own import store as own
from hotline.intake.channels.phone.own.store import Telephone
from hotline.intake.channels.phone.seats import store as seats
from hotline.intake.channels.phone.seats.seat import REASON_NAMES, RESTING, Seat, SeatState
from hotline.intake.channels.phone.view import CallPage, CallView, recorded, row_for, sitting
from hotline.intake.channels.phone.wall import store as walls

MOST = 200
MOST_EVENTS = 500
IN_TIME, SHORT = 15, 5
"""国标: answered within 15 s; who gives up before 5 s is left out, and the page says so."""
PATIENCE, STEP = 2.0, 0.05
"""Seconds that a request waits for its command to be carried out; then it answers what is known."""


class Seats(msgspec.Struct, frozen=True):
    """本人与全部座席."""

    mine: Seat | None
    items: list[Seat]
    """All telephones; only for who leads a shift, otherwise one's own."""
    reasons: dict[str, str]
    """示忙原因."""
    links: list[Link]
    telephone: bool
    """Whether a telephone system is connected at all."""
    own: Telephone
    """The extension to begin with, and whether the browser may be a telephone."""
    verbs: list[PhoneVerb]
    """What this telephone system does for people; the rest is done on the telephone itself."""
    resting: int
    may_rest: int
    """小休: how many rest now, and how many may."""


class Colleague(msgspec.Struct, frozen=True):
    name: str
    extension: str
    state: SeatState
    since: datetime


class ServiceLine(msgspec.Struct, frozen=True):
    name: str
    number: str


LINES = (
    ServiceLine("报警", "110"),
    ServiceLine("火警", "119"),
    ServiceLine("急救", "120"),
    ServiceLine("交通事故", "122"),
)


class Targets(msgspec.Struct, frozen=True):
    """转接、咨询、三方的去处; units and their duty lines are at /units."""

    colleagues: list[Colleague]
    """Signed in now, whoever is free first."""
    lines: list[ServiceLine]


class Receipt(msgspec.Struct, frozen=True):
    accepted: int
    duplicates: list[str]
    """Keys that had come before; nothing was changed by them."""
    ignored: list[str]
    """Keys of events of a type we have no use for."""


# --- reading


async def listing(request: Request) -> Response:
    """GET /api/v1/calls"""
    actor, asked = actor_of(request), request.query_params
    limit = whole(asked.get("limit"), "limit", MOST) or 50
    phone = form.plain_phone(asked.get("phone", ""))
    leads = actor.has(*LEADERS)
    wanted = store.Wanted(
        after=after(asked.get("cursor")),
        state=one_of(asked.get("state"), "state", CallState),
        outcome=one_of(asked.get("outcome"), "outcome", CallOutcome),
        direction=asked.get("direction") or None,
        queue=asked.get("queue") or None,
        person_id=whole(asked.get("person"), "person", 2**31 - 1) if leads else actor.person_id,
        since=moment(asked.get("from"), "from"),
        until=moment(asked.get("to"), "to"),
        citizen_index=services(request).cipher.blind_index(phone) if phone else None,
        open=asked.get("open") in ("1", "true"),
    )
    async with services(request).pool.acquire() as conn:
        found = await store.calls(conn, wanted, limit + 1, services(request).cipher)
        sitters = sitting(await seats.seats(conn))
    rows = [row_for(kept, actor.person_id, sitters, now(request)) for kept in found[:limit]]
    last = found[limit - 1].call if len(found) > limit else None
    return answer(CallPage(rows, f"{last.offered_at.isoformat()}|{last.id}" if last else None))


async def one(request: Request) -> Response:
    """GET /api/v1/calls/{id}"""
    actor = actor_of(request)
    async with services(request).pool.acquire() as conn:
        kept = await store.one_call(conn, request.path_params["id"], services(request).cipher)
        secret = kept is not None and await store.secret(conn, kept.call.id)
        sitters = sitting(await seats.seats(conn))
    if kept is None:
        raise NotFound("没有这通电话。")
    row = row_for(kept, actor.person_id, sitters, now(request))
    call, hearing = kept.call, playback.refused(actor, kept, secret) or ""
    return answer(CallView(row, call.legs, call.visits, call.passed, recorded(call), hearing))


async def telephones(request: Request) -> Response:
    """GET /api/v1/calls/seats"""
    actor = actor_of(request)
    async with services(request).pool.acquire() as conn:
        every = await seats.seats(conn)
        links = await link.links(conn)
        telephone = await own.own(conn, actor.person_id) if actor.person_id is not None else own.NONE
        if services(request).settings.browser_phone is None:
            telephone = Telephone(telephone.extension, browser=False)
        provider = connected[0] if (connected := provider_of(request)) else ""
        resting, signed_in = await seats.resting(conn, provider, RESTING, "")
    mine = next((seat for seat in every if seat.person_id == actor.person_id), None)
    shown = every if actor.has(*LEADERS) else [mine] if mine else []
    named = {str(reason): name for reason, name in REASON_NAMES.items()}
    verbs = able(services(request).settings.ami_url)
    has = provider != ""
    return answer(Seats(mine, shown, named, links, has, telephone, verbs, resting, may_rest(signed_in)))


def able(ami_url: str | None) -> list[PhoneVerb]:
    """Of a bridge we do not know what it does: it says so itself when it is asked."""
    local = ami_url is not None and not plan_of(ami_url).remote
    return [verb for verb in PhoneVerb if not (local and verb in REMOTE)]


async def targets(request: Request) -> Response:
    """GET /api/v1/calls/targets"""
    actor = actor_of(request)
    async with services(request).pool.acquire() as conn:
        every = await seats.seats(conn)
    others = [seat for seat in every if seat.person_id not in (None, actor.person_id)]
    free = sorted(others, key=lambda seat: (seat.state is not SeatState.READY, seat.person or ""))
    return answer(Targets([Colleague(s.person or "", s.extension, s.state, s.since) for s in free], list(LINES)))


async def wall(request: Request) -> Response:
    """GET /api/v1/calls/wall"""
    async with services(request).pool.acquire() as conn:
        links = await link.links(conn)
        return answer(await walls.wall(conn, now(request), IN_TIME, SHORT, links))


# --- commands


def provider_of(request: Request) -> tuple[str, str] | None:
    """Which telephone system carries out commands, and how it names its agents."""
    settings = services(request).settings
    if settings.ami_url:
        plan: Plan = plan_of(settings.ami_url)
        return plan.provider, plan.member
    return (settings.phone_provider, "{extension}") if settings.phone_commands_url else None


async def commanded(request: Request, body: CommandBody) -> Commanded:
    """Keep the command and wait a little for what becomes of it."""
    actor: Actor = actor_of(request)
    connected = provider_of(request)
    if connected is None:
        raise NoTelephone("本系统没有接入电话系统,请在话机上操作;工单可以照常手工登记。")
    if actor.person_id is None:
        raise Forbidden("只有工作人员可以操作话机。")
    provider, member = connected
    async with transaction(request) as conn:
        found = await command(
            conn, body, actor, provider=provider, member=member, now=now(request), cipher=services(request).cipher
        )
    waited = 0.0
    while found.state in ("waiting", "sent") and waited < PATIENCE:
        await asyncio.sleep(STEP)
        waited += STEP
        async with services(request).pool.acquire() as conn:
            again = await stored(conn, provider, body.key)
        found = again[0] if again else found
    if found.state == "refused":
        raise PhoneRefused(found.answer, key=found.key)
    return found


# --- the webhook


async def events(request: Request) -> Response:
    """POST /api/v1/calls/events: signed by the bridge; 200 is said after the commit."""
    settings = services(request).settings
    if settings.phone_secret is None:
        raise NotFound("本系统没有开通电话事件接口,请设置 HOTLINE_PHONE_SECRET。")
    body = await raw_body(request)
    refused = hook.refused(settings.phone_secret, request.headers.get(hook.HEADER, ""), body, now(request))
    if refused:
        raise BadSignature(refused)
    sent = batch(body)
    at, provider = now(request), settings.phone_provider
    read = [accepted(one, provider, at, f"events[{place}]") for place, one in enumerate(sent)]
    known = [event for event in read if event is not None]
    async with transaction(request) as conn:
        taken = await take_in(conn, known, services(request).cipher)
    ignored = [one.event_key for one, event in zip(sent, read, strict=True) if event is None]
    return answer(Receipt(len(taken.fresh), list(taken.duplicates), ignored))


class BadSignature(HotlineError):
    code = "bad_signature"
    status = 401


class Batch(msgspec.Struct, frozen=True):
    """A bridge sends one event, a list of them, or this."""

    events: list[Sent]


def batch(body: bytes) -> list[Sent]:
    try:
        if body.lstrip()[:1] == b"[":
            found = msgspec.json.decode(body, type=list[Sent])
        elif isinstance(raw := msgspec.json.decode(body), dict) and "events" not in raw:
            found = [msgspec.convert(raw, Sent)]
        else:
            found = msgspec.convert(raw, Batch).events
    except msgspec.ValidationError as wrong:
        raise InvalidInput([in_chinese(str(wrong))]) from wrong
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise BadRequest("请求内容不是有效的 JSON,请检查后重发。") from wrong
    if not 1 <= len(found) <= MOST_EVENTS:
        raise InvalidInput([("events", f"一次应发送 1 至 {MOST_EVENTS} 个事件。")])
    return found


# --- words of the address


def whole(text: str | None, field: str, most: int) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and 0 < int(text) <= most):
        raise InvalidInput([(field, f"{field} 应为 1 至 {most} 的整数。")])
    return int(text)


def one_of(text: str | None, field: str, kind: type[CallState] | type[CallOutcome]) -> str | None:
    if text and text not in set(kind):
        raise InvalidInput([(field, f"{field} 只能是 {'、'.join(kind)} 之一。")])
    return text or None


def moment(text: str | None, field: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidInput([(field, f"{field} 应为带时区的时间,如 2026-11-22T08:00:00+08:00(地址中 + 写作 %2B)。")])
    return found


def after(cursor: str | None) -> tuple[datetime, str] | None:
    if not cursor:
        return None
    at, _, id_ = cursor.partition("|")
    found = moment(at, "cursor")
    return (found, id_) if found else None
