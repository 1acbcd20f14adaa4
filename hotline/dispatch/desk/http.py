"""The dispatcher's desk over HTTP: the pool, claims, the sheet beside a letter, dispatch of several at once."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.store import load_directory
from hotline.dispatch.actions import dispatch
from hotline.dispatch.desk import actions, pool, store
from hotline.dispatch.desk.claims import Claim
from hotline.dispatch.desk.sheet import LATELY, Receiver, receiver, sheet
from hotline.infra.clock import BEIJING
from hotline.infra.errors import HotlineError, InvalidInput
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.infra.revisions import one_glance
from hotline.routing.decide import Decision
from hotline.routing.store import last_decision, load_catalogue, load_categories
from hotline.sla.actions import working
from hotline.tickets.actions import access
from hotline.tickets.http import ticket_id_of
from hotline.tickets.states import State
from hotline.tickets.verbs import Desk

MOST = 200
MOST_AT_ONCE = 100
RECEIVERS = 30


async def waiting(request: Request) -> Response:
    """GET /api/v1/dispatch/pool?tab=&kind=&category=&district=&confidence=&due=&ticket=&cursor=&limit="""
    at, me = now(request), actions.me(actor_of(request))
    asked = pool.asked(request.query_params, at, most=MOST)
    with one_glance():
        async with services(request).pool.acquire() as conn:
            rows = await store.page(conn, asked, me=me, now=at)
            directory, tree = await load_directory(conn), (await load_categories(conn)).tree
    shown = [pool.row(one, directory, tree) for one in rows[: asked.limit]]
    onward = pool.cursor(shown[-1].due, shown[-1].id) if len(rows) > asked.limit else None
    return answer(pool.Pool(shown, onward))


async def counts(request: Request) -> Response:
    """GET /api/v1/dispatch/counts : how much waits in each tab, and what was sent today."""
    at, me = now(request), actions.me(actor_of(request))
    midnight = at.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    async with services(request).pool.acquire() as conn:
        found, dispatched, automatic = await store.counts(conn, me, at, midnight)
    return answer(pool.PoolCounts(found, pool.today(dispatched, automatic)))


class Claims(Struct, frozen=True):
    items: list[Claim]


class TakeBody(Struct, frozen=True, forbid_unknown_fields=True):
    take_over: bool = False
    """接手: also what a colleague has in hand."""


async def claims(request: Request) -> Response:
    """GET /api/v1/dispatch/claims : who has what in hand."""
    async with services(request).pool.acquire() as conn:
        return answer(Claims(await store.claims(conn, now(request))))


async def claim(request: Request) -> Response:
    """POST /api/v1/tickets/{id}/claim : again before it runs out, to keep it."""
    body, ticket_id = await json_body(request, TakeBody), ticket_id_of(request)
    async with transaction(request) as conn:
        actor = actor_of(request)
        return answer(await actions.claim(conn, ticket_id, actor=actor, now=now(request), over=body.take_over))


async def release(request: Request) -> Response:
    """DELETE /api/v1/tickets/{id}/claim : one's own; of somebody else's nothing happens."""
    async with transaction(request) as conn:
        await store.release(conn, ticket_id_of(request), actions.me(actor_of(request)))
    return Response(status_code=204)


async def dispatching(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/dispatching"""
    at = now(request)
    with one_glance():
        async with services(request).pool.acquire() as conn:
            ticket = await access(conn, ticket_id_of(request), actor=actor_of(request))
            said = await last_decision(conn, ticket.id) or Decision(None, ("尚未给出派单建议。",))
            units = [one.unit_id for one in said.candidates[: pool.SHOWN]]
            recent = await store.recent(conn, units, at - LATELY)
            categories, directory = await load_categories(conn), await load_directory(conn)
            return answer(
                sheet(
                    ticket,
                    said,
                    {unit: (of.sent, of.returned) for unit, of in recent.items()},
                    await store.claim(conn, ticket.id, at),
                    await load_catalogue(conn),
                    directory,
                    categories.tree,
                    categories.duties,
                    at.astimezone(BEIJING).date(),
                )
            )


class Receivers(Struct, frozen=True):
    items: list[Receiver]


async def receivers(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/receivers?q= : units by name, each with the sentence why it must not be chosen."""
    words = request.query_params.get("q", "").strip()
    if len(words) > 60:
        raise InvalidInput([("q", "检索词最多 60 个字。")])
    with one_glance():
        async with services(request).pool.acquire() as conn:
            ticket = await access(conn, ticket_id_of(request), actor=actor_of(request))
            directory, duties = await load_directory(conn), (await load_categories(conn)).duties
    found = directory.search(words)[:RECEIVERS] if words else []
    return answer(Receivers([receiver(unit, ticket, directory, duties) for unit in found]))


class ToDispatch(Struct, frozen=True, forbid_unknown_fields=True):
    id: int
    version: int
    unit_id: int
    assists: Annotated[tuple[int, ...], Meta(max_length=20)] = ()
    basis: str = ""


class DispatchMany(Struct, frozen=True, forbid_unknown_fields=True):
    tickets: Annotated[list[ToDispatch], Meta(min_length=1, max_length=MOST_AT_ONCE)]


class Dispatched(Struct, frozen=True, omit_defaults=True):
    """What became of one ticket of the list."""

    id: int
    ok: bool
    version: int | UnsetType = UNSET
    state: State | UnsetType = UNSET
    error: str | UnsetType = UNSET
    message: str | UnsetType = UNSET


class DispatchedMany(Struct, frozen=True):
    dispatched: int
    items: list[Dispatched]


async def dispatch_many(request: Request) -> Response:
    """POST /api/v1/tickets/dispatch : each ticket for itself; one that cannot be dispatched stops none of the others."""
    body = await json_body(request, DispatchMany)
    if len({one.id for one in body.tickets}) != len(body.tickets):
        raise InvalidInput([("tickets", "列表中有重复的工单,请去掉。")])
    with one_glance():
        items = [await dispatched(request, one) for one in body.tickets]
    return answer(DispatchedMany(sum(item.ok for item in items), items))


async def dispatched(request: Request, one: ToDispatch) -> Dispatched:
    desk = Desk(services(request).settings, services(request).cipher)
    try:
        async with (
            transaction(request) as conn,
            working(conn, one.id, actor=actor_of(request), now=now(request), desk=desk, version=one.version) as held,
        ):
            await actions.settle(held)
            await dispatch(held, one.unit_id, one.assists, desk, basis=one.basis)
    except HotlineError as refused:
        return Dispatched(one.id, False, error=refused.code, message=refused.message)
    return Dispatched(one.id, True, version=held.ticket.version, state=held.ticket.state)
