"""Measures over HTTP: the table, the tickets behind a number, frozen months; and the live wall."""

import asyncio
import re
from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.people import Actor
from hotline.directory.store import load_directory
from hotline.dispatch.accuracy import days
from hotline.infra.clock import BEIJING
from hotline.infra.errors import InvalidInput
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.insight import actions
from hotline.insight.measures import BY_NAME, GROUPS, LEFT_OUT
from hotline.insight.store import Behind, Case
from hotline.insight.wall import Wall
from hotline.tickets import privacy
from hotline.tickets.http import desk_of, number
from hotline.tickets.states import State

PARTS = {"numerator": "分子", "denominator": "分母", "missed": "未达", "excluded": "不计入"}
MONTH = re.compile(r"(20[0-9]{2}|21[0-9]{2})-(0[1-9]|1[0-2])")
CURSOR = re.compile(r"([0-9]{1,16})_([0-9]{1,18})_(-?[0-9]{1,9})")


class Behold(msgspec.Struct, frozen=True):
    """One ticket behind a number, as lists show it."""

    ticket_id: int
    item: int
    at: datetime
    """The moment by which it belongs to this span."""
    hit: bool
    value: int
    """Of a mean: what this one adds to it."""
    excluded: str | None
    """Why it is left out, in Chinese; null where it counts."""
    unit_id: int | None
    unit: str
    title: str
    state: State
    due_at: datetime | None


class BehindPage(msgspec.Struct, frozen=True):
    items: list[Behold]
    next_cursor: str | None


class FreezeMonth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first revision needs no reason."""

    because: Annotated[str, msgspec.Meta(max_length=500)] = ""


def month_of(text: str) -> date:
    if not MONTH.fullmatch(text):
        raise InvalidInput([("month", "月份应形如 2026-10。")])
    return date.fromisoformat(f"{text}-01")


def group_of(request: Request) -> str:
    group = request.query_params.get("group") or "unit"
    if group not in GROUPS:
        raise InvalidInput([("group", f"group 应为 {'、'.join(GROUPS)} 之一。")])
    return group


def span_of(request: Request) -> tuple[date, date]:
    asked = request.query_params
    return days(asked.get("from"), asked.get("to"), now(request).astimezone(BEIJING).date())


async def table(request: Request) -> Response:
    """GET /api/v1/reports/kpi?from=&to=&group="""
    (first, last), group = span_of(request), group_of(request)
    async with services(request).pool.acquire() as conn:
        return answer(await actions.kpi(conn, first, last, group, now(request)))


async def behind(request: Request) -> Response:
    """GET /api/v1/reports/kpi/tickets?measure=&part=&group=&key="""
    first, last = span_of(request)
    asked, actor = behind_of(request), actor_of(request)
    async with services(request).pool.acquire() as conn:
        found = await actions.tickets(conn, first, last, asked, now(request))
        directory = await load_directory(conn)
    names = {unit.id: unit.name for unit in directory.units.values()}
    shown = found[: asked.limit - 1]
    more = cursor_of(shown[-1]) if len(found) > len(shown) else None
    return answer(BehindPage([_shown(one, names, actor) for one in shown], more))


def behind_of(request: Request) -> Behind:
    asked = request.query_params
    measure, part, cursor = asked.get("measure", ""), asked.get("part") or "denominator", asked.get("cursor")
    if measure not in BY_NAME:
        raise InvalidInput([("measure", f"measure 应为 {'、'.join(BY_NAME)} 之一。")])
    if part not in PARTS:
        raise InvalidInput([("part", f"part 应为 {'、'.join(PARTS)} 之一。")])
    place = CURSOR.fullmatch(cursor) if cursor else None
    if cursor and place is None:
        raise InvalidInput([("cursor", "cursor 请原样使用上一页的 next_cursor。")])
    key = asked.get("key")
    if key is not None and "\0" in key:
        raise InvalidInput([("key", "key 请原样使用表中一行的 key。")])
    limit = number(asked.get("limit"), "limit", default=50, most=200)
    return Behind(
        measure=measure,
        part=part,
        # Without a group the number of the whole city is meant; a group without a key is its line of the unplaced.
        group=group_of(request) if asked.get("group") else "",
        key=key or None,
        after=(moment_of(int(place[1])), int(place[2]), int(place[3])) if place else None,
        limit=limit + 1,
    )


EPOCH = datetime(2000, 1, 1, tzinfo=BEIJING)
MICROSECOND = timedelta(microseconds=1)


def cursor_of(case: Case) -> str:
    return f"{(case.at - EPOCH) // MICROSECOND}_{case.ticket_id}_{case.item}"


def moment_of(microseconds: int) -> datetime:
    try:
        return EPOCH + microseconds * MICROSECOND
    except OverflowError:
        raise InvalidInput([("cursor", "cursor 请原样使用上一页的 next_cursor。")]) from None


def _shown(case: Case, names: dict[int, str], actor: Actor) -> Behold:
    hidden = case.confidential and not actor.has(*privacy.OPEN_TO)
    return Behold(
        ticket_id=case.ticket_id,
        item=case.item,
        at=case.at.astimezone(BEIJING),
        hit=case.value > 0,
        value=case.value,
        excluded=LEFT_OUT.get(case.excluded, case.excluded) if case.excluded else None,
        unit_id=case.unit_id,
        unit=names.get(case.unit_id, "") if case.unit_id else "",
        title="保密工单" if hidden else case.title,
        state=State(case.state),
        due_at=case.due_at.astimezone(BEIJING) if case.due_at else None,
    )


async def month(request: Request) -> Response:
    """GET /api/v1/reports/kpi/months/{month}?revision=&group="""
    asked, group = month_of(request.path_params["month"]), group_of(request)
    revision = number(request.query_params.get("revision"), "revision", default=0, most=10_000) or None
    async with services(request).pool.acquire() as conn:
        return answer(await actions.frozen_month(conn, asked, revision, group))


async def freeze(request: Request) -> Response:
    """POST /api/v1/reports/kpi/months/{month}/freeze"""
    asked, body = month_of(request.path_params["month"]), await json_body(request, FreezeMonth)
    async with transaction(request) as conn:
        because = " ".join(body.because.split())
        frozen = await actions.freeze_month(
            conn, asked, now(request), actor=actor_of(request), desk=desk_of(request), because=because
        )
    return answer(frozen, 201)


KEPT = timedelta(seconds=2)
"""So long a wall is shown to the next who asks: twenty screens cost what one does."""


class Keeper:
    """The wall as it was counted last in this process; whoever comes while it is counted waits for it."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.last: Wall | None = None

    async def wall(self, request: Request) -> Wall:
        async with self.turn:
            at = now(request)
            if self.last is None or not timedelta(0) <= at - self.last.at < KEPT:
                async with services(request).pool.acquire() as conn:
                    self.last = await actions.live_wall(conn, at)
            return self.last


async def live_wall(request: Request) -> Response:
    """GET /api/v1/supervision/wall"""
    keeper: Keeper | None = getattr(request.app.state, "wall_keeper", None)
    if keeper is None:
        keeper = request.app.state.wall_keeper = Keeper()
    return answer(await keeper.wall(request))
