"""A seeded day of a made-up city on the made-up telephone system, or calls that were recorded."""

import asyncio
import contextlib
import json
import math
import time
import wave
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import httpx
import msgspec

from hotline.intake.channels.phone import hook
from hotline.intake.channels.phone.fakepbx.interface import FakePbx
from hotline.intake.channels.phone.fakepbx.parties import Citizen, some_citizen
from hotline.intake.channels.phone.restrict.rules import Treatment

Screen = Callable[[str], Awaitable[Treatment | None]]
FIRST_COLLEAGUE = 7001
SHIFTED = frozenset(
    {
        *("Uniqueid", "Linkedid", "DestUniqueid", "DestLinkedid", "TransfererUniqueid", "TransfererLinkedid"),
        *("OrigTransfererUniqueid", "OrigTransfererLinkedid"),
    }
)
"""Headers that number channels."""


async def play(
    *,
    port: int,
    rate: float,
    agents: int,
    seed: int,
    speed: float,
    queue_log: Path | None,
    replay: Sequence[Path] = (),
    recordings: Path | None = None,
    screen: Screen | None = None,
    host: str = "127.0.0.1",
) -> None:
    """Until cancelled."""
    with queue_log_to(queue_log) as log:
        record = partial(write_recording, recordings) if recordings else None
        pbx = FakePbx(seed=seed, speed=speed, log=log, record=record)
        async with pbx.listening(host, port) as taken:
            print(f"演练交换机监听 {host}:{taken},HOTLINE_AMI_URL={pbx.url(taken)}", flush=True)
            colleagues(pbx, agents, Random(seed))
            await asyncio.gather(
                arrivals(pbx, rate, seed, speed, screen=screen), *(recorded(pbx, path, speed) for path in replay)
            )
            await asyncio.Event().wait()


SAMPLES = 8000
LONGEST_RECORDING = 120


def write_recording(folder: Path, name: str, seconds: float) -> None:
    """Two made-up voices in turn, low and high, so that a player has something to play: 8 kHz, 8 bit."""
    folder.mkdir(parents=True, exist_ok=True)
    turns = b"".join(voice(pitch) for pitch in (140, 220))
    wanted = int(min(max(seconds, 1), LONGEST_RECORDING) * SAMPLES)
    with wave.open(str(folder / name), "wb") as file:
        file.setparams((1, 1, SAMPLES, wanted, "NONE", ""))
        file.writeframes((turns * (wanted // len(turns) + 1))[:wanted])


def voice(pitch: int) -> bytes:
    """A second and a half of syllables."""
    return bytes(
        128 + int(24 * math.sin(2 * math.pi * pitch * at / SAMPLES) * abs(math.sin(math.pi * at / (SAMPLES * 0.22))))
        for at in range(SAMPLES * 3 // 2)
    )


@contextlib.contextmanager
def queue_log_to(path: Path | None) -> Iterator[Callable[[str], None] | None]:
    """Written line by line, as a PBX does: a reader finds whole lines at any time."""
    if path is None:
        yield None
        return
    with path.open("a", encoding="utf-8", buffering=1) as file:
        yield lambda line: print(line, file=file)


def colleagues(pbx: FakePbx, agents: int, random: Random) -> None:
    for number in range(FIRST_COLLEAGUE, FIRST_COLLEAGUE + agents):
        lifts = random.uniform(1.0, 4.0)
        pbx.exchange.add(f"PJSIP/{number}", f"agent-{number}", answers_in=lifts, by_itself=True)


async def arrivals(
    pbx: FakePbx, rate: float, seed: int, speed: float, most: int | None = None, screen: Screen | None = None
) -> None:
    """Callers as chance sends them (Poisson), `rate` a minute."""
    random = Random(seed)
    if rate <= 0:
        return
    due, made = time.monotonic(), 0
    while most is None or made < most:
        due += random.expovariate(rate / 60) / speed
        # Against the clock and not from pause to pause: a busy moment is caught up with.
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        await comes_in(pbx, some_citizen(random), screen)
        made += 1


async def comes_in(pbx: FakePbx, citizen: Citizen, screen: Screen | None) -> str:
    """As a dialplan does: first ask what to do with this number, and without an answer let them in."""
    told = await screen(citizen.number) if screen else None
    if told is None:
        return pbx.exchange.arrive(citizen)
    if not told.allow:
        return pbx.exchange.turn_away(citizen)
    return pbx.exchange.arrive(citizen, told.priority, told.longest_s)


def asking(address: str, secret: str) -> Screen:
    """Asks the hotline at its address, signed; a hotline that is not there asks nothing of anybody."""

    async def ask(number: str) -> Treatment | None:
        body = json.dumps({"caller": number}).encode()
        header = {hook.HEADER: hook.signed(secret.encode(), datetime.fromtimestamp(time.time(), UTC), body)}
        try:
            async with httpx.AsyncClient(timeout=1.0) as client:
                told = await client.post(f"{address}/api/v1/calls/screen", content=body, headers=header)
                return msgspec.json.decode(told.raise_for_status().content, type=Treatment)
        except (httpx.HTTPError, msgspec.MsgspecError):
            return None

    return ask


async def recorded(pbx: FakePbx, path: Path, speed: float) -> None:
    """Play what a PBX said once, now, under numbers that were not used before."""
    text = await asyncio.to_thread(path.read_text, encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    heard = [
        one for one in lines if one.get("dir") == "<" and isinstance(one.get("msg"), dict) and "Event" in one["msg"]
    ]
    if not heard:
        return
    begun, first, mark = time.time(), heard[0]["t"], f"{time.time():.0f}-"
    for one in heard:
        await asyncio.sleep(max(0.0, begun + (one["t"] - first) / speed - time.time()))
        pbx.broadcast(renewed(one["msg"], mark))


def renewed(message: dict[str, Any], mark: str) -> dict[str, str]:
    said = {name: value if isinstance(value, str) else value[-1] for name, value in message.items()}
    moved = {name: f"{mark}{said[name]}" for name in SHIFTED if said.get(name)}
    return said | moved | ({"Timestamp": f"{time.time():.6f}"} if "Timestamp" in said else {})
