"""Low marks over HTTP."""

from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.infra.words import tidy
from hotline.intake.channels.phone.low_marks import store
from hotline.intake.channels.phone.low_marks.store import LowMark, MarkFinding

BACK = timedelta(days=30)
"""A mark of before is history: nobody remembers the call."""
MOST, MOST_NOTE = 200, 500


class LowMarks(msgspec.Struct, frozen=True):
    items: list[LowMark]
    more: bool
    """There are more than these."""


class MarkLook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    finding: MarkFinding
    note: Annotated[str, Meta(max_length=2000)]


class MarkLooked(msgspec.Struct, frozen=True):
    id: str


async def listing(request: Request) -> Response:
    """GET /api/v1/calls/low_marks?state=open|looked"""
    state = request.query_params.get("state", "open")
    if state not in ("open", "looked"):
        raise InvalidInput([("state", "应为 open(待核实)或 looked(已核实)。")])
    since, cipher = now(request) - BACK, services(request).cipher
    async with services(request).pool.acquire() as conn:
        found = await store.listed(conn, since, looked=state == "looked", limit=MOST + 1, cipher=cipher)
    return answer(LowMarks(found[:MOST], len(found) > MOST))


async def look(request: Request) -> Response:
    """POST /api/v1/calls/low_marks/{id}: what was found out, once, and never by who took the call."""
    body, id_, actor = await json_body(request, MarkLook), request.path_params["id"], actor_of(request)
    note = tidy(body.note)
    if not note or len(note) > MOST_NOTE:
        raise InvalidInput([("note", f"请写明核实的经过和处理,最多 {MOST_NOTE} 个字。")])
    assert actor.person_id is not None
    async with transaction(request) as conn:
        known, taken_by = await store.taken_by(conn, id_)
        if not known:
            raise NotFound("没有这通低评来电。")
        if taken_by == actor.person_id:
            raise Forbidden("这通电话是您本人接听的,请由他人核实。")
        if not await store.look(conn, id_, body.finding, note, actor.person_id, now(request)):
            raise Conflict("这通电话已由他人核实,请刷新。")
    return answer(MarkLooked(id_))
