"""The live suggestion while a caller speaks: composed of the pure parts of the stages, writes nothing."""

import asyncio
from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.classify.actions import classifier_in_use
from hotline.classify.explain import WordWeight
from hotline.directory.gazetteer.names import PlaceNames
from hotline.directory.gazetteer.store import load_place_names
from hotline.directory.http import actor_of, directory_of
from hotline.directory.regions import DISTRICT, Region
from hotline.directory.units import Directory
from hotline.infra.clock import BEIJING
from hotline.infra.errors import InvalidInput
from hotline.infra.http import answer, json_body, now, services
from hotline.infra.words import tidy
from hotline.insight.outlook import actions as outlook
from hotline.insight.outlook.waits import Expected
from hotline.intake.actions import similar_to
from hotline.intake.duplicates import Similar
from hotline.intake.enterprise import concerns_enterprise
from hotline.intake.form import MAX_CONTENT
from hotline.intake.lift import Lifted, lift
from hotline.intake.missing import Missing, missing
from hotline.routing import actions as routing
from hotline.routing import store as routing_store
from hotline.routing.decide import Decision
from hotline.routing.facts import Facts, Guess, guesses_of
from hotline.tickets import actions as tickets
from hotline.tickets.http import ticket_id_of
from hotline.tickets.states import Kind, Urgency
from hotline.web.regions import full_name


class SuggestBody(msgspec.Struct, frozen=True):
    """What has been noted so far; what the agent has already chosen counts as certain."""

    content: str
    title: str | None = None
    address: str | None = None
    phone: str | None = None
    """Only to find the same caller's requests; not kept."""
    kind: Kind | None = None
    category: str | None = None
    district_code: str | None = None
    unit_id: int | None = None


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
    region_name: str | None
    """雁栖区桃花街道"""
    enterprise: bool
    """涉企, as the words have it; what is sent with the ticket counts."""
    lifted: list[Lifted]
    """What `content` already says; places in code points of it."""
    missing: list[Missing]
    """What is still to be asked, the most pressing first."""
    similar: list[Similar]
    words: list[WordWeight]
    automatic: bool
    """Whether this text would be dispatched without a person."""
    because: list[str]
    expected: Expected | None
    """How long the likeliest unit takes to answer such requests; null while too few have been answered."""


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
    async with services(request).pool.acquire() as conn:
        model = await classifier_in_use(conn, data, at)
        names = await load_place_names(conn)
    said = await asyncio.to_thread(model.suggest, title, content) if model else None
    directory = await directory_of(request)
    place = place_of(directory, body, title, content)
    kind = body.kind or (Kind(said.kind.label) if said else Kind.SEEK_HELP)
    guesses = guesses_of(said) if said else ()
    chosen = (Guess(body.category, 1.0),) if body.category else guesses
    facts = Facts(chosen, place.code if place else None, kind, proposed=body.unit_id)
    category = body.category or (said.category[0].code if said else None)
    decision, expected, found = await routed(request, body, facts, category, at)
    lifted = lifted_from(directory, names, body.content[:LIFTED_FROM], at)
    risks = list(said.risks) if said else []
    return answer(
        Suggestion(
            kind=Kind(said.kind.label) if said else None,
            category=[CategorySuggestion(c.code, c.name, c.confidence) for c in said.category] if said else [],
            unit=units(decision),
            urgency=said.urgency if said else Urgency.NORMAL,
            risks=risks,
            region=place.code if place else None,
            region_name=full_name(directory, place) if place else None,
            enterprise=concerns_enterprise(f"{title}。{content}"),
            lifted=lifted,
            missing=missing(
                content,
                {one.kind for one in lifted},
                kind=kind if said or body.kind else None,
                located=bool(body.address) or (place is not None and place.level > DISTRICT),
                risks=risks,
                misfit=None if body.district_code else directory.finder.misfit(said_in(body, title, content)),
            ),
            similar=found,
            words=list(said.words) if said else [],
            automatic=decision.unit_id is not None,
            because=list(decision.because),
            expected=expected,
        )
    )


async def routed(
    request: Request, body: SuggestBody, facts: Facts, category: str | None, at: datetime
) -> tuple[Decision, Expected | None, list[Similar]]:
    """Whose it would be, how long they take, and what like it came before."""
    words, cipher = tidy(body.title or "") + tidy(body.content), services(request).cipher
    async with services(request).pool.acquire() as conn:
        trust = await routing.in_force(conn, services(request).settings, at)
        decision = await routing.route(conn, facts, trust=trust.threshold, now=at)
        best = decision.candidates[0].unit_id if decision.candidates else None
        expected = await outlook.expected(conn, unit=best, category=category, at=at)
        return decision, expected, await similar_to(conn, words, phone=body.phone, now=at, cipher=cipher)


LIFTED_FROM = 5_000
"""Characters; nobody types more during a call."""


def place_of(directory: Directory, body: SuggestBody, title: str, content: str) -> Region | None:
    """The region the agent chose, or the one that the words name for certain."""
    if body.district_code:
        if body.district_code not in directory.regions:
            raise InvalidInput([("district_code", f"没有区划代码 {body.district_code[:20]},请从列表中选择。")])
        return directory.regions[body.district_code]
    located = directory.finder.locate(said_in(body, title, content))
    return located.region if located else None


def said_in(body: SuggestBody, title: str, content: str) -> str:
    return " ".join((body.address or "", title, content))


def lifted_from(directory: Directory, names: PlaceNames, text: str, at: datetime) -> list[Lifted]:
    named = [(mention.start, mention.end) for mention in directory.finder.mentions(text)]
    return lift(text, today=at.astimezone(BEIJING).date(), regions=named, names=names)


def units(decision: Decision) -> list[UnitSuggestion]:
    return [UnitSuggestion(c.unit_id, c.name, c.confidence, list(c.because)) for c in decision.candidates[:3]]


async def stored(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/suggestion"""
    async with services(request).pool.acquire() as conn:
        ticket = await tickets.access(conn, ticket_id_of(request), actor=actor_of(request))
        decision = await routing_store.last_decision(conn, ticket.id) or Decision(None, ("尚未给出派单建议。",))
    return answer(Suggested(ticket.id, units(decision), list(decision.because)))
