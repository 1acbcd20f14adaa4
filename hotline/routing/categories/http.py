"""The category tree on an administrator's desk."""

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.staff.http import by
from hotline.infra.clock import BEIJING
from hotline.infra.errors import NotFound
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.routing.categories import actions, store
from hotline.routing.categories.actions import CategoryChange, NewCategory
from hotline.routing.categories.store import CategoryUse, FullCategory

Name = Annotated[str, Meta(min_length=1, max_length=40)]
Words = Annotated[str, Meta(max_length=500)]


class AddCategory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Without `parent` a category of the first level; the code is the next free one."""

    name: Name
    parent: Annotated[str, Meta(max_length=6)] | None = None
    words: Words = ""
    duty: bool = False


class ChangeCategory(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Only what is set changes."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    words: Words | msgspec.UnsetType = msgspec.UNSET
    duty: bool | msgspec.UnsetType = msgspec.UNSET


class AllCategories(msgspec.Struct, frozen=True):
    """Closed ones too, each after its parent."""

    items: list[FullCategory]


def code_of(request: Request) -> str:
    code: str = request.path_params["code"]
    if not (code.isascii() and code.isdecimal() and len(code) in (2, 4, 6)):
        raise NotFound(f"没有分类 {code[:20]},请核对。")
    return code


async def every(request: Request) -> Response:
    """GET /api/v1/directory/categories"""
    async with services(request).pool.acquire() as conn:
        return answer(AllCategories(await store.every(conn)))


async def add(request: Request) -> Response:
    """POST /api/v1/categories"""
    body = await json_body(request, AddCategory)
    async with transaction(request) as conn:
        return answer(await actions.add(conn, NewCategory(**msgspec.structs.asdict(body)), by(request)), 201)


async def change(request: Request) -> Response:
    """PATCH /api/v1/categories/{code}"""
    code, body = code_of(request), await json_body(request, ChangeCategory)
    async with transaction(request) as conn:
        return answer(await actions.change(conn, code, CategoryChange(**msgspec.structs.asdict(body)), by(request)))


async def use(request: Request) -> Response:
    """GET /api/v1/categories/{code}/use"""
    code, today = code_of(request), now(request).astimezone(BEIJING).date()
    async with transaction(request) as conn:
        await actions.known(conn, code)
        found: CategoryUse = await store.use(conn, code, today)
    return answer(found)


async def deactivate(request: Request) -> Response:
    """POST /api/v1/categories/{code}/deactivate"""
    async with transaction(request) as conn:
        return answer(await actions.set_active(conn, code_of(request), False, by(request)))


async def activate(request: Request) -> Response:
    """POST /api/v1/categories/{code}/activate"""
    async with transaction(request) as conn:
        return answer(await actions.set_active(conn, code_of(request), True, by(request)))
