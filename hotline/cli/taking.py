"""The verb `hotline export`."""

import asyncio
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hotline.cli.frame import database, services
from hotline.infra.errors import HotlineError
from hotline.infra.settings import Settings
from hotline.reports.ledger.actions import take_out
from hotline.reports.ledger.columns import TITLES
from hotline.reports.ledger.desk.actions import TAKERS
from hotline.reports.ledger.store import asker

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--from", "first", required=True, type=DAY, help="受理的第一天,例如 2026-10-01。")
@click.option("--to", "last", required=True, type=DAY, help="受理的最后一天(含)。")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到哪个 .csv 或 .xlsx 文件。"
)
@click.option("--by", required=True, help="导出人的登录名:岗位决定能导出哪些列,姓名记入导出记录并印在文件上。")
@click.option("--columns", default="", help=f"要哪些列,以逗号分开,不写则取常用的:{' '.join(TITLES)}。")
@click.option("--purpose", required=True, help="用途,记入导出记录并印在文件上。")
def export(first: datetime, last: datetime, out: Path, by: str, columns: str, purpose: str) -> None:
    """把一段时间受理的工单导出为台账;姓名和电话隐去,保密工单不显示标题和地点。按 Ctrl-C 取消,不留半个文件。"""
    if last < first:
        raise click.UsageError("--to 不能早于 --from。")

    async def run(settings: Settings) -> int:
        bars = (TextColumn("导出"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        async with services(settings) as found:
            async with found.pool.acquire() as conn:
                who = await asker(conn, login=by)
            if who is None or not who.has(*TAKERS):
                raise HotlineError(
                    f"登录名 {by} 不存在、已停用,或不是可以导出台账的岗位(中心主管、督办员、中心领导、市领导)。"
                )
            with Progress(*bars, console=Console(stderr=True), transient=True) as shown:
                bar = shown.add_task("", total=None)
                return await take_out(
                    found.pool,
                    first.date(),
                    last.date(),
                    out,
                    by=who,
                    purpose=purpose,
                    clock=found.clock.now,
                    columns=tuple(key.strip() for key in columns.split(",")) if columns else None,
                    cipher=found.cipher,
                    told=lambda done, of: shown.update(bar, completed=done, total=of),
                )

    with database() as settings:
        rows = asyncio.run(run(settings))
    click.echo(f"导出 {rows} 件,写入 {out}。")
