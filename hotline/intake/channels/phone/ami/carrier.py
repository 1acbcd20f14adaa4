"""Carrying commands out on an Asterisk, and saying what became of them."""

from datetime import timedelta

from hotline.infra.errors import HotlineError
from hotline.infra.http import Services
from hotline.intake.channels.phone import store as calls
from hotline.intake.channels.phone.ami.orders import asking, meant, meant_by
from hotline.intake.channels.phone.ami.plan import Plan
from hotline.intake.channels.phone.ami.session import LinkBroken, Session
from hotline.intake.channels.phone.ami.wire import UnsafeValue
from hotline.intake.channels.phone.call import call_id
from hotline.intake.channels.phone.commands import store
from hotline.intake.channels.phone.commands.actions import settle
from hotline.intake.channels.phone.commands.form import Order, PhoneVerb
from hotline.intake.channels.phone.link.names import Names
from hotline.intake.channels.phone.seats.seat import Seat

STALE = timedelta(seconds=30)
"""A command that waited so long is no longer what its person wants."""


async def carry_out(session: Session, plan: Plan, services: Services, names: Names) -> None:
    async with services.pool.acquire() as conn:
        waiting = await store.waiting(conn, plan.provider, services.cipher)
    for order, asked_at in waiting:
        now = services.clock.now()
        late = now - asked_at > STALE and order.verb is not PhoneVerb.SIGN_OUT
        refused = (
            "电话系统没有及时响应,指令已作废,请重试。" if late else await carried(session, plan, services, names, order)
        )
        async with services.pool.acquire() as conn:
            await settle(conn, order, refused or "", now)


async def carried(session: Session, plan: Plan, services: Services, names: Names, order: Order) -> str | None:
    """Why it was not done, or None."""
    channel, target = await legs_of(services, plan, names, order)
    wanted = asking(plan, order, channel, target)
    if isinstance(wanted, str):
        return wanted
    try:
        for one in wanted:
            refused = meant(one, await session.ask(one.action, one.headers))
            if refused:
                return refused
        return None
    except UnsafeValue as wrong:
        return wrong.message
    except LinkBroken:
        # Not answered: it is asked again on the next connection, as each of them may be.
        raise
    except HotlineError as wrong:
        return wrong.message


async def legs_of(services: Services, plan: Plan, names: Names, order: Order) -> tuple[str, str]:
    """The agent's own channel on the call, and the other that is meant: whom to listen to, whom to let go, or the
    citizen's own line (and a colleague's, for who ends their call)."""
    if not order.call:
        return "", ""
    async with services.pool.acquire() as conn:
        kept = await calls.one_call(conn, call_id(plan.provider, order.call), services.cipher)
    if kept is None:
        return "", ""
    own, other = meant_by(kept.call, order)
    return (names.of(own) if own else ""), (names.of(other) if other else "")


async def pause(session: Session, plan: Plan, extension: str, reason: str) -> None:
    """Pause a telephone for a reason, or with none let it ring again."""
    said = {"Queue": plan.queue, "Interface": plan.interface_of(extension), "Paused": "true" if reason else "false"}
    await session.ask("QueuePause", {**said, **({"Reason": reason} if reason else {})})


async def sign_in_again(session: Session, plan: Plan, seat: Seat, wanted: str) -> None:
    """A PBX that forgot its members is told again who sits where, and who rests."""
    order = Order(0, plan.provider, "", PhoneVerb.SIGN_IN, seat.agent, seat.extension, "")
    told = asking(plan, order, "")
    assert isinstance(told, list)
    for one in told:
        await session.ask(one.action, one.headers)
    state, _, reason = wanted.partition(":")
    if state == "not_ready":
        await pause(session, plan, seat.extension, reason)
