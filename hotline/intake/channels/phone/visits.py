"""A call's stays in queues: how long it waited in each, and how each wait ended.

Whether a caller gave up or the queue did is not what `call.left_queue` says: it comes of both. The caller gave up when
they hung up first, or when nothing of the call followed but its end; else the call went on elsewhere (溢出)."""

from datetime import datetime, timedelta

from hotline.intake.channels.phone.call import CallOutcome, Visit, milliseconds
from hotline.intake.channels.phone.event import PhoneEvent, Type

GOES_ON = frozenset(
    {Type.QUEUED, Type.RINGING, Type.DIALLED, Type.SURVEY, Type.OVERFLOWED, Type.ANSWERED, Type.LEG_JOINED}
)
GONE = {Type.ABANDONED: CallOutcome.ABANDONED, Type.OVERFLOWED: CallOutcome.OVERFLOWED}
AT_ONCE = timedelta(seconds=1)


def visits_of(story: list[PhoneEvent], ended: datetime | None) -> tuple[Visit, ...]:
    stays: list[list[PhoneEvent]] = []
    for event in story:
        if event.type is Type.QUEUED and (not stays or event.queue != stays[-1][0].queue or left(stays[-1])):
            stays.append([event])
        elif stays:
            stays[-1].append(event)
    if not stays:
        # The beginning was not heard: an answer or an end still tells of a queue.
        told = [event for event in story if event.queue]
        stays = [[e for e in story if e.order >= told[0].order]] if told else []
    return tuple(visit_of(stay, story, ended, at == len(stays) - 1) for at, stay in enumerate(stays))


def left(stay: list[PhoneEvent]) -> bool:
    return any(e.type in (Type.LEFT_QUEUE, Type.ABANDONED, Type.OVERFLOWED) for e in stay)


def visit_of(stay: list[PhoneEvent], story: list[PhoneEvent], ended: datetime | None, last: bool) -> Visit:
    began = beginning(stay)
    queue = next((event.queue for event in stay if event.queue), "")
    answer = answered(stay, began)
    if answer is not None:
        at, event = answer
        talk = [e for e in stay if e.type is Type.AGENT_LEFT and e.leg == event.leg]
        talked = milliseconds(at, talk[0].at) if talk else milliseconds(at, ended)
        waits = milliseconds(began, at)
        return Visit(queue, began, CallOutcome.ANSWERED, at, waits, event.agent, event.leg, talked)
    outcome, at_ = unanswered(stay, story, ended, last)
    read = next((e.counted("wait_ms") for e in stay if e.type in GONE and e.logged and e.at == at_), None)
    return Visit(queue, began, outcome, at_, milliseconds(began, at_) if read is None else read)


def beginning(stay: list[PhoneEvent]) -> datetime:
    """As heard; a snapshot only counts whole seconds back."""
    joined = [event for event in stay if event.type is Type.QUEUED]
    return min((e.at for e in joined if not e.snapshot), default=stay[0].at)


def answered(stay: list[PhoneEvent], began: datetime) -> tuple[datetime, PhoneEvent] | None:
    """When and by whom: as heard, else as the end of the talk tells, else as a snapshot saw it."""
    heard = [event for event in stay if event.type is Type.ANSWERED]
    real = [event for event in heard if not event.snapshot]
    if real:
        return real[0].at, real[0]
    told = [event for event in stay if event.type is Type.AGENT_LEFT]
    if told:
        waited = told[0].counted("wait_ms")
        if waited is not None:
            return min(began + timedelta(milliseconds=waited), told[0].at), told[0]
        return told[0].at - timedelta(milliseconds=told[0].counted("talk_ms") or 0), told[0]
    return (heard[0].at, heard[0]) if heard else None


def unanswered(
    stay: list[PhoneEvent], story: list[PhoneEvent], ended: datetime | None, last: bool
) -> tuple[CallOutcome | None, datetime | None]:
    said = [event for event in stay if event.type in GONE]
    undecided = [event for event in stay if event.type is Type.LEFT_QUEUE]
    if not undecided and not said:
        if not last:
            return CallOutcome.OVERFLOWED, None
        lost = any(event.type is Type.LOST for event in story) and not really_ended(story)
        # Hung up while waiting, and the queue's own word for it was not heard.
        return (CallOutcome.LOST if lost else CallOutcome.ABANDONED if ended else None), ended
    at = (undecided or said)[0].at
    if said:
        return GONE[said[0].type], at
    if hung_up_first(stay, at):
        return CallOutcome.ABANDONED, at
    if any(event.at >= at and event.type in GOES_ON and event is not undecided[0] for event in story):
        return CallOutcome.OVERFLOWED, at
    if ended is None:
        return None, at
    return (CallOutcome.ABANDONED if ended - at <= AT_ONCE else CallOutcome.OVERFLOWED), at


def hung_up_first(stay: list[PhoneEvent], at: datetime) -> bool:
    return any(e.type is Type.HANGUP_ASKED and e.leg == e.call and e.at <= at for e in stay)


def really_ended(story: list[PhoneEvent]) -> bool:
    return any(e.type is Type.ENDED or (e.type is Type.LEG_ENDED and e.leg == e.call) for e in story)
