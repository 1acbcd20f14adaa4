"""Reading tickets: the list, one ticket, its history; and what a verb answers."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.people import UNIT, Actor, Role
from hotline.directory.store import load_directory
from hotline.directory.units import Directory
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import InvalidInput, NotFound
from hotline.infra.http import answer, looking_up, now, services
from hotline.tickets import actions, permissions, privacy, search, store
from hotline.tickets.facts import written
from hotline.tickets.lifecycle import EVENT_NAMES, STATE_NAMES
from hotline.tickets.lines import store as lines_store
from hotline.tickets.listing import store as pages
from hotline.tickets.listing.store import Row
from hotline.tickets.petitioner import store as petitioners
from hotline.tickets.privacy import Matter, Petitioner
from hotline.tickets.states import OWED, Channel, Event, State
from hotline.tickets.ticket import Ticket
from hotline.tickets.verbs import Desk

MOST = 200
BEYOND = 10**15 * 9


class Page(msgspec.Struct, frozen=True):
    items: list[Row]
    next_cursor: str | None


class TicketView(msgspec.Struct, frozen=True):
    """A ticket as one person may see it now."""

    ticket: Ticket
    state_name: str
    matter: Matter
    petitioner: Petitioner
    units: dict[str, str]
    """Names of every unit the ticket mentions, by id."""
    allowed: list[str]
    """The verbs this person may try now."""
    replies: list[store.ReplyText]
    query_code: str | None


class HistoryLine(msgspec.Struct, frozen=True):
    seq: int
    number: int
    at: datetime
    event: Event
    name: str
    actor: str
    actor_unit: int | None
    source: State | None
    target: State
    reason: str
    payload: dict[str, Any]
    hash: str


class HistoryView(msgspec.Struct, frozen=True):
    ticket_id: int
    items: list[HistoryLine]


class Changed(msgspec.Struct, frozen=True):
    """A ticket after a verb."""

    id: int
    version: int
    state: State
    state_name: str
    allowed: list[str]


async def listing(request: Request) -> Response:
    """GET /api/v1/tickets?stage=&unit=&category=&due=&q=&cursor=&limit="""
    actor, asked = actor_of(request), request.query_params
    at = now(request)
    limit = number(asked.get("limit"), "limit", default=50, most=MOST)
    due_after, due_by = due_window(asked.get("due"), at)
    query = search.tsquery(asked["q"]) if asked.get("q") else None
    if asked.get("q") and query is None:
        return answer(Page([], None))
    async with services(request).pool.acquire() as conn:
        directory = await load_directory(conn)
        rows = await pages.page(
            conn,
            before=number(asked.get("cursor"), "cursor", default=BEYOND, most=BEYOND),
            # Late and near are those whose answer is owed, as on the wall; a stage that is named is what was asked for.
            states=stages(asked.get("stage")) or (sorted(OWED) if asked.get("due") in ("late", "near") else None),
            units=below(directory, asked.get("unit")),
            category=search.escaped(asked["category"]) if asked.get("category") else None,
            due_by=due_by,
            due_after=due_after,
            query=query,
            bound_to=bound(directory, actor),
            records=sorted(actor.records_of),
            secrets=actor.has(*privacy.OPEN_TO),
            channel=Channel.POLICE_110.value if actor.has(Role.POLICE_LIAISON) else None,
            limit=limit + 1,
        )
    more = len(rows) > limit
    return answer(Page([listed(actor, row) for row in rows[:limit]], str(rows[limit - 1].id) if more else None))


def listed(actor: Actor, row: Row) -> Row:
    """A title may name the caller, an address may be theirs: of a secret ticket the list shows neither."""
    if not row.confidential or actor.has(*privacy.OPEN_TO):
        return row
    return msgspec.structs.replace(row, title="保密工单", address="")


def stages(text: str | None) -> list[str] | None:
    if not text:
        return None
    wanted = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [part for part in wanted if part not in set(State)]
    if unknown:
        raise InvalidInput([("stage", f"没有状态 {unknown[0][:30]};可选:{'、'.join(State)}。")])
    return wanted


def number(text: str | None, field: str, *, default: int, most: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and 1 <= int(text) <= most):
        raise InvalidInput([(field, f"{field} 应为 1 至 {most} 的整数。")])
    return int(text)


def due_window(text: str | None, at: datetime) -> tuple[datetime | None, datetime | None]:
    """(after, by) of `due`: late, today, near (a working day or so ahead), or a moment."""
    if not text:
        return None, None
    if text == "late":
        return None, at
    if text == "near":
        return at, at + timedelta(days=1)
    if text == "today":
        tomorrow = at.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return at, tomorrow
    try:
        by = datetime.fromisoformat(text)
    except ValueError:
        by = None
    if by is None or by.tzinfo is None:
        raise InvalidInput([("due", "due 应为 late、near、today 或带时区的时间。")])
    return None, by


def below(directory: Directory, unit: str | None) -> list[int] | None:
    if not unit:
        return None
    return [u.id for u in directory.subtree(number(unit, "unit", default=0, most=2**31 - 1))]


def bound(directory: Directory, actor: Actor) -> list[int] | None:
    """The units a person is bound to: none for the centre; nothing at all for who may read no ticket."""
    if actor.has(*permissions.READERS):
        return None
    if actor.has(*UNIT) and actor.unit_id is not None:
        return [u.id for top in actor.records_of for u in directory.subtree(top)]
    return []


def desk_of(request: Request) -> Desk:
    return Desk(services(request).settings, services(request).cipher)


def ticket_id_of(request: Request) -> int:
    text = request.path_params["id"]
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise NotFound(f"没有工单 {text[:30]}。")
    return int(text)


async def one(request: Request) -> Response:
    """GET /api/v1/tickets/{id}"""
    async with looking_up(request) as conn:
        ticket = await actions.access(conn, ticket_id_of(request), actor=actor_of(request))
        return answer(await guarded(conn, request, ticket, await view(conn, request, ticket)))


async def guarded(conn: Connection, request: Request, ticket: Ticket, shown: msgspec.Struct) -> Any:
    """What is shown of a ticket, without the citizen where the ticket is secret and the reader outside the centre."""
    if not privacy.hidden_from(actor_of(request), ticket):
        return shown
    petitioner = await petitioners.load_petitioner(conn, ticket.id, services(request).cipher)
    return privacy.veiled(msgspec.to_builtins(shown), petitioner)


async def view(conn: Connection, request: Request, ticket: Ticket) -> TicketView:
    actor = actor_of(request)
    petitioner = await petitioners.load_petitioner(conn, ticket.id, services(request).cipher)
    directory = await load_directory(conn)
    mentioned = {*ticket.units, *(r.proposed_unit for r in ticket.requests), ticket.accused_unit}
    return TicketView(
        ticket=ticket,
        state_name=STATE_NAMES[ticket.state],
        matter=await store.load_matter(conn, ticket.id),
        petitioner=privacy.shown(actor, ticket, petitioner),
        units={str(u): unit.name for u in mentioned if u is not None and (unit := directory.unit(u))},
        allowed=verbs_for(actor, ticket),
        replies=await store.reply_texts(conn, ticket.id),
        query_code=await store.code_of(conn, ticket.id) if actor.of_centre else None,
    )


def verbs_for(actor: Actor, ticket: Ticket) -> list[str]:
    return [event.value for event in permissions.possible(actor, ticket) if event not in INNER]


INNER = frozenset(
    {
        Event.MARK_DEADLINE,
        Event.RECOMPUTE,
        Event.ATTEMPT_CALLBACK,
        Event.LOW_RATING,
        Event.RATE,
        Event.HAND_OVER,
        Event.ATTACH,
        Event.ARCHIVE,
        Event.STRIKE_OFF,
    }
)
"""Events that no person sends as a verb."""


async def history(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/history"""
    async with looking_up(request) as conn:
        ticket = await actions.access(conn, ticket_id_of(request), actor=actor_of(request))
        told = HistoryView(ticket.id, [shown_line(line) for line in await lines_store.history(conn, ticket.id)])
        return answer(await guarded(conn, request, ticket, told))


def shown_line(line: lines_store.Line) -> HistoryLine:
    h = line.happened
    return HistoryLine(
        seq=h.seq,
        number=line.number,
        at=h.at,
        event=h.fact.event,
        name=EVENT_NAMES[h.fact.event],
        actor=h.actor_name,
        actor_unit=h.actor_unit,
        source=h.source,
        target=h.target,
        reason=h.reason,
        payload=written(h.fact),
        hash=line.hash.hex(),
    )


def changed(ticket: Ticket, actor: Actor) -> Changed:
    return Changed(ticket.id, ticket.version, ticket.state, STATE_NAMES[ticket.state], verbs_for(actor, ticket))
