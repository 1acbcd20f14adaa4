"""The live suggestion while a caller speaks: composed of the pure parts of the stages, writes nothing."""

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.classify.actions import loaded, serving
from hotline.classify.explain import WordWeight
from hotline.directory.http import actor_of, directory_of
from hotline.infra.errors import InvalidInput
from hotline.infra.http import answer, json_body, now, services
from hotline.intake.actions import similar_to
from hotline.intake.duplicates import Similar
from hotline.intake.form import MAX_CONTENT, tidy
from hotline.routing import actions as routing
from hotline.routing import store as routing_store
from hotline.routing.decide import Decision
from hotline.routing.facts import Facts, guesses_of
from hotline.tickets import actions as tickets
from hotline.tickets.http import ticket_id_of
from hotline.tickets.states import Kind, Urgency


class SuggestBody(msgspec.Struct, frozen=True):
    content: str
    title: str | None = None
    address: str | None = None
    phone: str | None = None
    """Only to find the same caller's requests; not kept."""


class CategorySuggestion(msgspec.Struct, frozen=True):
    code: str
    name: str
    confidence: float


class UnitSuggestion(msgspec.Struct, frozen=True):
    id: int
    name: str
    confidence: float
    because: list[str]


class Suggestion(msgspec.Struct, frozen=True):
    kind: Kind | None
    category: list[CategorySuggestion]
    unit: list[UnitSuggestion]
    urgency: Urgency
    risks: list[str]
    region: str | None
    similar: list[Similar]
    words: list[WordWeight]
    automatic: bool
    """Whether this text would be dispatched without a person."""
    because: list[str]


class Suggested(msgspec.Struct, frozen=True):
    """What the router said about a stored ticket."""

    ticket_id: int
    unit: list[UnitSuggestion]
    because: list[str]


async def suggest(request: Request) -> Response:
    """POST /api/v1/suggest"""
    actor_of(request)
    body = await json_body(request, SuggestBody)
    title, content = tidy(body.title or ""), tidy(body.content)
    if len(content) > MAX_CONTENT:
        raise InvalidInput([("content", f"诉求内容最多 {MAX_CONTENT} 个字。")])
    at, data = now(request), services(request).settings.data
    model = loaded(data) or await asyncio.to_thread(serving, data, at)
    said = await asyncio.to_thread(model.suggest, title, content) if model else None
    located = await place(request, " ".join((body.address or "", title, content)))
    kind = Kind(said.kind.label) if said else Kind.SEEK_HELP
    facts = Facts(guesses_of(said) if said else (), located, kind)
    async with services(request).pool.acquire() as conn:
        trust = services(request).settings.auto_dispatch_threshold
        decision = await routing.route(conn, facts, trust=trust, now=at)
        found = await similar_to(conn, title + content, phone=body.phone, now=at, cipher=services(request).cipher)
    return answer(
        Suggestion(
            kind=kind if said else None,
            category=[CategorySuggestion(c.code, c.name, c.confidence) for c in said.category] if said else [],
            unit=units(decision),
            urgency=said.urgency if said else Urgency.NORMAL,
            risks=list(said.risks) if said else [],
            region=located,
            similar=found,
            words=list(said.words) if said else [],
            automatic=decision.unit_id is not None,
            because=list(decision.because),
        )
    )


async def place(request: Request, text: str) -> str | None:
    located = (await directory_of(request)).finder.locate(text)
    return located.region.code if located else None


def units(decision: Decision) -> list[UnitSuggestion]:
    return [UnitSuggestion(c.unit_id, c.name, c.confidence, list(c.because)) for c in decision.candidates[:3]]


async def stored(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/suggestion"""
    async with services(request).pool.acquire() as conn:
        ticket = await tickets.access(conn, ticket_id_of(request), actor=actor_of(request))
        decision = await routing_store.last_decision(conn, ticket.id) or Decision(None, ("尚未给出派单建议。",))
    return answer(Suggested(ticket.id, units(decision), list(decision.because)))
