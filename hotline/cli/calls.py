"""Verbs of the telephone."""

import asyncio
import contextlib
import os
from pathlib import Path

import click

from hotline.cli.frame import database, services
from hotline.infra.errors import HotlineError
from hotline.infra.processes import stop_on_signals
from hotline.infra.settings import Settings
from hotline.intake.channels.phone.ami.plan import plan_of
from hotline.intake.channels.phone.figures.actions import lines_of, reckon
from hotline.intake.channels.phone.figures.queuelog import Balance, Reconciled


@click.group()
def calls() -> None:
    """电话:演练用的交换机,与交换机自己的日志对账。"""


@calls.command()
@click.option("--port", default=5038, show_default=True, type=click.IntRange(0, 65535), help="监听的端口。")
@click.option("--rate", default=2.0, show_default=True, type=click.FloatRange(0, 6000), help="每分钟来电数。")
@click.option("--agents", default=2, show_default=True, type=click.IntRange(0, 1000), help="自动接听的虚拟座席。")
@click.option("--seed", default=1, show_default=True, help="同一种子,同样的来电。")
@click.option("--speed", default=1.0, show_default=True, type=click.FloatRange(0.1, 1000), help="快放的倍数。")
@click.option("--queue-log", type=click.Path(path_type=Path, dir_okay=False), help="把自己的 queue_log 写到这个文件。")
@click.option(
    "--recordings", type=click.Path(path_type=Path, file_okay=False), help="把真人接听的通话录音写到这个目录。"
)
@click.option("--screen", help="来电先问这个地址的热线(骚扰来电处置),密钥取 HOTLINE_PHONE_SECRET。")
@click.option("--replay", multiple=True, type=click.Path(path_type=Path, exists=True), help="播放录下的通话(JSONL)。")
def exchange(
    port: int,
    rate: float,
    agents: int,
    seed: int,
    speed: float,
    queue_log: Path | None,
    recordings: Path | None,
    screen: str | None,
    replay: tuple[Path, ...],
) -> None:
    """演练用的交换机:没有真的电话系统时代替它。说 AMI,来电和座席都是虚构的;口令 fake。

    另开一个窗口,以 HOTLINE_AMI_URL=ami://hotline:fake@127.0.0.1:5038/?remote=yes 启动 hotline serve 即可接听。
    """
    from hotline.intake.channels.phone.fakepbx.city import asking, play

    stop_on_signals()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(
            play(
                port=port,
                rate=rate,
                agents=agents,
                seed=seed,
                speed=speed,
                queue_log=queue_log,
                replay=replay,
                recordings=recordings,
                screen=asking(screen, os.environ.get("HOTLINE_PHONE_SECRET", "")) if screen else None,
            )
        )


@calls.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--provider", help="电话系统的名称,默认取 HOTLINE_AMI_URL 的。")
def reconcile(file: Path, provider: str | None) -> None:
    """与交换机的 queue_log 对账:各队列的进线、接通、放弃、溢出,逐通列出不一致的。"""
    with database() as settings:
        found = asyncio.run(reckoned(settings, provider or provider_of(settings), lines_of(file)))
    for line in told(found):
        click.echo(line)
    if found.differences:
        raise HotlineError(f"有 {len(found.differences)} 处不一致,见上。")


def provider_of(settings: Settings) -> str:
    return plan_of(settings.ami_url).provider if settings.ami_url else settings.phone_provider


async def reckoned(settings: Settings, provider: str, lines: list[str]) -> Reconciled:
    async with services(settings) as found, found.pool.acquire() as conn:
        return await reckon(conn, provider, lines)


def told(found: Reconciled) -> list[str]:
    ours = {balance.queue: balance for balance in found.ours}
    lines = [f"交换机 {said(one)}\n本系统 {said(ours.get(one.queue))}" for one in found.theirs]
    lines += [
        f"{one.call} {one.queue} {WHAT[one.what]}:交换机 {one.theirs or '无'},本系统 {one.ours or '无'}"
        for one in found.differences
    ]
    return [*lines, "一致。" if not found.differences else f"不一致 {len(found.differences)} 处。"]


def said(one: Balance | None) -> str:
    if one is None:
        return "没有这个队列的通话"
    counts = f"进线 {one.entered},接通 {one.answered},放弃 {one.abandoned},溢出 {one.overflowed}"
    return f"{one.queue}:{counts},中断 {one.lost},未结束 {one.open}"


WHAT = {"missing": "缺少", "extra": "多出", "outcome": "结果", "agent": "座席", "wait": "等待", "talk": "通话"}
