"""Verbs of the telephone."""

import asyncio
import contextlib
from pathlib import Path

import click

from hotline.infra.processes import stop_on_signals


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
@click.option("--replay", multiple=True, type=click.Path(path_type=Path, exists=True), help="播放录下的通话(JSONL)。")
def exchange(
    port: int, rate: float, agents: int, seed: int, speed: float, queue_log: Path | None, replay: tuple[Path, ...]
) -> None:
    """演练用的交换机:没有真的电话系统时代替它。说 AMI,来电和座席都是虚构的;口令 fake。

    另开一个窗口,以 HOTLINE_AMI_URL=ami://hotline:fake@127.0.0.1:5038/?remote=yes 启动 hotline serve 即可接听。
    """
    from hotline.intake.channels.phone.fakepbx.city import play

    stop_on_signals()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(
            play(port=port, rate=rate, agents=agents, seed=seed, speed=speed, queue_log=queue_log, replay=replay)
        )
