"""How fast the classifier answers, beside what one would write first. `python -m bench.speed`; BENCH_JSON=file keeps it.

Processor time, so that a busy machine does not blur the comparison; each figure is the best of three rounds. "All answers"
are kind, category down to the third level, urgency, the place, and the units that could lead, with the words behind them."""

import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import jieba
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC

from hotline.classify import starter, tables
from hotline.classify.actions import load_classifier
from hotline.classify.calibration import Calibration
from hotline.classify.classifier import Answers, Classifier
from hotline.classify.features import read
from hotline.classify.fitting import STANDARD, fit_linear
from hotline.classify.folder import SCHEMA, Manifest
from hotline.classify.model import TextModel
from hotline.directory.demo import parse_regions, parse_units
from hotline.directory.units import Directory, Unit, path_below
from hotline.infra.clock import SystemClock
from hotline.routing import store as catalogue_store
from hotline.routing.catalogue import Catalogue
from hotline.routing.decide import Decision, decide
from hotline.routing.facts import Facts, guesses_of
from hotline.tickets.states import Kind

LETTERS = Path(__file__).resolve().parents[2] / "shared" / "data" / "text"
SHORTEST, LONGEST, ASKED = 340, 440, 640
"""Letters of 390 characters, more or less."""
ROUNDS = 3

Text = tuple[str, str]


class Town:
    """The demo city: where a text speaks of, and who could lead."""

    def __init__(self, classifier: Classifier, now: datetime) -> None:
        home = files("hotline.directory") / "demo"
        units: dict[str, Unit] = {}
        for number, row in enumerate(parse_units((home / "units.csv").read_text(encoding="utf-8")), start=1):
            parent = units[row.parent] if row.parent else None
            path = path_below(parent, number)
            units[row.code] = Unit(
                number, row.code, row.name, row.kind, parent.id if parent else None, path, row.region
            )
        regions = parse_regions((home / "regions.csv").read_text(encoding="utf-8"))
        self.directory = Directory(units.values(), regions)
        self.catalogue = Catalogue(catalogue_store.shipped())
        self.tree = classifier.tree
        self.duties = frozenset(code for code, node in self.tree.nodes.items() if node.duty)
        self.day = now.date()

    def dispatch(self, text: Text, said: Answers) -> Decision:
        located = self.directory.finder.locate(" ".join(text))
        guesses = guesses_of(said)
        names = {one.category: self.tree.full_name(one.category) for one in guesses if one.category in self.tree}
        facts = Facts(guesses, located.region.code if located else None, Kind(said.kind.label), said.urgency)
        return decide(facts, self.catalogue, self.directory, names, self.duties, trust=0.95, day=self.day)


def measure(model: TextModel, classifier: Classifier, data: Path | None) -> dict[str, Any]:
    """`model`: of the same labels as the plain pipeline; `data`: the folder of real letters, else our own texts."""
    texts = texts_of(data)
    town = Town(classifier, SystemClock().now())
    plain = plain_pipeline(data)
    whole = [f"{title}{content}" for title, content in texts]

    def everything() -> list[Decision]:
        return list(map(town.dispatch, texts, classifier.suggest_all(texts)))

    rates = side_by_side(
        {
            "plain": lambda: [plain.predict([text]) for text in whole],
            "plain_batch": lambda: plain.predict(whole),
            "category": lambda: [model.suggest_many([text]) for text in texts],
            "category_batch": lambda: model.suggest_many(texts),
            "all": lambda: [town.dispatch(text, classifier.suggest(*text)) for text in texts],
            "all_batch": everything,
        },
        len(texts),
    )
    return {
        "characters": sum(map(len, whole)) / len(whole),
        "single_per_second": rates["category"],
        "batch_per_second": rates["category_batch"],
        "all_answers_milliseconds": 1_000 / rates["all"],
        "all_answers_batch_per_second": rates["all_batch"],
        "plain_pipeline_single_per_second": rates["plain"],
        "plain_pipeline_batch_per_second": rates["plain_batch"],
        "times_the_plain_pipeline": rates["category"] / rates["plain"],
        "all_answers_times_the_plain_pipeline": rates["all"] / rates["plain"],
    }


def side_by_side(ways: Mapping[str, Callable[[], object]], count: int) -> dict[str, float]:
    """Texts a second by processor time; every round asks all of them, so that a busy minute hurts each alike."""
    best: dict[str, float] = {}
    for turn in range(ROUNDS + 1):
        for name, ask in ways.items():
            began = time.process_time()
            ask()
            rate = count / (time.process_time() - began)
            if turn:  # the first round warms caches and dictionaries
                best[name] = max(best.get(name, 0.0), rate)
    return best


def texts_of(data: Path | None) -> list[Text]:
    if data is None:
        return [(row["title"], row["content"]) for row in starter.read_corpus(starter.SHIPPED)[:ASKED]]
    rows = tables.read_rows(data / "letters_16k.jsonl.gz")
    texts = [(row.get("title", ""), row["content"]) for row in rows]
    return [text for text in texts if SHORTEST <= len(text[0]) + len(text[1]) <= LONGEST][:ASKED]


def plain_pipeline(data: Path | None) -> Pipeline:
    """What one would write first: jieba, TfidfVectorizer, LinearSVC."""
    texts, labels = labelled(data)
    pipeline = make_pipeline(TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None), LinearSVC(random_state=0))
    return pipeline.fit(["".join(text) for text in texts], labels)


def labelled(data: Path | None) -> tuple[list[Text], list[str]]:
    if data is None:
        rows = starter.read_corpus(starter.SHIPPED)
        return [(row["title"], row["content"]) for row in rows], [row["category"][:2] for row in rows]
    rows = list(tables.read_rows(data / "letters_raw.train.csv"))
    return [(row["title"], row["detail"]) for row in rows], [row["label"] for row in rows]


def fitted(data: Path | None, now: datetime) -> TextModel:
    """Our model of the pipeline's labels, learned once from the letters cut into words, where there are any; its speed does
    not hang on its calibration."""
    texts, labels = labelled(data)
    if data is not None:
        rows = list(tables.read_rows(data / "letters_tokens.train.csv.gz"))
        texts, labels = [("", row["tokens"]) for row in rows], [row["label"] for row in rows]
    names = sorted(set(labels))
    numbers = np.array([names.index(label) for label in labels], dtype=np.int64)
    linear = fit_linear([read(*text) for text in texts], numbers, len(names), recipe=STANDARD)
    manifest = Manifest(SCHEMA, "text", "category", names, [], {}, {}, {}, {}, {}, now)
    flat = Calibration(np.ones(len(names)), np.zeros(len(names)), 1.0)
    return TextModel(manifest, linear.vocabularies, linear.weights, linear.bias, flat, linear.neighbours)


def main() -> None:
    now = SystemClock().now()
    data = LETTERS if LETTERS.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="hotline-speed-") as folder:
        classifier = load_classifier(Path(os.environ.get("HOTLINE_DATA", folder)), now=now)
        if classifier is None:
            raise SystemExit("随附模型无法训练,请先运行 make setup。")
        found = measure(fitted(data, now), classifier, data)
    print("\n".join(f"{name:38s} {value:10.2f}" for name, value in found.items()))
    if path := os.environ.get("BENCH_JSON"):
        Path(path).write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
