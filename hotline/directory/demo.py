"""The demo city as read from CSV: its regions, its units, and who signs in to try it."""

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from hotline.directory.people import Role
from hotline.directory.regions import CITY, Region
from hotline.directory.units import UnitKind
from hotline.infra.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class UnitRow:
    code: str
    name: str
    kind: UnitKind
    parent: str | None
    region: str | None
    aliases: tuple[str, ...]
    phone: str | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    login: str
    name: str
    unit: str
    roles: frozenset[Role]


def parse_regions(text: str) -> list[Region]:
    """Regions with their paths, outer before inner."""
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(text))}
    parents = {code: row["parent"] or None for code, row in rows.items()}
    regions = [_region(row, _climb(code, parents, "regions.csv")) for code, row in rows.items()]
    return sorted(regions, key=lambda region: (region.level, region.code))


def _region(row: Mapping[str, str], path: tuple[str, ...]) -> Region:
    if int(row["level"]) != CITY + len(path) - 1:
        raise Misconfigured(f"regions.csv 中区划 {row['code']} 的层级与上级不符,请核对。")
    return Region(row["code"], int(row["level"]), row["parent"] or None, row["name"], path)


def parse_units(text: str) -> list[UnitRow]:
    """Units in the order of the file, each after its parent."""
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(text))}
    parents = {code: row["parent"] or None for code, row in rows.items()}
    depth = {code: len(_climb(code, parents, "units.csv")) for code in rows}
    return [_unit(rows[code]) for code in sorted(rows, key=depth.__getitem__)]


def _unit(row: Mapping[str, str]) -> UnitRow:
    if row["kind"] not in set(UnitKind):
        raise Misconfigured(f"units.csv 中单位 {row['code']} 的类别“{row['kind']}”不认识,请核对。")
    aliases = tuple(alias for part in (row["aliases"] or "").split(";") if (alias := part.strip()))
    kind, phone = UnitKind(row["kind"]), row["phone"] or None
    return UnitRow(row["code"], row["name"], kind, row["parent"] or None, row["region"] or None, aliases, phone)


def parse_people(text: str) -> list[PersonRow]:
    people = [
        PersonRow(row["login"], row["name"], row["unit"], frozenset(map(_role, row["roles"].split(";"))))
        for row in csv.DictReader(io.StringIO(text))
    ]
    if twice := sorted(login for login, times in Counter(p.login for p in people).items() if times > 1):
        raise Misconfigured(f"people.csv 中登录名 {'、'.join(twice)} 出现不止一次,请核对。")
    return people


def _role(name: str) -> Role:
    if name not in set(Role):
        raise Misconfigured(f"people.csv 中的角色“{name}”不认识,请核对。")
    return Role(name)


def _climb(code: str, parents: Mapping[str, str | None], file: str) -> tuple[str, ...]:
    """Codes from the root down to `code`; a missing parent or a circle is said at once."""
    path: list[str] = []
    at: str | None = code
    while at:
        if at not in parents or at in path:
            raise Misconfigured(f"{file} 中 {code} 的上级 {at} 不存在或成环,请核对。")
        path.append(at)
        at = parents[at]
    return tuple(reversed(path))
