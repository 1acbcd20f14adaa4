"""A call as a person may see it: the citizen's number in full only for whoever has them on the telephone."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from hotline.intake.channels.phone.call import OUTCOME_NAMES, Call, CallOutcome, CallState, Leg, Passed, Visit
from hotline.intake.channels.phone.store import Kept
from hotline.tickets.privacy import masked_phone

FRESH = timedelta(seconds=15)
"""弹屏: older rings no longer open a screen; after a broken line they may be long over."""
Sitters = Mapping[tuple[str, str], int]
"""Who sits at which telephone: (provider, agent) → person."""


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
    rings: tuple[int, ...]
    """People whose telephones ring for it now."""
    pop: bool
    """It rings at yours, and has only just begun to: open the sheet. Close it when you are no longer in `rings`."""


class CallPage(msgspec.Struct, frozen=True):
    items: list[CallRow]
    next_cursor: str | None


class CallView(msgspec.Struct, frozen=True):
    """One call with its parts."""

    call: CallRow
    legs: tuple[Leg, ...]
    visits: tuple[Visit, ...]
    passed: tuple[Passed, ...]


def row_for(kept: Kept, person_id: int | None, sitters: Sitters, now: datetime) -> CallRow:
    call = kept.call
    ringing = [(sitters[at], leg) for leg in call.ringing if (at := (call.provider, leg.agent)) in sitters]
    mine = [leg for who, leg in ringing if who == person_id]
    talks = person_id is not None and (person_id == kept.person_id or bool(mine) or parties(call, person_id, sitters))
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
        rings=tuple(dict.fromkeys(who for who, _ in ringing)),
        pop=any(leg.rang_at is not None and now - leg.rang_at < FRESH for leg in mine),
    )


def parties(call: Call, person_id: int, sitters: Sitters) -> bool:
    """Whether this person is on it now: a call that was passed on has a second agent."""
    return not call.over and any(
        leg.talks and sitters.get((call.provider, leg.agent)) == person_id for leg in call.legs
    )


def concerns(kept: Kept, person_id: int | None, sitters: Sitters) -> bool:
    """Whose call it is, or at whose telephone it rings."""
    if person_id is None:
        return False
    at = {sitters.get((kept.call.provider, leg.agent)) for leg in kept.call.legs if leg.ended_at is None}
    return person_id == kept.person_id or person_id in at
