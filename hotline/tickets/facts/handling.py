"""What the units say while they work: extensions, contact, help, replies, shelving, the end without an answer."""

from datetime import datetime

import msgspec

from hotline.tickets.facts.core import Fact, Share
from hotline.tickets.states import Closing, Event, Part, Solved
from hotline.tickets.ticket import Times


class RequestExtension(Fact, frozen=True):
    event = Event.REQUEST_EXTENSION
    assignment_id: int
    amount: int
    """Working days asked for."""
    progress: str
    citizen_informed: bool = True


class GrantExtension(Fact, frozen=True):
    event = Event.GRANT_EXTENSION
    request_id: int
    due: datetime
    working_days: int = 0


class DenyExtension(Fact, frozen=True):
    event = Event.DENY_EXTENSION
    request_id: int


class Contact(Fact, frozen=True):
    event = Event.CONTACT
    assignment_id: int
    how: str
    result: str
    reached: bool = True


class Assist(Fact, frozen=True):
    event = Event.ASSIST
    share: Share
    part: Part
    parent_id: int


class AssistReply(Fact, frozen=True):
    event = Event.ASSIST_REPLY
    assignment_id: int
    account: str
    waived: bool = False


class Attach(Fact, frozen=True):
    """A file was put to the ticket; its name may name a person, so it is not here."""

    event = Event.ATTACH
    number: int
    kind: str
    size: int
    digest: str
    public: bool = False


class AssignPerson(Fact, frozen=True):
    event = Event.ASSIGN_PERSON
    assignment_id: int
    person_id: int


class Answered(Fact, frozen=True):
    """A unit's reply (回复)."""

    event = Event.REPLY
    assignment_id: int
    solved: Solved
    digest: str
    found_true: bool | None = None


class RefuseReply(Fact, frozen=True):
    event = Event.REFUSE_REPLY
    reasons: tuple[str, ...]


class ApproveReply(Fact, frozen=True):
    event = Event.APPROVE_REPLY
    callback_due: datetime
    sampled: bool = True
    """Whether a person calls when the page is not answered (抽样)."""
    draw: str = ""
    """How the sample was drawn, for whoever doubts it."""


class Milestone(msgspec.Struct, frozen=True):
    """节点: what will be done by when."""

    at: datetime
    what: str


class RequestShelving(Fact, frozen=True):
    event = Event.REQUEST_SHELVING
    assignment_id: int
    plan: str
    milestone: datetime
    leader: str
    further: tuple[Milestone, ...] = ()


class Shelve(Fact, frozen=True):
    event = Event.SHELVE
    plan: str
    milestone: datetime
    review: datetime
    leader: str = ""
    request_id: int | None = None


class DenyShelving(Fact, frozen=True):
    event = Event.DENY_SHELVING
    request_id: int


class Resume(Fact, frozen=True):
    event = Event.RESUME
    times: Times


class Withdraw(Fact, frozen=True):
    event = Event.WITHDRAW
    proof: str
    """How it was made sure that the citizen asked for it: recording number or verified code."""


class RequestTermination(Fact, frozen=True):
    event = Event.REQUEST_TERMINATION
    assignment_id: int
    ground: str


class Terminate(Fact, frozen=True):
    event = Event.TERMINATE
    ground: str
    request_id: int | None = None
    closing: Closing = Closing.TERMINATED


class DenyTermination(Fact, frozen=True):
    event = Event.DENY_TERMINATION
    request_id: int
