"""Two windows on one city: they stay equal when the server is killed, and say so when they have to ask."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from httpx import AsyncClient
from playwright.async_api import Browser, Page, expect

from hotline.directory.http import COOKIE
from tests.conftest import copied
from tests.console.conftest import DESK, PATIENCE
from tests.faults.test_live import Desk, Serving
from tests.flow.steps import VAGUE

BACK = 60_000
"""Milliseconds in which a killed server is up again and its pages have noticed."""


@dataclass
class Pipe:
    """A way to the message bus that a test can cut."""

    place: Path
    target: str
    server: asyncio.Server | None = None
    open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def join(self) -> None:
        self.server = await asyncio.start_unix_server(self.carry, self.place)

    async def cut(self) -> None:
        if self.server is not None:
            self.server.close()
        for writer in self.open:
            writer.close()
        self.place.unlink(missing_ok=True)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, onward = await asyncio.open_unix_connection(self.target)
        self.open |= {writer, onward}
        with contextlib.suppress(OSError):
            await asyncio.gather(self.copy(reader, onward), self.copy(there, writer))

    async def copy(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(1 << 16):
                sink.write(piece)
                await sink.drain()
        sink.close()


@dataclass
class Place:
    """A server of its own, the bus it hangs on, and whoever watches it."""

    serving: Serving
    bus: Pipe
    browser: Browser

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.serving.port}"

    @contextlib.asynccontextmanager
    async def desk(self, login: str) -> AsyncIterator[Desk]:
        async with AsyncClient(base_url=f"{self.site}/api/v1", timeout=PATIENCE / 1000) as client:
            yield await Desk(client).sign_in(login)

    @contextlib.asynccontextmanager
    async def window(self, login: str, path: str) -> AsyncIterator[Page]:
        async with self.desk(login) as desk:
            token = desk.client.cookies[COOKIE]
        context = await self.browser.new_context(base_url=self.site, viewport=DESK, locale="zh-CN")
        context.set_default_timeout(PATIENCE)
        await context.add_cookies([{"name": COOKIE, "value": token, "url": self.site}])
        page = await context.new_page()
        await page.goto(f"/console{path}")
        await page.get_by_role("grid").wait_for()
        yield page
        await context.close()


@pytest.fixture
async def place(
    city_template: str,
    run_servers: tuple[str, str, str],
    valkey: str,
    model_data: Path,
    tmp_path: Path,
    browser: Browser,
    built: None,
) -> AsyncIterator[Place]:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(model_data / "models")
    bus = Pipe(tmp_path / "bus", urlsplit(valkey).path)
    await bus.join()
    async with copied(run_servers[1], city_template, f"{city_template}_{os.getpid()}_windows") as url:
        given = {
            "HOTLINE_DATABASE_URL": url,
            "HOTLINE_REDIS_URL": f"unix://{bus.place}?{urlsplit(valkey).query}",
            "HOTLINE_DATA": str(tmp_path / "data"),
        }
        serving = Serving(tmp_path, given, workers=1)
        try:
            await asyncio.to_thread(serving.start)
            yield Place(serving, bus, browser)
        finally:
            await asyncio.to_thread(serving.stop)
            await bus.cut()


async def logged(desk: Desk, title: str) -> int:
    given = {
        "kind": "complaint",
        "channel": "phone",
        "title": title,
        "content": VAGUE,
        "citizen": {"phone": "13800000002"},
    }
    answered = await desk.post("/tickets", given)
    number: int = answered.json()["ticket_id"]
    return number


async def table(page: Page) -> list[str]:
    """What the list says, without the words for how long ago."""
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll('[role=rowgroup] [role=row]')].map((row) =>
             ['number', 'title', 'state', 'unit'].map((key) => row.querySelector(`[data-cell=${key}]`)?.textContent).join('|'))"""
    )
    return sorted(found)


async def test_windows_stay_equal_through_a_killed_server_and_a_lost_bus(place: Place) -> None:
    async with place.window("supervisor", "/tickets") as one, place.window("dispatcher", "/tickets") as two:
        for page in (one, two):
            await expect(page.get_by_role("status").filter(has_text="在线")).to_be_visible()
        async with place.desk("agent") as agent:
            await logged(agent, "东门外积水")
        for page in (one, two):
            await expect(page.get_by_role("grid")).to_contain_text("东门外积水")

        # kill -9: both say so, and what they show stays.
        await asyncio.to_thread(place.serving.kill)
        for page in (one, two):
            await expect(page.get_by_role("status").filter(has_text="起没有连接")).to_be_visible()
            await expect(page.get_by_role("grid")).to_contain_text("东门外积水")
        await asyncio.to_thread(place.serving.start)
        async with place.desk("agent") as agent:
            number = await logged(agent, "西门外路灯不亮")
        async with place.desk("dispatcher") as dispatcher:
            seen = await dispatcher.get(f"/tickets/{number}")
            body = {"version": seen["ticket"]["version"], "reason": "测试件,予以作废"}
        async with place.desk("supervisor") as chief:
            await chief.post(f"/tickets/{number}/void", body)
        for page in (one, two):
            await expect(page.get_by_role("row").filter(has_text="西门外路灯不亮")).to_contain_text(
                "作废", timeout=BACK
            )
            await expect(page.get_by_role("status").filter(has_text="在线")).to_be_visible(timeout=BACK)
        kept = await table(one)
        assert kept == await table(two) and len(kept) >= 2
        await two.reload()
        await expect(two.get_by_role("grid")).to_contain_text("西门外路灯不亮")
        assert await table(two) == kept

        # The bus goes: the screens say that they are asked for, and go on to show what happens.
        await place.bus.cut()
        for page in (one, two):
            await expect(page.get_by_role("status").filter(has_text="定时询问")).to_be_visible()
        async with place.desk("agent") as agent:
            await logged(agent, "南门外井盖松动")
        for page in (one, two):
            await expect(page.get_by_role("grid")).to_contain_text("南门外井盖松动")
        await place.bus.join()
        for page in (one, two):
            await expect(page.get_by_role("status").filter(has_text="在线")).to_be_visible(timeout=BACK)
