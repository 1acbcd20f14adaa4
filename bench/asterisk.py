"""The telephone's stories against a real Asterisk, with SIPp as trunk, citizens and agent. `make test-pbx`

Three citizens: one gives up, one is given up by the queue while no agent's telephone is there, then one is answered. Our
calls must be those of Asterisk's own queue_log, one by one, and their outcomes those of the stories."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.server import Server, free_port
from hotline.infra.db import connect
from hotline.infra.embedded import running

BOOT, STORIES = 60.0, 120.0
OUTCOMES = "SELECT outcome FROM call WHERE direction = 'in' ORDER BY offered_at"
OVER = "SELECT count(*) FROM call WHERE state = 'ended'"
LINK = "SELECT count(*) FROM phone_link WHERE up"
EXPECTED = ["abandoned", "overflowed", "answered"]


def free_udp() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def exchange(configuration: Path, place: Path, ports: dict[str, int]) -> Iterator[None]:
    """Asterisk over a folder of its own, which nobody else's settings reach."""
    for name in ("etc", "lib", "agi", "spool", "run", "log"):
        (place / name).mkdir(parents=True)
    for path in configuration.glob("*.conf"):
        text = path.read_text(encoding="utf-8").replace("{place}", str(place))
        for name, port in ports.items():
            text = text.replace(f"{{{name}}}", str(port))
        (place / "etc" / path.name).write_text(text, encoding="utf-8")
    process = subprocess.Popen(
        ["asterisk", "-f", "-C", str(place / "etc" / "asterisk.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + BOOT
        while not answers(ports["ami"]):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"Asterisk 没有启动成功,日志在 {place}/log。")
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(30)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as line:
        return line.recv(64).startswith(b"Asterisk Call Manager")
    return False


def citizen(sip: int, number: str, seconds: float) -> None:
    """Calls 12345, stays so long, hangs up."""
    command = ["sipp", "-sn", "uac", "-s", "12345", "-m", "1", "-d", str(int(seconds * 1000)), "-nostdin"]
    command += ["-i", "127.0.0.1", "-p", str(free_udp()), "-timeout", "60s", f"127.0.0.1:{sip}"]
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "TERM": "dumb"})
    # 1: the far end hung up first, as a queue that gives up does.
    if done.returncode not in (0, 1):
        raise SystemExit(f"SIPp({number})没有运行成功(代码 {done.returncode}):{done.stderr.decode()[-400:]}")


@contextlib.contextmanager
def agent(port: int) -> Iterator[None]:
    """A telephone that answers at once."""
    command = ["sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", str(port), "-nostdin"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + BOOT
        while not taken(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"SIPp 话机没有在端口 {port} 上启动。")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


def taken(port: int) -> bool:
    """Whether a telephone listens there already."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        try:
            line.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


async def told(server: Server, question: str, wanted: int) -> list[str]:
    """The outcomes, when the question has its answer."""
    found = running(server.data)
    assert found is not None
    conn = await connect(found.database_url)
    try:
        async with asyncio.timeout(STORIES):
            while await conn.fetchval(question) < wanted:  # noqa: ASYNC110  rows of the database
                await asyncio.sleep(0.2)
        return [row["outcome"] for row in await conn.fetch(OUTCOMES)]
    finally:
        await conn.close()


def main() -> None:
    configuration = Path(sys.argv[1])
    place = Path(tempfile.mkdtemp(prefix="hotline-asterisk-"))
    ports = {"ami": free_port(), "sip": free_udp(), "agent": free_udp()}
    log = place / "log" / "queue_log"
    os.environ["HOTLINE_AMI_URL"] = (
        f"ami://hotline:made-for-this-test@127.0.0.1:{ports['ami']}/?wrapup=0&queue_log={log}"
    )
    with exchange(configuration, place, ports), Server(place / "hotline") as server:
        asyncio.run(told(server, LINK, 1))
        citizen(ports["sip"], "13900000001", 3)
        citizen(ports["sip"], "13900000002", 20)
        with agent(ports["agent"]):
            citizen(ports["sip"], "13900000003", 4)
        outcomes = asyncio.run(told(server, OVER, len(EXPECTED)))
        print(server.run("calls", "reconcile", str(log)), end="")
        if outcomes != EXPECTED:
            raise SystemExit(f"应为 {EXPECTED},实为 {outcomes}。")
    shutil.rmtree(place, ignore_errors=True)
    print("与真实的 Asterisk 一致。")


if __name__ == "__main__":
    main()
