"""浏览器话机 and 分机 over HTTP: what a browser needs to be the telephone of its seat, and who may have one."""

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.changes import store as changes
from hotline.directory.http import actor_of
from hotline.directory.people import By
from hotline.infra.errors import HotlineError, InvalidInput, NotFound
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.intake.channels.phone.browser import store
from hotline.intake.channels.phone.browser.line import IceServer, digest, line_of, relays
from hotline.intake.channels.phone.browser.store import Extension
from hotline.intake.channels.phone.commands.form import EXTENSION_SAID, is_extension
from hotline.intake.channels.phone.own import store as own
from hotline.intake.channels.phone.seats import store as seats

PLAIN = "字母、数字和 . _ -"
ACCOUNT = r"^[A-Za-z0-9._-]{0,64}$"


class BrowserPhone(msgspec.Struct, frozen=True):
    """Given to whoever sits at this extension, while they sit there."""

    address: str
    uri: str
    account: str
    realm: str
    ha1: str
    """Signs on at this realm; the password itself stays with us."""
    ice: list[IceServer]

    def __repr__(self) -> str:
        return f"BrowserPhone({self.uri})"


class NoBrowserPhone(HotlineError):
    code = "no_browser_phone"
    status = 409


async def hand_out(request: Request) -> Response:
    """POST /api/v1/calls/browser-phone"""
    held, actor = services(request), actor_of(request)
    if held.settings.browser_phone is None:
        raise NoBrowserPhone("本系统没有开通浏览器话机,请用桌面话机接听。")
    line = line_of(held.settings.browser_phone)
    async with held.pool.acquire() as conn:
        mine = await seats.seats(conn, person_id=actor.person_id) if actor.person_id is not None else []
        if not mine or actor.person_id is None:
            raise NoBrowserPhone("还没有签入话机,签入后再启用浏览器话机。")
        number = mine[0].extension
        if not (await own.own(conn, actor.person_id)).browser:
            raise NoBrowserPhone("没有给您开通浏览器话机,请用桌面话机接听;需要开通请联系系统管理员。")
        found = await store.account(conn, number, held.cipher)
    if found is None:
        raise NoBrowserPhone(f"分机 {number} 没有登记浏览器话机的密码,请用桌面话机接听,或请系统管理员在“分机”页填写。")
    account, password = found
    told = answer(
        BrowserPhone(
            address=line.address,
            uri=f"sip:{account}@{line.domain}",
            account=account,
            realm=line.realm,
            ha1=digest(account, line.realm, password),
            ice=relays(line, held.settings.turn_secret, number, now(request)),
        )
    )
    told.headers["Cache-Control"] = "no-store"
    return told


class PhoneUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    person_id: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    browser: bool = False


class ExtensionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """分机的设定, as a whole; only the password is left as it is when none is said."""

    people: Annotated[tuple[PhoneUser, ...], Meta(max_length=20)] = ()
    account: Annotated[str, Meta(pattern=ACCOUNT)] = ""
    """Empty: the number."""
    password: Annotated[str, Meta(max_length=128)] | None = None

    def __repr__(self) -> str:
        return f"ExtensionBody({self.account})"


class ExtensionList(msgspec.Struct, frozen=True):
    items: list[Extension]
    address: str
    """Where browsers sign on; empty: there is no such place, and 浏览器话机 means nothing yet."""


async def listing(request: Request) -> Response:
    """GET /api/v1/extensions"""
    said = services(request).settings.browser_phone
    async with services(request).pool.acquire() as conn:
        return answer(ExtensionList(await store.extensions(conn), line_of(said).address if said else ""))


async def put(request: Request) -> Response:
    """PUT /api/v1/extensions/{number}"""
    number, body = request.path_params["number"], await json_body(request, ExtensionBody)
    if not is_extension(number):
        raise InvalidInput([("number", EXTENSION_SAID)])
    if body.password is not None and not body.password.isprintable():
        raise InvalidInput([("password", "密码里有不可见的字符,请重新输入。")])
    people = {one.person_id: one.browser for one in body.people}
    async with transaction(request) as conn:
        before = next(iter(await store.extensions(conn, number)), None)
        if missing := sorted(set(people) - await store.working(conn, list(people))):
            raise InvalidInput([("people", f"没有编号为 {missing[0]} 的在岗人员,请重新选择。")])
        has = bool(body.password) if body.password is not None else before is not None and before.has_password
        if any(people.values()) and not has:
            raise InvalidInput([("password", "要在浏览器里接听,请填写这个分机在交换机上的密码。")])
        await store.keep(conn, number, body.account or number, body.password, services(request).cipher)
        await store.give(conn, number, list(people.items()))
        (after,) = await store.extensions(conn, number)
        by = By(actor_of(request), now(request))
        act = "password" if body.password is not None else "change" if before else "add"
        await changes.keep(conn, "extension", number, act, by, before=noted(before), after=noted(after))
    return answer(after)


async def forget(request: Request) -> Response:
    """DELETE /api/v1/extensions/{number}"""
    number = request.path_params["number"]
    async with transaction(request) as conn:
        found = await store.extensions(conn, number) if is_extension(number) else []
        if not found:
            raise NotFound("没有这个分机。")
        await store.forget(conn, number)
        by = By(actor_of(request), now(request))
        await changes.keep(conn, "extension", number, "drop", by, before=noted(found[0]), after=None)
    return Response(status_code=204)


def noted(extension: Extension | None) -> dict[str, object] | None:
    """What a change is compared by; whether there is a password, not which."""
    if extension is None:
        return None
    people = [{"person_id": one.person_id, "browser": one.browser} for one in extension.people]
    return {"account": extension.account, "has_password": extension.has_password, "people": people}
