"""How long a training takes and how much memory: 10,000 labelled letters, and a million texts one behind the other.

`python -m bench.training [--texts 1000000] [--only letters]`. The million are the distinct texts for load tests, told again
and again, with the labels that the model of the letters gives them: it is about time and memory, and how right it is says nothing."""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bench.classify import LETTERS, TOKENS, WRITTEN
from hotline.classify import tables, train
from hotline.classify.model import Columns, TextModel
from hotline.infra.clock import SystemClock

LOAD = LETTERS / "letters_16k.jsonl.gz"
TEN_THOUSAND = 10_000


def letters(home: Path) -> dict[str, Any]:
    """Both files of labelled letters, the first ones a second time up to ten thousand."""
    columns = Columns(text="detail,tokens", title="title", label="label")
    rows = islice(cycle(tables.read_each([TOKENS, WRITTEN], ["label"])), TEN_THOUSAND)
    return trained(rows, home / "letters", columns)


def million(home: Path, texts: int) -> dict[str, Any]:
    model = TextModel.load(home / "letters")
    rows = [{"title": row.get("title", ""), "text": row["content"]} for row in tables.read_rows(LOAD)]
    said = model.suggest_many([(row["title"], row["text"]) for row in rows])
    known = [{**row, "label": one.label} for row, one in zip(rows, said, strict=True)]
    characters = sum(len(row["title"]) + len(row["text"]) for row in known) / len(known)
    found = trained(islice(cycle(known), texts), home / "million", Columns(title="title"))
    return {"distinct": len(known), "characters": round(characters), **found}


def trained(rows: Iterator[dict[str, str]], out: Path, columns: Columns) -> dict[str, Any]:
    began, cores = time.perf_counter(), os.cpu_count() or 1
    given: dict[str, Any] = {
        "columns": columns,
        "target": "category",
        "now": SystemClock().now(),
        "told": told(began),
        "cores": cores,
    }
    report = train.train(rows, out, **given)
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime
    return {
        "texts": report.rows,
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(worked, 1),
        "peak_mb": round(own.ru_maxrss / 1024),
        "peak_mb_of_a_fold": round(others.ru_maxrss / 1024),
        "features": len(TextModel.load(out).weights),
        "asked": report.held.n,
        "accuracy": round(report.held.accuracy, 4),
        "accuracy_error": round(report.accuracy_error, 4),
    }


def told(began: float) -> Any:
    last = ""

    def tell(what: str, done: int, of: int) -> None:
        nonlocal last
        share = f"{done * 10 // of * 10}%" if of else f"{done // 100_000 * 100_000}"
        if (line := f"{what} {share}") != last:
            print(f"{time.perf_counter() - began:7.0f} s  {line}", file=sys.stderr, flush=True)
            last = line

    return tell


def alone(home: Path, part: str, texts: int) -> dict[str, Any]:
    """In a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "bench.training", "--part", part, "--home", str(home), "--texts", str(texts)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=os.environ)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measure(texts: int = 1_000_000, only: str = "") -> dict[str, Any]:
    if not LETTERS.is_dir():
        return {"letters": 0}
    with tempfile.TemporaryDirectory(prefix="hotline-training-") as folder:
        found = {"ten_thousand_letters": alone(Path(folder), "letters", TEN_THOUSAND)}
        if only != "letters":
            found["replayed"] = alone(Path(folder), "million", texts)
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--texts", type=int, default=1_000_000)
    asked.add_argument("--only", default="", choices=["", "letters"])
    asked.add_argument("--part", help=argparse.SUPPRESS)
    asked.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.part:
        print(json.dumps(letters(given.home) if given.part == "letters" else million(given.home, given.texts)))
    else:
        print(json.dumps(measure(given.texts, given.only), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
