"""How a citizen's words become a ticket: check, number, store, and let the rest follow."""

import secrets
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hotline.directory.people import Actor
from hotline.directory.store import load_directory
from hotline.infra.crypto import FieldCipher, sm3
from hotline.infra.db import Connection
from hotline.infra.errors import InvalidInput, NotFound
from hotline.infra.outbox import follow
from hotline.infra.words import search_terms
from hotline.intake import duplicates, form, numbers, store
from hotline.intake.store import Pair
from hotline.tickets import actions as tickets
from hotline.tickets import facts as f
from hotline.tickets.actions import Held
from hotline.tickets.states import OPEN, State

LOOK_BACK = timedelta(days=30)
REPEAT_WINDOW = LOOK_BACK
"""Within this many days the same caller's same matter is a repeat (E.3, 18)."""


class Received(msgspec.Struct, frozen=True):
    ticket_id: int
    query_code: str
    created: bool
    version: int


async def receive(
    conn: Connection,
    request: form.Accepted,
    *,
    actor: Actor,
    now: datetime,
    cipher: FieldCipher,
    draft: bool = False,
) -> Received:
    """Make the ticket, once: the same external number gives the same ticket again."""
    channel = request.fact.channel.value
    if request.external_id and (pair := await store.known(conn, channel, request.external_id)):
        return Received(pair.ticket_id, pair.query_code, False, 0)
    region = request.fact.region or await region_from(conn, request)
    fact = msgspec.structs.replace(request.fact, region=region)
    async with conn.transaction():
        held = await tickets.create(conn, fact, request.matter, request.petitioner, actor=actor, now=now, cipher=cipher)
        pair = Pair(held.ticket.id, numbers.query_code(secrets.token_bytes(numbers.LENGTH)))
        if request.external_id and not await store.claim(conn, channel, request.external_id, pair):
            raise AlreadyThere
        await store.add_code(conn, pair)
        if request.category:
            await held.do(f.Classify(category=request.category))
        if not draft:
            await register(held)
    return Received(pair.ticket_id, pair.query_code, True, held.ticket.version)


class AlreadyThere(Exception):
    """Another sender of the same letter was faster by a moment."""


async def receive_once(conn: Connection, request: form.Accepted, **how: Any) -> Received:
    """`receive`, and the other's pair when two senders of one letter came at the same moment."""
    try:
        return await receive(conn, request, **how)
    except AlreadyThere:
        pair = await store.known(conn, request.fact.channel.value, request.external_id or "")
        assert pair is not None
        return Received(pair.ticket_id, pair.query_code, False, 0)


async def register(held: Held) -> None:
    """Into the pool; what follows is the classifier."""
    await held.do(f.Register())
    await follow(held.conn, "ticket.registered", held.ticket.id)


async def region_from(conn: Connection, request: form.Accepted) -> str | None:
    """The deepest region that address or text name for certain."""
    directory = await load_directory(conn)
    for text in (request.matter.address, request.matter.title, request.matter.content):
        located = directory.finder.locate(text) if text else None
        if located:
            return located.region.code
    return None


async def answer_directly(held: Held, answer: str, article_id: int | None = None) -> None:
    """直接答复: the agent's answer is kept and the ticket ends."""
    text = form.tidy(answer)
    if not text:
        raise InvalidInput([("answer", "请填写答复内容。")])
    await held.do(f.AnswerDirectly(article_id=article_id, digest=sm3(text.encode()).hex()))
    await store.save_answer(held.conn, held.ticket.id, text)


async def merge(held: Held, master_id: int) -> None:
    """并单: this ticket becomes a child of an open one; the citizen keeps their own number and code."""
    master = await tickets.access(held.conn, master_id, actor=held.actor)
    if master.state not in OPEN or master.state is State.DRAFT:
        raise NotFound(f"主单 {master_id} 已结束或未提交,不能并入。")
    if master.master_id is not None:
        raise InvalidInput([("master_id", f"工单 {master_id} 本身是并单,请并入它的主单。")])
    await held.do(f.Merge(master_id=master_id))


async def unmerge(held: Held) -> None:
    await held.do(f.Unmerge())
    await follow(held.conn, "ticket.registered", held.ticket.id)


async def similar_to(
    conn: Connection, text: str, *, phone: str | None, now: datetime, cipher: FieldCipher, but: int | None = None
) -> list[duplicates.Similar]:
    """Earlier requests that may be about the same matter; for the agent's eyes, never merged by itself."""
    index = cipher.blind_index(phone) if phone else None
    found = await store.earlier(conn, phone_index=index, query=any_of(text), since=now - LOOK_BACK)
    return [s for s in duplicates.similar(text, found) if s.id != but]


def any_of(text: str) -> str | None:
    """A search for texts that share words of two and more characters; the quoting is PostgreSQL's own."""
    terms = [term for term in search_terms(text) if len(term) > 1 and not term.isdigit()][:30]
    return " | ".join("'" + term.replace("\\", "\\\\").replace("'", "''") + "'" for term in terms) or None
