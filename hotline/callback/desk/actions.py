"""Take a card, show a number, put a card off. Nothing here changes the ticket."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hotline.callback import plan
from hotline.callback import store as callbacks
from hotline.callback.desk import card as cards
from hotline.callback.desk import store
from hotline.callback.desk.card import Card
from hotline.callback.desk.store import Also
from hotline.callback.texts import store as survey_texts
from hotline.callback.texts import text as texting
from hotline.directory.people import Actor
from hotline.directory.store import load_directory
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from hotline.tickets import store as tickets
from hotline.tickets.actions import access
from hotline.tickets.guards import SECRET_CALLERS
from hotline.tickets.guards.callback import caller_is_centre
from hotline.tickets.lines import store as lines_store
from hotline.tickets.petitioner import store as petitioners
from hotline.tickets.ticket import Callback, Ticket

HELD_FOR = timedelta(minutes=20)
"""Longer than a call with its notes; a card left behind is soon free again."""
PUT_OFF = timedelta(days=3)
"""A citizen may ask for another time, not for the end of the deadline."""
MOST = 500
LATELY = timedelta(days=1)
"""Who was called within a day is told so, and asked only once what they were asked then."""


class Taken(Conflict):
    """A colleague is calling this citizen."""

    code = "callback_taken"


class TooEarly(Conflict):
    """The citizen's own page, or the citizen's wish, comes first."""

    code = "callback_too_early"


async def opened(conn: Connection, ticket_id: int, callback_id: int, actor: Actor) -> tuple[Ticket, Callback]:
    """An open callback that this person may make."""
    ticket = await access(conn, ticket_id, actor=actor)
    found = ticket.open_callback
    if found is None or found.id != callback_id:
        raise NotFound("没有这次回访,或它已经结束。")
    if refusal := caller_is_centre(ticket, actor):
        raise Forbidden(refusal)
    return ticket, found


async def card(
    conn: Connection,
    ticket: Ticket,
    callback: Callback,
    *,
    actor: Actor,
    cipher: FieldCipher,
    texted: bool,
    now: datetime,
) -> Card:
    matter = await tickets.load_matter(conn, ticket.id)
    petitioner = await petitioners.load_petitioner(conn, ticket.id, cipher)
    directory = await load_directory(conn)
    lines = [line.happened for line in await lines_store.history(conn, ticket.id)]
    texts = await tickets.reply_texts(conn, ticket.id)
    tried = cards.attempts(lines, callback.id)
    call_after = await store.call_after(conn, ticket.id, callback.id)
    holder = await store.holder(conn, ticket.id, callback.id, now)
    return Card(
        id=f"{ticket.id}-{callback.id}",
        ticket_id=ticket.id,
        version=ticket.version,
        round=callback.round,
        kind=ticket.kind.value,
        urgency=ticket.urgency.value,
        channel=ticket.channel.value,
        category=ticket.category,
        category_name=await store.category_name(conn, ticket.category),
        confidential=ticket.secret,
        created_at=ticket.created_at,
        due=callback.due,
        title=matter.title,
        content=matter.original_words or matter.content,
        expected=matter.expected,
        address=matter.address,
        citizen=cards.citizen(petitioner),
        reply=cards.unit_reply(ticket, texts, directory),
        contacts=cards.contacts(ticket, lines, directory),
        attempts=tried,
        rounds=cards.rounds(ticket),
        page=await store.page_answer(conn, ticket.id, callback.id),
        text=texting.seen(
            await survey_texts.texted(conn, ticket.id, callback.id, cipher), callback, now, possible=texted
        ),
        low_rating_due=cards.low_rating_due(ticket),
        also=await companions(conn, [ticket.id], actor),
        called_at=await store.called_lately(conn, ticket.id, now - LATELY),
        times=cards.times(ticket, callback, tried, call_after, now),
        held_by=holder if holder != actor.name else None,
    )


async def companions(conn: Connection, tickets: Sequence[int], actor: Actor) -> list[Also]:
    return await store.also(conn, tickets, actor.unit_id, secret=actor.has(*SECRET_CALLERS))


async def following(
    conn: Connection,
    *,
    actor: Actor,
    keep: Sequence[tuple[int, int]],
    without: frozenset[str],
    due_by: datetime,
    now: datetime,
) -> tuple[callbacks.Due | None, int, datetime | None]:
    """Take the most pressing card that is ready and free; also how many are ready, and when the next one will be.

    联办回访: a citizen with several open callbacks is called once. After the card on the desk come the others of the same
    citizen, and no colleague gets them meanwhile."""
    assert actor.person_id is not None
    due = await callbacks.worklist(
        conn, due_by=due_by, unit_id=actor.unit_id, secret=actor.has(*SECRET_CALLERS), now=now, limit=MOST
    )
    # Who is asked on the page alone is called only when the page was answered unhappily.
    due = [one for one in due if one.sampled or one.awaits_call]
    ready = [one for one in due if one.ready_from is not None and one.ready_from <= now]
    coming = min(
        (plan.awake(one.ready_from) for one in due if one.ready_from is not None and one.ready_from > now), default=None
    )
    mine, found = actor.person_id, None
    same = {one.ticket_id for one in await companions(conn, [ticket for ticket, _ in keep], actor)}
    for one in sorted(ready, key=lambda one: (one.ticket_id not in same, not one.awaits_call, one.pressing)):
        if one.id in without or one.held_by_id not in (None, mine):
            continue
        ticket_id, _, number = one.id.partition("-")
        if await store.take(conn, int(ticket_id), int(number), mine, now=now, until=now + HELD_FOR):
            found = one
            for other in await companions(conn, [found.ticket_id], actor):
                await store.take(conn, other.ticket_id, other.callback_id, mine, now=now, until=now + HELD_FOR)
            break
    return found, len(ready), coming


async def number(
    conn: Connection, ticket_id: int, callback_id: int, *, actor: Actor, cipher: FieldCipher, now: datetime
) -> list[str]:
    """The numbers in full, for whoever takes the card; kept on record."""
    ticket, callback = await opened(conn, ticket_id, callback_id, actor)
    assert actor.person_id is not None
    if not await store.take(conn, ticket_id, callback_id, actor.person_id, now=now, until=now + HELD_FOR):
        name = await store.holder(conn, ticket_id, callback_id, now)
        raise Taken(f"{name or '同事'}正在回访这位诉求人,请换一张卡片。", held_by=name)
    call_after = await store.call_after(conn, ticket_id, callback_id)
    first = cards.times(ticket, callback, [], call_after, now).ready_from
    # The next part of a day only decides what counts; who calls earlier loses nothing but the try.
    if callback.next_after is None and first > now:
        raise TooEarly(f"先等诉求人网上评价或其约定的时间,{first.astimezone(BEIJING):%m月%d日 %H:%M} 起再拨打。")
    numbers = cards.numbers_of(await petitioners.load_petitioner(conn, ticket_id, cipher))
    await store.shown(conn, ticket_id, callback_id, actor.person_id, actor.name, now)
    return numbers


async def later(
    conn: Connection, ticket_id: int, callback_id: int, at: datetime, *, actor: Actor, now: datetime
) -> None:
    """The citizen asked to be called another time."""
    await opened(conn, ticket_id, callback_id, actor)
    if not now < at <= now + PUT_OFF:
        raise InvalidInput([("at", f"约定的时间须在今后 {PUT_OFF.days} 天内。")])
    await store.later(conn, ticket_id, callback_id, at)
