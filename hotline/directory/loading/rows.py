"""Which rows of a file can be taken in, which are there already, and what is wrong with the rest."""

import re
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from hotline.directory.demo import UnitRow
from hotline.directory.people import ROLE_NAMES, NewPerson, Role, role_faults
from hotline.directory.regions import CITY, COMMUNITY, Region
from hotline.directory.sessions import phone_fault, plain_username
from hotline.directory.units import Directory, UnitKind, name_faults, plain_name

T = TypeVar("T")
Row = Mapping[str, Any]

REGION_COLUMNS = ("code", "level", "parent", "name")
UNIT_COLUMNS = ("code", "name", "kind", "parent", "region", "aliases", "phone")
PEOPLE_COLUMNS = ("login", "name", "unit", "roles")
KINDS = {
    "热线中心": UnitKind.CENTRE,
    "市直部门": UnitKind.DEPARTMENT,
    "部门": UnitKind.DEPARTMENT,
    "区县": UnitKind.DISTRICT,
    "园区": UnitKind.PARK,
    "街镇": UnitKind.STREET,
    "公共服务企业": UnitKind.UTILITY,
}
ROLES = {name: role for role, name in ROLE_NAMES.items()}
REGION_CODE = re.compile(r"[0-9]{4,12}", re.ASCII)
SEPARATORS = re.compile(r"[;；、,，]")


class Judged(msgspec.Struct, Generic[T]):
    """What may be taken in, in an order in which it can be; how many rows say nothing new; the rest with reasons."""

    good: list[T]
    known: int
    rejected: list[tuple[Row, str]]


class Wrong(Exception):
    """One sentence about one row."""


class Known(Exception):
    """The row says what we have already."""


def text(row: Row, column: str) -> str:
    value = row.get(column)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def missing_columns(row: Row, wanted: Sequence[str]) -> list[str]:
    return [column for column in wanted if column not in row]


def judged(rows: Iterable[Row], judge: Callable[[Row], T]) -> Judged[T]:
    found = Judged[T]([], 0, [])
    for row in rows:
        try:
            found.good.append(judge(row))
        except Known:
            found.known += 1
        except Wrong as wrong:
            found.rejected.append((row, str(wrong)))
    return found


def parents_first(rows: Iterable[Row], known: Iterable[str]) -> tuple[list[Row], list[tuple[Row, str]]]:
    """Rows in an order in which every parent comes before its children, and those whose parent never comes.

    Of rows with one code the first stands for all when they are put in order; each is judged by itself later."""
    children: dict[str, list[Row]] = {}
    ready: list[Row] = []
    there = set(known)
    for row in rows:
        parent = text(row, "parent")
        if not parent or parent in there:
            ready.append(row)
        else:
            children.setdefault(parent, []).append(row)
    for row in ready:  # grows while it is walked
        ready += children.pop(text(row, "code"), [])
    lost = [
        (row, f"上级 {parent} 不在文件中也未登记,或上下级成环。") for parent, own in children.items() for row in own
    ]
    return ready, lost


def judge_regions(rows: Iterable[Row], known: Mapping[str, Region]) -> Judged[Region]:
    ready, lost = parents_first(rows, known)
    taken: dict[str, Region] = {}
    there = ChainMap(taken, dict(known))

    def judge(row: Row) -> Region:
        region = _region(row, there)
        taken[region.code] = region
        return region

    found = judged(ready, judge)
    found.rejected += lost
    return found


def _region(row: Row, there: Mapping[str, Region]) -> Region:
    code, name, level = text(row, "code"), text(row, "name"), text(row, "level")
    if not REGION_CODE.fullmatch(code):
        raise Wrong(f"区划代码“{code}”不是 4 至 12 位数字。")
    if not name:
        raise Wrong(f"区划 {code} 没有名称。")
    if code in there:
        if there[code].name == name:
            raise Known
        raise Wrong(f"代码 {code} 已是“{there[code].name}”,与“{name}”不符,请核对。")
    above = there.get(text(row, "parent"))
    if text(row, "parent") and above is None:
        raise Wrong(f"上级 {text(row, 'parent')} 有误,没有被采用。")
    depth = above.level + 1 if above else CITY
    if level != str(depth) or depth > COMMUNITY:
        raise Wrong(f"区划 {code} 的级别“{level}”与上级不符(市 2、区县 3、街镇 4、社区 5)。")
    if above is None and (city := next((one for one in there.values() if one.level == CITY), None)):
        raise Wrong(f"本系统已登记“{city.name}”,一套系统只服务一个市。")
    return Region(code, depth, above.code if above else None, name, (*(above.path if above else ()), code))


def judge_units(rows: Iterable[Row], directory: Directory) -> Judged[UnitRow]:
    ready, lost = parents_first(rows, directory.by_code)
    taken: dict[str, UnitRow] = {}
    names: dict[str, str] = {}

    def judge(row: Row) -> UnitRow:
        unit = _unit(row, directory, taken, names)
        taken[unit.code] = unit
        names.update({plain_name(name): unit.name for name in (unit.name, *unit.aliases)})
        return unit

    found = judged(ready, judge)
    found.rejected += lost
    return found


def _unit(row: Row, directory: Directory, taken: Mapping[str, UnitRow], names: Mapping[str, str]) -> UnitRow:
    code, name, kind = text(row, "code"), text(row, "name"), text(row, "kind")
    aliases = tuple(dict.fromkeys(filter(None, map(str.strip, SEPARATORS.split(text(row, "aliases"))))))
    if not code or not name:
        raise Wrong("单位的代码和名称都须填写。")
    there = directory.by_code.get(code) or taken.get(code)
    if there is not None:
        if there.name == name:
            raise Known
        raise Wrong(f"代码 {code} 已是“{there.name}”,与“{name}”不符;改名请在系统里办理。")
    if kind not in KINDS and kind not in set(UnitKind):
        raise Wrong(f"单位类别“{kind}”不认识,可填 {'、'.join(UnitKind)}。")
    parent, region = text(row, "parent"), text(row, "region")
    if parent and parent not in taken and not ((above := directory.by_code.get(parent)) and above.active):
        raise Wrong(f"上级单位 {parent} 有误或已停用,没有被采用。")
    if region and region not in directory.regions:
        raise Wrong(f"区划代码 {region} 没有登记,请先导入区划。")
    clashes = [
        f"“{called}”已是“{names[plain_name(called)]}”的名称或别名。"
        for called in (name, *aliases)
        if plain_name(called) in names
    ]
    clashes += [sentence for _, sentence in name_faults(directory, name, aliases)]
    if clashes:
        raise Wrong(clashes[0])
    chosen = KINDS.get(kind) or UnitKind(kind)
    return UnitRow(code, name, chosen, parent or None, region or None, aliases, text(row, "phone") or None)


def judge_people(rows: Iterable[Row], directory: Directory, logins: Mapping[str, str]) -> Judged[NewPerson]:
    """`logins`: who bears which user name already."""
    taken = dict(logins)

    def judge(row: Row) -> NewPerson:
        person = _person(row, directory, taken)
        taken[person.username] = person.name
        return person

    return judged(rows, judge)


def _person(row: Row, directory: Directory, taken: Mapping[str, str]) -> NewPerson:
    login, name = plain_username(text(row, "login")), text(row, "name")
    if login is None:
        raise Wrong(f"用户名“{text(row, 'login')}”须为 2 至 32 位小写字母、数字、点、横线或下划线,以字母或数字开头。")
    if not name:
        raise Wrong(f"{login} 没有姓名。")
    if login in taken:
        if taken[login] == name:
            raise Known
        raise Wrong(f"用户名 {login} 已是“{taken[login]}”的,请换一个。")
    if fault := phone_fault(text(row, "phone")):
        raise Wrong(f"{login} 的{fault}")
    called = text(row, "unit")
    unit = directory.resolve(called) if called else None
    if called and (unit is None or not unit.active):
        raise Wrong(f"单位“{called}”没有登记、已停用或不止一个,请填单位代码。")
    roles = frozenset(_role(part.strip()) for part in SEPARATORS.split(text(row, "roles")) if part.strip())
    at_centre = None if unit is None else unit.kind is UnitKind.CENTRE
    if faults := role_faults(roles, has_unit=unit is not None, at_centre=at_centre):
        raise Wrong(faults[0])
    return NewPerson(name, login, roles, unit.id if unit else None, text(row, "phone") or None)


def _role(called: str) -> Role:
    if called in ROLES:
        return ROLES[called]
    if called not in set(Role):
        raise Wrong(f"角色“{called}”不认识,可填 {'、'.join(ROLES)}。")
    return Role(called)
