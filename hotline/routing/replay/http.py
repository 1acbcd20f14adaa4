"""The dry run and the threshold over HTTP."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from hotline.classify.quality import Quality, quality
from hotline.directory.http import actor_of
from hotline.directory.people import CENTRE
from hotline.directory.staff.http import by, number
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.routing.actions import in_force
from hotline.routing.editing.http import PutEntry
from hotline.routing.editing.http import entry_of as entry
from hotline.routing.evidence import store as evidence
from hotline.routing.replay import actions, store
from hotline.routing.replay.compare import Replayed
from hotline.routing.store import load_catalogue
from hotline.routing.trust import PRECISION, Basis, BorneOut

WEEKS = 8
MOST_JUDGED = 50_000


class TryOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What would be changed: entries put or ended, another threshold, or all at once."""

    put: Annotated[tuple[PutEntry, ...], Meta(max_length=200)] = ()
    end: Annotated[tuple[Annotated[int, Meta(ge=1, le=2**31 - 1)], ...], Meta(max_length=200)] = ()
    threshold: Annotated[float, Meta(ge=0.5, le=1)] | None = None
    days: Annotated[int, Meta(ge=1, le=92)] = 30


class ChooseThreshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    threshold: Annotated[float, Meta(ge=0.5, le=1)]
    reason: Annotated[str, Meta(max_length=500)]
    instead_of: datetime | UnsetType | None = UNSET
    """When the one on the screen was chosen, null where none was; 409 when it is another by now. Absent: not asked."""


class DispatchQuality(msgspec.Struct, frozen=True):
    """How right the router's first unit was, by how sure it was."""

    weeks: int
    quality: Quality
    threshold: float
    """In force now."""
    basis: Basis
    """Whose word that is: person, setting, measured (the last weeks), model, shipped."""
    aim: float
    """The precision that measured thresholds answer for."""
    measured: BorneOut | None
    """null: not counted yet, or too few tickets of which it is known who led."""
    chosen: store.ChosenThreshold | None
    """null: nobody has chosen one."""


async def try_out(request: Request) -> Response:
    """POST /api/v1/routing/replay"""
    body, at = await json_body(request, TryOut), now(request)
    async with services(request).pool.acquire() as conn:
        found: Replayed = await actions.try_out(
            conn,
            put=[entry(one) for one in body.put],
            ended=body.end,
            threshold=body.threshold,
            days=body.days,
            threshold_now=(await in_force(conn, services(request).settings, at)).threshold,
            now=at,
        )
    if not actor_of(request).has(*CENTRE):
        found = msgspec.structs.replace(found, changed=[])
    return answer(found)


async def dispatch_quality(request: Request) -> Response:
    """GET /api/v1/routing/quality?weeks="""
    weeks = number(request, "weeks", 26, WEEKS) or WEEKS
    async with services(request).pool.acquire() as conn:
        judged = await evidence.judged(conn, now(request) - timedelta(weeks=weeks), MOST_JUDGED)
        chosen = await store.threshold(conn)
        stands, found = await in_force(conn, services(request).settings, now(request)), await load_catalogue(conn)
    return answer(
        DispatchQuality(weeks, quality(judged), stands.threshold, stands.basis, PRECISION, found.measured, chosen)
    )


async def choose(request: Request) -> Response:
    """PUT /api/v1/routing/threshold"""
    body = await json_body(request, ChooseThreshold)
    async with transaction(request) as conn:
        await actions.choose_threshold(conn, body.threshold, body.reason, by(request), instead_of=body.instead_of)
    return Response(status_code=204)
