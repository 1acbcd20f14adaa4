"""The tabs of a unit's desk (承办台), and the place in one where the next page begins."""

from datetime import datetime
from enum import StrEnum

import msgspec


class Tab(StrEnum):
    TO_SIGN = "to_sign"  # 待签收
    IN_HAND = "in_hand"  # 办理中
    NEAR = "near"  # 临期: of the clocks still owed the next one is near
    LATE = "late"  # 超期: and has passed
    RETURNED = "returned"  # 退回重办: refused by the centre, or sent back after the citizen's verdict
    ASSISTING = "assisting"  # 协办
    WAITING = "waiting"  # 待中心: replied, a return under review, or shelved
    MINE = "mine"  # 我经办的


class Counts(msgspec.Struct, frozen=True):
    """How many shares stand in each tab."""

    to_sign: int = 0
    in_hand: int = 0
    near: int = 0
    late: int = 0
    returned: int = 0
    assisting: int = 0
    waiting: int = 0
    mine: int = 0


class Place(msgspec.Struct, frozen=True):
    """The last row of a page: the next one begins after it."""

    due: datetime
    ticket_id: int
    share_id: int

    def written(self) -> str:
        return f"{self.due.isoformat()}~{self.ticket_id}~{self.share_id}"


def place(text: str) -> Place | None:
    """None when it is nothing that we have written."""
    due, _, rest = text.partition("~")
    ticket, _, share = rest.partition("~")
    if not (text.isascii() and ticket.isdecimal() and share.isdecimal() and len(ticket) < 19 and len(share) < 10):
        return None
    try:
        at = datetime.fromisoformat(due)
    except ValueError:
        return None
    return Place(at, int(ticket), int(share)) if at.tzinfo else None
