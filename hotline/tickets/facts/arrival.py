"""What is said when a matter arrives: it is created, answered at once, put to another ticket, classified."""

from datetime import datetime

from hotline.tickets.facts.core import Fact, Share
from hotline.tickets.states import Channel, Closing, Disposition, Event, Kind, Urgency


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
