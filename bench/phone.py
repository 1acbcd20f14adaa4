"""The telephone under load: agents at their screens, calls through the made-up exchange. `python -m bench.phone`

Two hundred agents with a socket each, twenty calls a second. Measured: from the moment the PBX rings an agent to the
message on that agent's screen; the processors that server, worker, PostgreSQL and Valkey take together; and, when all is
over, our calls against the exchange's own log, one by one. `--faults` cuts the link, kills the worker (and the adapter in
it), Valkey and the exchange in the middle, and measures how long the call table takes to be right again: the same calls
open, and every other call as the exchange's log has it; since the fault, and since what was killed was there again."""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import psutil
import websockets

from bench.server import Server
from hotline.directory.actions import begin_sign_in, finish_sign_in
from hotline.directory.http import COOKIE
from hotline.directory.sessions import Came
from hotline.infra.clock import SystemClock
from hotline.infra.db import connect
from hotline.infra.embedded import running
from hotline.infra.valkey import Valkey
from hotline.intake.channels.phone.ami.gap import Told, stays_of
from hotline.intake.channels.phone.fakepbx.interface import FakePbx
from hotline.intake.channels.phone.fakepbx.parties import Citizen
from hotline.intake.channels.phone.figures.actions import reckon
from hotline.intake.channels.phone.figures.queuelog import compared
from hotline.intake.channels.phone.figures.store import visits
from hotline.intake.channels.phone.seats import store as seats

FIRST = 2001
PROVIDER = "asterisk:pbx1"
PERSON = """
WITH one AS (INSERT INTO person (name) VALUES ($1) RETURNING id), role AS (
    INSERT INTO person_role (person_id, role) SELECT id, 'agent' FROM one)
INSERT INTO account (person_id, username, password_hash, demo) SELECT id, $1, '$argon2id$', true FROM one RETURNING person_id
"""
OPEN = "SELECT count(*) FROM call WHERE state <> 'ended'"


class Screens:
    """The agents' screens: when each call rang and when its pop was there."""

    def __init__(self) -> None:
        self.rang: dict[tuple[str, str], float] = {}
        self.seen: list[float] = []
        self.tasks: list[asyncio.Task[None]] = []

    def listen_to(self, pbx: FakePbx) -> None:
        said = pbx.exchange.emit_to

        def heard(message: dict[str, str]) -> None:
            if message["Event"] == "AgentCalled":
                self.rang[message["Linkedid"], message["MemberName"]] = time.perf_counter()
            said(message)

        pbx.exchange.emit_to = heard

    async def watch(self, url: str, cookie: str, agent: str) -> None:
        address = url.replace("http", "ws") + "/api/v1/live"
        async with websockets.connect(address, additional_headers={"Cookie": cookie}, max_size=None) as socket:
            async for text in socket:
                event = json.loads(text)
                if event["type"] == "call.changed" and event["call"]["pop"]:
                    call = event["call"]["id"].removeprefix(f"{PROVIDER}:")
                    if (begun := self.rang.pop((call, agent), None)) is not None:
                        self.seen.append(time.perf_counter() - begun)


def cpu_seconds(root: int) -> float:
    """What all our processes and the database's have taken so far."""
    total = 0.0
    parent = psutil.Process(root)
    for process in [parent, *parent.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total


async def sit(conn: Any, screens: Screens, server: Server, agents: int) -> None:
    now = SystemClock().now()
    for at in range(agents):
        extension, name = str(FIRST + at), f"bench-{at}"
        person = await conn.fetchval(PERSON, name)
        await seats.sit_down(conn, PROVIDER, f"agent-{extension}", extension, person, now)
        attempt = await begin_sign_in(conn, name, came=Came(None, None), now=now, demo=True)
        opened = await finish_sign_in(conn, attempt, right=True, now=now, demo=True)
        assert opened is not None
        watching = screens.watch(server.url, f"{COOKIE}={opened.token}", f"agent-{extension}")
        screens.tasks.append(asyncio.create_task(watching))


async def measure(asked: argparse.Namespace, data: Path) -> dict[str, Any]:
    log: list[str] = []
    with (data / "queue_log").open("w", encoding="utf-8", buffering=1) as file:

        def write(line: str) -> None:
            log.append(line)
            print(line, file=file)

        return await measured(asked, data, log, write)


async def measured(
    asked: argparse.Namespace, data: Path, log: list[str], write: Callable[[str], None]
) -> dict[str, Any]:
    screens, random = Screens(), Random(asked.seed)
    pbx = FakePbx(seed=asked.seed, ring=15.0, longest_wait=30.0, log=write)
    screens.listen_to(pbx)
    async with pbx.listening() as port:
        os.environ["HOTLINE_AMI_URL"] = pbx.url(port, wrapup="0", queue_log=str(data / "queue_log"))
        server = Server(data)
        await asyncio.to_thread(server.start)
        try:
            found = running(data)
            assert found is not None
            conn = await connect(found.database_url)
            await sit(conn, screens, server, asked.agents)
            await until(conn, "SELECT up FROM phone_link")
            for at in range(asked.agents):
                lifts = random.uniform(0.5, 2.0)
                interface = f"PJSIP/{FIRST + at}"
                pbx.exchange.add(interface, f"agent-{FIRST + at}")
                # Signed in by the hotline itself, which found them at their desks; here each also lifts the receiver.
                pbx.exchange.members[interface].answers_in = lifts
            assert server.process is not None
            return await run(asked, pbx, screens, server, conn, log, random)
        finally:
            for task in screens.tasks:
                task.cancel()
            await asyncio.gather(*screens.tasks, return_exceptions=True)
            await asyncio.to_thread(server.stop)
            for process in AGAIN:
                process.stop()


async def run(
    asked: argparse.Namespace,
    pbx: FakePbx,
    screens: Screens,
    server: Server,
    conn: "asyncpg.Connection[asyncpg.Record]",
    log: list[str],
    random: Random,
) -> dict[str, Any]:
    assert server.process is not None
    pid, begun = server.process.pid, time.monotonic()
    before, faults = cpu_seconds(pid), list(FAULTS.items()) if asked.faults else []
    made, due, mended = 0, begun, dict[str, Any]()
    mending: list[asyncio.Task[None]] = []
    while (passed := time.monotonic() - begun) < asked.seconds:
        due += random.expovariate(asked.rate)
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        number = f"1990{made:07d}"
        patience, talk = random.expovariate(1 / 60) + 2, random.uniform(2.0, 8.0)
        pbx.exchange.arrive(Citizen(number, patience, talk, random.random() < 0.6, 5))
        made += 1
        if faults and passed > asked.seconds * (1 - len(faults) / (len(FAULTS) + 1)):
            name, fault = faults.pop(0)
            fault(pbx, server)
            mending.append(asyncio.create_task(right_again(name, pbx, server, log, mended)))
    spent, seconds = cpu_seconds(pid) - before, time.monotonic() - begun
    await asyncio.gather(*mending)
    async with asyncio.timeout(120):
        while pbx.exchange.talks or await conn.fetchval(OPEN):  # noqa: ASYNC110  a row of the database
            await asyncio.sleep(0.5)
    found = await reckon(conn, PROVIDER, log)
    rows = await conn.fetchval("SELECT count(*) FROM call")
    told = sorted(screens.seen)
    return {
        "agents": asked.agents,
        "calls": made,
        "seconds": round(seconds),
        "rows": rows,
        "differences": len(found.differences),
        "pops": len(told),
        "pop_p50_ms": round(1000 * told[len(told) // 2]) if told else None,
        "pop_p99_ms": round(1000 * told[int(len(told) * 0.99)]) if told else None,
        "cores": round(spent / seconds, 2),
        "rows_without_a_call": await conn.fetchval("SELECT count(*) FROM call WHERE outcome IS NULL"),
        "marked_as_concluded": await conn.fetchval("SELECT count(*) FROM call WHERE estimated"),
        "right_again_s": mended,
        "first_differences": [[d.call, d.what, d.theirs, d.ours] for d in found.differences[:5]],
    }


async def until(conn: Any, question: str, seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not await conn.fetchval(question):  # noqa: ASYNC110  a row of the database
            await asyncio.sleep(0.05)


async def right_again(name: str, pbx: FakePbx, server: Server, log: list[str], mended: dict[str, Any]) -> None:
    """Seconds until the table has what the exchange has, but for what is just under way."""
    begun, first = time.monotonic(), max(0, len(log) - 4000)
    there = begun + await back_again(name, server)
    found = running(server.data)
    assert found is not None
    conn = await connect(found.database_url)
    try:
        async with asyncio.timeout(60):
            while not await right(conn, pbx, log[first:]):  # noqa: ASYNC110  rows of the database
                await asyncio.sleep(0.2)
            now = time.monotonic()
            mended[name] = {"since_fault": round(now - begun, 1), "since_recovery": round(now - there, 1)}
    except TimeoutError:
        mended[name] = None
    finally:
        await conn.close()


async def back_again(name: str, server: Server) -> float:
    """Seconds until what was killed is there again: a worker's new process, Valkey's port. A link is there at once."""
    begun = time.monotonic()
    wanted = {"worker killed": working, "valkey killed": storing}.get(name)
    await asyncio.sleep(0.5)
    if wanted is None:
        return 0.0
    async with asyncio.timeout(60):
        while not wanted(server):  # noqa: ASYNC110  processes of the machine
            await asyncio.sleep(0.1)
    return time.monotonic() - begun


def working(server: Server) -> bool:
    return any(line[-1:] == ["worker"] for line in commands(server))


def storing(server: Server) -> bool:
    return bool(AGAIN)


def commands(server: Server) -> list[list[str]]:
    lines = []
    for process in below(server):
        with contextlib.suppress(psutil.Error):
            lines.append(process.cmdline())
    return lines


async def right(conn: "asyncpg.Connection[asyncpg.Record]", pbx: FakePbx, lines: list[str]) -> bool:
    theirs = set(pbx.exchange.talks)
    ours = {row["call"] for row in await conn.fetch("SELECT call FROM call WHERE state <> 'ended'")}
    told, now = Told(lines), SystemClock().now()
    over = [c for c in told.between(now - timedelta(hours=1), now - timedelta(seconds=2)) if c not in theirs]
    known = await visits(conn, PROVIDER, over)
    # Those that have come or gone within this look are no difference.
    here = len(ours ^ (set(pbx.exchange.talks) | theirs)) <= 3 and bool(pbx.sessions)
    return here and not any(compared(c, stays_of(told, c), known.get(c, ())) for c in over)


def kill_worker(pbx: FakePbx, server: Server) -> None:
    for process in below(server):
        with contextlib.suppress(psutil.Error):
            if process.cmdline()[-1:] == ["worker"]:
                process.kill()
                process.wait(5)


DEAD = 3.0
"""Seconds without Valkey."""


def kill_valkey(pbx: FakePbx, server: Server) -> None:
    """Killed, and started again as it was: whoever runs the servers does that."""
    for process in below(server):
        with contextlib.suppress(psutil.Error):
            if "valkey" in process.name():
                process.kill()
                asyncio.get_running_loop().call_later(DEAD, start_again, server)


def start_again(server: Server) -> None:
    found = running(server.data)
    assert found is not None
    AGAIN.append(Valkey(server.data / "valkey", Path(found.sockets), "bench"))


def below(server: Server) -> list[psutil.Process]:
    assert server.process is not None
    return psutil.Process(server.process.pid).children(recursive=True)


AGAIN: list[Valkey] = []
FAULTS: dict[str, Any] = {
    "link cut": lambda pbx, server: pbx.drop(),
    "worker killed": kill_worker,
    "valkey killed": kill_valkey,
    "exchange killed": lambda pbx, server: pbx.kill(),
}


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    data = Path(tempfile.mkdtemp(prefix="hotline-bench-phone-"))
    try:
        yield data
    finally:
        shutil.rmtree(data, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--rate", type=float, default=20.0, help="calls a second")
    parser.add_argument("--seconds", type=float, default=60.0, help="600 for the whole measurement")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--models", type=Path, help="a folder of models to begin with")
    parser.add_argument("--faults", action="store_true")
    asked = parser.parse_args()
    with folder() as data:
        if asked.models:
            # Trained before: what the models cost at a first start is another measurement.
            shutil.copytree(asked.models, data / "models")
        print(json.dumps(asyncio.run(measure(asked, data)), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
