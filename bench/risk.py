"""Is a danger overlooked? Our own labelled texts, by the words alone and by the words and the model. `python -m bench.risk`"""

import csv
import tempfile
from collections.abc import Callable
from pathlib import Path

from hotline.classify import urgency
from hotline.classify.actions import load_classifier
from hotline.infra.clock import SystemClock
from hotline.tickets.states import Urgency

OURS = Path(__file__).resolve().parents[1] / "tests" / "data" / "risk.csv"
Weigh = Callable[[str], Urgency]


def measure() -> dict[str, dict[str, float]]:
    with OURS.open(encoding="utf-8", newline="") as file:
        rows = [(Urgency(row["expected"]), row["text"]) for row in csv.DictReader(file)]
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        classifier = load_classifier(Path(folder), now=SystemClock().now())
        if classifier is None:
            raise SystemExit("随附模型无法训练,请先运行 make setup。")
        return {
            "words": figures(rows, lambda text: urgency.weigh("", text).urgency),
            "words_and_model": figures(rows, lambda text: classifier.suggest("", text).urgency),
        }


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
