"""Missed calls over HTTP."""

from datetime import timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.infra.errors import Conflict, NotFound
from hotline.infra.http import answer, now, services, transaction
from hotline.intake.channels.phone.figures.measures import Rate
from hotline.intake.channels.phone.missed import store
from hotline.intake.channels.phone.missed.store import Missed

SINCE = timedelta(days=7)
ENOUGH = 2
"""Tries after which a citizen may be given up."""


class MissedList(msgspec.Struct, frozen=True):
    items: list[Missed]
    returned: Rate
    """漏接回拨率 of the last seven days."""


class GivenUp(msgspec.Struct, frozen=True):
    id: str


async def waiting(request: Request) -> Response:
    """GET /api/v1/calls/missed"""
    at = now(request)
    async with services(request).pool.acquire() as conn:
        items = await store.waiting(conn, at, services(request).cipher)
        hit, of = await store.returned(conn, at - SINCE, at)
    return answer(MissedList(items, Rate(hit, of)))


async def give_up(request: Request) -> Response:
    """POST /api/v1/calls/missed/{id}/give_up"""
    id_, at = request.path_params["id"], now(request)
    async with transaction(request) as conn:
        found = [one for one in await store.waiting(conn, at, services(request).cipher) if one.id == id_]
        if not found:
            raise NotFound("这位市民没有待回拨的漏接,或刚刚又来过电。")
        if found[0].tries < ENOUGH:
            raise Conflict(f"至少回拨 {ENOUGH} 次仍不通才能放弃,现在是 {found[0].tries} 次。")
        await store.give_up(conn, id_, at)
    return answer(GivenUp(id_))
