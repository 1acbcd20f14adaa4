"""The cards of 销号回访, and the number for whoever calls."""

from datetime import datetime

import msgspec

from hotline.callback import plan
from hotline.callback.desk import store as desk
from hotline.callback.desk.card import Citizen, UnitReply, citizen, numbers_of, unit_reply
from hotline.directory.people import Actor
from hotline.directory.store import load_directory
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.infra.errors import NotFound
from hotline.supervision.striking import store
from hotline.supervision.striking.store import Waiting
from hotline.tickets import store as tickets
from hotline.tickets.guards import SECRET_CALLERS
from hotline.tickets.petitioner import store as petitioners


class StrikeCard(msgspec.Struct, frozen=True):
    """What the caller has in view: what the citizen wanted, what the unit says it did, how often it was tried."""

    about: Waiting
    citizen: Citizen
    content: str
    reply: UnitReply | None
    tries: int
    """Different parts of days in which nobody answered."""
    tries_usual: int
    counts_now: bool
    """A call made now is another try."""
    quiet: bool


async def cards(conn: Connection, *, actor: Actor, cipher: FieldCipher, now: datetime) -> list[StrikeCard]:
    found = await store.waiting(conn, actor.unit_id, secret=actor.has(*SECRET_CALLERS))
    return [await card(conn, one, cipher=cipher, now=now) for one in found]


async def card(conn: Connection, one: Waiting, *, cipher: FieldCipher, now: datetime) -> StrikeCard:
    ticket = await tickets.load(conn, one.ticket_id)
    assert ticket is not None
    matter = await tickets.load_matter(conn, one.ticket_id)
    texts = await tickets.reply_texts(conn, one.ticket_id)
    slots = {plan.slot(at) for at in one.tried_at}
    return StrikeCard(
        about=one,
        citizen=citizen(await petitioners.load_petitioner(conn, one.ticket_id, cipher)),
        content=matter.original_words or matter.content,
        reply=unit_reply(ticket, texts, await load_directory(conn)),
        tries=len(slots),
        tries_usual=plan.TRIES,
        counts_now=plan.slot(now) not in slots,
        quiet=plan.quiet(now),
    )


async def number(conn: Connection, ticket_id: int, *, actor: Actor, cipher: FieldCipher, now: datetime) -> list[str]:
    """In full, for whoever calls; kept on record beside the ticket's last callback."""
    if not await store.waiting(conn, actor.unit_id, secret=actor.has(*SECRET_CALLERS), ticket=ticket_id):
        raise NotFound("没有待核实的销号申请,可能已被他人处理,请刷新。")
    ticket = await tickets.load(conn, ticket_id)
    assert ticket is not None and actor.person_id is not None
    last = ticket.callbacks[-1].id if ticket.callbacks else 0
    await desk.shown(conn, ticket_id, last, actor.person_id, actor.name, now)
    return numbers_of(await petitioners.load_petitioner(conn, ticket_id, cipher))
