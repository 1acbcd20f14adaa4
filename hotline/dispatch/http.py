"""The dispatcher's verbs, the return under review, earlier rulings, and how often the sending was right."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.store import load_directory
from hotline.dispatch import accuracy, actions, returns, store
from hotline.dispatch.desk.actions import settle
from hotline.dispatch.desk.sheet import entry_for
from hotline.infra.clock import BEIJING
from hotline.infra.errors import InvalidInput, NotFound
from hotline.infra.http import answer, now, services
from hotline.routing.precedents.store import Precedent, precedents
from hotline.routing.store import load_catalogue, load_categories
from hotline.tickets.actions import Held, access
from hotline.tickets.http import ticket_id_of
from hotline.tickets.states import Asked, Event
from hotline.tickets.verbs import Act, Command, Desk, Verb


class Dispatch(Command, frozen=True, kw_only=True):
    """派单: one lead, any number of assisting units."""

    unit_id: int
    assists: tuple[int, ...] = ()
    basis: str = ""


class Consult(Command, frozen=True, kw_only=True):
    candidates: tuple[int, ...] = ()


class Rule(Command, frozen=True, kw_only=True):
    """裁定"""

    unit_id: int
    basis: str
    assists: tuple[int, ...] = ()
    to_catalogue: bool = False


class ApproveReturn(Command, frozen=True, kw_only=True):
    """同意退单; without `unit_id` the ticket goes to the unit the objector proposed."""

    unit_id: int | None = None
    assists: tuple[int, ...] = ()
    wrong_unit: bool = True


class Recall(Command, frozen=True, kw_only=True):
    """撤回协办"""

    assignment_id: int


class Plain(Command, frozen=True, kw_only=True):
    """Only a version and, where asked, a reason."""


def deciding(act: Act) -> Act:
    """A decision that nobody takes on a ticket which a colleague has in hand."""

    async def decide(held: Held, body: Any, desk: Desk) -> None:
        await settle(held)
        await act(held, body, desk)

    return decide


async def dispatch(held: Held, body: Dispatch, desk: Desk) -> None:
    await actions.dispatch(held, body.unit_id, body.assists, desk, basis=body.basis, reason=body.reason)


async def consult(held: Held, body: Consult, desk: Desk) -> None:
    await actions.consult(held, body.candidates, desk, body.reason)


async def rule(held: Held, body: Rule, desk: Desk) -> None:
    await actions.rule(
        held,
        body.unit_id,
        body.assists,
        desk,
        basis=body.basis,
        reason=body.reason,
        to_catalogue=body.to_catalogue,
    )


async def approve_return(held: Held, body: ApproveReturn, desk: Desk) -> None:
    await actions.approve_return(held, body.unit_id, body.assists, desk, wrong_unit=body.wrong_unit, reason=body.reason)


async def refuse_return(held: Held, body: Plain, desk: Desk) -> None:
    await actions.refuse_return(held, body.reason)


async def escalate_return(held: Held, body: Plain, desk: Desk) -> None:
    await actions.escalate_return(held, desk, body.reason)


async def recall(held: Held, body: Recall, desk: Desk) -> None:
    await actions.recall(held, body.assignment_id, body.reason)


async def return_review(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/return : the return on the table."""
    async with services(request).pool.acquire() as conn:
        ticket = await access(conn, ticket_id_of(request), actor=actor_of(request))
        asked = ticket.pending(Asked.RETURN)
        if asked is None:
            raise NotFound("没有待审的退单申请,可能已被他人处理,请刷新。")
        directory, tree = await load_directory(conn), (await load_categories(conn)).tree
        day = now(request).astimezone(BEIJING).date()
        entry = entry_for(ticket, await load_catalogue(conn), directory, tree, day)
        return answer(returns.review(ticket, asked, directory, entry))


class Precedents(msgspec.Struct, frozen=True):
    items: list[Precedent]


async def precedent_list(request: Request) -> Response:
    """GET /api/v1/precedents?category= : the newest rulings first."""
    category = request.query_params.get("category") or None
    if category and not (category.isascii() and category.isalnum() and len(category) <= 12):
        raise InvalidInput([("category", "分类代码应为字母或数字。")])
    async with services(request).pool.acquire() as conn:
        return answer(Precedents(await precedents(conn, category, 100)))


async def accuracy_report(request: Request) -> Response:
    """GET /api/v1/reports/dispatch?from=&to="""
    asked = request.query_params
    today = now(request).astimezone(BEIJING).date()
    first, last = accuracy.days(asked.get("from"), asked.get("to"), today)
    async with services(request).pool.acquire() as conn:
        counted = await store.counts(conn, *accuracy.span(first, last))
    return answer(accuracy.report(first, last, counted))


VERBS = (
    Verb("dispatch", Event.DISPATCH, Dispatch, deciding(dispatch)),
    Verb("consult", Event.CONSULT, Consult, deciding(consult)),
    Verb("rule", Event.RULE, Rule, deciding(rule)),
    Verb("approve_return", Event.APPROVE_RETURN, ApproveReturn, deciding(approve_return)),
    Verb("refuse_return", Event.REFUSE_RETURN, Plain, deciding(refuse_return)),
    Verb("escalate_return", Event.ESCALATE_RETURN, Plain, deciding(escalate_return)),
    Verb("recall", Event.RECALL, Recall, recall),
)
