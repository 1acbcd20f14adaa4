"""What a changed calendar or pack moves, and what it never takes away."""

from datetime import date, datetime, timedelta
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.infra.clock import BEIJING
from hotline.sla import recompute
from hotline.sla.calendar import SpecialDay, add_working_days
from hotline.sla.deadlines import DeadlineKind, deadlines, limit_due
from hotline.sla.policy import Limit, Policy
from hotline.sla.recompute import OwnClock, Rules, moved, recomputed, shift
from hotline.sla.store import shipped_calendar, shipped_packs
from hotline.tickets import effects, lifecycle
from hotline.tickets import facts as f
from hotline.tickets.states import Channel, Event, Kind, Part, Urgency
from hotline.tickets.ticket import Ticket, Times
from tests.walks import PERSON, walk

CALENDAR = shipped_calendar()
PACKS = {policy.name: policy for policy, _ in shipped_packs()}
DEFAULT = PACKS["default"]
START = datetime(2026, 11, 23, 10, tzinfo=BEIJING)
WED, SAT = date(2026, 11, 25), date(2026, 11, 28)
OFF, WORK = SpecialDay(False, "停工"), SpecialDay(True, "调休")


def rules(days: dict[date, SpecialDay | None], policy: Policy = DEFAULT) -> Rules:
    return Rules(CALENDAR, CALENDAR.edited(days), policy)


def sent(urgency: Urgency = Urgency.NORMAL, policy: Policy = DEFAULT) -> Ticket:
    ticket, _ = lifecycle.create(
        202611230000001, f.Create(Kind.COMPLAINT, urgency, Channel.PHONE), at=START, actor=PERSON
    )
    ticket, _ = lifecycle.move(ticket, f.Register(), at=START, actor=PERSON)
    due = deadlines(policy, CALENDAR, kind="complaint", urgency=urgency.value, start=START)
    times = Times(due.finish_due, due.sign_due, due.contact_due, due.return_until, f"{due.pack}@{due.pack_version}")
    share = f.Share(unit_id=10, unit_path=(1, 10), times=times)
    helping = f.Share(unit_id=11, unit_path=(1, 11), times=times)
    return lifecycle.move(ticket, f.Dispatch(lead=share, assists=(helping,)), at=START, actor=PERSON)[0]


def after(ticket: Ticket, given_: Rules, now: datetime = START) -> Ticket:
    for fact in recomputed(ticket, (), given_, now, because="日历调整"):
        ticket, _ = lifecycle.move(ticket, fact, at=now, actor=PERSON)
    return ticket


def ends(ticket: Ticket) -> list[str]:
    return [f"{a.finish_due.astimezone(BEIJING):%m-%d}" for a in ticket.assignments]


def test_a_day_off_moves_the_end_and_a_day_worked_brings_it_nearer() -> None:
    ticket = sent()
    assert ends(ticket) == ["11-30", "11-30"]
    assert ends(after(ticket, rules({WED: OFF}))) == ["12-01", "12-01"]
    assert ends(after(ticket, rules({SAT: WORK}))) == ["11-28", "11-28"]
    assert ends(after(ticket, rules({date(2026, 12, 2): OFF}))) == ["11-30", "11-30"], "after the end it moves nothing"


def test_urgent_limits_run_by_the_clock_whatever_the_calendar_says() -> None:
    assert recomputed(sent(Urgency.URGENT), (), rules({date(2026, 11, 24): OFF}), START, because="") == []


def test_what_has_happened_keeps_its_limit() -> None:
    ticket = sent()
    ticket, _ = lifecycle.move(ticket, f.Sign(1), at=START, actor=PERSON)
    moved_ = after(ticket, rules({date(2026, 11, 24): OFF}))
    assert moved_.assignments[0].sign_due == ticket.assignments[0].sign_due
    assert moved_.assignments[1].sign_due != ticket.assignments[1].sign_due


def test_nobody_becomes_late_by_a_stroke_of_the_pen() -> None:
    now = datetime(2026, 11, 29, 9, tzinfo=BEIJING)
    assert ends(after(sent(), rules({SAT: WORK}), now)) == ["11-30", "11-30"]
    gone = datetime(2026, 12, 3, 9, tzinfo=BEIJING)
    assert ends(after(sent(), rules({SAT: WORK}), gone)) == ["11-30", "11-30"], "nor later than they are"
    assert ends(after(sent(), rules({WED: OFF}), gone)) == ["12-01", "12-01"], "but what was taken from them is given"


def test_an_extension_is_never_shortened_and_moves_with_a_holiday() -> None:
    ticket = effects.with_assignment(
        sent(), 1, extensions=1, finish_due=datetime(2026, 12, 3, 23, 59, 59, tzinfo=BEIJING)
    )
    assert ends(after(ticket, rules({SAT: WORK})))[0] == "12-03"
    assert ends(after(ticket, rules({date(2026, 12, 2): OFF})))[0] == "12-04"


def test_a_day_of_feedback_that_people_set_in_a_letter_stays_through_a_new_pack_and_a_day_off() -> None:
    usual = limit_due(DEFAULT, CALENDAR, DEFAULT.supervise.finish, START).at
    stays, moves = (OwnClock(DeadlineKind.SUPERVISE, n, START, usual + timedelta(days=7 * n)) for n in (1, 0))
    changed = rules({WED: OFF})
    for given_ in (changed, Rules(changed.before, changed.after, DEFAULT, renewed=True)):
        facts = recomputed(sent(), [stays, moves], given_, START, because="停工")
        [told] = [(fact.item, fact.due) for fact in facts if fact.assignment_id == 0]
        assert told == (0, usual + timedelta(days=1))


def test_a_clock_of_the_ticket_itself_moves_but_not_a_date_that_people_chose() -> None:
    due = datetime(2026, 11, 26, 23, 59, 59, tzinfo=BEIJING)
    own = [OwnClock(kind, 1, START, due) for kind in (DeadlineKind.CALLBACK, DeadlineKind.MILESTONE)]
    facts = recomputed(sent(), own, rules({WED: OFF}), START, because="停工", change=3)
    [mine] = [fact for fact in facts if fact.assignment_id == 0]
    assert (mine.clock, mine.item, mine.change) == ("callback", 1, 3)
    assert (mine.was_due, mine.due) == (due, due + timedelta(days=1))
    assert all(one.was == recompute.given(a) for one in facts for a in sent().assignments if a.id == one.assignment_id)
    told = {(one.assignment_id, one.clock) for one in moved(sent(), own, facts)}
    assert told == {(1, "finish"), (2, "finish"), (0, "callback")}


def test_a_new_pack_is_counted_from_the_dispatch() -> None:
    quick = msgspec.structs.replace(
        DEFAULT,
        version=2,
        rules={
            **DEFAULT.rules,
            "complaint": {
                **DEFAULT.rules["complaint"],
                "normal": msgspec.structs.replace(
                    DEFAULT.rules["complaint"]["normal"], finish=Limit(3, "working_days")
                ),
            },
        },
    )
    given_ = Rules(CALENDAR, CALENDAR, quick, renewed=True)
    done = after(sent(), given_)
    assert ends(done) == ["11-26", "11-26"]
    assert {a.pack for a in done.assignments} == {"default@2"}
    extended = effects.with_assignment(sent(), 1, extensions=1)
    assert ends(after(extended, given_))[0] == "11-30"
    assert recomputed(done, (), given_, START, because="") == [], "twice is once"


@pytest.mark.parametrize("pack", sorted(PACKS))
def test_shifting_agrees_with_counting_from_the_start(pack: str) -> None:
    """What was given under the old calendar is where the rules themselves would put it under the new one."""
    policy = PACKS[pack]
    for kind in ("consult", "complaint", "report", "suggestion"):
        for day in range(20, 31):
            given_ = rules({date(2026, 11, day): OFF if day % 3 else WORK}, policy)
            old = deadlines(policy, given_.before, kind=kind, urgency="normal", start=START).finish_due
            new = deadlines(policy, given_.after, kind=kind, urgency="normal", start=START).finish_due
            assert shift(given_, policy, policy.rule(kind, "normal").finish, START, old) == new, (kind, day)


days = st.dictionaries(
    st.dates(date(2026, 3, 1), date(2026, 6, 30)), st.sampled_from([OFF, WORK]), min_size=1, max_size=8
)


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=99_999), days)
def test_no_life_and_no_calendar_break_what_must_hold(seed: int, changed: dict[date, SpecialDay]) -> None:
    ticket, line = walk(seed, 40)[-1]
    given_ = rules(dict(changed))
    facts = recomputed(ticket, (), given_, line.at, because="日历调整")
    if (ticket.state, Event.RECOMPUTE) not in lifecycle.MOVES:
        assert facts == []
        return
    before = {a.id: a for a in ticket.assignments}
    for fact in facts:
        ticket, _ = lifecycle.move(ticket, fact, at=line.at, actor=PERSON)
    for a in ticket.active:
        parent = ticket.assignment(a.parent_id) if a.parent_id else None
        assert parent is None or a.finish_due <= parent.finish_due
        if a.part is Part.LEAD and a.extensions:
            assert a.finish_due >= before[a.id].finish_due
        if before[a.id].finish_due > line.at:
            assert a.finish_due > line.at or parent is not None
        assert a.first_finish_due == before[a.id].first_finish_due
    assert recomputed(ticket, (), Rules(given_.after, given_.after, DEFAULT), line.at, because="") == []


@settings(max_examples=100, deadline=None)
@given(days, st.integers(min_value=1, max_value=30), st.randoms(use_true_random=False))
def test_a_change_taken_back_leaves_everything_as_it_was(
    changed: dict[date, SpecialDay], count: int, rng: Random
) -> None:
    start = datetime(2026, 3, 2, 10, tzinfo=BEIJING) + timedelta(hours=rng.randint(0, 2000))
    due = add_working_days(CALENDAR, start, count).at
    there = rules(dict(changed))
    back = Rules(there.after, there.before, DEFAULT)
    limit = Limit(count, "working_days")
    assert shift(back, DEFAULT, limit, start, shift(there, DEFAULT, limit, start, due)) == due
