"""Calling the other processes: there is something new, look."""

import asyncio

from hotline.infra.bus import Bus

CHANNEL = "hotline:live"
NEWS, PHONE = "news", "phone"
"""What is called out: that the history has grown, or that only the telephone has something new."""
GATHER = 0.02
"""Seconds in which several wake-ups become one."""


class Waker:
    """Says "there is something new" on the bus, after a commit and never in its way; many calls become one message."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.due = ""
        self.calling: asyncio.Task[None] | None = None

    def wake(self, what: str = NEWS) -> None:
        self.due = NEWS if NEWS in (what, self.due) else what
        if self.bus.client is not None and (self.calling is None or self.calling.done()):
            self.calling = asyncio.create_task(self.call())

    async def call(self) -> None:
        while self.due:
            what, self.due = self.due, ""
            await self.bus.publish(CHANNEL, what)
            await asyncio.sleep(GATHER)

    async def aclose(self) -> None:
        if self.calling is not None:
            self.calling.cancel()
            await asyncio.gather(self.calling, return_exceptions=True)
        await self.bus.close()
