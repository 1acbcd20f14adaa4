"""The demo city: its units and regions as read from CSV, and who signs in to try it."""

import csv
import io
import re
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
class DemoLogin:
    username: str
    name: str
    unit: str | None
    """As people call it; None is the hotline centre."""
    roles: frozenset[Role]


LIAISON = frozenset({Role.UNIT_LIAISON, Role.UNIT_REVIEWER, Role.UNIT_LEADER, Role.HANDLER})
LOGINS = (
    DemoLogin("agent", "林晓", None, frozenset({Role.AGENT})),
    DemoLogin("dispatcher", "周平", None, frozenset({Role.DISPATCHER, Role.REVIEWER})),
    DemoLogin("unit", "韩城", "城管局", LIAISON),
    DemoLogin("unit2", "陶建国", "住建局", LIAISON),
    DemoLogin("callback", "苏敏", None, frozenset({Role.CALLBACK})),
    DemoLogin("supervisor", "郑宏", None, frozenset({Role.SUPERVISOR, Role.REVIEWER, Role.SUPERVISION})),
    DemoLogin("leader", "高远", None, frozenset({Role.CENTRE_LEADER, Role.CITY_LEADER})),
    DemoLogin("admin", "孟安", None, frozenset({Role.SYSTEM_ADMIN})),
)


def unit_username(code: str) -> str:
    """Every unit of the demo city has a login of its own, beside the eight that are printed."""
    return "unit-" + re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-")[:27]


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
