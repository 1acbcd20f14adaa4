"""What happened while nobody listened, from the PBX's own queue_log: AMI repeats nothing of it.

Only calls of which the log knows something that we do not are told of, each line as an event of its own under a key made
of the line: told twice it is the same event, and whatever was heard of the same thing counts before it (`heard_first`)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hotline.intake.channels.phone.ami.plan import Plan
from hotline.intake.channels.phone.event import LOGGED, PhoneEvent, Type, number
from hotline.intake.channels.phone.figures.queuelog import EXITS, Line, Logged, Ours, compared, line_of, stays_in

WITHIN = timedelta(milliseconds=999)
"""A moment of the log is cut off to its second. Whatever ends is put at the end of it: what began then was before."""
TICK = timedelta(microseconds=1)
ENDS_WITH = {"ABANDON": "citizen", "COMPLETECALLER": "citizen", "COMPLETEAGENT": "agent"}


class Told:
    """The log of a time, call by call."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.calls: dict[str, list[Line]] = {}
        self.died: dict[str, int] = {}
        """When the PBX started again, of each call that it had not seen the end of."""
        for line in filter(None, map(line_of, lines)):
            if line.event == "QUEUESTART":
                under_way = (call for call, story in self.calls.items() if story[-1].event not in ENDS_WITH)
                self.died.update({call: line.at for call in under_way if call not in self.died})
            elif line.event == "ENTERQUEUE" or line.call in self.calls:
                self.calls.setdefault(line.call, []).append(line)

    def between(self, since: datetime, until: datetime) -> list[str]:
        """The calls of which the log says something last at that time."""
        begin, end = since.timestamp(), until.timestamp()
        return [call for call, lines in self.calls.items() if begin <= lines[-1].at + 1 and lines[-1].at <= end]


def made_good(
    plan: Plan, told: Told, calls: Iterable[str], ours: Ours, alive: Collection[str], now: datetime
) -> list[PhoneEvent]:
    """`alive`: the calls that the PBX still has, looked at after the log was read."""
    events: list[PhoneEvent] = []
    for call in calls:
        lines = told.calls[call]
        died = told.died.get(call)
        if died is None and not compared(call, stays_of(told, call), ours.get(call, ())):
            continue
        if died is not None and call in ours:
            # A look at the PBX that started again has said so already.
            continue
        events += events_of(plan, lines, call in alive, died, now)
    return events


def stays_of(told: Told, call: str) -> list[Logged]:
    died = told.died.get(call)
    again = [] if died is None else [Line(died, "NONE", "NONE", "NONE", "QUEUESTART", ())]
    return stays_in([*told.calls[call], *again])


def events_of(plan: Plan, lines: Sequence[Line], alive: bool, died: int | None, now: datetime) -> list[PhoneEvent]:
    at = moments(lines)
    connected = ""
    events = []
    for when, line in zip(at, lines, strict=True):
        connected = line.text(1) if line.event == "CONNECT" else connected
        events += [made(plan, line, kind, when, now, **said) for kind, said in meaning(line, connected)]
    last = lines[-1]
    if died is not None:
        events.append(made(plan, last, Type.LOST, second(died), now))
    elif not alive:
        # It went on elsewhere, if it did, and ended unheard: what is known is that it was over by now.
        said = {"data": {"by": ENDS_WITH.get(last.event, "pbx")}}
        events.append(made(plan, last, Type.ENDED, at[-1] + TICK, now, **said))
    return events


def second(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def moments(lines: Sequence[Line]) -> list[datetime]:
    """In the order of the log, whatever shares a second."""
    found = [second(line.at) + (timedelta(0) if line.event == "ENTERQUEUE" else WITHIN) for line in lines]
    for place, (before, after) in enumerate(pairwise(found), 1):
        found[place] = max(after, found[place - 1] + TICK, before)
    return found


def meaning(line: Line, connected: str) -> list[tuple[Type, dict[str, object]]]:
    root: dict[str, object] = {"leg": line.call}
    leg: dict[str, object] = {"leg": connected, "agent": line.agent}
    if line.event == "ENTERQUEUE":
        return [(Type.QUEUED, {**root, "direction": "in", "caller": number(line.text(1))})]
    if line.event == "CONNECT":
        return [(Type.ANSWERED, leg)]
    if line.event == "ABANDON":
        return [(Type.ABANDONED, {**root, "data": waited(line.number(2))})]
    if line.event in EXITS:
        return [(Type.OVERFLOWED, {**root, "data": waited(line.number(2))})]
    if line.event in ("COMPLETECALLER", "COMPLETEAGENT"):
        reason = "caller" if line.event == "COMPLETECALLER" else "agent"
        data = {"reason": reason, **waited(line.number(0)), **talked(line.number(1))}
        return [(Type.AGENT_LEFT, {**leg, "data": data})]
    if line.event in ("BLINDTRANSFER", "ATTENDEDTRANSFER"):
        blind = line.event == "BLINDTRANSFER"
        data = {"reason": "transfer", **waited(line.number(2)), **talked(line.number(3))}
        passed = {"kind": "blind" if blind else "attended", "from": line.agent, "to": line.text(0) if blind else ""}
        return [(Type.AGENT_LEFT, {**leg, "data": data}), (Type.TRANSFERRED, {**leg, "data": passed})]
    return []


def waited(seconds: int | None) -> dict[str, object]:
    return {} if seconds is None else {"wait_ms": seconds * 1000}


def talked(seconds: int | None) -> dict[str, object]:
    return {} if seconds is None else {"talk_ms": seconds * 1000}


def made(plan: Plan, line: Line, kind: Type, at: datetime, now: datetime, **said: object) -> PhoneEvent:
    said_data = said.pop("data", {})
    assert isinstance(said_data, dict)
    fields = {"provider": plan.provider, "call": line.call, "leg": line.call, "queue": line.queue, "snapshot": True}
    return PhoneEvent(
        event_key=f"queue_log|{line.event}|{kind}|{line.call}|{line.at}"[:300],
        type=kind,
        at=at,
        received_at=now,
        data={**said_data, LOGGED: True},
        **{**fields, **said},  # type: ignore[arg-type]
    )
