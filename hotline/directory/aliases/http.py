"""The proposals over HTTP."""

from typing import Annotated, get_args

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.aliases import actions, store
from hotline.directory.aliases.store import AliasProposal, State
from hotline.directory.staff.http import by
from hotline.infra.errors import InvalidInput
from hotline.infra.http import answer, json_body, services, transaction


class AliasProposals(msgspec.Struct, frozen=True):
    items: list[AliasProposal]


class DecideAlias(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`same`: the name means this unit; otherwise it never did, and is not proposed for it again."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    unit_id: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    same: bool


async def listing(request: Request) -> Response:
    """GET /api/v1/units/aliases/proposed?state="""
    asked = request.query_params.get("state") or "proposed"
    state = next((one for one in get_args(State) if one == asked), None)
    if state is None:
        raise InvalidInput([("state", "只能是 proposed、confirmed、rejected 之一。")])
    async with services(request).pool.acquire() as conn:
        return answer(AliasProposals(await store.listed(conn, state)))


async def decide(request: Request) -> Response:
    """POST /api/v1/units/aliases/proposed"""
    body = await json_body(request, DecideAlias)
    async with transaction(request) as conn:
        await actions.decide(conn, body.name, body.unit_id, same=body.same, by=by(request))
    return Response(status_code=204)
