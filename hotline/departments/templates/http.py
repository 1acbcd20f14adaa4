"""答复模板 over HTTP: whoever answers keeps their own, whoever signs for the unit keeps the unit's."""

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.departments.templates import store
from hotline.departments.templates.store import Template
from hotline.directory.http import actor_of
from hotline.infra.errors import Forbidden, InvalidInput, NotFound
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.infra.words import tidy
from hotline.tickets.permissions import SIGNERS

MOST = 200
"""Templates of a unit together with one person's; nobody looks through more."""


class Templates(msgspec.Struct, frozen=True):
    items: list[Template]


class NewTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(max_length=60)]
    public_reply: Annotated[str, Meta(max_length=5000)] = ""
    account: Annotated[str, Meta(max_length=5000)] = ""
    category: Annotated[str, Meta(pattern="^[0-9]{2,6}$")] | None = None
    shared: bool = False
    """For the whole unit; otherwise for oneself."""


async def listing(request: Request) -> Response:
    """GET /api/v1/department/templates?category="""
    actor = actor_of(request)
    category = request.query_params.get("category") or None
    async with services(request).pool.acquire() as conn:
        found = await store.templates(
            conn, units=sorted(actor.records_of), person_id=actor.person_id, category=category, limit=MOST
        )
    return answer(Templates(found))


async def add(request: Request) -> Response:
    """POST /api/v1/department/templates"""
    body, actor = await json_body(request, NewTemplate), actor_of(request)
    name, account, public = tidy(body.name), tidy(body.account), tidy(body.public_reply)
    faults = [] if name else [("name", "请给模板起个名字。")]
    if not (account or public):
        faults.append(("public_reply", "请填写模板内容。"))
    if actor.unit_id is None:
        faults.append(("shared", "您不属于任何承办单位,不能保存模板。"))
    if faults or actor.unit_id is None:
        raise InvalidInput(faults)
    if body.shared and not actor.has(*SIGNERS):
        raise Forbidden("单位共用的模板由联络员、审核人或分管领导保存,您可以存为自己的模板。")
    async with transaction(request) as conn:
        if await store.count(conn, actor.unit_id, actor.person_id) >= MOST:
            raise InvalidInput([("name", f"模板最多 {MOST} 个,请先删去不用的。")])
        added = await store.add(
            conn,
            unit_id=actor.unit_id,
            person_id=None if body.shared else actor.person_id,
            category=body.category,
            name=name,
            account=account,
            public_reply=public,
            by_name=actor.name,
            now=now(request),
        )
    return answer(added, 201)


async def delete(request: Request) -> Response:
    """DELETE /api/v1/department/templates/{template_id}"""
    actor, text = actor_of(request), request.path_params["template_id"]
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotFound("没有这个模板。")
    async with transaction(request) as conn:
        gone = await store.delete(
            conn,
            int(text),
            units=sorted(actor.records_of),
            person_id=actor.person_id or 0,
            shared=actor.has(*SIGNERS),
        )
    if not gone:
        raise NotFound("没有这个模板,或它不由您保管。")
    return Response(status_code=204)
