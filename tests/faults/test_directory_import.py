"""`hotline directory import`, `catalogue import`, `categories import` as a city's engineer meets them."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.conftest import SECRETS
from tests.faults.command import Said, command

Ask = Callable[..., Said]

REGIONS = """code,level,parent,name
880101001,4,880101,望江街道
880100,2,,临江市
880101,3,880100,城东区
880102,5,880100,不对区
"""
UNITS = """code,name,kind,parent,region,aliases,phone
HX,临江市12345热线中心,centre,,880100,热线中心,
CG,临江市城市管理局,市直部门,,880100,城管局;市城管,8001
CD,城东区人民政府,district,,880101,,
WJ,望江街道办事处,street,CD,880101001,,
XX,某某处,部委,,,,
"""
PEOPLE = """login,name,unit,roles
zhao,赵一,HX,话务员
qian,钱二,城管局,unit_liaison;handler
sun,孙三,NONE,handler
li,李四,HX,system_admin
"""
CATALOGUE = """category,region,lead,assist,basis,clear,valid_from
0101,,城管局,CD,城市管理条例,是,2026-01-01
010105,,street,,履职事项清单,是,2026-01-01
9999,,CG,,无,是,2026-01-01
"""


@pytest.fixture
def ask(fresh_database: str, tmp_path: Path) -> Ask:
    """The command line against a database of its own, with the servers the run has already."""
    environ = {**SECRETS, "HOTLINE_DATABASE_URL": fresh_database, "HOTLINE_DATA": str(tmp_path / "var")}
    return lambda *words: command(words, environ, tmp_path)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    texts = {"regions": REGIONS, "units": UNITS, "people": PEOPLE, "catalogue": CATALOGUE}
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8-sig")
    return {name: tmp_path / f"{name}.csv" for name in texts}


def rejected(file: Path) -> list[dict[str, str]]:
    with file.with_name(f"{file.name}.rejected.csv").open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


async def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    conn = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await conn.fetch(query)]
    finally:
        await conn.close()


def whole(files: dict[str, Path]) -> list[str | Path]:
    return ["--regions", files["regions"], "--units", files["units"], "--people", files["people"]]


async def test_a_city_is_loaded_from_its_files_once(ask: Ask, files: dict[str, Path], fresh_database: str) -> None:
    done = ask("directory", "import", *whole(files))
    assert done.returncode == 0, done.stderr
    assert "区划:新增 3 条,已有 0 条,退回 1 行。" in done.stdout
    assert "单位:新增 4 条,已有 0 条,退回 1 行。" in done.stdout
    assert "人员:新增 3 条,已有 0 条,退回 1 行。" in done.stdout
    assert "级别" in rejected(files["regions"])[0]["退回原因"]
    assert (rejected(files["units"])[0]["code"], "类别" in rejected(files["units"])[0]["退回原因"]) == ("XX", True)
    assert rejected(files["people"])[0]["login"] == "sun"
    again = ask("directory", "import", *whole(files))
    for line in ("区划:新增 0 条,已有 3 条", "单位:新增 0 条,已有 4 条", "人员:新增 0 条,已有 3 条"):
        assert line in again.stdout
    units = await rows(fresh_database, "SELECT code, kind, cardinality(path) FROM unit ORDER BY code")
    assert units == [("CD", "district", 1), ("CG", "department", 1), ("HX", "centre", 1), ("WJ", "street", 2)]
    logged = await rows(fresh_database, "SELECT actor_name, act FROM security_log WHERE act = 'person_added'")
    assert logged == [("命令行", "person_added")] * 3
    assert await rows(fresh_database, "SELECT count(*) FROM unit_history") == [(4,)]


async def test_first_passwords_are_for_one_pair_of_eyes_and_must_be_changed(
    ask: Ask, files: dict[str, Path], fresh_database: str
) -> None:
    ask("directory", "import", *whole(files))
    beside = files["people"].with_name("people.csv.passwords.csv")
    assert beside.stat().st_mode & 0o077 == 0
    with beside.open(encoding="utf-8", newline="") as opened:
        given = {row["login"]: row["password"] for row in csv.DictReader(opened)}
    assert set(given) == {"zhao", "qian", "li"} and len(set(given.values())) == 3
    assert await rows(fresh_database, "SELECT DISTINCT must_change FROM account") == [(True,)]
    stored = str(await rows(fresh_database, "SELECT password_hash FROM account"))
    assert not any(password in stored for password in given.values())


async def test_a_catalogue_is_loaded_once_and_bad_lines_come_back(
    ask: Ask, files: dict[str, Path], fresh_database: str
) -> None:
    ask("directory", "import", "--regions", files["regions"], "--units", files["units"])
    done = ask("catalogue", "import", files["catalogue"])
    assert "新增 2 条,已有 0 条,退回 1 行" in done.stdout, done.stderr
    assert "没有分类 9999" in rejected(files["catalogue"])[0]["退回原因"]
    assert "新增 0 条,已有 2 条,退回 1 行" in ask("catalogue", "import", files["catalogue"]).stdout
    stored = await rows(fresh_database, "SELECT category, lead, assist, source FROM catalogue ORDER BY category")
    assert stored == [("0101", "CG", ["CD"], "imported"), ("010105", "street", [], "imported")]


async def test_a_spreadsheet_does_as_well(ask: Ask, tmp_path: Path, fresh_database: str) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in REGIONS.strip().splitlines():
        code, level, *rest = line.split(",")
        sheet.append([int(code) if code.isdecimal() else code, int(level) if level.isdecimal() else level, *rest])
    book.save(tmp_path / "regions.xlsx")
    done = ask("directory", "import", "--regions", tmp_path / "regions.xlsx")
    assert "区划:新增 3 条,已有 0 条,退回 1 行。" in done.stdout, done.stderr
    assert ("880101001",) in await rows(fresh_database, "SELECT code FROM region")


async def test_a_standards_code_table_takes_the_trees_place_or_nothing_happens(
    ask: Ask, tmp_path: Path, fresh_database: str
) -> None:
    header = "level_1_code,level_1_name,level_2_code,level_2_name,level_3_code,level_3_name,remark\n"
    table = tmp_path / "standard.csv"
    table.write_text(
        f"{header}01,城乡建设,0101,市政,010101,路灯,不亮\n01,城乡建设,0101,市政,010102,,\n", encoding="utf-8"
    )
    active = "SELECT count(*) FROM category WHERE active"
    assert ask("migrate").returncode == 0
    before = await rows(fresh_database, active)
    refused = ask("categories", "import", table, "--replace")
    assert (refused.returncode, "分类没有改动" in refused.stderr) == (1, True)
    assert "没有名称" in rejected(table)[0]["退回原因"]
    assert await rows(fresh_database, active) == before
    table.write_text(f"{header}01,城乡建设,0101,市政,010101,路灯,不亮\n", encoding="utf-8")
    added = ask("categories", "import", table)
    assert "新增 0 条" in added.stdout and "--replace" in rejected(table)[0]["退回原因"]
    done = ask("categories", "import", table, "--replace")
    assert done.returncode == 0 and "停用了表中没有的" in done.stdout
    names = await rows(fresh_database, "SELECT code, name FROM category WHERE active ORDER BY code")
    assert names == [("01", "城乡建设"), ("0101", "市政"), ("010101", "路灯")]
    assert "新增 0 条,已有 3 条,退回 0 行" in ask("categories", "import", table, "--replace").stdout
    assert ask("migrate").returncode == 0
    assert await rows(fresh_database, active) == [(3,)], "an upgrade does not bring the starter's tree back"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["directory", "import"], 2, "--regions"),
        (["directory", "import", "--units", "none.csv"], 2, "--units"),
        (["directory", "import", "--units", "people.csv"], 1, "缺少列 code"),
        (["catalogue", "import", "regions.csv"], 1, "缺少列 category"),
        (["categories", "import", "people.csv"], 1, "表头"),
        (["directory", "import", "--regions", "empty.csv"], 1, "没有内容"),
        (["directory", "import", "--regions", "garbage.xlsx"], 1, "garbage.xlsx"),
    ],
)
def test_a_wrong_file_is_one_sentence(
    ask: Ask, files: dict[str, Path], tmp_path: Path, words: list[str], code: int, says: str
) -> None:
    (tmp_path / "empty.csv").write_text("code,level,parent,name\n", encoding="utf-8")
    (tmp_path / "garbage.xlsx").write_bytes(b"\xff\x00 not a sheet")
    done = ask(*words)
    assert (done.returncode, says in done.stderr) == (code, True), done.stderr


def test_place_names_come_in_once_and_a_file_may_take_the_place_of_all(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text("name,kind,aliases\n早春二月,小区,二月\n路,道路,\n", encoding="gb18030")
    assert "地名:新增 1 条,已有 0 条,退回 1 行。" in ask("directory", "places", str(file)).stdout
    assert [row["name"] for row in rejected(file)] == ["路"]
    refused = ask("directory", "places", str(file), "--replace")
    assert refused.returncode and "地名库没有改动" in refused.stderr
    file.write_text("name,kind\n春江花月,小区\n早春二月,小区\n", encoding="utf-8")
    assert "新增 1 条,已有 1 条" in ask("directory", "places", str(file)).stdout
    assert "新增 2 条,已有 0 条" in ask("directory", "places", str(file), "--replace").stdout
