"""The meeting to read, or to take away as agenda and minutes."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from hotline.infra.errors import InvalidInput
from hotline.infra.http import answer, now, services
from hotline.reports.docx import DOCX, docx
from hotline.reports.http import as_file
from hotline.reports.meetings.paper import paper
from hotline.reports.pdf import PDF, pdf
from hotline.supervision.meetings.actions import read_board
from hotline.tickets.http import desk_of

MAKERS = {"docx": (docx, DOCX), "pdf": (pdf, PDF)}


async def meeting(request: Request) -> Response:
    """GET /api/v1/reports/difficult/{week}/meeting?format=json|docx|pdf"""
    fmt = request.query_params.get("format") or "json"
    if fmt != "json" and fmt not in MAKERS:
        raise InvalidInput([("format", "协商会材料可取 json、docx 或 pdf，请换用其中一种格式。")])
    async with services(request).pool.acquire() as conn:
        found = await read_board(conn, request.path_params["week"], now(request), desk_of(request))
    if fmt == "json":
        return answer(found)
    make, media = MAKERS[fmt]
    made = await asyncio.to_thread(make, paper(found))
    headers = as_file(f"疑难工单协商会-{found.week}.{fmt}", f"meeting-{found.week}.{fmt}")
    return Response(made, media_type=media, headers=headers)
