"""The demo city as large as its tickets ask for: so many more streets, each with its office, that a street keeps its share."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from hotline.directory import store
from hotline.directory.people import SYSTEM
from hotline.directory.regions import STREET, Region
from hotline.directory.units import Directory, Unit, UnitKind
from hotline.infra.db import Connection

PER_STREET = 6_000
"""Tickets a year; the streets the demo city has are enough for a million. Five million make a city of 833 streets and towns,
as the largest have."""
DEMO_CITY = "990100"
FIRST = "安宝昌成德福光海恒华嘉建金景康乐丽龙美民宁平启庆荣瑞润盛泰天同万文祥新兴秀旭阳永裕元悦泽振正中"
SECOND = "安边川达岗谷河湖江津景岭明楠坪浦泉沙山台塘田亭湾溪驿园源庄洲"


async def grow(conn: Connection, yearly: int, now: datetime) -> int:
    """How many streets were added; a city of one's own stays as it is."""
    directory = await store.lock_directory(conn)
    if DEMO_CITY not in directory.regions:
        return 0
    added = list(more_streets(directory, yearly // PER_STREET))
    if added:
        await store.insert_regions(conn, added)
    for region in added:
        await _office(conn, directory, region, now)
    return len(added)


def more_streets(directory: Directory, wanted: int) -> Iterator[Region]:
    """As many as are missing, in turn one for every district."""
    streets = [region for region in directory.regions.values() if region.level == STREET]
    districts = sorted({region.path[-2] for region in streets})
    last = {code: max(int(r.code[6:]) for r in streets if r.path[-2] == code) for code in districts}
    taken = {region.name for region in streets}
    names = (name for b in SECOND for a in FIRST if a != b and (name := f"{a}{b}街道") not in taken)
    for at, name in zip(range(wanted - len(streets)), names, strict=False):
        district = districts[at % len(districts)]
        last[district] += 1
        code = f"{district}{last[district]:03}"
        yield Region(code, STREET, district, name, (*directory.regions[district].path, code))


async def _office(conn: Connection, directory: Directory, region: Region, now: datetime) -> None:
    above = directory.district_office(region.path[-2])
    name, code = f"{region.name}办事处", f"S{region.code[4:]}"
    unit_id = await store.insert_unit(conn, code, name, UnitKind.STREET, above, rest=(region.code, None, None))
    await store.add_free_aliases(conn, unit_id, (region.name,))
    path = (*(above.path if above else ()), unit_id)
    made = Unit(unit_id, code, name, UnitKind.STREET, above.id if above else None, path)
    await store.append_unit_history(conn, unit_id, "add", None, msgspec.to_builtins(made), actor=SYSTEM, now=now)
