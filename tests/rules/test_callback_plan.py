"""When one calls again, when enough has been tried, and what counts."""

from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.callback import plan
from hotline.callback.outcome import REASONS, counts, verdict, with_result_alone
from hotline.infra.clock import BEIJING
from hotline.tickets.states import Channel, DissatisfiedWith, Kind, Outcome, Solved, State, Urgency
from hotline.tickets.ticket import Callback, Ticket

MORNING, AFTERNOON, EVENING = 9, 15, 19


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, 10, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("tries", "enough"),
    [
        ([], False),
        ([at(23, 9), at(23, 15), at(23, 19)], False),  # one day
        ([at(23, 9), at(24, 9), at(25, 9)], False),  # always in the morning
        ([at(23, 9), at(23, 11), at(24, 15)], False),  # two in one morning are one
        ([at(23, 9), at(23, 15), at(24, 9)], True),
        ([at(23, 9), at(24, 15), at(25, 9)], True),
    ],
)
def test_three_tries_on_two_days_in_two_parts_of_a_day(tries: list[datetime], enough: bool) -> None:
    assert plan.exhausted(tries) is enough


@pytest.mark.parametrize(
    ("before", "now", "counted", "after"),
    [
        ([], at(23, 9), True, datetime(2026, 11, 23, 14, tzinfo=BEIJING)),
        ([at(23, 9)], at(23, 11), False, datetime(2026, 11, 23, 14, tzinfo=BEIJING)),
        ([at(23, 9)], at(23, 15), True, datetime(2026, 11, 24, 9, tzinfo=BEIJING)),
        ([at(23, 9)], at(24, 9), True, datetime(2026, 11, 24, 14, tzinfo=BEIJING)),
        ([], at(23, 19), True, datetime(2026, 11, 24, 9, tzinfo=BEIJING)),
        ([at(23, 9), at(23, 15)], at(24, 9), True, None),
    ],
)
def test_the_card_says_when_to_call_next(
    before: list[datetime], now: datetime, counted: bool, after: datetime | None
) -> None:
    assert plan.unreached(before, now) == (counted, after)
    promised = at(26, 10)
    assert plan.unreached(before, now, now) == (counted, after), "the time that was named has come"
    assert plan.unreached(before, now, promised) == (False, promised), "it has not: no try, and not the last one"


def test_a_call_before_the_time_named_does_not_bring_the_next_one_forward() -> None:
    tries = [at(23, 9), at(23, 15)]
    assert plan.unreached(tries, at(23, 16), at(23, 19)) == (False, datetime(2026, 11, 24, 9, tzinfo=BEIJING))


@given(st.lists(st.integers(min_value=0, max_value=24 * 6), min_size=1, max_size=30))
def test_whoever_calls_when_the_card_says_is_done_in_three_tries(hours: list[int]) -> None:
    """From any past whatever, each call made at the time of the card counts, and three are always enough to end."""
    begin = datetime(2026, 11, 23, tzinfo=BEIJING)
    tries = sorted(begin + timedelta(hours=hour) for hour in hours)
    now = tries.pop()
    for _ in range(4):
        tried = plan.unreached(tries, now)
        assert (tried.next_after is None) is plan.exhausted([*tries, now])
        if tried.next_after is None:
            return
        assert tried.next_after > now and plan.slot(tried.next_after) not in {plan.slot(m) for m in [*tries, now]}
        tries, now = [*tries, now], tried.next_after
    raise AssertionError("more calls than the rule asks for")


def test_satisfied_needs_both_answers() -> None:
    for solved, rating in product(Solved, range(1, 6)):
        good = solved is not Solved.NO and rating >= 3
        assert verdict(solved, rating) is (Outcome.SATISFIED if good else Outcome.DISSATISFIED)


def ended(outcome: Outcome, **more: object) -> Callback:
    moment = at(23, 9)
    return Callback(1, 0, moment, moment, outcome=outcome, ended_at=moment, **more)  # type: ignore[arg-type]


def test_who_could_not_be_asked_counts_neither_way_nor_does_what_was_excluded() -> None:
    assert {o for o in Outcome if counts(ended(o))} == {Outcome.SATISFIED, Outcome.DISSATISFIED}
    assert not counts(ended(Outcome.DISSATISFIED, excluded=True))


def test_the_result_alone_is_kept_apart_from_how_it_was_done() -> None:
    apart = {r for r in DissatisfiedWith if with_result_alone(ended(Outcome.DISSATISFIED, dissatisfied_with=r))}
    assert apart == {DissatisfiedWith.RESULT}
    assert set(REASONS) == set(DissatisfiedWith), "each has its word"


def test_day_parts_are_those_of_beijing() -> None:
    assert plan.slot(datetime.fromisoformat("2026-11-23T16:30:00+00:00")) == (date(2026, 11, 24), 0)


@pytest.mark.parametrize(
    ("changed", "hours"),
    [
        ({}, 24),
        ({"urgency": Urgency.URGENT}, 0),
        ({"round_": 1}, 0),
        ({"awaits_call": True}, 0),  # the page has spoken
        ({"pressed": True}, 0),
    ],
)
def test_the_page_goes_first_but_nobody_who_waits_is_kept_waiting(changed: dict[str, Any], hours: int) -> None:
    plain: dict[str, Any] = {"urgency": Urgency.NORMAL, "round_": 0, "awaits_call": False, "pressed": False}
    assert plan.call_from(at(23, 9), **{**plain, **changed}) == at(23, 9) + timedelta(hours=hours)


@given(st.binary(min_size=1, max_size=32), st.integers(1, 9000), st.integers(0, 40), st.integers(1, 100))
def test_of_every_so_many_of_a_unit_exactly_one_is_in_the_sample(key: bytes, unit: int, row: int, every: int) -> None:
    numbers = range(row * every + 1, (row + 1) * every + 1)
    assert sum(plan.chosen(key, unit, "2026-11", number, every) for number in numbers) == 1


def test_which_one_differs_from_unit_to_unit_and_from_month_to_month() -> None:
    def places(unit: int, month: str) -> list[int]:
        return [number for number in range(1, 101) if plan.chosen(b"key", unit, month, number, 5)]

    assert len({tuple(places(unit, month)) for unit in range(1, 6) for month in ("2026-11", "2026-12")}) == 10


@pytest.mark.parametrize(
    ("changed", "drawn"),
    [
        ({}, True),
        ({"kind": Kind.SUGGESTION}, True),
        ({"kind": Kind.COMPLAINT}, False),
        ({"kind": Kind.SEEK_HELP}, False),
        ({"urgency": Urgency.URGENT}, False),
        ({"round": 1}, False),
    ],
)
def test_only_plain_consultations_and_suggestions_are_left_to_the_sample(changed: dict[str, Any], drawn: bool) -> None:
    plain: dict[str, Any] = {"kind": Kind.CONSULT, "urgency": Urgency.NORMAL, "round": 0}
    ticket = Ticket(1, State.REPLIED, 1, channel=Channel.PHONE, created_at=at(23, 9), **{**plain, **changed})
    assert plan.drawn(ticket, ("consult", "suggestion")) is drawn


@pytest.mark.parametrize(("hour", "quiet"), [(8, True), (9, False), (13, False), (19, False), (20, True), (23, True)])
def test_nobody_is_called_at_night(hour: int, quiet: bool) -> None:
    assert plan.quiet(at(23, hour)) is quiet


@pytest.mark.parametrize(
    ("at", "then"),
    [
        (datetime(2026, 11, 23, 2, 42, tzinfo=BEIJING), datetime(2026, 11, 23, 9, tzinfo=BEIJING)),
        (datetime(2026, 11, 23, 20, 0, tzinfo=BEIJING), datetime(2026, 11, 24, 9, tzinfo=BEIJING)),
        (datetime(2026, 11, 23, 19, 59, tzinfo=BEIJING), datetime(2026, 11, 23, 19, 59, tzinfo=BEIJING)),
    ],
)
def test_nobody_is_promised_a_call_at_night(at: datetime, then: datetime) -> None:
    assert plan.awake(at) == then
