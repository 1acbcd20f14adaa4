"""The verb that takes letters in from a file: import."""

import asyncio
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hotline.cli.frame import database, services
from hotline.infra.settings import Settings
from hotline.intake.actions import Imported, import_file
from hotline.tickets.states import Channel


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--channel",
    type=click.Choice([channel.value for channel in Channel]),
    default=Channel.MAYOR_MAILBOX.value,
    show_default=True,
    help="来件的渠道。",
)
def import_letters(file: Path, channel: str) -> None:
    """把 CSV、XLSX 或 JSON Lines 文件里的来件导入为工单。

    同一文件导入两次不会重复;有问题的行写入 FILE.rejected.csv 并注明原因,其余照常导入。
    """
    with database() as settings:
        found = asyncio.run(run(settings, file, Channel(channel)))
    click.echo(f"共 {found.rows} 行:新增 {found.created} 件,已有 {found.known} 件,退回 {found.rejected} 行。")
    if found.rejected_file:
        click.echo(f"退回的行及原因见 {found.rejected_file}。")


async def run(settings: Settings, file: Path, channel: Channel) -> Imported:
    columns = (TextColumn("导入"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    async with services(settings) as found:
        with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
            bar = shown.add_task("", total=None)
            return await import_file(
                found.pool,
                file,
                channel=channel,
                clock=found.clock.now,
                cipher=found.cipher,
                progress=lambda done, of: shown.update(bar, completed=done, total=of),
            )
