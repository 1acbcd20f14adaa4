"""Who sends a request: the session behind its cookie, and proof that our own page sent it."""

import secrets
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.websockets import WebSocket

from hotline.directory.actions import load_session
from hotline.directory.http import COOKIE, CSRF_HEADER, token_of
from hotline.directory.people import Actor
from hotline.directory.sessions import CsrfRefused, MustChangePassword
from hotline.infra.errors import Forbidden
from hotline.infra.http import Services, answer, now, services

READS = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_TO_OLD_PASSWORDS = frozenset({"/api/v1/me", "/api/v1/session", "/api/v1/session/password"})


async def authenticate(request: Request) -> Actor | None:
    """Who is signed in, also left in `request.state.actor` and `.signed_in`; None when nobody is.

    For routes that staff use; public routes never ask, so a citizen's form is not refused for a colleague's cookie."""
    request.state.actor = request.state.signed_in = None
    token = token_of(request)
    if not token:
        return None
    async with services(request).pool.acquire() as conn:
        signed_in = await load_session(conn, token, now(request), demo=services(request).settings.demo)
    if signed_in is None:
        return None
    if request.method not in READS:
        refuse_forged(request, signed_in.csrf)
    if signed_in.must_change and request.url.path not in OPEN_TO_OLD_PASSWORDS:
        raise MustChangePassword
    request.state.actor, request.state.signed_in = signed_in.actor, signed_in
    return signed_in.actor


def refuse_forged(request: Request, csrf: str) -> None:
    """Another site can make a browser send our cookie, but not read the token that goes with it."""
    sent = request.headers.get(CSRF_HEADER, "")
    if not secrets.compare_digest(sent.encode(), csrf.encode()):
        raise CsrfRefused


SocketHandler = Callable[[WebSocket], Awaitable[None]]


def signed_in_socket(handler: SocketHandler) -> SocketHandler:
    """A socket for staff: opened by our own page, by somebody who is signed in."""

    async def handle(websocket: WebSocket) -> None:
        if not from_here(websocket):
            refused = Forbidden("此连接只能由本系统的页面发起。")
            await websocket.send_denial_response(answer(refused.body(), refused.status))
            return
        actor = await authenticate_socket(websocket)
        if actor is None:
            # Browsers tell a page nothing of a refused handshake, but pass on a close code.
            await websocket.accept()
            await websocket.close(4401, "请先登录,或登录已过期请重新登录。")
            return
        websocket.state.actor = actor
        await handler(websocket)

    return handle


async def authenticate_socket(websocket: WebSocket) -> Actor | None:
    """Who opens a socket: the same cookie as for any request. Somebody who must change the password is nobody yet."""
    held: Services = websocket.state.services
    token = websocket.cookies.get(COOKIE, "")
    if not token:
        return None
    async with held.pool.acquire() as conn:
        signed_in = await load_session(conn, token, held.clock.now(), demo=held.settings.demo)
    return signed_in.actor if signed_in and not signed_in.must_change else None


def from_here(websocket: WebSocket) -> bool:
    """A socket needs no token that other sites cannot read, so their pages are told apart by their Origin. Programs
    that are no browsers send none, and have no cookie that anybody else put there."""
    origin = websocket.headers.get("origin")
    return origin is None or host_of(origin.partition("://")[2]) == host_of(websocket.headers.get("host", "?"))


def host_of(netloc: str) -> str:
    return netloc.lower().removesuffix(":80").removesuffix(":443")
