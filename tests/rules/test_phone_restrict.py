"""骚扰来电处置: step by step, with evidence, for a time, and never in an emergency."""

import pytest

from hotline.intake.channels.phone.restrict.rules import LADDER, Step, Treatment, proposal_refused, treatment

FACTS = "11月20日三次来电辱骂话务员,已劝导两次"


def refused(step: Step, **said: object) -> list[str]:
    given = {"before": None, "shown": 3, "days": 7, "evidence": FACTS, **said}
    return [field for field, _ in proposal_refused(step, **given)]  # type: ignore[arg-type]


def test_it_begins_with_a_reminder_and_goes_up_one_step_at_a_time() -> None:
    assert [step for step in LADDER if not refused(step)] == [Step.REMIND]
    assert [step for step in LADDER if not refused(step, before=Step.REMIND)] == [Step.REMIND, Step.LOWER]
    assert not refused(Step.BLOCK, before=Step.LIMIT) and not refused(Step.BLOCK, before=Step.BLOCK)


@pytest.mark.parametrize(
    ("said", "field"),
    [({"shown": 0}, "calls"), ({"days": 31}, "days"), ({"days": 0}, "days"), ({"evidence": "骂人   "}, "evidence")],
)
def test_without_evidence_or_an_end_there_is_none(said: dict[str, object], field: str) -> None:
    assert refused(Step.REMIND, **said) == [field]


@pytest.mark.parametrize(("step", "calls"), [(Step.LOWER, 2), (Step.LIMIT, 3), (Step.BLOCK, 3)])
def test_a_harder_step_must_be_shown_by_more_calls(step: Step, calls: int) -> None:
    before = LADDER[LADDER.index(step) - 1]
    assert refused(step, before=before, shown=calls - 1) == ["calls"]
    assert not refused(step, before=before, shown=calls)


def treated(step: Step | None, calls: int = 0, *, emergency: bool = False) -> Treatment:
    return treatment(step, emergency=emergency, calls_today=calls)


@pytest.mark.parametrize("step", [None, *Step])
def test_whoever_is_in_danger_comes_first_whatever_they_did_before(step: Step | None) -> None:
    found = treated(step, 99, emergency=True)
    assert (found.allow, found.priority, found.longest_s, found.announce) == (True, 10, None, "")


def test_each_step_does_what_it_says() -> None:
    assert treated(None) == Treatment(None, True, 5, "", None, "没有处置")
    reminded, lowered = treated(Step.REMIND), treated(Step.LOWER)
    assert reminded.allow and reminded.announce and reminded.priority == 5
    assert lowered.allow and lowered.priority < reminded.priority and lowered.longest_s is None
    first, second, third = (treated(Step.LIMIT, calls) for calls in (0, 1, 2))
    assert first.allow and second.allow and first.longest_s == 300 and not third.allow
    blocked = treated(Step.BLOCK)
    assert not blocked.allow
    for shut in (third, blocked):
        assert "按 0" in shut.announce and "110" in shut.announce, "who is turned away hears the way out"
