"""The callback desk over HTTP."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.callback import store as callbacks
from hotline.callback.desk import actions, store
from hotline.callback.desk.card import Card
from hotline.callback.desk.sought import sought
from hotline.callback.http import HORIZON, LISTED, listed, parts
from hotline.callback.texts.actions import possible
from hotline.directory.http import actor_of
from hotline.infra.errors import InvalidInput
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.tickets.guards import SECRET_CALLERS


class KeepBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The cards that stay on this person's desk; all others they had go back."""

    keep: Annotated[tuple[str, ...], Meta(max_length=5)] = ()
    skip: Annotated[tuple[str, ...], Meta(max_length=100)] = ()
    """Cards that this person does not want just now."""


class NextCard(msgspec.Struct, frozen=True):
    card: Card | None
    ready: int
    """Cards that may be called now, those of colleagues included."""
    coming: datetime | None
    """When the next one may be called, if none is left."""


async def following(request: Request) -> Response:
    """POST /api/v1/callbacks/next : the most pressing card that is ready and free, taken for this person."""
    body, actor, at = await json_body(request, KeepBody), actor_of(request), now(request)
    keep, without = tuple(parts(one) for one in body.keep), frozenset((*body.keep, *body.skip))
    cipher, texted = services(request).cipher, possible(services(request).settings)
    async with transaction(request) as conn:
        if actor.person_id is not None:
            await store.put_back_all_but(conn, actor.person_id, keep)
        found, ready, coming = await actions.following(
            conn, actor=actor, keep=keep, without=without, due_by=at + HORIZON, now=at
        )
        card = None
        if found is not None:
            ticket, callback = await actions.opened(conn, *parts(found.id), actor)
            card = await actions.card(conn, ticket, callback, actor=actor, cipher=cipher, texted=texted, now=at)
    return answer(NextCard(card, ready, coming))


class SearchBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In a body and not in the address, for a telephone number may be among it and proxies write addresses down."""

    words: Annotated[str, Meta(max_length=60)]


EVER = timedelta(days=3660)


async def search(request: Request) -> Response:
    """POST /api/v1/callbacks/search : of all open callbacks that this person may make, however far their day."""
    actor, at, held = actor_of(request), now(request), services(request)
    found = sought((await json_body(request, SearchBody)).words)
    if not found.titles:
        raise InvalidInput([("words", "请输入工单号、电话或标题里的词。")])
    async with held.pool.acquire() as conn:
        items = await callbacks.find(
            conn,
            titles=found.titles,
            number=found.number,
            phone_index=held.cipher.blind_index(found.phone) if found.phone else None,
            due_by=at + EVER,
            unit_id=actor.unit_id,
            secret=actor.has(*SECRET_CALLERS),
            now=at,
            limit=LISTED + 1,
        )
    return answer(listed(items, at))


async def one(request: Request) -> Response:
    """GET /api/v1/callbacks/{id}"""
    actor, at, cipher = actor_of(request), now(request), services(request).cipher
    texted = possible(services(request).settings)
    async with services(request).pool.acquire() as conn:
        ticket, callback = await actions.opened(conn, *parts(request.path_params["id"]), actor)
        return answer(await actions.card(conn, ticket, callback, actor=actor, cipher=cipher, texted=texted, now=at))


class ShownNumbers(msgspec.Struct, frozen=True):
    numbers: list[str]


async def number(request: Request) -> Response:
    """POST /api/v1/callbacks/{id}/number : the number in full, to whoever calls; who saw it is kept."""
    ticket_id, callback_id = parts(request.path_params["id"])
    async with transaction(request) as conn:
        found = await actions.number(
            conn,
            ticket_id,
            callback_id,
            actor=actor_of(request),
            cipher=services(request).cipher,
            now=now(request),
        )
    return answer(ShownNumbers(found))


class LaterBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at: Annotated[datetime, Meta(tz=True)]


async def later(request: Request) -> Response:
    """POST /api/v1/callbacks/{id}/later"""
    body, (ticket_id, callback_id) = await json_body(request, LaterBody), parts(request.path_params["id"])
    async with transaction(request) as conn:
        await actions.later(conn, ticket_id, callback_id, body.at, actor=actor_of(request), now=now(request))
    return Response(status_code=204)
