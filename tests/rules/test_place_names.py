"""The city's list of place names (地名库): what is found by it, what is taken into it, what it does for a text."""

from datetime import date

import pytest

from hotline.directory.gazetteer.names import NO_NAMES, PlaceNames
from hotline.directory.gazetteer.rows import PlaceName, judge_places
from hotline.intake.lift import Lifted, lift
from hotline.intake.marks import learned

TODAY = date(2026, 11, 23)
NAMES = PlaceNames(
    {
        "纺专家属院": "纺专家属院",
        "老纺专": "纺专家属院",
        "晴川": "九里晴川",
        "九里晴川": "九里晴川",
        "云水": "云水",
        "早春二月": "早春二月",
    }
)


def places(text: str, names: PlaceNames) -> list[Lifted]:
    return [one for one in lift(text, today=TODAY, names=names) if one.kind == "place"]


def test_the_longest_name_is_found_and_none_twice() -> None:
    text = "九里晴川和晴川一期,老纺专"
    assert [text[start:end] for start, end in NAMES.mentions(text)] == ["九里晴川", "晴川", "老纺专"]
    assert [*NO_NAMES.mentions(text)] == [*NAMES.mentions("")] == [*NAMES.mentions("云")] == []


def test_a_name_that_nothing_else_shows_is_lifted_by_the_list() -> None:
    text = "我说个事,早春二月那边老是有人半夜放炮,吵得人睡不着。"
    assert [one.text for one in places(text, NO_NAMES)] == []
    assert [one.text for one in places(text, NAMES)] == ["早春二月"]


def test_a_place_is_told_by_its_proper_name_and_marked_as_it_was_said() -> None:
    [found] = places("家住老纺专3栋,楼上漏水三天了,希望物业来修。", NAMES)
    assert (found.text, found.value) == ("老纺专3栋", "纺专家属院3栋")


def test_the_list_helps_too_while_there_are_no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learned, "weights_if_any", lambda: None)
    assert [one.value for one in places("老纺专楼下漏水", NAMES)] == ["纺专家属院"]


def test_what_is_no_place_is_none_because_it_is_listed() -> None:
    """A list of a whole city holds ordinary words, too: the sentence outweighs it."""
    listed = PlaceNames({"希望": "希望", "老板": "老板", "幸福": "幸福"})
    text = "老板拖欠工资三个月,希望劳动部门帮忙要回来,日子过得一点也不幸福。"
    assert places(text, listed) == places(text, NO_NAMES)


def test_rows_are_taken_in_once_and_what_contradicts_is_refused_with_a_sentence() -> None:
    known = {"云水": PlaceName("云水", "河湖", "云水")}
    rows = [
        {"name": "云水", "kind": "河湖", "aliases": ""},
        {"name": " 书香门第 ", "kind": "小区", "aliases": "书香;书香门第小区"},
        {"name": "书香", "kind": "学校"},
        {"name": "云水", "kind": "道路"},
        {"name": "路", "kind": "道路"},
        {"name": "123", "kind": "道路"},
        {"name": "长" * 41, "kind": "道路"},
        {"name": "某园", "kind": ""},
        {"name": "书香门第", "kind": "小区", "aliases": "书香,香门"},
    ]
    found = judge_places(rows, known)
    assert [[one.name for one in row] for row in found.good] == [["书香门第", "书香", "书香门第小区"], ["香门"]]
    assert {one.standard for row in found.good for one in row} == {"书香门第"}
    assert found.known == 1
    assert [why[:12] for _, why in found.rejected] == [
        "“书香”已登记为小区“书",
        "“云水”已登记为河湖“云",
        "地名“路”应为 2 至 ",
        "地名“123”应为 2 ",
        "地名“长长长长长长长长长",
        "“某园”没有类别,或类别",
    ]
