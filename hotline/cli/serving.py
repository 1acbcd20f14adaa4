"""The processes of `hotline serve`: web workers, a job worker that is started again when it dies, and their order."""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import click
import uvicorn
from uvicorn.supervisors.multiprocess import Multiprocess

from hotline.cli.frame import bring_up, room, settled
from hotline.infra.embedded import embedded
from hotline.infra.errors import HotlineError
from hotline.infra.log import set_up_logs
from hotline.infra.processes import follow_parent, start, stop, stop_on_signals
from hotline.infra.services import clock_of, open_services
from hotline.infra.settings import Settings, load_settings

GRACE = 3
"""Seconds that open requests and live connections are given when we stop."""
LONGEST_PAUSE = 30.0
STEADY = 60.0
"""Seconds after which a worker counts as healthy again."""


def serve(settings: Settings, host: str, workers: int, *, with_worker: bool | None) -> None:
    """Everything up in order, everything down in the reverse, whatever ends it."""
    stop_on_signals()
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(listen(host, settings.port))
        own_database = settings.database_url is None
        if own_database:
            found = stack.enter_context(embedded(settings.data, valkey=settings.redis_url is None, tell=click.echo))
            redis_url = settings.redis_url or found.redis_url
            settings = settled(settings, found)
            os.environ.update({"HOTLINE_DATABASE_URL": found.database_url, "HOTLINE_REDIS_URL": redis_url or ""})
        share_secrets(settings)
        settings = load_settings(os.environ)
        if settings.demo and settings.ami_url is None:
            settings = stack.enter_context(made_up_telephone(settings))
        asyncio.run(prepare(settings))
        train_starter(settings)
        learn_elements()
        if with_worker or (with_worker is None and (own_database or settings.demo)):
            stack.enter_context(JobWorker())
        announce(settings, host)
        run_web(listening, workers)


@contextlib.contextmanager
def made_up_telephone(settings: Settings) -> Iterator[Settings]:
    """In the demo city the telephone rings: a made-up exchange beside us."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    recordings, queue_log = settings.data.absolute() / "recordings", settings.data.absolute() / "queue_log"
    # Fewer callers than the made-up colleagues can take, and whoever is signed in is asked first.
    pace = ["--rate", "1.5", "--agents", "4", "--recordings", str(recordings), "--queue-log", str(queue_log)]
    command = [sys.executable, "-m", "hotline.cli", "calls", "exchange", "--port", str(port), *pace]
    process = start(command, sign=signal.SIGKILL, log=settings.data / "exchange.log")
    files = f"recordings={quote(str(recordings))}&queue_log={quote(str(queue_log))}"
    os.environ["HOTLINE_AMI_URL"] = f"ami://hotline:fake@127.0.0.1:{port}/?remote=yes&wrapup=30&{files}"
    try:
        yield load_settings(os.environ)
    finally:
        stop(process, (signal.SIGTERM, 3.0))


def share_secrets(settings: Settings) -> None:
    """What was made for the embedded servers, for the processes that we start."""
    os.environ["HOTLINE_SECRET_KEY"] = settings.secret_key.decode()
    os.environ["HOTLINE_FIELD_KEYS"] = ",".join(f"{key.id}:{key.key.hex()}" for key in settings.field_keys)
    os.environ["HOTLINE_DATA"] = str(settings.data.absolute())


async def prepare(settings: Settings) -> None:
    """Schema and base first, then the demo city where it is asked for."""
    await bring_up(settings)
    if settings.demo:
        async with open_services(settings, max_size=4) as services:
            await room("hotline.web.demo").seed(services)


def train_starter(settings: Settings) -> None:
    """The models of a city without history, once. Without them a person decides, so a failure stops nothing."""
    from hotline.classify import starter

    if not (settings.data / "models" / f"starter-{starter.fingerprint()}").is_dir():
        click.echo("首次启动:正在用自带的语料训练分类模型,约需一分钟……")
    try:
        starter.ensure(settings.data, clock_of(settings).now())
    except (HotlineError, OSError) as wrong:
        click.echo(f"分类模型没有训练成功,来件由人工分类:{wrong}", err=True)


def learn_elements() -> None:
    """Which spans of a text are its elements, once, so that no request waits for it; without it the rules alone propose them."""
    from hotline.intake.marks import learned

    try:
        learned.weights()
    except (HotlineError, OSError) as wrong:
        click.echo(f"要素标注没有学成,只按规则提取:{wrong}", err=True)


@contextlib.contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """Our address, taken before anything is started: who asks early waits, and a busy port is said at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as wrong:
        raise HotlineError(
            f"无法监听 {host}:{port}({os.strerror(wrong.errno) if wrong.errno else wrong}),请换一个端口(PORT=… 或 --port)或停止占用它的程序。"
        ) from None
    with listening:
        listening.set_inheritable(True)
        yield listening


def run_web(listening: socket.socket, workers: int) -> None:
    config = uvicorn.Config(
        "hotline.cli.serving:application",
        factory=True,
        workers=workers,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE,
        server_header=False,
    )
    if workers > 1:
        Multiprocess(config, sockets=[listening]).run()
        return
    server = uvicorn.Server(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    if not server.started:
        raise HotlineError("网页服务没有启动成功,原因见上面的日志。")


def application() -> Any:
    """What uvicorn calls in each web process."""
    if multiprocessing.parent_process() is not None:
        follow_parent(signal.SIGTERM)
    set_up_logs(load_settings(os.environ).log_format)
    return room("hotline.web.app").create_app()


def announce(settings: Settings, host: str) -> None:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{settings.port}"
    click.echo(
        f"12345 热线已启动:工作台 {address}/console ,诉求人页面 {address}/ ,接口说明 {address}/docs 。按 Ctrl-C 停止。"
    )
    if settings.demo:
        demo = room("hotline.web.demo")
        click.echo(f"演示账号:{' '.join(demo.LOGINS)},密码都是 {demo.PASSWORD}(仅用于演示)。")


class JobWorker(contextlib.AbstractContextManager["JobWorker"]):
    """One `hotline worker` beside the web, started again after a pause that grows while it keeps dying."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        # The kernel ties a child to the thread that started it: this one lives as long as we do.
        self.keeper = threading.Thread(target=self.keep, name="job worker", daemon=True)

    def __enter__(self) -> "JobWorker":
        self.keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.keeper.join(20)

    def keep(self) -> None:
        pause = 1.0
        while not self.stopping.is_set():
            begun = time.monotonic()
            process = start([sys.executable, "-m", "hotline.cli", "worker"], sign=signal.SIGKILL)
            while process.poll() is None and not self.stopping.wait(0.2):
                pass
            if self.stopping.is_set():
                # Jobs cut off are taken again at the next start.
                stop(process, (signal.SIGTERM, 5.0))
                return
            pause = 1.0 if time.monotonic() - begun > STEADY else min(pause * 2, LONGEST_PAUSE)
            click.echo(f"后台处理进程意外退出(代码 {process.returncode}),{pause:.0f} 秒后重启。", err=True)
            self.stopping.wait(pause)
