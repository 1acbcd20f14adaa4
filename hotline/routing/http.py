"""Looking the catalogue up."""

from itertools import islice

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.store import load_directory
from hotline.infra.clock import BEIJING
from hotline.infra.errors import InvalidInput
from hotline.infra.http import answer, now, services
from hotline.infra.revisions import one_glance
from hotline.routing.entries import EntryView, sought
from hotline.routing.store import load_catalogue, load_categories

MOST = 100
LONGEST = 60


class CatalogueFound(msgspec.Struct, frozen=True):
    items: list[EntryView]
    more: bool


async def catalogue(request: Request) -> Response:
    """GET /api/v1/catalogue?q=&category="""
    words, category = request.query_params.get("q", ""), request.query_params.get("category") or None
    if len(words) > LONGEST:
        raise InvalidInput([("q", f"检索词最多 {LONGEST} 个字。")])
    if category and not (category.isascii() and category.isdecimal() and len(category) <= 6):
        raise InvalidInput([("category", "分类代码应为两位、四位或六位数字。")])
    day = now(request).astimezone(BEIJING).date()
    with one_glance():
        async with services(request).pool.acquire() as conn:
            known, directory = await load_catalogue(conn), await load_directory(conn)
            tree = (await load_categories(conn)).tree
    found = list(islice(sought(known, directory, tree, words, category, day), MOST + 1))
    return answer(CatalogueFound(found[:MOST], len(found) > MOST))
