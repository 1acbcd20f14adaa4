"""Verbs of the classifier: train, evaluate, predict."""

import asyncio
import csv
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from hotline.cli.frame import database, room, services
from hotline.infra.clock import SystemClock
from hotline.infra.processes import follow_parent
from hotline.infra.settings import Settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


def column_options(*, filled: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The column names, with defaults at training; afterwards the model knows its own."""
    options = [
        click.option(
            "--text-column",
            default="text" if filled else None,
            help="正文所在的列,默认 text;各文件列名不同时以逗号分隔。",
        ),
        click.option("--title-column", default="title" if filled else None, help="标题所在的列,默认 title,可以没有。"),
        click.option("--label-column", default="label" if filled else None, help="标签所在的列,默认 label。"),
        click.option("--features", default="", help="训练承办单位或超期风险时用作依据的列,以逗号分隔。"),
        click.option("--time-column", default="" if filled else None, help="时间列;给出后按时间先后划分检验部分。"),
    ]

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def listed(features: str) -> tuple[str, ...]:
    return tuple(next(csv.reader([features]))) if features else ()


@click.command()
@click.option("--data", "files", required=True, multiple=True, type=FILE, help="CSV(可为 .gz)或 JSON Lines,可给多个。")
@click.option("--out", required=True, type=FOLDER, help="模型存放的目录。")
@click.option(
    "--target", type=click.Choice(["category", "unit", "kind", "late"]), default="category", show_default=True
)
@column_options(filled=True)
@click.option("--label-map", type=FILE, help="CSV(from,to):把随附分类折算成自己的标签,标签少时借用随附语料一起学习。")
def train(files: tuple[Path, ...], out: Path, features: str, **columns: Any) -> None:
    """训练诉求分类、诉求类型、承办单位或超期风险模型,打印在留出部分上的检验报告。

    行数不限:来信多时存于输出目录旁的临时目录,分批学习,内存不超过 4 GB;中途可按 Ctrl-C 取消,原有模型不受影响。
    """
    from hotline.classify import train as training

    told = Told()
    cores = os.cpu_count() or 1
    try:
        report = training.run(
            files, out, features=listed(features), now=SystemClock().now(), told=told, cores=cores, **columns
        )
    except KeyboardInterrupt:
        raise click.ClickException("已取消,没有写出模型。") from None
    finally:
        told.end()
    click.echo(str(report))


class Told:
    """How far a long training has come: one line that changes on a terminal, else one line a step in twenty."""

    def __init__(self) -> None:
        self.last = ""

    def __call__(self, what: str, done: int, of: int) -> None:
        share = f" {done * 100 // of // 5 * 5}%" if of else f" {done} 行"
        if (line := f"{what}{share}") != self.last:
            click.echo(f"\r{line:<30}" if sys.stderr.isatty() else line, nl=not sys.stderr.isatty(), err=True)
            self.last = line

    def end(self) -> None:
        if self.last and sys.stderr.isatty():
            click.echo(err=True)


@click.command()
@click.option("--model", required=True, type=FOLDER, help="模型所在的目录。")
@click.option("--data", required=True, type=FILE, help="带标签的文件。")
@column_options(filled=False)
@click.option("--label-map", type=FILE, help="CSV(from,to):把我们的标签折算成文件里的标签。")
@click.option("--online", is_flag=True, help="逐日先答后学(仅限按分类列训练的模型)。")
@click.option("--json", "as_json", is_flag=True, help="只输出一行 JSON。")
def evaluate(model: Path, data: Path, features: str, as_json: bool, **options: Any) -> None:
    """准确率、宏平均 F1、前三命中、自动部分的覆盖与精度、校准误差、速度。"""
    from hotline.classify import evaluate as evaluation

    found = evaluation.run(model, data, features=listed(features) or None, **options)
    click.echo(json.dumps(found, ensure_ascii=False, indent=None if as_json else 2))


@click.command()
@click.option("--model", required=True, type=FOLDER, help="模型所在的目录。")
@click.option("--data", required=True, type=FILE, help="要预测的文件。")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到哪个文件。")
@click.option("--text-column", help="正文所在的列,默认与训练时相同。")
@click.option("--title-column", help="标题所在的列,默认与训练时相同。")
@click.option("--features", default="", help="依据列,默认与训练时相同。")
def predict(model: Path, data: Path, out: Path, features: str, **columns: Any) -> None:
    """每一行加上 label、confidence 和 top3。"""
    from hotline.classify import evaluate as evaluation

    rows = evaluation.predict_file(model, data, out, features=listed(features) or None, **columns)
    click.echo(f"已预测 {rows} 行,写入 {out}。")


@click.command()
@click.option("--run", type=int, help="由后台处理进程给出的训练编号。")
def learn(run: int | None) -> None:
    """夜间学习:从已定分类的工单训练候选模型,与在用模型比较;更新先例成绩、退单证据、漂移和各类各单位的精确率。

    平时由后台处理进程在每晚两点启动;用满全部处理器,但排在其他一切之后。
    """
    nightly = room("hotline.jobs.nightly")
    nightly.stand_back()
    if run is not None:
        follow_parent(signal.SIGTERM)
    with database() as settings:
        night = asyncio.run(_night(settings, run))
    click.echo(night.said)
    if night.outcome == "failed":
        raise SystemExit(1)


async def _night(settings: Settings, run: int | None) -> Any:
    async with services(settings, up_to_date=run is None) as found:
        nightly = room("hotline.jobs.nightly")
        return await nightly.learn(found, run or await nightly.begin(found, "命令行"), tell=_say)


async def _say(said: str) -> None:
    """How far the night has come, for whoever watches."""
    click.echo(said, err=True)
