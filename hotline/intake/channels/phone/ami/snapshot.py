"""What a PBX shows when we come back to it, as events: AMI repeats nothing of what happened meanwhile."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from hotline.intake.channels.phone.ami.plan import Plan
from hotline.intake.channels.phone.ami.translate import state_of_member, whole
from hotline.intake.channels.phone.ami.wire import Message, header
from hotline.intake.channels.phone.call import Call
from hotline.intake.channels.phone.event import PhoneEvent, Type, number

RINGS = frozenset({"4", "5"})


class Shown(msgspec.Struct, frozen=True):
    """One look at the PBX."""

    boot: str
    queue: Sequence[Message]
    channels: Sequence[Message]


class Look:
    """Events of one look; their keys are its own, for each look is news."""

    def __init__(self, plan: Plan, boot: str, now: datetime) -> None:
        self.plan, self.boot, self.now = plan, boot, now

    def event(
        self, type_: Type, call: str = "", leg: str = "", at: datetime | None = None, **said: object
    ) -> PhoneEvent:
        at = min(at, self.now) if at else self.now
        key = f"snapshot|{type_}|{call}|{leg}|{said.get('agent', '')}|{self.now.isoformat()}"
        base = {"provider": self.plan.provider, "boot": self.boot, "event_key": key[:300], "snapshot": True}
        fields = {**base, "type": type_, "call": call, "leg": leg, "at": at, "received_at": self.now, **said}
        return msgspec.convert(fields, PhoneEvent)


def snapshot(plan: Plan, shown: Shown, known: Sequence[Call], seats: Iterable[str], now: datetime) -> list[PhoneEvent]:
    """What is there, what of our open calls is not there any more, and who of our agents is no longer in the queue.

    `known` are our calls that are not over, `seats` our agents' names."""
    look = Look(plan, shown.boot, now)
    return [*members(look, shown.queue, seats), *here(look, shown), *gone(look, shown.channels, known)]


def members(look: Look, queue: Sequence[Message], seats: Iterable[str]) -> list[PhoneEvent]:
    found = [m for m in queue if header(m, "Event") == "QueueMember" and header(m, "Queue") == look.plan.queue]
    events = []
    for member in found:
        extension = look.plan.extension_of(header(member, "Location") or header(member, "Interface"))
        data = {**state_of_member(member), "extension": extension}
        events.append(look.event(Type.AGENT, agent=header(member, "Name"), queue=look.plan.queue, data=data))
    absent = sorted(set(seats) - {header(member, "Name") for member in found})
    return [*events, *(look.event(Type.AGENT, agent=name, data={"state": "signed_out"}) for name in absent)]


def here(look: Look, shown: Shown) -> list[PhoneEvent]:
    entries = {header(m, "Uniqueid"): m for m in shown.queue if header(m, "Event") == "QueueEntry"}
    bridged = {header(c, "Linkedid") for c in shown.channels if header(c, "BridgeId") and is_root(c)}
    return [event for channel in shown.channels for event in of_channel(look, channel, entries, bridged)]


def is_root(channel: Message) -> bool:
    return header(channel, "Uniqueid") == header(channel, "Linkedid")


def of_channel(look: Look, channel: Message, entries: dict[str, Message], bridged: set[str]) -> list[PhoneEvent]:
    id_, call, agent = (header(channel, "Uniqueid"), header(channel, "Linkedid"), look.plan.agent_at(name_of(channel)))
    if name_of(channel).startswith("Local/"):
        return []
    began = look.now - lasted(header(channel, "Duration"))
    if is_root(channel):
        if agent:
            return [look.event(Type.LEG_STARTED, call, id_, began, agent=agent, direction="out")]
        told = {"caller": number(header(channel, "CallerIDNum")), "called": number(header(channel, "Exten"))}
        events = [look.event(Type.OFFERED, call, id_, began, direction="in", **told)]
        if id_ in entries:
            waited = timedelta(seconds=whole(header(entries[id_], "Wait")) or 0)
            queue = header(entries[id_], "Queue")
            events.append(look.event(Type.QUEUED, call, id_, look.now - waited, direction="in", queue=queue, **told))
        return events
    if header(channel, "ChannelState") in RINGS:
        # Not a ring of just now: a screen must not open for it again.
        return [look.event(Type.RINGING if agent else Type.DIALLED, call, id_, began, agent=agent)]
    if header(channel, "BridgeId") and call in bridged and agent:
        return [look.event(Type.ANSWERED, call, id_, agent=agent, queue=look.plan.queue)]
    return [look.event(Type.LEG_JOINED, call, id_, agent=agent)] if header(channel, "BridgeId") else []


def name_of(channel: Message) -> str:
    return header(channel, "Channel")


def lasted(text: str) -> timedelta:
    """`00:01:07`"""
    parts = [int(part) for part in text.split(":") if part.isascii() and part.isdecimal()]
    if len(parts) != 3:
        return timedelta(0)
    return timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])


def gone(look: Look, channels: Sequence[Message], known: Sequence[Call]) -> list[PhoneEvent]:
    """What ended while nobody heard: a call without its root is lost, a leg that is no longer there has ended."""
    there = {header(channel, "Uniqueid") for channel in channels}
    calls = {header(channel, "Linkedid") for channel in channels}
    events = [look.event(Type.LOST, call.call) for call in known if call.call not in calls]
    for call in known:
        ended = [leg for leg in call.legs if leg.ended_at is None and leg.id not in there and call.call in calls]
        events += [look.event(Type.LEG_ENDED, call.call, leg.id) for leg in ended if leg.id != call.call]
    return events
