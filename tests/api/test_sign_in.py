"""Signing in over HTTP: cookie, CSRF, the same answer to every wrong guess, and a log that survives a refusal."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response as Answer
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from hotline.directory import actions, http
from hotline.directory.demo import parse_regions
from hotline.directory.people import SYSTEM, NewPerson, Role
from hotline.directory.sessions import RULES
from hotline.directory.store import insert_regions
from hotline.directory.tree import actions as tree
from hotline.directory.units import NewUnit, UnitKind
from hotline.infra.db import Connection
from hotline.infra.errors import HotlineError
from hotline.infra.http import Services, answer
from hotline.web.auth import authenticate
from tests.conftest import TurnedClock

PASSWORD = "correct-horse"
OTHER = "another-horse"
SESSION = "/api/v1/session"
ME = "/api/v1/me"
Handler = Callable[[Request], Awaitable[Answer]]


def staff(handler: Handler) -> Handler:
    async def asked(request: Request) -> Answer:
        await authenticate(request)
        return await handler(request)

    return asked


async def touch(request: Request) -> Answer:
    """Stands for any verb of any stage."""
    return answer({"by": http.actor_of(request).name})


async def say(request: Request, error: Exception) -> Answer:
    assert isinstance(error, HotlineError)
    return answer(error.body(), error.status)


ROUTES = [
    Route(SESSION, http.sign_in, methods=["POST"]),
    Route(SESSION, staff(http.sign_out), methods=["DELETE"]),
    Route(f"{SESSION}/password", staff(http.change_password), methods=["POST"]),
    Route(ME, staff(http.me)),
    Route("/api/v1/units", staff(http.units)),
    Route("/api/v1/regions", http.regions),
    Route("/api/v1/touch", staff(touch), methods=["GET", "POST"]),
]


@pytest.fixture
async def web(services: Services) -> AsyncIterator[AsyncClient]:
    app = Starlette(routes=ROUTES, exception_handlers={HotlineError: say})

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {"services": services}
        await app(scope, receive, send)

    async with AsyncClient(transport=ASGITransport(app=served), base_url="http://hotline.test") as client:
        yield client


@pytest.fixture(autouse=True)
async def zhang(conn: Connection, clock: TurnedClock) -> int:
    new = NewUnit("CG", "城市管理局", UnitKind.DEPARTMENT, aliases=("城管局",))
    home = await tree.add_unit(conn, new, actor=SYSTEM, now=clock.now())
    person = NewPerson("张三", "zhang", frozenset({Role.UNIT_LIAISON}), home)
    return await actions.add_person(conn, person, PASSWORD, must_change=False)


async def sign_in(web: AsyncClient, username: str = "zhang", password: str = PASSWORD) -> Response:
    return await web.post(SESSION, json={"username": username, "password": password})


async def test_signing_in_gives_the_person_a_cookie_and_a_csrf_token(web: AsyncClient, zhang: int) -> None:
    opened = await sign_in(web)
    body = opened.json()
    assert opened.status_code == 200
    assert (body["person"]["id"], body["person"]["name"], body["person"]["roles"]) == (zhang, "张三", ["unit_liaison"])
    assert (body["person"]["unit"]["code"], body["person"]["unit"]["name"]) == ("CG", "城市管理局")
    assert body["csrf_header"] == "X-CSRF-Token"
    assert opened.headers["X-CSRF-Token"] == body["csrf_token"]
    cookie = opened.headers["set-cookie"]
    assert cookie.startswith("hotline_session=") and "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert body["csrf_token"] not in cookie
    again = await web.get(ME)
    assert again.json() == body


async def test_over_https_the_cookie_never_travels_in_clear(web: AsyncClient) -> None:
    web.base_url = "https://hotline.test"
    assert "Secure" in (await sign_in(web)).headers["set-cookie"]


@pytest.mark.parametrize(
    ("username", "password"), [("zhang", "wrong-horse"), ("nobody", PASSWORD), ("张三", PASSWORD), ("a\0b", PASSWORD)]
)
async def test_every_wrong_guess_gets_the_same_answer(web: AsyncClient, username: str, password: str) -> None:
    refused = await sign_in(web, username, password)
    assert refused.status_code == 401
    assert refused.json()["error"] == "wrong_password"
    assert "锁定" in refused.json()["message"]
    assert "set-cookie" not in refused.headers
    known = await sign_in(web, "zhang", "wrong-horse")
    assert known.json() == refused.json()


async def test_a_refused_sign_in_is_logged_and_counted_all_the_same(
    web: AsyncClient, conn: Connection, zhang: int
) -> None:
    await sign_in(web, password="wrong-horse")
    await sign_in(web, "nobody")
    lines = await conn.fetch("SELECT person_id, outcome, address, agent FROM sign_in_log ORDER BY id")
    assert [(line["person_id"], line["outcome"]) for line in lines] == [(zhang, "wrong"), (None, "unknown")]
    assert lines[0]["address"] == "127.0.0.1" and "httpx" in lines[0]["agent"]
    assert await conn.fetchval("SELECT failed_count FROM account") == 1


async def test_a_locked_account_gets_the_answer_of_a_wrong_password(
    web: AsyncClient, conn: Connection, clock: TurnedClock
) -> None:
    until = clock.now() + RULES.locked_for
    await conn.execute("UPDATE account SET failed_count = 5, locked_until = $1", until)
    locked = await sign_in(web)
    clock.set(until)
    assert locked.json()["error"] == "wrong_password"
    assert (await sign_in(web)).status_code == 200


@pytest.mark.parametrize("body", [{}, {"username": "zhang"}, {"username": "zhang", "password": 1}])
async def test_a_sign_in_that_lacks_something_says_what(web: AsyncClient, body: dict[str, object]) -> None:
    refused = await web.post(SESSION, json=body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] in {"username", "password"}


async def test_without_a_session_one_is_told_to_sign_in(web: AsyncClient) -> None:
    for cookie in ("", "no-such-token", "\u00ff" * 40):
        sent = {"Cookie": f"hotline_session={cookie}".encode("latin-1")}
        refused = await web.get(ME, headers=sent)  # type: ignore[arg-type]  # bytes: what a browser may really send
        assert (refused.status_code, refused.json()["error"]) == (401, "not_signed_in")


async def test_a_change_needs_the_csrf_token_and_a_read_does_not(web: AsyncClient) -> None:
    token = (await sign_in(web)).json()["csrf_token"]
    for wrong in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": token[:-1]}, {"X-CSRF-Token": token + "x"}):
        refused = await web.post("/api/v1/touch", headers=wrong)
        assert (refused.status_code, refused.json()["error"]) == (403, "csrf")
        assert "刷新" in refused.json()["message"]
    assert (await web.get("/api/v1/touch")).status_code == 200
    done = await web.post("/api/v1/touch", headers={"X-CSRF-Token": token})
    assert done.json() == {"by": "张三"}


async def test_the_token_of_one_session_does_not_serve_another(web: AsyncClient) -> None:
    first = (await sign_in(web)).json()["csrf_token"]
    await sign_in(web)
    refused = await web.post("/api/v1/touch", headers={"X-CSRF-Token": first})
    assert refused.json()["error"] == "csrf"


async def test_signing_out_ends_the_session_and_takes_the_cookie(web: AsyncClient) -> None:
    opened = await sign_in(web)
    kept = web.cookies["hotline_session"]
    assert (await web.delete(SESSION)).json()["error"] == "csrf"
    gone = await web.delete(SESSION, headers={"X-CSRF-Token": opened.json()["csrf_token"]})
    assert gone.status_code == 204
    assert "hotline_session" not in web.cookies
    web.cookies.set("hotline_session", kept)
    assert (await web.get(ME)).status_code == 401


async def test_a_session_ends_with_the_clock(web: AsyncClient, clock: TurnedClock) -> None:
    await sign_in(web)
    clock.advance(RULES.idle - timedelta(minutes=1))
    assert (await web.get(ME)).status_code == 200
    clock.advance(RULES.idle)
    assert (await web.get(ME)).json()["error"] == "not_signed_in"


async def test_an_old_cookie_does_not_stand_in_the_way_of_signing_in(web: AsyncClient) -> None:
    await sign_in(web)
    assert (await sign_in(web)).status_code == 200


async def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(web: AsyncClient) -> None:
    await sign_in(web)
    elsewhere = web.cookies["hotline_session"]
    csrf = {"X-CSRF-Token": (await sign_in(web)).json()["csrf_token"]}
    changed = await web.post(
        f"{SESSION}/password", json={"old_password": PASSWORD, "new_password": OTHER}, headers=csrf
    )
    assert changed.status_code == 200
    assert (await web.get(ME)).status_code == 200
    web.cookies.clear()
    assert (await web.get(ME, headers={"Cookie": f"hotline_session={elsewhere}"})).status_code == 401
    assert (await sign_in(web)).status_code == 401
    assert (await sign_in(web, password=OTHER)).status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "field"), [("wrong-horse", OTHER, "old_password"), (PASSWORD, "short", "new_password")]
)
async def test_a_password_is_changed_only_with_the_old_one_and_to_a_good_one(
    web: AsyncClient, old: str, new: str, field: str
) -> None:
    csrf = {"X-CSRF-Token": (await sign_in(web)).json()["csrf_token"]}
    refused = await web.post(f"{SESSION}/password", json={"old_password": old, "new_password": new}, headers=csrf)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert (await sign_in(web)).status_code == 200


async def test_guessing_the_old_password_locks_as_guessing_at_the_door_does(web: AsyncClient, conn: Connection) -> None:
    csrf = {"X-CSRF-Token": (await sign_in(web)).json()["csrf_token"]}
    await conn.execute("UPDATE account SET failed_count = 4")
    guess = {"old_password": "wrong-horse", "new_password": OTHER}
    await web.post(f"{SESSION}/password", json=guess, headers=csrf)
    refused = await web.post(f"{SESSION}/password", json={**guess, "old_password": PASSWORD}, headers=csrf)
    assert refused.status_code == 422
    outcomes = [row["outcome"] for row in await conn.fetch("SELECT outcome FROM sign_in_log ORDER BY id")]
    assert outcomes == ["opened", "wrong", "locked"]


async def test_after_a_reset_nothing_is_open_before_a_new_password_is_chosen(
    web: AsyncClient, conn: Connection, clock: TurnedClock
) -> None:
    await actions.reset_password(conn, "zhang", OTHER, now=clock.now())
    opened = (await sign_in(web, password=OTHER)).json()
    assert opened["must_change_password"] is True
    assert (await web.get("/api/v1/touch")).json()["error"] == "must_change_password"
    assert (await web.get(ME)).status_code == 200
    own = {"old_password": OTHER, "new_password": "third-horse-3"}
    csrf = {"X-CSRF-Token": opened["csrf_token"]}
    assert (await web.post(f"{SESSION}/password", json=own, headers=csrf)).json()["must_change_password"] is False
    assert (await web.get("/api/v1/touch")).status_code == 200


async def test_units_are_listed_each_after_its_parent_and_found_by_alias(
    web: AsyncClient, conn: Connection, clock: TurnedClock
) -> None:
    parent = await conn.fetchval("SELECT id FROM unit WHERE code = 'CG'")
    child = NewUnit("CG-1", "环卫中心", UnitKind.DEPARTMENT, parent)
    await tree.add_unit(conn, child, actor=SYSTEM, now=clock.now())
    assert (await web.get("/api/v1/units")).status_code == 401
    await sign_in(web)
    listed = (await web.get("/api/v1/units")).json()["items"]
    assert [(unit["code"], unit["parent_id"]) for unit in listed] == [("CG", None), ("CG-1", parent)]
    found = (await web.get("/api/v1/units", params={"q": "城管"})).json()["items"]
    assert [unit["code"] for unit in found] == ["CG"]


async def test_regions_are_given_one_step_at_a_time(web: AsyncClient, conn: Connection) -> None:
    rows = "990100,2,,云州市\n990101,3,990100,雁栖区\n990101001,4,990101,芙蓉里街道\n"
    await insert_regions(conn, parse_regions(f"code,level,parent,name\n{rows}"))
    for parent, names in (("", ["云州市"]), ("990100", ["雁栖区"]), ("990101", ["芙蓉里街道"]), ("990101001", [])):
        listed = (await web.get("/api/v1/regions", params={"parent": parent})).json()["items"]
        assert [region["name"] for region in listed] == names
    assert (await web.get("/api/v1/regions", params={"parent": "1"})).status_code == 404
