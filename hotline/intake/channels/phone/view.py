"""A call as a person may see it: the citizen's number in full only for whoever has them on the telephone."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from hotline.intake.channels.phone.call import OUTCOME_NAMES, Call, CallOutcome, CallState, Leg, Passed, Visit
from hotline.intake.channels.phone.legs import CONFERENCE
from hotline.intake.channels.phone.seats.seat import Seat
from hotline.intake.channels.phone.store import Kept
from hotline.tickets.privacy import masked_phone

FRESH = timedelta(seconds=15)
"""弹屏: older rings no longer open a screen; after a broken line they may be long over."""
Sitters = Mapping[tuple[str, str], Seat]
"""Who sits at which telephone: (provider, agent) → their seat."""


class Party(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody on the call besides the citizen: an agent, or an office that was called in."""

    person_id: int | None
    name: str
    """A colleague's name, else the number called; empty for a number that is a person's own."""
    talks: bool
    """Else their telephone still rings."""
    since: datetime | None


class CallRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call in lists and in the live feed."""

    id: str
    number: int
    """Grows with each change: of two rows of one call the higher is the newer."""
    direction: str
    state: CallState
    outcome: CallOutcome | None
    outcome_name: str
    citizen: str
    """Masked, except for those who talk with them; empty when the number was withheld."""
    line: str
    queue: str
    agent: str
    person_id: int | None
    person: str | None
    offered_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    agent_left_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    estimated: bool
    wait_ms: int | None
    talk_ms: int | None
    hold_ms: int
    score: int | None
    recording_ready: bool
    tickets: tuple[int, ...]
    parties: tuple[Party, ...]
    """Who is on it or being called in now, in the order they were called."""
    three: bool
    """三方通话: all of them hear each other."""
    rings: tuple[int, ...]
    """People whose telephones ring for it now."""
    pop: bool
    """It rings at yours, and has only just begun to: open the sheet. Close it when you are no longer in `rings`."""
    step: str = ""
    """骚扰来电处置 of the number when it called: remind, lower, limit or block; empty: none."""


class CallPage(msgspec.Struct, frozen=True):
    items: list[CallRow]
    next_cursor: str | None


class Recorded(StrEnum):
    NONE = "none"  # 没有录音
    PENDING = "pending"  # 还在通话,或文件还在写
    READY = "ready"  # 可以调听


class CallView(msgspec.Struct, frozen=True):
    """One call with its parts."""

    call: CallRow
    legs: tuple[Leg, ...]
    visits: tuple[Visit, ...]
    passed: tuple[Passed, ...]
    recorded: Recorded
    hearing: str
    """Why this person may not hear it; empty: they may."""


def recorded(call: Call) -> Recorded:
    if call.recording_ready:
        return Recorded.READY
    waits = call.recording != "" and call.recording_bytes is None and not call.estimated
    return Recorded.PENDING if waits else Recorded.NONE


def row_for(kept: Kept, person_id: int | None, sitters: Sitters, now: datetime) -> CallRow:
    call = kept.call
    ringing = [(sitters[at].person_id, leg) for leg in call.ringing if (at := (call.provider, leg.agent)) in sitters]
    mine = [leg for who, leg in ringing if who == person_id]
    talks = person_id is not None and (
        person_id == kept.person_id or bool(mine) or takes_part(call, person_id, sitters)
    )
    return CallRow(
        id=call.id,
        number=kept.number,
        direction=call.direction,
        state=call.state,
        outcome=call.outcome,
        outcome_name=OUTCOME_NAMES[call.outcome] if call.outcome else "",
        citizen=call.citizen if talks else masked_phone(call.citizen) or "",
        line=call.line,
        queue=call.queue,
        agent=call.agent,
        person_id=kept.person_id,
        person=kept.person,
        offered_at=call.offered_at,
        queued_at=call.queued_at,
        answered_at=call.answered_at,
        agent_left_at=call.agent_left_at,
        ended_at=call.ended_at,
        ended_by=call.ended_by,
        estimated=call.estimated,
        wait_ms=call.wait_ms,
        talk_ms=call.talk_ms,
        hold_ms=call.hold_ms,
        score=call.score,
        recording_ready=call.recording_ready,
        tickets=kept.tickets,
        parties=parties_of(call, sitters),
        three=in_three(call),
        rings=tuple(dict.fromkeys(who for who, _ in ringing if who is not None)),
        step=kept.step,
        pop=any(leg.rang_at is not None and now - leg.rang_at < FRESH for leg in mine),
    )


def sitting(seats: Iterable[Seat]) -> dict[tuple[str, str], Seat]:
    return {(seat.provider, seat.agent): seat for seat in seats if seat.person_id is not None}


def sits_at(call: Call, leg: Leg, sitters: Sitters) -> int | None:
    seat = sitters.get((call.provider, leg.agent))
    return seat.person_id if seat else None


def takes_part(call: Call, person_id: int, sitters: Sitters) -> bool:
    """Whether this person is on it now: a call that was passed on has a second agent."""
    return not call.over and any(leg.talks and sits_at(call, leg, sitters) == person_id for leg in call.legs)


def parties_of(call: Call, sitters: Sitters) -> tuple[Party, ...]:
    """Without the citizen; of a call that we made they are the first leg that is no agent's."""
    if call.over:
        return ()
    citizen = next((leg.id for leg in call.legs if not leg.agent), "") if call.direction == "out" else call.call
    return tuple(
        Party(sits_at(call, leg, sitters), seat.person or "" if seat else leg.number, leg.talks, leg.answered_at)
        for leg in call.legs
        if leg.id != citizen and (leg.talks or leg.rings)
        for seat in [sitters.get((call.provider, leg.agent))]
    )


def in_three(call: Call) -> bool:
    """As long as two more than the citizen are on it since they were joined."""
    return (
        not call.over
        and any(one.kind == CONFERENCE for one in call.passed)
        and sum(leg.talks for leg in call.legs) > (1 if call.direction == "in" else 2)
    )


def concerns(kept: Kept, person_id: int | None, sitters: Sitters) -> bool:
    """Whose call it is, or at whose telephone it rings."""
    if person_id is None:
        return False
    at = {sits_at(kept.call, leg, sitters) for leg in kept.call.legs if leg.ended_at is None}
    return person_id == kept.person_id or person_id in at
