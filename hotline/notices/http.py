"""The inbox (通知), one's own wishes, and for administrators what became of what was sent."""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.people import Actor
from hotline.infra.errors import Forbidden, InvalidInput, NotFound
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.notices import store
from hotline.notices.actions import usual
from hotline.notices.sending import store as outgoing
from hotline.notices.sending.store import Outgoing
from hotline.notices.store import Told
from hotline.notices.wishes import GATEWAY, QUIET, Channel, Digest, Wish, is_address
from hotline.tickets import permissions, privacy
from hotline.tickets import store as tickets
from hotline.tickets.ticket import Ticket

LAST = 2**63 - 1
MOST = 100
RECENT = timedelta(days=7)
STATES = ("waiting", "sending", "sent", "failed", "unsure", "dropped")


class Notice(msgspec.Struct, frozen=True):
    """One line of the inbox."""

    told: Told
    open: bool
    """Whether this person may open the ticket now; of one that has gone elsewhere they see the number alone."""


class Inbox(msgspec.Struct, frozen=True):
    items: list[Notice]
    unread: int
    next_cursor: str | None = None


class ReadBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Either some, or everything up to a number: what came while one pressed the key stays unread."""

    numbers: Annotated[tuple[int, ...], Meta(max_length=200)] = ()
    upto: int | None = None


class Unread(msgspec.Struct, frozen=True):
    unread: int


class WishBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How somebody wishes to be told outside the console; the same quiet_from and quiet_to: never quiet."""

    mail: Annotated[str, Meta(max_length=120)] | None = None
    gateway: Channel | None = None
    quiet_from: time = QUIET[0]
    quiet_to: time = QUIET[1]
    digest: Digest = Digest.SOON


class WishView(msgspec.Struct, frozen=True):
    wish: WishBody
    said: bool
    """False: what follows is what the centre has set for everybody."""
    phone: str | None
    """Masked; without one the gateway cannot reach the person."""
    mail_possible: bool
    gateway_possible: bool


class Messages(msgspec.Struct, frozen=True):
    items: list[Outgoing]
    counts: Mapping[str, int]
    """Of the last week by state, those in trouble however old; `held`: notices that wait for their hour."""
    mail_possible: bool
    gateway_possible: bool
    next_cursor: str | None = None


class Retried(msgspec.Struct, frozen=True):
    id: int


def person_of(request: Request) -> int:
    person_id = actor_of(request).person_id
    if person_id is None:
        raise Forbidden("程序账号没有通知,请用个人账号登录。")
    return person_id


def whole(request: Request, name: str, default: int, most: int) -> int:
    text = request.query_params.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and len(text) <= 19 and 1 <= int(text) <= most):
        raise InvalidInput([(name, f"{name} 应是 1 到 {most} 之间的整数。")])
    return int(text)


async def inbox(request: Request) -> Response:
    """GET /api/v1/me/notices?unread=&cursor=&limit="""
    actor, person_id = actor_of(request), person_of(request)
    only = request.query_params.get("unread") in ("1", "true")
    before, limit = whole(request, "cursor", LAST, LAST), whole(request, "limit", 50, MOST)
    async with services(request).pool.acquire() as conn:
        found = await store.inbox(conn, person_id, before=before, unread=only, limit=limit)
        known = await tickets.load_many(conn, sorted({one.ticket_id for one in found}))
        number = await store.unread(conn, person_id)
    items = [shown(actor, one, known.get(one.ticket_id)) for one in found]
    return answer(Inbox(items, number, str(found[-1].number) if len(found) == limit else None))


def shown(actor: Actor, one: Told, ticket: Ticket | None) -> Notice:
    """The subject of a duty is written to be read. A title may name the caller: of a secret ticket it is shown to those alone who may
    know them; so is what the reviewer said."""
    if one.duty_id is not None:
        return Notice(one, open=True)
    if ticket is None or not permissions.may_see(actor, ticket):
        return Notice(msgspec.structs.replace(one, title="", note=""), open=False)
    hidden = ticket.secret and not actor.has(*privacy.OPEN_TO)
    return Notice(msgspec.structs.replace(one, title="保密工单", note="") if hidden else one, open=True)


async def read(request: Request) -> Response:
    """POST /api/v1/me/notices/read"""
    person_id, body, at = person_of(request), await json_body(request, ReadBody), now(request)
    if any(not 0 <= number <= LAST for number in (*body.numbers, body.upto or 0)):
        raise InvalidInput([("numbers", "通知的编号不对,请刷新后重试。")])
    async with transaction(request) as conn:
        await store.read(conn, person_id, body.numbers, at)
        if body.upto is not None:
            await store.read_all(conn, person_id, body.upto, at)
        return answer(Unread(await store.unread(conn, person_id)))


async def wish(request: Request) -> Response:
    """GET /api/v1/me/notices/wish"""
    person_id, settings = person_of(request), services(request).settings
    async with services(request).pool.acquire() as conn:
        own = await store.own_wish(conn, person_id, services(request).cipher)
    said = WishBody(
        mail=own.mail,
        gateway=own.gateway if own.said else usual(settings),
        quiet_from=own.quiet_from or QUIET[0],
        quiet_to=own.quiet_to or QUIET[1],
        digest=own.digest or Digest.SOON,
    )
    reached = settings.smtp_url is not None, settings.gateway_url is not None
    return answer(WishView(said, own.said, privacy.masked_phone(own.phone), *reached))


async def put_wish(request: Request) -> Response:
    """PUT /api/v1/me/notices/wish"""
    person_id, body, at = person_of(request), await json_body(request, WishBody), now(request)
    mail = (body.mail or "").strip() or None
    if mail and not is_address(mail):
        raise InvalidInput([("mail", "邮箱地址不对,请写成 name@example.gov.cn 的样子。")])
    if body.gateway is not None and body.gateway not in GATEWAY:
        raise InvalidInput([("gateway", "请选择短信、企业微信、钉钉之一,或不用。")])
    if any(at_.tzinfo or at_.second or at_.microsecond for at_ in (body.quiet_from, body.quiet_to)):
        raise InvalidInput([("quiet_from", "免打扰时间请写到分,例如 21:00:00。")])
    sealed = services(request).cipher.encrypt(mail) if mail else None
    wished = Wish((), (body.quiet_from, body.quiet_to), body.digest)
    async with transaction(request) as conn:
        await store.put_wish(conn, person_id, sealed, body.gateway, wished, at)
    return await wish(request)


async def messages(request: Request) -> Response:
    """GET /api/v1/notices/messages?state=&cursor=&limit="""
    state = request.query_params.get("state")
    states = [part for part in state.split(",") if part] if state else None
    if states and (unknown := [part for part in states if part not in STATES]):
        raise InvalidInput([("state", f"没有状态 {unknown[0][:20]};可选:{'、'.join(STATES)}。")])
    before, limit = whole(request, "cursor", LAST, LAST), whole(request, "limit", 50, MOST)
    settings = services(request).settings
    async with services(request).pool.acquire() as conn:
        found = await outgoing.messages(conn, before=before, states=states, limit=limit)
        counts = await outgoing.counts(conn, now(request) - RECENT)
    cursor = str(found[-1].id) if len(found) == limit else None
    return answer(Messages(found, counts, settings.smtp_url is not None, settings.gateway_url is not None, cursor))


async def retry(request: Request) -> Response:
    """POST /api/v1/notices/messages/{id}/retry"""
    text = request.path_params["id"]
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
    async with transaction(request) as conn:
        if not await outgoing.retry(conn, number):
            raise NotFound("没有这条发送失败的消息,或它已重新发送,请刷新。")
    return answer(Retried(number))
