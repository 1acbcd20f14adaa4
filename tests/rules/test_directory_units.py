"""The unit tree, names as people write them, and who governs a place."""

import pytest

from hotline.directory.regions import Region
from hotline.directory.units import Directory, Unit, UnitKind, is_within, name_faults, name_keys, path_below

CITY = Region("990100", 2, None, "云州市", ("990100",))
EAST = Region("990101", 3, "990100", "雁栖区", ("990100", "990101"))
PARK = Region("990102", 3, "990100", "高新区", ("990100", "990102"))
LANE = Region("990101001", 4, "990101", "芙蓉里街道", ("990100", "990101", "990101001"))
GATE = Region("990101001001", 5, "990101001", "东门里社区", (*LANE.path, "990101001001"))

GOVERNMENT = Unit(1, "GOV", "云州市热线中心", UnitKind.CENTRE, None, (1,))
CITY_MANAGEMENT = Unit(
    2, "CG", "云州市城市管理局(云州市综合执法局)", UnitKind.DEPARTMENT, 1, (1, 2), aliases=("城管局", "市城管")
)
MARKET = Unit(3, "SJ", "云州市市场监督管理局", UnitKind.DEPARTMENT, 1, (1, 3), aliases=("市场监管局",))
EAST_OFFICE = Unit(4, "YQ", "雁栖区人民政府", UnitKind.DISTRICT, 1, (1, 4), "990101", aliases=("雁栖区",))
LANE_OFFICE = Unit(5, "FR", "芙蓉里街道办事处", UnitKind.STREET, 4, (1, 4, 5), "990101001")
PARK_OFFICE = Unit(6, "GX", "高新区管理委员会", UnitKind.PARK, 1, (1, 6), "990102")
CLOSED = Unit(7, "OLD", "雁栖区旧城办", UnitKind.DISTRICT, 1, (1, 7), "990101", active=False)
UNITS = (GOVERNMENT, CITY_MANAGEMENT, MARKET, EAST_OFFICE, LANE_OFFICE, PARK_OFFICE, CLOSED)


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory(UNITS, (CITY, EAST, PARK, LANE, GATE))


def test_a_unit_is_within_itself_and_everything_above_it() -> None:
    assert [is_within(LANE_OFFICE.path, unit) for unit in (5, 4, 1, 2)] == [True, True, True, False]


def test_the_path_of_a_new_unit_continues_its_parents() -> None:
    assert path_below(EAST_OFFICE, 9) == (1, 4, 9)
    assert path_below(None, 9) == (9,)


def test_a_subtree_is_the_unit_and_all_below_it(directory: Directory) -> None:
    assert [unit.code for unit in directory.subtree(4)] == ["YQ", "FR"]
    assert {unit.code for unit in directory.children(1)} == {"CG", "SJ", "YQ", "GX", "OLD"}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("城管局", "CG"),
        ("市城管局", "CG"),
        ("云州市城管局", "CG"),
        ("云州城管局", "CG"),
        (" 云州市城市管理局 ", "CG"),
        ("城市管理局", "CG"),
        ("市城市管理局(市综合执法局)", "CG"),
        ("城管局【值班室】", "CG"),
        ("市场监管局", "SJ"),
        ("市市场监管局", "SJ"),
        ("市场监督管理局", "SJ"),
        ("雁栖区", "YQ"),
        ("FR", "FR"),
        ("教育局", None),
        ("局", None),
        ("", None),
    ],
)
def test_a_name_as_people_write_it_finds_its_unit(directory: Directory, written: str, code: str | None) -> None:
    found = directory.resolve(written)
    assert (found.code if found else None) == code


def test_the_leading_character_of_市场_is_not_taken_for_the_city() -> None:
    assert name_keys("市场监管局", "云州市")[0] == "市场监管局"


def test_a_shortened_name_that_two_units_share_means_neither() -> None:
    shared = [
        Unit(1, "A", "云州市水务局", UnitKind.DEPARTMENT, None, (1,)),
        Unit(2, "B", "市水务局", UnitKind.DEPARTMENT, None, (2,)),
    ]
    directory = Directory(shared, [CITY])
    assert directory.resolve("水务局") is None
    assert directory.resolve("云州市水务局") == shared[0]


@pytest.mark.parametrize(
    ("place", "district", "street"),
    [
        ("990101001001", "YQ", "FR"),
        ("990101001", "YQ", "FR"),
        ("990101", "YQ", None),
        ("990102", "GX", None),
        ("990100", None, None),
        ("123456", None, None),
        (None, None, None),
    ],
)
def test_a_place_has_a_district_government_and_a_street_office(
    directory: Directory, place: str | None, district: str | None, street: str | None
) -> None:
    governed, served = directory.district_office(place), directory.street_office(place)
    assert (governed and governed.code, served and served.code) == (district, street)


def test_search_finds_names_before_aliases_and_no_closed_unit(directory: Directory) -> None:
    assert [unit.code for unit in directory.search("雁栖")] == ["YQ"]
    assert [unit.code for unit in directory.search("城管")] == ["CG"]
    assert [unit.code for unit in directory.search("管理")][:1] == ["GX"]
    assert directory.search("cg") == [CITY_MANAGEMENT]


def test_search_finds_a_unit_by_the_initials_of_its_name(directory: Directory) -> None:
    assert CITY_MANAGEMENT in directory.search("csgl") and directory.search("zzzz") == []


def test_a_name_another_unit_bears_is_refused_with_its_field(directory: Directory) -> None:
    assert [field for field, _ in name_faults(directory, "市场监管局", ["城管局", "新别名"])] == ["name", "aliases"]
    assert name_faults(directory, CITY_MANAGEMENT.name, CITY_MANAGEMENT.aliases, own=2) == []
    assert [field for field, _ in name_faults(directory, " ", ["同名", "同名"])] == ["name", "aliases"]
