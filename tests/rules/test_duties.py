"""What a unit owes besides its tickets: each light once, nothing for what was over before it began."""

from datetime import UTC, datetime, timedelta

from hotline.directory.people import Role
from hotline.notices.ladder import Call, NoticeKind, Staff, hearers
from hotline.notices.wording import Item, line, short
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
        if kind not in (NoticeKind.URGE, NoticeKind.SUPERVISE)
    }
    assert list(heard.values()) == [(1, 2, 3), (1,), (2,), (3, 8), (9,)]


def test_a_message_of_a_duty_says_what_it_is_and_nothing_of_a_secret_one() -> None:
    item = Item(0, NoticeKind.NEAR, "letter", BEGIN + DAY, "预警〔2026〕1号 照明故障集中", False, duty=True)
    assert line(item) == "函件“预警〔2026〕1号 照明故障集中”:函件反馈时限 11-24 10:00,黄色预警"
    secret = Item(5, NoticeKind.ASKED, "comment", None, "举报某人", True, duty=True)
    assert line(secret) == "一件保密协商会会前意见:新到" and "举报" not in short([secret])
