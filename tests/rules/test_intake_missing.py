"""What is asked while the caller is still there."""

import pytest

from hotline.directory.regions import Misfit, Region
from hotline.intake.missing import MOST, missing
from hotline.tickets.states import Kind


def asked(
    text: str, *lifted: str, kind: Kind | None = Kind.COMPLAINT, located: bool = False, risks: tuple[str, ...] = ()
) -> list[str]:
    return [one.field for one in missing(text, lifted, kind=kind, located=located, risks=risks)]


def test_of_a_bare_complaint_place_time_and_wish_are_asked() -> None:
    assert asked("楼下太脏了没人打扫") == ["place", "time", "demand"]
    assert asked("楼下太脏了没人打扫", "place", "time", "demand") == []
    assert asked("楼下太脏了没人打扫", "time", "demand", located=True) == []


def test_a_question_needs_neither_place_nor_time() -> None:
    assert asked("想咨询新生儿医保", kind=Kind.CONSULT) == ["demand"]
    assert asked("想咨询新生儿医保怎么办", "demand", kind=Kind.CONSULT) == []


def test_danger_comes_first_until_somebody_has_asked() -> None:
    assert asked("电梯坏了,老人困在里面", "place", "time", "demand")[0] == "hurt"
    assert "hurt" not in asked("井盖丢了有人摔伤,人没事已送医", "place", "time", "demand")
    assert asked("楼上一直在闹,情况不对", "place", "time", "demand", risks=("轻生",)) == ["hurt"]


@pytest.mark.parametrize(
    ("text", "field", "answer"),
    [
        ("人民路路灯不亮", "pole", "一排都不亮"),
        ("公交司机甩站", "line", ""),
        ("有人占用消防通道停车", "plate", ""),
        ("老板拖欠我们工资", "employer", "华建公司欠三千元"),
        ("买到假货不给退", "seller", "有发票"),
        ("广场舞噪音扰民", "noise_hours", "晚上八点到十点"),
        ("突然停水了", "outage", "整个小区都停"),
        ("外卖里有虫子", "food", "已去医院"),
        ("老师乱收补课费", "school", "育才小学三年级"),
    ],
)
def test_each_matter_has_its_own_question_until_it_is_answered(text: str, field: str, answer: str) -> None:
    known = ("time", "demand")
    assert field in asked(text, *known, located=True)
    if answer:
        assert field not in asked(f"{text},{answer}", *known, located=True)
    else:
        assert field not in asked(text, *known, field, located=True)


def test_a_district_and_a_street_that_do_not_fit_are_asked_about_before_the_rest() -> None:
    district = Region("990101", 3, "990100", "雁栖区", ("990100", "990101"))
    told = missing("雁栖区桃花街道太脏", {"place"}, kind=None, located=False, misfit=Misfit(district, "桃花街道"))
    assert told[0].field == "region" and told[0].question.startswith("雁栖区没有桃花街道,请核对")


def test_never_more_questions_than_one_can_ask_and_none_for_next_to_nothing() -> None:
    text = "老板拖欠工资,食堂饭菜有虫子,宿舍停水,电梯坏了,还有噪音"
    assert len(asked(text)) == MOST
    assert asked("喂") == asked("     ") == []
