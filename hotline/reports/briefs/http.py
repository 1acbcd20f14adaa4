"""热线专报 over HTTP: write, read as it will look, issue, take away."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.people import Role
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.reports.actions import check_format
from hotline.reports.briefs import actions, store
from hotline.reports.briefs.brief import Brief
from hotline.reports.briefs.store import KeptBrief
from hotline.reports.http import given, named
from hotline.tickets.http import number

WRITERS = frozenset({Role.SUPERVISOR, Role.SUPERVISION, Role.CENTRE_LEADER})
"""Who writes a brief; city leaders read what was issued."""
ISSUERS = frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})
Code = Annotated[str, Meta(max_length=20)]


class BriefBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: Annotated[str, Meta(max_length=200)]
    begins: date
    ends: date
    categories: Annotated[tuple[Code, ...], Meta(max_length=50)] = ()
    words: Annotated[str, Meta(max_length=200)] = ""
    district: Code | None = None
    causes: Annotated[str, Meta(max_length=20_000)] = ""
    advice: Annotated[str, Meta(max_length=20_000)] = ""
    cases: Annotated[tuple[int, ...], Meta(max_length=50)] = ()
    version: int | None = None
    """Of the draft that is changed."""

    @property
    def brief(self) -> Brief:
        return Brief(**{name: getattr(self, name) for name in Brief.__struct_fields__})


class Versioned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int


class Briefs(msgspec.Struct, frozen=True):
    items: list[KeptBrief]


def which(request: Request) -> int:
    return number(request.path_params["id"], "id", default=0, most=2**31 - 1)


async def listed(request: Request) -> Response:
    """GET /api/v1/reports/briefs : drafts for those who write them, what was issued for all who read."""
    async with services(request).pool.acquire() as conn:
        return answer(Briefs(await store.briefs(conn, drafts=actor_of(request).has(*WRITERS))))


async def one(request: Request) -> Response:
    """GET /api/v1/reports/briefs/{id}?format=json|xlsx|docx|pdf&public=1 : the paper."""
    asked = request.query_params
    fmt, public = check_format(asked.get("format") or "json"), asked.get("public") == "1"
    async with services(request).pool.acquire() as conn:
        drafts = actor_of(request).has(*WRITERS)
        kept, made = await actions.read(conn, which(request), now(request), drafts=drafts, public=public)
    return await given(made, fmt, *named(public, f"热线专报-{kept.title}", f"brief-{kept.id}"))


async def add(request: Request) -> Response:
    """POST /api/v1/reports/briefs"""
    body = await json_body(request, BriefBody)
    async with transaction(request) as conn:
        return answer(await actions.add(conn, body.brief, actor=actor_of(request), now=now(request)), 201)


async def change(request: Request) -> Response:
    """PUT /api/v1/reports/briefs/{id}"""
    body = await json_body(request, BriefBody)
    async with transaction(request) as conn:
        return answer(await actions.change(conn, which(request), body.version or 0, body.brief, now=now(request)))


async def remove(request: Request) -> Response:
    """DELETE /api/v1/reports/briefs/{id} : a draft."""
    async with transaction(request) as conn:
        await actions.remove(conn, which(request))
    return Response(status_code=204)


async def issue(request: Request) -> Response:
    """POST /api/v1/reports/briefs/{id}/issue"""
    body = await json_body(request, Versioned)
    async with transaction(request) as conn:
        done = await actions.issue(conn, which(request), body.version, actor=actor_of(request), now=now(request))
    return answer(done, 201)
