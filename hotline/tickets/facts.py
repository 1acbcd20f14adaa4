"""What each event says: one frozen value per event, which is also its payload in history.

Nothing in here names a citizen or repeats their words: history is kept for ever, persons are not."""

from datetime import datetime
from typing import ClassVar

import msgspec

from hotline.tickets.states import (
    Channel,
    Closing,
    Disposition,
    DissatisfiedWith,
    Event,
    Kind,
    Light,
    Outcome,
    OverlayKind,
    Part,
    Solved,
    Urgency,
)
from hotline.tickets.ticket import Times


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """Base of all payloads; `event` ties the payload to its row of the table."""

    event: ClassVar[Event]


class Share(msgspec.Struct, frozen=True, omit_defaults=True):
    """One unit's share of a dispatch, with the clocks it is given."""

    unit_id: int
    unit_path: tuple[int, ...]
    times: Times
    basis: str = ""


class Create(Fact, frozen=True):
    event = Event.CREATE
    kind: Kind
    urgency: Urgency
    channel: Channel
    region: str | None = None
    confidential: bool = False
    callback_wanted: bool = True
    accused_unit: int | None = None
    digest: str = ""
    """SM3 of what the citizen said, so that the words can be proved unchanged."""


class AnswerDirectly(Fact, frozen=True):
    event = Event.ANSWER_DIRECTLY
    article_id: int | None = None
    digest: str = ""


class Redirect(Fact, frozen=True):
    event = Event.REDIRECT
    disposition: Disposition
    told: str = ""


class Register(Fact, frozen=True):
    event = Event.REGISTER


class Merge(Fact, frozen=True):
    event = Event.MERGE
    master_id: int
    same_caller: bool = False


class Unmerge(Fact, frozen=True):
    event = Event.UNMERGE


class AnswerWithMaster(Fact, frozen=True):
    """The master was answered: this caller, too, is to be asked. `share` is the work that was done for both."""

    event = Event.ANSWER_WITH_MASTER
    master_id: int
    share: Share
    dispatched_at: datetime
    signed_at: datetime | None
    finished_at: datetime
    late: bool
    callback_due: datetime


class CloseWithMaster(Fact, frozen=True):
    event = Event.CLOSE_WITH_MASTER
    master_id: int
    closing: Closing | None
    """None: the same citizen took both back."""


class Classify(Fact, frozen=True):
    event = Event.CLASSIFY
    category: str | None
    confidence: float | None = None
    kind: Kind | None = None
    urgency: Urgency | None = None
    region: str | None = None
    model: str = ""


class Dispatch(Fact, frozen=True):
    event = Event.DISPATCH
    lead: Share
    assists: tuple[Share, ...] = ()
    automatic: bool = False
    because: tuple[str, ...] = ()


class Consult(Fact, frozen=True):
    event = Event.CONSULT
    candidates: tuple[int, ...] = ()
    due: datetime | None = None


class Rule(Fact, frozen=True):
    event = Event.RULE
    lead: Share
    assists: tuple[Share, ...] = ()
    to_catalogue: bool = False


class Sign(Fact, frozen=True):
    event = Event.SIGN
    assignment_id: int


class RequestReturn(Fact, frozen=True):
    event = Event.REQUEST_RETURN
    assignment_id: int
    basis: str
    proposed_unit: int


class ApproveReturn(Fact, frozen=True):
    event = Event.APPROVE_RETURN
    request_id: int
    lead: Share
    assists: tuple[Share, ...] = ()
    wrong_unit: bool = True
    """False when the unit was right and the matter changed: does not count against the dispatcher."""


class RefuseReturn(Fact, frozen=True):
    event = Event.REFUSE_RETURN
    request_id: int


class EscalateReturn(Fact, frozen=True):
    event = Event.ESCALATE_RETURN
    request_id: int
    due: datetime | None = None


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


class Recall(Fact, frozen=True):
    """An assisting unit is no longer needed; what it passed down goes with it."""

    event = Event.RECALL
    assignment_id: int


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


PAGE = "page"
"""The channel of an answer that the citizen gave on the page, without a person."""


class AttemptCallback(Fact, frozen=True):
    event = Event.ATTEMPT_CALLBACK
    callback_id: int
    channel: str
    reached: bool
    note: str = ""
    solved: Solved | None = None
    rating: int | None = None
    dissatisfied_with: DissatisfiedWith | None = None
    contacted: bool | None = None
    """Whether the unit had spoken with the citizen, by the citizen's word."""
    as_told: bool | None = None
    """Whether the work was done as the reply says, by the citizen's word."""
    counted: bool = False
    """Unreached, and one of the tries after which the callback may end."""
    next_after: datetime | None = None


class Close(Fact, frozen=True):
    event = Event.CLOSE
    outcome: Outcome
    solved: Solved | None = None
    rating: int | None = None
    channel: str = ""
    dissatisfied_with: DissatisfiedWith | None = None


class SendBack(Fact, frozen=True):
    event = Event.SEND_BACK
    lead: Share
    solved: Solved | None = None
    rating: int | None = None
    channel: str = ""
    dissatisfied_with: DissatisfiedWith | None = None


class Conclude(Fact, frozen=True):
    event = Event.CONCLUDE
    closing: Closing = Closing.CONCLUDED
    explanation: str = ""
    solved: Solved | None = None
    rating: int | None = None
    dissatisfied_with: DissatisfiedWith | None = None


class LowRating(Fact, frozen=True):
    """差评: somebody speaks with the citizen by `due`."""

    event = Event.LOW_RATING
    callback_id: int
    rating: int
    due: datetime
    rectify: datetime | None = None
    """整改: until when the unit puts it right, before the citizen is asked again."""


class Appeal(Fact, frozen=True):
    event = Event.APPEAL
    assignment_id: int
    callback_id: int
    evidence: str
    ground: str = ""
    """误评, 恶意差评, … as `callback.grounds` names them."""


class DecideAppeal(Fact, frozen=True):
    event = Event.DECIDE_APPEAL
    request_id: int
    granted: bool


class RequestExclusion(Fact, frozen=True):
    """不合理诉求, 不纳入考核: the unit says why the ticket should count in no rate."""

    event = Event.REQUEST_EXCLUSION
    assignment_id: int
    ground: str
    evidence: str


class DecideExclusion(Fact, frozen=True):
    event = Event.DECIDE_EXCLUSION
    request_id: int
    granted: bool


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


class Handed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A share and where it stands in the tree from now on."""

    assignment_id: int
    unit_id: int
    unit_path: tuple[int, ...]


class HandOver(Fact, frozen=True):
    """移交: the directory changed (并入, 调整隶属), the work did not."""

    event = Event.HAND_OVER
    shares: tuple[Handed, ...] = ()
    accused_unit: int | None = None
    """The successor of the accused unit, when that one was merged."""


FACTS: dict[Event, type[Fact]] = {shape.event: shape for shape in Fact.__subclasses__()}


def read(event: Event, payload: object) -> Fact:
    """The payload of a stored history line as the value it was."""
    return msgspec.convert(payload, FACTS[event])


def written(fact: Fact) -> dict[str, object]:
    """The JSON values that go into history."""
    plain: dict[str, object] = msgspec.to_builtins(fact)
    return plain


__all__ = ["FACTS", "Fact", "OverlayKind", "Share", "read", "written"]
