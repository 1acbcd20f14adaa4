"""Regions as people look for them: by a piece of the name, by how the office is called, by pinyin initials."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of, directory_of
from hotline.directory.regions import CITY, Region, spoken_names
from hotline.directory.units import Directory
from hotline.infra.errors import NotFound
from hotline.infra.http import answer
from hotline.infra.initials import initials, spells

MOST = 20
LONGEST = 60


class FoundRegion(msgspec.Struct, frozen=True):
    code: str
    level: int
    name: str
    full_name: str
    """雁栖区桃花街道: from the district down."""
    path: tuple[str, ...]


class FoundRegions(msgspec.Struct, frozen=True):
    items: list[FoundRegion]


async def search(request: Request) -> Response:
    """GET /api/v1/regions/search?q=&within="""
    actor_of(request)
    directory, within = await directory_of(request), request.query_params.get("within") or None
    if within and within not in directory.regions:
        raise NotFound("没有这个行政区划代码,请核对。")
    sought = request.query_params.get("q", "")[:LONGEST].casefold().split()
    return answer(FoundRegions(found_among(directory, sought, within) if sought else []))


def found_among(directory: Directory, sought: list[str], within: str | None) -> list[FoundRegion]:
    """The last word is looked for in the region's own name, those before it in the names above; wider regions first."""
    *above, own = sought
    ranked = [
        (rank, region.level, region.code, region)
        for region in directory.regions.values()
        if region.level > CITY
        and (within is None or region.is_within(within))
        and (rank := rank_of(region, own))
        and all(any(rank_of(directory.regions[code], word) for code in region.path[:-1]) for word in above)
    ]
    return [place_of(directory, region) for *_, region in sorted(ranked, key=lambda row: row[:3])[:MOST]]


def rank_of(region: Region, word: str) -> int:
    """0 no match, 1 the name begins so, 2 it holds the word, 3 the office is called so, 4 by initials."""
    if region.name.startswith(word):
        return 1
    if word in region.name:
        return 2
    if any(word in name for name in spoken_names(region.name)):
        return 3
    return 4 if word.isascii() and word.isalnum() and spells(word, initials(region.name)) else 0


def place_of(directory: Directory, region: Region) -> FoundRegion:
    return FoundRegion(region.code, region.level, region.name, full_name(directory, region), region.path)


def full_name(directory: Directory, region: Region) -> str:
    """Without the city, unless the region is the city."""
    return "".join(directory.regions[code].name for code in region.path[1:]) or region.name
