"""The table of docs/rules.md C.3, the guards behind it, and what must hold after any life whatever."""

from datetime import timedelta
from functools import cache
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.tickets import effects, lifecycle
from hotline.tickets import facts as f
from hotline.tickets.guards import GuardRefused
from hotline.tickets.history import GENESIS, first_break, line_hash
from hotline.tickets.lifecycle import MOVES, TransitionRefused
from hotline.tickets.states import (
    ACTIVE,
    ENDED,
    OPEN,
    OUTLIVES_TICKET,
    WITH_UNIT,
    Asked,
    Channel,
    Decision,
    Event,
    Kind,
    Outcome,
    OverlayKind,
    Part,
    Solved,
    Stage,
    State,
    Urgency,
)
from hotline.tickets.ticket import Ticket
from tests.walks import LEADER, OTHER, PERSON, START, share, some_fact, walk

S, E = State, Event

# docs/rules.md C.3, row by row: the number, where from, by what, where to.
C3 = [
    (2, S.DRAFT, E.ANSWER_DIRECTLY, {S.CLOSED}),
    (3, S.DRAFT, E.REDIRECT, {S.CLOSED}),
    (4, S.DRAFT, E.REGISTER, {S.REGISTERED}),
    (5, S.DRAFT, E.MERGE, {S.MERGED}),
    (5, S.REGISTERED, E.MERGE, {S.MERGED}),
    (6, S.REGISTERED, E.DISPATCH, {S.DISPATCHED}),
    (7, S.REGISTERED, E.CONSULT, {S.CONSULTING}),
    *(
        (8, s, E.RULE, {S.DISPATCHED})
        for s in (S.CONSULTING, S.REGISTERED, S.DISPATCHED, S.IN_PROGRESS, S.RETURN_REVIEW, S.REWORK, S.SUSPENDED)
    ),
    (9, S.DISPATCHED, E.SIGN, {S.IN_PROGRESS, S.DISPATCHED}),
    (10, S.DISPATCHED, E.REQUEST_RETURN, {S.RETURN_REVIEW}),
    (10, S.IN_PROGRESS, E.REQUEST_RETURN, {S.RETURN_REVIEW}),
    (11, S.RETURN_REVIEW, E.APPROVE_RETURN, {S.DISPATCHED, S.CONSULTING}),
    (12, S.RETURN_REVIEW, E.REFUSE_RETURN, {S.DISPATCHED, S.IN_PROGRESS}),
    (13, S.RETURN_REVIEW, E.ESCALATE_RETURN, {S.CONSULTING}),
    (15, S.IN_PROGRESS, E.CONTACT, {S.IN_PROGRESS}),
    (16, S.IN_PROGRESS, E.ASSIST, {S.IN_PROGRESS}),
    (17, S.IN_PROGRESS, E.REPLY, {S.REPLIED}),
    (17, S.REWORK, E.REPLY, {S.REPLIED}),
    (18, S.REPLIED, E.REFUSE_REPLY, {S.IN_PROGRESS, S.REWORK}),
    (19, S.REPLIED, E.APPROVE_REPLY, {S.CALLBACK}),
    (20, S.CALLBACK, E.CLOSE, {S.CLOSED}),
    (21, S.CALLBACK, E.SEND_BACK, {S.REWORK}),
    (22, S.REWORK, E.CONCLUDE, {S.CLOSED}),
    (22, S.REWORK, E.SHELVE, {S.SUSPENDED}),
    (23, S.IN_PROGRESS, E.SHELVE, {S.SUSPENDED}),
    (23, S.SUSPENDED, E.SHELVE, {S.SUSPENDED}),
    (24, S.SUSPENDED, E.RESUME, {S.IN_PROGRESS}),
    *((25, s, E.WITHDRAW, {S.WITHDRAWN}) for s in sorted(OPEN)),
    *((26, s, E.TERMINATE, {S.CLOSED}) for s in sorted(OPEN)),
    *(
        (n, s, e, {s})
        for s in sorted(OPEN)
        for n, e in ((14, E.REQUEST_EXTENSION), (14, E.GRANT_EXTENSION), (27, E.URGE))
    ),
    *((n, s, e, {s}) for s in sorted(OPEN) for n, e in ((28, E.SUPERVISE), (29, E.MARK_DIFFICULT))),
    *((29, s, E.STRIKE_OFF, {s}) for s in (S.CLOSED, S.ARCHIVED, S.WITHDRAWN)),
    (30, S.CLOSED, E.ARCHIVE, {S.ARCHIVED}),
    (31, S.CLOSED, E.REOPEN, {S.REWORK}),
    (2, S.CLOSED, E.RATE, {S.CLOSED, S.REGISTERED}),
    (2, S.REGISTERED, E.LOW_RATING, {S.REGISTERED}),
]


@pytest.mark.parametrize(("number", "source", "event", "targets"), C3)
def test_table_holds_every_transition_of_the_rules(
    number: int, source: State, event: Event, targets: set[State]
) -> None:
    assert set(MOVES[source, event]) == targets


def in_state(state: State, **more: object) -> Ticket:
    ticket, _ = lifecycle.create(
        202603020000001,
        f.Create(kind=Kind.COMPLAINT, urgency=Urgency.NORMAL, channel=Channel.PHONE),
        at=START,
        actor=PERSON,
    )
    return effects.replace(ticket, state=state, **more)


@cache
def lived_to() -> dict[State, Ticket]:
    """A ticket in each state, come by in the course of a life."""
    found: dict[State, Ticket] = {}
    for seed in range(250):
        found.update((ticket.state, ticket) for ticket, _ in walk(seed, 120))
        if len(found) == len(State):
            break
    return found


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", [e for e in Event if e is not Event.CREATE])
def test_table_is_the_whole_truth(state: State, event: Event) -> None:
    ticket = lived_to()[state]
    fact = some_fact(Random(1), ticket, event, START)
    if (state, event) in MOVES:
        try:
            after, happened = lifecycle.move(ticket, fact, at=START, actor=LEADER, reason="事由")
        except GuardRefused:
            return
        assert after.state in MOVES[state, event]
        assert (happened.source, happened.target, happened.seq) == (state, after.state, ticket.version + 1)
    else:
        with pytest.raises(TransitionRefused) as refused:
            lifecycle.move(ticket, fact, at=START, actor=LEADER, reason="事由")
        assert refused.value.data["allowed"] == [e.value for e in lifecycle.allowed(state)]


def test_ended_tickets_can_only_be_archived_struck_off_reopened_or_unmerged() -> None:
    ways = {(state, event) for state, event in MOVES if state in ENDED}
    assert ways == {
        (S.CLOSED, E.ARCHIVE),
        (S.CLOSED, E.REOPEN),
        (S.CLOSED, E.APPEAL),
        (S.CLOSED, E.DECIDE_APPEAL),
        (S.CLOSED, E.REQUEST_EXCLUSION),
        (S.CLOSED, E.DECIDE_EXCLUSION),
        (S.CLOSED, E.ATTACH),
        (S.CLOSED, E.RATE),  # the citizen's word on a direct answer
        (S.CLOSED, E.STRIKE_OFF),  # the mark of a difficult ticket goes; nothing is done again
        (S.ARCHIVED, E.STRIKE_OFF),
        (S.WITHDRAWN, E.STRIKE_OFF),
        (S.ARCHIVED, E.REOPEN),
        (S.MERGED, E.UNMERGE),
        (S.MERGED, E.ANSWER_WITH_MASTER),
        (S.MERGED, E.CLOSE_WITH_MASTER),
    }


def check_invariants(before: Ticket, after: Ticket, *, handed: bool = False) -> None:
    """`handed`: the directory changed, the only event by which a share comes into another hand."""
    if handed:
        assert len({a.unit_id for a in after.active}) == len(after.active), "no unit works on a ticket twice"
    leads = [a for a in after.assignments if a.part is Part.LEAD and a.active]
    assert len(leads) == (1 if after.state in WITH_UNIT else 0), after.state
    if after.state not in WITH_UNIT:
        assert not after.active
    for a in after.assignments:
        parent = after.assignment(a.parent_id) if a.parent_id else None
        if parent and a.active:
            assert a.finish_due <= parent.finish_due
    for old, new in zip(before.assignments, after.assignments, strict=False):
        assert (old.id, old.part, old.first_finish_due) == (new.id, new.part, new.first_finish_due)
        assert handed or (old.unit_id, old.parent_id) == (new.unit_id, new.parent_id)
        if old.stage not in ACTIVE:
            assert new == old, "an ended share never changes again"
        if new.extensions > old.extensions:
            assert new.finish_due > old.finish_due
    assert after.version == before.version + 1
    assert len([c for c in after.callbacks if c.ended_at is None]) == (1 if after.state is S.CALLBACK else 0)
    assert (after.ended_at is not None) == (after.state in ENDED)
    if after.state in ENDED:
        assert all(r.decision is not Decision.PENDING for r in after.requests if r.asked not in OUTLIVES_TICKET)
    assert all(c.rating is None for c in after.callbacks if c.outcome in (Outcome.UNREACHED, Outcome.DECLINED))
    assert len({r.unit_id for r in after.requests if r.asked is Asked.RETURN}) == len(
        [r for r in after.requests if r.asked is Asked.RETURN]
    ), "a unit asks to return once"


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=9_999_999))
def test_no_life_of_200_commands_breaks_an_invariant(seed: int) -> None:
    lived = walk(seed, 200)
    for (before, _), (after, happened) in pairwise(lived):
        assert happened.source is before.state
        assert happened.target is after.state
        check_invariants(before, after, handed=happened.fact.event is E.HAND_OVER)


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=9_999_999))
def test_replaying_the_history_gives_the_ticket(seed: int) -> None:
    lived = walk(seed, 120)
    assert effects.replay(happened for _, happened in lived) == lived[-1][0]


def test_random_lives_reach_every_state() -> None:
    assert set(lived_to()) == set(State)


def test_a_changed_line_and_a_missing_line_are_both_noticed() -> None:
    lines, before = [], GENESIS
    for _, happened in walk(7, 60):
        before = line_hash(happened, before)
        lines.append((happened, before))
    assert first_break(lines) is None
    forged = [(effects.replace(h, reason=h.reason + "改") if h.seq == 3 else h, digest) for h, digest in lines]
    assert first_break(forged) == 3
    assert first_break(lines[:1] + lines[2:]) == 2


def dispatched(kind: Kind = Kind.COMPLAINT, **more: object) -> Ticket:
    ticket = in_state(S.REGISTERED, **more)
    ticket = effects.replace(ticket, kind=kind)
    after, _ = lifecycle.move(ticket, f.Dispatch(lead=share(Random(3), START, 12)), at=START, actor=PERSON)
    return after


def signed(ticket: Ticket) -> Ticket:
    lead = ticket.lead
    assert lead
    return lifecycle.move(ticket, f.Sign(lead.id), at=START + timedelta(hours=1), actor=PERSON)[0]


def with_clock(ticket: Ticket, **clock: object) -> Ticket:
    lead = ticket.lead
    assert lead
    return effects.with_assignment(ticket, lead.id, **clock)


def refusal(ticket: Ticket, fact: f.Fact, *, hours: float = 2, reason: str = "事由") -> str:
    with pytest.raises(GuardRefused) as refused:
        lifecycle.move(ticket, fact, at=START + timedelta(hours=hours), actor=PERSON, reason=reason)
    return refused.value.message


def test_return_outside_its_window_is_refused() -> None:
    ticket = with_clock(signed(dispatched()), return_until=START + timedelta(hours=8))
    assert "退单须在" in refusal(ticket, f.RequestReturn(1, "三定", 14), hours=9)


def test_return_without_basis_is_refused() -> None:
    ticket = with_clock(signed(dispatched()), return_until=START + timedelta(hours=8))
    assert "依据" in refusal(ticket, f.RequestReturn(1, " ", 14))


def test_refused_return_goes_back_where_it_was_and_forbids_another() -> None:
    ticket = with_clock(dispatched(), return_until=START + timedelta(hours=8))
    at = START + timedelta(hours=1)
    asked, _ = lifecycle.move(ticket, f.RequestReturn(1, "三定", 14), at=at, actor=PERSON, reason="非本单位职责")
    back, _ = lifecycle.move(asked, f.RefuseReturn(1), at=at, actor=OTHER, reason="目录明确")
    assert (back.state, back.forbid_return, back.due) == (S.DISPATCHED, True, ticket.due)
    assert "不得再退单" in refusal(back, f.RequestReturn(1, "三定", 14))


def test_second_granted_return_forces_a_consultation_and_the_ruling_is_final() -> None:
    ticket, at = dispatched(), START
    for round_, unit in enumerate((13, 14), start=1):
        ticket = with_clock(ticket, return_until=START + timedelta(days=9))
        lead = ticket.lead
        assert lead
        at += timedelta(hours=1)
        ticket, _ = lifecycle.move(ticket, f.RequestReturn(lead.id, "三定", unit), at=at, actor=PERSON, reason="非职责")
        fact = f.ApproveReturn(round_, share(Random(round_), at, unit))
        ticket, _ = lifecycle.move(ticket, fact, at=at, actor=OTHER)
    assert (ticket.state, ticket.returns, ticket.active) == (S.CONSULTING, 2, ())
    ruled, _ = lifecycle.move(ticket, f.Rule(share(Random(9), at, 12)), at=at, actor=LEADER, reason="编办意见")
    assert "不得再退单" in refusal(
        with_clock(ruled, return_until=at + timedelta(days=9)), f.RequestReturn(3, "三定", 14)
    )


def test_extension_asked_one_minute_after_expiry_is_refused() -> None:
    ticket = with_clock(signed(dispatched()), finish_due=START + timedelta(hours=5))
    asked = f.RequestExtension(1, 2, "已进场")
    assert "到期前" in refusal(ticket, asked, hours=5 + 1 / 60)
    lifecycle.move(ticket, asked, at=START + timedelta(hours=5), actor=PERSON, reason="材料未到")


def test_report_about_a_unit_never_goes_to_it_or_below_it() -> None:
    ticket = effects.replace(in_state(S.REGISTERED), kind=Kind.REPORT, accused_unit=12)
    assert "被举报单位" in refusal(ticket, f.Dispatch(share(Random(1), START, 12)))
    below = effects.replace(share(Random(1), START, 99), unit_path=(1, 12, 99))
    assert "被举报单位" in refusal(ticket, f.Dispatch(below))


def test_child_deadline_never_lies_after_its_parents() -> None:
    ticket = signed(dispatched())
    late = share(Random(1), START, 30)
    assert ticket.due
    late = effects.replace(late, times=effects.replace(late.times, finish_due=ticket.due + timedelta(hours=1)))
    assert "不得晚于" in refusal(ticket, f.Assist(late, Part.ASSIST, 1))


def test_lead_replies_only_when_all_who_assist_have() -> None:
    ticket = signed(dispatched())
    given = share(Random(1), START, 30)
    given = effects.replace(given, times=effects.replace(given.times, finish_due=ticket.due))
    ticket, _ = lifecycle.move(ticket, f.Assist(given, Part.ASSIST, 1), at=START, actor=PERSON)
    answer = f.Answered(assignment_id=1, solved=Solved.YES, digest="d")
    assert "协办" in refusal(ticket, answer)
    ticket, _ = lifecycle.move(ticket, f.AssistReply(2, "免除", waived=True), at=START, actor=PERSON)
    assert lifecycle.move(ticket, answer, at=START, actor=PERSON)[0].state is S.REPLIED


def replied(at_hours: float = 3) -> Ticket:
    ticket = with_clock(signed(dispatched()), finish_due=START + timedelta(hours=4))
    answer = f.Answered(assignment_id=1, solved=Solved.YES, digest="d")
    return lifecycle.move(ticket, answer, at=START + timedelta(hours=at_hours), actor=PERSON)[0]


@pytest.mark.parametrize(("hours", "late"), [(3, False), (4, False), (4.1, True)])
def test_lateness_is_judged_by_when_the_accepted_reply_came_in(hours: float, late: bool) -> None:
    approve = f.ApproveReply(callback_due=START + timedelta(days=2))
    ticket, _ = lifecycle.move(replied(hours), approve, at=START + timedelta(days=1), actor=OTHER)
    assert (ticket.state, ticket.assignments[0].late, ticket.assignments[0].stage) == (S.CALLBACK, late, Stage.DONE)


def test_refused_reply_does_not_move_the_deadline() -> None:
    before = replied()
    after, _ = lifecycle.move(before, f.RefuseReply(("答非所问",)), at=START + timedelta(hours=5), actor=OTHER)
    assert (after.state, after.due) == (S.IN_PROGRESS, before.due)


def test_nobody_reviews_their_own_reply() -> None:
    assert "自己" in refusal(replied(), f.ApproveReply(callback_due=START + timedelta(days=2)))


def in_callback() -> Ticket:
    approve = f.ApproveReply(callback_due=START + timedelta(days=2))
    return lifecycle.move(replied(), approve, at=START + timedelta(hours=6), actor=OTHER)[0]


def test_satisfied_is_never_a_default() -> None:
    assert "不得默认满意" in refusal(in_callback(), f.Close(outcome=Outcome.SATISFIED), hours=7)


def test_caller_from_a_unit_in_the_chain_may_not_call_back() -> None:
    insider = effects.replace(PERSON, unit_id=12)
    with pytest.raises(GuardRefused, match="参与了本工单"):
        lifecycle.move(
            in_callback(),
            f.AttemptCallback(callback_id=1, channel="phone", reached=True),
            at=START + timedelta(hours=7),
            actor=insider,
        )


def test_dissatisfied_caller_starts_a_new_round_and_the_third_time_it_goes_to_a_supervisor() -> None:
    ticket = in_callback()
    for round_ in (1, 2):
        ticket, _ = lifecycle.move(
            ticket,
            f.SendBack(share(Random(1), START, 12), Solved.NO, 1),
            at=START + timedelta(days=round_),
            actor=PERSON,
        )
        assert (ticket.state, ticket.round) == (S.REWORK, round_)
        at = START + timedelta(days=round_, hours=1)
        lead = ticket.lead
        assert lead
        ticket, _ = lifecycle.move(ticket, f.Sign(lead.id), at=at, actor=PERSON)
        ticket, _ = lifecycle.move(ticket, f.Answered(lead.id, Solved.NO, "d"), at=at, actor=PERSON)
        ticket, _ = lifecycle.move(ticket, f.ApproveReply(at + timedelta(days=1)), at=at, actor=OTHER)
    assert "主管" in refusal(ticket, f.SendBack(share(Random(1), START, 12), Solved.NO, 1), hours=99)
    ended, _ = lifecycle.move(
        ticket,
        f.Conclude(explanation="依法不能满足", solved=Solved.NO, rating=1),
        at=at,
        actor=LEADER,
        reason="两轮仍不满意",
    )
    assert (ended.state, ended.has_overlay(OverlayKind.DIFFICULT)) == (S.CLOSED, True)


def test_withdrawal_needs_the_citizens_own_word() -> None:
    assert "本人" in refusal(signed(dispatched()), f.Withdraw(proof=""))


def test_archived_is_read_only_except_for_the_centres_leader() -> None:
    ticket = in_state(S.ARCHIVED, ended_at=START)
    fact = f.Reopen(share(Random(1), START, 12), "新情况")
    with pytest.raises(GuardRefused):
        lifecycle.move(ticket, fact, at=START, actor=effects.replace(LEADER, roles=frozenset()), reason="事由")
    assert lifecycle.move(ticket, fact, at=START, actor=LEADER, reason="事由")[0].state is S.REWORK
