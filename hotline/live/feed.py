"""The events of the live feed: a closed union, who sees what of it, and what a screen makes of it.

An old state and the events since then give the state of now; `apply` is the rule in Python, the console has the same
in TypeScript, and both are tested against tests/fixtures/live/*.json. Nothing in here names a citizen: a ticket travels
as lists show it (`tickets.listing.store.Row`)."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from hotline.directory.people import Actor
from hotline.intake.channels.phone.link.store import Link
from hotline.intake.channels.phone.seats.seat import Seat
from hotline.intake.channels.phone.view import CallRow
from hotline.live.presence import Person
from hotline.tickets import permissions
from hotline.tickets.http import listed
from hotline.tickets.listing.store import Row
from hotline.tickets.states import Event as Verb
from hotline.tickets.ticket import Ticket


class Mode(StrEnum):
    """How the server itself learns of news; the screen says so."""

    LIVE = "live"
    POLLING = "polling"  # Redis does not answer: news of other processes come with the next look


class Hello(msgspec.Struct, frozen=True, tag="hello", forbid_unknown_fields=True):
    """First message. `number` is where the feed stands: what a snapshot read after this contains at least."""

    number: int
    mode: Mode


class Moved(msgspec.Struct, frozen=True, tag="ticket.moved", forbid_unknown_fields=True):
    """One history line, and the ticket as it is now; it may already be further than the line's own `version`."""

    number: int
    at: datetime
    event: Verb
    actor: str
    version: int
    ticket: Row


class Presence(msgspec.Struct, frozen=True, tag="ticket.presence", forbid_unknown_fields=True):
    """Everybody else who looks at a ticket or edits it; an empty list ends it."""

    ticket_id: int
    people: tuple[Person, ...]


class Beat(msgspec.Struct, frozen=True, tag="beat", forbid_unknown_fields=True):
    """Everything up to `number` that this person may see has been sent."""

    number: int


class ModeChanged(msgspec.Struct, frozen=True, tag="mode", forbid_unknown_fields=True):
    mode: Mode


class SnapshotNeeded(msgspec.Struct, frozen=True, tag="snapshot_needed", forbid_unknown_fields=True):
    """Too far behind for a replay: read the lists again; what is newer than `number` follows."""

    number: int


class Refused(msgspec.Struct, frozen=True, tag="refused", forbid_unknown_fields=True):
    """What the client said about a ticket was not accepted."""

    ticket_id: int
    message: str


class CallChanged(msgspec.Struct, frozen=True, tag="call.changed", forbid_unknown_fields=True):
    """A call as it is now, for whoever it concerns: their own, one that rings at them, and for who leads the shift all."""

    call: CallRow


class SeatChanged(msgspec.Struct, frozen=True, tag="seat.changed", forbid_unknown_fields=True):
    """A telephone as it is now: one's own, and for who leads the shift all."""

    seat: Seat


class LinkChanged(msgspec.Struct, frozen=True, tag="phone.link", forbid_unknown_fields=True):
    """Whether the telephone system is heard. While it is not, tickets are logged by hand."""

    link: Link


Event = (
    Hello | Moved | Presence | Beat | ModeChanged | SnapshotNeeded | Refused | CallChanged | SeatChanged | LinkChanged
)

READ: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
"""An unknown event or field is a failure here and not silence."""


class Line(msgspec.Struct, frozen=True):
    """What the feed needs of a history line."""

    number: int
    ticket_id: int
    version: int
    at: datetime
    event: Verb
    actor: str


class Summary(msgspec.Struct, frozen=True):
    """A ticket as lists show it, and what permissions ask of it: its own row and its assignments."""

    row: Row
    ticket: Ticket


def sees(actor: Actor, summary: Summary) -> bool:
    """The same rule as for every other view of a ticket; a unit's people see their unit's tickets only."""
    return permissions.may_see(actor, summary.ticket)


def moved(actor: Actor, line: Line, summary: Summary) -> Moved:
    """The line as this person may read it: of a secret ticket no more than their list shows."""
    return Moved(line.number, line.at, line.event, line.actor, line.version, listed(actor, summary.row))


class Board(msgspec.Struct, frozen=True):
    """What a screen knows."""

    number: int | None = None
    mode: Mode = Mode.POLLING
    stale: bool = False
    """The lists have to be read again."""
    tickets: dict[int, Row] = {}
    presence: dict[int, tuple[Person, ...]] = {}
    calls: dict[str, CallRow] = {}
    """Calls that are not over."""
    seats: dict[str, Seat] = {}
    """Telephones by `provider|agent`."""
    links: dict[str, Link] = {}


def apply(board: Board, event: Event) -> Board:
    """The screen after one event. Pure, and the same event twice changes nothing."""
    change = msgspec.structs.replace
    match event:
        case Hello():
            return change(board, mode=event.mode, number=event.number if board.number is None else board.number)
        case Moved():
            return change(board, number=later(board, event.number), tickets=newest(board.tickets, [event.ticket]))
        case Presence():
            others = {of: people for of, people in board.presence.items() if of != event.ticket_id}
            return change(board, presence=others | ({event.ticket_id: event.people} if event.people else {}))
        case Beat():
            return change(board, number=later(board, event.number))
        case ModeChanged():
            return change(board, mode=event.mode)
        case SnapshotNeeded():
            return change(board, number=event.number, stale=True)
        case Refused():
            return board
        case CallChanged():
            return change(board, calls=with_call(board.calls, event.call))
        case SeatChanged():
            return change(board, seats=with_seat(board.seats, event.seat))
        case LinkChanged():
            return change(board, links=board.links | {event.link.provider: event.link})


def with_call(known: dict[str, CallRow], call: CallRow) -> dict[str, CallRow]:
    """A newer row replaces an older one; a call that is over goes, and a late row does not bring it back to ring."""
    before = known.get(call.id)
    if before is not None and before.number > call.number:
        return known
    others = {id_: one for id_, one in known.items() if id_ != call.id}
    return others if call.ended_at is not None else others | {call.id: call}


def with_seat(known: dict[str, Seat], seat: Seat) -> dict[str, Seat]:
    key = f"{seat.provider}|{seat.agent}"
    before = known.get(key)
    return known if before is not None and before.number > seat.number else known | {key: seat}


def refreshed(board: Board, rows: Iterable[Row]) -> Board:
    """The screen after the lists have been read again; an event that came meanwhile may be newer than the list."""
    return msgspec.structs.replace(board, stale=False, tickets=newest(board.tickets, rows))


def newest(known: dict[int, Row], rows: Iterable[Row]) -> dict[int, Row]:
    """A row replaces an older one of the same ticket, never a newer one."""
    newer = {row.id: row for row in rows if row.id not in known or row.version >= known[row.id].version}
    return known | newer


def later(board: Board, number: int) -> int:
    return max(number, board.number or 0)
