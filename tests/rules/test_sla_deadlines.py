"""Deadlines, lights and extensions."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.infra.clock import BEIJING
from hotline.sla.deadlines import (
    DeadlineKind,
    ExtensionRefused,
    Level,
    Timer,
    consultation_due,
    deadlines,
    dispatch_due,
    extended,
    is_late,
    light,
    timer,
    timers,
)
from hotline.sla.policy import KINDS, URGENCIES
from hotline.sla.store import shipped_calendar, shipped_packs

CALENDAR = shipped_calendar()
PACKS = {policy.name: policy for policy, _ in shipped_packs()}
DEFAULT = PACKS["default"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def test_an_ordinary_complaint() -> None:
    found = deadlines(DEFAULT, CALENDAR, kind="complaint", urgency="normal", start=at("2026-02-13T10:00"))
    assert found.sign_due == found.contact_due == found.return_until == at("2026-02-14T23:59:59")
    assert found.finish_due == at("2026-02-27T23:59:59")
    assert (found.pack, found.pack_version, found.by_clock) == ("default", 1, ())
    assert sum(line.counted for line in found.why["finish"]) == 5
    assert set(found.why) == {"sign", "contact", "finish", "return"} and found.warning is None


def test_a_critical_matter_at_night_in_the_holiday() -> None:
    found = deadlines(DEFAULT, CALENDAR, kind="seek_help", urgency="critical", start=at("2026-02-16T23:50"))
    assert found.sign_due == at("2026-02-17T00:05")
    assert found.contact_due == at("2026-02-17T00:20")
    assert found.finish_due == at("2026-02-17T01:50")
    assert found.return_until == at("2026-02-17T00:00") and found.return_by_phone
    assert set(found.by_clock) == {DeadlineKind.SIGN, DeadlineKind.CONTACT, DeadlineKind.FINISH}


@pytest.mark.parametrize(
    ("kind", "urgency", "confidential", "asked"),
    [
        ("report", "normal", True, False),
        ("report", "urgent", True, False),
        ("report", "normal", False, True),
        ("complaint", "normal", True, True),
        ("consult", "normal", False, False),
        ("suggestion", "normal", False, False),
    ],
)
def test_who_must_be_contacted(kind: str, urgency: str, confidential: bool, asked: bool) -> None:
    found = deadlines(
        DEFAULT, CALENDAR, kind=kind, urgency=urgency, start=at("2026-03-02T10:00"), confidential=confidential
    )
    assert (found.contact_due is not None) is asked
    assert ("contact" in found.why) is asked


def test_rework_runs_faster_and_cannot_be_returned() -> None:
    found = deadlines(DEFAULT, CALENDAR, kind="report", urgency="normal", start=at("2026-03-02T10:00"), rework=True)
    assert found.sign_due == at("2026-03-02T14:00")
    assert found.finish_due == at("2026-03-05T23:59:59")
    assert found.return_until is None


def test_a_supervision_letter_is_signed_within_half_a_working_day() -> None:
    found = deadlines(DEFAULT, CALENDAR, kind="supervise", urgency="normal", start=at("2026-03-02T15:30"))
    assert found.sign_due == at("2026-03-03T09:45")
    assert found.finish_due == at("2026-03-05T23:59:59")


def test_beijing_counts_natural_days_and_moves_off_the_holiday() -> None:
    found = deadlines(
        PACKS["beijing-dbt2021"], CALENDAR, kind="complaint", urgency="normal", start=at("2026-02-10T10:00")
    )
    assert found.finish_due == at("2026-02-24T23:59:59")


def test_anyang_gives_24_hours_to_return() -> None:
    found = deadlines(PACKS["anyang"], CALENDAR, kind="complaint", urgency="normal", start=at("2026-02-13T10:00"))
    assert found.return_until == at("2026-02-14T10:00")


def test_a_deadline_in_an_unconfirmed_year_warns() -> None:
    found = deadlines(DEFAULT, CALENDAR, kind="report", urgency="normal", start=at("2026-12-28T10:00"))
    assert found.warning is not None and "2027年" in found.warning


def test_the_centre_has_limits_too() -> None:
    start = at("2026-02-16T23:55")
    assert dispatch_due(DEFAULT, CALENDAR, urgency="critical", start=start).at == at("2026-02-17T00:05")
    assert dispatch_due(DEFAULT, CALENDAR, urgency="normal", start=start).at == at("2026-02-17T01:55")
    assert consultation_due(DEFAULT, CALENDAR, start=start).at == at("2026-02-24T23:59:59")


STARTS = st.integers(0, 614_000_000).map(lambda seconds: at("2007-01-01T00:00") + timedelta(seconds=seconds))


@given(STARTS, st.sampled_from(sorted(PACKS)), st.sampled_from(KINDS), st.sampled_from(URGENCIES), st.booleans())
def test_limits_and_lights_come_in_order(start: datetime, pack: str, kind: str, urgency: str, rework: bool) -> None:
    policy = PACKS[pack]
    found = deadlines(policy, CALENDAR, kind=kind, urgency=urgency, start=start, rework=rework)
    assert found.start < found.sign_due <= found.finish_due
    assert found.contact_due is None or found.sign_due <= found.contact_due <= found.finish_due
    for watched in timers(policy, CALENDAR, found):
        assert watched.start_at <= watched.near_at <= watched.orange_at <= watched.due_at
        assert watched.due_at < watched.late_at < watched.very_late_at


def finish_timer(start: str, due: str, **more: bool) -> Timer:
    return timer(DEFAULT, CALENDAR, kind=DeadlineKind.FINISH, start=at(start), due=at(due), **more)


def test_yellow_and_orange_follow_working_time_not_the_holiday() -> None:
    # Fri 02-13 10:00 + 5 days: 37.5 office hours; 70 % are 26.25, 90 % are 33.75.
    watched = finish_timer("2026-02-13T10:00", "2026-02-27T23:59:59")
    assert watched.near_at == at("2026-02-26T10:15")
    assert watched.orange_at == at("2026-02-27T11:15")


def test_yellow_at_the_latest_when_the_last_working_day_begins() -> None:
    # Mon 08:30 + 2 days: 70 % of 19.5 office hours would be 15:39 on the last day.
    assert finish_timer("2026-03-02T08:30", "2026-03-04T23:59:59").near_at == at("2026-03-04T00:00")


def test_a_limit_of_one_working_day_is_not_yellow_from_birth() -> None:
    assert finish_timer("2026-03-02T17:30", "2026-03-03T23:59:59").near_at == at("2026-03-03T15:33")


def test_limits_by_the_clock_turn_by_the_clock() -> None:
    watched = finish_timer("2026-02-16T20:00", "2026-02-17T06:00", by_clock=True)
    assert (watched.near_at, watched.orange_at) == (at("2026-02-17T03:00"), at("2026-02-17T05:00"))


@pytest.mark.parametrize(
    ("now", "level"),
    [
        ("2026-02-26T10:14:59", Level.NONE),
        ("2026-02-26T10:15:00", Level.NEAR),
        ("2026-02-27T11:15:00", Level.ORANGE),
        ("2026-02-27T23:59:59", Level.ORANGE),
        ("2026-02-27T23:59:59.999", Level.ORANGE),
        ("2026-02-28T00:00:00", Level.LATE),
        # 02-28 is a makeup Saturday: five working days later is Thursday.
        ("2026-03-05T23:59:59", Level.LATE),
        ("2026-03-06T00:00:00", Level.VERY_LATE),
    ],
)
def test_light(now: str, level: Level) -> None:
    assert light(at(now), finish_timer("2026-02-13T10:00", "2026-02-27T23:59:59")) is level


def test_the_whole_last_second_is_in_time() -> None:
    due = at("2026-02-27T23:59:59")
    assert not is_late(due, due + timedelta(milliseconds=999))
    assert is_late(due, at("2026-02-28T00:00:00"))


STARTED, DUE = at("2026-03-02T10:00"), at("2026-03-09T23:59:59")


def extend(
    days: int,
    *,
    pack: str = "default",
    kind: str = "complaint",
    urgency: str = "normal",
    due: datetime = DUE,
    now: datetime = DUE,
    times: int = 0,
    leader: bool = False,
) -> datetime:
    return extended(
        PACKS[pack],
        CALENDAR,
        kind=kind,
        urgency=urgency,
        started=STARTED,
        current_due=due,
        times_before=times,
        leader=leader,
        now=now,
        working_days=days,
    )


def test_an_extension_counts_from_the_old_due_day() -> None:
    assert extend(5) == at("2026-03-16T23:59:59")


def test_asked_one_minute_after_expiry_is_refused() -> None:
    with pytest.raises(ExtensionRefused, match="到期前"):
        extend(1, now=at("2026-03-10T00:00:59"))


def test_longer_than_the_rule_is_refused_and_says_how_far() -> None:
    with pytest.raises(ExtensionRefused, match="最多延期5个工作日，可延至 2026-03-16"):
        extend(6)


def test_a_second_extension_needs_the_leader_and_there_is_no_third() -> None:
    first = extend(5)
    with pytest.raises(ExtensionRefused, match="中心领导"):
        extend(5, due=first, now=first, times=1)
    second = extend(5, due=first, now=first, times=1, leader=True)
    assert second == at("2026-03-23T23:59:59")
    with pytest.raises(ExtensionRefused, match="已延期 2 次"):
        extend(1, due=second, now=second, times=2, leader=True)


def test_the_total_is_capped() -> None:
    late = at("2026-03-20T23:59:59")
    with pytest.raises(ExtensionRefused, match="累计办理时间不得超过15个工作日，最迟可延至 2026-03-23"):
        extend(2, due=late, now=late, times=1, leader=True)


@pytest.mark.parametrize(("kind", "urgency"), [("praise", "normal"), ("complaint", "critical")])
def test_what_cannot_be_extended(kind: str, urgency: str) -> None:
    with pytest.raises(ExtensionRefused, match="不允许延期"):
        extend(1, kind=kind, urgency=urgency)


def test_an_urgent_matter_may_gain_two_working_days() -> None:
    due = at("2026-03-03T10:00")
    assert extend(2, urgency="urgent", due=due, now=due) == at("2026-03-05T23:59:59")


def test_beijing_allows_fifteen_days_in_all() -> None:
    assert extend(6, pack="beijing-dbt2021") == at("2026-03-17T23:59:59")
    with pytest.raises(ExtensionRefused, match="8日"):
        extend(7, pack="beijing-dbt2021")


@given(STARTS, st.sampled_from(sorted(PACKS)), st.sampled_from(KINDS), st.sampled_from(URGENCIES), st.integers(1, 15))
def test_an_extension_never_shortens(start: datetime, pack: str, kind: str, urgency: str, days: int) -> None:
    due = deadlines(PACKS[pack], CALENDAR, kind=kind, urgency=urgency, start=start).finish_due
    try:
        new = extended(
            PACKS[pack],
            CALENDAR,
            kind=kind,
            urgency=urgency,
            started=start,
            current_due=due,
            times_before=0,
            leader=False,
            now=start,
            working_days=days,
        )
    except ExtensionRefused as refused:
        assert refused.message.endswith("。")
    else:
        assert new > due
