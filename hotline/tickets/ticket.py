"""The ticket as its rules see it: one frozen value with its assignment tree, requests, replies, callbacks and
overlays. What the citizen said and who they are live beside it (`matter`, `petitioner`) and never enter history."""

from datetime import datetime

import msgspec

from hotline.tickets.states import (
    ACTIVE,
    Asked,
    Channel,
    Closing,
    Decision,
    Disposition,
    DissatisfiedWith,
    Kind,
    Light,
    Outcome,
    OverlayKind,
    Part,
    Solved,
    Stage,
    State,
    Urgency,
)


class Times(msgspec.Struct, frozen=True):
    """The four clocks of an assignment; None where the policy sets none."""

    finish_due: datetime
    sign_due: datetime | None = None
    contact_due: datetime | None = None
    return_until: datetime | None = None
    pack: str = ""


class Assignment(msgspec.Struct, frozen=True):
    """承办任务: one unit's share of a ticket."""

    id: int
    part: Part
    unit_id: int
    unit_path: tuple[int, ...]
    stage: Stage
    round: int
    dispatched_at: datetime
    finish_due: datetime
    first_finish_due: datetime
    sign_due: datetime | None = None
    contact_due: datetime | None = None
    return_until: datetime | None = None
    pack: str = ""
    parent_id: int | None = None
    person_id: int | None = None
    automatic: bool = False
    basis: str = ""
    extensions: int = 0
    signed_at: datetime | None = None
    signed_late: bool | None = None
    """超时签收; None where no limit was set or nothing is signed."""
    contacted_at: datetime | None = None
    finished_at: datetime | None = None
    """When the reply that was accepted came in; lateness is judged by it."""
    late: bool | None = None

    @property
    def active(self) -> bool:
        return self.stage in ACTIVE


class Request(msgspec.Struct, frozen=True):
    """A unit asks, the centre decides."""

    id: int
    asked: Asked
    assignment_id: int
    unit_id: int
    at: datetime
    by: int | None
    reason: str
    basis: str = ""
    proposed_unit: int | None = None
    amount: int | None = None
    plan: str = ""
    milestone: datetime | None = None
    callback_id: int | None = None
    """The callback an appeal is about."""
    decision: Decision = Decision.PENDING
    decided_at: datetime | None = None
    decided_by: int | None = None
    note: str = ""


class Reply(msgspec.Struct, frozen=True):
    """A unit's answer; its two texts are stored beside, their digest is here."""

    id: int
    assignment_id: int
    round: int
    at: datetime
    by: int | None
    found_true: bool | None
    solved: Solved
    digest: str
    due: datetime
    """The deadline in force when it was submitted (docs/rules.md E.2)."""
    decision: Decision = Decision.PENDING
    reasons: tuple[str, ...] = ()
    decided_at: datetime | None = None
    decided_by: int | None = None


class Callback(msgspec.Struct, frozen=True):
    """回访 of one round."""

    id: int
    round: int
    opened_at: datetime
    due: datetime
    attempts: int = 0
    last_attempt_at: datetime | None = None
    tries: int = 0
    """Unreached calls that count: each in a part of a day of its own."""
    next_after: datetime | None = None
    """From when the next call counts."""
    sampled: bool = True
    """抽样: whether a person calls when the citizen does not answer on the page."""
    awaits_call: bool = False
    """The citizen answered on the page that they are not satisfied: a person calls before anything follows."""
    outcome: Outcome | None = None
    solved: Solved | None = None
    rating: int | None = None
    """1 非常不满意 … 5 非常满意; never filled in by default."""
    dissatisfied_with: DissatisfiedWith | None = None
    ended_at: datetime | None = None
    by: int | None = None
    excluded: bool = False
    """The unit's appeal was granted: counted in no rate."""


class Overlay(msgspec.Struct, frozen=True):
    id: int
    kind: OverlayKind
    at: datetime
    by: int | None
    text: str = ""
    level: int = 0
    origin: str = ""
    """Who pressed it on: citizen, agent, system, leader …"""
    number: str = ""
    due: datetime | None = None
    ended_at: datetime | None = None


class Ticket(msgspec.Struct, frozen=True):
    """工单: one citizen's one request."""

    id: int
    state: State
    version: int
    kind: Kind
    urgency: Urgency
    channel: Channel
    created_at: datetime
    category: str | None = None
    confidence: float | None = None
    region: str | None = None
    confidential: bool = False
    callback_wanted: bool = True
    accused_unit: int | None = None
    registered_at: datetime | None = None
    dispatched_at: datetime | None = None
    ended_at: datetime | None = None
    closing: Closing | None = None
    disposition: Disposition | None = None
    round: int = 0
    """重办 rounds so far."""
    returns: int = 0
    """退单 granted so far."""
    forbid_return: bool = False
    resume_to: State | None = None
    master_id: int | None = None
    exempt: str | None = None
    """不纳入考核: the ground on which it is counted in no rate; None: it counts."""
    worst: Light | None = None
    """The worst light the lead's finish clock has shown in any round."""
    assignments: tuple[Assignment, ...] = ()
    requests: tuple[Request, ...] = ()
    replies: tuple[Reply, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    overlays: tuple[Overlay, ...] = ()

    @property
    def lead(self) -> Assignment | None:
        """The one active lead, or None."""
        return next((a for a in self.assignments if a.part is Part.LEAD and a.active), None)

    @property
    def last_lead(self) -> Assignment | None:
        """The lead that is, or was last."""
        leads = [a for a in self.assignments if a.part is Part.LEAD]
        return leads[-1] if leads else None

    @property
    def active(self) -> tuple[Assignment, ...]:
        return tuple(a for a in self.assignments if a.active)

    @property
    def due(self) -> datetime | None:
        return self.lead.finish_due if self.lead else None

    @property
    def lead_unit(self) -> int | None:
        return self.last_lead.unit_id if self.last_lead else None

    @property
    def open_callback(self) -> Callback | None:
        return next((c for c in self.callbacks if c.ended_at is None), None)

    @property
    def open_reply(self) -> Reply | None:
        return next((r for r in reversed(self.replies) if r.decision is Decision.PENDING), None)

    @property
    def units(self) -> frozenset[int]:
        """Every unit that ever had a share, with all units above it."""
        return frozenset(unit for a in self.assignments for unit in a.unit_path)

    @property
    def secret(self) -> bool:
        """Whose caller asked for secrecy, or which reports an offence: dedicated staff only, no content in messages."""
        return self.confidential or self.kind is Kind.REPORT

    def assignment(self, assignment_id: int) -> Assignment | None:
        return next((a for a in self.assignments if a.id == assignment_id), None)

    def pending(self, asked: Asked) -> Request | None:
        return next((r for r in self.requests if r.asked is asked and r.decision is Decision.PENDING), None)

    def has_overlay(self, kind: OverlayKind) -> bool:
        return any(o.kind is kind and o.ended_at is None for o in self.overlays)
