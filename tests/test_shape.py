"""The shape of the code: who may touch the world, where SQL lives, what a module may be called.

These and the import contracts are the only rules of style that fail a build; the rest is a reminder."""

import ast
import importlib
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from hotline.infra.db import Pool

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "hotline"
MODULES = sorted(PACKAGE.rglob("*.py"))
# Rooms that are the shell around the pure core.
SHELL = {"infra", "cli", "web", "jobs", "live"}
# Inside a stage these names may touch the world.
WORLDLY = {"store.py", "actions.py", "http.py"}
# Models are folders of files: these read and write them, and say how long it took.
FILES = {"os", "pathlib", "shutil", "time"}
ALLOWED = {
    "classify/columns.py": FILES,
    "classify/cutting.py": FILES,
    "classify/engine.py": FILES,
    "classify/evaluate.py": FILES,
    "classify/examples.py": FILES,
    "classify/fitting.py": FILES,
    "classify/folder.py": FILES,
    "classify/labels.py": FILES,
    "classify/model.py": FILES,
    # More letters than memory holds lie in a folder for the time of a training.
    "classify/piecewise.py": {*FILES, "tempfile"},
    "classify/refine.py": FILES,
    "classify/registry.py": FILES,
    "classify/shelf.py": FILES,
    "classify/starter.py": FILES,
    "classify/tables.py": FILES,
    "classify/train.py": {*FILES, "tempfile"},
    # What is learned from the marked texts beside it, once, where the system runs.
    "intake/marks/learned.py": FILES,
    # The walk over the whole history of `hotline audit verify`.
    "tickets/audit.py": {"hotline.tickets.lines.store", "hotline.tickets.store"},
}
WORLD = {"asyncpg", "redis", "httpx", "starlette", "uvicorn", "os", "time", "random", "secrets", "subprocess"}
WORLD |= {"socket", "shutil", "tempfile", "pathlib", "asyncio", "threading", "urllib.request", "smtplib", "imaplib"}
WORLDLY_NAME = re.compile(r"^hotline\..*\.(store|actions|http)$")
CLOCKS = {"now", "utcnow", "today"}
NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
SQL = re.compile(
    r"^\s*(?:--[^\n]*\n\s*)*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|CREATE|DROP|ALTER|TRUNCATE|LOCK|CALL)\b", re.I
)
MOST_LINES = 400
LONGEST_FUNCTION = 50


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def is_pure(path: Path) -> bool:
    parts = path.relative_to(PACKAGE).parts
    return len(parts) > 1 and parts[0] not in SHELL and path.name not in WORLDLY and "channels" not in parts


def imports(module: ast.AST) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not only_types(node):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def only_types(node: ast.ImportFrom) -> bool:
    """A rule may name a type of the shell (`Clocks`); what it must not do is call it."""
    return bool(WORLDLY_NAME.search(node.module or "")) and all(alias.name[0].isupper() for alias in node.names)


def worldly(name: str) -> str | None:
    """The part of the world that an import reaches for."""
    if WORLDLY_NAME.search(name):
        return name
    return next((world for world in WORLD if name == world or name.startswith(f"{world}.")), None)


@pytest.mark.parametrize("path", [path for path in MODULES if is_pure(path)], ids=named)
def test_a_rule_touches_nothing_of_the_world(path: Path) -> None:
    reached = {world for name in imports(tree(path)) if (world := worldly(name))}
    assert reached <= ALLOWED.get(named(path), set()), f"{named(path)} 是纯规则,不应引入 {sorted(reached)}"


@pytest.mark.parametrize("path", [p for p in MODULES if named(p) != "infra/clock.py"], ids=named)
def test_only_the_clock_knows_the_time(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            assert owner not in ("datetime", "date"), f"{named(path)}:{node.lineno} 应由调用者给出 now"


def executes(node: ast.AST) -> ast.expr | None:
    """The first argument of a call that runs SQL."""
    verbs = {"execute", "executemany", "fetch", "fetchrow", "fetchval", "fetchmany", "cursor", "prepare"}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in verbs and node.args:
        return node.args[0]
    return None


def texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    for found in ast.walk(node):
        if isinstance(found, ast.Constant) and isinstance(found.value, str):
            yield found.lineno, found.value


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_sql_is_static_text(path: Path) -> None:
    for node in ast.walk(tree(path)):
        built = isinstance(node, ast.JoinedStr) and any(
            SQL.match(text) and " " in text.strip() for _, text in texts(node)
        )
        assert not built, f"{named(path)}:{getattr(node, 'lineno', 0)} 的 SQL 是拼出来的"
        asked = executes(node)
        assert not isinstance(asked, ast.JoinedStr | ast.BinOp), (
            f"{named(path)}:{asked and asked.lineno} 的 SQL 是拼出来的"
        )


@pytest.mark.parametrize("path", [p for p in MODULES if p.relative_to(PACKAGE).parts[0] not in SHELL], ids=named)
def test_sql_lives_in_stores(path: Path) -> None:
    if path.name == "store.py":
        return
    for node in ast.walk(tree(path)):
        asked = executes(node)
        found = isinstance(asked, ast.Constant) and isinstance(asked.value, str) and SQL.match(asked.value)
        assert not found, f"{named(path)}:{asked and asked.lineno} 的 SQL 应在 store.py"


STORES = [path for path in MODULES if path.name == "store.py"]


def statements(path: Path) -> dict[str, str]:
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return {
        name: value
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and SQL.match(value)
    }


@pytest.mark.parametrize("path", STORES, ids=named)
async def test_every_statement_fits_the_schema(path: Path, pool: Pool) -> None:
    """A misspelt column is found here, not by the first person who needs the query."""
    wrong = []
    async with pool.acquire() as conn:
        for name, text in statements(path).items():
            try:
                await conn.prepare(text)
            except asyncpg.PostgresError as refused:
                wrong.append(f"{name}: {refused}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_every_module_has_a_name_of_its_own(path: Path) -> None:
    assert not set(path.relative_to(PACKAGE).with_suffix("").parts) & NAMELESS, f"{named(path)} 还没有找到自己的名字"


def test_imports_follow_the_life_of_a_ticket() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


TEXTS = {".md", ".py", ".sql", ".ts", ".vue", ".css", ".toml", ".typ", ".html", ".csv"}
MERGING = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)


def test_nothing_was_left_half_merged() -> None:
    named = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    texts = [ROOT / name for name in named if Path(name).suffix in TEXTS and (ROOT / name).is_file()]
    assert [str(path) for path in texts if MERGING.search(path.read_text(encoding="utf-8"))] == []


def test_reminder_of_what_has_grown_long() -> None:
    """Not a failure: a file or a function that outgrew its page is named, so that somebody splits it by noun."""
    for path in [*MODULES, *sorted((ROOT / "tests").rglob("*.py"))]:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MOST_LINES:
            remind(f"{path.relative_to(ROOT)} 有 {lines} 行,超过 {MOST_LINES} 行,可按名词拆开")
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    remind(f"{named(path)}:{node.lineno} {node.name} 有 {length} 行,超过 {LONGEST_FUNCTION} 行")


def remind(said: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.warn(said, stacklevel=3)
