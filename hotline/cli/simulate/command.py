"""The verb `hotline simulate`."""

import asyncio
import os
import time
from datetime import datetime

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hotline.classify import actions as classifying
from hotline.classify.nightly import actions as learning
from hotline.cli.frame import database, room, services
from hotline.cli.simulate import bulk, growth, store
from hotline.cli.simulate.day import play, summary
from hotline.cli.simulate.guesses import Guesses, guesses_of
from hotline.infra.errors import HotlineError
from hotline.infra.settings import Settings

MOST = 10_000_000


@click.command()
@click.option(
    "--minutes", type=click.FloatRange(0.01, 1440), help="对正在运行的服务演一段城市的日常:各渠道来信和电话来电。"
)
@click.option(
    "--rate", default=6.0, show_default=True, type=click.FloatRange(0.1, 6000), help="每分钟来信、来电各几件。"
)
@click.option("--site", help="正在运行的服务,默认 http://127.0.0.1:PORT。")
@click.option(
    "--exchange-port", default=5038, show_default=True, type=click.IntRange(1, 65535), help="演练交换机的端口。"
)
@click.option("--bulk", "count", type=click.IntRange(1, MOST), help="写入多少件工单,连同各自的全部历史。")
@click.option("--months", default=12, show_default=True, type=click.IntRange(1, 60), help="分布在最近多少个月。")
@click.option("--seed", default=12345, show_default=True, help="同一种子得到同样的经过。")
@click.option("--jobs", default=lambda: os.cpu_count() or 1, type=click.IntRange(1, 64), help="同时几个进程。")
@click.option("--into-existing", is_flag=True, help="库里已有真实工单时也写入。")
def simulate(
    minutes: float | None,
    rate: float,
    site: str | None,
    exchange_port: int,
    count: int | None,
    months: int,
    seed: int,
    jobs: int,
    into_existing: bool,
) -> None:
    """演一段城市的日常(--minutes),或成批写入模拟工单(--bulk),用于演练、测量和演示。

    --minutes 对正在运行的服务按公开接口来信,同时在本机开一台演练交换机来电。--bulk 写入的工单,受理、派单、退单、延期、回复、
    回访、重办都经过正式的流程规则,历史链可以逐行校验,来源明细写明“模拟数据”;没有组织机构的库先装入演示城市。不要用于正式环境。
    """
    if (minutes is None) == (count is None):
        raise click.UsageError("请给出 --minutes 或 --bulk 其中之一。")
    if minutes is not None:
        found = site or f"http://127.0.0.1:{os.environ.get('PORT') or 8012}"
        told, heard = asyncio.run(play(found, minutes=minutes, rate=rate, seed=seed, port=exchange_port))
        for line in summary(told, heard, exchange_port):
            click.echo(line)
    if count is not None:
        fill(count, months, seed, jobs, into_existing)


def fill(count: int, months: int, seed: int, jobs: int, into_existing: bool) -> None:
    began = time.monotonic()
    with database() as settings:
        now = asyncio.run(ready(settings, into_existing=into_existing, yearly=bulk.yearly(count, months)))
        room("hotline.cli.serving").train_starter(settings)
        guesses = asyncio.run(guessed(settings, now))
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
            bar = shown.add_task("写入", total=count)
            for done in bulk.fill(settings, now, count=count, months=months, seed=seed, jobs=jobs, guesses=guesses):
                shown.advance(bar, done)
            counting = bulk.add_up(settings, now, jobs=jobs)
            bar = shown.add_task("统计", total=next(counting, None))
            for done in counting:
                shown.advance(bar, done)
        asyncio.run(watch(settings, now))
        size = asyncio.run(bulk.tidy(settings, ("VACUUM (ANALYZE) kpi_case, kpi_day, kpi_month_sum",)))
    took = time.monotonic() - began
    click.echo(f"写入 {count} 件工单,用时 {took:.0f} 秒,数据库共 {size / 2**30:.1f} GB。")


async def ready(settings: Settings, *, into_existing: bool, yearly: int = 0) -> datetime:
    """The present; refuses a database in which somebody works. The demo city grows to what so many tickets a year ask for."""
    async with services(settings) as found:
        async with found.pool.acquire() as conn:
            if not into_existing and await store.has_real_tickets(conn):
                raise HotlineError("库里已有真实工单,没有写入。请换一个空库,或确认后加 --into-existing。")
        await room("hotline.web.demo").seed_if_empty(found)
        async with found.pool.acquire() as conn, conn.transaction():
            await growth.grow(conn, yearly, found.clock.now())
        return found.clock.now()


async def guessed(settings: Settings, now: datetime) -> Guesses | None:
    async with services(settings) as found, found.pool.acquire() as conn:
        return guesses_of(await classifying.classifier_in_use(conn, settings.data, now))


async def watch(settings: Settings, now: datetime) -> None:
    """The days and weeks by which the model is watched, which else the night would count."""
    async with services(settings) as found:
        await learning.count(found.pool, settings.data, now)
