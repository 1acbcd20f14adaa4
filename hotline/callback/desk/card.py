"""The card: everything a caller needs in view while they speak, put together from the ticket and its history."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.callback import plan
from hotline.callback.desk.store import Also, PageAnswer
from hotline.callback.texts.text import SurveyText
from hotline.directory.units import Directory
from hotline.tickets import facts as f
from hotline.tickets.history import Happened
from hotline.tickets.privacy import Petitioner, masked_phone
from hotline.tickets.states import Decision, OverlayKind
from hotline.tickets.store import ReplyText
from hotline.tickets.ticket import Callback, Reply, Ticket


class Citizen(msgspec.Struct, frozen=True):
    """Whom one speaks with; the number itself is asked for apart, and kept on record."""

    name: str | None
    numbers: list[str]
    """Masked, in the order in which they are tried."""
    company: str | None
    language: str
    elderly: bool
    disabled: bool
    labels: tuple[str, ...]


class UnitReply(msgspec.Struct, frozen=True):
    """The reply that was accepted, as the citizen reads it and as the unit told it to the centre."""

    unit: str
    at: datetime
    found_true: bool | None
    solved: str
    public_reply: str
    account: str
    unsolved_reason: str


class UnitContact(msgspec.Struct, frozen=True):
    """When the unit says it spoke with the citizen."""

    at: datetime
    by: str
    unit: str
    how: str
    reached: bool
    result: str


class Tried(msgspec.Struct, frozen=True):
    """One earlier attempt."""

    at: datetime
    by: str
    channel: str
    reached: bool
    counted: bool
    note: str
    solved: str | None
    rating: int | None
    dissatisfied_with: str | None


class Round(msgspec.Struct, frozen=True):
    """How the citizen judged an earlier round."""

    round: int
    ended_at: datetime
    outcome: str
    solved: str | None
    rating: int | None
    dissatisfied_with: str | None


class Times(msgspec.Struct, frozen=True):
    """When one may call, and what a call made now would count for."""

    ready_from: datetime
    counts_now: bool
    """An unreached call made now is another try."""
    waits: bool
    """A text that was sent, or another time that the citizen named, comes first: a call before it is none of the tries."""
    last_try: bool
    """And ends the callback."""
    quiet: bool
    """People are left in peace now."""
    tries: int
    tries_needed: int


def citizen(of: Petitioner) -> Citizen:
    numbers = [masked_phone(number) or "" for number in numbers_of(of)]
    return Citizen(of.name, numbers, of.company, of.language, of.elderly, of.disabled, of.labels)


def numbers_of(of: Petitioner) -> list[str]:
    """Where the citizen can be reached, each number once."""
    return list(dict.fromkeys(filter(None, (of.phone, of.other_phone, of.caller_number))))


def accepted(ticket: Ticket) -> Reply | None:
    return next((reply for reply in reversed(ticket.replies) if reply.decision is Decision.GRANTED), None)


def unit_reply(ticket: Ticket, texts: Sequence[ReplyText], directory: Directory) -> UnitReply | None:
    reply = accepted(ticket)
    if reply is None:
        return None
    text = next((text for text in texts if text.reply_id == reply.id), ReplyText(reply.id, "", ""))
    share = ticket.assignment(reply.assignment_id)
    return UnitReply(
        unit=name_of(directory, share.unit_id if share else None),
        at=reply.at,
        found_true=reply.found_true,
        solved=reply.solved.value,
        public_reply=text.public_reply,
        account=text.account,
        unsolved_reason=text.unsolved_reason,
    )


def contacts(ticket: Ticket, lines: Sequence[Happened], directory: Directory) -> list[UnitContact]:
    shares = {a.id: a.unit_id for a in ticket.assignments}
    return [
        UnitContact(
            line.at,
            line.actor_name,
            name_of(directory, shares[said.assignment_id]),
            said.how,
            said.reached,
            said.result,
        )
        for line in lines
        if isinstance(said := line.fact, f.Contact)
    ]


def attempts(lines: Sequence[Happened], callback_id: int) -> list[Tried]:
    return [
        Tried(
            line.at,
            line.actor_name,
            said.channel,
            said.reached,
            said.counted,
            said.note,
            said.solved,
            said.rating,
            said.dissatisfied_with,
        )
        for line in lines
        if isinstance(said := line.fact, f.AttemptCallback) and said.callback_id == callback_id
    ]


def rounds(ticket: Ticket) -> list[Round]:
    return [
        Round(c.round, c.ended_at, c.outcome.value, c.solved, c.rating, c.dissatisfied_with)
        for c in ticket.callbacks
        if c.ended_at is not None and c.outcome is not None
    ]


def times(
    ticket: Ticket, callback: Callback, tried: Sequence[Tried], call_after: datetime | None, now: datetime
) -> Times:
    first = plan.call_from(
        callback.opened_at,
        urgency=ticket.urgency,
        round_=callback.round,
        awaits_call=callback.awaits_call,
        pressed=ticket.has_overlay(OverlayKind.SUPERVISION) or ticket.has_overlay(OverlayKind.LOW_RATING),
    )
    vain = [one.at for one in tried if not one.reached and one.counted]
    this = plan.unreached(vain, now, call_after)
    return Times(
        ready_from=max(first, *(at for at in (callback.next_after, call_after, first) if at)),
        counts_now=this.counted,
        waits=call_after is not None and call_after > now,
        last_try=this.next_after is None,
        quiet=plan.quiet(now),
        tries=callback.tries,
        tries_needed=plan.TRIES,
    )


def low_rating_due(ticket: Ticket) -> datetime | None:
    """Until when somebody must have spoken with whom rated low."""
    open_ = (o.due for o in ticket.overlays if o.kind is OverlayKind.LOW_RATING and o.ended_at is None)
    return next(open_, None)


def name_of(directory: Directory, unit_id: int | None) -> str:
    unit = directory.unit(unit_id) if unit_id is not None else None
    return unit.name if unit else ""


class Card(msgspec.Struct, frozen=True):
    """回访卡."""

    id: str
    ticket_id: int
    version: int
    round: int
    kind: str
    urgency: str
    channel: str
    category: str | None
    category_name: str | None
    confidential: bool
    created_at: datetime
    due: datetime
    title: str
    content: str
    expected: str
    address: str
    citizen: Citizen
    reply: UnitReply | None
    contacts: list[UnitContact]
    attempts: list[Tried]
    rounds: list[Round]
    page: PageAnswer | None
    """What they answered on their own page."""
    text: SurveyText
    """评价短信"""
    low_rating_due: datetime | None
    also: list[Also]
    """What else the same citizen is to be asked: in the same call."""
    called_at: datetime | None
    """When they were last called for another matter, if within a day."""
    times: Times
    held_by: str | None
    """Who has the card, when it is somebody else."""
