"""The catalogue as people look it up: an entry with the names it means."""

from collections.abc import Iterator
from datetime import date

import msgspec

from hotline.classify.labels import Tree
from hotline.directory.units import Directory, plain_name
from hotline.routing.catalogue import DISTRICT, STREET, Catalogue, Entry

LOCALS = {DISTRICT: "事发地区县(市)政府", STREET: "事发地街道(乡镇)"}


class EntryView(msgspec.Struct, frozen=True):
    """目录条目."""

    id: int
    category: str
    category_name: str
    region: str | None
    region_name: str
    lead: str
    """The unit's code, or `district` / `street` for the local government of the place."""
    lead_unit: int | None
    lead_name: str
    assists: tuple[str, ...]
    basis: str
    clear: bool
    valid_from: date
    valid_to: date | None
    ruling: str | None
    """The number of the ruling it was deposited from."""


def shown(entry: Entry, catalogue: Catalogue, directory: Directory, tree: Tree) -> EntryView:
    unit = directory.unit_by_code(entry.lead)
    region = directory.regions.get(entry.region) if entry.region else None
    behind = catalogue.ruling_behind(entry)
    helping = [directory.unit_by_code(code) for code in entry.assist]
    return EntryView(
        id=entry.id,
        category=entry.category,
        category_name=tree.full_name(entry.category) if entry.category in tree else entry.category,
        region=entry.region,
        region_name=region.name if region else (entry.region or "全市"),
        lead=entry.lead,
        lead_unit=unit.id if unit else None,
        lead_name=unit.name if unit else LOCALS.get(entry.lead, entry.lead),
        assists=tuple(one.name for one in helping if one),
        basis=entry.basis,
        clear=entry.clear,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        ruling=behind.number if behind else None,
    )


def sought(
    catalogue: Catalogue, directory: Directory, tree: Tree, words: str, category: str | None, day: date
) -> Iterator[EntryView]:
    """The entries in force whose category, unit, place or basis holds every word, in the order of the tree."""
    wanted = [plain_name(word).casefold() for word in words.split()]
    for entry in sorted(catalogue.entries, key=lambda e: (e.category, e.region or "", e.valid_from)):
        if not entry.in_force(day) or (category and not entry.category.startswith(category)):
            continue
        view = shown(entry, catalogue, directory, tree)
        if all(word in found_in(view, directory) for word in wanted):
            yield view


def found_in(view: EntryView, directory: Directory) -> str:
    unit = directory.unit(view.lead_unit) if view.lead_unit is not None else None
    called = (view.lead_name, *(unit.aliases if unit else ()), *view.assists)
    parts = (view.category, view.category_name, view.region_name, view.basis, view.ruling or "", *called)
    return "\n".join(plain_name(part) for part in parts).casefold()
