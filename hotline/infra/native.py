"""Compiled once, beside the installation: our C sources as a library, and what else is dear to make and the same for everyone.

Whatever is made is named by what it is made of, so an old one is never mistaken for a new one; it is made by the first
process that needs it, while the others wait (docs/decisions/0082)."""

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

from hotline.infra.errors import Misconfigured

FLAGS = ("-O3", "-std=c11", "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-shared", "-fvisibility=hidden")
"""No instruction that another machine may not have, and no liberty with numbers: every machine answers alike."""
COMPILERS = ("cc", "gcc", "clang")
SECONDS = 300


def made(name: str, make: Callable[[Path], None]) -> Path:
    """What is kept under this name; `make` writes it, file or folder, at the path it is given, when it is not there yet."""
    for home in homes():
        if (found := home / name).exists():
            return found
    home = writable(homes())
    with (home / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = home / name
        if not found.exists():  # another process may have been faster
            with tempfile.TemporaryDirectory(dir=home, prefix=".") as beside:
                make(new := Path(beside) / name)
                new.rename(found)
    return found


def homes() -> tuple[Path, ...]:
    """Beside the installed libraries, or, where those are another's, with the user. Never in a folder all may write to:
    what is kept here is run."""
    cached = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(sys.prefix) / "var" / "hotline", cached / "hotline"


def writable(choices: Iterable[Path]) -> Path:
    for home in choices:
        try:
            home.mkdir(mode=0o755, parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(home, os.W_OK):
            return home
    raise Misconfigured("没有可写的目录存放编译结果,请在安装所在环境中先运行 make setup。")


def named(stem: str, parts: Iterable[bytes]) -> str:
    """A name that changes with whatever it is made of."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return f"{stem}-{digest.hexdigest()[:16]}"


@cache
def library(sources: Path) -> ctypes.CDLL:
    """All C files of a folder as one library."""
    files = sorted(sources.glob("*.[ch]"))
    machine = f"{sys.platform} {platform.machine()} {' '.join(FLAGS)}"
    name = named(sources.parent.name, [machine.encode(), *(path.read_bytes() for path in files)])
    units = [str(path) for path in files if path.suffix == ".c"]
    return ctypes.CDLL(str(made(f"{name}.so", lambda path: _compile(units, path))))


def _compile(units: Sequence[str], path: Path) -> None:
    command = [*compiler(), *FLAGS, "-o", str(path), *units, "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    if done.returncode:
        raise Misconfigured(f"C 源码编译失败({shlex.join(command[:2])}):{done.stderr[-2000:]}")


def compiler() -> list[str]:
    """The one that $CC names, the system's, or the one of the Python package `ziglang`."""
    if named := os.environ.get("CC"):
        return shlex.split(named)
    for name in COMPILERS:
        if found := shutil.which(name):
            return [found]
    if importlib.util.find_spec("ziglang") is not None:
        return [sys.executable, "-m", "ziglang", "cc"]
    raise Misconfigured("没有 C 编译器,请安装 gcc,或运行 pip install 'hotline[compiler]'。")
