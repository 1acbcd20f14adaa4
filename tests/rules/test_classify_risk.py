"""Recall first: how people really say that a life, a house or their bread is in danger."""

import pytest

from bench import risk
from hotline.classify import urgency
from hotline.tickets.states import Urgency

LIFE = """
我真的不想活了|孩子说活着没意思|我想死|绝望 不想再活下去|我活不起了只有死路一条|他站在楼顶要往下跳|有人要跳楼|吃了一瓶安眠药|喝了农药|
寻短见|家里老公打我|邻居拿刀要砍人|再不解决我就死给你们看|不活了|我真的不活了|活腻了|我想自sha|zi sha|自鲨|自 杀|我​想​自​杀|想一死百了|
让我去死吧|我要和他们拼命|心跳停了|气管卡住|孩子吞了纽扣电池|我老汉儿不行了|女儿被人抱走了|有人抢孩子|被关在传销窝点
"""
DANGER = """
厨房有股煤气味怎么办|液化气罐嘶嘶响|天燃气漏了|煤气泄露|燃气管道被挖断了|家里燃气报警器一直叫|电线杆冒火花|变压器着了|小孩掉到窨井里了|
电梯里关了三个人|老人走丢了|工地塌了|桥面裂了个大缝|学校几十个学生上吐下泻|河水漫堤了|山上石头滚下来堵路|油罐车翻了|化工厂气味刺鼻头晕恶心|
燃 气 泄 漏|瓦斯洩漏|燃气跑气|屋头漏煤气了|然气漏了|液化气漏|煤汽味很大|娃儿掉河头了|车子冲进河里|娃娃不见了
"""
BREAD = """
老板卷款跑路我们十几个民工没拿到钱|包工头欠我三万块血汗钱不给|工资拖了半年|老板不发工资还骂人|发工资一直拖着不给|农民工的工程款没给工人要去市政府门口|
两个月没开支|拿不到工资|没领到工资|扣我工资|差我们工钱|工资压了两个月|没给发工资|欠民工款|工地不给开钱|干完活不给钱|讨要血汗钱
"""
HARMLESS = """
想死你们了,老同学聚会在哪里办手续|孩子刚睡着了楼上又开始装修|请问工资卡丢了怎么补办|小区绿化很好,想跳广场舞的人多|建议把路灯修一修|
公交车来晚了|请问如何办理退休|快递丢了|生活够苦了|家里的树不活了|老板不给退钱|呼吸没有问题|紫砂壶怎么鉴定|孩子不行就换学校|奶奶腿脚不行了|
雨水冲进池塘|抢孩子的玩具|小 区 绿 化 很 好
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


@pytest.mark.parametrize(
    "text", ["家里没有大人,着火了", "物业说不会管,电梯困人了", "之前报过修,今天煤气泄漏", "我很怕,楼上着火了"]
)
def test_what_is_denied_or_past_in_one_clause_says_nothing_of_the_danger_in_the_next(text: str) -> None:
    assert urgency.weigh("", text).urgency is Urgency.CRITICAL


@pytest.mark.parametrize(
    "text", ["没有发生燃气泄漏", "去年着火过", "如果半夜没人,着火了怎么办", "预防煤气中毒,家家装燃气泄漏报警器"]
)
def test_what_did_not_happen_or_is_asked_about_is_not_critical(text: str) -> None:
    assert urgency.weigh("", text).urgency is Urgency.URGENT


def test_a_life_is_never_weighed_against_the_words_around_it() -> None:
    assert urgency.weigh("", "以前没有想过,可能会自杀").urgency is Urgency.CRITICAL
