"""Exports asked for at a desk, written beside the other timers: a million rows hold up no deadline."""

from hotline.infra.http import Services
from hotline.reports.ledger.desk.actions import forget_expired, write_next

TIDY_EVERY = 600
"""Turns after which expired files are looked for."""
_turns = 0


async def export(services: Services) -> None:
    """One after the other. Safe at any rate and from any number of workers."""
    global _turns
    if _turns % TIDY_EVERY == 0:
        await forget_expired(services)
    _turns += 1
    while await write_next(services):
        pass
