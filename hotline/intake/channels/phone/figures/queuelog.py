"""`queue_log`, the PBX's own durable account, and where ours differs from it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from hotline.intake.channels.phone.call import CallOutcome, Visit

EXITS = frozenset({"EXITWITHTIMEOUT", "EXITWITHKEY", "EXITEMPTY", "EXITWITHSTATUS"})
TOLERANCE_MS = 1500
"""Its moments are whole seconds, each cut off: two of them differ from the truth by up to one, and ours are rounded."""


class Line(msgspec.Struct, frozen=True):
    """One line of it: what happened to which call, in whole seconds."""

    at: int
    call: str
    queue: str
    agent: str
    event: str
    data: tuple[str, ...]

    def number(self, place: int) -> int | None:
        return int(self.data[place]) if place < len(self.data) and self.data[place].isdecimal() else None

    def text(self, place: int) -> str:
        return self.data[place] if place < len(self.data) else ""


def line_of(text: str) -> Line | None:
    """None for what is no line of a queue_log."""
    parts = text.rstrip("\n").split("|")
    if len(parts) < 5 or not (parts[0].isascii() and parts[0].isdecimal()):
        return None
    at, call, queue, agent, event, *data = parts
    return Line(int(at), call, queue, agent, event, tuple(data))


class Logged(msgspec.Struct, frozen=True):
    """One stay as the PBX wrote it down."""

    call: str
    queue: str
    at: int
    outcome: CallOutcome | None = None
    agent: str = ""
    wait_s: int | None = None
    talk_s: int | None = None


class Difference(msgspec.Struct, frozen=True):
    call: str
    queue: str
    what: str
    """missing, extra, outcome, agent, wait or talk."""
    theirs: str
    ours: str


class Balance(msgspec.Struct, frozen=True):
    """One queue in numbers: entered = answered + abandoned + left otherwise."""

    queue: str
    entered: int
    answered: int
    abandoned: int
    overflowed: int
    lost: int
    open: int


class Reconciled(msgspec.Struct, frozen=True):
    begin: datetime | None
    end: datetime | None
    theirs: list[Balance]
    ours: list[Balance]
    differences: list[Difference]


Ours = dict[str, tuple[Visit, ...]]


def read(lines: Iterable[str]) -> tuple[list[Logged], int | None, int | None]:
    """The stays, and the first and last second of the log."""
    found = [line for line in map(line_of, lines) if line is not None]
    return stays_in(found), (found[0].at if found else None), (found[-1].at if found else None)


def stays_in(lines: Iterable[Line]) -> list[Logged]:
    """A PBX that starts again has lost whoever still waited."""
    stays: list[Logged] = []
    open_: dict[str, int] = {}
    for line in lines:
        if line.event == "ENTERQUEUE":
            open_[line.call] = len(stays)
            stays.append(Logged(line.call, line.queue, line.at))
        elif line.event == "QUEUESTART":
            for place in open_.values():
                if stays[place].outcome is None:
                    stays[place] = msgspec.structs.replace(stays[place], outcome=CallOutcome.LOST)
            open_ = {}
        elif line.call in open_:
            stays[open_[line.call]] = told(stays[open_[line.call]], line)
    return stays


def told(stay: Logged, line: Line) -> Logged:
    change = msgspec.structs.replace
    if line.event == "CONNECT":
        return change(stay, outcome=CallOutcome.ANSWERED, agent=line.agent, wait_s=line.number(0))
    if line.event == "ABANDON":
        return change(stay, outcome=CallOutcome.ABANDONED, wait_s=line.number(2))
    if line.event in EXITS:
        return change(stay, outcome=CallOutcome.OVERFLOWED, wait_s=line.number(2))
    if line.event in ("COMPLETECALLER", "COMPLETEAGENT"):
        return change(stay, talk_s=line.number(1))
    if line.event in ("BLINDTRANSFER", "ATTENDEDTRANSFER"):
        return change(stay, talk_s=line.number(3))
    return stay


def reconcile(lines: Iterable[str], ours: Ours) -> Reconciled:
    """`ours`: the visits of all calls that waited in the time of the log, by the PBX's own number of the call."""
    stays, first, last = read(lines)
    theirs: dict[str, list[Logged]] = {}
    for stay in stays:
        theirs.setdefault(stay.call, []).append(stay)
    differences = [found for call, told_of in theirs.items() for found in compared(call, told_of, ours.get(call, ()))]
    differences += [
        Difference(call, visit.queue, "extra", "", visit.queued_at.isoformat())
        for call, visits in ours.items()
        if call not in theirs
        for visit in visits
        if first is not None and last is not None and first < visit.queued_at.timestamp() < last
    ]
    return Reconciled(
        begin=moment(first),
        end=moment(last),
        theirs=balances([(stay.queue, stay.outcome) for stay in stays]),
        ours=balances([(v.queue, v.outcome) for call, visits in ours.items() if call in theirs for v in visits]),
        differences=sorted(differences, key=lambda d: (d.call, d.what)),
    )


def moment(at: int | None) -> datetime | None:
    return datetime.fromtimestamp(at, UTC) if at is not None else None


def compared(call: str, theirs: Sequence[Logged], ours: Sequence[Visit]) -> list[Difference]:
    found = [
        Difference(call, stay.queue, "missing", str(stay.outcome or "waiting"), "") for stay in theirs[len(ours) :]
    ]
    for stay, visit in zip(theirs, ours, strict=False):
        found += differing(call, stay, visit)
    return found


def differing(call: str, stay: Logged, visit: Visit) -> list[Difference]:
    found = []
    if stay.outcome is not visit.outcome:
        found.append(Difference(call, stay.queue, "outcome", str(stay.outcome or ""), str(visit.outcome or "")))
    if stay.agent != visit.agent:
        found.append(Difference(call, stay.queue, "agent", stay.agent, visit.agent))
    for what, seconds, milliseconds in (("wait", stay.wait_s, visit.wait_ms), ("talk", stay.talk_s, visit.talk_ms)):
        if seconds is not None and (milliseconds is None or abs(seconds * 1000 - milliseconds) > TOLERANCE_MS):
            found.append(Difference(call, stay.queue, what, f"{seconds}s", f"{milliseconds}ms"))
    return found


def balances(stays: Sequence[tuple[str, CallOutcome | None]]) -> list[Balance]:
    found = []
    for queue in sorted({queue for queue, _ in stays}):
        outcomes = [outcome for of, outcome in stays if of == queue]
        found.append(
            Balance(
                queue,
                len(outcomes),
                outcomes.count(CallOutcome.ANSWERED),
                outcomes.count(CallOutcome.ABANDONED),
                outcomes.count(CallOutcome.OVERFLOWED),
                outcomes.count(CallOutcome.LOST),
                outcomes.count(None),
            )
        )
    return found
