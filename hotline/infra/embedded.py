"""The embedded servers of one data directory: started when no address is configured, stopped when we stop.

Whatever ended the run before, no server is left behind: the kernel ends ours with us (processes.py), and the next start
looks for any that still carry this directory's mark."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

import msgspec

from hotline.infra.errors import Conflict, Misconfigured
from hotline.infra.postgres import Postgres, account
from hotline.infra.processes import end_left_over
from hotline.infra.valkey import Valkey

RECOVERED = "上次没有正常结束:已清理残留进程,数据库已从日志恢复,数据完好。"
LARGEST_LOG = 10 << 20
SOCKETS = "/tmp"
"""A unix socket's path is at most 107 bytes; the data directory's may be longer, and closed to the server's user."""


class Addresses(msgspec.Struct, frozen=True):
    """Where the servers listen; kept in running.json, so that other commands find them."""

    pid: int
    sockets: str
    database_url: str
    redis_url: str | None = None


@contextlib.contextmanager
def embedded(
    data: Path,
    *,
    valkey: bool = True,
    postgres: bool = True,
    options: Mapping[str, str] | None = None,
    tell: Callable[[str], None] = print,
) -> Iterator[Addresses]:
    """Run the servers over `data` for as long as the context is open."""
    data = prepared(data)
    mark = f"hotline-{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}"
    with contextlib.ExitStack() as stack:
        stack.enter_context(locked(data))
        recover(data, mark, tell)
        sockets = make_sockets()
        stack.callback(shutil.rmtree, sockets, ignore_errors=True)
        record = data / "running.json"
        stack.callback(record.unlink, missing_ok=True)
        # Before the servers: a start that dies half-way is found too.
        write_record(record, Addresses(os.getpid(), str(sockets), ""))
        database_url, redis_url = "", None
        if postgres:
            database = Postgres(data / "postgres", sockets, mark, options)
            stack.callback(database.stop)
            database_url = database.url
        if valkey:
            bus = Valkey(data / "valkey", sockets, mark)
            stack.callback(bus.stop)
            redis_url = bus.url
        found = Addresses(os.getpid(), str(sockets), database_url, redis_url)
        write_record(record, found)
        yield found


def running(data: Path, *, patience: float = 60.0) -> Addresses | None:
    """The servers that another process runs over `data` now, or None; one that is just starting is waited for."""
    deadline = time.monotonic() + patience
    while held(data):
        found = read_record(data / "running.json")
        if found and (found.database_url or found.redis_url):
            return found
        if time.monotonic() > deadline:
            raise Conflict(f"{data} 上的数据库迟迟没有就绪,请稍后再试。")
        time.sleep(0.1)
    return None


def prepared(data: Path) -> Path:
    try:
        data.mkdir(parents=True, exist_ok=True)
        for log in data.glob("*.log"):
            if log.stat().st_size > LARGEST_LOG:
                log.replace(log.with_suffix(".log.1"))
    except OSError as wrong:
        raise Misconfigured(f"无法使用数据目录 {data}({wrong.strerror}),请检查权限或改设 HOTLINE_DATA。") from None
    return data.resolve()


@contextlib.contextmanager
def locked(data: Path) -> Iterator[None]:
    """One program at a time: the kernel drops the lock with the process, however that ends."""
    with opened(data / "lock") as file:
        # More than once: a command that only asks whether the lock is held holds it for a moment itself.
        if not any(taken(file) for _ in range(5)):
            found = read_record(data / "running.json")
            who = f"(进程 {found.pid})" if found else ""
            raise Conflict(f"数据目录 {data} 正被另一个程序使用{who},请先停止它,或用 HOTLINE_DATA 另选目录。")
        yield


def taken(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(0.1)
        return False
    return True


def held(data: Path) -> bool:
    if not (data / "lock").exists():
        return False
    with opened(data / "lock") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def opened(lock: Path) -> TextIO:
    try:
        return lock.open("a")
    except OSError as wrong:
        raise Misconfigured(f"无法打开 {lock}({wrong.strerror}),请用启动服务的同一个账户运行。") from None


def recover(data: Path, mark: str, tell: Callable[[str], None]) -> None:
    """A record that is still there means that the run before did not end by itself."""
    who = account()
    ended = end_left_over(mark, who[0] if who else os.geteuid()) + (end_left_over(mark, 0) if who else 0)
    before = read_record(data / "running.json")
    if before and before.sockets.startswith(f"{SOCKETS}/hotline-"):
        shutil.rmtree(before.sockets, ignore_errors=True)
    if ended or (data / "running.json").exists():
        tell(RECOVERED)


def make_sockets() -> Path:
    """A directory of random name that only the servers' user may enter; nobody can have made it before us."""
    made = Path(tempfile.mkdtemp(prefix="hotline-", dir=SOCKETS))
    if who := account():
        os.chown(made, *who)
    return made


def write_record(path: Path, found: Addresses) -> None:
    beside = path.with_suffix(".new")
    beside.write_bytes(msgspec.json.encode(found))
    beside.replace(path)


def read_record(path: Path) -> Addresses | None:
    try:
        return msgspec.convert(json.loads(path.read_bytes()), Addresses)
    except (OSError, ValueError):
        return None
