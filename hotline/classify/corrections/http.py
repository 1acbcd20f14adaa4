"""Overrides to look at again, letters to label: for those who may read tickets."""

from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.classify.corrections import store
from hotline.classify.corrections.asking import LetterToLabel, choose
from hotline.classify.corrections.store import ListedOverride, OverrideCount, Verdict
from hotline.classify.tree.store import read_categories
from hotline.directory.http import actor_of
from hotline.directory.staff.http import by, number
from hotline.directory.tree.http import number_of
from hotline.infra.errors import InvalidInput, NotFound
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.tickets.actions import access
from hotline.tickets.http import ticket_id_of

LATELY = timedelta(days=14)
CANDIDATES = 600
MONTH = timedelta(days=30)
LIMIT = 50


class Overrides(msgspec.Struct, frozen=True):
    items: list[ListedOverride]
    next_cursor: str | None
    counts: list[OverrideCount]
    """Of the last thirty days."""


class JudgeOverride(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """复核: was the override right? A wrong one is not learned from; null takes the verdict back."""

    verdict: Verdict | None


class ToLabel(msgspec.Struct, frozen=True):
    items: list[LetterToLabel]


class LabelLetter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    category: Annotated[str, Meta(min_length=4, max_length=6)]


def one_of(request: Request, name: str, allowed: tuple[str, ...]) -> str | None:
    value = request.query_params.get(name) or None
    if value is not None and value not in allowed:
        raise InvalidInput([(name, f"只能是 {'、'.join(allowed)} 之一。")])
    return value


async def overrides(request: Request) -> Response:
    """GET /api/v1/overrides?field=&source=&verdict=&cursor="""
    before = number(request, "cursor", 2**62)
    field = one_of(request, "field", ("category", "kind", "urgency", "unit"))
    source = one_of(request, "source", ("agent", "dispatcher", "return", "ruling"))
    verdict = one_of(request, "verdict", ("open", "right", "wrong"))
    async with services(request).pool.acquire() as conn:
        found = await store.listed(conn, field=field, source=source, verdict=verdict, before=before, limit=LIMIT + 1)
        counted = await store.counts(conn, now(request) - MONTH)
    items = found[:LIMIT]
    return answer(Overrides(items, str(items[-1].id) if len(found) > LIMIT else None, counted))


async def judge(request: Request) -> Response:
    """POST /api/v1/tickets/{id}/overrides/{override_id}/verdict"""
    body, ticket_id, number_ = await json_body(request, JudgeOverride), ticket_id_of(request), override_id_of(request)
    async with transaction(request) as conn:
        await access(conn, ticket_id, actor=actor_of(request))
        told = by(request)
        if not await store.judge(conn, ticket_id, number_, body.verdict, told.actor.name, told.now):
            raise NotFound("没有这条改判记录,请刷新。")
    return Response(status_code=204)


def override_id_of(request: Request) -> int:
    return number_of(request, "override_id", "改判记录")


async def to_label(request: Request) -> Response:
    """GET /api/v1/labels/wanted"""
    async with services(request).pool.acquire() as conn:
        found = await store.unsure(conn, now(request) - LATELY, CANDIDATES)
    return answer(ToLabel(list(choose(found))))


async def label(request: Request) -> Response:
    """PUT /api/v1/tickets/{id}/label"""
    body, ticket_id = await json_body(request, LabelLetter), ticket_id_of(request)
    async with transaction(request) as conn:
        ticket = await access(conn, ticket_id, actor=actor_of(request))
        if body.category not in {one.code for one in await read_categories(conn)}:
            raise InvalidInput([("category", f"没有分类 {body.category},请从列表中选择。")])
        said, told = await store.seen(conn, ticket.id), by(request)
        await store.label(conn, ticket.id, body.category, said, told.actor.person_id, told.actor.name, told.now)
    return Response(status_code=204)


async def unlabel(request: Request) -> Response:
    """DELETE /api/v1/tickets/{id}/label"""
    async with transaction(request) as conn:
        ticket = await access(conn, ticket_id_of(request), actor=actor_of(request))
        await store.unlabel(conn, ticket.id)
    return Response(status_code=204)
