"""批示分解 over HTTP."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.people import CENTRE, Role
from hotline.infra.db import Connection
from hotline.infra.errors import NotFound
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.supervision.directives import actions, store
from hotline.supervision.directives.directive import Completion, Directive, completion, judged
from hotline.supervision.directives.store import NewTask
from hotline.tickets.http import desk_of, number

Moment = Annotated[datetime, Meta(tz=True)]
DAYS = 180


class Directives(msgspec.Struct, frozen=True):
    items: list[Directive]
    completion: Completion
    """Of all their tasks."""


class NewDirective(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """批示 on a report; `by_name` when somebody enters what a leader wrote on paper."""

    text: Annotated[str, Meta(max_length=2000)]
    about: Annotated[str, Meta(max_length=200)]
    by_name: Annotated[str, Meta(max_length=40)] = ""
    due: Moment | None = None


class GivenTask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    unit_id: int
    what: Annotated[str, Meta(max_length=1000)]
    due: Moment


class BreakDown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tasks: Annotated[tuple[GivenTask, ...], Meta(min_length=1, max_length=50)]


class TaskFeedback(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(max_length=4000)]


class TaskSettled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    done: bool
    note: Annotated[str, Meta(max_length=1000)] = ""


def seen(found: list[Directive], at: datetime) -> Directives:
    items = [msgspec.structs.replace(one, tasks=tuple(judged(task, at) for task in one.tasks)) for one in found]
    return Directives(items, completion([task for one in items for task in one.tasks], at))


async def listing(request: Request) -> Response:
    """GET /api/v1/supervision/directives : units see their own tasks alone."""
    async with services(request).pool.acquire() as conn:
        return answer(await _listed(conn, request))


async def _listed(conn: Connection, request: Request) -> Directives:
    actor, at = actor_of(request), now(request)
    since = at - timedelta(days=number(request.query_params.get("days"), "days", default=DAYS, most=3660))
    units = None if actor.has(*CENTRE, Role.CITY_LEADER) else sorted(actor.records_of)
    return seen(await store.listed(conn, since=since, units=units), at)


async def write(request: Request) -> Response:
    """POST /api/v1/supervision/directives"""
    body = await json_body(request, NewDirective)
    async with transaction(request) as conn:
        made = await actions.write(
            conn,
            text=body.text,
            about=body.about,
            by_name=body.by_name,
            due=body.due,
            actor=actor_of(request),
            now=now(request),
        )
        found = await store.one(conn, made)
    return answer(found, 201)


def numbered(request: Request, name: str) -> int:
    text: str = request.path_params[name]
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise NotFound("没有这一条。")
    return int(text)


async def break_down(request: Request) -> Response:
    """POST /api/v1/supervision/directives/{directive}/tasks"""
    body = await json_body(request, BreakDown)
    tasks = [NewTask(task.unit_id, task.what, task.due) for task in body.tasks]
    async with transaction(request) as conn:
        made = await actions.break_down(
            conn,
            numbered(request, "directive"),
            tasks,
            actor=actor_of(request),
            now=now(request),
            desk=desk_of(request),
        )
    [shown] = seen([made], now(request)).items
    return answer(shown, 201)


async def feed_back(request: Request) -> Response:
    """POST /api/v1/supervision/tasks/{task}/feedback"""
    body = await json_body(request, TaskFeedback)
    async with transaction(request) as conn:
        await actions.feed_back(conn, numbered(request, "task"), body.text, actor=actor_of(request), now=now(request))
        return answer(await _listed(conn, request))


async def settle(request: Request) -> Response:
    """POST /api/v1/supervision/tasks/{task}/settle"""
    body = await json_body(request, TaskSettled)
    async with transaction(request) as conn:
        await actions.settle(
            conn,
            numbered(request, "task"),
            done=body.done,
            note=body.note,
            actor=actor_of(request),
            now=now(request),
            desk=desk_of(request),
        )
        return answer(await _listed(conn, request))
