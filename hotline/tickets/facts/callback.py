"""What is said once it is answered: the citizen's verdict, and what is counted."""

from datetime import datetime

from hotline.tickets.facts.core import Fact, Share
from hotline.tickets.states import Closing, DissatisfiedWith, Event, Outcome, Solved

PAGE = "page"
"""The channel of an answer that the citizen gave on the page, without a person."""
SMS_LINK = "sms_link"
"""The same page, come to by the link in a text message (评价短信)."""
UNAIDED = (PAGE, SMS_LINK)


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
    call: str = ""
    """The call that was dialled for it, where the telephone is connected."""


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


def unhappy(solved: Solved | None, rating: int) -> bool:
    """Unsolved, or rated below 基本满意 (docs/rules.md F.6)."""
    return solved is Solved.NO or rating < 3


class Rate(Fact, frozen=True):
    """评价 of a direct answer, by the citizen alone: unhappy, the request goes to the pool and a person looks at it."""

    event = Event.RATE
    channel: str
    solved: Solved
    rating: int
    dissatisfied_with: DissatisfiedWith | None = None


DIRECT = 0
"""In place of a callback's number: what was asked was a direct answer (直接答复), which has no callback."""


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
