"""All that is known of one call → the call as it stands. Pure, and a matter of the set alone: whatever order events came
in, and however often, the same events give the same call."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from hotline.intake.channels.phone.call import Call, CallOutcome, CallState, Leg, Passed, Visit, milliseconds
from hotline.intake.channels.phone.event import OF_A_CALL, PhoneEvent, Type
from hotline.intake.channels.phone.legs import legs_of
from hotline.intake.channels.phone.visits import visits_of

DIALLED_TO = {
    "answered": CallOutcome.ANSWERED,
    "busy": CallOutcome.BUSY,
    "no_answer": CallOutcome.NO_ANSWER,
    "cancelled": CallOutcome.CANCELLED,
}
HEAD = 44
NEVER = datetime.max.replace(tzinfo=UTC)
CLOCKS = timedelta(seconds=2)
"""A log's whole seconds, and the pause between what is done and what is written down."""


def fold(events: Iterable[PhoneEvent]) -> Call | None:
    """The call, or None when nothing of it says anything of a call."""
    unique = {event.event_key: event for event in sorted(events, key=lambda e: e.order, reverse=True)}
    story = heard_first(sorted((e for e in unique.values() if e.type in OF_A_CALL), key=lambda e: e.order))
    if not story:
        return None
    out = direction_of(story) == "out"
    legs = legs_of(story, out)
    ended = end_of(story, legs, out)
    visits = () if out else visits_of(story, ended.at if ended else None)
    return outbound(story, legs, ended) if out else inbound(story, legs, visits, ended)


def heard_first(story: list[PhoneEvent]) -> list[PhoneEvent]:
    """Without what a log tells in its whole seconds of something that was heard as it happened."""
    heard = [event for event in story if not event.snapshot]
    return (
        [e for e in story if not e.logged or not any(same(e, one) for one in heard)]
        if len(heard) < len(story)
        else story
    )


def same(logged: PhoneEvent, heard: PhoneEvent) -> bool:
    if logged.type is Type.ENDED:
        return heard.type is Type.ENDED or (heard.type is Type.LEG_ENDED and heard.leg == heard.call)
    return heard.type is logged.type and abs(heard.at - logged.at) <= CLOCKS


def direction_of(story: list[PhoneEvent]) -> str:
    said = [event.direction for event in story if event.direction]
    if said:
        return said[0]
    return "out" if any(event.type in (Type.ORIGINATED, Type.RESULT) for event in story) else "in"


def inbound(
    story: list[PhoneEvent], legs: tuple[Leg, ...], visits: tuple[Visit, ...], ended: PhoneEvent | None
) -> Call:
    answered = [visit for visit in visits if visit.outcome is CallOutcome.ANSWERED]
    first = answered[0] if answered else None
    agents = [leg for leg in legs if leg.agent and leg.answered_at]
    has_it = max(agents, key=lambda leg: (leg.ended_at or NEVER, -legs.index(leg)), default=None)
    closed = concluded(visits, story, ended)
    left = [event.at for event in story if event.type is Type.AGENT_LEFT]
    state = CallState.ENDED if ended else going(story, legs, bool(first), left)
    return Call(
        **parties(story, "in"),
        state=state,
        outcome=closed,
        queue=first.queue if first else (visits[-1].queue if visits else ""),
        agent=has_it.agent if has_it else (first.agent if first else ""),
        offered_at=offered(story),
        queued_at=visits[0].queued_at if visits else None,
        answered_at=first.left_at if first else None,
        agent_left_at=max(left, default=None),
        **end_told(story, ended),
        estimated=concluded_end(ended) or (first is not None and not heard(story, Type.ANSWERED)),
        wait_ms=first.wait_ms if first else waited(visits),
        talk_ms=sum(leg.talk_ms() for leg in legs) if first else None,
        hold_ms=sum(leg.held_ms for leg in legs),
        legs=legs,
        visits=visits,
        **rest(story),
    )


def waited(visits: tuple[Visit, ...]) -> int | None:
    waits = [visit.wait_ms for visit in visits if visit.wait_ms is not None]
    return sum(waits) if waits else None


def outbound(story: list[PhoneEvent], legs: tuple[Leg, ...], ended: PhoneEvent | None) -> Call:
    own, theirs = [leg for leg in legs if leg.agent], [leg for leg in legs if not leg.agent]
    citizen = theirs[0] if theirs else None
    answered_at = citizen.answered_at if citizen else None
    stop = min((at for at in (citizen.ended_at if citizen else None, ended.at if ended else None) if at), default=None)
    rings = any(leg.rings for leg in legs)
    # Between the agent's answer and the citizen's first ring there is nothing but waiting for the line.
    going_on = CallState.TALKING if answered_at else CallState.RINGING if rings or own else CallState.OFFERED
    if answered_at and any(leg.held for leg in legs):
        going_on = CallState.HELD
    return Call(
        **parties(story, "out"),
        state=CallState.ENDED if ended else going_on,
        outcome=reached(story, citizen, ended),
        queue="",
        agent=own[0].agent if own else next((event.agent for event in story if event.agent), ""),
        offered_at=offered(story),
        answered_at=answered_at,
        agent_left_at=None,
        **end_told(story, ended),
        estimated=concluded_end(ended),
        talk_ms=milliseconds(answered_at, stop) if answered_at else None,
        hold_ms=sum(leg.held_ms for leg in legs),
        legs=legs,
        **rest(story),
    )


def reached(story: list[PhoneEvent], citizen: Leg | None, ended: PhoneEvent | None) -> CallOutcome | None:
    """回呼结果: what the citizen's own leg says comes first, then what ringing the agent came to.

    A second request under the same number is told "failed" while the first still rings, so that word counts only when
    nothing better is known and the call is over."""
    told = next((event.said("result") for event in story if event.type is Type.RESULT), "")
    if told:
        return CallOutcome(told) if told in set(CallOutcome) else CallOutcome.FAILED
    if citizen and (citizen.result or citizen.answered_at):
        return CallOutcome.ANSWERED if citizen.answered_at else DIALLED_TO.get(citizen.result, CallOutcome.FAILED)
    rung = {event.said("status") for event in story if event.type is Type.ORIGINATED}
    begun = any(event.type is Type.LEG_STARTED for event in story)
    if "answered" in rung:
        return CallOutcome.CANCELLED if ended else None
    if "no_answer" in rung:
        return CallOutcome.AGENT_NO_ANSWER
    if ended and ended.type is Type.LOST:
        return CallOutcome.LOST
    if rung and (ended or not begun):
        return CallOutcome.FAILED
    return CallOutcome.CANCELLED if ended else None


def end_of(story: list[PhoneEvent], legs: tuple[Leg, ...], out: bool) -> PhoneEvent | None:
    """通话结束: said by the PBX, or the root channel hung up and, when we called, the citizen's too.

    What was heard comes before what was concluded: a call given up for lost may still be told to have ended."""
    said = [event for event in story if event.type is Type.ENDED]
    if said:
        return said[-1]
    roots = [event for event in story if event.type is Type.LEG_ENDED and event.leg == event.call]
    lost = [event for event in story if event.type is Type.LOST]
    open_citizens = [leg for leg in legs if out and not leg.agent and leg.ended_at is None and leg.talks]
    if roots and not open_citizens:
        return roots[-1] if not out else max(roots + theirs_ended(story, legs), key=lambda e: e.order)
    if lost:
        return lost[0]
    failed = [event for event in story if event.type is Type.ORIGINATED and event.said("status") != "answered"]
    begun = any(event.type is Type.LEG_STARTED for event in story)
    # The agent's telephone could not even be rung: there was no channel that could hang up.
    return failed[-1] if out and failed and not begun and len(failed) == originated(story) else None


def concluded_end(ended: PhoneEvent | None) -> bool:
    return ended is not None and (ended.type is Type.LOST or ended.logged)


def originated(story: list[PhoneEvent]) -> int:
    return sum(event.type is Type.ORIGINATED for event in story)


def theirs_ended(story: list[PhoneEvent], legs: tuple[Leg, ...]) -> list[PhoneEvent]:
    theirs = {leg.id for leg in legs if not leg.agent}
    return [event for event in story if event.type is Type.LEG_ENDED and event.leg in theirs]


def concluded(visits: tuple[Visit, ...], story: list[PhoneEvent], ended: PhoneEvent | None) -> CallOutcome | None:
    outcomes = [visit.outcome for visit in visits]
    if CallOutcome.ANSWERED in outcomes:
        return CallOutcome.ANSWERED
    if visits and outcomes[-1] is not None:
        return outcomes[-1]
    if ended is None:
        return None
    return CallOutcome.LOST if ended.type is Type.LOST else CallOutcome.BEFORE_QUEUE


def going(story: list[PhoneEvent], legs: tuple[Leg, ...], answered: bool, left: list[datetime]) -> CallState:
    if any(leg.talks and leg.held for leg in legs):
        return CallState.HELD
    if any(leg.talks for leg in legs):
        return CallState.TALKING
    if any(leg.rings for leg in legs):
        return CallState.RINGING
    if left or answered:
        return CallState.CLOSING
    queued = [event.at for event in story if event.type is Type.QUEUED]
    gone = [event.at for event in story if event.type in (Type.LEFT_QUEUE, Type.OVERFLOWED, Type.ABANDONED)]
    return CallState.QUEUED if queued and max(queued) >= max(gone, default=max(queued)) else CallState.OFFERED


def heard(story: list[PhoneEvent], kind: Type) -> bool:
    return any(event.type is kind and not event.snapshot for event in story)


def offered(story: list[PhoneEvent]) -> datetime:
    return next((event.at for event in story if event.type is Type.OFFERED), story[0].at)


def parties(story: list[PhoneEvent], direction: str) -> dict[str, Any]:
    """Who is the citizen: whoever calls us, or whom we call."""
    callers = [event.caller for event in story if event.caller]
    called = [event.called for event in story if event.called]
    theirs, ours = (called, callers) if direction == "out" else (callers, called)
    first = {"citizen": theirs[0] if theirs else "", "line": ours[0] if ours else ""}
    return {"provider": story[0].provider, "call": story[0].call, "direction": direction, **first}


def end_told(story: list[PhoneEvent], ended: PhoneEvent | None) -> dict[str, Any]:
    return (
        {}
        if ended is None
        else {"ended_at": ended.at, "ended_by": who_ended(story, ended), "cause": ended.said("cause")}
    )


def who_ended(story: list[PhoneEvent], ended: PhoneEvent) -> str:
    """Whoever hung up first; a talk that was passed on ends with whoever hung up last."""
    left = [event.said("reason") for event in story if event.type is Type.AGENT_LEFT]
    told = {"caller": "citizen"}.get(left[-1], left[-1]) if left else ended.said("by")
    if told in ("citizen", "agent"):
        return told
    asked = [event for event in story if event.type is Type.HANGUP_ASKED]
    if not asked:
        return "pbx"
    root = asked[-1].leg == asked[-1].call
    # The root of a call that came in is the citizen's own channel; of one that we made, the agent's.
    return "citizen" if root is (direction_of(story) == "in") else "agent"


def rest(story: list[PhoneEvent]) -> dict[str, Any]:
    """What belongs to a call of either direction: survey, recording, transfers."""
    scores = [event.counted("score") for event in story if event.type is Type.SURVEY]
    named = [
        event.said("ref") for event in story if event.type in (Type.RECORDING, Type.RECORDED) and event.said("ref")
    ]
    ready = [event for event in story if event.type is Type.RECORDED]
    passed = tuple(
        Passed(event.at, event.said("kind"), event.said("from") or event.agent, event.said("to"))
        for event in story
        if event.type is Type.TRANSFERRED
    )
    return {
        "score": next((score for score in scores if score is not None), None),
        "recording": named[-1] if named else "",
        "recording_bytes": ready[-1].counted("bytes") if ready else None,
        # A file that holds nothing but its head (44 bytes) is no recording.
        "recording_ready": bool(ready) and (ready[-1].counted("bytes") or HEAD + 1) > HEAD,
        "passed": passed,
    }
