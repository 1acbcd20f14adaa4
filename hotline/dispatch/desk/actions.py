"""Take a ticket of the pool in hand, and let go of it."""

from datetime import datetime

from hotline.directory.people import Actor
from hotline.dispatch.desk import store
from hotline.dispatch.desk.claims import LASTS, Claim, refuse_claimed, refuse_unclaimable
from hotline.infra.db import Connection
from hotline.tickets.actions import Held, access


async def claim(conn: Connection, ticket_id: int, *, actor: Actor, now: datetime, over: bool) -> Claim:
    """领取, 续期, or 接手 with `over`."""
    ticket = await access(conn, ticket_id, actor=actor)
    refuse_unclaimable(ticket)
    await store.sweep(conn, now)
    taken = await store.take(conn, ticket_id, me(actor), actor.name, now=now, until=now + LASTS, over=over)
    if taken is None:
        other = await store.claim(conn, ticket_id, now)
        if other is not None:
            raise refuse_claimed(other)
        # It ran out between the two statements: now it is free.
        return await claim(conn, ticket_id, actor=actor, now=now, over=True)
    return taken


async def settle(held: Held) -> None:
    """Nobody decides on what a colleague has in hand, and whoever decides lets go of it."""
    other = await store.settle(held.conn, held.ticket.id, held.actor.person_id, held.now)
    if other is not None:
        raise refuse_claimed(other)


def me(actor: Actor) -> int:
    assert actor.person_id is not None, "only people sit at this desk"
    return actor.person_id
