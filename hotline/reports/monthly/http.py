"""The written parts of a month's bulletin over HTTP."""

from typing import Annotated, get_args

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.people import Role
from hotline.infra.errors import NotFound
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.insight.http import month_of
from hotline.reports.monthly import actions
from hotline.reports.monthly.words import PARTS, Part

WRITERS = frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})


class WordsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: Annotated[str, msgspec.Meta(max_length=50_000)]
    """Empty: the part is taken out of the bulletin."""
    version: int
    """Of what the writer had before them; 0 when nothing was written yet."""


async def words(request: Request) -> Response:
    """GET /api/v1/reports/monthly/{month}/words"""
    month = month_of(request.path_params["month"])
    async with services(request).pool.acquire() as conn:
        return answer(await actions.words(conn, month, now(request)))


async def write(request: Request) -> Response:
    """PUT /api/v1/reports/monthly/{month}/words/{part}"""
    month, part = month_of(request.path_params["month"]), part_of(request.path_params["part"])
    body = await json_body(request, WordsBody)
    async with transaction(request) as conn:
        made = await actions.write(
            conn, month, part, body.version, body.text, actor=actor_of(request), now=now(request)
        )
    return answer(made)


def part_of(text: str) -> Part:
    found: Part | None = next((one for one in get_args(Part) if one == text), None)
    if found is None:
        raise NotFound(f"月通报里由人写的只有{'、'.join(PARTS.values())}。")
    return found
