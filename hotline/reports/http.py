"""Reports over HTTP: read, take away as a file, freeze."""

import asyncio
from typing import Annotated
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.infra.errors import Forbidden
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.reports.actions import check_format, document, weekly
from hotline.reports.documents import XLSX
from hotline.supervision.actions import READERS, freeze_week
from hotline.supervision.weeks import parse_week, week_of
from hotline.tickets.verbs import Desk


class FreezeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The supervisor's choice; without one the whole list is frozen."""

    tickets: Annotated[list[int], msgspec.Meta(max_length=1000)] | None = None


def desk_of(request: Request) -> Desk:
    return Desk(services(request).settings, services(request).cipher)


async def difficult(request: Request) -> Response:
    """GET /api/v1/reports/difficult?week=2026-W47&format=json|xlsx : this week when none is named."""
    if not actor_of(request).has(*READERS):
        raise Forbidden("疑难工单周报供中心主管、督办员和领导查阅，您的岗位不能查看。")
    at, asked = now(request), request.query_params
    fmt = check_format(asked.get("format") or "json")
    week = parse_week(asked["week"]) if asked.get("week") else week_of(at)
    async with transaction(request) as conn:
        found = await weekly(conn, week.text, at, desk=desk_of(request))
    if fmt == "json":
        return answer(found)
    # Building a workbook is work of some tenths of a second: other requests go on meanwhile.
    made = await asyncio.to_thread(document, found, fmt)
    return Response(
        made, media_type=XLSX, headers=_as_file(f"疑难工单周报-{week.text}.xlsx", f"difficult-{week.text}.xlsx")
    )


async def freeze_difficult(request: Request) -> Response:
    """POST /api/v1/reports/difficult/{week}/freeze"""
    actor, chosen = actor_of(request), await json_body(request, FreezeBody)
    async with transaction(request) as conn:
        frozen = await freeze_week(
            conn,
            request.path_params["week"],
            now(request),
            actor=actor,
            desk=desk_of(request),
            tickets=chosen.tickets,
        )
    return answer(frozen, 201)


def _as_file(name: str, plain: str) -> dict[str, str]:
    """Old browsers take the plain name, the others the Chinese one."""
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
    }
