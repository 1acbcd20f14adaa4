"""Real servers with real sockets, for the live feed: two web processes on one database, and screens that listen."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import uvicorn
from httpx import AsyncClient
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Pool, open_pool
from hotline.infra.http import Services
from hotline.infra.settings import load_settings
from hotline.live import actions
from hotline.live import http as live
from hotline.live.feed import (
    READ,
    Board,
    Hello,
    Moved,
    apply,
)
from hotline.live.feed import Event as LiveEvent
from hotline.tickets.listing.store import Row
from hotline.web.app import create_app
from tests.conftest import SECRETS, TurnedClock, copied
from tests.flow.city import City, Person
from tests.flow.steps import LAMP, answers, in_the_pool, signed

PATIENCE = 30


@contextlib.asynccontextmanager
async def web_process(services: Services) -> AsyncIterator[str]:
    """One web process on a port of its own, in this loop; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(
            create_app(services=services), log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


class Screen:
    """A console's live part: hears, applies, remembers."""

    def __init__(self, ws: ClientConnection, board: Board) -> None:
        self.ws, self.board = ws, board
        self.events: list[LiveEvent] = []
        self.texts: list[str] = []

    async def hear(self) -> LiveEvent:
        text = await self.ws.recv()
        assert isinstance(text, str)
        self.texts.append(text)
        event = READ.decode(text)
        self.board = apply(self.board, event)
        self.events.append(event)
        return event

    async def hello(self) -> Hello:
        await self.until(lambda: self.events)
        assert isinstance(self.events[0], Hello)
        return self.events[0]

    async def until(self, true: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not true():
                await self.hear()

    async def reaches(self, number: int) -> Board:
        """Everything up to `number` has come; for people who do not see everything a beat says so."""
        await self.until(lambda: (self.board.number or 0) >= number)
        return self.board

    async def closed(self) -> int:
        """The close code that ends the connection."""
        try:
            await self.until(lambda: False)
        except ConnectionClosed as ended:
            assert ended.rcvd is not None
            return ended.rcvd.code
        raise AssertionError("still open")

    @property
    def moved(self) -> list[Moved]:
        return [event for event in self.events if isinstance(event, Moved)]


class Hall:
    """The city with committed work, and two web processes, A and B."""

    def __init__(self, city: City, a: str, b: str) -> None:
        self.city, self.a, self.b = city, a, b

    @contextlib.asynccontextmanager
    async def screen(
        self, who: Person, at: str, *, since: int | None = None, board: Board | None = None, **more: Any
    ) -> AsyncIterator[Screen]:
        if who.signed_in_at is None:
            await who.sign_in()
        headers = {"Cookie": who.headers["Cookie"]}
        query = "" if since is None else f"?since={since}"
        async with connect(f"ws://{at}/api/v1/live{query}", additional_headers=headers, proxy=None, **more) as ws:
            screen = Screen(ws, board or Board())
            if since is None:
                # Where the screen begins is settled with the hello; what happens before it is in the lists.
                with contextlib.suppress(ConnectionClosed):
                    await screen.hello()
            yield screen

    async def number(self, who: Person | None = None) -> int:
        """Where the feed stands now."""
        found: int = (await (who or self.city.supervisor).get("/live"))["number"]
        return found

    async def fresh(self, who: Person) -> dict[int, Row]:
        """What the lists show this person now."""
        rows = msgspec.convert((await who.get("/tickets?limit=200"))["items"], list[Row])
        return {row.id: row for row in rows}

    async def a_day(self) -> None:
        """Verbs of all stages, jobs included."""
        city = self.city
        first = await signed(city)
        await in_the_pool(city)
        await city.receives_letter(LAMP)
        await answers(city.unit_desk("D14"), first)
        await city.supervisor.does("approve_reply", first)
        await city.person("callback").calls_back(first, solved="yes", rating=5)


Opened = Callable[..., contextlib.AbstractAsyncContextManager[Hall]]


@pytest.fixture
def open_hall(
    city_template: str,
    run_servers: tuple[str, str, str],
    valkey: str,
    model_data: Path,
    clock: TurnedClock,
    cipher: FieldCipher,
    monkeypatch: pytest.MonkeyPatch,
) -> Opened:
    monkeypatch.setattr(actions, "POLL", 0.1)

    @contextlib.asynccontextmanager
    async def opened(redis_url: str | None = valkey) -> AsyncIterator[Hall]:
        async with copied(run_servers[1], city_template, f"{city_template}_{os.getpid()}_live") as url:
            given = {"HOTLINE_DATABASE_URL": url, "HOTLINE_REDIS_URL": redis_url or "", "HOTLINE_DEMO": "1"}
            settings = load_settings({**SECRETS, **given, "HOTLINE_DATA": str(model_data)})
            async with contextlib.AsyncExitStack() as stack:
                pools: list[Pool] = [await open_pool(url, max_size=6) for _ in range(3)]
                for pool in pools:
                    stack.push_async_callback(pool.close)
                here, there, back = (Services(settings, pool, clock, cipher) for pool in pools)
                a, b = [await stack.enter_async_context(web_process(one)) for one in (here, there)]
                client = await stack.enter_async_context(AsyncClient(base_url=f"http://{a}", timeout=PATIENCE))
                conn = await stack.enter_async_context(pools[2].acquire())
                yield Hall(City(client, back, conn, clock), a, b)

    return opened


@pytest.fixture
async def hall(open_hall: Opened) -> AsyncIterator[Hall]:
    async with open_hall() as found:
        yield found


@pytest.fixture
def quick_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT", 0.1)
