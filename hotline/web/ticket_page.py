"""The ticket page (工单页): what a ticket mentions by number, in words, and what hangs together with it."""

from collections.abc import Iterator

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.callback.desk.store import PageAnswer, page_answer
from hotline.directory.http import actor_of
from hotline.directory.people import Actor
from hotline.directory.store import load_directory
from hotline.directory.units import Directory
from hotline.infra.db import Connection
from hotline.infra.http import answer, services
from hotline.insight.outlook import actions as outlook
from hotline.insight.outlook.waits import Expected
from hotline.intake.linked import store
from hotline.intake.linked.store import Linked
from hotline.intake.store import direct_answer
from hotline.routing.store import last_decision, load_categories
from hotline.tickets import actions, permissions, privacy
from hotline.tickets import store as tickets
from hotline.tickets.facts import DIRECT, Classify
from hotline.tickets.http import guarded, ticket_id_of
from hotline.tickets.lines import store as lines_store
from hotline.tickets.permissions import SEERS
from hotline.tickets.ticket import Ticket
from hotline.web.endpoint import Endpoint

API = "/api/v1"


class Surroundings(msgspec.Struct, frozen=True):
    ticket_id: int
    linked: list[Linked]
    """Only those that this person may open."""
    people: dict[str, str]
    """Names of the people whom the ticket mentions, by id."""
    units: dict[str, str]
    """Names of the units from which somebody has acted on it, by id."""
    category: str | None
    """市政设施/路灯照明/路灯不亮"""
    categories: dict[str, str]
    """Full names of the categories it has had, by code."""
    region: str | None
    """雁栖区·望江街道"""
    direct_answer: str | None
    """What was answered without sending the ticket anywhere."""
    direct_rating: PageAnswer | None
    """What the citizen said of that answer on their page."""
    expected: Expected | None
    """How long such requests take from coming in to the unit's answer; null while too few have been answered."""


async def surroundings(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/surroundings"""
    actor = actor_of(request)
    async with services(request).pool.acquire() as conn:
        ticket = await actions.access(conn, ticket_id_of(request), actor=actor)
        directory = await load_directory(conn)
        lines = [line.happened for line in await lines_store.history(conn, ticket.id)]
        acted = {line.actor_unit for line in lines}
        tree = (await load_categories(conn)).tree
        codes = {ticket.category, *(line.fact.category for line in lines if isinstance(line.fact, Classify))}
        names = {code: tree.full_name(code) for code in codes if code and code in tree}
        told = Surroundings(
            ticket_id=ticket.id,
            linked=[shown(actor, one) for one in await open_to(conn, actor, await store.linked(conn, ticket.id))],
            people=await store.people(conn, mentioned(ticket)),
            units={str(unit.id): unit.name for of in acted if of is not None and (unit := directory.unit(of))},
            category=names.get(ticket.category or ""),
            categories=names,
            region=region_of(directory, ticket),
            direct_answer=await direct_answer(conn, ticket.id),
            direct_rating=None if ticket.secret and not actor.of_centre else await page_answer(conn, ticket.id, DIRECT),
            expected=await outlook.expected(
                conn, unit=await likeliest(conn, ticket), category=ticket.category, at=ticket.created_at
            ),
        )
        return answer(await guarded(conn, request, ticket, told))


async def likeliest(conn: Connection, ticket: Ticket) -> int | None:
    """Whose answer is waited for: the lead's, before the dispatch that of the unit the router thinks of."""
    if ticket.lead is not None:
        return ticket.lead.unit_id
    said = await last_decision(conn, ticket.id)
    return said.best.unit_id if said and said.best else None


async def open_to(conn: Connection, actor: Actor, found: list[Linked]) -> list[Linked]:
    if actor.has(*permissions.READERS):
        return found
    loaded = {one.id: await tickets.load(conn, one.id) for one in found}
    return [one for one in found if (ticket := loaded[one.id]) and permissions.may_see(actor, ticket)]


def shown(actor: Actor, one: Linked) -> Linked:
    """A title may name the caller: of a secret ticket it is shown to those alone who may know them."""
    hidden = one.confidential and not actor.has(*privacy.OPEN_TO)
    return msgspec.structs.replace(one, title="保密工单") if hidden else one


def mentioned(ticket: Ticket) -> Iterator[int]:
    acted = (
        *(share.person_id for share in ticket.assignments),
        *(one for asked in ticket.requests for one in (asked.by, asked.decided_by)),
        *(one for reply in ticket.replies for one in (reply.by, reply.decided_by)),
        *(call.by for call in ticket.callbacks),
        *(overlay.by for overlay in ticket.overlays),
    )
    return (person for person in acted if person is not None)


def region_of(directory: Directory, ticket: Ticket) -> str | None:
    region = directory.regions.get(ticket.region) if ticket.region else None
    if region is None:
        return None
    names = [directory.regions[code].name for code in region.path[1:] if code in directory.regions]
    return "·".join(names) or region.name


TICKET_PAGE: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        f"{API}/tickets/{{id}}/surroundings",
        surroundings,
        "工单页所需:关联工单,所提到的人员、单位、分类和区划的名称,直接答复的内容",
        answer=Surroundings,
        roles=SEERS,
    ),
)
