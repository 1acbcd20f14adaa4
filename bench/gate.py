"""Does the gate see what readers saw? Public replies with one bit each, whether the matter was explained. `python -m bench.gate`

The score has no learned part, so nothing is held back; the length of the reply stands beside it, because most of the bit is length."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hotline.classify import tables
from hotline.departments import explaining, gate
from hotline.tickets.states import Kind, Solved

REPLIES = Path(__file__).resolve().parents[2] / "shared" / "data" / "text" / "letters_replies.train.csv.gz"
BIT = "explainable_syucryingstar"
ALIKE = 0.1
"""Difference of the logarithms of two lengths up to which they are about the same: a tenth."""
ROUNDS = 100


def measure() -> dict[str, float]:
    rows = list(tables.read_rows(REPLIES))
    explained = [row[BIT] == "1" for row in rows]
    asked = [f"{row['title']}\n{row['detail']}" for row in rows]
    scores = [explaining.explained(row["reply"], said).score for row, said in zip(rows, asked, strict=True)]
    warned = [bool(warnings(row["reply"], said)) for row, said in zip(rows, asked, strict=True)]
    good = [warning for warning, right in zip(warned, explained, strict=True) if right]
    bad = [warning for warning, right in zip(warned, explained, strict=True) if not right]
    area = auc(scores, explained)
    lengths = [float(len(row["reply"])) for row in rows]
    like, like_error, pairs = matched(scores, lengths, explained)
    return {
        "replies": len(rows),
        "auc": area,
        "auc_error": error(area, len(good), len(bad)),
        "auc_of_length_alone": auc(lengths, explained),
        "auc_among_equal_length": like,
        "auc_among_equal_length_error": like_error,
        "pairs_of_equal_length": pairs,
        "warned_of_unexplained": sum(bad) / len(bad),
        "warned_of_explained": sum(good) / len(good),
    }


def warnings(reply: str, asked: str) -> Sequence[gate.Finding]:
    draft = gate.Draft(account="已办理", public_reply=reply, solved=Solved.YES, found_true=True)
    return gate.substance(reply, draft.account, draft, gate.Known(Kind.COMPLAINT, asked))


def auc(scores: Sequence[float], right: Sequence[bool]) -> float:
    """How often an explained reply stands above one that is not."""
    good = [score for score, yes in zip(scores, right, strict=True) if yes]
    bad = [score for score, yes in zip(scores, right, strict=True) if not yes]
    return sum((g > b) + (g == b) / 2 for g in good for b in bad) / (len(good) * len(bad))


def matched(scores: Sequence[float], lengths: Sequence[float], right: Sequence[bool]) -> tuple[float, float, int]:
    """The same among pairs of about the same length only, with its standard error by drawing the replies again, and how
    many pairs there were: what the gate sees beyond that an explanation takes room."""
    said, sizes, good = np.array(scores), np.log(np.array(lengths) + 1), np.array(right)
    alike = np.abs(sizes[good][:, None] - sizes[~good][None, :]) <= ALIKE
    wins = (said[good][:, None] > said[~good][None, :]) + 0.5 * (said[good][:, None] == said[~good][None, :])
    random, drawn = np.random.default_rng(1), []
    for _ in range(ROUNDS):
        above = random.multinomial(len(alike), np.full(len(alike), 1 / len(alike)))
        below = random.multinomial(alike.shape[1], np.full(alike.shape[1], 1 / alike.shape[1]))
        weight = above @ alike @ below
        drawn.append(float(above @ (alike * wins) @ below / weight) if weight else 0.5)
    pairs = int(alike.sum())
    return (float((alike * wins).sum() / pairs) if pairs else 0.5), float(np.std(drawn)), pairs


def error(area: float, good: int, bad: int) -> float:
    """Hanley and McNeil's standard error."""
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (good - 1) * (one - area**2) + (bad - 1) * (two - area**2)
    return math.sqrt(spread / (good * bad))


def main() -> None:
    if not REPLIES.is_file():
        raise SystemExit("没有找到答复数据,无法测量。")
    for name, value in measure().items():
        print(f"{name:24s} {value:.4f}")


if __name__ == "__main__":
    main()
