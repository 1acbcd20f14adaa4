"""The reply gate: what stops a reply, what is only advice, and what it must not nag about."""

import time
from typing import Any

import pytest

from hotline.departments.explaining import LOW, explained
from hotline.departments.gate import Draft, Finding, Known, advice, musts
from hotline.departments.refusals import REASONS
from hotline.tickets.states import Kind, Solved

LAMP = "人民路东段路灯不亮\n人民路东段的路灯从上周五开始不亮,晚上老人出门很危险,希望尽快派人修好。"
GOOD = "您好,您反映的人民路东段路灯不亮问题,我局市政所已于11月23日更换3盏灯具并恢复照明。感谢您的监督。"
ACCOUNT = "市政所到场更换灯具三盏,现场照片见附件。"
WHOLE: dict[str, Any] = {"account": ACCOUNT, "public_reply": GOOD, "solved": Solved.YES, "found_true": True}


def draft(**changed: Any) -> Draft:
    return Draft(**{**WHOLE, **changed})


def known(**changed: Any) -> Known:
    return Known(**{"kind": Kind.COMPLAINT, "asked": LAMP, **changed})


@pytest.mark.parametrize("piece", ["我们", "1", "一", "将", "根据", "1-"])
@pytest.mark.parametrize("solved", [Solved.YES, Solved.NO])
def test_a_reply_of_twenty_thousand_characters_without_a_stop_is_read_at_once(piece: str, solved: Solved) -> None:
    """It took up to half a minute of the server's time, at every look while it was being written."""
    endless = GOOD.rstrip("。") + (piece * 20_000)[: 20_000 - len(GOOD)]
    began = time.process_time()
    advice(draft(public_reply=endless, solved=solved), known())
    assert time.process_time() - began < 1


def test_a_good_reply_is_left_alone() -> None:
    assert musts(draft()) == () and advice(draft(), known()) == ()


@pytest.mark.parametrize(
    ("changed", "field", "word"),
    [
        ({"account": " "}, "account", "办理情况"),
        ({"public_reply": "\x00"}, "public_reply", "公开答复"),
        ({"solved": None}, "solved", "是否解决"),
        ({"solved": Solved.PARTLY}, "unsolved_reason", "后续安排"),
        ({"public_reply": "我" * 20_001}, "account", "20000"),
        ({"public_reply": GOOD + "将于{完成日期}完工。"}, "public_reply", "{完成日期}"),
    ],
)
def test_without_these_no_reply_goes_out(changed: dict[str, Any], field: str, word: str) -> None:
    [found] = musts(draft(**changed))
    assert found.must and found.field == field and word in found.message


def test_all_that_is_missing_is_said_at_once() -> None:
    assert [found.field for found in musts(Draft())] == ["account", "public_reply", "solved"]


PART: dict[str, Any] = {"solved": Solved.PARTLY, "unsolved_reason": "待配件"}


@pytest.mark.parametrize(
    ("changed", "more", "reason", "word"),
    [
        ({}, {"contacted": False}, "未联系诉求人", "联系"),
        ({"found_true": None}, {}, "格式不规范", "属实"),
        ({"public_reply": GOOD.replace("您反映", "王芳女士反映")}, {"persons": ("王芳",)}, "公开答复不宜公开", "姓名"),
        ({"public_reply": GOOD + "联系人李工13800001234。"}, {}, "公开答复不宜公开", "个人号码"),
        ({"public_reply": GOOD + "身份证410101199001011234。"}, {}, "公开答复不宜公开", "个人号码"),
        ({"public_reply": GOOD + "身份证410101 19900101 123X。"}, {}, "公开答复不宜公开", "个人号码"),
        ({"public_reply": GOOD + "联系人李工１３８００００１２３４。"}, {}, "公开答复不宜公开", "个人号码"),
        ({"public_reply": GOOD + "已拖走豫A·12345。"}, {}, "公开答复不宜公开", "个人号码"),
        ({"public_reply": GOOD + "已按领导批示办理。"}, {}, "公开答复不宜公开", "领导批示"),
        ({"account": GOOD}, {}, "公开答复不宜公开", "完全相同"),
        ({"public_reply": GOOD + "烦请您给予满意评价。"}, {}, "格式不规范", "诱导"),
        ({}, {"earlier": (GOOD,)}, "未逐项答复", "一字不差"),
        ({"public_reply": "路灯已经修好。"}, {}, "未逐项答复", "较短"),
        (
            {
                "public_reply": "您好,经我局核实,相关工作已按职责要求落实到位,感谢您对我们的理解与支持,祝您万事如意。",
                "account": "已办",
            },
            {},
            "答非所问",
            "没有提到",
        ),
        ({**PART, "public_reply": GOOD.replace("11月23日", "现场")}, {}, "未说明后续安排", "下一步"),
        (
            {"solved": Solved.NO, "unsolved_reason": "无依据", "public_reply": GOOD},
            {},
            "缺少依据",
            "法规",
        ),
        ({"public_reply": GOOD + "其余灯杆正在处理中。"}, {}, "与事实不符", "正在处理"),
    ],
)
def test_advice_says_what_a_reviewer_would_send_back(
    changed: dict[str, Any], more: dict[str, Any], reason: str, word: str
) -> None:
    [found] = advice(draft(**changed), known(**more))
    assert not found.must and found.reason == reason and word in found.message
    assert reason in REASONS, "said with the reviewer's own word"


@pytest.mark.parametrize(
    ("changed", "more"),
    [
        ({"found_true": None}, {"kind": Kind.CONSULT}),
        ({}, {"persons": ("王",)}),  # one character is in many words
        ({"public_reply": GOOD + "咨询电话0372-2345678。"}, {}),  # the unit's own line
        ({"public_reply": GOOD + "剩余2盏将于12月5日前更换。", **PART}, {}),
        ({"public_reply": GOOD + "请您对我们的工作继续监督。"}, {}),
        ({}, {"asked": "请看一下"}),  # too little was said to look for
    ],
)
def test_no_advice_where_nothing_is_wrong(changed: dict[str, Any], more: dict[str, Any]) -> None:
    assert advice(draft(**changed), known(**more)) == ()


def test_an_empty_draft_is_not_scolded_for_its_words() -> None:
    assert advice(Draft(), known()) == ()
    assert isinstance(advice(Draft(), known(contacted=False))[0], Finding)


ASKED = "锦绣园小区电梯经常故障\n锦绣园3号楼电梯每周都坏,物业不维修,维修基金账目也不公开,要求更换电梯并公布账目。"


@pytest.mark.parametrize(
    ("reply", "reason", "word"),
    [
        ("您好,您反映的锦绣园小区电梯问题请您直接向物业公司询问,由其为您解答,感谢支持。", "未逐项答复", "另找别处"),
        (
            "您好,锦绣园3号楼电梯系曳引绳磨损引起故障,物业已动用维修基金支付8600元更换绳索,账目张贴于1单元门厅。我们将督促物业做好电梯维保。",
            "未说明后续安排",
            "没有写时间",
        ),
        (
            "您好,关于锦绣园小区电梯问题,我局高度重视,加大监管力度,按照有关规定办理,进一步加强物业管理,给您带来不便敬请谅解。",
            "未逐项答复",
            "空话套话",
        ),
        ("您好,您关于电梯的来信已经收到,我们会记下来并向上级报告,谢谢您,祝您生活愉快。", "未逐项答复", "实际说明"),
    ],
    ids=["sent away", "promise without a day", "empty talk", "nothing explained"],
)
def test_a_reply_that_tells_nothing_is_sent_back_with_what_it_lacks(reply: str, reason: str, word: str) -> None:
    [found] = advice(draft(public_reply=reply), known(asked=ASKED))
    assert not found.must and found.reason == reason and word in found.message


def test_a_promise_with_a_day_and_an_address_after_the_answer_are_fine() -> None:
    reply = (
        "您好,锦绣园3号楼电梯故障经特检院11月20日现场检测,系曳引绳磨损。物业已支付8600元更换绳索,账目张贴于1单元门厅。"
        "将于12月10日前完成门机更换。如需查看维修基金明细,请您联系街道物管办0372-2345678。"
    )
    assert advice(draft(public_reply=reply), known(asked=ASKED)) == ()


def test_saying_more_of_the_matter_never_lowers_the_score() -> None:
    little = "您好,来信收悉。电梯已报修。"
    more = little + "锦绣园3号楼电梯曳引绳磨损,根据《特种设备安全法》已责令物业于11月25日前更换,维修基金账目已公示。"
    assert explained(little, ASKED).score < LOW < explained(more, ASKED).score
    assert explained("", ASKED).score < LOW and explained(more, "").score >= 0
