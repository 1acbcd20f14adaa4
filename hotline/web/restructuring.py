"""Changes of the directory that tickets must follow in the same transaction: moving, merging, closing, leaving."""

from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory import store as directory_store
from hotline.directory.http import actor_of, directory_of
from hotline.directory.staff import actions as staff
from hotline.directory.staff.http import by, person_id_of
from hotline.directory.staff.store import Person
from hotline.directory.tree import actions as tree
from hotline.directory.tree.http import Id, Name, Short, standing, unit_id_of
from hotline.directory.units import Unit, UnitChange, known_unit
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import InvalidInput
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.infra.outbox import follow
from hotline.tickets.handover import actions as handover
from hotline.tickets.handover.store import OpenWork, UnitWeight, open_of_person, weight

AFTERWARDS = timedelta(minutes=1)
"""A dispatch that read the old tree just before has been committed by then."""


class ChangeUnit(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Only what is set changes; `active` false closes the unit."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    region_code: Annotated[str, Meta(max_length=12)] | msgspec.UnsetType | None = msgspec.UNSET
    active: bool | msgspec.UnsetType = msgspec.UNSET
    phone: Short | msgspec.UnsetType | None = msgspec.UNSET
    duty_contact: Short | msgspec.UnsetType | None = msgspec.UNSET


class MoveUnit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """调整隶属; null makes it a root."""

    parent_id: Id | None
    reason: Annotated[str, Meta(max_length=500)] = ""


class MergeUnit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """并入"""

    into: Id
    reason: Annotated[str, Meta(max_length=500)]


class Restructured(msgspec.Struct, frozen=True):
    """The unit as it is now, and how many open tickets went along."""

    unit: Unit
    tickets: int
    people: int = 0
    children: int = 0


class Closed(msgspec.Struct, frozen=True):
    """The closed account, and the open work its unit has to give to somebody else."""

    person: Person
    open_work: list[OpenWork]


class OpenWorkList(msgspec.Struct, frozen=True):
    items: list[OpenWork]


async def change(request: Request) -> Response:
    """PATCH /api/v1/units/{unit_id}"""
    unit_id, body = unit_id_of(request), await json_body(request, ChangeUnit)
    given = UnitChange(**msgspec.structs.asdict(body))
    async with transaction(request) as conn:
        if given.active is False:
            unit = known_unit(await directory_store.lock_directory(conn), unit_id)
            await handover.refuse_open_work(conn, unit_id, unit.name)
        return answer(await tree.change_unit(conn, unit_id, given, actor=actor_of(request), now=now(request)))


async def weighed(request: Request) -> Response:
    """GET /api/v1/units/{unit_id}/weight"""
    unit, day = known_unit(await directory_of(request), unit_id_of(request)), now(request).astimezone(BEIJING).date()
    async with services(request).pool.acquire() as conn:
        found: UnitWeight = await weight(conn, unit.id, unit.code, day)
    return answer(found)


async def move(request: Request) -> Response:
    """POST /api/v1/units/{unit_id}/move"""
    unit_id, body = unit_id_of(request), await json_body(request, MoveUnit)
    async with transaction(request) as conn:
        await tree.move_unit(conn, unit_id, body.parent_id, actor=actor_of(request), now=now(request))
        unit = await standing(conn, unit_id)
        handed = await followed(conn, request, f"“{unit.name}”调整隶属关系。{body.reason}".strip())
    return answer(Restructured(unit, handed))


async def merge(request: Request) -> Response:
    """POST /api/v1/units/{unit_id}/merge"""
    unit_id, body = unit_id_of(request), await json_body(request, MergeUnit)
    if not body.reason.strip():
        raise InvalidInput([("reason", "请写明合并的依据(机构改革文件等)。")])
    async with transaction(request) as conn:
        merged = await tree.merge_units(conn, unit_id, body.into, by(request))
        into = await standing(conn, body.into)
        unit = await standing(conn, unit_id)
        handed = await followed(conn, request, f"“{unit.name}”并入“{into.name}”:{body.reason.strip()}")
    return answer(Restructured(into, handed, merged.people, merged.children))


async def followed(conn: Connection, request: Request, reason: str) -> int:
    handed = await handover.follow_directory(conn, actor=actor_of(request), now=now(request), reason=reason)
    await follow(conn, "directory.changed", 0, {"reason": reason}, delay=AFTERWARDS)
    return handed


async def deactivate(request: Request) -> Response:
    """POST /api/v1/people/{person_id}/deactivate"""
    person_id = person_id_of(request)
    async with transaction(request) as conn:
        closed = await staff.set_active(conn, person_id, False, by(request))
        return answer(Closed(closed, await open_of_person(conn, person_id)))


async def open_work(request: Request) -> Response:
    """GET /api/v1/people/{person_id}/work"""
    async with services(request).pool.acquire() as conn:
        person = await staff.known_person(conn, person_id_of(request))
        return answer(OpenWorkList(await open_of_person(conn, person.id)))
