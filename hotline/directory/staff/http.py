"""Accounts, deputies and the logs over HTTP. Closing an account shows open work: that is in `web.restructuring`."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory import actions as directory
from hotline.directory.http import actor_of, answer_signed_in, signed_in_of, token_of
from hotline.directory.passwords import hash_password
from hotline.directory.people import By, NewPerson, Role
from hotline.directory.staff import actions
from hotline.directory.staff import store as staff
from hotline.directory.staff.actions import NewDeputy, PersonChange
from hotline.directory.staff.deputies import Deputy
from hotline.directory.staff.store import Colleague, Person, SecurityLine, SignInLine
from hotline.directory.tree.http import Id, Name, number_of
from hotline.infra.errors import InvalidInput, NotSignedIn
from hotline.infra.http import answer, json_body, now, services, transaction

MOST = 200
BEYOND = 2**62
Moment = Annotated[datetime, Meta(tz=True)]


class AddPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Name
    username: Annotated[str, Meta(min_length=1, max_length=64)]
    roles: frozenset[Role]
    unit_id: Id | None = None
    phone: Annotated[str, Meta(max_length=30)] | None = None


class ChangePerson(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Only what is set changes."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    unit_id: Id | msgspec.UnsetType | None = msgspec.UNSET
    phone: Annotated[str, Meta(max_length=30)] | msgspec.UnsetType = msgspec.UNSET


class Roles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    roles: frozenset[Role]


class Admitted(msgspec.Struct, frozen=True):
    """The password is shown this once and must be changed at the first sign-in."""

    person: Person
    initial_password: str


class PeoplePage(msgspec.Struct, frozen=True):
    items: list[Person]
    next_cursor: str | None


class Colleagues(msgspec.Struct, frozen=True):
    items: list[Colleague]


class GrantDeputy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """代理: this person does that unit's work between two moments."""

    person_id: Id
    unit_id: Id
    roles: frozenset[Role]
    begins_at: Moment
    ends_at: Moment
    reason: Annotated[str, Meta(max_length=500)]
    stands_for: Id | None = None


class DeputyList(msgspec.Struct, frozen=True):
    items: list[Deputy]


class ActAs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """null: as oneself again."""

    deputy_id: Id | None


class SecurityPage(msgspec.Struct, frozen=True):
    items: list[SecurityLine]
    next_cursor: str | None


class SignInPage(msgspec.Struct, frozen=True):
    items: list[SignInLine]
    next_cursor: str | None


def by(request: Request) -> By:
    return By(actor_of(request), now(request))


def person_id_of(request: Request) -> int:
    return number_of(request, "person_id", "人员")


def number(request: Request, name: str, most: int, default: int | None = None) -> int | None:
    text = request.query_params.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and 1 <= int(text) <= most):
        raise InvalidInput([(name, f"{name} 应为 1 至 {most} 的整数。")])
    return int(text)


def page_of(request: Request) -> int:
    return number(request, "limit", MOST, 50) or 50


def words_of(request: Request, name: str) -> str | None:
    return request.query_params.get(name, "").replace("\0", "").strip()[:100] or None


async def people(request: Request) -> Response:
    """GET /api/v1/people?unit=&q=&active=&cursor=&limit="""
    limit, active = page_of(request), request.query_params.get("active")
    async with services(request).pool.acquire() as conn:
        found = await staff.people(
            conn,
            after=number(request, "cursor", 2**31 - 1, 0) or 0,
            unit_id=number(request, "unit", 2**31 - 1),
            words=words_of(request, "q"),
            active=None if not active else active == "true",
            limit=limit + 1,
        )
    cursor = str(found[limit - 1].id) if len(found) > limit else None
    return answer(PeoplePage(found[:limit], cursor))


async def person(request: Request) -> Response:
    """GET /api/v1/people/{person_id}"""
    async with services(request).pool.acquire() as conn:
        return answer(await actions.known_person(conn, person_id_of(request)))


async def colleagues(request: Request) -> Response:
    """GET /api/v1/colleagues: people of one's own unit, to assign work to."""
    actor = actor_of(request)
    if actor.unit_id is None:
        return answer(Colleagues([]))
    async with services(request).pool.acquire() as conn:
        return answer(Colleagues(await staff.colleagues(conn, actor.unit_id)))


async def add(request: Request) -> Response:
    """POST /api/v1/people"""
    body = await json_body(request, AddPerson)
    password = directory.made_up(body.username)
    # No connection is held while argon2 works.
    hashed = await directory.slowly(hash_password, password)
    new = NewPerson(**msgspec.structs.asdict(body))
    async with transaction(request) as conn:
        made = await actions.add(conn, new, password, hashed, cipher=services(request).cipher, by=by(request))
    return answer(Admitted(made, password), 201)


async def change(request: Request) -> Response:
    """PATCH /api/v1/people/{person_id}"""
    person_id, body = person_id_of(request), await json_body(request, ChangePerson)
    given = PersonChange(**msgspec.structs.asdict(body))
    async with transaction(request) as conn:
        return answer(await actions.change(conn, person_id, given, cipher=services(request).cipher, by=by(request)))


async def set_roles(request: Request) -> Response:
    """PUT /api/v1/people/{person_id}/roles"""
    person_id, body = person_id_of(request), await json_body(request, Roles)
    async with transaction(request) as conn:
        return answer(await actions.set_roles(conn, person_id, body.roles, by(request)))


async def reset_password(request: Request) -> Response:
    """POST /api/v1/people/{person_id}/password"""
    person_id = person_id_of(request)
    async with services(request).pool.acquire() as conn:
        password = directory.made_up((await actions.known_person(conn, person_id)).username)
    hashed = await directory.slowly(hash_password, password)
    async with transaction(request) as conn:
        found = await actions.reset_password(conn, person_id, password, hashed, by(request))
    return answer(Admitted(found, password))


async def activate(request: Request) -> Response:
    """POST /api/v1/people/{person_id}/activate"""
    async with transaction(request) as conn:
        return answer(await actions.set_active(conn, person_id_of(request), True, by(request)))


async def deputies(request: Request) -> Response:
    """GET /api/v1/deputies?person=&unit="""
    person_id, unit_id = number(request, "person", 2**31 - 1), number(request, "unit", 2**31 - 1)
    async with services(request).pool.acquire() as conn:
        return answer(DeputyList(await staff.deputies(conn, person_id=person_id, unit_id=unit_id)))


async def my_deputies(request: Request) -> Response:
    """GET /api/v1/me/deputies: for whom I may act, now or soon."""
    person_id = actor_of(request).person_id
    async with services(request).pool.acquire() as conn:
        return answer(DeputyList(await staff.deputies(conn, person_id=person_id, open_at=now(request))))


async def grant_deputy(request: Request) -> Response:
    """POST /api/v1/deputies"""
    body = await json_body(request, GrantDeputy)
    async with transaction(request) as conn:
        return answer(await actions.grant_deputy(conn, NewDeputy(**msgspec.structs.asdict(body)), by(request)), 201)


async def end_deputy(request: Request) -> Response:
    """POST /api/v1/deputies/{deputy_id}/end"""
    async with transaction(request) as conn:
        return answer(await actions.end_deputy(conn, number_of(request, "deputy_id", "代理"), by(request)))


async def act_as(request: Request) -> Response:
    """POST /api/v1/session/deputy: act as a deputy from the next request on, or as oneself again."""
    body, token = await json_body(request, ActAs), token_of(request)
    demo = services(request).settings.demo
    async with transaction(request) as conn:
        await actions.act_as(conn, signed_in_of(request), token, body.deputy_id, by(request))
        acting = await directory.load_session(conn, token, now(request), demo=demo)
    if acting is None:
        raise NotSignedIn("登录已过期,请重新登录。")
    return answer_signed_in(acting)


async def security_log(request: Request) -> Response:
    """GET /api/v1/security/log?person=&act=&cursor=&limit="""
    limit, person_id = page_of(request), number(request, "person", 2**31 - 1)
    before = number(request, "cursor", BEYOND, BEYOND) or BEYOND
    async with services(request).pool.acquire() as conn:
        found = await staff.security_log(
            conn, before=before, person_id=person_id, act=words_of(request, "act"), limit=limit + 1
        )
    return answer(SecurityPage(found[:limit], str(found[limit - 1].id) if len(found) > limit else None))


async def sign_ins(request: Request) -> Response:
    """GET /api/v1/security/sign_ins?person=&outcome=&cursor=&limit="""
    limit, person_id = page_of(request), number(request, "person", 2**31 - 1)
    before = number(request, "cursor", BEYOND, BEYOND) or BEYOND
    async with services(request).pool.acquire() as conn:
        found = await staff.sign_ins(
            conn, before=before, person_id=person_id, outcome=words_of(request, "outcome"), limit=limit + 1
        )
    return answer(SignInPage(found[:limit], str(found[limit - 1].id) if len(found) > limit else None))
