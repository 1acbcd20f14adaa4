"""Call measures over HTTP."""

from starlette.requests import Request
from starlette.responses import Response

from hotline.infra.errors import InvalidInput
from hotline.infra.http import answer, now, services
from hotline.insight.calls.actions import calls_kpi
from hotline.insight.calls.measures import CALL_GROUPS
from hotline.insight.http import span_of


async def table(request: Request) -> Response:
    """GET /api/v1/reports/kpi/calls?from=&to=&group="""
    first, last = span_of(request)
    group = request.query_params.get("group") or "queue"
    if group not in CALL_GROUPS:
        raise InvalidInput([("group", f"group 应为 {'、'.join(CALL_GROUPS)} 之一。")])
    async with services(request).pool.acquire() as conn:
        return answer(await calls_kpi(conn, first, last, group, now(request)))
