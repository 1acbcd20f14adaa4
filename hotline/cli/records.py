"""Questions about the tickets: due, report, audit."""

import asyncio
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from hotline.cli.frame import database, reachable_now, services
from hotline.infra.clock import BEIJING
from hotline.infra.embedded import running
from hotline.infra.errors import HotlineError
from hotline.infra.settings import Settings
from hotline.insight.http import month_of
from hotline.reports import actions as reports
from hotline.reports.daily import actions as days
from hotline.reports.monthly.bulletin import Bulletin
from hotline.reports.papers import Paper
from hotline.sla import actions as sla
from hotline.sla.calendar import Calendar
from hotline.sla.store import load_calendar, shipped_calendar
from hotline.supervision.weeklist import WeekList
from hotline.tickets import audit as chains
from hotline.tickets.verbs import Desk


@click.command()
@click.option("--start", required=True, help="起算时刻,例如 2026-02-13T10:00+08:00。")
@click.option("--working-days", type=int, help="工作日数。")
@click.option("--hours", type=int, help="自然小时数。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def due(start: str, working_days: int | None, hours: int | None, as_json: bool) -> None:
    """推算期限。服务在运行或配置了数据库时用其中的日历,否则用程序自带的。"""
    begin = moment(start)
    if (working_days is None) == (hours is None):
        raise click.UsageError("--working-days 和 --hours 给且只给一个。")
    calendar = asyncio.run(known_calendar())
    report = sla.due_report(begin, working_days=working_days, hours=hours, calendar=calendar)
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else "\n".join(in_words(report)))


def moment(said: str) -> datetime:
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise click.UsageError(f"--start 的时刻 {said} 不对,应形如 2026-02-13T10:00+08:00。") from None
    if found.tzinfo is None:
        raise click.UsageError("--start 必须带时区,例如 +08:00。")
    return found.astimezone(BEIJING)


async def known_calendar() -> Calendar:
    """The edited calendar where there is a database, else the shipped one: a question starts and creates nothing."""
    data = Path(os.environ.get("HOTLINE_DATA") or "var")
    if not os.environ.get("HOTLINE_DATABASE_URL") and not running(data):
        return shipped_calendar()
    settings = reachable_now()
    async with services(settings, up_to_date=False) as found, found.pool.acquire() as conn:
        return await load_calendar(conn, settings.calendar)


def in_words(report: dict[str, Any]) -> list[str]:
    days = [f"  {day['date']}  {'计' if day['counted'] else '不计'}  {day['because']}" for day in report["why"]]
    warning = [f"注意:{report['warning']}"] if "warning" in report else []
    return [f"期限:{report['due']}", *days, *warning]


@click.group()
def report() -> None:
    """领导看的文件。"""


@report.command()
@click.option("--week", required=True, help="哪一周,例如 2026-W47。")
@click.option("--format", "form", default="xlsx", show_default=True, help="xlsx、docx、pdf 或 json。")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到哪个文件。")
def weekly(week: str, form: str, out: Path) -> None:
    """疑难工单周报:已定稿的取定稿,否则取此刻的情况。"""
    reports.check_format(form)

    async def run(settings: Settings) -> WeekList:
        async with services(settings) as found, found.pool.acquire() as conn:
            return await reports.weekly(conn, week, found.clock.now(), desk=Desk(found.settings, found.cipher))

    with database() as settings:
        made = asyncio.run(run(settings))
    reports.write(made, form, out)
    click.echo(f"{made.title}:{made.total} 件,写入 {out}。")


@report.command()
@click.option("--month", required=True, help="哪个月,例如 2026-10。")
@click.option("--format", "form", default="pdf", show_default=True, help="pdf、docx、xlsx 或 json。")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到哪个文件。")
@click.option("--public", is_flag=True, help="公开版:不含工单编号和个人信息。")
def monthly(month: str, form: str, out: Path, public: bool) -> None:
    """月通报:考核数据已冻结的取最新一版,否则取此刻的情况。"""
    reports.check_format(form)
    asked = month_of(month)

    async def run(settings: Settings) -> Bulletin:
        async with services(settings) as found, found.pool.acquire() as conn:
            return await reports.monthly(conn, asked, found.clock.now(), public=public, cipher=found.cipher)

    with database() as settings:
        made = asyncio.run(run(settings))
    reports.write(made, form, out)
    click.echo(f"{made.title}:受理 {made.received.number} 件,写入 {out}。")


@report.command()
@click.option("--date", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="哪一天,例如 2026-11-23。")
@click.option("--format", "form", default="pdf", show_default=True, help="pdf、docx、xlsx 或 json。")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到哪个文件。")
@click.option("--public", is_flag=True, help="公开版:不含工单编号和个人信息。")
def daily(day: datetime, form: str, out: Path, public: bool) -> None:
    """日报:一天的受理、紧急突发、异常上升、办理回访和超期。"""
    reports.check_format(form)

    async def run(settings: Settings) -> Paper:
        async with services(settings) as found, found.pool.acquire() as conn:
            return await days.daily(conn, day.date(), found.clock.now(), public=public)

    with database() as settings:
        made = asyncio.run(run(settings))
    reports.write(made, form, out)
    click.echo(f"{made.title},写入 {out}。")


@click.group()
def audit() -> None:
    """历史只增不改,每一行都含上一行的哈希。"""


@audit.command(short_help="逐行校验所有工单的历史")
def verify() -> None:
    """逐行校验所有工单的历史,并核对重放结果与现状;指出第一处被改动的行。"""

    async def run(settings: Settings) -> chains.Report:
        async with services(settings) as found, found.pool.acquire() as conn:
            return await chains.verify(conn)

    with database() as settings:
        report = asyncio.run(run(settings))
    if not report.ok:
        lines = [f"工单 {one.ticket_id} 第 {one.seq} 行:{one.message}" for one in report.findings]
        raise HotlineError("历史校验没有通过。\n" + "\n".join(lines))
    click.echo(f"{report.tickets} 件工单,{report.lines} 行历史")
    click.echo("audit verify: ok")
