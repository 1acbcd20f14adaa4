"""Install from the lock files with uv, which is fast but does not read pip's settings: they are passed on to it.

Only the standard library is used, for this runs before anything is installed.

    python scripts/install.py install requirements.lock…    into the virtual environment of this Python
    python scripts/install.py compile                        our C sources, once, with a compiler from a wheel if need be
    python scripts/install.py lock                           write the lock files anew
"""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
UV = Path(sys.executable).parent / "uv"
LOCKS = {"requirements.lock": [], "requirements-dev.lock": ["--extra", "dev"]}
LOCKING = ["--universal", "--python-version", "3.11", "--no-emit-index-url", "--no-emit-find-links", "--no-annotate"]
HEADER = "--custom-compile-command=make lock"


def pip_settings() -> dict[str, str]:
    """pip's own answer about its files and environment; the environment wins over a command's section over global."""
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    found: dict[str, tuple[int, str]] = {}
    for line in listed.stdout.splitlines():
        place, _, value = line.partition("=")
        section, _, name = place.rpartition(".")
        rank = {"global": 0, "install": 1, ":env:": 2}.get(section, -1)
        if rank >= found.get(name, (0, ""))[0]:
            found[name] = (rank, ast.literal_eval(value))
    return {name: value for name, (_, value) in found.items()}


def for_uv(settings: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    """The same wishes in uv's words: arguments and environment."""
    arguments, environment = [], {}
    if index := settings.get("index-url"):
        arguments += ["--default-index", index]
    for extra in filter(there, settings.get("extra-index-url", "").split()):
        # pip takes the best version of all indexes, uv by default the first index that knows the name.
        arguments += ["--index", extra, "--index-strategy", "unsafe-best-match"]
    for place in settings.get("find-links", "").split():
        arguments += ["--find-links", place]
    if settings.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        arguments.append("--no-index")
    for host in settings.get("trusted-host", "").split():
        arguments += ["--allow-insecure-host", host]
    names = {"cert": "SSL_CERT_FILE", "timeout": "UV_HTTP_TIMEOUT", "default-timeout": "UV_HTTP_TIMEOUT"}
    for name, variable in {**names, "proxy": "ALL_PROXY"}.items():
        if name in settings:
            environment[variable] = settings[name]
    return without_repeats(arguments), environment


def there(index: str) -> bool:
    """pip passes over a local index that is not there; uv would say so each time."""
    return not index.startswith("file://") or Path(urlsplit(index).path).exists()


def without_repeats(arguments: list[str]) -> list[str]:
    strategy = ["--index-strategy", "unsafe-best-match"]
    rest = [part for part in arguments if part not in strategy]
    return rest + strategy if len(rest) < len(arguments) else rest


def uv(command: Sequence[str]) -> int:
    arguments, environment = for_uv(pip_settings())
    said = [str(UV), "pip", *command, *arguments]
    return subprocess.run(said, cwd=ROOT, env={**environment, **os.environ}, check=False).returncode


def pip(*command: str) -> int:
    said = [sys.executable, "-m", "pip", *command, "--disable-pip-version-check", "-qq"]
    return subprocess.run(said, cwd=ROOT, check=False).returncode


def bring_uv() -> bool:
    return UV.exists() or pip("install", "uv") == 0


def install(locks: list[str]) -> int:
    """uv, or pip where uv cannot be had: slower, the same result."""
    wanted = [part for lock in locks for part in ("-r", lock)]
    if bring_uv() and uv(["install", "--quiet", "--python", sys.executable, *wanted]) == 0:
        return uv(["install", "--quiet", "--python", sys.executable, "--no-deps", "--editable", "."])
    print("uv 安装没有成功,改用 pip(较慢)。", file=sys.stderr)
    return pip("install", *wanted) or pip("install", "--no-deps", "--editable", ".")


def compiled() -> int:
    """No process that serves should have to wait for a compiler (docs/decisions/0082)."""
    if "CC" not in os.environ and not any(map(shutil.which, ("cc", "gcc", "clang"))):
        print("没有 C 编译器,改用 Python 包 ziglang(约 90 MB)……")
        wanted = ["install", "--quiet", "--python", sys.executable, "--editable", ".[compiler]"]
        if (wrong := uv(wanted)) and (wrong := pip("install", "--editable", ".[compiler]")):
            return wrong
    code = "from hotline.classify.cutting import words; from hotline.intake.marks.learned import weights; words(''); weights()"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode


def lock() -> int:
    if not bring_uv():
        return 1
    for name, extras in LOCKS.items():
        if wrong := uv(["compile", "--quiet", "pyproject.toml", *extras, *LOCKING, HEADER, "-o", name]):
            return wrong
    return 0


if __name__ == "__main__":
    verb, *rest = sys.argv[1:] or [""]
    verbs = {"install": lambda: install(rest), "compile": compiled, "lock": lock}
    sys.exit(verbs[verb]() if verb in verbs else __doc__)
