"""Who looks at a ticket and who edits it, so that two people do not write the same reply.

A presence is kept alive by its socket and runs out by itself when the socket's process dies."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from hotline.directory.people import Actor, Role

LASTS = timedelta(seconds=45)
"""Three beats."""
MOST_TICKETS = 20
"""At which one socket may be at once."""


class Doing(StrEnum):
    LOOK = "look"  # 查看
    EDIT = "edit"  # 编辑


class Entry(msgspec.Struct, frozen=True):
    """One socket at one ticket."""

    ticket_id: int
    seat: str
    person_id: int | None
    name: str
    role: Role
    doing: Doing
    since: datetime
    until: datetime

    @property
    def key(self) -> str:
        return f"{self.ticket_id}:{self.seat}"


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As colleagues see them."""

    name: str
    role: Role
    doing: Doing
    since: datetime


def entry(ticket_id: int, seat: str, actor: Actor, doing: Doing, now: datetime, before: Entry | None = None) -> Entry:
    """A presence that begins, changes or goes on: whoever goes on doing the same has done so since they began."""
    role = next(role for role in Role if role in actor.roles)
    since = before.since if before and before.doing is doing else now
    return Entry(ticket_id, seat, actor.person_id, actor.name, role, doing, since, now + LASTS)


def prolonged(entries: Iterable[Entry], now: datetime) -> list[Entry]:
    return [msgspec.structs.replace(one, until=now + LASTS) for one in entries]


def alive(entries: Iterable[Entry], now: datetime) -> list[Entry]:
    return [one for one in entries if one.until > now]


def by_ticket(entries: Iterable[Entry]) -> dict[int, tuple[Entry, ...]]:
    found: dict[int, list[Entry]] = {}
    for one in entries:
        found.setdefault(one.ticket_id, []).append(one)
    return {ticket_id: tuple(sorted(of, key=lambda e: (e.since, e.seat))) for ticket_id, of in found.items()}


def people(entries: Iterable[Entry], but: int | None = None) -> tuple[Person, ...]:
    """Each person once, whatever number of windows they have open; editing says more than looking."""
    found: dict[tuple[int | None, str], Entry] = {}
    for one in sorted(entries, key=lambda e: (e.doing is not Doing.EDIT, e.since, e.seat)):
        if one.person_id is None or one.person_id != but:
            found.setdefault((one.person_id, one.name), one)
    shown = sorted(found.values(), key=lambda e: (e.since, e.seat))
    return tuple(Person(e.name, e.role, e.doing, e.since) for e in shown)


def changed(before: Mapping[int, tuple[Entry, ...]], after: Mapping[int, tuple[Entry, ...]]) -> set[int]:
    """Tickets at which somebody came, went or does something else; that they stay longer is no news."""
    asked = before.keys() | after.keys()
    return {of for of in asked if standing(before.get(of, ())) != standing(after.get(of, ()))}


def standing(entries: Iterable[Entry]) -> list[tuple[str, Doing, datetime]]:
    return sorted((one.seat, one.doing, one.since) for one in entries)
