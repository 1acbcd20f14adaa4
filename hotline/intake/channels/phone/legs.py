"""The parties that were called for one call, each with its own beginning, answer and end."""

import re
from datetime import datetime, timedelta

from hotline.intake.channels.phone.call import Leg, milliseconds
from hotline.intake.channels.phone.event import PhoneEvent, Type

ENDS = {
    "ANSWER": "answered",
    "BUSY": "busy",
    "NOANSWER": "no_answer",
    "CANCEL": "cancelled",
    "answered": "answered",
    "busy": "busy",
    "no_answer": "no_answer",
    "cancelled": "cancelled",
}
"""What a PBX or a bridge calls it; everything else is `failed`."""
CONFERENCE = "conference"
"""三方通话, as a kind of being passed on: nobody leaves."""
CALLED = frozenset({Type.RINGING, Type.DIALLED, Type.ANSWERED, Type.AGENT_LEFT})


def legs_of(story: list[PhoneEvent], out: bool) -> tuple[Leg, ...]:
    """Legs in the order in which they were called. The root of a call that came in is the citizen and no leg of ours."""
    ids: dict[str, None] = {}
    for event in story:
        if event.type in CALLED and event.leg and (out or event.leg != event.call):
            ids.setdefault(event.leg)
    over = next((e.at for e in story if e.type in (Type.ENDED, Type.LOST) or ends_all(e, out)), None)
    return tuple(leg_of(id_, [event for event in story if event.leg == id_], over, out) for id_ in ids)


def ends_all(event: PhoneEvent, out: bool) -> bool:
    """With the citizen everybody is gone; the hang-ups of the others follow, or were lost with the link."""
    return not out and event.type is Type.LEG_ENDED and event.leg == event.call


def leg_of(id_: str, story: list[PhoneEvent], over: datetime | None, out: bool) -> Leg:
    rang = [event.at for event in story if event.type in (Type.RINGING, Type.DIALLED)]
    answered_at = answer_of(story)
    left = [event.at for event in story if event.type is Type.AGENT_LEFT]
    gone = [event.at for event in story if event.type is Type.LEG_ENDED]
    result = "answered" if answered_at else result_of(story)
    ended_at = min([*left, *gone], default=over)
    if result not in ("", "answered"):
        ended_at = min((e.at for e in story if e.type in (Type.RING_ENDED, Type.DIAL_ENDED)), default=ended_at)
    held_ms, held = holding(story, ended_at)
    return Leg(
        id=id_,
        agent=next((event.agent for event in story if event.agent), ""),
        rang_at=min(rang, default=None),
        answered_at=min(answered_at, ended_at) if answered_at and ended_at else answered_at,
        ended_at=ended_at,
        result=result or ("cancelled" if ended_at else ""),
        held_ms=held_ms,
        held=held and ended_at is None,
        number="" if out else next((number for event in story if (number := office(event.called))), ""),
    )


def answer_of(story: list[PhoneEvent]) -> datetime | None:
    """Heard, or concluded: from two parties joined, from what the end of the talk tells, from a snapshot."""
    heard = [event.at for event in story if event.type is Type.ANSWERED and not event.snapshot]
    # A telephone picked up is not yet a caller answered: the queue's own word comes first.
    heard = heard or [event.at for event in story if event.type is Type.DIAL_ENDED and ends(event) == "answered"]
    if heard:
        return min(heard)
    for event in story:
        if event.type is Type.AGENT_LEFT:
            return before(event, event.counted("talk_ms"))
    seen = [event.at for event in story if event.type in (Type.ANSWERED, Type.LEG_JOINED)]
    return min(seen, default=None)


def before(event: PhoneEvent, talked: int | None) -> datetime:
    return event.at - timedelta(milliseconds=talked or 0)


def ends(event: PhoneEvent) -> str:
    said = event.said("status") or event.said("reason")
    return ENDS.get(said, "failed") if said else ""


def result_of(story: list[PhoneEvent]) -> str:
    """The first word counts: a PBX may say NOANSWER and then CANCEL of one and the same leg."""
    return next((ends(event) for event in story if event.type in (Type.RING_ENDED, Type.DIAL_ENDED)), "")


def goes_on(event: PhoneEvent) -> bool:
    """Resumed by hand, or because all three talk with each other now."""
    return event.type is Type.RESUMED or (event.type is Type.TRANSFERRED and event.said("kind") == CONFERENCE)


def office(called: str) -> str:
    return "" if re.fullmatch(r"(\+?86)?1[3-9][0-9]{9}", called) else called


def holding(story: list[PhoneEvent], until: datetime | None) -> tuple[int, bool]:
    held, since = 0, None
    for event in story:
        if event.type is Type.HELD and since is None:
            since = event.at
        elif goes_on(event) and since is not None:
            held, since = held + (milliseconds(since, event.at) or 0), None
    if since is not None and until is not None:
        return held + (milliseconds(since, until) or 0), False
    return held, since is not None
