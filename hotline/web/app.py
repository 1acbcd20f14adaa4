"""The web process: one Starlette application over the services of this process."""

import contextlib
import functools
import logging
import os
import time
from collections.abc import AsyncIterator
from typing import Any, TypedDict

import asyncpg
import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hotline.infra.bus import Bus
from hotline.infra.errors import Conflict, HotlineError, InvalidInput
from hotline.infra.http import Services, answer
from hotline.infra.log import begin_request
from hotline.infra.services import open_services
from hotline.infra.settings import Settings, load_settings
from hotline.intake.channels.phone.browser.line import line_of
from hotline.live.actions import Live
from hotline.web import console, docs, health, open311, openapi, public
from hotline.web.auth import READS
from hotline.web.limits import Limiter, guard
from hotline.web.pages import error_page, secured
from hotline.web.routes import ENDPOINTS, SOCKETS

log = logging.getLogger(__name__)

CLIENT_CLOSED = 499
"""Only for the counts: nginx's number for whoever left before the answer."""


class State(TypedDict):
    services: Services
    limiter: Limiter
    live: Live


def create_app(settings: Settings | None = None, services: Services | None = None) -> Starlette:
    """The application; tests hand in services of their own."""
    settings = settings or (services.settings if services else load_settings(os.environ))
    if settings.browser_phone:
        line_of(settings.browser_phone)  # a wrong one is said at the start, not at the first page

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[State]:
        limiter = Limiter(settings.redis_url, on=settings.rate_limits)
        try:
            if services is not None:
                async with listening(services) as live:
                    yield {"services": services, "limiter": limiter, "live": live}
                return
            async with open_services(settings, max_size=8, commands=12) as opened, listening(opened) as live:
                yield {"services": opened, "limiter": limiter, "live": live}
        finally:
            await limiter.close()

    app = Starlette(routes=routes(), lifespan=lifespan, exception_handlers=HANDLERS)
    app.add_middleware(Observed)
    return app


@contextlib.asynccontextmanager
async def listening(services: Services) -> AsyncIterator[Live]:
    live = Live(services, Bus(services.settings.redis_url))
    try:
        yield live
    finally:
        await live.close()


def routes() -> list[BaseRoute]:
    return [
        *(endpoint.route(guard) for endpoint in ENDPOINTS),
        *SOCKETS,
        *DESCRIBED,
        *console.ROUTES,
        *open311.ROUTES,
        *public.ROUTES,
    ]


@functools.cache
def document() -> dict[str, Any]:
    """Made when somebody asks, and once: it takes longer than everything else at the start of a process."""
    return openapi.document(ENDPOINTS)


@functools.cache
def page() -> str:
    return docs.page(document())


async def openapi_json(request: Request) -> Response:
    return answer(document())


async def docs_page(request: Request) -> Response:
    return secured(HTMLResponse(page()))


DESCRIBED = (Route("/openapi.json", openapi_json), Route("/docs", docs_page))


def described_json() -> str:
    """The OpenAPI document as text, for programs that make types from it."""
    return msgspec.json.encode(document()).decode()


def wants_json(request: Request) -> bool:
    path = request.url.path
    return path.startswith(("/api/", "/health/", "/open311/")) or "text/html" not in request.headers.get("accept", "")


async def told(request: Request, error: Exception) -> Response:
    """A refusal as a sentence: JSON for programs, a page for people."""
    assert isinstance(error, HotlineError)
    if wants_json(request):
        return answer(error.body(), error.status)
    return error_page(request, error.status, error.message)


async def not_routed(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = {404: "没有这个地址。", 405: "此地址不支持这种请求方法。"}.get(error.status_code, "请求无法处理。")
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "bad_request")
    if wants_json(request):
        response = answer({"error": code, "message": message}, error.status_code)
        for name, value in (error.headers or {}).items():
            response.headers[name] = value
        return response
    return error_page(request, error.status_code, message)


async def does_not_fit(request: Request, error: Exception) -> Response:
    """A value that the column types cannot hold: a number out of range, an impossible date, a NUL."""
    log.info("value refused by the database: %s", error)
    return await told(
        request, InvalidInput([("body", "内容里有无法保存的字符,或有数值超出可保存的范围,请检查后重发。")])
    )


async def try_again(request: Request, error: Exception) -> Response:
    log.warning("database asks to try again: %s", error)
    return await told(request, Conflict("系统正忙,本次操作没有保存,请重试。"))


async def gone(request: Request, error: Exception) -> Response:
    """Whoever asked left while still sending: nobody hears the answer, and nothing is wrong here."""
    return Response(status_code=CLIENT_CLOSED)


async def broken(request: Request, error: Exception) -> Response:
    log.exception("unexpected error", exc_info=error)
    message = "系统出错,本次操作没有保存,问题已记录,请稍后再试。"
    if wants_json(request):
        return answer({"error": "internal", "message": message}, 500)
    return error_page(request, 500, message)


HANDLERS: dict[Any, Any] = {
    HotlineError: told,
    HTTPException: not_routed,
    asyncpg.DataError: does_not_fit,
    asyncpg.DeadlockDetectedError: try_again,
    asyncpg.SerializationError: try_again,
    asyncpg.LockNotAvailableError: try_again,
    ClientDisconnect: gone,
    Exception: broken,
}


class Observed:
    """Counts and times every request under the name of its route, never of its full path."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begin_request()
        started, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
            if scope["method"] not in READS and status < 400:
                # Committed and answered: whoever watches may look now.
                scope["state"]["live"].wake()
        finally:
            route = getattr(scope.get("route"), "path", "other")
            health.REQUESTS.labels(scope["method"], route, str(status)).inc()
            health.SECONDS.labels(scope["method"], route).observe(time.perf_counter() - started)
