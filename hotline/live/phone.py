"""Calls and telephones in the feed: what each seat is told of them.

Every row of the telephone bears a number that grows with each change, so a look reads only what is new. A number may
become visible after a higher one: a look begins a little below the last one, and what was told already is left out."""

from collections.abc import Iterable

import msgspec

from hotline.directory.people import Actor
from hotline.infra.db import Connection
from hotline.infra.http import Services
from hotline.intake.channels.phone import store as calls
from hotline.intake.channels.phone.commands.actions import LEADERS
from hotline.intake.channels.phone.link import store as link
from hotline.intake.channels.phone.link.store import Link
from hotline.intake.channels.phone.seats import store as seats
from hotline.intake.channels.phone.seats.seat import Seat as Telephone
from hotline.intake.channels.phone.store import Kept
from hotline.intake.channels.phone.view import Sitters, concerns, row_for, sitting
from hotline.live import store
from hotline.live.fanout import Seat, written
from hotline.live.feed import CallChanged, Event, LinkChanged, SeatChanged

OVERLAP = 500
"""Numbers below the last one that are looked at again."""
MOST = 1000


class Ears:
    """What one process has told of the telephone, so that it tells each change once."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.mark: int | None = None
        self.told: dict[str, int] = {}
        """Number of each row told lately."""
        self.knowing: dict[str, set[int | None]] = {}
        """Who was told of a call: they are also told that it rings elsewhere now."""
        self.links: dict[str, Link] = {}

    async def look(self, audience: Iterable[Seat]) -> None:
        """Tell everybody what is new and theirs to know."""
        listening = list(audience)
        async with self.services.pool.acquire() as conn:
            begun = self.mark is None
            if self.mark is None:
                self.mark = await store.phone_number(conn)
            changed = await calls.changed_calls(conn, self.mark - OVERLAP, MOST, self.services.cipher)
            telephones = await seats.seats(conn)
            links = await link.links(conn)
        sitters = sitting(telephones)
        if begun:
            self.begin(changed, telephones, links)
        for kept in [one for one in changed if self.is_news(one.call.id, one.number)]:
            self.tell_call(kept, sitters, listening)
        for telephone in [t for t in telephones if self.is_news(f"{t.provider}|{t.agent}", t.number)]:
            self.tell_telephone(telephone, listening)
        for one in [one for one in links if self.links.get(one.provider) != one]:
            self.links[one.provider] = one
            offer(LinkChanged(one), [seat for seat in listening if seat.actor.of_centre])
        self.mark = max([self.mark, *(kept.number for kept in changed)])
        self.told = {key: number for key, number in self.told.items() if number > self.mark - OVERLAP or "|" in key}

    def begin(self, changed: Iterable[Kept], telephones: Iterable[Telephone], links: Iterable[Link]) -> None:
        """What stood before anybody listened is told by `standing`."""
        self.told = {one.call.id: one.number for one in changed} | {
            f"{t.provider}|{t.agent}": t.number for t in telephones
        }
        self.links = {one.provider: one for one in links}

    def is_news(self, key: str, number: int) -> bool:
        news = self.told.get(key) != number
        self.told[key] = number
        return news

    def tell_call(self, kept: Kept, sitters: Sitters, listening: Iterable[Seat]) -> None:
        now = self.services.clock.now()
        knowing = self.knowing.setdefault(kept.call.id, set())
        for seat in listening:
            actor = seat.actor
            if concerns(kept, actor.person_id, sitters) or actor.person_id in knowing or actor.has(*LEADERS):
                knowing.add(actor.person_id)
                seat.offer(written(CallChanged(row_for(kept, actor.person_id, sitters, now))))
        if kept.call.over:
            self.knowing.pop(kept.call.id, None)

    def tell_telephone(self, telephone: Telephone, listening: Iterable[Seat]) -> None:
        key = f"{telephone.provider}|{telephone.agent}"
        before = self.knowing.setdefault(key, set())
        told = [s for s in listening if s.actor.person_id in {telephone.person_id, *before} or s.actor.has(*LEADERS)]
        self.knowing[key] = {telephone.person_id}
        offer(SeatChanged(telephone), told)

    async def standing(self, conn: Connection, actor: Actor) -> list[Event]:
        """What a screen needs when it opens: one's own calls that are not over, one's telephone, the links."""
        if not actor.of_centre:
            return []
        telephones = await seats.seats(conn)
        sitters, now = sitting(telephones), self.services.clock.now()
        open_calls = await calls.calls(conn, calls.Wanted(open=True), MOST, self.services.cipher)
        mine = [kept for kept in open_calls if concerns(kept, actor.person_id, sitters)]
        for kept in mine:
            self.knowing.setdefault(kept.call.id, set()).add(actor.person_id)
        return [
            *(LinkChanged(one) for one in await link.links(conn)),
            *(SeatChanged(t) for t in telephones if t.person_id == actor.person_id),
            *(CallChanged(row_for(kept, actor.person_id, sitters, now)) for kept in mine),
        ]


def offer(event: msgspec.Struct, to: Iterable[Seat]) -> None:
    message = msgspec.json.encode(event)
    for seat in to:
        seat.offer(message)
