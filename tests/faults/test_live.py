"""The live feed over real processes: what one web worker commits reaches the sockets of another; a killed server comes
back, and so do its screens."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from httpx import AsyncClient, Response
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from hotline.directory.http import CSRF_HEADER
from hotline.live.feed import READ, Board, Event, Hello, apply
from hotline.tickets.listing.store import Row
from tests.conftest import SECRETS, copied
from tests.faults.command import POLL

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
WORKERS = 2
LAMP = "人民路东段的路灯从上周五开始不亮,晚上老人出门很危险,希望尽快派人修好。"
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith("HOTLINE_")}
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


class Serving:
    """`hotline serve` with web workers and a job worker, on a database and a Valkey that are not its own."""

    def __init__(self, folder: Path, environ: dict[str, str], workers: int = WORKERS) -> None:
        self.workers = workers
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self.folder = folder
        self.environ = {**CLEAN, **SECRETS, "PYTHONPATH": str(ROOT), "PORT": str(self.port), **environ}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return (self.folder / "serve.log").read_text(encoding="utf-8")

    def start(self) -> None:
        command = [sys.executable, "-m", "hotline.cli", "serve", "--demo", "--workers", str(self.workers)]
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environ, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 120
        while not self.answers():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(POLL)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        """kill -9 of the parent; the kernel ends the workers with it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(30)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)


@pytest.fixture
async def serving(
    city_template: str, run_servers: tuple[str, str, str], valkey: str, model_data: Path, tmp_path: Path
) -> AsyncIterator[Serving]:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(model_data / "models")
    async with copied(run_servers[1], city_template, f"{city_template}_{os.getpid()}_served") as url:
        given = {"HOTLINE_DATABASE_URL": url, "HOTLINE_REDIS_URL": valkey, "HOTLINE_DATA": str(tmp_path / "data")}
        one = Serving(tmp_path, given)
        try:
            await asyncio.to_thread(one.start)
            yield one
        finally:
            await asyncio.to_thread(one.stop)


class Desk:
    """Somebody signed in over HTTP."""

    def __init__(self, client: AsyncClient) -> None:
        self.client = client
        self.headers: dict[str, str] = {}

    async def sign_in(self, username: str) -> "Desk":
        answered = await self.client.post("/session", json={"username": username, "password": "hotline-demo"})
        assert answered.status_code == 200, answered.text
        self.headers = {CSRF_HEADER: answered.json()["csrf_token"]}
        return self

    async def get(self, path: str) -> Any:
        return (await self.client.get(path)).raise_for_status().json()

    async def post(self, path: str, body: dict[str, Any]) -> Response:
        answered = await self.client.post(path, json=body, headers=self.headers)
        assert answered.status_code < 300, answered.text
        return answered

    async def fresh(self) -> dict[int, Row]:
        rows = msgspec.convert((await self.get("/tickets?limit=200"))["items"], list[Row])
        return {row.id: row for row in rows}

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())


class Screen:
    def __init__(self, ws: ClientConnection, board: Board) -> None:
        self.ws, self.board = ws, board

    async def hear(self) -> Event:
        event = READ.decode(await self.ws.recv())
        self.board = apply(self.board, event)
        return event

    async def reaches(self, number: int) -> Board:
        async with asyncio.timeout(PATIENCE):
            while (self.board.number or 0) < number:
                await self.hear()
        return self.board


@contextlib.asynccontextmanager
async def screen(port: int, desk: Desk, board: Board | None = None) -> AsyncIterator[Screen]:
    since = f"?since={board.number}" if board else ""
    headers = {"Cookie": desk.cookie}
    address = f"ws://127.0.0.1:{port}/api/v1/live{since}"
    async with connect(address, additional_headers=headers, proxy=None, open_timeout=PATIENCE) as ws:
        yield Screen(ws, board or Board())


# --- which process holds a connection, by the kernel's book


def sockets_of(pid: int) -> Iterator[str]:
    for fd in Path(f"/proc/{pid}/fd").glob("*"):
        with contextlib.suppress(OSError):
            target = str(fd.readlink())
            if target.startswith("socket:["):
                yield target[8:-1]


def holder(serving: Serving, client_port: int) -> int:
    """The web worker at the other end of a connection that we opened from `client_port`."""
    ends = f"0100007F:{serving.port:04X}", f"0100007F:{client_port:04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    [inode] = [line[9] for line in lines if (line[1], line[2]) == ends]
    [pid] = [pid for pid in family(serving) if inode in sockets_of(pid)]
    return pid


def family(serving: Serving) -> set[int]:
    assert serving.process is not None
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = {serving.process.pid}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


async def at_every_worker(serving: Serving, desk: Desk, stack: contextlib.AsyncExitStack) -> dict[int, Screen]:
    """A screen in each web process; the kernel chooses which one takes a connection."""
    found: dict[int, Screen] = {}
    async with asyncio.timeout(PATIENCE):
        while len(found) < WORKERS:
            async with contextlib.AsyncExitStack() as unless_kept:
                opened = await unless_kept.enter_async_context(screen(serving.port, desk))
                pid = holder(serving, opened.ws.local_address[1])
                if pid not in found:
                    found[pid] = opened
                    stack.push_async_exit(unless_kept.pop_all())
    return found


def visitor(serving: Serving, before: AsyncClient | None = None) -> AsyncClient:
    cookies = before.cookies if before else None
    address = f"http://127.0.0.1:{serving.port}/api/v1"
    return AsyncClient(base_url=address, cookies=cookies, timeout=PATIENCE, trust_env=False)


async def a_letter(desk: Desk) -> Response:
    body = {"channel": "web", "content": LAMP, "citizen": {"phone": "13912345678"}}
    return await desk.post("/public/requests", body)


async def settled(desk: Desk, ticket_id: int) -> int:
    """The job worker has done with a letter; the feed's number then."""
    async with asyncio.timeout(PATIENCE):
        while True:
            lines = (await desk.get(f"/tickets/{ticket_id}/history"))["items"]
            if lines[-1]["event"] == "dispatch":
                number: int = lines[-1]["number"]
                return number


async def test_what_one_worker_commits_reaches_the_screens_of_the_other_and_a_killed_server_comes_back(
    serving: Serving,
) -> None:
    async with contextlib.AsyncExitStack() as stack, visitor(serving) as client:
        desk = await Desk(client).sign_in("supervisor")
        screens = await at_every_worker(serving, desk, stack)
        # Where a screen begins is settled with its hello; what happens before it is in the lists.
        for one in screens.values():
            assert isinstance(await one.hear(), Hello)
        answered = await a_letter(desk)
        writer = holder(serving, answered.extensions["network_stream"].get_extra_info("client_addr")[1])
        number = await settled(desk, answered.json()["ticket_id"])
        boards = {pid: await found.reaches(number) for pid, found in screens.items()}
        assert boards.keys() - {writer}, "no screen at another worker than the one that took the letter"
        assert [board.tickets for board in boards.values()] == [await desk.fresh()] * WORKERS
        await asyncio.to_thread(serving.kill)
        for found in screens.values():
            with pytest.raises(ConnectionClosed):
                await found.reaches(number + 10**6)
        board = next(iter(boards.values()))
    await asyncio.to_thread(serving.start)
    # The session outlives the server, and so does the position.
    async with visitor(serving, client) as desk.client:
        missed = await a_letter(desk)
        number = await settled(desk, missed.json()["ticket_id"])
        async with screen(serving.port, desk, board) as again:
            assert (await again.reaches(number)).tickets == await desk.fresh()
            later = await a_letter(desk)
            number = await settled(desk, later.json()["ticket_id"])
            assert (await again.reaches(number)).tickets == await desk.fresh()
    assert len(again.board.tickets) == 3
    assert "Traceback" not in serving.log
