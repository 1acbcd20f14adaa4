"""Verbs that run the system: serve, worker, migrate."""

import asyncio
import os

import click

from hotline.cli.frame import bring_up, database, room
from hotline.infra.errors import Misconfigured
from hotline.infra.log import set_up_logs
from hotline.infra.settings import load_settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址;0.0.0.0 表示所有网卡。")
@click.option("--port", type=click.IntRange(1, 65535), help="监听的端口,默认取环境变量 PORT 或 8012。")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="网页进程的个数。")
@click.option("--demo", is_flag=True, help="装入演示城市和演示账号(不要用于正式环境)。")
@click.option("--worker/--no-worker", "with_worker", default=None, help="是否同时启动一个后台处理进程。")
def serve(host: str, port: int | None, workers: int, demo: bool, with_worker: bool | None) -> None:
    """启动网页服务。

    没有设置 HOTLINE_DATABASE_URL 时,在 HOTLINE_DATA(默认 ./var)启动内嵌的 PostgreSQL 和 Valkey,
    并启动一个后台处理进程;按 Ctrl-C 全部停止。
    """
    from hotline.cli.serving import serve as run

    if port:
        os.environ["PORT"] = str(port)
    if demo:
        os.environ["HOTLINE_DEMO"] = "1"
    settings = load_settings(os.environ)
    set_up_logs(settings.log_format)
    run(settings, host, workers, with_worker=with_worker)


@click.command()
def worker() -> None:
    """后台处理进程:执行事件的后续、时限提醒和渠道收取。任意多个,任意机器;一个停掉,别的接着做。"""
    import uvicorn

    settings = load_settings(os.environ)
    set_up_logs(settings.log_format)
    if settings.database_url is None:
        raise Misconfigured("后台处理进程需要 HOTLINE_DATABASE_URL;单机使用请执行 hotline serve,它会自己带上一个。")
    # What people wait for goes first; and the loop of the web processes, which costs less than Python's own.
    os.nice(5)
    with asyncio.Runner(loop_factory=uvicorn.Config("").get_loop_factory()) as runner:
        runner.run(room("hotline.jobs.worker").run(settings))


@click.command()
def migrate() -> None:
    """把数据库结构升级到当前版本,补齐日历、时限方案和分类。重复执行无害,两台机器同时执行也安全。"""
    with database() as settings:
        applied = asyncio.run(bring_up(settings))
    click.echo(f"已执行 {len(applied)} 个迁移:{'、'.join(applied)}" if applied else "数据库结构已是最新。")
