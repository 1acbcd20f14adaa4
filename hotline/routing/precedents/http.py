"""A ruling's tickets; suspending it and letting it speak again."""

import re
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.staff.http import by
from hotline.infra.errors import NotFound
from hotline.infra.http import answer, json_body, services, transaction
from hotline.routing.precedents import actions, store
from hotline.routing.precedents.store import UsedFor

NUMBER = re.compile(r"(\d{4})-(\d{1,6})", re.ASCII)


class SuspendPrecedent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(max_length=500)]


class PrecedentUses(msgspec.Struct, frozen=True):
    items: list[UsedFor]


def number_of(request: Request) -> tuple[int, int]:
    found = NUMBER.fullmatch(request.path_params["number"])
    if found is None:
        raise NotFound("裁定先例的编号应形如 2026-017。")
    return int(found[1]), int(found[2])


async def uses(request: Request) -> Response:
    """GET /api/v1/precedents/{number}/tickets"""
    year, number = number_of(request)
    async with services(request).pool.acquire() as conn:
        await actions.refuse_unknown(conn, year, number)
        return answer(PrecedentUses(await store.uses(conn, year, number)))


async def suspend(request: Request) -> Response:
    """POST /api/v1/precedents/{number}/suspend"""
    body, (year, number) = await json_body(request, SuspendPrecedent), number_of(request)
    async with transaction(request) as conn:
        await actions.suspend(conn, year, number, body.reason, by(request))
    return Response(status_code=204)


async def resume(request: Request) -> Response:
    """POST /api/v1/precedents/{number}/resume"""
    year, number = number_of(request)
    async with transaction(request) as conn:
        await actions.resume(conn, year, number, by(request))
    return Response(status_code=204)
