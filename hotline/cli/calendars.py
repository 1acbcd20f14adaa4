"""The working-day calendar and the deadline pack from the command line: look first, then `--apply`."""

import asyncio
from datetime import date
from pathlib import Path

import click

from hotline.cli.frame import database, services
from hotline.directory.people import SYSTEM
from hotline.infra.clock import BEIJING
from hotline.infra.settings import Settings
from hotline.sla import actions as sla
from hotline.sla.actions import Change
from hotline.sla.calendar import SpecialDay
from hotline.sla.policy import parse_policy
from hotline.sla.recompute import Moved
from hotline.tickets.verbs import Desk

SHOWN = 50
CLOCKS = {
    "finish": "办结",
    "sign": "签收",
    "contact": "首次联系",
    "return": "退单窗口",
    "dispatch": "派单",
    "consultation": "会商",
    "callback": "回访",
    "supervise": "督办反馈",
    "low_rating": "差评联系",
}


@click.group()
def calendar() -> None:
    """工作日历:set 改一天,confirm 确认一年的放假安排,pack 换时限方案的新版本。"""


@calendar.command("set")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("kind", type=click.Choice(["work", "off", "usual"]))
@click.argument("name", default="")
@click.option("--apply", is_flag=True, help="确认修改;不加则只列出会变动的时限。")
def set_day(day: object, kind: str, name: str, apply: bool) -> None:
    """把一天改为上班(work)、休息(off),或恢复常规(usual)。先看影响,再加 --apply 生效。"""
    chosen = date.fromisoformat(str(day)[:10])
    if kind != "usual" and not name.strip():
        raise click.UsageError("请写明这一天的名称,例如“抗洪停工”。")
    special = None if kind == "usual" else SpecialDay(kind == "work", name.strip())
    run(Change({chosen: special}), apply)


@calendar.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", is_flag=True, help="确认启用;不加则只列出会变动的时限。")
def pack(file: Path, apply: bool) -> None:
    """启用时限方案的新版本(JSON 文件)。先看影响,再加 --apply 生效。"""
    run(Change(pack=parse_policy(file.read_bytes(), f"时限方案 {file.name}")), apply)


@calendar.command()
@click.argument("year", type=int)
def confirm(year: int) -> None:
    """确认一年的放假安排已经录入,该年的期限不再提示“尚未确认”。"""

    async def run(settings: Settings) -> None:
        async with services(settings) as found, found.pool.acquire() as conn:
            await sla.confirm_year(conn, year, desk=Desk(found.settings, found.cipher))

    with database() as settings:
        asyncio.run(run(settings))
    click.echo(f"{year} 年的放假安排已确认。")


def run(change: Change, apply: bool) -> None:
    async def go(settings: Settings) -> list[str]:
        async with services(settings) as found, found.pool.acquire() as conn, conn.transaction():
            desk, now = Desk(found.settings, found.cipher), found.clock.now()
            lines = told(await sla.preview_change(conn, change, now, desk))
            if not apply:
                return [*lines, "以上仅为预览,加 --apply 后生效。"]
            done = await sla.apply_change(conn, change, actor=SYSTEM, now=now, desk=desk)
            return [*lines, f"已生效(编号 {done.change}),{done.tickets} 件在办工单交后台重新计算。"]

    with database() as settings:
        for line in asyncio.run(go(settings)):
            click.echo(line)


def told(items: list[Moved]) -> list[str]:
    lines = [
        f"  {one.ticket_id}  {CLOCKS[one.clock]}  {one.old.astimezone(BEIJING):%Y-%m-%d %H:%M}"
        f" → {one.new.astimezone(BEIJING):%Y-%m-%d %H:%M}"
        for one in items[:SHOWN]
    ]
    more = [f"  …… 另有 {len(items) - SHOWN} 项"] if len(items) > SHOWN else []
    return [f"{len({one.ticket_id for one in items})} 件在办工单的 {len(items)} 项时限会变动:", *lines, *more]
