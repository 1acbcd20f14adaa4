"""Exports over HTTP: what may be asked for, an order, how far it is, the file."""

from datetime import date, datetime

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from hotline.directory.http import actor_of, came_from
from hotline.directory.people import Role
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import Forbidden, NotFound
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.reports.documents import XLSX
from hotline.reports.http import as_file
from hotline.reports.ledger import store
from hotline.reports.ledger.actions import load_names, put_order
from hotline.reports.ledger.columns import LedgerColumn, Names, open_to
from hotline.reports.ledger.desk import actions
from hotline.reports.ledger.order import LedgerOrder, in_words
from hotline.reports.ledger.store import Taken
from hotline.tickets.http import number

SHOWN = 50
MEDIA = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}
WATCHERS = frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})
"""Who sees what others have taken out."""


class LedgerExport(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    id: int
    at: datetime
    by: str
    purpose: str
    first: date
    last: date
    format: str
    filters: str
    """In words."""
    columns: tuple[str, ...]
    state: str
    """waiting, writing, ready, cancelled, failed, expired; kept: written by the command line."""
    done: int
    of: int | None
    ended_at: datetime | None
    expires_at: datetime | None
    problem: str
    fetched: int
    own: bool


class LedgerExports(msgspec.Struct, frozen=True):
    items: tuple[LedgerExport, ...]
    columns: tuple[LedgerColumn, ...]
    """What this person may put into a file."""
    days_kept: int


async def listed(request: Request) -> Response:
    """GET /api/v1/reports/exports?all=1 : one's own, newest first."""
    who, at = actor_of(request), now(request)
    everybody = request.query_params.get("all") == "1"
    if everybody and not who.has(*WATCHERS):
        raise Forbidden("全部导出记录供中心主管和中心领导查阅。")
    async with services(request).pool.acquire() as conn:
        found = await store.of_all(conn, SHOWN) if everybody else await store.of_person(conn, who.person_id or 0, SHOWN)
        names = await load_names(conn)
    items = tuple(shown(one, names, who.person_id, at) for one in found)
    return answer(LedgerExports(items, open_to(who), actions.KEPT.days))


def shown(one: Taken, names: Names, person: int | None, at: datetime) -> LedgerExport:
    f, order = one.filters, actions.ordered(one)
    words = in_words(
        order,
        names.units.get(f.unit, "") if f.unit else "",
        names.categories.get(f.category, f.category),
        names.regions.get(f.region, f.region),
    )
    own = person is not None and one.person_id == person and one.by_page
    return LedgerExport(
        id=one.id,
        at=one.at.astimezone(BEIJING),
        by=one.by_name,
        purpose=one.purpose,
        first=order.first,
        last=order.last,
        format=one.format,
        filters=words,
        columns=one.columns,
        state=state_of(one, at),
        done=one.done,
        of=one.of,
        ended_at=one.ended_at.astimezone(BEIJING) if one.ended_at else None,
        expires_at=one.expires_at.astimezone(BEIJING) if one.expires_at else None,
        problem=one.problem,
        fetched=one.fetched,
        own=own,
    )


def state_of(one: Taken, at: datetime) -> str:
    if one.ended_at is None:
        return "writing" if one.begun else "waiting"
    if not one.whole:
        return "cancelled" if one.cancelled_at else "failed"
    if one.expires_at is None:
        return "kept"
    return "ready" if at < one.expires_at else "expired"


async def order(request: Request) -> Response:
    """POST /api/v1/reports/exports"""
    asked, who = await json_body(request, LedgerOrder), actor_of(request)
    async with transaction(request) as conn:
        made = await put_order(conn, asked, now(request), who=who, by_page=True)
        found = shown(await actions.mine(conn, made, who), await load_names(conn), who.person_id, now(request))
    return answer(found, 201)


def which(request: Request) -> int:
    return number(request.path_params["id"], "id", default=0, most=2**53)


async def cancel(request: Request) -> Response:
    """DELETE /api/v1/reports/exports/{id}"""
    async with transaction(request) as conn:
        await actions.cancel(conn, which(request), now(request), who=actor_of(request))
    return Response(status_code=204)


async def fetch(request: Request) -> Response:
    """GET /api/v1/reports/exports/{id}/file : each time is on record."""
    at = now(request)
    async with transaction(request) as conn:
        found = await actions.mine(conn, which(request), actor_of(request))
        await refuse_unready(conn, found, at)
        path = actions.place(services(request).settings.data, found)
        if not path.is_file():
            raise NotFound("文件不在这台服务器的存储中，请重新导出，或联系系统管理员。")
        await store.fetched(conn, found.id, at, came_from(request).address or "")
    asked = actions.ordered(found)
    named = f"台账-{asked.first}至{asked.last}.{found.format}"
    headers = {**as_file(named, f"tickets-{asked.first}.{found.format}"), "X-Content-Type-Options": "nosniff"}
    return FileResponse(path, media_type=MEDIA[found.format], headers=headers)


async def refuse_unready(conn: Connection, found: Taken, at: datetime) -> None:
    match state_of(found, at):
        case "ready":
            return
        case "expired":
            raise NotFound(f"文件只保留 {actions.KEPT.days} 天，已于 {found.expires_at:%Y-%m-%d} 删除，请重新导出。")
        case "waiting" | "writing":
            raise NotFound("文件还在生成，请稍候。")
        case _:
            raise NotFound("这份导出没有完成，没有文件；请重新导出。")
