"""The one way a ticket changes: lock, look whether it is still what the person saw, decide, save."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from hotline.directory.people import Actor
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, NotFound
from hotline.infra.outbox import follow
from hotline.tickets import lifecycle, permissions, store
from hotline.tickets.facts import Create, Fact
from hotline.tickets.history import Happened
from hotline.tickets.lines import store as lines_store
from hotline.tickets.privacy import Matter, Petitioner
from hotline.tickets.telling.store import alert
from hotline.tickets.ticket import Ticket


class Stale(Conflict):
    """The ticket changed since the person last saw it."""

    code: ClassVar[str] = "stale_version"


class Held:
    """A ticket under its row lock, for the rest of the transaction. Each `do` is one event and one history line."""

    def __init__(
        self, conn: Connection, ticket: Ticket, head: bytes, actor: Actor, now: datetime, *, together: bool = False
    ) -> None:
        self.conn = conn
        self.ticket = ticket
        self.actor = actor
        self.now = now
        self.together = together
        """Stored with others at the end of the work (`save_all`), not after each event."""
        self._stored = ticket
        self._head = head
        self._lines: list[Happened] = []
        self._told = False
        """Whether the callers merged into it must hear of what happened."""

    async def do(self, fact: Fact, reason: str = "", *, by: Actor | None = None) -> Happened:
        """`by` when somebody else than the person at work does it: the system, by a rule."""
        actor = by or self.actor
        permissions.check(actor, fact.event, self.ticket)
        after, happened = lifecycle.move(self.ticket, fact, at=self.now, actor=actor, reason=reason)
        self._told |= lifecycle.tells_children(self.ticket, after, fact)
        self._lines.append(happened)
        self.ticket = after
        if not self.together:
            await save_all(self.conn, [self])
        return happened

    def change(self) -> store.Change | None:
        """What happened since it was last stored."""
        return store.Change(self._stored, self.ticket, self._lines, self._head) if self._lines else None

    async def stored(self, head: bytes) -> None:
        told = self._told
        self._stored, self._head, self._lines, self._told = self.ticket, head, [], False
        if told and await store.has_children(self.conn, self.ticket.id):
            await follow(self.conn, "master.moved", self.ticket.id)


async def save_all(conn: Connection, held: Sequence[Held]) -> None:
    """Store what happened to these tickets, all in one statement."""
    changes = [(one, change) for one in held if (change := one.change())]
    if not changes:
        return
    heads = await store.save(conn, [change for _, change in changes])
    await alert(conn, [line for _, change in changes for line in change.lines])
    for (one, _), head in zip(changes, heads, strict=True):
        await one.stored(head)


async def hold(conn: Connection, ticket_id: int, *, actor: Actor, now: datetime, version: int | None = None) -> Held:
    """Lock a ticket this person may see; Stale when `version` is given and no longer true."""
    head = await store.lock(conn, ticket_id)
    ticket = await store.load(conn, ticket_id) if head is not None else None
    if head is None or ticket is None:
        raise NotFound(f"没有工单 {ticket_id}。")
    if not actor.has(permissions.R.CITIZEN):
        permissions.check_see(actor, ticket)
    if version is not None and version != ticket.version:
        raise await stale(conn, ticket, version)
    return Held(conn, ticket, head, actor, now)


async def hold_all(conn: Connection, tickets: Sequence[int], *, actor: Actor, now: datetime) -> list[Held]:
    """Lock a set of tickets, in the order of their numbers, for work that stores them together; who is gone is left out."""
    heads = await store.lock_many(conn, tickets)
    found = await store.load_many(conn, list(heads))
    return [Held(conn, found[one], heads[one], actor, now, together=True) for one in sorted(found)]


async def stale(conn: Connection, ticket: Ticket, version: int) -> Stale:
    """The refusal that says what changed meanwhile and by whom."""
    since = [line.happened for line in await lines_store.history(conn, ticket.id) if line.happened.seq > version]
    told = ";".join(f"{h.actor_name} {lifecycle.EVENT_NAMES[h.fact.event]}" for h in since[-3:])
    return Stale(
        f"工单 {ticket.id} 已被他人更新({told or '版本不符'}),请查看最新情况后再操作。",
        ticket_id=ticket.id,
        version=ticket.version,
        state=ticket.state.value,
    )


async def access(conn: Connection, ticket_id: int, *, actor: Actor) -> Ticket:
    """A ticket to read; absent and hidden look the same."""
    ticket = await store.load(conn, ticket_id)
    if ticket is None:
        raise NotFound(f"没有工单 {ticket_id}。")
    permissions.check_see(actor, ticket)
    return ticket


async def create(
    conn: Connection,
    facts: Sequence[Fact],
    matter: Matter,
    petitioner: Petitioner,
    *,
    actor: Actor,
    now: datetime,
    cipher: FieldCipher,
    query_code: str | None = None,
) -> Held:
    """A new ticket, held, after its first events: the first of `facts` creates it."""
    first, *others = facts
    assert isinstance(first, Create)
    ticket, happened = lifecycle.create(await store.next_id(conn, now.date()), first, at=now, actor=actor)
    lines = [happened]
    for fact in others:
        permissions.check(actor, fact.event, ticket)
        ticket, happened = lifecycle.move(ticket, fact, at=now, actor=actor)
        lines.append(happened)
    head = await store.insert(conn, ticket, lines, matter, petitioner, cipher, query_code)
    return Held(conn, ticket, head, actor, now)
