"""The data we ship must hold together: categories, the demo city, the dispatch catalogue (派单目录) and the glossary."""

import csv
import re
from collections import Counter
from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest

import hotline
from hotline.directory.people import CENTRE, UNIT, Role
from hotline.directory.units import UnitKind
from hotline.sla.deadlines import DeadlineKind
from hotline.tickets.states import Closing, Disposition, Event, Kind, Stage, State, Urgency

HOTLINE = Path(hotline.__file__).parent
Row = dict[str, str]

HEADERS = {
    "classify/starter/categories.csv": "code,level,parent,name,words,duty",
    "directory/demo/regions.csv": "code,level,parent,name",
    "directory/demo/units.csv": "code,name,kind,parent,region,aliases,phone",
    "directory/demo/people.csv": "login,name,unit,roles",
    "routing/demo/catalogue.csv": "category,region,lead,assist,basis,clear,valid_from",
}
GLOSSARY = HOTLINE.parent / "docs" / "glossary.md"
LOCAL = {"district", "street"}
"""Words in the catalogue that mean the government or the street office of the place."""

DEMO_LOGINS = {
    "agent": ("C01", {Role.AGENT}),
    "dispatcher": ("C01", {Role.DISPATCHER, Role.REVIEWER}),
    "unit": ("D14", {Role.UNIT_LIAISON, Role.UNIT_REVIEWER, Role.HANDLER}),
    "unit2": ("D13", {Role.UNIT_LIAISON, Role.UNIT_REVIEWER, Role.HANDLER}),
    "callback": ("C01", {Role.CALLBACK, Role.SECRET_CALLBACK}),
    "supervisor": ("C01", {Role.SUPERVISOR, Role.SUPERVISION, Role.REVIEWER, Role.DISPATCHER}),
    "leader": ("D01", {Role.CITY_LEADER}),
    "admin": ("C01", {Role.SYSTEM_ADMIN}),
}


def read(name: str) -> list[Row]:
    with (HOTLINE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CATEGORIES = {row["code"]: row for row in read("classify/starter/categories.csv")}
REGIONS = {row["code"]: row for row in read("directory/demo/regions.csv")}
UNITS = {row["code"]: row for row in read("directory/demo/units.csv")}
PEOPLE = {row["login"]: row for row in read("directory/demo/people.csv")}
CATALOGUE = read("routing/demo/catalogue.csv")
ENTRIES = {(row["category"], row["region"]): row for row in CATALOGUE}


def of_level(rows: dict[str, Row], level: int) -> list[Row]:
    return [row for row in rows.values() if row["level"] == str(level)]


def parts(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]


def entry(category: str, region: str = "") -> Row:
    """The deepest entry for a category; of one depth the one for the place wins."""
    ladder = [category[:end] for end in range(len(category), 0, -2)]
    return next(found for code in ladder for place in (region, "") if (found := ENTRIES.get((code, place))))


@pytest.mark.parametrize("name", HEADERS)
def test_files_have_their_columns_and_no_key_twice(name: str) -> None:
    assert (HOTLINE / name).read_text(encoding="utf-8").splitlines()[0] == HEADERS[name]
    keys = Counter(
        (row["category"], row["region"]) if "category" in row else next(iter(row.values())) for row in read(name)
    )
    assert [key for key, times in keys.items() if times > 1] == []


@pytest.mark.parametrize("name", HEADERS)
def test_no_cell_has_stray_blanks_and_every_row_is_whole(name: str) -> None:
    for row in read(name):
        assert None not in row and None not in row.values(), row
        assert all(cell == cell.strip() for cell in row.values()), row


class TestCategories:
    def test_three_levels_of_a_citys_usual_size(self) -> None:
        assert len(of_level(CATEGORIES, 1)) == 14
        assert 90 <= len(of_level(CATEGORIES, 2)) <= 150
        assert 380 <= len(of_level(CATEGORIES, 3)) <= 550

    def test_codes_carry_their_level_and_parent(self) -> None:
        for code, row in CATEGORIES.items():
            assert code.isdigit() and len(code) == 2 * int(row["level"]), code
            assert row["parent"] == code[:-2] and (row["level"] == "1" or row["parent"] in CATEGORIES), code

    def test_rows_stand_in_the_order_of_their_codes(self) -> None:
        assert list(CATEGORIES) == sorted(CATEGORIES)

    def test_every_kind_has_a_third_level(self) -> None:
        assert {row["parent"] for row in of_level(CATEGORIES, 3)} == {row["code"] for row in of_level(CATEGORIES, 2)}

    def test_names_mean_one_category(self) -> None:
        assert [n for n, times in Counter(row["name"] for row in CATEGORIES.values()).items() if times > 1] == []

    def test_each_has_five_to_twelve_different_words(self) -> None:
        for code, row in CATEGORIES.items():
            words = row["words"].split(" ")
            assert 5 <= len(words) <= 12 and len(set(words)) == len(words) and all(words), code

    def test_duty_is_said_for_each(self) -> None:
        assert {row["duty"] for row in CATEGORIES.values()} == {"是", "否"}


class TestRegions:
    def test_one_city_nine_districts_171_streets(self) -> None:
        levels = Counter(row["level"] for row in REGIONS.values())
        assert (levels["2"], levels["3"], levels["4"]) == (1, 9, 171)
        assert REGIONS["990100"]["name"] == "云州市"

    def test_every_parent_is_one_level_up(self) -> None:
        for row in REGIONS.values():
            if row["level"] == "2":
                assert row["parent"] == ""
            else:
                assert int(REGIONS[row["parent"]]["level"]) == int(row["level"]) - 1, row

    def test_codes_lie_inside_their_parents(self) -> None:
        width = {"2": 6, "3": 6, "4": 9, "5": 12}
        for code, row in REGIONS.items():
            assert code.isdigit() and len(code) == width[row["level"]], code
            assert code.startswith(row["parent"].removesuffix("00")), code

    def test_two_districts_have_their_communities(self) -> None:
        streets = {row["parent"] for row in of_level(REGIONS, 5)}
        districts = {REGIONS[street]["parent"] for street in streets}
        assert len(districts) == 2
        assert streets == {row["code"] for row in of_level(REGIONS, 4) if row["parent"] in districts}

    def test_an_address_names_one_place(self) -> None:
        assert [n for n, times in Counter(row["name"] for row in REGIONS.values()).items() if times > 1] == []


class TestUnits:
    def test_as_many_as_a_large_city_has(self) -> None:
        kinds = Counter(row["kind"] for row in UNITS.values())
        assert kinds.pop("utility") >= 8
        assert kinds == {"centre": 1, "department": 49, "district": 9, "park": 15, "street": 171}

    def test_parents_and_regions_exist(self) -> None:
        for row in UNITS.values():
            assert row["parent"] == "" or row["parent"] in UNITS, row
            assert row["region"] in REGIONS, row

    def test_each_district_and_street_has_its_one_government(self) -> None:
        for kind, level in (("district", 3), ("street", 4)):
            seats = [row["region"] for row in UNITS.values() if row["kind"] == kind]
            assert sorted(seats) == sorted(row["code"] for row in of_level(REGIONS, level))

    def test_a_street_office_stands_under_its_district(self) -> None:
        for row in UNITS.values():
            if row["kind"] == "street":
                district = UNITS[row["parent"]]
                assert district["kind"] == "district" and district["region"] == REGIONS[row["region"]]["parent"], row

    def test_a_name_or_alias_means_one_unit(self) -> None:
        said = Counter(name for row in UNITS.values() for name in [row["name"], *parts(row["aliases"])])
        assert [name for name, times in said.items() if times > 1] == []

    @pytest.mark.parametrize(
        ("said", "code"),
        [("城管局", "D14"), ("市城管局", "D14"), ("城市管理和综合执法局", "D14"), ("住建局", "D13"), ("交警", "D37")],
    )
    def test_the_names_people_use_are_known(self, said: str, code: str) -> None:
        assert said in parts(UNITS[code]["aliases"])


class TestPeople:
    @pytest.mark.parametrize("login", DEMO_LOGINS)
    def test_demo_login_sits_where_it_should(self, login: str) -> None:
        unit, roles = DEMO_LOGINS[login]
        assert (PEOPLE[login]["unit"], set(parts(PEOPLE[login]["roles"]))) == (unit, roles)

    def test_units_exist_and_roles_are_known(self) -> None:
        for row in PEOPLE.values():
            roles = {Role(role) for role in parts(row["roles"])}
            assert row["unit"] in UNITS and roles, row
            assert roles.isdisjoint({Role.SYSTEM, Role.CITIZEN, Role.API_CLIENT}), row

    def test_centre_roles_belong_to_the_centre_and_unit_roles_to_units(self) -> None:
        for row in PEOPLE.values():
            roles = {Role(role) for role in parts(row["roles"])}
            assert not (roles & CENTRE and roles & UNIT), row
            assert not roles & CENTRE or UNITS[row["unit"]]["kind"] == "centre", row
            assert not roles & UNIT or UNITS[row["unit"]]["kind"] != "centre", row

    def test_every_unit_can_sign_and_check_a_reply(self) -> None:
        held: dict[str, set[str]] = {}
        for row in PEOPLE.values():
            held.setdefault(row["unit"], set()).update(parts(row["roles"]))
        for code, unit in UNITS.items():
            if unit["kind"] != "centre":
                assert {Role.UNIT_LIAISON, Role.UNIT_REVIEWER, Role.HANDLER} <= held.get(code, set()), code

    def test_system_security_and_audit_are_three_people(self) -> None:
        watchers = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR}
        holders = [set(parts(row["roles"])) & watchers for row in PEOPLE.values()]
        assert sorted(role for roles in holders for role in roles) == sorted(watchers)
        assert max(len(roles) for roles in holders) == 1


class TestCatalogue:
    def test_every_kind_of_request_has_a_lead_anywhere(self) -> None:
        assert [row["code"] for row in of_level(CATEGORIES, 2) if (row["code"], "") not in ENTRIES] == []

    def test_categories_and_places_exist(self) -> None:
        for row in CATALOGUE:
            assert row["category"] in CATEGORIES and (not row["region"] or row["region"] in REGIONS), row

    def test_leads_and_assisting_units_exist_and_differ(self) -> None:
        for row in CATALOGUE:
            assist = parts(row["assist"])
            assert row["lead"] in UNITS or row["lead"] in LOCAL, row
            assert set(assist) <= set(UNITS) and row["lead"] not in assist and len(set(assist)) == len(assist), row

    def test_a_departments_duty_never_goes_to_the_grass_roots(self) -> None:
        places = {row["region"] for row in CATALOGUE}
        for code, category in CATEGORIES.items():
            if category["duty"] == "是" and len(code) > 2:
                for place in places:
                    lead = entry(code, place)["lead"]
                    assert lead not in LOCAL and UNITS[lead]["kind"] != "street", (code, place)

    def test_a_county_of_its_own_network_is_not_overruled_by_a_deeper_entry(self) -> None:
        for row in CATALOGUE:
            if row["region"]:
                city = entry(row["category"])["lead"]
                deeper = [code for code, place in ENTRIES if not place and code.startswith(row["category"])]
                for code in deeper:
                    assert ENTRIES[code, ""]["lead"] != city or entry(code, row["region"])["lead"] == row["lead"], code

    def test_each_third_level_entry_says_something_new(self) -> None:
        said = ("lead", "assist", "basis", "clear")
        for (code, place), row in ENTRIES.items():
            if len(code) == 6 and not place:
                assert [row[key] for key in said] != [entry(code[:4])[key] for key in said], code

    def test_each_has_a_ground_and_a_day(self) -> None:
        for row in CATALOGUE:
            assert row["basis"] and row["clear"] in {"是", "否"}, row
            assert date.fromisoformat(row["valid_from"]) <= date(2026, 1, 1), row

    def test_about_seven_in_ten_entries_are_clear_cut(self) -> None:
        clear = sum(row["clear"] == "是" for row in CATALOGUE) / len(CATALOGUE)
        assert 0.65 <= clear <= 0.80


@pytest.mark.parametrize(
    "words", [State, Stage, Event, Kind, Urgency, Disposition, Closing, Role, UnitKind, DeadlineKind]
)
def test_glossary_explains_every_word_of(words: type[StrEnum]) -> None:
    sections = re.split(r"^## ", GLOSSARY.read_text(encoding="utf-8"), flags=re.MULTILINE)
    section = next(part for part in sections if f"`{words.__name__}`" in part.splitlines()[0])
    explained = {code for line in section.splitlines()[1:] for code in re.findall(r"`([a-z0-9_]+)`", line)}
    assert {word.value for word in words} - explained == set(), "add a line to docs/glossary.md"
