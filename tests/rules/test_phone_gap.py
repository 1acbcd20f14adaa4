"""What the PBX's own log tells of a time in which nobody listened makes the call what it would have been."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from hotline.intake.channels.phone.ami.gap import Told, made_good
from hotline.intake.channels.phone.call import Call, CallOutcome, CallState
from hotline.intake.channels.phone.event import PhoneEvent, Type
from hotline.intake.channels.phone.figures.queuelog import TOLERANCE_MS, reconcile
from hotline.intake.channels.phone.fold import fold
from tests.phone_stories import HEARD_AT, PLAN, events

WAITED = [
    "answered_citizen_hangs_up",
    "first_rings_out_second_answers",
    "abandoned",
    "overflowed",
    "overflowed_to_a_second_queue",
    "agent_hangs_up_survey",
    "blind_transfer",
    "attended_transfer",
]


def folded(story: Sequence[PhoneEvent]) -> Call:
    call = fold(story)
    assert call is not None
    return call


def log_of(call: Call, kinds: str = "") -> list[str]:
    """As the PBX writes such a call down: every moment cut off to its second."""
    lines = []
    for visit in call.visits:
        began, left = int(visit.queued_at.timestamp()), int((visit.left_at or visit.queued_at).timestamp())
        head = f"{call.call}|{visit.queue}"
        lines.append(f"{began}|{head}|NONE|ENTERQUEUE||{call.citizen}|1")
        if visit.outcome is CallOutcome.ANSWERED:
            assert visit.left_at and visit.talk_ms is not None
            over = int((visit.left_at + timedelta(milliseconds=visit.talk_ms)).timestamp())
            lines.append(f"{left}|{head}|{visit.agent}|CONNECT|{left - began}|{visit.leg}|1")
            passed = {"blind": "BLINDTRANSFER|1002|agents", "attended": "ATTENDEDTRANSFER|BRIDGE|b"}
            if call.passed:
                lines.append(
                    f"{over}|{head}|{visit.agent}|{passed[call.passed[0].kind]}|{left - began}|{over - left}|1"
                )
            else:
                word = "COMPLETECALLER" if call.ended_by == "citizen" else "COMPLETEAGENT"
                lines.append(f"{over}|{head}|{visit.agent}|{word}|{left - began}|{over - left}|1")
        else:
            word = "ABANDON" if visit.outcome is CallOutcome.ABANDONED else "EXITWITHTIMEOUT"
            lines.append(f"{left}|{head}|NONE|{word}|1|1|{left - began}")
    return lines


def mended(heard: Sequence[PhoneEvent], lines: list[str], alive: Sequence[str] = ()) -> list[PhoneEvent]:
    """The story with what the log adds to what was heard of it."""
    told = Told(lines)
    before = fold(heard)
    ours = {before.call: before.visits} if before else {}
    return [*heard, *made_good(PLAN, told, told.calls, ours, alive, HEARD_AT)]


@pytest.mark.parametrize("name", WAITED)
def test_wherever_the_link_was_cut_the_call_is_what_the_log_says(name: str) -> None:
    story = events(name)
    whole = folded(story)
    lines = log_of(whole)
    assert reconcile(lines, {whole.call: whole.visits}).differences == []
    for cut in range(len(story)):
        call = folded(mended(story[:cut], lines))
        assert reconcile(lines, {call.call: call.visits}).differences == [], cut
        assert (call.outcome, call.queue) == (whole.outcome, whole.queue), cut
        assert len(call.visits) == len(whole.visits), cut
        assert call.citizen == whole.citizen
        assert abs((call.wait_ms or 0) - (whole.wait_ms or 0)) <= len(call.visits) * TOLERANCE_MS


@pytest.mark.parametrize("name", WAITED)
def test_a_call_that_came_and_went_unheard_is_made_and_marked(name: str) -> None:
    whole = folded(events(name))
    call = folded(mended([], log_of(whole)))
    assert call.state is CallState.ENDED and call.estimated
    assert (call.call, call.outcome, call.citizen) == (whole.call, whole.outcome, whole.citizen)
    assert call.direction == "in"


def test_told_twice_or_heard_after_all_it_is_the_same_call() -> None:
    story = events("answered_citizen_hangs_up")
    whole = folded(story)
    told = mended([], log_of(whole))
    assert folded([*told, *reversed(told)]) == folded(told)
    assert folded([*told, *story]) == whole, "what was heard counts, in its own fractions of a second"


def test_what_was_heard_whole_is_not_told_again() -> None:
    story = events("first_rings_out_second_answers")
    assert mended(story, log_of(folded(story))) == story


def test_who_still_waits_or_talks_is_not_over() -> None:
    story = events("answered_citizen_hangs_up")
    lines = log_of(folded(story))
    waiting = folded(mended([], lines[:1], alive=[story[0].call]))
    talking = folded(mended([], lines[:2], alive=[story[0].call]))
    assert (waiting.state, talking.state) == (CallState.QUEUED, CallState.TALKING)
    assert (talking.agent, talking.outcome) == ("agent-1001", CallOutcome.ANSWERED)


def test_of_a_pbx_that_died_meanwhile_the_waiting_are_lost_and_the_talking_were_answered() -> None:
    lines = log_of(folded(events("answered_citizen_hangs_up")))
    start = f"{int(lines[-1].partition('|')[0]) + 30}|NONE|NONE|NONE|QUEUESTART|"
    lost, answered = folded(mended([], [lines[0], start])), folded(mended([], [*lines[:2], start]))
    over = folded(mended([], [*lines, start]))
    assert (lost.outcome, lost.state) == (CallOutcome.LOST, CallState.ENDED)
    assert (answered.outcome, answered.state) == (CallOutcome.ANSWERED, CallState.ENDED)
    assert over.ended_by == "citizen" and not any(e.type is Type.LOST for e in mended([], [*lines, start]))


def test_only_the_time_of_the_gap_concerns_us() -> None:
    whole = folded(events("abandoned"))
    told = Told(log_of(whole))
    begin = whole.offered_at
    assert told.between(begin, begin + timedelta(minutes=1)) == [whole.call]
    assert told.between(begin + timedelta(minutes=1), begin + timedelta(minutes=2)) == []
    assert told.between(begin - timedelta(minutes=2), begin - timedelta(minutes=1)) == []
