"""Jobs of one kind that wait at the same moment are worked as one set, in one transaction.

Nobody waits for a set to fill: it is whatever has come while the set before was worked. A set that fails is worked again one
by one, so that one bad letter holds up nobody else."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hotline.infra.db import Connection
from hotline.infra.http import Services
from hotline.infra.log import begin_request
from hotline.infra.outbox import Follow
from hotline.infra.revisions import one_glance

logger = logging.getLogger(__name__)
LARGEST = 32
"""Jobs a set: more saves little, and each ticket is held until the last is done."""
LONGEST_WAIT = 1.0
"""Seconds that the jobs of other kinds are kept from being fetched by a set that takes long."""


class Handler(Protocol):
    async def __call__(
        self, conn: Connection, ticket_id: int, payload: dict[str, Any] | None, *, services: Services
    ) -> object: ...


Payloads = Mapping[int, dict[str, Any] | None]
"""What came with each ticket of a set, in the order of their numbers."""


class SetHandler(Protocol):
    async def __call__(self, conn: Connection, letters: Payloads, *, services: Services) -> object: ...


@dataclass(frozen=True, slots=True)
class Together:
    """A handler of a whole set of tickets; like every handler it may run twice."""

    handler: SetHandler

    async def run(self, jobs: Sequence[Follow], services: Services) -> None:
        begin_request(jobs[0].request)
        async with services.pool.acquire() as conn, conn.transaction():
            with one_glance():
                letters = {job.ticket_id: job.payload for job in sorted(jobs, key=lambda job: job.ticket_id)}
                await self.handler(conn, letters, services=services)


Follows = Mapping[str, Sequence[Handler] | Together]
"""What follows which event."""
Run = Callable[[Sequence[Follow]], Awaitable[None]]


class Gathering:
    """Where jobs of one kind wait for the set they are worked in."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.waiting: deque[tuple[Follow, asyncio.Future[None]]] = deque()
        self.working: asyncio.Task[None] | None = None

    async def __call__(self, job: Follow) -> None:
        """Done when the set of this job is committed; its own failure, and nobody else's, is raised."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((job, mine))
        if self.working is None or self.working.done():
            self.working = asyncio.create_task(self.work())
        await mine

    async def room(self) -> None:
        """Until the set in hand is done: who is fetched earlier waits here, where no other worker can take it."""
        if self.working is not None and not self.working.done():
            await asyncio.wait([self.working], timeout=LONGEST_WAIT)

    async def work(self) -> None:
        while self.waiting:
            taken = [self.waiting.popleft() for _ in range(min(LARGEST, len(self.waiting)))]
            # Whoever was told to stop waiting is not worked any more.
            await self.settle([(job, mine) for job, mine in taken if not mine.done()])

    async def settle(self, taken: Sequence[tuple[Follow, "asyncio.Future[None]"]]) -> None:
        if not taken:
            return
        try:
            await self.run([job for job, _ in taken])
        except Exception as wrong:
            if len(taken) > 1:
                logger.warning("%s 件来件不能一起处理,逐件处理:%s", len(taken), wrong)
                for one in taken:
                    await self.settle([one])
                return
            _, mine = taken[0]
            if not mine.done():
                mine.set_exception(wrong)
            return
        for _, mine in taken:
            if not mine.done():
                mine.set_result(None)
