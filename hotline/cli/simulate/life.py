"""One made-up ticket as it goes: where it stands, and how its next step is taken through the lifecycle."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from hotline.cli.simulate.city import City, Text
from hotline.cli.simulate.guesses import Guess
from hotline.directory.people import SYSTEM, Actor, Role
from hotline.directory.units import Unit
from hotline.sla.deadlines import DeadlineKind, Timer, timer
from hotline.tickets import facts as f
from hotline.tickets import lifecycle
from hotline.tickets.history import Happened
from hotline.tickets.states import (
    Light,
    State,
    Urgency,
)
from hotline.tickets.ticket import Ticket

LIGHTS = (Light.NEAR, Light.ORANGE, Light.LATE, Light.VERY_LATE)
STEPS = 3
"""Marks announced at most: what is very late is seldom, and each mark is a line."""


class Cut(Exception):
    """The present was reached: what follows has not happened yet."""


@dataclass
class Life:
    """One ticket as it goes; `until` is the present."""

    rng: Random
    city: City
    until: datetime
    text: Text
    ticket: Ticket
    lines: list[Happened]
    lead: Unit | None = None
    first: Unit | None = None
    """To whom it was sent first."""
    finish: Timer | None = None
    shown: int = 0
    """Lights of the finish clock that were announced."""
    answers: list[tuple[str, str]] = field(default_factory=list)
    """What each reply said: to the centre, to the citizen."""
    told: str = ""
    """What an agent answered at once."""
    guess: Guess | None = None
    """What a model said of it."""
    corrected: bool = False
    """A person decided otherwise."""

    @property
    def now(self) -> datetime:
        return self.lines[-1].at

    def do(self, fact: f.Fact, at: datetime, actor: Actor, reason: str = "") -> None:
        if at > self.until:
            self.announce(self.until)
            raise Cut
        self.announce(at)
        self.ticket, line = lifecycle.move(self.ticket, fact, at=at, actor=actor, reason=reason)
        self.lines.append(line)

    def announce(self, at: datetime) -> None:
        """The finish clock's lights that came on before `at`, as the sweep would have marked them."""
        lead = self.ticket.lead
        if self.finish is None or lead is None or lead.stage.value == "replied" or self.ticket.state is State.SUSPENDED:
            return
        moments = (self.finish.near_at, self.finish.orange_at, self.finish.late_at, self.finish.very_late_at)
        while self.shown < STEPS and (came := minute(moments[self.shown])) < at:
            if came >= self.now:
                fact = f.MarkDeadline(lead.id, "finish", LIGHTS[self.shown], lead.finish_due)
                self.ticket, line = lifecycle.move(self.ticket, fact, at=came, actor=SYSTEM)
                self.lines.append(line)
            self.shown += 1

    def clock_starts(self) -> None:
        lead = self.ticket.lead
        assert lead is not None
        self.shown = 0
        self.finish = timer(
            self.city.policy,
            self.city.calendar,
            kind=DeadlineKind.FINISH,
            start=lead.dispatched_at,
            due=lead.finish_due,
            by_clock=self.ticket.urgency is not Urgency.NORMAL,
        )

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def later(self, least: float, most: float, *, office: bool = True, after: datetime | None = None) -> datetime:
        """A moment so many hours from now."""
        minutes = int(self.rng.uniform(least, most) * 60) + 1
        at = (after or self.now) + timedelta(minutes=minutes)
        return max(self.city.at_work(at) if office else at, self.now + timedelta(minutes=1))

    def centre(self, role: Role) -> Actor:
        return self.city.of_centre(self.rng, role)

    def hand(self) -> Actor:
        assert self.lead is not None
        return self.city.of_unit(self.rng, self.lead)

    @property
    def lead_id(self) -> int:
        assert self.ticket.lead is not None
        return self.ticket.lead.id

    def sends(self, unit: Unit, at: datetime, *, rework: bool = False) -> f.Share:
        self.lead, self.first = unit, self.first or unit
        kind, urgency = self.ticket.kind.value, self.ticket.urgency.value
        return self.city.share(unit, "派单目录", at, kind, urgency, rework=rework)


def minute(moment: datetime) -> datetime:
    """The whole minute after, with the mark by which all moments of a life are told from its deadlines."""
    return moment.replace(second=0, microsecond=MARK) + timedelta(minutes=1)


MARK = 777_777
"""Microseconds of whatever happened: a copy of a life puts its own seconds there (`copies`)."""
