"""The call side of the measures, and the reckoning with the PBX's own log."""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from hotline.intake.channels.phone.ami.gap import Told, made_good
from hotline.intake.channels.phone.call import CallOutcome, Visit
from hotline.intake.channels.phone.figures.measures import Rate, Stay, grouped, spells_of
from hotline.intake.channels.phone.figures.queuelog import Difference, read, reconcile
from hotline.intake.channels.phone.fold import fold
from tests.phone_stories import CAPTURED, HEARD_AT, PLAN, captured, events

TEN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
A, B, OVER = CallOutcome.ANSWERED, CallOutcome.ABANDONED, CallOutcome.OVERFLOWED


def stay(outcome: CallOutcome | None, wait: float, talk: int | None = None, who: str = "", at: int = 0) -> Stay:
    return Stay("q", TEN + timedelta(minutes=at), outcome, int(wait * 1000), talk and talk * 1000, 0, who)


DAY = [
    stay(A, 4, 100, "王芳"),
    stay(A, 15, 200, "王芳", 70),
    stay(A, 16, 60, "赵刚"),
    stay(B, 4.9),
    stay(B, 40),
    stay(OVER, 90, at=70),
    stay(None, 3),
]


def test_the_rates_leave_short_abandons_out_and_say_how_many() -> None:
    (every, queue) = grouped(DAY, [], "queue")
    assert msgspec.structs.replace(every, key="q") == queue
    assert (queue.offered, queue.answered, queue.abandoned, queue.overflowed, queue.short) == (7, 3, 2, 1, 1)
    assert queue.answer_rate == Rate(3, 5) and queue.abandon_rate == Rate(1, 5)
    assert queue.service_level == Rate(2, 5), "exactly fifteen seconds is in time"
    assert (queue.wait_ms, queue.talk_ms) == (11667, 120_000)


def test_t_is_chosen_and_an_empty_day_has_no_rates() -> None:
    assert grouped(DAY, [], "queue", seconds=20)[0].service_level == Rate(3, 5)
    (empty,) = grouped([], [], "queue")
    assert empty.answer_rate.share is None and empty.wait_ms is None and empty.used.share is None


def test_by_agent_and_by_hour_the_parts_make_the_whole() -> None:
    for group, keys in (("agent", ["王芳", "赵刚"]), ("hour", ["2026-11-23T18:00", "2026-11-23T19:00"])):
        every, *rows = grouped(DAY, [], group)
        assert [row.key for row in rows] == keys
        assert sum(row.answered for row in rows) == every.answered


def test_occupancy_is_of_the_time_signed_in() -> None:
    told = [
        ("王芳", "ready", TEN - timedelta(hours=1)),
        ("王芳", "talking", TEN + timedelta(minutes=10)),
        ("王芳", "wrap_up", TEN + timedelta(minutes=30)),
        ("王芳", "not_ready", TEN + timedelta(minutes=40)),
        ("王芳", "signed_out", TEN + timedelta(minutes=50)),
    ]
    spells = spells_of(told, TEN, TEN + timedelta(hours=2))
    _, row = grouped([stay(A, 1, 1200, "王芳")], spells, "agent")
    minute = 60_000
    assert (row.login_ms, row.wrap_ms) == (50 * minute, 10 * minute)
    assert (row.used, row.busy) == (Rate(40 * minute, 50 * minute), Rate(10 * minute, 50 * minute))
    assert row.handle_ms == (20 + 10) * minute
    assert sum(one.login_ms for one in grouped([], spells, "hour")[1:]) == row.login_ms


# --- the PBX's own log

LOG = """\
1795400000|NONE|NONE|NONE|QUEUESTART|
1795400000|pbx-1.0|q12345|NONE|ENTERQUEUE||13900000001|1
1795400002|pbx-1.0|q12345|agent-1001|CONNECT|2|pbx-1.1|2
1795400007|pbx-1.0|q12345|agent-1001|COMPLETECALLER|2|5|1
""".splitlines()


def visits(name: str) -> dict[str, tuple[Visit, ...]]:
    call = fold(events(name))
    assert call is not None
    return {call.call: call.visits}


def test_what_agrees_within_the_clocks_whole_seconds_is_no_difference() -> None:
    found = reconcile(LOG, visits("answered_citizen_hangs_up"))
    assert found.differences == [] and found.theirs == found.ours
    assert [(one.entered, one.answered) for one in found.ours] == [(1, 1)]


@pytest.mark.parametrize(
    ("line", "by", "what"),
    [
        (2, "1795400002|pbx-1.0|q12345|agent-1002|CONNECT|2|pbx-1.1|2", ["agent"]),
        (2, "1795400009|pbx-1.0|q12345|agent-1001|CONNECT|9|pbx-1.1|2", ["wait"]),
        (3, "1795400019|pbx-1.0|q12345|agent-1001|COMPLETECALLER|2|17|1", ["talk"]),
        (2, "1795400002|pbx-1.0|q12345|NONE|ABANDON|1|1|2", ["agent", "outcome"]),
        (3, "1795400007|pbx-1.9|q12345|NONE|ENTERQUEUE||13900000001|1", ["missing"]),
    ],
)
def test_each_difference_is_named(line: int, by: str, what: list[str]) -> None:
    changed = [by if at == line else text for at, text in enumerate(LOG)]
    assert [one.what for one in reconcile(changed, visits("answered_citizen_hangs_up")).differences] == what


def test_a_call_of_ours_that_the_log_does_not_know_is_extra() -> None:
    found = reconcile([LOG[0], "1795400090|NONE|q12345|agent-1001|PAUSE|"], visits("abandoned"))
    (extra,) = found.differences
    assert isinstance(extra, Difference) and (extra.what, extra.call) == ("extra", "pbx-1.0")


def test_who_waited_when_the_pbx_died_is_lost_in_its_log_too() -> None:
    stays, _, _ = read([*LOG[:2], "1795400060|NONE|NONE|NONE|QUEUESTART|"])
    assert [one.outcome for one in stays] == [CallOutcome.LOST]


def counted(path: Path, left: str) -> list[str]:
    """The log of a call made before the log at hand begins: a line for each of the queue's own messages, with the whole
    seconds that the PBX counted itself; `left` is the word it left the queue with, which no message tells."""
    lines = []
    for one in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        said = one["msg"] if one["dir"] == "<" and isinstance(one["msg"], dict) else {}
        head = f"{said.get('Timestamp', '').partition('.')[0]}|{said.get('Uniqueid')}|{said.get('Queue')}"
        agent = said.get("MemberName")
        if said.get("Event") == "QueueCallerJoin":
            lines.append(f"{head}|NONE|ENTERQUEUE||{said['CallerIDNum']}|{said['Position']}")
        elif said.get("Event") == "AgentConnect":
            lines.append(f"{head}|{agent}|CONNECT|{said['HoldTime']}|{said['DestUniqueid']}|{said['RingTime']}")
        elif said.get("Event") == "AgentComplete":
            lines.append(f"{head}|{agent}|{left}|{said['HoldTime']}|{said['TalkTime']}|1")
        elif said.get("Event") == "QueueCallerAbandon":
            lines.append(f"{head}|NONE|{left}|1|1|{said['HoldTime']}")
    return lines


BEFORE = {"01": "COMPLETECALLER", "03": "ABANDON", "04": "EXITWITHTIMEOUT", "05": "COMPLETEAGENT"}
"""Captured before the log at hand begins."""


@pytest.mark.skipif(not CAPTURED.is_dir(), reason="the captured calls are not at hand")
def test_all_captured_calls_give_the_figures_of_their_queue_log() -> None:
    lines, stories, heard = [], defaultdict(list), set()
    for path in sorted(CAPTURED.glob("[01]*.ami.jsonl")):
        if path.name[:2] in BEFORE:
            lines += counted(path, BEFORE[path.name[:2]])
        for event in captured(path):
            stories[event.call].append(event)
            heard |= {path.name[:2]} if event.call else set()
    lines += (CAPTURED / "queue_log.txt").read_text(encoding="utf-8").splitlines()
    calls = {call: folded for call, story in stories.items() if call and (folded := fold(story)) is not None}
    # One call in the log was not captured; calls out to citizens (08 to 11) wait in no queue.
    kept = [line for line in lines if line.split("|")[1] in calls or line.split("|")[1] == "NONE"]
    found = reconcile(kept, {call: one.visits for call, one in calls.items()})
    assert found.differences == [] and found.theirs == found.ours
    assert [(one.entered, one.answered, one.abandoned, one.overflowed) for one in found.ours] == [(8, 6, 1, 1)]
    assert heard == {f"{n:02d}" for n in range(1, 13)} and sum(not one.visits for one in calls.values()) == 4


@pytest.mark.skipif(not CAPTURED.is_dir(), reason="the captured calls are not at hand")
@pytest.mark.parametrize("name", [*BEFORE, "02", "06", "07", "12"])
def test_captured_calls_that_nobody_heard_come_out_of_the_log(name: str) -> None:
    (path,) = CAPTURED.glob(f"{name}*")
    heard = [event for event in captured(path) if event.call]
    whole = fold(heard)
    assert whole is not None
    log = (CAPTURED / "queue_log.txt").read_text(encoding="utf-8").splitlines()
    lines = counted(path, BEFORE[name]) if name in BEFORE else [line for line in log if whole.call in line]
    told = Told(lines)
    for cut in range(0, len(heard), 5):
        part = fold(heard[:cut])
        ours = {whole.call: part.visits} if part else {}
        made = fold([*heard[:cut], *made_good(PLAN, told, told.calls, ours, (), HEARD_AT)])
        assert made is not None and made.outcome is whole.outcome
        assert reconcile(lines, {made.call: made.visits}).differences == [], cut
