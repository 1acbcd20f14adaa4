"""One address: what it takes, what it answers, and who may ask."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hotline.directory.people import Role
from hotline.infra.errors import Forbidden, NotSignedIn
from hotline.infra.http import only
from hotline.web.auth import authenticate

Handler = Callable[[Request], Awaitable[Response]]

ANYONE_SIGNED_IN: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Query:
    """A parameter behind the question mark."""

    name: str
    kind: Any = str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    method: str
    path: str
    handler: Handler
    summary: str
    body: Any = None
    answer: Any = None
    status: int = 200
    roles: frozenset[Role] | None = None
    """None: public. Empty: anybody signed in. Otherwise one of these roles."""
    query: tuple[Query, ...] = ()
    statuses: tuple[int, ...] = ()
    """Further answers that are no error, such as 200 beside 201."""
    takes: str = "application/json"
    """The media type of the body."""
    limit: str | None = None
    """How many calls an address may make, as `web.limits` reads it."""

    @property
    def strict(self) -> bool:
        """Whether a parameter outside `query` is refused. Where nobody signs in, what others hang on an address (a
        followed link, a standard's `api_key`) is passed over, as strange fields of a citizen's letter are."""
        return self.roles is not None

    def route(self, guard: "Callable[[Endpoint, Request], Awaitable[None]]") -> Route:
        async def handle(request: Request) -> Response:
            await guard(self, request)
            await admit(self, request)
            if self.strict:
                only(request.query_params.keys(), [query.name for query in self.query])
            return await self.handler(request)

        return Route(self.path, handle, methods=[self.method])


async def admit(endpoint: Endpoint, request: Request) -> None:
    """Let in whom the table names; everybody else is told why not."""
    if endpoint.roles is None:
        return
    actor = await authenticate(request)
    if actor is None:
        raise NotSignedIn("请先登录,或登录已过期请重新登录。")
    if endpoint.roles and not actor.has(*endpoint.roles):
        raise Forbidden("您的岗位不能使用此功能。")
