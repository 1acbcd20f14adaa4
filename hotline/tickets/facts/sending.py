"""What is said when a ticket is sent to its units, and when they give it back."""

from datetime import datetime

import msgspec

from hotline.tickets.facts.core import Fact, Share
from hotline.tickets.states import Event


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


class Recall(Fact, frozen=True):
    """An assisting unit is no longer needed; what it passed down goes with it."""

    event = Event.RECALL
    assignment_id: int


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
