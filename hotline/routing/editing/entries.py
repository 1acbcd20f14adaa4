"""Entries as people look through them, and what is wrong with one that is given. Values in, values out."""

from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from typing import Literal

import msgspec

from hotline.classify.labels import Tree
from hotline.directory.units import Directory
from hotline.routing.catalogue import DISTRICT, STREET, Entry

Standing = Literal["in_force", "to_come", "over"]
MOST_ASSISTS, LONGEST_BASIS = 10, 500
FIRST_DAY, LAST_DAY = date(1949, 10, 1), date(2099, 12, 31)
"""A date outside is a slip of the keyboard: no law that a unit answers by is older."""
LOCAL_NAMES = {DISTRICT: "属地区县", STREET: "属地街镇"}


class ListedEntry(msgspec.Struct, frozen=True):
    """An entry with the names of what its codes mean."""

    id: int
    category: str
    category_name: str
    region: str | None
    region_name: str | None
    lead: str
    """A unit's code, or `district` / `street`: the local government of the ticket's place."""
    lead_name: str
    lead_stands: bool
    """False: the unit is closed or unknown, and the entry leads nowhere."""
    assist: tuple[str, ...]
    assist_names: tuple[str, ...]
    basis: str
    clear: bool
    """Clear-cut: may be dispatched without a person."""
    valid_from: date
    valid_to: date | None
    source: str
    """shipped, imported, edited, or the ticket whose ruling it was deposited from."""
    standing: Standing
    mark: str
    """Another once the entry is changed: whoever writes over it says which one was on the screen."""


def standing(entry: Entry, day: date) -> Standing:
    if entry.valid_from > day:
        return "to_come"
    return "in_force" if entry.in_force(day) else "over"


def view(entry: Entry, directory: Directory, tree: Tree, day: date) -> ListedEntry:
    unit, region = directory.unit_by_code(entry.lead), directory.regions.get(entry.region or "")
    assists = [directory.unit_by_code(code) for code in entry.assist]
    local = LOCAL_NAMES.get(entry.lead)
    return ListedEntry(
        entry.id,
        entry.category,
        tree.full_name(entry.category) if entry.category in tree else f"{entry.category}(已停用)",
        entry.region,
        region.name if region else entry.region,
        entry.lead,
        local or (unit.name if unit else entry.lead),
        local is not None or (unit is not None and unit.active),
        entry.assist,
        tuple(one.name if one else code for one, code in zip(assists, entry.assist, strict=True)),
        entry.basis,
        entry.clear,
        entry.valid_from,
        entry.valid_to,
        entry.source,
        standing(entry, day),
        mark(entry),
    )


def mark(entry: Entry) -> str:
    return sha256(msgspec.json.encode(entry)).hexdigest()[:16]


def found_among(views: Iterable[ListedEntry], sought: str, category: str, wanted: str) -> Iterator[ListedEntry]:
    """All words must stand somewhere in the entry; `category` may be the beginning of a code."""
    words = sought.casefold().split()
    for one in views:
        names = (one.category_name, one.region_name or "全市", one.lead_name, *one.assist_names)
        said = " ".join((one.category, one.lead, one.basis, *names)).casefold()
        fits = one.category.startswith(category) and wanted in ("", one.standing)
        if fits and all(word in said for word in words):
            yield one


def faults(entry: Entry, directory: Directory, tree: Tree, today: date) -> list[tuple[str, str]]:
    """What stands against an entry that is given by hand."""
    found = []
    if entry.category not in tree:
        found.append(("category", f"没有在用的分类 {entry.category[:20]},请从分类中选择。"))
    if entry.region is not None and entry.region not in directory.regions:
        found.append(("region", f"没有区划 {entry.region[:20]},请从列表中选择,或留空表示全市。"))
    for field, code in (("lead", entry.lead), *(("assist", code) for code in entry.assist)):
        unit = directory.unit_by_code(code)
        if not (field == "lead" and code in LOCAL_NAMES) and (unit is None or not unit.active):
            found.append((field, f"承办单位 {code[:30]} 没有登记或已停用,请重新选择。"))
    found += form_faults(entry)
    if entry.valid_from < today:
        found.append(("valid_from", "生效日期不能早于今天:已经派出的工单不能事后改变依据。"))
    if entry.valid_to is not None and entry.valid_to <= entry.valid_from:
        found.append(("valid_to", "终止日期须晚于生效日期。"))
    return found


def form_faults(entry: Entry) -> Iterator[tuple[str, str]]:
    """What no entry may say, whether it is given by hand or stands in a file."""
    if entry.lead in entry.assist:
        yield "assist", "主办单位不能同时是协办单位。"
    if len(entry.assist) > MOST_ASSISTS:
        yield "assist", f"协办单位最多 {MOST_ASSISTS} 个,请减少。"
    if not entry.basis.strip():
        yield "basis", "请写明依据(法规条款或“三定”规定)。"
    if len(entry.basis) > LONGEST_BASIS:
        yield "basis", f"依据最多 {LONGEST_BASIS} 字,现为 {len(entry.basis)} 字,请缩短。"
    if not FIRST_DAY <= entry.valid_from <= LAST_DAY:
        yield "valid_from", f"生效日期应在 {FIRST_DAY.year} 年至 {LAST_DAY.year} 年之间,请核对年份。"
