"""Which clocks of a ticket run now, when their lights change, and which history lines say so."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from hotline.directory.people import SYSTEM
from hotline.sla.calendar import Calendar, beijing
from hotline.sla.deadlines import (
    ClockKey,
    DeadlineKind,
    Level,
    Timer,
    consultation_due,
    dispatch_due,
    for_unit,
    runs_by_clock,
    timer,
)
from hotline.sla.policy import Limit, Policy
from hotline.tickets import lifecycle
from hotline.tickets.facts import Fact, MarkDeadline, Urge
from hotline.tickets.guards import GuardRefused
from hotline.tickets.history import Happened
from hotline.tickets.lifecycle import TransitionRefused
from hotline.tickets.states import ENDED, Decision, Light, OverlayKind, Part, Stage, State
from hotline.tickets.ticket import Assignment, Ticket

K = DeadlineKind


class Owed(msgspec.Struct, frozen=True):
    """What is waited for. Without `due` the policy gives it, from the moment it begins."""

    start: datetime | None = None
    due: datetime | None = None
    urgency: str = ""


def watching(ticket: Ticket) -> dict[ClockKey, Owed]:
    """Every clock that runs."""
    if ticket.state in ENDED:
        return {}
    if ticket.state is State.SUSPENDED:
        # 挂账: the ticket waits by decision, its units owe nothing but the next step of the plan (docs/rules.md C.3, 23).
        return dict(_overlays(ticket, OverlayKind.SHELVED, K.MILESTONE))
    owed = {ClockKey(a.id, kind): Owed(a.dispatched_at, due) for a in ticket.active for kind, due in awaited(a).items()}
    return owed | dict(_own(ticket))


def awaited(assignment: Assignment) -> dict[DeadlineKind, datetime]:
    """What the unit still owes, with its due time. While a reply is under review nothing is owed (docs/rules.md E.2)."""
    if not assignment.active:
        return {}
    owed = {
        K.SIGN: assignment.sign_due if assignment.signed_at is None else None,
        K.CONTACT: assignment.contact_due if assignment.contacted_at is None else None,
        K.FINISH: assignment.finish_due if assignment.stage is not Stage.REPLIED else None,
    }
    return {kind: due for kind, due in owed.items() if due}


def _own(ticket: Ticket) -> Iterator[tuple[ClockKey, Owed]]:
    """The centre's own clocks, and what was pressed onto the ticket."""
    if ticket.state is State.REGISTERED:
        yield ClockKey(0, K.DISPATCH), Owed(urgency=ticket.urgency.value)
    if ticket.state is State.CONSULTING:
        yield ClockKey(0, K.CONSULTATION), Owed()
    call = ticket.open_callback
    # Whom nobody is to call keeps nobody waiting.
    if call and (call.sampled or call.awaits_call):
        yield ClockKey(0, K.CALLBACK, call.id), Owed(call.opened_at, call.due)
    yield from _overlays(ticket, OverlayKind.LOW_RATING, K.LOW_RATING)
    pressed = (
        *_overlays(ticket, OverlayKind.SUPERVISION, K.SUPERVISE),
        *_overlays(ticket, OverlayKind.RECTIFICATION, K.RECTIFY),
    )
    yield from ((key, owed) for key, owed in pressed if not _answered(ticket, owed))


def _overlays(ticket: Ticket, kind: OverlayKind, clock: DeadlineKind) -> Iterator[tuple[ClockKey, Owed]]:
    for overlay in ticket.overlays:
        if overlay.kind is kind and overlay.due is not None and overlay.ended_at is None:
            yield ClockKey(0, clock, overlay.id), Owed(overlay.at, overlay.due)


def _answered(ticket: Ticket, letter: Owed) -> bool:
    """督办函 and 差评整改: the next reply answers it, unless that is refused."""
    return any(r.at >= letter.start and r.decision is not Decision.REFUSED for r in ticket.replies if letter.start)


def watched(
    ticket: Ticket, key: ClockKey, owed: Owed, policy: Policy, calendar: Calendar, *, begins: datetime
) -> Timer:
    """The moments at which the light of one clock changes; `begins` is for clocks that start with their state."""
    start = owed.start or begins
    if share := ticket.assignment(key.assignment_id):
        policy = for_unit(policy, share.unit_path)
    limit = _limit(ticket, key, policy)
    due = owed.due or _policy_due(ticket, key, policy, calendar, start)
    return timer(
        policy,
        calendar,
        kind=key.kind,
        start=start,
        due=due,
        by_clock=runs_by_clock(limit),
        urged=urged_of(ticket, key),
    )


def urged_of(ticket: Ticket, key: ClockKey) -> bool:
    """系统催办: the lead's own time to finish, nothing else (docs/rules.md C.3, 27)."""
    share = ticket.assignment(key.assignment_id)
    return key.kind is K.FINISH and share is not None and share.part is Part.LEAD


def _limit(ticket: Ticket, key: ClockKey, policy: Policy) -> Limit | None:
    if key.kind is K.DISPATCH:
        return policy.dispatch[ticket.urgency.value]
    assignment = ticket.assignment(key.assignment_id)
    if assignment is None:
        return policy.consultation if key.kind is K.CONSULTATION else None
    rule = policy.rule(ticket.kind.value, ticket.urgency.value, rework=assignment.round > 0)
    return {K.SIGN: rule.sign, K.CONTACT: rule.contact}.get(key.kind, rule.finish)


def _policy_due(ticket: Ticket, key: ClockKey, policy: Policy, calendar: Calendar, start: datetime) -> datetime:
    if key.kind is K.DISPATCH:
        return dispatch_due(policy, calendar, urgency=ticket.urgency.value, start=start).at
    return consultation_due(policy, calendar, start=start).at


# -- marking ---------------------------------------------------------------------------------------------------------


class DueRow(msgspec.Struct, frozen=True):
    """A deadline whose light changes."""

    ticket_id: int
    assignment_id: int
    kind: DeadlineKind
    item_id: int
    due_at: datetime
    near_at: datetime
    orange_at: datetime
    late_at: datetime
    very_late_at: datetime
    mark: Level
    urges: tuple[datetime, ...] = ()
    urged: int = 0
    """How many of the urges have been."""

    @property
    def key(self) -> ClockKey:
        return ClockKey(self.assignment_id, self.kind, self.item_id)

    def passed(self, now: datetime) -> list[tuple[datetime, Level]]:
        """The levels reached since the last mark, in their order."""
        moments = (self.near_at, self.orange_at, self.late_at, self.very_late_at)
        steps = list(zip(moments, LEVELS[1:], strict=True))[LEVELS.index(self.mark) :]
        return [(at, level) for at, level in steps if at <= now]

    def pressed(self, now: datetime) -> int:
        """How many urges there should have been by now."""
        return sum(at <= now for at in self.urges)


LEVELS = list(Level)
LIGHTS: dict[Level, Light] = {level: Light(level.value) for level in LEVELS[1:]}


class Marked(msgspec.Struct, frozen=True):
    """A ticket after the marks that are due, with the line of each."""

    before: Ticket
    after: Ticket
    lines: tuple[Happened, ...]
    rows: tuple[tuple[DueRow, Level, int], ...]
    """How far each row has got: its light, and how many urges."""
    over: tuple[DueRow, ...]
    """Nothing is awaited here any more: the table of moves forbids the mark."""


def mark(ticket: Ticket, rows: Sequence[DueRow], now: datetime) -> Marked:
    """Every level that was passed gets its line, once, in the order of the moments; of urges only the last."""
    steps = sorted((step for place, row in enumerate(rows) for step in _steps(row, place, now)), key=lambda s: s[:3])
    after, lines, over = ticket, list[Happened](), set[int]()
    reached = {place: row.mark for place, row in enumerate(rows)}
    for _, level, place, fact in steps:
        try:
            after, line = lifecycle.move(after, fact, at=now, actor=SYSTEM)
        except (GuardRefused, TransitionRefused):
            over.add(place)
            continue
        lines.append(line)
        if isinstance(fact, MarkDeadline):
            reached[place] = LEVELS[level]
    done = tuple(
        (rows[place], level, rows[place].pressed(now)) for place, level in reached.items() if place not in over
    )
    return Marked(ticket, after, tuple(lines), done, tuple(rows[place] for place in sorted(over)))


def _steps(row: DueRow, place: int, now: datetime) -> Iterator[tuple[datetime, int, int, Fact]]:
    for at, level in row.passed(now):
        fact = MarkDeadline(row.assignment_id, row.kind.value, LIGHTS[level], row.due_at, row.item_id)
        yield at, LEVELS.index(level), place, fact
    if (number := row.pressed(now)) > row.urged:
        # Behind the light of the same moment.
        yield row.urges[number - 1], len(LEVELS), place, Urge("system", urge_text(row, number))


def urge_text(row: DueRow, number: int) -> str:
    due = f"{beijing(row.due_at):%m-%d %H:%M}"
    if row.urges[number - 1] > row.due_at:
        return f"办理时限({due})已到,尚未答复,系统自动催办。"
    return f"系统自动第 {number} 次催办:办理时限 {due},请抓紧办理。"
