"""Verbs that take in a city's own tables: directory import, directory places, catalogue import, categories import."""

import asyncio
import csv
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hotline.classify.standard.actions import add_categories, replace_categories
from hotline.classify.standard.rows import plain_rows
from hotline.cli.accounts import by
from hotline.cli.frame import database, services
from hotline.directory.aliases import actions as aliases
from hotline.directory.aliases import store as alias_store
from hotline.directory.gazetteer.actions import load_places
from hotline.directory.gazetteer.rows import PLACE_COLUMNS
from hotline.directory.loading import actions as directory
from hotline.directory.loading import rows as forms
from hotline.directory.loading.actions import Loaded
from hotline.infra.db import Connection
from hotline.infra.errors import BadRequest
from hotline.infra.http import Services
from hotline.infra.settings import Settings
from hotline.intake.actions import rows_of, write_rejected
from hotline.routing.loading.actions import load_catalogue_rows
from hotline.routing.loading.rows import COLUMNS as CATALOGUE_COLUMNS

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Bar = Callable[[int, int], None]


@click.group(name="directory")
def directory_group() -> None:
    """组织机构:import 从文件导入区划、单位、人员;places 导入地名库。"""


@directory_group.command(name="import", short_help="导入本市的区划、单位、人员")
@click.option("--regions", type=FILE, help="区划:code,level,parent,name。")
@click.option("--units", type=FILE, help="单位:code,name,kind,parent,region,aliases,phone(别名用分号隔开)。")
@click.option("--people", type=FILE, help="人员:login,name,unit,roles(角色用分号隔开)。")
def import_directory(regions: Path | None, units: Path | None, people: Path | None) -> None:
    """从 CSV 或 XLSX 导入,列与随附的演示城市相同。

    同一文件导入两次不会重复;有问题的行写入 FILE.rejected.csv 并注明原因,其余照常导入。
    新账号的初始密码写入 FILE.passwords.csv(仅本人可读),首次登录须更改。
    """
    if not (regions or units or people):
        raise click.UsageError("请至少给出 --regions、--units、--people 之一。")
    # Read before any database is asked for: a wrong file is said at once.
    given = [
        (file, table(file, columns)) if file else None
        for file, columns in (
            (regions, forms.REGION_COLUMNS),
            (units, forms.UNIT_COLUMNS),
            (people, forms.PEOPLE_COLUMNS),
        )
    ]
    with database() as settings:
        asyncio.run(_directory(settings, *given))


@directory_group.command(name="places", short_help="导入本市的地名库")
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="以此表为准:表里没有的地名删除;有一行不对就都不动。")
def import_places(file: Path, replace: bool) -> None:
    """从 CSV 或 XLSX 导入小区、道路、河湖、学校、站点等地名(name,kind,可另有 aliases,别名用分号隔开)。

    导入后,正在运行的系统在识别来信来电中的地点时立即使用,并把别名写成标准名。同一文件导入两次不会重复。
    """

    async def work(conn: Connection, rows: Iterable[forms.Row], _: Bar) -> Loaded:
        return await load_places(conn, rows, replace=replace)

    rows = table(file, PLACE_COLUMNS)
    with database() as settings:
        loaded = asyncio.run(one_table(settings, rows, work))
    tell("地名", file, loaded)
    if replace and loaded.rejected:
        raise BadRequest("表中有不对的行,地名库没有改动,请改好后再导入。")


@directory_group.command(name="names", short_help="从办结工单的文件收集单位名称,提议别名")
@click.argument("file", type=FILE)
@click.option("--column", required=True, help="单位名称所在的列。")
@click.option("--matter", default="", help="事项所在的列,用来比较两个名称承办的事项。")
def unit_names(file: Path, column: str, matter: str) -> None:
    """收集文件里的单位名称;机构名录认不出的,提议可能是哪个单位,由管理员在工作台确认或否定。"""
    heard: dict[str, Counter[str]] = {}
    for row in rows_of(file):
        if column not in row:
            raise click.UsageError(f"文件没有列 {column}。")
        if name := str(row[column] or "").strip()[:100]:
            heard.setdefault(name, Counter())[str(row.get(matter) or "").strip()[:100]] += 1
    with database() as settings:
        waiting = asyncio.run(_names(settings, heard))
    click.echo(f"收集到 {len(heard)} 个名称,待确认的别名提议 {waiting} 条。")


async def _names(settings: Settings, heard: dict[str, Counter[str]]) -> int:
    async with services(settings) as found, found.pool.acquire() as conn, conn.transaction():
        await alias_store.heard(conn, heard, found.clock.now())
        return await aliases.propose(conn, found.clock.now())


Table = tuple[Path, list[dict[str, Any]]]


async def _directory(settings: Settings, regions: Table | None, units: Table | None, people: Table | None) -> None:
    async with services(settings) as found:
        if regions:
            async with at_once(found) as conn:
                tell("区划", regions[0], await directory.load_regions(conn, regions[1]))
        if units:
            with bar("单位") as progress:
                async with at_once(found) as conn:
                    loaded = await directory.load_units(conn, units[1], by(found), progress)
            tell("单位", units[0], loaded)
        if people:
            await _people(found, *people)


async def _people(found: Services, file: Path, rows: Iterable[forms.Row]) -> None:
    beside = file.with_name(f"{file.name}.passwords.csv")
    with bar("人员") as progress:
        loaded = await directory.load_people(
            found.pool, rows, by(found), cipher=found.cipher, admit=kept_in(beside), progress=progress
        )
    tell("人员", file, loaded)
    if loaded.added:
        click.echo(f"初始密码见 {beside},请分发后删除。")


@click.group()
def catalogue() -> None:
    """派单目录:import 从文件导入。"""


@catalogue.command(name="import", short_help="导入本市的派单目录")
@click.argument("file", type=FILE)
def import_catalogue(file: Path) -> None:
    """从 CSV 或 XLSX 导入派单目录(category,region,lead,assist,basis,clear,valid_from)。

    lead 填单位代码或名称,或填 district、street 表示属地的区县、街镇。同一文件导入两次不会重复。
    """

    async def work(conn: Connection, rows: Iterable[forms.Row], progress: Bar) -> Loaded:
        return await load_catalogue_rows(conn, rows, progress)

    rows = table(file, CATALOGUE_COLUMNS)
    with database() as settings:
        tell("派单目录", file, asyncio.run(one_table(settings, rows, work)))


@click.group()
def categories() -> None:
    """诉求分类:import 从文件或标准的代码表导入。"""


@categories.command(name="import", short_help="导入诉求分类")
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="以此表为准:同代码的改名,表里没有的停用;有一行不对就都不动。")
def import_categories(file: Path, replace: bool) -> None:
    """从 CSV 或 XLSX 导入分类(code,level,parent,name,words,duty),或导入标准的三级代码表。"""
    retired = 0

    async def work(conn: Connection, rows: Iterable[forms.Row], progress: Bar) -> Loaded:
        nonlocal retired
        if not replace:
            return await add_categories(conn, rows)
        replaced = await replace_categories(conn, rows)
        retired = replaced.retired
        return replaced.loaded

    rows = plain_rows(table(file, ()))
    with database() as settings:
        loaded = asyncio.run(one_table(settings, rows, work))
    tell("分类", file, loaded)
    if replace and loaded.rejected:
        raise BadRequest("表中有不对的行,分类没有改动,请改好后再导入。")
    if retired:
        click.echo(f"停用了表中没有的 {retired} 个分类。")


Work = Callable[[Connection, Iterable[forms.Row], Bar], Awaitable[Loaded]]


async def one_table(settings: Settings, rows: Iterable[forms.Row], work: Work) -> Loaded:
    async with services(settings) as found:
        with bar("导入") as progress:
            async with at_once(found) as conn:
                return await work(conn, rows, progress)


def table(file: Path, columns: Sequence[str]) -> list[dict[str, Any]]:
    """All rows, or one sentence about the columns that are not there."""
    rows = list(rows_of(file))
    if not rows:
        raise BadRequest(f"{file.name} 里没有内容,请检查文件。")
    if missing := forms.missing_columns(rows[0], columns):
        raise BadRequest(f"{file.name} 缺少列 {'、'.join(missing)},应有 {','.join(columns)}。")
    return rows


@asynccontextmanager
async def at_once(found: Services) -> AsyncIterator[Connection]:
    async with found.pool.acquire() as conn, conn.transaction():
        yield conn


@contextmanager
def bar(what: str) -> Iterator[Bar]:
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=None)
        yield lambda done, of: shown.update(task, completed=done, total=of)


def kept_in(file: Path) -> Callable[[str, str], None]:
    """Appends login and password, at once and for nobody else's eyes; no file when nobody was admitted."""

    def admit(login: str, password: str) -> None:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8", newline="") as opened:
            if opened.tell() == 0:
                csv.writer(opened).writerow(["login", "password"])
            csv.writer(opened).writerow([login, password])

    return admit


def tell(what: str, file: Path, loaded: Loaded) -> None:
    beside = file.with_name(f"{file.name}.rejected.csv")
    write_rejected(beside, [(dict(row), reason) for row, reason in loaded.rejected])
    click.echo(f"{what}:新增 {loaded.added} 条,已有 {loaded.known} 条,退回 {len(loaded.rejected)} 行。")
    if loaded.rejected:
        click.echo(f"退回的行及原因见 {beside}。")
