"""回访核查 over HTTP."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.callback.checks import actions, store
from hotline.callback.checks.signs import Sign
from hotline.callback.checks.store import AnswerFinding
from hotline.directory.http import actor_of
from hotline.infra.errors import InvalidInput
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.tickets.http import number

MOST = 200


class AnswerFindings(msgspec.Struct, frozen=True):
    items: list[AnswerFinding]
    open: dict[str, int]
    """By sign, those nobody has looked at yet."""


async def findings(request: Request) -> Response:
    """GET /api/v1/supervision/findings?state=open|decided&sign=&unit="""
    asked = request.query_params
    state, sign = asked.get("state", "open"), asked.get("sign") or None
    if state not in ("open", "decided"):
        raise InvalidInput([("state", "应为 open(待核实)或 decided(已核实)。")])
    if sign is not None and sign not in set(Sign):
        raise InvalidInput([("sign", f"没有这种迹象,应为 {'、'.join(Sign)} 之一。")])
    unit = number(asked.get("unit"), "unit", default=0, most=10**18)
    async with services(request).pool.acquire() as conn:
        items = await store.findings(conn, open_=state == "open", sign=sign, unit_id=unit or None, limit=MOST)
        return answer(AnswerFindings(items, await store.counts(conn)))


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    verdict: Literal["upheld", "dismissed"]
    note: Annotated[str, Meta(max_length=2000)]


async def decide(request: Request) -> Response:
    """POST /api/v1/supervision/findings/{id}"""
    body = await json_body(request, Verdict)
    finding = number(request.path_params["id"], "id", default=0, most=2**31 - 1)
    async with transaction(request) as conn:
        done = await actions.decide(
            conn, finding, verdict=body.verdict, note=body.note, actor=actor_of(request), now=now(request)
        )
    return answer(done)
