"""The classifier's figures: how right, how honest, how fast. `python -m bench.classify`; BENCH_JSON=file keeps them."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from bench import outlook, speed
from bench.asked import beside
from hotline.classify import evaluate, tables, train
from hotline.classify.actions import load_classifier
from hotline.classify.classifier import Classifier
from hotline.classify.findings import TITLED, Report
from hotline.classify.measures import share_error
from hotline.classify.model import TextModel
from hotline.infra.clock import SystemClock

LETTERS = Path(__file__).resolve().parents[2] / "shared" / "data" / "text"
TOKENS, WRITTEN = LETTERS / "letters_tokens.train.csv.gz", LETTERS / "letters_raw.train.csv"
UNITS, REPLIES = LETTERS / "tickets_units.train.csv", LETTERS / "letters_replies.train.csv.gz"
SEVEN = Path(__file__).with_name("seven_classes.csv")
"""Which of the letters' seven classes our categories belong to."""
LOAD = """
import sys, time
from pathlib import Path
started = time.perf_counter()
from hotline.classify.model import TextModel
imported = time.perf_counter()
model = TextModel.load(Path(sys.argv[1]))
model.suggest("路灯", "路灯不亮")
print(imported - started, time.perf_counter() - imported)
print(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1])
"""


def measure() -> dict[str, Any]:
    now = SystemClock().now()
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        home = Path(folder)
        real = LETTERS.is_dir()
        found = _letters(home, now) if real else {}
        classifier, seconds = _starter(home, now)
        starters = next((home / "models").glob("starter-*"))
        if real:
            found |= _without_history(home, starters, now)
        model = TextModel.load(home / "letters") if real else classifier.category
        return {
            "data": "letters" if real else "shipped corpus",
            **found,
            "starter": _starter_figures(classifier, seconds),
            "speed": speed.measure(model, classifier, LETTERS if real else None),
            "load": _load(home / "letters" if real else starters / "category"),
        }


def _letters(home: Path, now: datetime) -> dict[str, Any]:
    """Letters of seven classes: every fifth asked of a model of the others; as written also with both files learned from."""
    cut = train.run([TOKENS], home / "letters", target="category", text_column="tokens", now=now)
    written = train.run([WRITTEN], home / "written", target="category", text_column="detail", now=now)
    return {
        "letters": _figures(cut),
        "letters_as_written": _figures(written),
        "letters_as_written_from_both_files": _both_files(home, now),
        **_units(home, now),
        "late": outlook.late(home, UNITS, now),
        "waits": outlook.waits(REPLIES),
    }


def _both_files(home: Path, now: datetime) -> dict[str, Any]:
    """The letters as written, every fifth asked; neither file is learned from where it has a like of them."""
    both = train.run([TOKENS, WRITTEN], home / "both", target="category", text_column="detail,tokens", now=now)
    found = both.kinds[TITLED]
    return {**found.body(), "accuracy_error": share_error(found.accuracy, found.n), "training_seconds": both.seconds}


def _units(home: Path, now: datetime) -> dict[str, Any]:
    """Trained on the earlier four fifths, asked about the last: once, and learning on day by day."""
    rows = sorted(tables.read_rows(UNITS), key=lambda row: tables.moment(row["create_time"]))
    cut = len(rows) * 4 // 5
    train.run(
        [_kept(home / "before.csv", rows[:cut])],
        home / "units",
        target="unit",
        label_column="dispose_unit_norm",
        features=("main_type_name", "sub_type_name", "street_name", "community_name"),
        time_column="create_time",
        now=now,
    )
    after = _kept(home / "after.csv", rows[cut:])
    return {
        "units": evaluate.run(home / "units", after),
        "units_day_by_day": evaluate.run(home / "units", after, online=True),
    }


def _without_history(home: Path, starters: Path, now: datetime) -> dict[str, Any]:
    """No labels: our categories folded into the seven classes. Seventy labels: ten of each, with our texts beside them."""
    rows = list(tables.read_rows(TOKENS))
    order = np.random.default_rng(1).permutation(len(rows)).tolist()
    own, count = [], Counter[str]()
    for place in order:
        count[rows[place]["label"]] += 1
        if count[rows[place]["label"]] <= 10:
            own.append(place)
    groups = {rows[place]["group"] for place in own}
    few = _kept(home / "few.csv", [rows[place] for place in own])
    rest = _kept(home / "rest.csv", [row for row in rows if row["group"] not in groups])
    train.run([few], home / "few", target="category", text_column="tokens", label_map=SEVEN, now=now)
    bare = evaluate.run(starters / "category", TOKENS, text_column="tokens", label_column="label", label_map=SEVEN)
    return {"no_labels": bare, "seventy_labels": evaluate.run(home / "few", rest)}


def _kept(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    tables.write_rows(path, rows)
    return path


def _figures(report: Report) -> dict[str, Any]:
    return {
        **report.held.body(),
        "accuracy_error": report.accuracy_error,
        "macro_f1_error": report.macro_f1_error,
        "coverage": [asdict(point) for point in report.coverage],
        "rows": report.rows,
        "training_seconds": report.seconds,
    }


def _starter(home: Path, now: datetime) -> tuple[Classifier, float]:
    started = time.perf_counter()
    found = load_classifier(home, now=now)
    if found is None:
        raise SystemExit("随附模型无法训练,请先运行 make setup。")
    return found, time.perf_counter() - started


def _starter_figures(classifier: Classifier, seconds: float) -> dict[str, Any]:
    models = {"category": classifier.category, "kind": classifier.kind, "urgency": classifier.urgency}
    return {"training_seconds": seconds, **{name: model.manifest.scores for name, model in models.items()}}


def _load(model: Path) -> dict[str, float]:
    """In a process of its own: what a worker pays before its first answer."""
    said = subprocess.run([sys.executable, "-c", LOAD, str(model)], capture_output=True, text=True, check=True).stdout
    seconds, kilobytes = said.splitlines()
    imported, loaded = map(float, seconds.split())
    return {"import_seconds": imported, "load_and_first_answer_seconds": loaded, "rss_mb": int(kilobytes) / 1024}


def lines(found: dict[str, Any], indent: str = "") -> list[str]:
    page = []
    for name, value in found.items():
        if name == "coverage":
            page += [f"{indent}{name}", *(f"{indent}  {_curve(point)}" for point in value)]
        elif isinstance(value, dict):
            page += [f"{indent}{name}", *lines(value, indent + "  ")]
        else:
            page.append(
                f"{indent}{name:34s} {value:.4f}" if isinstance(value, float) else f"{indent}{name:34s} {value}"
            )
    return page


def _curve(point: dict[str, float]) -> str:
    return f"{point['share']:6.1%}  {point['precision']:.4f}  {point['low']:.4f}–{point['high']:.4f}"


def main() -> None:
    found = measure()
    print("\n".join([*lines(found), "", *beside(found)]))
    if path := os.environ.get("BENCH_JSON"):
        Path(path).write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
