"""不纳入考核 as verbs of a ticket; reviews, low ratings and shelved tickets as lists."""

from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.people import CENTRE, Role
from hotline.infra.http import answer, now, services
from hotline.supervision.standing import actions, store
from hotline.supervision.standing.grounds import APPEAL, EXCLUSION
from hotline.supervision.standing.store import LowRating, Shelved, Weighed
from hotline.tickets.actions import Held
from hotline.tickets.http import number
from hotline.tickets.states import Event
from hotline.tickets.verbs import Command, Desk, Verb

DAYS = 90


class RequestExclusion(Command, frozen=True, kw_only=True):
    """申请不纳入考核: one of the eight grounds, and the evidence; papers go to the ticket as attachments."""

    ground: str
    evidence: Annotated[str, Meta(max_length=2000)]


class DecideExclusion(Command, frozen=True, kw_only=True):
    """审核不纳入考核"""

    granted: bool


async def request_exclusion(held: Held, body: RequestExclusion, desk: Desk) -> None:
    await actions.request_exclusion(held, ground=body.ground, evidence=body.evidence, reason=body.reason, desk=desk)


async def decide_exclusion(held: Held, body: DecideExclusion, desk: Desk) -> None:
    await actions.decide_exclusion(held, granted=body.granted, reason=body.reason)


VERBS = (
    Verb("request_exclusion", Event.REQUEST_EXCLUSION, RequestExclusion, request_exclusion),
    Verb("decide_exclusion", Event.DECIDE_EXCLUSION, DecideExclusion, decide_exclusion),
)


class Reviews(msgspec.Struct, frozen=True):
    items: list[Weighed]
    grounds: dict[str, dict[str, str]]
    """What the codes mean: of `exclusion` and of `appeal`."""


class LowRatings(msgspec.Struct, frozen=True):
    items: list[LowRating]


class ShelvedList(msgspec.Struct, frozen=True):
    items: list[Shelved]


async def reviews(request: Request) -> Response:
    """GET /api/v1/supervision/reviews : appeals and exclusions; units see their own."""
    actor = actor_of(request)
    since = now(request) - timedelta(days=number(request.query_params.get("days"), "days", default=DAYS, most=3660))
    everybody = actor.has(*CENTRE, Role.CITY_LEADER)
    async with services(request).pool.acquire() as conn:
        found = await store.reviews(conn, since=since, units=None if everybody else sorted(actor.records_of))
    return answer(Reviews(found, {"exclusion": EXCLUSION, "appeal": APPEAL}))


async def low_ratings(request: Request) -> Response:
    """GET /api/v1/supervision/low-ratings"""
    since = now(request) - timedelta(days=number(request.query_params.get("days"), "days", default=DAYS, most=3660))
    async with services(request).pool.acquire() as conn:
        return answer(LowRatings(await store.low_ratings(conn, since=since)))


async def shelved(request: Request) -> Response:
    """GET /api/v1/supervision/shelved"""
    async with services(request).pool.acquire() as conn:
        return answer(ShelvedList(await store.shelved(conn, now(request))))
