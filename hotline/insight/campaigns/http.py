"""Campaigns over HTTP: what there is, a rule set or changed, one given up."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.infra.errors import InvalidInput, NotFound
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.insight.campaigns import store
from hotline.insight.campaigns.rule import Campaign, CampaignRule, faults, tidied
from hotline.tickets import privacy
from hotline.tickets.http import number

SECRET = "保密工单"
MOST = 2_147_483_647


class Campaigns(msgspec.Struct, frozen=True):
    items: list[Campaign]


class Fitting(msgspec.Struct, frozen=True):
    ticket_id: int
    title: str


class CampaignPreview(msgspec.Struct, frozen=True):
    tickets: int
    newest: tuple[Fitting, ...]


async def campaigns(request: Request) -> Response:
    """GET /api/v1/reports/campaigns"""
    async with services(request).pool.acquire() as conn:
        return answer(Campaigns(await store.campaigns(conn)))


async def preview(request: Request) -> Response:
    """POST /api/v1/reports/campaigns/preview"""
    rule, actor = tidied(await json_body(request, CampaignRule)), actor_of(request)
    async with services(request).pool.acquire() as conn:
        # It may not have a name yet.
        if wrong := [fault for fault in faults(rule, await store.codes(conn)) if fault[0] != "name"]:
            raise InvalidInput(wrong)
        found = await store.preview(conn, rule)
    hidden = not actor.has(*privacy.OPEN_TO)
    newest = tuple(Fitting(row["id"], SECRET if row["confidential"] and hidden else row["title"]) for row in found)
    return answer(CampaignPreview(found[0]["tickets"] if found else 0, newest))


async def put(request: Request) -> Response:
    """POST /api/v1/reports/campaigns : one of that name is changed."""
    rule = tidied(await json_body(request, CampaignRule))
    async with transaction(request) as conn:
        if wrong := faults(rule, await store.codes(conn)):
            raise InvalidInput(wrong)
        kept = await store.put(conn, rule, by_name=actor_of(request).name, now=now(request))
        await store.tag_again(conn, kept)
        made = next(one for one in await store.campaigns(conn) if one.id == kept)
    return answer(made, 201)


async def drop(request: Request) -> Response:
    """DELETE /api/v1/reports/campaigns/{id}"""
    which = number(request.path_params["id"], "id", default=0, most=MOST)
    async with transaction(request) as conn:
        if not await store.drop(conn, which):
            raise NotFound("没有这个专题，可能已被他人删除，请刷新。")
    return Response(status_code=204)
