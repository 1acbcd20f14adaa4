"""并单: what became of the master reaches every caller who was merged into it (docs/rules.md C.3, 5).

Each keeps number, code and a verdict of their own: the work was one, the citizens are many."""

import secrets
from datetime import datetime
from typing import Any

from hotline.callback import plan
from hotline.callback import store as callbacks
from hotline.directory.people import SYSTEM
from hotline.infra.db import Connection
from hotline.infra.http import Services
from hotline.intake import actions as intake
from hotline.intake import store
from hotline.intake.store import Child
from hotline.sla import actions as sla
from hotline.tickets import facts as f
from hotline.tickets import store as tickets
from hotline.tickets.actions import Held
from hotline.tickets.states import ENDED, Closing, Decision, State
from hotline.tickets.ticket import Ticket, Times
from hotline.tickets.verbs import Desk


async def follow_master(
    conn: Connection, ticket_id: int, payload: dict[str, Any] | None, *, services: Services
) -> None:
    """The master was answered, or it ended: every child that still waits for it goes where it leads."""
    master = await tickets.load(conn, ticket_id)
    if master is None:
        return
    desk, now = Desk(services.settings, services.cipher), services.clock.now()
    for child in await store.merged_children(conn, ticket_id):
        async with sla.working(conn, child.id, actor=SYSTEM, now=now, desk=desk) as held:
            # Parted from it meanwhile, or served by the same job a moment ago.
            if held.ticket.state is State.MERGED and held.ticket.master_id == master.id:
                await follow(held, child, master, desk)


async def follow(held: Held, child: Child, master: Ticket, desk: Desk) -> None:
    answered = any(reply.decision is Decision.GRANTED for reply in master.replies)
    if answered and child.to_be_asked:
        await ask(held, master, desk)
    elif master.state not in ENDED:
        return
    elif answered or master.closing is not None:
        await held.do(f.CloseWithMaster(master_id=master.id, closing=master.closing or Closing.HANDLED))
    elif master.state is State.WITHDRAWN and child.same_caller:
        await held.do(f.CloseWithMaster(master_id=master.id, closing=None))
    else:
        # Struck out, or taken back by its own citizen: that is nobody else's wish.
        await intake.unmerge(held)


async def ask(held: Held, master: Ticket, desk: Desk) -> None:
    """A callback of the caller's own, and a page of their own to answer on."""
    clocks = await sla.clocks(held.conn, desk, held.now)
    await held.do(answered_with(master, plan.due(clocks.calendar, held.now)))
    callback = held.ticket.open_callback
    assert callback is not None
    await callbacks.add_survey(held.conn, secrets.token_urlsafe(24), held.ticket.id, callback.id, held.now)


def answered_with(master: Ticket, due: datetime) -> f.AnswerWithMaster:
    """The work that was done for both, as the child's own record of it."""
    lead = master.last_lead
    assert lead is not None
    times = Times(lead.finish_due, lead.sign_due, lead.contact_due, None, lead.pack)
    return f.AnswerWithMaster(
        master_id=master.id,
        share=f.Share(lead.unit_id, lead.unit_path, times, lead.basis),
        dispatched_at=lead.dispatched_at,
        signed_at=lead.signed_at,
        finished_at=lead.finished_at or master.replies[-1].at,
        late=bool(lead.late),
        callback_due=due,
    )
