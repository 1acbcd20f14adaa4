"""What was heard of a call → the call: each story, in any order, however often, and with pieces missing."""

from collections import defaultdict
from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.infra.errors import InvalidInput
from hotline.intake.channels.phone.call import Call, CallOutcome, CallState
from hotline.intake.channels.phone.event import PhoneEvent, Sent, Type, accepted
from hotline.intake.channels.phone.fold import fold
from tests.phone_stories import CAPTURED, HEARD_AT, OWN, captured, events

STORIES = sorted(path.stem for path in OWN.glob("*.jsonl"))
MANY = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def folded(story: list[PhoneEvent]) -> Call:
    call = fold(story)
    assert call is not None
    return call


# (outcome, wait ms, talk ms, who ended it, who has it at the end, estimated)
CASES: dict[str, tuple[CallOutcome, int | None, int | None, str, str, bool]] = {
    "answered_citizen_hangs_up": (CallOutcome.ANSWERED, 2010, 5380, "citizen", "agent-1001", False),
    "first_rings_out_second_answers": (CallOutcome.ANSWERED, 6000, 5990, "citizen", "agent-1001", False),
    "abandoned": (CallOutcome.ABANDONED, 5983, None, "citizen", "", False),
    "overflowed": (CallOutcome.OVERFLOWED, 20000, None, "pbx", "", False),
    "hung_up_while_the_line_dropped": (CallOutcome.ABANDONED, 3000, None, "pbx", "", False),
    "overflowed_to_a_second_queue": (CallOutcome.ANSWERED, 3000, 7000, "agent", "agent-1001", False),
    "agent_hangs_up_survey": (CallOutcome.ANSWERED, 1000, 3000, "agent", "agent-1001", False),
    "blind_transfer": (CallOutcome.ANSWERED, 1000, 2001 + 9990, "citizen", "agent-1002", False),
    "attended_transfer": (CallOutcome.ANSWERED, 1000, 6990 + 8810, "citizen", "agent-1002", False),
    "callback_answered": (CallOutcome.ANSWERED, None, 5910, "citizen", "agent-1001", False),
    "callback_citizen_busy": (CallOutcome.BUSY, None, None, "pbx", "agent-1001", False),
    "callback_agent_does_not_answer": (CallOutcome.AGENT_NO_ANSWER, None, None, "pbx", "agent-1001", False),
    "callback_asked_twice": (CallOutcome.ANSWERED, None, 5910, "citizen", "agent-1001", False),
    "link_lost_while_ringing": (CallOutcome.ANSWERED, 2000, 6000, "agent", "agent-1001", True),
    "hung_up_in_the_greeting": (CallOutcome.BEFORE_QUEUE, None, None, "citizen", "", False),
}


@pytest.mark.parametrize("name", STORIES)
def test_each_story_gives_its_call(name: str) -> None:
    call = folded(events(name))
    assert call.state is CallState.ENDED
    told = (call.outcome, call.wait_ms, call.talk_ms, call.ended_by, call.agent, call.estimated)
    assert told == CASES[name]


@pytest.mark.parametrize("name", STORIES)
@MANY
@given(data=st.data())
def test_any_order_and_any_repetition_give_the_same_call(name: str, data: st.DataObject) -> None:
    story = events(name)
    again = data.draw(st.lists(st.sampled_from(story), max_size=12))
    assert fold(data.draw(st.permutations([*story, *again]))) == fold(story)


@pytest.mark.parametrize("name", STORIES)
def test_with_any_one_event_missing_a_call_is_still_one_call(name: str) -> None:
    story = events(name)
    for gap in range(len(story)):
        call = fold(story[:gap] + story[gap + 1 :])
        assert call is not None and call.call == story[0].call
        assert call.talk_ms is None or call.talk_ms >= 0


@pytest.mark.parametrize("name", STORIES)
def test_as_it_happens_a_call_never_goes_back_from_its_end(name: str) -> None:
    story, over = events(name), False
    for upto in range(1, len(story) + 1):
        call = folded(story[:upto])
        assert call.over or not over, "an ended call was opened again"
        over = call.over


def test_two_calls_at_one_moment_are_two_calls() -> None:
    story = events("abandoned")
    assert {event.call for event in story} == {"pbx-1.0"}
    assert fold([msgspec.structs.replace(e, call="") for e in story]) is not None  # its id is the adapter's to give


# --- what is told of the parts


def test_the_citizen_who_waited_in_two_queues_overflowed_from_the_first() -> None:
    first, second = folded(events("overflowed_to_a_second_queue")).visits
    assert (first.queue, first.outcome, first.wait_ms) == ("q12345", CallOutcome.OVERFLOWED, 20000)
    assert (second.queue, second.outcome, second.agent) == ("qnight", CallOutcome.ANSWERED, "agent-1001")


def test_a_ring_that_was_not_answered_is_said_once_whatever_the_switch_repeats() -> None:
    call = folded(events("abandoned"))
    assert [(leg.agent, leg.result) for leg in call.legs] == [("agent-1001", "no_answer"), ("agent-1002", "cancelled")]
    assert call.ringing == ()


def test_while_it_rings_exactly_that_telephone_rings() -> None:
    story = events("first_rings_out_second_answers")
    rings: list[tuple[str, ...]] = []
    for upto in range(1, len(story) + 1):
        now = tuple(leg.agent for leg in folded(story[:upto]).ringing)
        if not rings or rings[-1] != now:
            rings.append(now)
    assert rings == [(), ("agent-1002",), (), ("agent-1001",), ()]


def test_a_transfer_says_how_from_whom_and_to_whom() -> None:
    for name, kind in (("blind_transfer", "blind"), ("attended_transfer", "attended")):
        (passed,) = folded(events(name)).passed
        assert (passed.kind, passed.source, passed.target) == (kind, "agent-1001", "1002")


def test_the_survey_and_the_recording_belong_to_the_call() -> None:
    call = folded(events("agent_hangs_up_survey"))
    assert (call.score, call.recording, call.recording_ready) == (4, "pbx-1.0.wav", False)


def test_a_withheld_number_is_no_number() -> None:
    assert folded(events("hung_up_in_the_greeting")).citizen == ""


def test_a_call_given_up_for_lost_is_over_at_an_estimated_moment_until_its_real_end_is_heard() -> None:
    story = events("answered_citizen_hangs_up")
    cut = story[:9]
    lost = msgspec.structs.replace(
        story[8], type=Type.LOST, event_key="lost", leg="", at=story[8].at + timedelta(seconds=90), data={}
    )
    call = folded([*cut, lost])
    assert call.over and call.estimated and call.ended_at == lost.at and call.outcome is CallOutcome.ANSWERED
    late = folded([*story, lost])
    assert late.ended_at == folded(story).ended_at and not late.estimated


def test_a_queued_call_given_up_for_lost_is_neither_abandoned_nor_overflowed() -> None:
    story = events("overflowed")[:3]
    lost = msgspec.structs.replace(story[0], type=Type.LOST, event_key="lost", at=story[0].at + timedelta(minutes=1))
    assert folded([*story, lost]).outcome is CallOutcome.LOST


# --- what another system may send


def sent(**said: object) -> Sent:
    base = {"event_key": "k1", "type": "call.queued", "at": HEARD_AT, "call": "c1", "queue": "q"}
    return msgspec.convert({**base, **said}, Sent)


def test_a_type_we_do_not_know_is_no_error() -> None:
    assert accepted(sent(type="call.juggled"), "bridge", HEARD_AT, "events[0]") is None


def test_facts_we_do_not_know_are_left_out_so_that_nobody_writes_particulars_where_nobody_seals_them() -> None:
    said = {"wait_ms": 5, "citizen_name": "张三", "score": "5", "reason": "a\r\nb", "talk_ms": 2**40, "position": True}
    event = accepted(sent(data=said), "bridge", HEARD_AT, "events[0]")
    assert event is not None and event.data == {"wait_ms": 5}


@pytest.mark.parametrize(
    "wrong",
    [{"event_key": ""}, {"call": ""}, {"call": "a\nb"}, {"direction": "up"}, {"at": "2026-11-23T10:00:00"}],
    ids=str,
)
def test_what_cannot_be_kept_is_refused_in_words(wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match=r"[一-鿿]"):
        accepted(sent(**wrong), "bridge", HEARD_AT, "events[0]")


# --- the captured calls

CAPTURES = sorted(CAPTURED.glob("[01]*.ami.jsonl")) if CAPTURED.is_dir() else []
TRUTH = {
    "01": (CallOutcome.ANSWERED, "agent-1001"),
    "02": (CallOutcome.ANSWERED, "agent-1001"),
    "03": (CallOutcome.ABANDONED, ""),
    "04": (CallOutcome.OVERFLOWED, ""),
    "05": (CallOutcome.ANSWERED, "agent-1001"),
    "06": (CallOutcome.ANSWERED, "agent-1002"),
    "07": (CallOutcome.ANSWERED, "agent-1002"),
    "08": (CallOutcome.ANSWERED, "agent-1001"),
    "09": (CallOutcome.BUSY, "agent-1001"),
    "10": (CallOutcome.AGENT_NO_ANSWER, "agent-1001"),
    "11": (CallOutcome.ANSWERED, "agent-1001"),
    "12": (CallOutcome.ANSWERED, "agent-1001"),
}


@pytest.mark.skipif(not CAPTURES, reason="the captured calls are not at hand")
def test_the_captured_calls_are_what_they_were() -> None:
    for path in CAPTURES:
        by_call = defaultdict(list)
        for event in captured(path):
            by_call[event.call].append(event)
        by_call.pop("", None)
        found = [folded(story) for story in by_call.values()]
        expected = [TRUTH[path.name[:2]]] if path.name[:2] in TRUTH else []
        assert [(call.outcome, call.agent) for call in found] == expected, path.name
        assert all(call.over for call in found)


@pytest.mark.skipif(not CAPTURES, reason="the captured calls are not at hand")
@settings(MANY, max_examples=60)
@given(data=st.data())
def test_a_captured_call_in_any_order_is_the_same_call(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(CAPTURES))
    story = [event for event in captured(path) if event.call]
    if story:
        again = data.draw(st.lists(st.sampled_from(story), max_size=12))
        assert fold(data.draw(st.permutations([*story, *again]))) == fold(story)
