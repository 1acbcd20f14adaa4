"""The classifier's figures: how right, how honest, how fast. `python -m bench.classify`; BENCH_JSON=file keeps them."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import jieba
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC

from hotline.classify import starter, tables, train
from hotline.classify.actions import load_classifier
from hotline.classify.classifier import Classifier
from hotline.classify.findings import Report
from hotline.classify.model import TextModel
from hotline.infra.clock import SystemClock

LETTERS = Path(__file__).resolve().parents[2] / "shared" / "data" / "text"
Text = tuple[str, str]
ASKED = 400
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
        texts = _texts(real)
        model = TextModel.load(home / "letters") if real else classifier.category
        return {
            "data": "letters" if real else "shipped corpus",
            **found,
            "starter": _starter_figures(classifier, seconds),
            "speed": _speed(model, classifier, texts, real),
            "load": _load(home / "letters" if real else next((home / "models").glob("starter-*")) / "category"),
        }


def _letters(home: Path, now: datetime) -> dict[str, Any]:
    """Both sets of real letters, each measured on its own held-back fifth."""
    cut = train.run(
        [LETTERS / "letters_tokens.train.csv.gz"], home / "letters", target="category", text_column="tokens", now=now
    )
    written = train.run(
        [LETTERS / "letters_raw.train.csv"], home / "written", target="category", text_column="detail", now=now
    )
    units = train.run(
        [LETTERS / "tickets_units.train.csv"],
        home / "units",
        target="unit",
        label_column="dispose_unit_norm",
        features=("main_type_name", "sub_type_name", "street_name", "community_name"),
        time_column="create_time",
        now=now,
    )
    return {"letters": _figures(cut), "letters_as_written": _figures(written), "units": _figures(units)}


def _figures(report: Report) -> dict[str, Any]:
    return {
        **report.held.body(),
        "accuracy_error": report.accuracy_error,
        "macro_f1_error": report.macro_f1_error,
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


def _texts(real: bool) -> list[Text]:
    if real:
        rows = list(tables.read_rows(LETTERS / "letters_16k.jsonl.gz"))
        return [(row.get("title", ""), row["content"]) for row in rows[: ASKED * 20 : 20]]
    return [(row["title"], row["content"]) for row in starter.read_corpus(starter.SHIPPED)[:ASKED]]


def _speed(model: TextModel, classifier: Classifier, texts: Sequence[Text], real: bool) -> dict[str, float]:
    """Processor time, so that a busy machine does not blur the comparison; the plain pipeline is asked beside ours."""
    plain = _plain_pipeline(real)
    whole = [f"{title}{content}" for title, content in texts]
    one_by_one = _per_second(lambda: [model.suggest_many([text]) for text in texts], len(texts))
    plain_one = _per_second(lambda: [plain.predict([text]) for text in whole], len(texts))
    return {
        "characters": sum(map(len, whole)) / len(whole),
        "single_per_second": one_by_one,
        "batch_per_second": _per_second(lambda: model.suggest_many(texts), len(texts)),
        "all_answers_milliseconds": 1_000
        / _per_second(lambda: [classifier.suggest(*text) for text in texts], len(texts)),
        "plain_pipeline_single_per_second": plain_one,
        "times_the_plain_pipeline": one_by_one / plain_one,
    }


def _plain_pipeline(real: bool) -> Pipeline:
    """What one would write first: jieba, TfidfVectorizer, LinearSVC."""
    if real:
        rows = list(tables.read_rows(LETTERS / "letters_raw.train.csv"))
        texts, labels = [row["title"] + row["detail"] for row in rows], [row["label"] for row in rows]
    else:
        rows = starter.read_corpus(starter.SHIPPED)
        texts, labels = [row["title"] + row["content"] for row in rows], [row["category"][:2] for row in rows]
    pipeline = make_pipeline(TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None), LinearSVC(random_state=0))
    return pipeline.fit(texts, labels)


def _per_second(ask: Callable[[], object], count: int) -> float:
    ask()  # the first round warms caches and dictionaries
    started = time.process_time()
    ask()
    return count / (time.process_time() - started)


def _load(model: Path) -> dict[str, float]:
    """In a process of its own: what a worker pays before its first answer."""
    said = subprocess.run([sys.executable, "-c", LOAD, str(model)], capture_output=True, text=True, check=True).stdout
    seconds, kilobytes = said.splitlines()
    imported, loaded = map(float, seconds.split())
    return {"import_seconds": imported, "load_and_first_answer_seconds": loaded, "rss_mb": int(kilobytes) / 1024}


def lines(found: dict[str, Any], indent: str = "") -> list[str]:
    page = []
    for name, value in found.items():
        if isinstance(value, dict):
            page += [f"{indent}{name}", *lines(value, indent + "  ")]
        else:
            page.append(
                f"{indent}{name:34s} {value:.4f}" if isinstance(value, float) else f"{indent}{name:34s} {value}"
            )
    return page


def main() -> None:
    found = measure()
    print("\n".join(lines(found)))
    if path := os.environ.get("BENCH_JSON"):
        Path(path).write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
