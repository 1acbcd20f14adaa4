"""评价短信 at the callback desk."""

from starlette.requests import Request
from starlette.responses import Response

from hotline.callback.http import parts
from hotline.callback.texts import actions
from hotline.directory.http import actor_of
from hotline.infra.http import answer, now, services, transaction
from hotline.tickets.verbs import Desk


async def choose(request: Request) -> Response:
    """POST /api/v1/callbacks/{id}/text"""
    ticket_id, callback_id = parts(request.path_params["id"])
    desk = Desk(services(request).settings, services(request).cipher)
    async with transaction(request) as conn:
        found = await actions.choose(
            conn, ticket_id, callback_id, actor=actor_of(request), now=now(request), desk_of=desk
        )
    return answer(found, 201)
