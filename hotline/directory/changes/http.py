"""The latest changes of one kind of reference data."""

from typing import get_args

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.changes import store
from hotline.directory.changes.store import ReferenceChange, Subject
from hotline.directory.staff.http import page_of, words_of
from hotline.infra.errors import InvalidInput
from hotline.infra.http import answer, services


class ReferenceChanges(msgspec.Struct, frozen=True):
    items: list[ReferenceChange]


async def listing(request: Request) -> Response:
    """GET /api/v1/reference/changes?subject=&key=&limit="""
    subject: Subject | None = next((one for one in get_args(Subject) if one == words_of(request, "subject")), None)
    if subject is None:
        raise InvalidInput([("subject", "subject 应为 catalogue、category、model 或 extension。")])
    async with services(request).pool.acquire() as conn:
        found = await store.changes(conn, subject, words_of(request, "key"), page_of(request))
    return answer(ReferenceChanges(found))
