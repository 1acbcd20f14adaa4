"""The verb `hotline recount`."""

import asyncio
from collections.abc import Callable

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hotline.cli.frame import database, services
from hotline.infra.db import Connection
from hotline.infra.errors import HotlineError
from hotline.infra.settings import Settings
from hotline.insight.sums import actions as sums
from hotline.insight.sums.actions import Miscounted, Told
from hotline.insight.sums.store import Difference, changed
from hotline.supervision.hints import actions as hints
from hotline.supervision.hints.actions import Hints


@click.command()
@click.option("--check", is_flag=True, help="只核对,不改动:列出与逐件重算不一致的合计。")
def recount(check: bool) -> None:
    """考核合计和疑难线索全部按工单重算。平时不需要:后台跟着工单更新;升级后口径有变或改了筛选标准时后台自动重算。"""

    async def run(settings: Settings) -> list[str]:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        async with services(settings) as found, found.pool.acquire() as conn:
            with Progress(*columns, console=Console(stderr=True), transient=True) as shown:

                def bar(name: str) -> Told:
                    task = shown.add_task(name, total=None)
                    return lambda done, of: shown.update(task, completed=done, total=of)

                if check:
                    return await wrong(conn, bar)
                await sums.recount(conn, Hints(), told=bar("重算"))
        return []

    with database() as settings:
        found = asyncio.run(run(settings))
    if found:
        raise HotlineError("合计与重算不一致,请执行 hotline recount。\n" + "\n".join(found))
    click.echo("核对完毕,合计与逐件重算一致。" if check else "重算完毕。")


async def wrong(conn: Connection, bar: Callable[[str], Told]) -> list[str]:
    # People go on working meanwhile: all is compared as it was at one moment, and what the job had not come to is no fault.
    async with conn.transaction(isolation="repeatable_read"):
        waiting = set(await changed(conn))
        found = await sums.differences(conn, bar("核对合计"))
        unlike = await hints.differences(conn, await sums.every_day(conn), bar("核对线索"))
    return [*(said(one) for one in found if not (isinstance(one, Miscounted) and one.ticket_id in waiting))] + [
        f"工单 {ticket}:疑难线索与逐件查看不一致" for ticket in unlike if ticket not in waiting
    ]


def said(one: Difference | Miscounted) -> str:
    if isinstance(one, Miscounted):
        return f"工单 {one.ticket_id}:所计指标与逐件重算不一致"
    span = f"{one.day:%Y-%m}全月" if one.span == "month" else f"{one.day}"
    return f"{span} {one.by} {one.key} {one.measure}:存 {one.kept_hits}/{one.kept_of},应为 {one.hits}/{one.of}"
