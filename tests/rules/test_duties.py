"""What a unit owes besides its tickets: each light once, nothing for what was over before it began."""

from datetime import UTC, datetime, timedelta

import msgspec

from hotline.directory.people import Role
from hotline.infra.clock import BEIJING
from hotline.notices.ladder import Call, NoticeKind, Staff, hearers
from hotline.notices.wording import Item, line, mail, short
from hotline.sla.deadlines import DeadlineKind, Timer
from hotline.supervision.duties.duty import News, watched

BEGIN = datetime(2026, 11, 23, 2, tzinfo=UTC)
DAY = timedelta(days=1)
TIMER = Timer(
    DeadlineKind.SUPERVISE, BEGIN, BEGIN + 3 * DAY, BEGIN + DAY, BEGIN + 2 * DAY, BEGIN + 3 * DAY, BEGIN + 8 * DAY, ()
)


def test_each_light_is_passed_once_and_the_next_is_waited_for() -> None:
    fresh = watched(TIMER, BEGIN)
    assert (fresh.told, fresh.passed(BEGIN), fresh.next_after(BEGIN)) == (News.ASKED, (), BEGIN + DAY)
    assert fresh.passed(BEGIN + 2 * DAY) == (News.NEAR, News.ORANGE)
    assert fresh.next_after(BEGIN + 2 * DAY) == BEGIN + 3 * DAY
    assert fresh.passed(BEGIN + 30 * DAY)[-1] is News.VERY_LATE and fresh.next_after(BEGIN + 30 * DAY) is None


def test_asked_again_after_its_day_it_does_not_cry_over_what_is_past() -> None:
    again = watched(TIMER, BEGIN + 4 * DAY)
    assert (again.told, again.passed(BEGIN + 4 * DAY), again.next_after(BEGIN + 4 * DAY)) == (
        News.LATE,
        (),
        BEGIN + 8 * DAY,
    )


def test_without_a_day_nothing_is_watched() -> None:
    assert watched(None, BEGIN).passed(BEGIN + 90 * DAY) == () and watched(None, BEGIN).next_after(BEGIN) is None


def test_a_letter_is_told_to_who_signs_and_its_lights_climb_the_ladder() -> None:
    units = {(7, Role.UNIT_LIAISON): [1], (7, Role.UNIT_REVIEWER): [2], (7, Role.UNIT_LEADER): [3]}
    staff = Staff(units, {Role.SUPERVISION: [8], Role.SUPERVISOR: [9]}, frozenset())
    heard = {
        kind: hearers(Call(0, -1, BEGIN, kind, False, clock="letter", unit_path=(1, 7), duty_id=1), staff)
        for kind in NoticeKind
        if kind not in (NoticeKind.URGE, NoticeKind.SUPERVISE, NoticeKind.DECIDED)
    }
    assert list(heard.values()) == [(1, 2, 3), (1,), (2,), (3, 8), (9,)]


def test_a_message_of_a_duty_says_what_it_is_and_nothing_of_a_secret_one() -> None:
    item = Item(0, NoticeKind.NEAR, "letter", BEGIN + DAY, "预警〔2026〕1号 照明故障集中", False, duty=True)
    assert line(item) == "函件“预警〔2026〕1号 照明故障集中”:函件反馈时限 11-24 10:00,黄色预警"
    secret = Item(5, NoticeKind.ASKED, "comment", None, "举报某人", True, duty=True)
    assert line(secret) == "一件保密协商会会前意见:新到" and "举报" not in short([secret])


def test_what_is_told_of_one_ticket_stands_together_and_of_one_clock_the_worst() -> None:
    at = datetime(2026, 11, 27, 23, 59, tzinfo=BEIJING)
    near, orange, urge, pressed = (
        Item(202611220000042, kind, clock, at, "路灯不亮", False)
        for kind, clock in (
            (NoticeKind.NEAR, "finish"),
            (NoticeKind.ORANGE, "finish"),
            (NoticeKind.URGE, "finish"),
            (NoticeKind.SUPERVISE, "supervise"),
        )
    )
    other = Item(202611220000043, NoticeKind.LATE, "sign", at, "污水外溢", False)
    said = short([near, orange, urge, pressed])
    assert said.count("路灯不亮") == 1 and "黄色" not in said
    assert "督办反馈时限 11-27 23:59,督办、办结时限 11-27 23:59,催办、办结时限 11-27 23:59,橙色预警。" in said
    letter = mail([near, orange, urge, pressed, other])
    assert letter.subject == "【12345热线】2 件工单须您处理:督办 1 件、已超期 1 件"
    assert letter.text.count("\n1. ") + letter.text.startswith("1. ") == 1 and "3. " not in letter.text
    secret = Item(202611220000044, NoticeKind.NEAR, "finish", at, "举报", True)
    assert mail([secret, secret]).subject.startswith("【12345热线】2 件"), "nothing tells whether they are one"


def test_a_decision_is_told_to_who_filed_it_and_says_what_was_decided_and_not_why() -> None:
    granted, refused = (
        Item(202611220000042, NoticeKind.DECIDED, "appeal", None, "路灯不亮", False, origin=origin)
        for origin in ("granted", "refused")
    )
    assert line(granted) == "工单 202611220000042“路灯不亮”:考核申诉成立"
    both = mail([granted, refused])
    assert "考核申诉成立、考核申诉被驳回" in both.text and both.subject == "【12345热线】1 件工单的申请已有审核结果"
    secret = Item(5, NoticeKind.DECIDED, "exclusion", None, "举报某人", True, origin="refused")
    assert line(secret) == "一件保密工单:审核结果"
    units = {(7, Role.UNIT_REVIEWER): [2], (7, Role.UNIT_LEADER): [3]}
    staff = Staff(units, {Role.SUPERVISION: [8]}, frozenset({3}), {3: [4]})
    call = Call(5, 9, BEGIN, NoticeKind.DECIDED, False, clock="appeal", unit_path=(1, 7), person_id=3)
    assert hearers(call, staff) == (3, 4), "and whoever stands in for them"
    assert hearers(msgspec.structs.replace(call, person_id=None), staff) == (2,)
