"""The citizen urges from the page where they follow their request."""

from datetime import datetime, timedelta

from hotline.directory.people import CITIZEN
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict
from hotline.infra.words import tidy
from hotline.intake.http import looked_up
from hotline.sla import actions as sla
from hotline.tickets import facts as f
from hotline.tickets.states import OPEN, OverlayKind, State
from hotline.tickets.ticket import Ticket
from hotline.tickets.verbs import Desk

ONCE_IN = timedelta(hours=24)
ANSWERED = frozenset({State.REPLIED, State.CALLBACK})


class NotNow(Conflict):
    """There is nothing to urge, or it was urged a moment ago."""

    code = "not_now"


async def urge_by_code(conn: Connection, code: str, last4: str, text: str, *, now: datetime, desk: Desk) -> Ticket:
    """The code was sent to them, the digits are those of their telephone. A merged request urges the one it is done with."""
    ticket = await looked_up(conn, code, last4, desk.cipher)
    at_work = ticket.master_id if ticket.state is State.MERGED and ticket.master_id else ticket.id
    async with sla.working(conn, at_work, actor=CITIZEN, now=now, desk=desk) as held:
        if refused := refusal(held.ticket, now):
            raise NotNow(refused)
        await held.do(f.Urge(origin="citizen", text=tidy(text)))
        return held.ticket


def refusal(ticket: Ticket, now: datetime) -> str | None:
    if ticket.state not in OPEN:
        return "这件诉求已经办结或撤回,不需要催办;如有新情况,请重新提交或拨打 12345。"
    if ticket.state in ANSWERED:
        return "承办单位已经答复,正在审核或回访,不需要催办。"
    pressed = [o.at for o in ticket.overlays if o.kind is OverlayKind.URGE and o.origin == "citizen"]
    if pressed and now - max(pressed) < ONCE_IN:
        last = max(pressed).astimezone(BEIJING)
        return f"{last:%m月%d日 %H:%M} 已经催办过,承办单位已收到;24 小时后可以再次催办,紧急情况请拨打 12345。"
    return None
