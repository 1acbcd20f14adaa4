"""Child processes that never outlive us, and the ones of an earlier run that did."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
POLL = 0.02


def die_with_parent(sign: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends `sign` when the process that started us is gone, even by kill -9.

    It must come after a change of user, which would undo it; preexec_fn does. Elsewhere than on Linux the next start
    finds and ends what was left."""
    parent = os.getpid()

    def before_exec() -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, sign)
            if os.getppid() != parent:
                os._exit(1)

    return before_exec


def start(
    command: Sequence[str | Path],
    *,
    sign: signal.Signals,
    cwd: Path | None = None,
    log: Path | None = None,
    account: tuple[int, int] | None = None,
    env: dict[str, str] | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a server in a session of its own (Ctrl-C reaches only us, and we end it in order), as another user if asked."""
    user, group = account or (None, None)
    with open(log, "ab") if log else contextlib.nullcontext() as out:  # noqa: PTH123
        return subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            user=user,
            group=group,
            extra_groups=[] if account else None,
            start_new_session=True,
            preexec_fn=die_with_parent(sign),
        )


def stop(process: "subprocess.Popen[bytes]", *steps: tuple[signal.Signals, float]) -> None:
    """Ask a child to end, firmer from step to step; each step is a signal and the seconds it is given."""
    for sign, seconds in (*steps, (signal.SIGKILL, 10.0)):
        if process.poll() is not None:
            return
        process.send_signal(sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)


def left_over(mark: str, user: int) -> list[int]:
    """Processes of `user` that carry our mark in their command line: servers of an earlier run on the same data."""
    return [pid for pid, uid, line in running_commands() if uid == user and mark in line and serves(line)]


def serves(line: str) -> bool:
    """Only the servers themselves, in the words of their command line or of the title they give themselves."""
    return Path(line.split()[0].rstrip(":")).name in ("postgres", "valkey-server")


def running_commands() -> Iterator[tuple[int, int, str]]:
    if not Path("/proc/self/cmdline").exists():
        listed = subprocess.run(["ps", "-axo", "pid=,uid=,command="], capture_output=True, text=True, check=False)
        for pid, uid, line in (row.split(None, 2) for row in listed.stdout.splitlines() if len(row.split()) > 2):
            yield int(pid), int(uid), line
        return
    for entry in Path("/proc").iterdir():
        # A process may end while we look at it.
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and (
                line := (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
            ):
                yield int(entry.name), entry.stat().st_uid, line


def end_left_over(mark: str, user: int, *, patience: float = 20.0) -> int:
    """End what an earlier run left behind and wait until it is gone; answers how many there were."""
    found = left_over(mark, user)
    deadline = time.monotonic() + patience
    sign = signal.SIGQUIT
    while rest := left_over(mark, user):
        if time.monotonic() > deadline:
            sign = signal.SIGKILL
        for pid in rest:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
        time.sleep(POLL * 5)
    return len(found)


def stop_on_signals() -> None:
    """SIGTERM and a closed terminal end us like Ctrl-C does: everything we started is stopped on the way out."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, leave)


def follow_parent(sign: signal.Signals) -> None:
    """For a process already running: the same tie as die_with_parent, tied by the child itself."""
    if LIBC is not None:
        parent = os.getppid()
        LIBC.prctl(PR_SET_PDEATHSIG, sign)
        if os.getppid() != parent:
            os.kill(os.getpid(), sign)
