"""Who sits before the feed, and a line of history for them to hear of."""

import asyncio
import contextlib

from hotline.directory.people import Actor, Role
from hotline.live.actions import Live
from hotline.live.fanout import Seat

DISPATCHER = Actor("王芳", frozenset({Role.DISPATCHER}), person_id=1)
OTHER = Actor("李敏", frozenset({Role.CALLBACK}), person_id=2)
WRITE = """
INSERT INTO history (ticket_id, seq, at, event, actor_name, target, reason, payload, hash)
VALUES ($1, $2, now(), 'sign', '赵刚', 'in_progress', '', '{}', '') RETURNING number
"""


async def sitting(live: Live, stack: contextlib.AsyncExitStack, who: Actor = DISPATCHER) -> tuple[Seat, asyncio.Event]:
    rung = asyncio.Event()
    return await stack.enter_async_context(live.seat(who, rung.set)), rung
