"""协商会 and what follows, over HTTP."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.infra.db import Connection
from hotline.infra.errors import NotFound
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.infra.words import tidy
from hotline.supervision.meetings import actions, store
from hotline.supervision.meetings.board import AskedUnit, Board, Meeting, Progress, Strike, is_after, late
from hotline.supervision.meetings.store import Decision, Mine
from hotline.supervision.weeks import parse_week
from hotline.tickets.http import desk_of, number
from hotline.tickets.states import Solved

Moment = Annotated[datetime, Meta(tz=True)]
DAYS = 120


class NewComment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    stance: Literal["agree", "object", "supplement"]
    text: Annotated[str, Meta(max_length=2000)] = ""


class MeetingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    held_at: Moment | None = None
    place: Annotated[str, Meta(max_length=100)] = ""
    chair: Annotated[str, Meta(max_length=100)] = ""
    attendees: Annotated[str, Meta(max_length=1000)] = ""
    minutes: Annotated[str, Meta(max_length=20000)] = ""


class DecisionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """主办、协办、时限、依据; `carry_out`: 裁定 and 督办函 in one go."""

    lead_unit: int
    due: Moment
    basis: Annotated[str, Meta(max_length=500)]
    assists: Annotated[tuple[int, ...], Meta(max_length=20)] = ()
    demand: Annotated[str, Meta(max_length=2000)] = ""
    to_catalogue: bool = False
    carry_out: bool = False


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(max_length=4000)]


class VerifyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """回访核实"""

    reached: bool
    solved: Solved | None = None
    rating: Annotated[int, Meta(ge=1, le=5)] | None = None
    note: Annotated[str, Meta(max_length=1000)] = ""


class OwnItem(msgspec.Struct, frozen=True):
    """What a unit has on the difficult list."""

    week: str
    week_name: str
    ticket_id: int
    kind: str
    title: str
    state: str
    lead: bool
    comment_due: datetime
    comment: AskedUnit | None
    proposal: str
    """热线建议主办/协办, of which the unit says what it thinks."""
    decided: bool
    """The meeting's decision has been carried out: comments do not change any more."""
    progress: list[Progress]
    strikes: list[Strike]


class OwnItems(msgspec.Struct, frozen=True):
    items: list[OwnItem]


def ticket_of(request: Request) -> int:
    text: str = request.path_params["ticket"]
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise NotFound("没有这件工单。")
    return int(text)


async def shown(conn: Connection, request: Request) -> Response:
    found: Board = await actions.read_board(conn, request.path_params["week"], now(request), desk_of(request))
    return answer(found)


async def save_meeting(request: Request) -> Response:
    """PUT /api/v1/reports/difficult/{week}/meeting"""
    body = await json_body(request, MeetingBody)
    kept = Meeting(
        body.held_at,
        tidy(body.place),
        tidy(body.chair),
        tidy(body.attendees),
        tidy(body.minutes),
        actor_of(request).name,
    )
    async with transaction(request) as conn:
        await actions.save_meeting(conn, request.path_params["week"], kept, now=now(request))
        return await shown(conn, request)


async def decide(request: Request) -> Response:
    """PUT /api/v1/reports/difficult/{week}/items/{ticket}/decision"""
    body = await json_body(request, DecisionBody)
    made = Decision(body.lead_unit, body.assists, body.due, body.basis, body.demand, body.to_catalogue)
    async with transaction(request) as conn:
        await actions.decide(
            conn,
            request.path_params["week"],
            ticket_of(request),
            made,
            carry_out=body.carry_out,
            actor=actor_of(request),
            now=now(request),
            desk=desk_of(request),
        )
        return await shown(conn, request)


async def verify(request: Request) -> Response:
    """POST /api/v1/reports/difficult/{week}/items/{ticket}/verify"""
    body = await json_body(request, VerifyBody)
    said = actions.Verified(body.reached, body.solved, body.rating, body.note)
    async with transaction(request) as conn:
        await actions.on_list(conn, request.path_params["week"], ticket_of(request))
        await actions.verify(
            conn, ticket_of(request), said, actor=actor_of(request), now=now(request), desk=desk_of(request)
        )
        return await shown(conn, request)


# -- the units' side ------------------------------------------------------------------------------------------------


async def own(request: Request) -> Response:
    """GET /api/v1/department/difficult"""
    async with services(request).pool.acquire() as conn:
        return answer(await _own(conn, request))


async def _own(conn: Connection, request: Request) -> OwnItems:
    at, units = now(request), sorted(actor_of(request).records_of)
    days = number(request.query_params.get("days"), "days", default=DAYS, most=3660)
    found: list[Mine] = await store.of_units(conn, units, at - timedelta(days=days))
    ids = [one.ticket_id for one in found]
    progress, strikes = await store.progress(conn, ids), await store.strikes(conn, ids)
    comments = {
        (week, c.ticket_id): c
        for week in {one.week for one in found}
        for c in reversed(await store.asked(conn, week, units))
    }
    proposed = {week: await actions.proposals(conn, week) for week in {one.week for one in found}}
    done = {
        (week, made.ticket_id)
        for week in proposed
        for made in await store.decisions(conn, week)
        if made.done_at is not None
    }
    items = []
    for one in found:
        due = await actions.comment_due(conn, one.frozen_at, at, desk_of(request))
        comment = comments.get((one.week, one.ticket_id))
        items.append(
            OwnItem(
                week=one.week,
                week_name=parse_week(one.week).spoken,
                ticket_id=one.ticket_id,
                kind=one.kind,
                title=one.title,
                state=one.state,
                lead=bool(one.lead),
                comment_due=due,
                comment=late(comment, due, at) if comment else None,
                proposal=proposed[one.week].get(one.ticket_id, ""),
                decided=(one.week, one.ticket_id) in done,
                progress=[p for p in progress if p.ticket_id == one.ticket_id and is_after(p.at, one.since)],
                strikes=[s for s in strikes if s.ticket_id == one.ticket_id and is_after(s.at, one.since)],
            )
        )
    return OwnItems(items)


async def comment(request: Request) -> Response:
    """POST /api/v1/reports/difficult/{week}/items/{ticket}/comment"""
    body = await json_body(request, NewComment)
    async with transaction(request) as conn:
        await actions.comment(
            conn,
            request.path_params["week"],
            ticket_of(request),
            body.stance,
            body.text,
            actor=actor_of(request),
            now=now(request),
        )
        return answer(await _own(conn, request))


async def report(request: Request) -> Response:
    """POST /api/v1/department/difficult/{ticket}/progress"""
    body = await json_body(request, Words)
    async with transaction(request) as conn:
        await actions.report(conn, ticket_of(request), body.text, actor=actor_of(request), now=now(request))
        return answer(await _own(conn, request))


async def ask_strike(request: Request) -> Response:
    """POST /api/v1/department/difficult/{ticket}/strike"""
    body = await json_body(request, Words)
    async with transaction(request) as conn:
        await actions.ask_strike(conn, ticket_of(request), body.text, actor=actor_of(request), now=now(request))
        return answer(await _own(conn, request))
