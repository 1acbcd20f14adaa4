"""Last week's items and leaders' instructions over HTTP."""

from datetime import timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.infra.http import answer, now, services
from hotline.supervision.following import actions, store
from hotline.supervision.following.followed import Spoken
from hotline.tickets.http import number
from hotline.tickets.verbs import Desk


class Instructions(msgspec.Struct, frozen=True):
    items: list[Spoken]


async def last_week(request: Request) -> Response:
    """GET /api/v1/reports/difficult/{week}/followed"""
    async with services(request).pool.acquire() as conn:
        desk = Desk(services(request).settings, services(request).cipher)
        return answer(await actions.followed(conn, request.path_params["week"], now(request), desk=desk))


async def instructions(request: Request) -> Response:
    """GET /api/v1/supervision/instructions?days= or ?ticket="""
    asked = request.query_params
    ticket = number(asked.get("ticket"), "ticket", default=0, most=10**18)
    days = number(asked.get("days"), "days", default=90, most=3660)
    async with services(request).pool.acquire() as conn:
        at = now(request)
        found = await store.instructions(conn, [ticket] if ticket else None, at - timedelta(days=days), at)
    return answer(Instructions(found))
