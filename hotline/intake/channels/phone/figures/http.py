"""Figures of the telephone over HTTP."""

from datetime import timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.infra.errors import InvalidInput
from hotline.infra.http import answer, now, services
from hotline.intake.channels.phone.figures import store
from hotline.intake.channels.phone.figures.measures import SECONDS, SHORT, Figures, grouped, spells_of
from hotline.intake.channels.phone.http import moment, whole

GROUPS = ("queue", "agent", "hour")
LONGEST = timedelta(days=92)


class PhoneFigures(msgspec.Struct, frozen=True):
    """话务指标; the first row, without a key, is all together."""

    seconds: int
    short_seconds: int
    group: str
    items: list[Figures]


class Reckonings(msgspec.Struct, frozen=True):
    items: list[store.Kept]


async def read(request: Request) -> Response:
    """GET /api/v1/calls/figures"""
    asked, at = request.query_params, now(request)
    begin = moment(asked.get("from"), "from") or at.replace(hour=0, minute=0, second=0, microsecond=0)
    end = moment(asked.get("to"), "to") or at
    group = asked.get("group") or "queue"
    if group not in GROUPS:
        raise InvalidInput([("group", f"group 只能是 {'、'.join(GROUPS)} 之一。")])
    if not timedelta(0) < end - begin <= LONGEST:
        raise InvalidInput([("to", "截止时间应晚于起始时间,且不超过 92 天。")])
    seconds = whole(asked.get("seconds"), "seconds", 600) or SECONDS
    async with services(request).pool.acquire() as conn:
        stays = await store.stays(conn, begin, end)
        told = await store.told(conn, begin, end)
    items = grouped(stays, spells_of(told, begin, min(end, at)), group, seconds=seconds)
    return answer(PhoneFigures(seconds, SHORT, group, items))


async def reckonings(request: Request) -> Response:
    """GET /api/v1/calls/reconciliation"""
    async with services(request).pool.acquire() as conn:
        return answer(Reckonings(await store.last(conn)))
