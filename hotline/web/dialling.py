"""Commands to a telephone, of which one knows whom it calls only by the callback that is being made."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.callback.desk import actions as callbacks
from hotline.callback.http import parts
from hotline.directory.http import actor_of
from hotline.infra.errors import Conflict, Forbidden
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.intake.channels.phone import http as phone
from hotline.intake.channels.phone.commands.form import CommandBody, PhoneVerb, checked
from hotline.tickets.permissions import MAY
from hotline.tickets.states import Event


async def commands(request: Request) -> Response:
    """POST /api/v1/calls/commands"""
    body = checked(await json_body(request, CommandBody))
    if body.verb is PhoneVerb.DIAL and body.callback:
        body = msgspec.structs.replace(body, number=await number_of(request, body.callback))
    return answer(await phone.commanded(request, body))


async def number_of(request: Request, callback: str) -> str:
    """The number behind a card of the callback desk, under that desk's own rules; who was given it is kept."""
    if not actor_of(request).has(*MAY[Event.ATTEMPT_CALLBACK]):
        raise Forbidden("只有回访员可以按回访卡片拨打。")
    async with transaction(request) as conn:
        found = await callbacks.number(
            conn, *parts(callback), actor=actor_of(request), cipher=services(request).cipher, now=now(request)
        )
    if not found:
        raise Conflict("诉求人没有留下电话,无法拨打。")
    return found[0]
