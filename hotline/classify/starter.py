"""The models of a city without history: learned from the texts and the category words the project ships."""

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from hotline.classify.labels import read_tree
from hotline.classify.tables import read_rows
from hotline.infra.errors import Misconfigured

SHIPPED = Path(__file__).parent / "starter"
CORPUS = "corpus.csv"
CATEGORIES = "categories.csv"
DANGERS = "dangers.csv"
"""Short texts with the urgency a person gave them; `words`: 是 where the words of danger alone must hear it."""


def ensure(data: Path, now: datetime, source: Path = SHIPPED) -> Path:
    """The folder of the starter models, trained when this version of texts and code has none yet."""
    home = data / "models"
    home.mkdir(parents=True, exist_ok=True)
    folder = home / f"starter-{fingerprint(source)}"
    if not folder.is_dir():
        with _alone(home / ".starter.lock"):
            if not folder.is_dir():  # another process may have been faster
                _build_beside(folder, source, now)
    return folder


def forget(data: Path, source: Path = SHIPPED) -> None:
    """Throw this version's models away, so that they are trained again."""
    shutil.rmtree(data / "models" / f"starter-{fingerprint(source)}", ignore_errors=True)


def fingerprint(source: Path = SHIPPED) -> str:
    """Names texts, words and the code that learns from them; a change of any means new models."""
    digest = hashlib.sha256()
    home = Path(__file__).parent
    code = sorted([*home.glob("*.py"), *home.glob("native/*.[ch]")])
    for path in [source / CORPUS, source / CATEGORIES, source / DANGERS, *code]:
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()[:12]


def read_corpus(source: Path) -> list[dict[str, str]]:
    path = source / CORPUS
    if not path.is_file():
        raise Misconfigured(f"缺少随附语料 {path},请重新安装,或用 hotline train 训练自己的模型。")
    return list(read_rows(path))


def read_dangers(source: Path) -> list[dict[str, str]]:
    """None where a city brings a corpus of its own without them."""
    path = source / DANGERS
    return list(read_rows(path)) if path.is_file() else []


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build_beside(folder: Path, source: Path, now: datetime) -> None:
    beside = folder.with_name(f".{folder.name}")
    shutil.rmtree(beside, ignore_errors=True)
    # Only the first start trains; every other one is spared the time it takes to load scikit-learn.
    from hotline.classify.lessons import build

    texts = read_corpus(source), read_dangers(source)
    for name, model in build(read_tree(source / CATEGORIES), *texts, fingerprint(source), now).items():
        model.save(beside / name)
    beside.rename(folder)
    for old in folder.parent.glob("starter-*"):
        if old != folder:
            shutil.rmtree(old, ignore_errors=True)
