"""`hotline VERB` as a person meets it: exit codes, sentences, and what is left running afterwards."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hotline.infra.crypto import sm3
from hotline.infra.embedded import RECOVERED
from tests.conftest import SECRETS
from tests.faults.command import CLEAN, POLL, Said, command
from tests.faults.test_embedded import gone, servers_of

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "hotline.cli"]
Ask = Callable[..., "subprocess.CompletedProcess[str]"]
Say = Callable[..., Said]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def ask(data: Path, tmp_path: Path) -> Ask:
    def run(*words: str | Path, **environ: str) -> "subprocess.CompletedProcess[str]":
        env = {**CLEAN, "PYTHONPATH": str(ROOT), "HOTLINE_DATA": str(data), **environ}
        return subprocess.run([*COMMAND, *map(str, words)], cwd=tmp_path, env=env, capture_output=True, text=True)

    return run


@pytest.fixture
def say(data: Path, tmp_path: Path) -> Say:
    """The same without a process of its own: for a verb that starts no server."""
    return lambda *words, **environ: command(words, {"HOTLINE_DATA": str(data), **environ}, tmp_path)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nonsense"], "没有命令 nonsense"),
        (["due", "--start", "2026-02-13T10:00+08:00"], "给且只给一个"),
        (["due", "--start", "2026-02-13T10:00", "--hours", "3"], "必须带时区"),
        (["due", "--start", "昨天", "--hours", "3"], "时刻 昨天 不对"),
        (["due", "--hours", "3"], "缺少 '--start'"),
        (["due", "--start", "2026-02-13T10:00+08:00", "--hours", "三"], "'--hours' 的值不对"),
        (["serve", "--prot", "1"], "没有选项 --prot"),
        (["train"], "缺少 '--data'"),
    ],
)
def test_wrong_use_is_2_and_says_how(say: Say, words: list[str], says: str) -> None:
    done = say(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "--help" in done.stderr


@pytest.mark.parametrize(
    ("words", "environ", "says"),
    [
        (["migrate"], {"HOTLINE_DATABASE_URL": "postgresql:///x"}, "必须设置 HOTLINE_SECRET_KEY"),
        (["migrate"], {"HOTLINE_DATABASE_URL": "postgresql:///x?host=/none", **SECRETS}, "连不上数据库"),
        (["migrate"], {"HOTLINE_DATABASE_URL": "mysql://x"}, "HOTLINE_DATABASE_URL 的值不对"),
        (["worker"], {}, "后台处理进程需要 HOTLINE_DATABASE_URL"),
        (["serve"], {"PORT": "abc"}, "PORT 的值不对"),
        (["doctor"], {"HOTLINE_DATABASE_URL": "postgresql:///x?host=/none", **SECRETS}, "有 1 项需要处理"),
        (["due", "--start", "2026-02-13T10:00+08:00", "--working-days", "0"], {}, "1 到 1000"),
    ],
)
def test_failed_work_is_1_and_one_sentence(say: Say, words: list[str], environ: dict[str, str], says: str) -> None:
    done = say(*words, **environ)
    assert done.returncode == 1
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_help_is_in_chinese_and_starts_nothing(ask: Ask, data: Path) -> None:
    assert "启动网页服务" in ask("--help").stdout
    assert "监听的端口" in ask("serve", "--help").stdout
    assert not data.exists()


def test_due_answers_without_a_database(say: Say, data: Path) -> None:
    done = say("due", "--start", "2026-02-13T10:00+08:00", "--working-days", "5", "--json")
    assert json.loads(done.stdout)["due"].startswith("2026-02-27")
    assert not data.exists()


def test_accounts_backup_restore_and_a_torn_backup(ask: Ask, tmp_path: Path, data: Path) -> None:
    assert ask("user", "add", "li", "--name", "李工", "--role", "agent").returncode == 0
    whole, torn = tmp_path / "whole.tar", tmp_path / "torn.tar"
    picture = b"a picture of a street lamp"
    kept = data / "attachments" / sm3(picture).hex()[:2] / sm3(picture).hex()
    kept.parent.mkdir(parents=True)
    kept.write_bytes(picture)
    assert ask("backup", whole).returncode == 0
    assert whole.stat().st_mode & 0o077 == 0
    torn.write_bytes(whole.read_bytes()[: whole.stat().st_size * 3 // 4])
    assert ask("user", "add", "wang", "--name", "王工", "--role", "agent").returncode == 0
    kept.unlink()
    refused = ask("restore", "--yes", torn)
    assert (refused.returncode, "数据库原样未动" in refused.stderr) == (1, True)
    assert "已有人用" in ask("user", "add", "wang", "--name", "王工", "--role", "agent").stderr
    assert "校验通过" in ask("restore", "--yes", whole).stdout
    assert kept.read_bytes() == picture
    assert "没有用户名为 wang" in ask("user", "reset", "wang").stderr
    assert ask("user", "reset", "li").returncode == 0
    assert servers_of(data) == []


def test_what_every_command_brings_up_loads_no_library_of_the_models() -> None:
    heavy = "{'numpy', 'scipy', 'sklearn', 'rjieba'} & sys.modules.keys()"
    looked = [sys.executable, "-c", f"import sys, hotline.cli.accounts, hotline.web.base; print(sorted({heavy}))"]
    assert subprocess.run(looked, cwd=ROOT, capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.fixture
def given(fresh_database: str, valkey: str) -> dict[str, str]:
    return {"HOTLINE_DATABASE_URL": fresh_database, "HOTLINE_REDIS_URL": valkey, **SECRETS}


def test_accounts_are_added_once_and_only_with_roles_that_there_are(say: Say, given: dict[str, str]) -> None:
    assert say("user", "add", "li", "--name", "李工", "--role", "agent", **given).returncode == 0
    assert "已有人用" in say("user", "add", "li", "--name", "李工", "--role", "agent", **given).stderr
    assert "没有角色 king" in say("user", "role", "li", "king", **given).stderr
    assert say("user", "reset", "li", **given).returncode == 0


def test_letters_from_a_file_are_taken_in_once_and_bad_rows_come_back_with_a_reason(
    say: Say, given: dict[str, str], tmp_path: Path
) -> None:
    letters, week = tmp_path / "letters.csv", tmp_path / "week.json"
    good = "路灯不亮,阳光小区门口的路灯坏了三天，晚上出行不便，请尽快维修。,13800000000"
    letters.write_text(f"title,content,phone\n{good}\n短,太短,13800000000\n", encoding="utf-8")
    assert "新增 1 件,已有 0 件,退回 1 行" in say("import", letters, **given).stdout
    assert "新增 0 件,已有 1 件,退回 1 行" in say("import", letters, **given).stdout
    assert "诉求内容" in (tmp_path / "letters.csv.rejected.csv").read_text(encoding="utf-8")
    asked = ("report", "weekly", "--week", "2026-W46", "--format", "json", "--out", week)
    assert say(*asked, **given).returncode == 0
    assert json.loads(week.read_text(encoding="utf-8"))["week"] == "2026-W46"
    assert say("report", "weekly", "--week", "第46周", "--out", week, **given).returncode == 1
    verified = say("audit", "verify", **given).stdout
    assert "1 件工单" in verified and verified.splitlines()[-1] == "audit verify: ok"


def test_with_an_address_nothing_embedded_starts(ask: Ask, given: dict[str, str], data: Path) -> None:
    assert "数据库结构已是最新" in ask("migrate", **given).stdout
    assert not data.exists()


# --- the whole system


class Serving:
    """`hotline serve`, ready to answer."""

    def __init__(self, data: Path, *words: str, **environ: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        env = {**CLEAN, "PYTHONPATH": str(ROOT), "HOTLINE_DATA": str(data), "PORT": str(self.port), **environ}
        self.log = data.with_name("serve.log")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", *words], cwd=data.parent, env=env, stdout=log, stderr=log, start_new_session=True
            )
        self.wait()

    def wait(self) -> None:
        deadline = time.monotonic() + 120
        while not self.answers():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(POLL)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def family(self) -> set[int]:
        """Every process that we started, however deep, by the kernel's book."""
        parents = {}
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
        found = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found


@pytest.fixture
def serve(data: Path, starter_models: Path) -> Iterator[Callable[..., Serving]]:
    begun: list[Serving] = []
    data.mkdir()
    (data / "models").symlink_to(starter_models)

    def begin(*words: str, **environ: str) -> Serving:
        begun.append(Serving(data, *words, **environ))
        return begun[-1]

    yield begin
    for one in begun:
        if one.process.poll() is None:
            one.process.terminate()
            one.process.wait(30)


def alive(pids: set[int]) -> set[int]:
    found = set()
    for pid in pids:
        # It may go while it is looked at.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                found.add(pid)
    return found


def none_alive(pids: set[int], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while alive(pids) and time.monotonic() < deadline:
        time.sleep(POLL)
    return not alive(pids)


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@linux
def test_kill_9_leaves_nothing_of_the_whole_system_and_the_next_start_says_so(
    serve: Callable[..., Serving], data: Path
) -> None:
    for workers, recovered in (("2", False), ("1", True)):
        one = serve("--demo", "--workers", workers)
        assert "演示账号" in one.said()
        assert (RECOVERED in one.said()) is recovered
        family = one.family()
        # PostgreSQL's own processes, Valkey, the job worker, the web workers.
        assert len(family) >= 8
        one.process.kill()
        one.process.wait()
        assert none_alive(family - {one.process.pid})
        assert gone(data)


def stops_within_seconds(one: Serving, sign: signal.Signals, data: Path) -> None:
    family = one.family()
    begun = time.monotonic()
    one.process.send_signal(sign)
    assert one.process.wait(30) == 0
    assert time.monotonic() - begun < 15
    assert none_alive(family)
    assert not (data / "running.json").exists()
    assert "Traceback" not in one.said()


@linux
def test_other_commands_find_the_running_database_and_ctrl_c_stops_everything_within_seconds(
    serve: Callable[..., Serving], ask: Ask, say: Say, data: Path, tmp_path: Path
) -> None:
    one = serve("--workers", "2")
    assert say("user", "add", "li", "--name", "李工", "--role", "agent").returncode == 0
    assert say("doctor").returncode == 0
    assert say("backup", tmp_path / "live.dump").returncode == 0
    refused = say("restore", "--yes", tmp_path / "live.dump")
    assert "请先停止 hotline serve" in refused.stderr
    again = ask("serve")
    assert (again.returncode, "正被另一个程序使用" in again.stderr or "无法监听" in again.stderr) == (1, True)
    stops_within_seconds(one, signal.SIGINT, data)


def test_busy_port_is_a_sentence_and_nothing_is_started(ask: Ask, data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = ask("serve", PORT=str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert done.stderr.startswith("无法监听 127.0.0.1:")
    assert not (data / "postgres").exists()


@linux
def test_job_worker_that_dies_is_started_again_and_sigterm_stops_it_too(
    serve: Callable[..., Serving], data: Path
) -> None:
    one = serve()
    before = workers_of(one)
    assert len(before) == 1
    [killed] = before
    os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while not (after := workers_of(one) - {killed}) and time.monotonic() < deadline:
        time.sleep(POLL)
    assert after
    assert "后台处理进程意外退出" in one.said()
    stops_within_seconds(one, signal.SIGTERM, data)


def workers_of(one: Serving) -> set[int]:
    found = set()
    for pid in one.family():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").endswith(b"hotline.cli\0worker"):
                found.add(pid)
    return found & alive(found)
