"""Signs that a rating was not free (docs/rules.md F.10): what is one, and what is only close to one."""

from datetime import datetime, timedelta

import msgspec
import pytest

from hotline.callback.checks.signs import Replied, Said, Sign, Withdrawn, beside_the_matter, signs, withdrawn
from hotline.infra.clock import BEIJING

AT = datetime(2026, 11, 23, 15, 0, tzinfo=BEIJING)
PLAIN = Said(
    ticket_id=20261123_0000001,
    callback_id=1,
    unit_id=7,
    at=AT,
    by_page=True,
    rating=5,
    contacted=None,
    as_told=None,
    false_reply=False,
    words="",
    contact_at=AT - timedelta(days=2),
    alike=1,
    staff=False,
)


def seen(**changed: object) -> set[Sign]:
    return {one.sign for one in signs(msgspec.structs.replace(PLAIN, **changed))}


def test_a_plain_good_rating_bears_no_sign() -> None:
    assert seen() == set()
    assert seen(by_page=False, contacted=True, as_told=True) == set()


@pytest.mark.parametrize(
    ("changed", "sign"),
    [
        ({"alike": 3}, Sign.SAME_SOURCE),
        ({"contact_at": AT - timedelta(minutes=10)}, Sign.AFTER_CONTACT),
        ({"contact_at": AT}, Sign.AFTER_CONTACT),
        ({"staff": True}, Sign.STAFF_NUMBER),
        ({"by_page": False, "rating": 2, "contacted": False}, Sign.NOT_CONTACTED),
        ({"by_page": False, "rating": 2, "as_told": False}, Sign.NOT_AS_TOLD),
        ({"by_page": False, "rating": 1, "false_reply": True}, Sign.NOT_AS_TOLD),
        ({"words": "他们给我送了两百块钱让我打满意"}, Sign.INDUCED),
    ],
)
def test_one_sign_and_no_other(changed: dict[str, object], sign: Sign) -> None:
    assert seen(**changed) == {sign}


@pytest.mark.parametrize(
    "changed",
    [
        {"alike": 2},
        {"alike": 5, "rating": 2},
        {"alike": 5, "by_page": False},
        {"contact_at": AT - timedelta(minutes=10, seconds=1)},
        {"contact_at": AT - timedelta(minutes=1), "rating": 3},
        {"contact_at": AT - timedelta(minutes=1), "by_page": False},
        {"contact_at": None, "contacted": False},
        {"staff": True, "rating": 1},
    ],
)
def test_close_to_a_sign_is_none(changed: dict[str, object]) -> None:
    assert seen(**changed) == set()


@pytest.mark.parametrize(
    "words",
    ["工作人员让我评满意", "他说不打满意就不给处理", "镇上的人上门逼我撤诉", "求我给个好评", "花钱买满意"],
)
def test_what_was_asked_of_the_citizen_is_heard(words: str) -> None:
    assert seen(words=words) == {Sign.INDUCED}


@pytest.mark.parametrize("words", ["我很满意,谢谢", "给路灯换了新灯泡,满意", "希望以后也这样", "不太满意,灯还是不亮"])
def test_plain_words_are_not_taken_for_pressure(words: str) -> None:
    assert seen(words=words) == set()


def test_a_withdrawal_is_always_made_sure_of_and_says_when_pressure_was_named() -> None:
    one = Withdrawn(PLAIN.ticket_id, 7, AT, "已自行解决 录音 A-17")
    assert (withdrawn(one).sign, withdrawn(one).callback_id) == (Sign.WITHDRAWN, 0)
    assert "本人意愿" in withdrawn(one).because
    pressed = msgspec.structs.replace(one, words="社区让我说满意,逼我撤了")
    assert "撤诉理由中提到" in withdrawn(pressed).because


ASKED = "小区路灯坏了半个月,晚上楼道口漆黑,老人摔了一跤,希望尽快派电工维修。"


@pytest.mark.parametrize(
    ("public", "account", "sign"),
    [
        ("您好,您的诉求已收悉,感谢您对我们工作的支持与理解。", "已回复。", Sign.OFF_TOPIC),
        ("您好,路灯已于今日修复。", "已处理。", None),
        ("您好,已按您的要求办妥。", "电工更换了损坏的灯具,路灯恢复照明。", None),
    ],
)
def test_a_reply_beside_the_matter_is_looked_into(public: str, account: str, sign: Sign | None) -> None:
    found = beside_the_matter(Replied(20261123_0000001, 1, 7, AT, ASKED, public, account))
    assert (found.sign if found else None) == sign


def test_a_request_of_a_few_general_words_gives_nothing_to_compare() -> None:
    assert beside_the_matter(Replied(20261123_0000001, 1, 7, AT, "请帮忙处理一下", "您好,已收悉。", "已回复。")) is None
