"""销号回访 over HTTP; what the citizen said is recorded at the item of its week."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.callback.desk.http import ShownNumbers
from hotline.directory.http import actor_of
from hotline.infra.http import answer, now, services, transaction
from hotline.supervision.meetings.http import ticket_of
from hotline.supervision.striking import actions
from hotline.supervision.striking.actions import StrikeCard


class StrikeCards(msgspec.Struct, frozen=True):
    items: list[StrikeCard]


async def listing(request: Request) -> Response:
    """GET /api/v1/strikes"""
    async with services(request).pool.acquire() as conn:
        found = await actions.cards(conn, actor=actor_of(request), cipher=services(request).cipher, now=now(request))
    return answer(StrikeCards(found))


async def number(request: Request) -> Response:
    """POST /api/v1/strikes/{ticket}/number"""
    cipher = services(request).cipher
    async with transaction(request) as conn:
        found = await actions.number(conn, ticket_of(request), actor=actor_of(request), cipher=cipher, now=now(request))
    return answer(ShownNumbers(found))
