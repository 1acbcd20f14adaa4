"""A piece of a city's day against a running server: letters through every public channel, calls through a made-up exchange."""

import asyncio
import time
from collections import Counter
from random import Random

import httpx

from hotline.classify.starter import SHIPPED, read_corpus
from hotline.infra.errors import HotlineError
from hotline.intake.channels.phone.fakepbx.city import arrivals, colleagues
from hotline.intake.channels.phone.fakepbx.interface import FakePbx
from hotline.intake.form import MIN_CONTENT

CHANNELS = ("mayor_mailbox", "web", "wechat", "app")
COLLEAGUES = 4
FULL_SECONDS = 60.0
LONGEST_PAUSE = 60.0
WHY = "未收原因:"


async def play(site: str, *, minutes: float, rate: float, seed: int, port: int) -> tuple[Counter[str], bool]:
    """What became of the letters, how many called, and whether the server listened to the exchange."""
    pbx, told, heard = FakePbx(seed=seed), Counter[str](), False

    async def counted(number: str) -> None:
        told["calls"] += 1

    async with pbx.listening(port=port), httpx.AsyncClient(base_url=site, timeout=30.0) as client:
        colleagues(pbx, COLLEAGUES, Random(seed))
        parts = [letters(client, told, rate, seed), arrivals(pbx, rate, seed, 1.0, screen=counted)]
        tasks = [asyncio.create_task(part) for part in parts]
        over = time.monotonic() + minutes * FULL_SECONDS
        try:
            while time.monotonic() < over:
                heard = heard or bool(pbx.sessions)
                done, _ = await asyncio.wait(tasks, timeout=0.2, return_when=asyncio.FIRST_EXCEPTION)
                for task in done:
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    return told, heard


async def letters(
    client: httpx.AsyncClient, told: Counter[str], rate: float, seed: int, most: int | None = None
) -> None:
    """As chance sends them, `rate` a minute; the same seed sends the same letters, which the server knows again."""
    random = Random(seed)
    corpus = [text for text in read_corpus(SHIPPED) if len(text["content"].strip()) >= MIN_CONTENT]
    due, sent = time.monotonic(), 0
    while most is None or sent < most:
        due += random.expovariate(rate / FULL_SECONDS)
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        text, channel = random.choice(corpus), random.choice(CHANNELS)
        citizen = {"name": "模拟市民", "phone": f"1990000{random.randrange(10_000):04d}"}
        said = {"title": text["title"], "content": text["content"], "citizen": citizen}
        await send(client, told, {"channel": channel, "external_id": f"simulate-{seed}-{sent}", **said})
        sent += 1


async def send(client: httpx.AsyncClient, told: Counter[str], letter: dict[str, object]) -> None:
    while True:
        try:
            answered = await client.post("/api/v1/public/requests", json=letter)
        except httpx.HTTPError as wrong:
            raise HotlineError(f"连不上 {client.base_url}({type(wrong).__name__}),请先启动 hotline serve。") from None
        if answered.status_code != 429:
            break
        told["limited"] += 1
        pause = answered.headers.get("retry-after", "5")
        await asyncio.sleep(min(float(pause) if pause.isdecimal() else 5.0, LONGEST_PAUSE))
    word = {201: "new", 200: "known"}.get(answered.status_code, "refused")
    told[word] += 1
    if word == "refused":
        told[WHY + str(answered.json().get("message", answered.status_code))] += 1
    else:
        told[str(letter["channel"])] += 1


def summary(told: Counter[str], heard: bool, port: int) -> list[str]:
    by_channel = ",".join(f"{name} {told[name]}" for name in CHANNELS if told[name])
    lines = [
        f"来信 {told['new'] + told['known']} 件(新 {told['new']},已有 {told['known']},未收 {told['refused']}):{by_channel or '无'}。"
    ]
    lines += [f"{why}({told[why]} 件)" for why in sorted(told) if why.startswith(WHY)]
    if told["limited"]:
        lines.append(f"限流 {told['limited']} 次,已按要求等候;演练时可设 HOTLINE_RATE_LIMITS=0。")
    where = f"ami://hotline:fake@127.0.0.1:{port}/"
    lines.append(
        f"来电 {told['calls']} 通。"
        if heard
        else f"来电 {told['calls']} 通,但服务没有接入演练交换机:以 HOTLINE_AMI_URL={where} 启动即可听到。"
    )
    return lines
