"""Telling people, beside the other timers: a mail server that does not answer must hold up no deadline."""

from hotline.infra.http import Services
from hotline.notices import actions as notices
from hotline.notices.sending import actions as sending

HANDFUL = 500
"""Alerts a transaction."""
HANDFULS = 40
SENDS = 100
"""Messages a tick."""


async def hand_out(services: Services) -> None:
    """Alerts become notices. Safe at any rate and from any number of workers."""
    for _ in range(HANDFULS):
        async with services.pool.acquire() as conn:
            if await notices.hand_out(conn, services.clock.now(), services.settings, limit=HANDFUL) == 0:
                break


async def post(services: Services) -> None:
    """What may leave leaves."""
    async with services.pool.acquire() as conn:
        await sending.gather(conn, services.clock.now())
    await sending.give_back_lost(services)
    for _ in range(SENDS):
        if not await sending.send_next(services):
            break
