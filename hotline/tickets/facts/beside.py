"""What is said beside the course of a ticket: urging, supervision, clocks, the archive."""

from datetime import datetime

from hotline.tickets.facts.core import Fact, Share
from hotline.tickets.states import Event, Light, Solved
from hotline.tickets.ticket import Times


class Urge(Fact, frozen=True):
    event = Event.URGE
    origin: str
    text: str = ""


class Supervise(Fact, frozen=True):
    event = Event.SUPERVISE
    level: int
    ground: str
    due: datetime
    number: str = ""
    grounds: tuple[str, ...] = ()
    """Codes of `supervision.letters.grounds`; `ground` says it in words."""


class AnswerLetter(Fact, frozen=True):
    """The unit answers a supervision letter; its words are stored beside, their digest is here."""

    event = Event.ANSWER_LETTER
    overlay_id: int
    number: str
    digest: str


class ReviewLetter(Fact, frozen=True):
    """Not accepted, the letter is unanswered again and its clock goes on."""

    event = Event.REVIEW_LETTER
    overlay_id: int
    number: str
    accepted: bool


class MarkDifficult(Fact, frozen=True):
    event = Event.MARK_DIFFICULT
    rules: tuple[str, ...]
    kind: str = ""


class StrikeOff(Fact, frozen=True):
    """销号 with what the citizen said; who asked for it, and when, stands on the board."""

    event = Event.STRIKE_OFF
    solved: Solved
    rating: int


class Instruct(Fact, frozen=True):
    event = Event.INSTRUCT
    text: str
    due: datetime | None = None


class Archive(Fact, frozen=True):
    event = Event.ARCHIVE


class Reopen(Fact, frozen=True):
    event = Event.REOPEN
    lead: Share
    new_facts: str = ""


class Void(Fact, frozen=True):
    event = Event.VOID


class MarkDeadline(Fact, frozen=True):
    event = Event.MARK_DEADLINE
    assignment_id: int
    """0: a clock of the ticket itself."""
    clock: str
    light: Light
    due: datetime
    item: int = 0
    """Which callback or overlay, where a ticket may have several."""


class Recompute(Fact, frozen=True):
    event = Event.RECOMPUTE
    assignment_id: int
    """0: a clock of the ticket itself, named by `clock` and `item`, is now `due`."""
    because: str
    times: Times | None = None
    clock: str = ""
    item: int = 0
    due: datetime | None = None
    change: int = 0
    """The change of the calendar or pack that made it."""
    was: Times | None = None
    """The clocks before, so that the line says by itself what moved; lines of before 2026-11-23 have none."""
    was_due: datetime | None = None
