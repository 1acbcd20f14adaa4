"""The addresses of numbers that misuse the hotline, and what the telephone system asks about a caller."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.classify.urgency import weigh
from hotline.directory.people import Role
from hotline.infra.errors import NotFound
from hotline.infra.http import answer, decoded, now, raw_body, services
from hotline.intake.channels.phone import hook
from hotline.intake.channels.phone.commands.actions import LEADERS
from hotline.intake.channels.phone.commands.store import Watch, watches
from hotline.intake.channels.phone.event import number
from hotline.intake.channels.phone.http import BadSignature
from hotline.intake.channels.phone.restrict import http as restrict
from hotline.intake.channels.phone.restrict.actions import DecisionBody, LiftBody, ProposalBody, screened
from hotline.intake.channels.phone.restrict.rules import EMERGENCY_KEY, Treatment
from hotline.intake.channels.phone.restrict.store import Restriction
from hotline.intake.channels.phone.retention.store import Removal, removals
from hotline.tickets.states import Urgency
from hotline.web.endpoint import Endpoint
from hotline.web.phone_desk import API, TELEPHONE


class ScreenBody(msgspec.Struct, frozen=True):
    """Who calls; and, when there is a menu or a recogniser, the key they pressed and what they said first."""

    caller: str
    key: str = ""
    said: str = ""


async def screen(request: Request) -> Response:
    """POST /api/v1/calls/screen"""
    held, at = services(request), now(request)
    if held.settings.phone_secret is None:
        raise NotFound("本系统没有开通电话事件接口,请设置 HOTLINE_PHONE_SECRET。")
    body = await raw_body(request)
    if refused := hook.refused(held.settings.phone_secret, request.headers.get(hook.HEADER, ""), body, at):
        raise BadSignature(refused)
    asked = decoded(body, ScreenBody)
    emergency = asked.key == EMERGENCY_KEY or weigh("", asked.said).urgency is not Urgency.NORMAL
    async with held.pool.acquire() as conn:
        found = await screened(conn, number(asked.caller), emergency=emergency, now=at, cipher=held.cipher)
    return answer(found)


class WatchList(msgspec.Struct, frozen=True):
    items: list[Watch]


async def watched(request: Request) -> Response:
    """GET /api/v1/calls/watched"""
    async with services(request).pool.acquire() as conn:
        return answer(WatchList(await watches(conn)))


class RemovalList(msgspec.Struct, frozen=True):
    items: list[Removal]


async def removed(request: Request) -> Response:
    """GET /api/v1/calls/removals"""
    async with services(request).pool.acquire() as conn:
        return answer(RemovalList(await removals(conn)))


RESTRICTING: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        f"{API}/calls/restrictions",
        restrict.listing,
        "骚扰来电处置:待审批、生效、历史",
        answer=restrict.RestrictionList,
        roles=TELEPHONE | {Role.QUALITY, Role.AUDITOR},
    ),
    Endpoint(
        "POST",
        f"{API}/calls/restrictions",
        restrict.propose,
        "提出处置:逐级,附通话为证,有期限;同一号码同时只有一项待审批",
        body=ProposalBody,
        answer=Restriction,
        status=201,
        roles=TELEPHONE,
    ),
    Endpoint(
        "POST",
        f"{API}/calls/restrictions/{{id}}/decide",
        restrict.decide,
        "审批处置:提出人不能自批,屏蔽须中心主管或中心领导批",
        body=DecisionBody,
        answer=Restriction,
        roles=LEADERS,
    ),
    Endpoint(
        "POST",
        f"{API}/calls/restrictions/{{id}}/lift",
        restrict.lift,
        "提前解除处置(如申诉成立)",
        body=LiftBody,
        answer=Restriction,
        roles=LEADERS,
    ),
    Endpoint(
        "GET",
        f"{API}/calls/{{id}}/caller",
        restrict.caller,
        "这通电话的来电人近期来电、处置经过、可提出的处置;不显示号码",
        answer=restrict.CallerRecord,
        roles=TELEPHONE | {Role.QUALITY},
    ),
    Endpoint(
        "GET",
        f"{API}/calls/watched",
        watched,
        "监听、密语、强插的记录,从新到旧",
        answer=WatchList,
        roles=LEADERS | {Role.AUDITOR},
    ),
    Endpoint(
        "GET",
        f"{API}/calls/removals",
        removed,
        "录音和电话原始事件到期删除的记录,从新到旧",
        answer=RemovalList,
        roles=LEADERS | {Role.AUDITOR, Role.SYSTEM_ADMIN},
    ),
    Endpoint(
        "POST",
        f"{API}/calls/screen",
        screen,
        "电话系统在来电进队列之前问(带签名):是否接入、排队次序、先播什么、最长通话;紧急情况不受限",
        body=ScreenBody,
        answer=Treatment,
        limit="6000/minute",
    ),
)
