"""The calendar on an administrator's desk: read it, see what a change would move, make the change."""

from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.infra.errors import InvalidInput, Misconfigured
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.sla import actions, store
from hotline.sla.actions import Applied, Change
from hotline.sla.calendar import SpecialDay
from hotline.sla.policy import Policy, parse_policy
from hotline.sla.recompute import Moved
from hotline.tickets.http import desk_of


class Day(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A special day; without `workday` it is an ordinary day again."""

    day: date
    workday: bool | None = None
    name: Annotated[str, Meta(max_length=50)] = ""


class CalendarView(msgspec.Struct, frozen=True):
    region: str
    year: int
    confirmed: bool
    """Whether the official notice (放假安排) of the year has been entered."""
    days: list[Day]


class DaysBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    days: Annotated[tuple[Day, ...], Meta(min_length=1, max_length=400)]


class PackBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new version of the pack in use; see the shipped packs for its shape."""

    pack: dict[str, Any]


class PackVersion(msgspec.Struct, frozen=True):
    name: str
    title: str
    version: int
    effective_from: date
    source: str
    pack: dict[str, Any]
    """The whole of it: a new version is sent in this shape."""


class Packs(msgspec.Struct, frozen=True):
    """Every version of every pack, newest first."""

    used: str
    """The pack this city uses (`HOTLINE_SLA_PACK`)."""
    version: int
    """In force today."""
    items: list[PackVersion]


class ConfirmBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    year: int


class Preview(msgspec.Struct, frozen=True):
    tickets: int
    items: list[Moved]
    """Every clock of an open ticket that would move, with its old and its new end."""


async def calendar(request: Request) -> Response:
    """GET /api/v1/calendar?year= : the special days of a year, by default this one."""
    text, region = request.query_params.get("year") or str(now(request).year), services(request).settings.calendar
    if not (text.isascii() and text.isdecimal() and len(text) == 4):
        raise InvalidInput([("year", "年份应为四位数字,例如 2026。")])
    async with services(request).pool.acquire() as conn:
        found = await store.load_calendar(conn, region)
    year = int(text)
    days = [Day(d, s.workday, s.name) for d, s in sorted(found.overrides.items()) if d.year == year]
    return answer(CalendarView(region, year, year in found.confirmed, days))


def change_of(body: DaysBody) -> Change:
    return Change({d.day: None if d.workday is None else SpecialDay(d.workday, d.name.strip()) for d in body.days})


async def preview(request: Request) -> Response:
    """POST /api/v1/calendar/preview: what the days would move; nothing is changed."""
    return await previewed(request, change_of(await json_body(request, DaysBody)))


async def put_days(request: Request) -> Response:
    """PUT /api/v1/calendar/days: enter them; open deadlines are recomputed in the background, a history line each."""
    return await applied(request, change_of(await json_body(request, DaysBody)))


async def confirm(request: Request) -> Response:
    """POST /api/v1/calendar/confirm: the notice of a year has been entered."""
    body = await json_body(request, ConfirmBody)
    async with transaction(request) as conn:
        await actions.confirm_year(conn, body.year, desk=desk_of(request))
    return answer(ConfirmBody(body.year))


async def packs(request: Request) -> Response:
    """GET /api/v1/sla/packs"""
    used = services(request).settings.sla_pack
    async with services(request).pool.acquire() as conn:
        in_force = await store.load_policy(conn, used, now(request))
        found = await store.every_pack(conn)
    items = [
        PackVersion(one.name, one.title, one.version, one.effective_from, one.source, msgspec.to_builtins(one))
        for one in found
    ]
    return answer(Packs(used, in_force.version, items))


async def pack_of(request: Request) -> Policy:
    body = await json_body(request, PackBody)
    try:
        found = parse_policy(msgspec.json.encode(body.pack))
    except Misconfigured as wrong:
        # For the one who sent it a faulty pack is a faulty form.
        raise InvalidInput([("pack", wrong.message)]) from wrong
    if found.name != (used := services(request).settings.sla_pack):
        raise InvalidInput([("pack", f"正在使用的时限方案是“{used}”,请提交它的新版本。")])
    return found


async def preview_pack(request: Request) -> Response:
    """POST /api/v1/sla/packs/preview"""
    return await previewed(request, Change(pack=await pack_of(request)))


async def put_pack(request: Request) -> Response:
    """PUT /api/v1/sla/packs: a new version; on its day open deadlines are given it."""
    return await applied(request, Change(pack=await pack_of(request)))


async def previewed(request: Request, change: Change) -> Response:
    async with services(request).pool.acquire() as conn:
        items = await actions.preview_change(conn, change, now(request), desk_of(request))
    return answer(Preview(len({one.ticket_id for one in items}), items))


async def applied(request: Request, change: Change) -> Response:
    async with transaction(request) as conn:
        done: Applied = await actions.apply_change(
            conn, change, actor=actor_of(request), now=now(request), desk=desk_of(request)
        )
    return answer(done)
