"""One read, many sockets: what was read once is handed to every seat whose person may see it."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from hotline.directory.people import Actor
from hotline.live import presence
from hotline.live.feed import Event, Line, Presence, Summary, moved, sees
from hotline.live.presence import Entry
from hotline.tickets.http import listed

MOST_WAITING = 2000
"""Messages that may wait for one socket; who reads slower than that is sent away and comes back with `since`."""
Happening = tuple[Line, Summary]


@dataclass(eq=False, slots=True)
class Seat:
    """One socket: whose it is, how far it has been served, and what waits to be sent."""

    id: str
    actor: Actor
    number: int
    """Everything up to here was offered, or came before this seat was taken."""
    ring: Callable[[], None]
    waiting: deque[bytes] = field(default_factory=deque)
    overfull: bool = False

    def offer(self, message: bytes) -> None:
        if len(self.waiting) < MOST_WAITING:
            self.waiting.append(message)
        else:
            self.overfull = True
        self.ring()

    def taken(self) -> list[bytes]:
        messages = list(self.waiting)
        self.waiting.clear()
        return messages


def written(event: Event) -> bytes:
    return msgspec.json.encode(event)


def spread(happenings: Sequence[Happening], seats: Iterable[Seat]) -> None:
    """Each line, written once, to every seat that may see its ticket and has not had it yet."""
    # As everybody may read it, and of a secret ticket as those outside may: two texts at most.
    messages: dict[tuple[int, bool], bytes] = {}
    for seat in seats:
        for line, summary in visible(happenings, seat.actor):
            if line.number <= seat.number:
                continue
            text = line.number, listed(seat.actor, summary.row) is summary.row
            if text not in messages:
                messages[text] = written(moved(seat.actor, line, summary))
            seat.offer(messages[text])


def visible(happenings: Iterable[Happening], actor: Actor) -> list[Happening]:
    """What of it this person may see; each ticket is judged once."""
    seen: dict[int, bool] = {}
    found = []
    for line, summary in happenings:
        if line.ticket_id not in seen:
            seen[line.ticket_id] = sees(actor, summary)
        if seen[line.ticket_id]:
            found.append((line, summary))
    return found


def present_for(actor: Actor, ticket_id: int, entries: Iterable[Entry]) -> Presence:
    return Presence(ticket_id, presence.people(entries, but=actor.person_id))


def tell_presence(ticket_id: int, entries: Sequence[Entry], summary: Summary, seats: Iterable[Seat]) -> None:
    for seat in seats:
        if sees(seat.actor, summary):
            seat.offer(written(present_for(seat.actor, ticket_id, entries)))
