"""A verb is one command on one ticket: its body, what it needs to be allowed, and the action that does it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from hotline.infra.crypto import FieldCipher
from hotline.infra.settings import Settings
from hotline.tickets.actions import Held
from hotline.tickets.states import Event


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every command names the version of the ticket the person was looking at."""

    version: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What an action may need beside the ticket."""

    settings: Settings
    cipher: FieldCipher


Act = Callable[[Held, Any, Desk], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Verb:
    """`POST /api/v1/tickets/{id}/{name}`; `event` is asked of the state table and the permission table first."""

    name: str
    event: Event
    body: type[Command]
    act: Act
