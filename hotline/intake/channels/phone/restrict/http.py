"""Restrictions over HTTP."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.infra.db import Connection
from hotline.infra.errors import NotFound
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.intake.channels.phone.restrict import actions, store
from hotline.intake.channels.phone.restrict.actions import DecisionBody, LiftBody, ProposalBody
from hotline.intake.channels.phone.restrict.rules import DAYS, EVIDENCE, LADDER, Step
from hotline.intake.channels.phone.restrict.store import EvidenceCall, Restriction


class RestrictionList(msgspec.Struct, frozen=True):
    items: list[Restriction]


class StepChoice(msgspec.Struct, frozen=True):
    step: Step
    days: int
    """As long as it lasts unless somebody says otherwise."""
    calls: int
    """How many calls must show it."""


class CallerRecord(msgspec.Struct, frozen=True):
    """What the number behind a call has done, without the number."""

    calls: list[EvidenceCall]
    step: Step | None
    """In force now."""
    choices: list[StepChoice]
    """What may be proposed."""
    history: list[Restriction]


async def listing(request: Request) -> Response:
    """GET /api/v1/calls/restrictions"""
    async with services(request).pool.acquire() as conn:
        return answer(RestrictionList(await store.listed(conn, now(request), services(request).cipher)))


async def caller(request: Request) -> Response:
    """GET /api/v1/calls/{id}/caller"""
    at, cipher = now(request), services(request).cipher
    async with services(request).pool.acquire() as conn:
        found = await store.caller(conn, request.path_params["id"])
        if found is None:
            raise NotFound("没有这通电话,或来电没有显示号码。")
        before = await store.highest(conn, found[1], at)
        reach = 1 if before is None else LADDER.index(before) + 2
        choices = [StepChoice(step, DAYS[step], EVIDENCE[step]) for step in LADDER[:reach]]
        calls = await store.calls_of(conn, found[1])
        step = await store.in_force(conn, found[1], at)
        return answer(CallerRecord(calls, step, choices, await store.listed(conn, at, cipher, index=found[1])))


async def propose(request: Request) -> Response:
    """POST /api/v1/calls/restrictions"""
    body = await json_body(request, ProposalBody)
    async with transaction(request) as conn:
        id_ = await actions.propose(conn, body, actor_of(request), now(request))
        return await told(conn, request, id_, 201)


async def decide(request: Request) -> Response:
    """POST /api/v1/calls/restrictions/{id}/decide"""
    body, id_ = await json_body(request, DecisionBody), numbered(request)
    async with transaction(request) as conn:
        await actions.decide(conn, id_, body, actor_of(request), now(request))
        return await told(conn, request, id_)


async def lift(request: Request) -> Response:
    """POST /api/v1/calls/restrictions/{id}/lift"""
    body, id_ = await json_body(request, LiftBody), numbered(request)
    async with transaction(request) as conn:
        await actions.lift(conn, id_, body, actor_of(request), now(request))
        return await told(conn, request, id_)


def numbered(request: Request) -> int:
    said = request.path_params["id"]
    if not (said.isascii() and said.isdecimal() and len(said) < 16):
        raise NotFound("没有这项处置。")
    return int(said)


async def told(conn: Connection, request: Request, id_: int, status: int = 200) -> Response:
    (found,) = await store.listed(conn, now(request), services(request).cipher, id_=id_)
    return answer(found, status=status)
