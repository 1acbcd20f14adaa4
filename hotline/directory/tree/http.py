"""The tree of units for administrators. Moving, merging and closing touch tickets: those are in `web.restructuring`."""

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory import store
from hotline.directory.http import actor_of, directory_of
from hotline.directory.tree import actions
from hotline.directory.tree import store as tree
from hotline.directory.tree.store import UnitLine
from hotline.directory.units import NewUnit, Unit, UnitKind, known_unit
from hotline.infra.db import Connection
from hotline.infra.errors import NotFound
from hotline.infra.http import answer, json_body, now, transaction

Name = Annotated[str, Meta(min_length=1, max_length=100)]
Short = Annotated[str, Meta(max_length=100)]
BIGGEST = 2**31 - 1
Id = Annotated[int, Meta(ge=1, le=BIGGEST)]


class AddUnit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """新增单位; without `parent_id` a root."""

    code: Annotated[str, Meta(min_length=1, max_length=30)]
    name: Name
    kind: UnitKind
    parent_id: Id | None = None
    region_code: Annotated[str, Meta(max_length=12)] | None = None
    phone: Short | None = None
    duty_contact: Short | None = None
    aliases: Annotated[tuple[Name, ...], Meta(max_length=50)] = ()


class Aliases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    aliases: Annotated[tuple[Name, ...], Meta(max_length=50)]


class UnitHistory(msgspec.Struct, frozen=True):
    unit_id: int
    items: list[UnitLine]


class AllUnits(msgspec.Struct, frozen=True):
    """Closed units too, each after its parent."""

    items: list[Unit]


def number_of(request: Request, name: str, what: str) -> int:
    text: str = request.path_params[name]
    if not (text.isascii() and text.isdecimal() and len(text) < 11 and int(text) <= BIGGEST):
        raise NotFound(f"没有编号为 {text[:30]} 的{what},请核对。")
    return int(text)


def unit_id_of(request: Request) -> int:
    return number_of(request, "unit_id", "单位")


async def every_unit(request: Request) -> Response:
    """GET /api/v1/directory/units"""
    directory = await directory_of(request)
    roots = [root.id for root in directory.children(None)]
    return answer(AllUnits([unit for root in roots for unit in directory.subtree(root)]))


async def unit(request: Request) -> Response:
    """GET /api/v1/units/{unit_id}"""
    actor_of(request)
    return answer(known_unit(await directory_of(request), unit_id_of(request)))


async def history(request: Request) -> Response:
    """GET /api/v1/units/{unit_id}/history"""
    unit_id = unit_id_of(request)
    async with transaction(request) as conn:
        known_unit(await store.load_directory(conn), unit_id)
        return answer(UnitHistory(unit_id, await tree.history(conn, unit_id)))


async def add(request: Request) -> Response:
    """POST /api/v1/units"""
    body = await json_body(request, AddUnit)
    new = NewUnit(**msgspec.structs.asdict(body))
    async with transaction(request) as conn:
        unit_id = await actions.add_unit(conn, new, actor=actor_of(request), now=now(request))
        return answer(await standing(conn, unit_id), 201)


async def set_aliases(request: Request) -> Response:
    """PUT /api/v1/units/{unit_id}/aliases"""
    unit_id, body = unit_id_of(request), await json_body(request, Aliases)
    async with transaction(request) as conn:
        await actions.set_aliases(conn, unit_id, body.aliases, actor=actor_of(request), now=now(request))
        return answer(await standing(conn, unit_id))


async def standing(conn: Connection, unit_id: int) -> Unit:
    return known_unit(await store.load_directory(conn), unit_id)
