"""Units (承办单位): the tree, their names as people write them, and the `Directory` every stage asks."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cached_property

import msgspec

from hotline.directory.regions import CITY, DISTRICT, STREET, Region, RegionFinder
from hotline.infra.errors import NotFound
from hotline.infra.initials import initials, spells


class UnitKind(StrEnum):
    CENTRE = "centre"  # 热线中心
    DEPARTMENT = "department"  # 市直部门
    DISTRICT = "district"  # 区县政府
    PARK = "park"  # 开发区、园区管委会
    STREET = "street"  # 街道、乡镇
    UTILITY = "utility"  # 公共服务企业


class Unit(msgspec.Struct, frozen=True):
    id: int
    code: str
    name: str
    kind: UnitKind
    parent_id: int | None
    path: tuple[int, ...]
    """Ids from the root down to the unit itself, both included."""
    region_code: str | None = None
    active: bool = True
    phone: str | None = None
    duty_contact: str | None = None
    aliases: tuple[str, ...] = ()
    successor_id: int | None = None
    """The unit this closed one was merged into."""


class NewUnit(msgspec.Struct, frozen=True):
    code: str
    name: str
    kind: UnitKind
    parent_id: int | None = None
    region_code: str | None = None
    phone: str | None = None
    duty_contact: str | None = None
    aliases: tuple[str, ...] = ()


class UnitChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """Only what is set changes."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    region_code: str | msgspec.UnsetType | None = msgspec.UNSET
    active: bool | msgspec.UnsetType = msgspec.UNSET
    phone: str | msgspec.UnsetType | None = msgspec.UNSET
    duty_contact: str | msgspec.UnsetType | None = msgspec.UNSET


def is_within(path: Sequence[int], outer: int) -> bool:
    """Whether the unit with this path is `outer` or lies below it."""
    return outer in path


def path_below(parent: Unit | None, unit_id: int) -> tuple[int, ...]:
    return (*parent.path, unit_id) if parent else (unit_id,)


BRACKETED = re.compile(r"[(\[【〔〈<][^)\]】〕〉>]*[)\]】〕〉>]")


def plain_name(name: str) -> str:
    """The name without width variants, blanks and bracketed additions: 市城管局(综合执法局) → 市城管局."""
    return BRACKETED.sub("", re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)))


def name_keys(name: str, city: str) -> list[str]:
    """What a name may be looked up by, surest first. 云州市城管局, 云州城管局 and 市城管局 all mean 城管局."""
    plain = plain_name(name)
    short = city.removesuffix("市")
    keys = [plain]
    for prefix in (city, short, "市"):
        if prefix and plain.startswith(prefix) and len(plain) - len(prefix) >= 2:
            keys.append(plain.removeprefix(prefix))
    return list(dict.fromkeys(key for key in keys if key))


class Directory:
    """All units and regions as they stood at one revision; read-only, shared by the whole process."""

    def __init__(self, units: Iterable[Unit], regions: Iterable[Region], revision: str = "") -> None:
        self.revision = revision
        self.units = {unit.id: unit for unit in units}
        self.regions = {region.code: region for region in regions}
        self.by_code = {unit.code: unit for unit in self.units.values()}
        self.city = next((region.name for region in self.regions.values() if region.level == CITY), "")
        self.finder = RegionFinder(self.regions.values())
        self._children: dict[int | None, list[Unit]] = {}
        for unit in self.units.values():
            self._children.setdefault(unit.parent_id, []).append(unit)
        # A merged office answers for its place until the region itself is given to another.
        gone = [u for u in self.units.values() if u.successor_id is not None]
        self._offices = {
            (u.kind, u.region_code): self.standing(u.id) or u
            for u in (*gone, *(u for u in self.units.values() if u.active))
            if u.region_code
        }

    def unit(self, unit_id: int) -> Unit | None:
        return self.units.get(unit_id)

    def standing(self, unit_id: int) -> Unit | None:
        """The unit, or the one it was merged into."""
        unit = self.units.get(unit_id)
        return self.units.get(unit.successor_id) if unit and unit.successor_id is not None else unit

    def unit_by_code(self, code: str) -> Unit | None:
        unit = self.by_code.get(code)
        return self.standing(unit.id) if unit else None

    def children(self, unit_id: int | None) -> Sequence[Unit]:
        return self._children.get(unit_id, ())

    def subtree(self, unit_id: int) -> Iterator[Unit]:
        """The unit and everything below it."""
        if unit := self.units.get(unit_id):
            yield unit
        for child in self.children(unit_id):
            yield from self.subtree(child.id)

    def resolve(self, name: str) -> Unit | None:
        """The one unit meant by a name, alias or code; None when nobody or more than one could be meant."""
        if unit := self.unit_by_code(name.strip()):
            return unit
        keys = name_keys(name, self.city)
        exact = next((unit for key in keys if (unit := self._exact.get(key))), None)
        return exact or next((unit for key in keys if (unit := self._loose.get(key))), None)

    def bearer(self, name: str) -> Unit | None:
        """The unit that bears exactly this name or alias."""
        return self._exact.get(plain_name(name))

    def district_office(self, region_code: str | None) -> Unit | None:
        """The district government of a place, or the committee of the park that is a district of its own."""
        region = self._above(region_code, DISTRICT)
        if region is None:
            return None
        return self._offices.get((UnitKind.DISTRICT, region.code)) or self._offices.get((UnitKind.PARK, region.code))

    def street_office(self, region_code: str | None) -> Unit | None:
        """The street office or town government of a place."""
        region = self._above(region_code, STREET)
        return self._offices.get((UnitKind.STREET, region.code)) if region else None

    def regions_under(self, parent: str | None) -> list[Region]:
        return [region for region in self.regions.values() if region.parent == parent]

    def search(self, words: str) -> list[Unit]:
        """Active units whose name, alias, code or pinyin initials hold the words; names first, short before long."""
        sought = plain_name(words).casefold()
        ranked = [
            (rank, len(u.name), u.code, u) for u in self.units.values() if (rank := _rank(u, sought)) and u.active
        ]
        return [unit for *_, unit in sorted(ranked, key=lambda row: row[:3])]

    def _above(self, code: str | None, level: int) -> Region | None:
        region = self.regions.get(code) if code else None
        if region is None or region.level < level:
            return None
        return self.regions.get(region.path[level - CITY])

    @cached_property
    def _exact(self) -> dict[str, Unit]:
        """Names win over aliases, active units over closed ones; a merged unit's name means its successor."""
        found: dict[str, Unit] = {}
        ranked = sorted(self.units.values(), key=lambda unit: not unit.active)
        for unit in ranked:
            found.setdefault(plain_name(unit.name), self.standing(unit.id) or unit)
        for unit in ranked:
            for alias in unit.aliases:
                found.setdefault(plain_name(alias), self.standing(unit.id) or unit)
        return found

    @cached_property
    def _loose(self) -> dict[str, Unit | None]:
        """Shortened names; a key that two units share means neither."""
        found: dict[str, Unit | None] = {}
        for unit in self.units.values():
            means = self.standing(unit.id) or unit
            for key in {key for name in (unit.name, *unit.aliases) for key in name_keys(name, self.city)}:
                found[key] = None if found.get(key, means) is not means else means
        return found


def known_unit(directory: Directory, unit_id: int) -> Unit:
    unit = directory.unit(unit_id)
    if unit is None:
        raise NotFound(f"没有编号为 {unit_id} 的单位,请核对。")
    return unit


def refuse_unknown_region(directory: Directory, code: str | None) -> None:
    if code is not None and code not in directory.regions:
        raise NotFound(f"没有代码为 {code} 的行政区划,请核对。")


def name_faults(
    directory: Directory, name: str, aliases: Sequence[str], *, own: int | None = None
) -> list[tuple[str, str]]:
    """Names that are empty, given twice, or borne by another unit than `own`."""
    faults = [] if plain_name(name) else [("name", "请填写单位名称。")]
    for field, called in (("name", name), *(("aliases", alias) for alias in aliases)):
        bearer = directory.bearer(called)
        if bearer and bearer.id != own:
            faults.append((field, f"“{called}”已是“{bearer.name}”的名称或别名,请换一个。"))
    if len({plain_name(alias) for alias in aliases} - {""}) < len(aliases):
        faults.append(("aliases", "别名有空的或重复的,请去掉。"))
    return faults


def _rank(unit: Unit, sought: str) -> int:
    """0 no match, 1 name or code, 2 alias, 3 initials of the name."""
    if sought in plain_name(unit.name).casefold() or sought == unit.code.casefold():
        return 1
    if any(sought in alias.casefold() for alias in unit.aliases):
        return 2
    by_initials = len(sought) > 1 and sought.isascii() and sought.isalpha()
    return 3 if by_initials and spells(sought, initials(unit.name)) else 0
