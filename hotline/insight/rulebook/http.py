"""The scoring rules over HTTP: what holds, what held, a new version."""

from datetime import date
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.infra.clock import BEIJING
from hotline.infra.errors import InvalidInput
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.insight.measures import BETTER
from hotline.insight.rulebook import store
from hotline.insight.scoring import SHIPPED_RULES, Rules, Scoring, faults, in_force


class ScoringRules(msgspec.Struct, frozen=True):
    """What holds today, and every version there was."""

    now: Rules
    versions: tuple[Rules, ...]


class NewScoring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    effective_from: date
    body: Scoring
    because: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


async def rules(request: Request) -> Response:
    """GET /api/v1/reports/kpi/rules"""
    async with services(request).pool.acquire() as conn:
        known = await store.versions(conn)
    today = now(request).astimezone(BEIJING).date()
    return answer(ScoringRules(in_force(known, today), (SHIPPED_RULES, *known)))


async def set_rules(request: Request) -> Response:
    """POST /api/v1/reports/kpi/rules"""
    asked = await json_body(request, NewScoring)
    wrong = faults(asked.body, BETTER)
    if not asked.because.strip():
        wrong.append(("because", "请写明依据或理由。"))
    if wrong:
        raise InvalidInput(wrong)
    actor = actor_of(request)
    made = Rules(0, asked.effective_from, asked.body, asked.because.strip(), actor.name)
    async with transaction(request) as conn:
        version = await store.add(conn, made, by=actor.person_id, now=now(request))
    return answer(msgspec.structs.replace(made, version=version), 201)
