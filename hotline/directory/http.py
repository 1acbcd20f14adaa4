"""Sessions, oneself, units and regions over HTTP."""

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory import actions, store
from hotline.directory.passwords import LONGEST, hash_password
from hotline.directory.people import Actor, Role
from hotline.directory.regions import Region
from hotline.directory.sessions import RULES, Came, SignedIn, WrongPassword
from hotline.directory.units import Directory, Unit
from hotline.infra.errors import InvalidInput, NotFound, NotSignedIn
from hotline.infra.http import answer, json_body, now, services, transaction

COOKIE = "hotline_session"
CSRF_HEADER = "X-CSRF-Token"


class SignInBody(msgspec.Struct, frozen=True):
    username: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]


class PasswordBody(msgspec.Struct, frozen=True):
    old_password: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]
    new_password: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]


class UnitName(msgspec.Struct, frozen=True):
    id: int
    code: str
    name: str


class PersonAnswer(msgspec.Struct, frozen=True):
    id: int
    username: str
    name: str
    roles: list[Role]
    unit: UnitName | None


class SignedInAnswer(msgspec.Struct, frozen=True):
    person: PersonAnswer
    csrf_token: str
    must_change_password: bool
    csrf_header: str = CSRF_HEADER
    deputy_id: int | None = None
    """Set while this session acts as somebody's deputy."""


class UnitList(msgspec.Struct, frozen=True):
    items: list[Unit]


class RegionList(msgspec.Struct, frozen=True):
    items: list[Region]


def actor_of(request: Request) -> Actor:
    """Who sent this; the route's wrapper has asked `web.auth.authenticate` before."""
    found: Actor | None = getattr(request.state, "actor", None)
    if found is None:
        raise not_signed_in()
    return found


def signed_in_of(request: Request) -> SignedIn:
    found: SignedIn | None = getattr(request.state, "signed_in", None)
    if found is None:
        raise not_signed_in()
    return found


def not_signed_in() -> NotSignedIn:
    return NotSignedIn("尚未登录或登录已过期,请先登录。")


def token_of(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


def came_from(request: Request) -> Came:
    agent = request.headers.get("user-agent", "")[:200].replace("\0", "")
    return Came(request.client.host[:64] if request.client else None, agent or None)


async def sign_in(request: Request) -> Response:
    """POST /api/v1/session"""
    given, demo = await json_body(request, SignInBody), services(request).settings.demo
    async with transaction(request) as conn:
        attempt = await actions.begin_sign_in(
            conn, given.username, came=came_from(request), now=now(request), demo=demo
        )
    # No connection is held while argon2 works: a shift signs in at the same minute.
    right = await actions.password_fits(attempt, given.password)
    async with transaction(request) as conn:
        opened = await actions.finish_sign_in(conn, attempt, right=right, now=now(request), demo=demo)
    if opened is None:
        raise WrongPassword
    response = answer_signed_in(opened.signed_in)
    _set_cookie(request, response, opened.token)
    return response


async def me(request: Request) -> Response:
    """GET /api/v1/me"""
    return answer_signed_in(signed_in_of(request))


async def sign_out(request: Request) -> Response:
    """DELETE /api/v1/session"""
    signed_in_of(request)
    async with transaction(request) as conn:
        await actions.sign_out(conn, token_of(request), came=came_from(request), now=now(request))
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=_https(request))
    return response


async def change_password(request: Request) -> Response:
    """POST /api/v1/session/password"""
    signed_in, given = signed_in_of(request), await json_body(request, PasswordBody)
    demo, came = services(request).settings.demo, came_from(request)
    async with transaction(request) as conn:
        attempt = await actions.begin_password_change(
            conn, signed_in, given.new_password, came=came, now=now(request), demo=demo
        )
    fits = await actions.password_fits(attempt, given.old_password)
    new_hash = await actions.slowly(hash_password, given.new_password) if fits else None
    async with transaction(request) as conn:
        changed = await actions.finish_password_change(
            conn, attempt, new_hash, token=token_of(request), now=now(request)
        )
    if not changed:
        wrong = "原密码不正确;连续输错 5 次账号会锁定 15 分钟,请核对后再试。"
        raise InvalidInput([("old_password", wrong)])
    return answer_signed_in(msgspec.structs.replace(signed_in, must_change=False))


async def units(request: Request) -> Response:
    """GET /api/v1/units?q= : active units, each after its parent, or those that match."""
    actor_of(request)  # duty phones are for colleagues
    directory = await directory_of(request)
    if sought := request.query_params.get("q", "").strip():
        return answer(UnitList(directory.search(sought)))
    roots = [root.id for root in directory.children(None)]
    return answer(UnitList([unit for root in roots for unit in directory.subtree(root) if unit.active]))


async def regions(request: Request) -> Response:
    """GET /api/v1/regions?parent= : the regions one step below, or the city."""
    directory, parent = await directory_of(request), request.query_params.get("parent") or None
    if parent and parent not in directory.regions:
        raise NotFound("没有这个行政区划代码,请核对。")
    return answer(RegionList(directory.regions_under(parent)))


async def directory_of(request: Request) -> Directory:
    async with services(request).pool.acquire() as conn:
        return await store.load_directory(conn)


def answer_signed_in(signed_in: SignedIn) -> Response:
    actor = signed_in.actor
    assert actor.person_id is not None
    unit = None
    if actor.unit_id is not None and signed_in.unit_code and signed_in.unit_name:
        unit = UnitName(actor.unit_id, signed_in.unit_code, signed_in.unit_name)
    person = PersonAnswer(actor.person_id, signed_in.username, actor.name, sorted(actor.roles), unit)
    response = answer(SignedInAnswer(person, signed_in.csrf, signed_in.must_change, deputy_id=signed_in.deputy_id))
    response.headers[CSRF_HEADER] = signed_in.csrf
    response.headers["Cache-Control"] = "no-store"
    return response


def _set_cookie(request: Request, response: Response, token: str) -> None:
    # Lax, not Strict: a link in a supervision letter opens the ticket with the session already there.
    life = int(RULES.life.total_seconds())
    response.set_cookie(COOKIE, token, max_age=life, path="/", httponly=True, samesite="lax", secure=_https(request))


def _https(request: Request) -> bool:
    return request.url.scheme == "https"
