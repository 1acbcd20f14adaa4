"""附件 as the ticket knows it: who put which file to it, when, and for whose eyes."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from hotline.tickets.states import Decision
from hotline.tickets.ticket import Ticket

MOST_FILES = 50
MOST_TOTAL = 500 << 20
"""Files and bytes of one ticket."""

AUDIENCES = {"internal": False, "public": True}
"""内部 or 公开: with which of the two texts a file goes."""


class Attachment(msgspec.Struct, frozen=True):
    ticket_id: int
    number: int
    digest: str
    kind: str
    size: int
    name: str
    public: bool
    at: datetime
    by: int | None
    by_name: str
    by_unit: int | None
    from_centre: bool


def no_room(count: int, total: int, size: int) -> str | None:
    """Why a ticket takes no further file, or None."""
    if count >= MOST_FILES:
        return f"一件工单最多 {MOST_FILES} 个附件。"
    if total + size > MOST_TOTAL:
        return f"一件工单的附件合计不超过 {MOST_TOTAL >> 20} MB。"
    return None


def for_citizen(ticket: Ticket, files: Iterable[Attachment]) -> list[Attachment]:
    """What goes with a public text: a unit's file is shown when the reply it came with was accepted, never before."""
    accepted = [reply.at for reply in ticket.replies if reply.decision is Decision.GRANTED]
    last = max(accepted, default=None)
    return [f for f in files if f.public and (f.from_centre or (last is not None and f.at <= last))]


def for_outsiders(files: Iterable[Attachment]) -> list[Attachment]:
    """Of a secret ticket: what the centre keeps to itself may show the caller, so it stays inside."""
    return [f for f in files if f.public or not f.from_centre]
