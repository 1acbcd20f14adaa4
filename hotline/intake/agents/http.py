"""An agent logs a request, and in the same message says how the call ended."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of, directory_of
from hotline.infra.errors import Forbidden
from hotline.infra.http import answer, now, services, transaction
from hotline.infra.words import tidy
from hotline.intake import actions, form, store
from hotline.intake.duplicates import Similar
from hotline.intake.http import json_object
from hotline.tickets import actions as tickets
from hotline.tickets import facts as f
from hotline.tickets import permissions
from hotline.tickets import store as records
from hotline.tickets.actions import Held
from hotline.tickets.states import Disposition, Event, State


class Logged(msgspec.Struct, frozen=True):
    """What the agent gets back; `similar` is for their eyes, nothing was merged."""

    ticket_id: int
    query_code: str
    version: int
    state: State
    similar: list[Similar]


async def log_request(request: Request) -> Response:
    """POST /api/v1/tickets: an agent logs a request; with `draft` it waits for more.

    Ticket and ending are one transaction: a desk that lost the answer sends the same message again and gets the ticket."""
    actor = actor_of(request)
    if not actor.has(*permissions.MAY[Event.CREATE]):
        raise Forbidden("您的岗位不能登记工单。")
    raw = await json_object(request)
    directory = await directory_of(request)
    async with services(request).pool.acquire() as conn:
        categories = await store.categories(conn)
    accepted = form.read_agent(raw, directory.regions, categories, directory.units)
    ending = ended_by(raw)
    draft = bool(ending) or raw.get("draft") is True
    cipher, at = services(request).cipher, now(request)
    async with transaction(request) as conn:
        received = await actions.receive_once(
            conn, accepted, actor=actor, now=at, cipher=cipher, draft=draft, proposed=raw.get("unit_id")
        )
        if ending and received.created:
            await end(await tickets.hold(conn, received.ticket_id, actor=actor, now=at), ending)
        ticket = await records.load(conn, received.ticket_id)
        assert ticket is not None
    # A search, so a session that is planned for its words; and nothing is held meanwhile.
    async with services(request).pool.acquire() as conn:
        found = await actions.similar_to(
            conn,
            f"{accepted.matter.title}{accepted.matter.content}",
            phone=accepted.petitioner.phone,
            now=at,
            cipher=cipher,
            but=received.ticket_id,
        )
    logged = Logged(
        received.ticket_id, received.query_code, ticket.version, ticket.state, found if actor.of_centre else []
    )
    return answer(logged, 201 if received.created else 200)


def ended_by(raw: Mapping[str, Any]) -> dict[str, Any]:
    """How the call ended, of a message that `form.read_agent` has found in order; empty when it goes on its way."""
    if not any(given(raw, name) for name in form.ENDINGS):
        return {}
    return {name: raw[name] for name in (*form.ENDINGS, "told") if given(raw, name)}


def given(raw: Mapping[str, Any], name: str) -> bool:
    return raw.get(name) not in (None, "")


async def end(held: Held, ending: Mapping[str, Any]) -> None:
    if "answer" in ending:
        await actions.answer_directly(held, ending["answer"])
    elif "disposition" in ending:
        disposition, told = Disposition(ending["disposition"]), tidy(ending.get("told", ""))
        await held.do(f.Redirect(disposition=disposition, told=told), told)
    else:
        await actions.merge(held, ending["merge_into"])
