"""Which region lies in which, and which one a text speaks of."""

import pytest

from hotline.directory.demo import parse_regions
from hotline.directory.regions import RegionFinder, covers, spoken_names, stem
from hotline.infra.errors import Misconfigured

CITY = """code,level,parent,name
990100,2,,云州市
990101,3,990100,雁栖区
990102,3,990100,青湖区
990101001,4,990101,芙蓉里街道
990102001,4,990102,芙蓉街道
990102002,4,990102,茶岭镇
990101001001,5,990101001,解放社区
990102001001,5,990102001,解放社区
990102002001,5,990102002,石桥村
"""


@pytest.fixture(scope="module")
def finder() -> RegionFinder:
    return RegionFinder(parse_regions(CITY))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("530100", "5301"),
        ("530102", "530102"),
        ("530102000000", "530102"),
        ("530102010", "530102010"),
        ("530102010000", "530102010"),
        ("530110", "530110"),
        ("5301", "5301"),
    ],
)
def test_padding_zeros_are_no_part_of_a_code(code: str, expected: str) -> None:
    assert stem(code) == expected


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("990100", "990101001001", True),
        ("990101", "990101001", True),
        ("990101", "990101", True),
        ("990101001", "990101", False),
        ("990101", "990102001", False),
        ("990110", "990111", False),
    ],
)
def test_a_region_covers_what_its_code_begins(outer: str, inner: str, expected: bool) -> None:
    assert covers(outer, inner) is expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("雁栖区路灯不亮", "990101"),
        ("青湖区芙蓉街道旁的井盖", "990102001"),
        ("芙蓉里街道办的人不管", "990101001"),
        ("茶岭镇石桥村委会门口", "990102002001"),
        ("雁栖区解放社区停水", "990101001001"),
        ("解放社区停水", None),
        ("先去雁栖区,后来在青湖区茶岭镇出的事", "990102002"),
        ("云州市的空气", None),
        ("", None),
        ("区", None),
        ("雁栖区芙蓉街道的井盖", "990101"),
        ("雁栖区芙蓉街道办解放社区停水", "990101"),
        ("雁栖区芙蓉街道的井盖,就在芙蓉街道", "990101"),
        ("雁栖区茶岭镇石桥村修路", "990101"),
        ("雁栖区青湖区茶岭镇交界处", "990102002"),
        ("雁栖区的人到芙蓉街道办事", "990102001"),
    ],
)
def test_a_text_names_its_deepest_certain_region(finder: RegionFinder, text: str, code: str | None) -> None:
    located = finder.locate(text)
    assert (located.region.code if located else None) == code


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("雁栖区芙蓉街道的井盖", ("雁栖区", "芙蓉街道")),
        ("雁栖区茶岭镇政府石桥村", ("雁栖区", "茶岭镇")),
        ("青湖区芙蓉街道的井盖", None),
        ("青湖区茶岭镇石桥村委会", None),
        ("雁栖区解放社区停水", None),
        ("雁栖区和芙蓉街道都停水", None),
        ("芙蓉街道雁栖区", None),
        ("", None),
    ],
)
def test_a_street_of_another_district_right_behind_one_does_not_fit(
    finder: RegionFinder, text: str, said: tuple[str, str] | None
) -> None:
    misfit = finder.misfit(text)
    assert (misfit and (misfit.district.name, misfit.name)) == said


def test_the_district_a_citizen_chose_tells_two_places_of_one_name_apart(finder: RegionFinder) -> None:
    located = finder.locate("解放社区停水", within="990102")
    assert located and located.region.code == "990102001001"


def test_what_lies_in_the_chosen_district_wins_over_deeper_names_outside(finder: RegionFinder) -> None:
    located = finder.locate("我家住石桥村,雁栖区芙蓉里街道修路", within="990101")
    assert located and located.region.code == "990101001"


def test_a_mention_says_where_it_stands(finder: RegionFinder) -> None:
    text = "在青湖区芙蓉街道办"
    found = list(finder.mentions(text))
    assert [text[mention.start : mention.end] for mention in found] == ["青湖区", "芙蓉街道办"]


def test_the_longest_name_is_taken_and_no_character_twice(finder: RegionFinder) -> None:
    assert [mention.codes for mention in finder.mentions("芙蓉里街道芙蓉街道")] == [("990101001",), ("990102001",)]


def test_a_bare_stem_is_no_name_for_it_may_be_a_road() -> None:
    assert "芙蓉" not in spoken_names("芙蓉街道")
    assert {"芙蓉街道", "芙蓉街道办", "芙蓉街道办事处"} <= spoken_names("芙蓉街道")


@pytest.mark.parametrize(
    "wrong",
    [
        "990101,3,999999,无上级区",
        "990101,4,990100,层级不对街道",
        "990101,3,990102,成环区\n990102,3,990101,环成区",
    ],
)
def test_a_region_file_that_does_not_hang_together_is_refused(wrong: str) -> None:
    with pytest.raises(Misconfigured):
        parse_regions(f"code,level,parent,name\n990100,2,,云州市\n{wrong}\n")
