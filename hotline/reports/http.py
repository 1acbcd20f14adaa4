"""Reports over HTTP: read, take away as a file, freeze."""

import asyncio
from datetime import date
from typing import Annotated
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.infra.clock import BEIJING
from hotline.infra.errors import Forbidden, InvalidInput
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.insight.http import month_of
from hotline.reports.actions import MEDIA, Report, check_format, document, monthly, sealed_week, weekly
from hotline.reports.daily.actions import daily
from hotline.supervision.actions import READERS, freeze_week
from hotline.supervision.meetings.actions import ask_units
from hotline.supervision.weeks import parse_week, week_of
from hotline.tickets.http import desk_of


class FreezeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The supervisor's choice; without one the whole list is frozen."""

    tickets: Annotated[list[int], msgspec.Meta(max_length=1000)] | None = None


async def difficult(request: Request) -> Response:
    """GET /api/v1/reports/difficult?week=2026-W47&format=json|xlsx|docx|pdf : this week when none is named."""
    if not actor_of(request).has(*READERS):
        raise Forbidden("疑难工单周报供中心主管、督办员和领导查阅，您的岗位不能查看。")
    at, asked = now(request), request.query_params
    fmt = check_format(asked.get("format") or "json")
    week = parse_week(asked["week"]) if asked.get("week") else week_of(at)
    async with transaction(request) as conn:
        found = await weekly(conn, week.text, at, desk=desk_of(request))
        kept = await sealed_week(conn, found, fmt, at) if found.frozen_at and fmt != "json" else None
    return await given(found, fmt, f"疑难工单周报-{week.text}", f"difficult-{week.text}", kept)


async def bulletin(request: Request) -> Response:
    """GET /api/v1/reports/monthly?month=2026-10&format=json|xlsx|docx|pdf&public=1 : this month so far when none is named."""
    at, asked = now(request), request.query_params
    fmt = check_format(asked.get("format") or "json")
    month = month_of(asked.get("month") or f"{at.astimezone(BEIJING):%Y-%m}")
    public = asked.get("public") == "1"
    async with services(request).pool.acquire() as conn:
        found = await monthly(conn, month, at, public=public, cipher=services(request).cipher)
    return await given(found, fmt, *named(public, f"12345热线月通报-{found.month}", f"bulletin-{found.month}"))


async def day(request: Request) -> Response:
    """GET /api/v1/reports/daily?date=2026-11-23&format=json|xlsx|docx|pdf&public=1 : today so far when none is named."""
    at, asked = now(request), request.query_params
    fmt = check_format(asked.get("format") or "json")
    on = date_of(asked.get("date"), "date") or at.astimezone(BEIJING).date()
    public = asked.get("public") == "1"
    async with services(request).pool.acquire() as conn:
        found = await daily(conn, on, at, public=public)
    return await given(found, fmt, *named(public, f"12345热线日报-{on}", f"daily-{on}"))


def named(public: bool, name: str, plain: str) -> tuple[str, str]:
    return (f"{name}-公开版", f"{plain}-public") if public else (name, plain)


def date_of(text: str | None, field: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    # Years beyond these have no ticket numbers.
    if not 2000 <= found.year <= 2999:
        raise InvalidInput([(field, "日期应形如 2026-11-23。")])
    return found


async def given(report: Report, fmt: str, name: str, plain: str, kept: bytes | None = None) -> Response:
    if fmt == "json":
        return answer(report)
    # Making a document is work of some tenths of a second: other requests go on meanwhile.
    made = kept or await asyncio.to_thread(document, report, fmt)
    return Response(made, media_type=MEDIA[fmt], headers=as_file(f"{name}.{fmt}", f"{plain}.{fmt}"))


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
        await ask_units(conn, frozen.week, actor=actor, now=now(request), desk=desk_of(request))
    return answer(frozen, 201)


def as_file(name: str, plain: str) -> dict[str, str]:
    """Old browsers take the plain name, the others the Chinese one."""
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
    }
