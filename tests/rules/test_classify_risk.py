"""Recall first: how people really say that a life, a house or their bread is in danger."""

import pytest

from bench import risk
from hotline.classify import urgency
from hotline.tickets.states import Urgency

LIFE = """
我真的不想活了|孩子说活着没意思|我想死|绝望 不想再活下去|我活不起了只有死路一条|他站在楼顶要往下跳|有人要跳楼|吃了一瓶安眠药|喝了农药|
寻短见|家里老公打我|邻居拿刀要砍人|再不解决我就死给你们看
"""
DANGER = """
厨房有股煤气味怎么办|液化气罐嘶嘶响|天燃气漏了|煤气泄露|燃气管道被挖断了|家里燃气报警器一直叫|电线杆冒火花|变压器着了|小孩掉到窨井里了|
电梯里关了三个人|老人走丢了|工地塌了|桥面裂了个大缝|学校几十个学生上吐下泻|河水漫堤了|山上石头滚下来堵路|油罐车翻了|化工厂气味刺鼻头晕恶心
"""
BREAD = """
老板卷款跑路我们十几个民工没拿到钱|包工头欠我三万块血汗钱不给|工资拖了半年|老板不发工资还骂人|发工资一直拖着不给|农民工的工程款没给工人要去市政府门口
"""
HARMLESS = """
想死你们了,老同学聚会在哪里办手续|孩子刚睡着了楼上又开始装修|请问工资卡丢了怎么补办|小区绿化很好,想跳广场舞的人多|建议把路灯修一修|
公交车来晚了|请问如何办理退休|快递丢了
"""


def said(lines: str) -> list[str]:
    return [one for line in lines.split("\n") for one in line.split("|") if one]


@pytest.mark.parametrize("text", said(LIFE) + said(DANGER))
def test_a_life_or_a_danger_is_never_an_ordinary_letter(text: str) -> None:
    assert urgency.weigh("", text).urgency is Urgency.CRITICAL


@pytest.mark.parametrize("text", said(BREAD))
def test_withheld_wages_do_not_wait(text: str) -> None:
    assert urgency.weigh("", text).urgency in (Urgency.URGENT, Urgency.CRITICAL)


@pytest.mark.parametrize("text", said(HARMLESS))
def test_words_that_only_sound_like_it_raise_nothing(text: str) -> None:
    assert urgency.weigh("", text).urgency is Urgency.NORMAL


def test_of_the_labelled_texts_hardly_a_danger_is_overlooked() -> None:
    """Texts of our own with the urgency a person gave them; `python -m bench.risk` prints the same with the model beside."""
    rows = [(expected, urgency.weigh("", text).urgency) for expected, text in risk.ours()]
    risky = [(expected, given) for expected, given in rows if expected is not Urgency.NORMAL]
    dire = [given for expected, given in rows if expected is Urgency.CRITICAL]
    calm = [given for expected, given in rows if expected is Urgency.NORMAL]
    assert len(risky) >= 200 and len(dire) >= 150 and len(calm) >= 60
    assert sum(given is not Urgency.NORMAL for _, given in risky) >= 0.99 * len(risky)
    assert dire.count(Urgency.CRITICAL) >= 0.99 * len(dire)
    assert calm.count(Urgency.NORMAL) >= 0.95 * len(calm)


@pytest.mark.parametrize(
    ("possible", "present"),
    [("如果燃气泄漏怎么办", "燃气泄漏了"), ("担心楼会着火", "楼着火了"), ("请问触电怎么急救", "有人触电")],
)
def test_a_danger_only_feared_waits_less_than_an_ordinary_letter_and_more_than_one_that_is_there(
    possible: str, present: str
) -> None:
    assert urgency.weigh("", possible).urgency is Urgency.URGENT
    assert urgency.weigh("", present).urgency is Urgency.CRITICAL


def test_a_life_is_never_weighed_against_the_words_around_it() -> None:
    assert urgency.weigh("", "以前没有想过,可能会自杀").urgency is Urgency.CRITICAL
