"""催办 from outside, and the candidates for supervision it makes."""

from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.supervision.urging import actions, store
from hotline.supervision.urging.store import Candidate
from hotline.tickets import privacy
from hotline.tickets.http import desk_of

LOOK_BACK = timedelta(days=90)


class UrgeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    phone_last4: Annotated[str, Meta(max_length=8)]
    text: Annotated[str, Meta(max_length=200)] = ""


class Urged(msgspec.Struct, frozen=True):
    ticket_id: int
    message: str


class Candidates(msgspec.Struct, frozen=True):
    items: list[Candidate]


async def urge(request: Request) -> Response:
    """POST /api/v1/public/requests/{query_code}/urge"""
    return answer(await urged(request, request.path_params["query_code"], await json_body(request, UrgeBody)))


async def urged(request: Request, code: str, body: UrgeBody) -> Urged:
    """For the API and the citizen's page."""
    async with transaction(request) as conn:
        found = await actions.urge_by_code(
            conn, code, body.phone_last4, body.text, now=now(request), desk=desk_of(request)
        )
    return Urged(found.id, "已为您催办,承办单位会收到提醒。")


async def candidates(request: Request) -> Response:
    """GET /api/v1/supervision/candidates"""
    actor = actor_of(request)
    async with services(request).pool.acquire() as conn:
        found = await store.candidates(conn, now(request) - LOOK_BACK)
    return answer(Candidates([_shown(one, open_=actor.has(*privacy.OPEN_TO)) for one in found]))


def _shown(one: Candidate, *, open_: bool) -> Candidate:
    return one if open_ or not one.confidential else msgspec.structs.replace(one, title="保密工单")
