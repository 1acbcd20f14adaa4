"""A person asks something of their telephone: checked, kept once, and left to whoever talks to the telephone system."""

from datetime import datetime, timedelta

from hotline.directory.people import Actor, Role
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, Forbidden, NotFound
from hotline.intake.channels.phone import store as calls
from hotline.intake.channels.phone.call import Call, CallState, call_id
from hotline.intake.channels.phone.commands import store
from hotline.intake.channels.phone.commands.form import (
    OF_OTHERS,
    ON_A_CALL,
    CommandBody,
    NoTelephone,
    Order,
    PhoneVerb,
    channel_of,
    extended,
    rest_refused,
)
from hotline.intake.channels.phone.commands.store import Commanded
from hotline.intake.channels.phone.missed import store as missed
from hotline.intake.channels.phone.seats import store as seats
from hotline.intake.channels.phone.seats.seat import RESTING, Seat

LEADERS = frozenset({Role.SHIFT_LEADER, Role.SUPERVISOR, Role.CENTRE_LEADER})
"""Who may act on a colleague's telephone, and listen."""
HELD_FOR = timedelta(minutes=15)
"""How long a citizen is one's own to call back."""


async def command(
    conn: Connection, body: CommandBody, actor: Actor, *, provider: str, member: str, now: datetime, cipher: FieldCipher
) -> Commanded:
    """Keep the command; the same key again answers what became of the first."""
    assert actor.person_id is not None
    known = await store.stored(conn, provider, body.key)
    if known is not None:
        if known[1] != actor.person_id or known[0].verb is not body.verb:
            raise Conflict("这个 key 已用于另一条指令,请换一个。")
        return known[0]
    person_id = whose(body, actor)
    seat = await sitting(conn, body, person_id, provider, member, now)
    call = await call_of(conn, body, actor, cipher) if body.verb in ON_A_CALL else None
    number = body.number or await missed_number(conn, body, actor.person_id, now, cipher)
    order = Order(
        id=0,
        provider=provider,
        key=body.key,
        verb=body.verb,
        agent=seat.agent,
        extension=seat.extension,
        call=call.call if call else "",
        reason=body.reason,
        number=number,
        to=body.to,
        kind=body.kind,
        channel=channel_of(f"{provider}|{actor.person_id}|{body.key}") if body.verb is PhoneVerb.DIAL else "",
    )
    shown = body.call if call else call_id(provider, order.channel) if order.channel else ""
    await remember(conn, order, seat, now)
    if order.verb is PhoneVerb.LISTEN and call is not None:
        await store.watched(conn, call.id, order.kind, call.agent, (actor.person_id, actor.name), now)
    await store.ask(conn, order, actor.person_id, shown, now, cipher)
    if order.verb is PhoneVerb.DIAL and body.callback:
        await store.for_callback(conn, body.callback, shown, actor.person_id, now)
    if order.verb is PhoneVerb.EXTEND:
        # Ours alone: the telephone system does not know how long the pause that we asked for is to last.
        await store.settle_key(conn, provider, body.key, "done", now)
    found = await store.stored(conn, provider, body.key)
    assert found is not None
    return found[0]


async def settle(conn: Connection, order: Order, refused: str, now: datetime) -> None:
    """What became of a command, whoever carried it out."""
    await store.settle(conn, order.id, "refused" if refused else "done", refused, now)
    if order.verb in (PhoneVerb.MUTE, PhoneVerb.UNMUTE) and not refused:
        muted = call_id(order.provider, order.call) if order.verb is PhoneVerb.MUTE else ""
        await seats.mute(conn, order.provider, order.agent, muted)


async def missed_number(conn: Connection, body: CommandBody, person_id: int, now: datetime, cipher: FieldCipher) -> str:
    """The number of a citizen whose call was missed; they are this person's to call back for a while."""
    if body.verb is not PhoneVerb.DIAL or not body.missed:
        return ""
    number = await missed.take(conn, body.missed, person_id, now=now, until=now + HELD_FOR, cipher=cipher)
    if number is None:
        raise Conflict("这位市民已有同事在回拨,或已经接通,请换一位。")
    return number


def whose(body: CommandBody, actor: Actor) -> int:
    assert actor.person_id is not None
    if body.person_id in (None, actor.person_id):
        return actor.person_id
    if not actor.has(*LEADERS) or body.verb not in OF_OTHERS:
        raise Forbidden("只有班长和主管可以对同事的话机签出、示闲、示忙或挂机。")
    return body.person_id


async def sitting(
    conn: Connection, body: CommandBody, person_id: int, provider: str, member: str, now: datetime
) -> Seat:
    """Where this person sits; signing in is sitting down."""
    if body.verb is PhoneVerb.SIGN_IN:
        agent = member.replace("{extension}", body.extension)
        for seat in await seats.seats(conn):
            if (seat.provider, seat.agent) == (provider, agent) and seat.person_id not in (None, person_id):
                raise Conflict(f"分机 {body.extension} 已由 {seat.person} 签入,请换一台话机,或请对方先签出。")
        await seats.sit_down(conn, provider, agent, body.extension, person_id, now)
    found = [seat for seat in await seats.seats(conn, person_id=person_id) if seat.provider == provider]
    if not found:
        raise NoTelephone("还没有签入话机,请先签入再操作。")
    return found[0]


async def call_of(conn: Connection, body: CommandBody, actor: Actor, cipher: FieldCipher) -> Call:
    """The call, when it is this person's to act on."""
    kept = await calls.one_call(conn, body.call, cipher)
    if kept is None:
        raise NotFound("没有这通电话。")
    if kept.call.over:
        raise Conflict("这通电话已经结束。")
    mine = {seat.agent for seat in await seats.seats(conn, person_id=actor.person_id)}
    parties = {leg.agent for leg in kept.call.legs if leg.ended_at is None}
    if body.verb is PhoneVerb.LISTEN:
        if not actor.has(*LEADERS):
            raise Forbidden("只有班长和主管可以监听、密语和强插。")
        if mine & parties:
            raise Conflict("这是您自己正在接听的电话,不能监听。")
        if kept.call.state not in (CallState.TALKING, CallState.HELD):
            raise Conflict("这通电话还没有人接听,接通后才能监听、密语和强插。")
    elif not mine & parties and not (actor.has(*LEADERS) and body.verb is PhoneVerb.HANGUP):
        raise Forbidden("这不是您正在接听的电话。")
    return kept.call


async def remember(conn: Connection, order: Order, seat: Seat, now: datetime) -> None:
    """What the seat is meant to be, so that a telephone system that forgot it can be told again."""
    if order.verb is PhoneVerb.NOT_READY:
        others, signed_in = await seats.resting(conn, order.provider, RESTING, order.agent)
        refused = rest_refused(order.reason, others, signed_in)
        if refused:
            raise Conflict(refused)
        await seats.want(conn, order.provider, order.agent, f"not_ready:{order.reason}")
    elif order.verb is PhoneVerb.READY:
        await seats.want(conn, order.provider, order.agent, "ready")
    elif order.verb is PhoneVerb.EXTEND:
        until = extended(seat.since, seat.wrap_until, now)
        if isinstance(until, str):
            raise Conflict(until)
        await seats.write_up(conn, order.provider, order.agent, until)
    elif order.verb is PhoneVerb.SIGN_OUT:
        await seats.stand_up(conn, order.provider, order.agent, now)
