"""What all payloads have in common."""

from typing import ClassVar

import msgspec

from hotline.tickets.states import Event
from hotline.tickets.ticket import Times


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """Base of all payloads; `event` ties the payload to its row of the table."""

    event: ClassVar[Event]


class Share(msgspec.Struct, frozen=True, omit_defaults=True):
    """One unit's share of a dispatch, with the clocks it is given."""

    unit_id: int
    unit_path: tuple[int, ...]
    times: Times
    basis: str = ""
