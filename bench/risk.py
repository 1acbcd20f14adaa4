"""Is a danger overlooked? Our own labelled texts, by the words alone and by the words and the model. `python -m bench.risk`"""

import csv
import tempfile
from collections.abc import Callable
from pathlib import Path

from hotline.classify import urgency
from hotline.classify.actions import load_classifier
from hotline.infra.clock import SystemClock
from hotline.tickets.states import Urgency

TEXTS = Path(__file__).resolve().parents[1] / "tests" / "data"
OURS, FRESH = TEXTS / "risk.csv", TEXTS / "risk_fresh.csv"
"""The fresh ones were written and labelled before anything was measured on them, and nothing was changed for them since. Sets like them
before stand among ours by now, for the words were widened after each: what ours say of the words is what they were widened by, and only
the fresh ones say how much of danger told in other words is heard."""
Weigh = Callable[[str], Urgency]


def measure() -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        classifier = load_classifier(Path(folder), now=SystemClock().now())
        if classifier is None:
            raise SystemExit("随附模型无法训练,请先运行 make setup。")
        found = {}
        for name, rows in (("ours", read(OURS)), ("fresh", read(FRESH))):
            found[f"{name}_words"] = figures(rows, lambda text: urgency.weigh("", text).urgency)
            found[f"{name}_words_and_model"] = figures(rows, lambda text: classifier.suggest("", text).urgency)
        return found


def read(path: Path) -> list[tuple[Urgency, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(Urgency(row["expected"]), row["text"]) for row in csv.DictReader(file)]


def figures(rows: list[tuple[Urgency, str]], weigh: Weigh) -> dict[str, float]:
    given = [(expected, weigh(text)) for expected, text in rows]
    risky = [got is not Urgency.NORMAL for expected, got in given if expected is not Urgency.NORMAL]
    dire = [got is Urgency.CRITICAL for expected, got in given if expected is Urgency.CRITICAL]
    calm = [got is not Urgency.NORMAL for expected, got in given if expected is Urgency.NORMAL]
    return {
        "texts": len(rows),
        "risk_recall": sum(risky) / len(risky),
        "critical_recall": sum(dire) / len(dire),
        "false_alarms": sum(calm) / len(calm),
    }


def main() -> None:
    for name, found in measure().items():
        print(name, *(f"{key} {value:.3f}" for key, value in found.items()), sep="  ")


if __name__ == "__main__":
    main()
