"""The console as people meet it: a real Chromium, the whole application, a demo city of the test's own.

The page and the server tell the same time: the clock that the test turns."""

import asyncio
import contextlib
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from httpx import AsyncClient
from playwright.async_api import Browser, BrowserContext, Page, Request, ViewportSize, async_playwright, expect

from hotline.directory.http import COOKIE
from hotline.infra.bus import Bus
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import open_pool
from hotline.infra.http import Services
from hotline.infra.settings import load_settings
from hotline.live.waker import Waker
from hotline.web.app import create_app
from tests.conftest import SECRETS, TurnedClock, copied
from tests.flow.city import City
from tests.flow.conftest import city_template, model_data
from tests.hashing import quick_hashes

__all__ = ["city_template", "model_data", "quick_hashes"]

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "agent_console" / "node_modules" / "axe-core" / "axe.min.js"
DESK = ViewportSize(width=1366, height=768)
HALLS = count()
expect.set_options(timeout=15_000)
PATIENCE = 15_000
"""Milliseconds that a page may take on a busy machine."""
QUIET = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path: without a window where there is one, at half the processor time; installed where that is ours to do."""
    shell = shutil.which("chromium-headless-shell")
    if shell is None and sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get"):
        with (Path(tempfile.gettempdir()) / "hotline-apt.lock").open("w") as one_at_a_time:
            fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
            shell = shutil.which("chromium-headless-shell") or installed()
    found = shell or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("没有找到 Chromium:请安装 Debian 的 chromium 和 fonts-noto-cjk 软件包后再运行。", pytrace=False)
    return found


def installed() -> str | None:
    for command in (["update", "-q"], ["install", "-y", "-q", "chromium-headless-shell", "fonts-noto-cjk"]):
        subprocess.run(["apt-get", *command], check=False, capture_output=True)
    return shutil.which("chromium-headless-shell")


@pytest.fixture(scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        started = await driver.chromium.launch(executable_path=chromium, args=QUIET)
        yield started
        await started.close()


class Server(uvicorn.Server):
    """Says when it listens, and leaves the signals to pytest."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


@pytest.fixture(scope="session")
def built() -> None:
    """The console of this source: `make test` has built it; alone, a test builds what has changed."""
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "console.py")], capture_output=True, text=True)
    if done.returncode:
        pytest.fail(done.stderr or done.stdout, pytrace=False)


@contextlib.asynccontextmanager
async def served(services: Services) -> AsyncIterator[str]:
    """The address of the whole application."""
    server = Server(uvicorn.Config(create_app(services=services), lifespan="on", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = asyncio.create_task(server.serve([listening]))
        await server.listening.wait()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await running


@dataclass
class Hall:
    """The city, its address, and whoever has a page open."""

    city: City
    site: str
    browser: Browser
    waker: Waker
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    async def work(self) -> None:
        """What a worker would do with what has been enqueued; whoever watches is told."""
        await self.city.work()
        self.waker.wake()

    async def opens(self, login: str, path: str = "/", size: ViewportSize = DESK, **more: Any) -> Page:
        """A browser of this person's own, signed in, at a screen of the console."""
        person = self.city.person(login)
        await person.sign_in()
        token = person.headers["Cookie"].partition("=")[2]
        page = await self.stranger(size, **more)
        await page.context.add_cookies([{"name": COOKIE, "value": token, "url": self.site}])
        await page.goto(f"/console{path}")
        await page.locator("main > *").first.wait_for()
        return page

    async def stranger(self, size: ViewportSize = DESK, **more: Any) -> Page:
        """A browser in which nobody is signed in. What goes wrong in it fails the test when it ends."""
        context = await self.browser.new_context(
            base_url=self.site, viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", **more
        )
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        await page.clock.set_fixed_time(self.city.clock.now())
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if "Security Policy" in said.text else None)
        page.on("requestfailed", self.failed)
        return page

    def failed(self, request: Request) -> None:
        if request.failure not in ("net::ERR_ABORTED", "net::ERR_INTERNET_DISCONNECTED"):
            self.faults.append(f"{request.url}: {request.failure}")

    async def pass_time(self, **length: float) -> None:
        """The clock goes on, on the server and on every open page."""
        await self.city.pass_time(**length)
        self.waker.wake()
        for context in self.contexts:
            for page in context.pages:
                await page.clock.set_fixed_time(self.city.clock.now())


@pytest.fixture
async def more_settings() -> dict[str, str]:
    """What a file of tests sets beside the usual."""
    return {}


@pytest.fixture
async def hall(
    run_servers: tuple[str, str, str],
    city_template: str,
    valkey: str,
    model_data: Path,
    clock: TurnedClock,
    cipher: FieldCipher,
    browser: Browser,
    built: None,
    more_settings: dict[str, str],
) -> AsyncIterator[Hall]:
    async with copied(run_servers[1], city_template, f"{city_template}_{os.getpid()}_hall{next(HALLS)}") as url:
        settings = load_settings(
            {
                **SECRETS,
                "HOTLINE_DATABASE_URL": url,
                "HOTLINE_REDIS_URL": valkey,
                "HOTLINE_DATA": str(model_data),
                "HOTLINE_DEMO": "1",
                **more_settings,
            }
        )
        pool = await open_pool(url, max_size=8)
        services = Services(settings, pool, clock, cipher)
        async with (
            served(services) as site,
            contextlib.aclosing(Waker(Bus(valkey))) as waker,
            AsyncClient(base_url=site) as client,
            pool.acquire() as conn,
        ):
            there = Hall(City(client, services, conn, clock), site, browser, waker)
            yield there
            for context in there.contexts:
                await context.close()
        await pool.close()
    assert there.faults == []


async def findings(page: Page) -> list[str]:
    """What axe-core finds serious or critical on a page as it is shown now, at rest.

    A message that fades in or out while it is looked at has colours that it never keeps: what is found is looked for again."""
    return await at_rest(page) and await at_rest(page)


async def at_rest(page: Page) -> list[str]:
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = await page.evaluate(
        """async () => {
             const passing = document.getAnimations()
               .filter((one) => one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity)
             await Promise.allSettled(passing.map((one) => one.finished))
             return (await axe.run(document, { resultTypes: ['violations'] })).violations
               .filter(({ impact }) => impact === 'serious' || impact === 'critical')
               .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`))
           }"""
    )
    return found
