"""A city's own tables, row by row: what is taken, what is known already, and the sentence about the rest."""

import csv
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hotline.classify.labels import Category, Tree
from hotline.classify.standard.rows import judge_categories, plain_rows
from hotline.directory.loading.rows import judge_people, judge_regions, judge_units
from hotline.directory.people import Role
from hotline.directory.regions import Region
from hotline.directory.units import Directory, Unit, UnitKind
from hotline.infra.errors import BadRequest
from hotline.routing.catalogue import Entry
from hotline.routing.loading.rows import judge_catalogue

PACKAGE = Path(__file__).resolve().parents[2] / "hotline"


def shipped(name: str) -> list[dict[str, Any]]:
    with (PACKAGE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


UNIT_ROLES = frozenset({Role.UNIT_LIAISON, Role.HANDLER})
CITY = Region("990100", 2, None, "云州市", ("990100",))
DISTRICT = Region("990101", 3, "990100", "雁栖区", ("990100", "990101"))
CENTRE = Unit(1, "C01", "热线中心", UnitKind.CENTRE, None, (1,))
BUREAU = Unit(2, "D14", "云州市城市管理局", UnitKind.DEPARTMENT, None, (2,), aliases=("城管局",))
CLOSED = Unit(3, "D15", "云州市园林局", UnitKind.DEPARTMENT, None, (3,), active=False)
KNOWN = Directory((CENTRE, BUREAU, CLOSED), (CITY, DISTRICT))


def region(code: str, level: str, parent: str, name: str) -> dict[str, Any]:
    return {"code": code, "level": level, "parent": parent, "name": name}


def unit(code: str = "X1", name: str = "新局", kind: str = "department", **more: Any) -> dict[str, Any]:
    return {"code": code, "name": name, "kind": kind, "parent": "", "region": "", "aliases": "", "phone": "", **more}


def person(login: str = "li", name: str = "李工", unit: str = "D14", roles: str = "unit_liaison") -> dict[str, Any]:
    return {"login": login, "name": name, "unit": unit, "roles": roles}


def test_what_we_ship_is_taken_in_whole_in_any_order_and_known_the_second_time() -> None:
    rows = shipped("directory/demo/regions.csv")
    Random(1).shuffle(rows)
    regions = judge_regions(rows, {})
    assert (len(regions.good), regions.known, regions.rejected) == (len(rows), 0, [])
    again = judge_regions(rows, {one.code: one for one in regions.good})
    assert (again.good, again.known, again.rejected) == ([], len(rows), [])
    units = shipped("directory/demo/units.csv")
    Random(2).shuffle(units)
    found = judge_units(units, Directory((), regions.good))
    assert (len(found.good), found.rejected) == (len(units), [])
    seen: set[str | None] = {None}
    for one in found.good:
        assert one.parent in seen, "parents first"
        seen.add(one.code)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (region("99", "3", "990100", "甲区"), "不是 4 至 12 位数字"),
        (region("990102", "3", "990100", ""), "没有名称"),
        (region("990102", "4", "990100", "甲区"), "级别"),
        (region("990102", "三", "990100", "甲区"), "级别"),
        (region("990102", "3", "880100", "甲区"), "不在文件中"),
        (region("990101", "3", "990100", "别的区"), "已是“雁栖区”"),
        (region("880100", "2", "", "别的市"), "只服务一个市"),
    ],
)
def test_a_region_that_cannot_be_is_refused_with_a_reason(row: dict[str, Any], says: str) -> None:
    found = judge_regions([row], KNOWN.regions)
    assert (found.good, found.known) == ([], 0)
    assert says in found.rejected[0][1]


def test_what_hangs_below_a_refused_row_is_refused_too_and_nothing_is_lost() -> None:
    rows = [region("990102", "3", "990100", ""), region("990102001", "4", "990102", "甲街道")]
    rows += [region("990103", "3", "990100", "乙区"), region("990104", "3", "990105", "丙区")]
    rows += [region("990105", "3", "990104", "丁区")]
    found = judge_regions(rows, KNOWN.regions)
    assert [one.code for one in found.good] == ["990103"]
    assert len(found.rejected) == 4


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (unit(code=""), "都须填写"),
        (unit(kind="ministry"), "类别"),
        (unit(parent="D99"), "不在文件中"),
        (unit(parent="D15"), "已停用"),
        (unit(region="123456"), "没有登记"),
        (unit(name="云州市城市管理局"), "已是“云州市城市管理局”"),
        (unit(aliases="城管局;甲局"), "城管局"),
        (unit(code="D14", name="别的局"), "改名请在系统里"),
    ],
)
def test_a_unit_that_cannot_be_is_refused_with_a_reason(row: dict[str, Any], says: str) -> None:
    found = judge_units([row], KNOWN)
    assert found.good == []
    assert says in found.rejected[0][1]


def test_units_of_one_file_are_held_against_each_other() -> None:
    rows = [unit("X1", "甲局", aliases="甲"), unit("X2", "乙局", aliases="甲"), unit("X1", "丙局"), unit("X1", "甲局")]
    found = judge_units(rows, KNOWN)
    assert [one.code for one in found.good] == ["X1"]
    assert (found.known, len(found.rejected)) == (1, 2)


def test_kinds_and_numbers_may_be_written_as_a_spreadsheet_has_them() -> None:
    found = judge_units([unit(code=7.0, name="甲局", kind="市直部门", region=990101, parent=None)], KNOWN)  # type: ignore[arg-type]
    assert (found.good[0].code, found.good[0].kind, found.good[0].region) == ("7", UnitKind.DEPARTMENT, "990101")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (person(login="李"), "用户名"),
        (person(name=""), "没有姓名"),
        (person(unit="D99"), "没有登记"),
        (person(unit="D15"), "已停用"),
        (person(roles=""), "至少给一个"),
        (person(roles="king"), "不认识"),
        (person(roles="system_admin;auditor"), "三权分立"),
        (person(roles="派单员"), "热线中心"),
        (person(login="zhang"), "已是“张三”的"),
    ],
)
def test_a_person_who_cannot_be_is_refused_with_a_reason(row: dict[str, Any], says: str) -> None:
    found = judge_people([row], KNOWN, {"zhang": "张三"})
    assert found.good == []
    assert says in found.rejected[0][1]


def test_roles_may_be_named_in_chinese_and_units_by_their_names() -> None:
    found = judge_people(
        [person(unit="城管局", roles="承办单位联络员、经办人"), person("zhang", "张三")], KNOWN, {"zhang": "张三"}
    )
    assert (found.good[0].roles, found.good[0].unit_id, found.known) == (UNIT_ROLES, 2, 1)


# --- 派单目录

TREE = Tree({"01": Category("01", "城管"), "0101": Category("0101", "环卫")})
LINE = {
    "category": "0101",
    "region": "",
    "lead": "D14",
    "assist": "",
    "basis": "三定规定",
    "clear": "是",
    "valid_from": "2026-01-01",
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"category": "99"}, "没有分类"),
        ({"region": "123"}, "没有区划"),
        ({"lead": "D99"}, "没有登记"),
        ({"lead": "D15"}, "已停用"),
        ({"lead": ""}, "没有登记"),
        ({"assist": "D14;D99"}, "D99"),
        ({"basis": " "}, "依据"),
        ({"clear": "yes"}, "是 或 否"),
        ({"valid_from": "2026/1/1"}, "2026-01-01"),
        ({"valid_from": "0001-01-01"}, "年份"),
        ({"basis": "依" * 501}, "最多 500 字"),
        ({"assist": "城管局"}, "主办单位不能同时是协办单位"),
    ],
)
def test_a_catalogue_line_that_cannot_be_is_refused_with_a_reason(change: dict[str, str], says: str) -> None:
    found = judge_catalogue([{**LINE, **change}], (), KNOWN, TREE)
    assert found.good == []
    assert says in found.rejected[0][1]


def test_catalogue_lines_are_taken_once_and_a_contradiction_is_said() -> None:
    rows: list[dict[str, Any]] = [
        {**LINE, "lead": "城管局", "valid_from": datetime(2026, 7, 1)},  # noqa: DTZ001 - a date cell has no zone
        LINE,
        {**LINE, "lead": "street"},
        {**LINE, "category": "01", "lead": "属地区县"},
    ]
    found = judge_catalogue(rows, (), KNOWN, TREE)
    assert [(one.lead, one.valid_from) for one in found.good] == [
        ("D14", date(2026, 1, 1)),
        ("district", date(2026, 1, 1)),
        ("D14", date(2026, 7, 1)),
    ]
    assert "已有另一条" in found.rejected[0][1]
    again = judge_catalogue([LINE], found.good, KNOWN, TREE)
    assert (again.good, again.known) == ([], 1)


def test_the_catalogue_we_ship_is_taken_in_whole() -> None:
    regions = judge_regions(shipped("directory/demo/regions.csv"), {}).good
    units = [
        Unit(at, one.code, one.name, one.kind, None, (at,), aliases=one.aliases)
        for at, one in enumerate(judge_units(shipped("directory/demo/units.csv"), Directory((), regions)).good, 1)
    ]
    nodes = judge_categories(shipped("classify/starter/categories.csv"), {}).good
    rows = shipped("routing/demo/catalogue.csv")
    found = judge_catalogue(rows, (), Directory(units, regions), Tree({node.code: node for node in nodes}))
    assert (len(found.good), found.rejected) == (len(rows), [])
    assert all(isinstance(one, Entry) for one in found.good)


# --- 诉求分类


def node(code: str, name: str, **more: str) -> dict[str, str]:
    level, parent = str(len(code) // 2), code[:-2]
    return {"code": code, "level": level, "parent": parent, "name": name, "words": "", "duty": "否", **more}


def test_a_standards_table_is_read_into_our_tree() -> None:
    row = {f"level_{n}_{what}": "" for n in (1, 2, 3) for what in ("code", "name")}
    row |= {"level_1_code": "90", "level_1_name": "城建", "level_2_code": "9001", "level_2_name": "市政", "remark": ""}
    row |= {"level_3_code": "900101", "level_3_name": "路灯", "remark": "不亮、破损"}
    found = judge_categories(plain_rows([row]), {})
    assert [(one.code, one.name, one.words) for one in found.good] == [
        ("90", "城建", ()),
        ("9001", "市政", ()),
        ("900101", "路灯", ("不亮", "破损")),
    ]
    with pytest.raises(BadRequest, match="表头"):
        plain_rows([{"编码": "01", "名称": "城建"}])


def test_adding_never_changes_what_is_there_and_replacing_does() -> None:
    known = {"01": Category("01", "城管"), "02": Category("02", "交通")}
    rows = [node("01", "城市建设"), node("0101", "路灯"), node("02", "交通")]
    added = judge_categories(rows, known)
    assert ([one.code for one in added.good], added.known) == (["0101"], 1)
    assert "--replace" in added.rejected[0][1]
    replaced = judge_categories(rows, known, replace=True)
    assert ([one.code for one in replaced.good], replaced.known, replaced.rejected) == (["01", "0101"], 1, [])
    orphan = judge_categories([node("0301", "水务")], {"03": Category("03", "水")}, replace=True)
    assert orphan.rejected, "the table is the whole tree"
