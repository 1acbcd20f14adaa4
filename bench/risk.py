"""Is a danger overlooked? Our own labelled texts, by the words alone and by the words and the model. `python -m bench.risk`"""

import csv
import tempfile
from collections.abc import Callable
from pathlib import Path

from hotline.classify import starter, tables, urgency
from hotline.classify.actions import load_classifier
from hotline.infra.clock import SystemClock
from hotline.tickets.states import Urgency

FRESH = Path(__file__).resolve().parents[1] / "tests" / "data" / "risk_fresh.csv"
"""These were written and labelled before the model was trained, and no text was added for them since; how sure it must be was chosen with them in view. Sets like them before
stand among `starter/dangers.csv` by now: the words were widened by some of them, the model learns from all. So only the fresh ones say
how much of danger told in other words is heard."""
LETTERS = Path(__file__).resolve().parents[2] / "shared" / "data" / "text" / "letters_raw.train.csv"
Weigh = Callable[[str], Urgency]


def measure() -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        classifier = load_classifier(Path(folder), now=SystemClock().now())
        if classifier is None:
            raise SystemExit("随附模型无法训练,请先运行 make setup。")

        def by_words(text: str) -> Urgency:
            return urgency.weigh("", text).urgency

        def by_both(text: str) -> Urgency:
            return classifier.suggest("", text).urgency

        return {
            "ours_words": figures(ours(), by_words),
            "fresh_words": figures(fresh(), by_words),
            "fresh_words_and_model": figures(fresh(), by_both),
            "raised_of_real_letters": raised(by_words, by_both),
        }


def ours() -> list[tuple[Urgency, str]]:
    return [
        (Urgency(row["urgency"]), row["text"]) for row in starter.read_dangers(starter.SHIPPED) if row["words"] == "是"
    ]


def fresh() -> list[tuple[Urgency, str]]:
    with FRESH.open(encoding="utf-8", newline="") as file:
        return [(Urgency(row["expected"]), row["text"]) for row in csv.DictReader(file)]


def raised(by_words: Weigh, by_both: Weigh) -> dict[str, float]:
    """How many of real letters are raised at all; most of those that the words raise speak of water, power or wages withheld."""
    if not LETTERS.is_file():
        return {}
    texts = [f"{row['title']}。{row['detail']}" for row in tables.read_rows(LETTERS)]
    words = [by_words(text) is not Urgency.NORMAL for text in texts]
    both = [by_both(text) is not Urgency.NORMAL for text in texts]
    return {
        "texts": len(texts),
        "by_words": sum(words) / len(texts),
        "by_the_model_besides": (sum(both) - sum(words)) / len(texts),
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
