"""主动标注: which letters are worth a person's label. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from hotline.classify.corrections.store import Unsure

MOST = 50
ALIKE = 3
"""Letters between the same two categories that are asked about at once: the fourth teaches little that three did not."""
AREA = 4
"""Digits of a second-level code."""

Why = Literal["close", "low", "shadow"]


class LetterToLabel(msgspec.Struct, frozen=True):
    """A letter to label, and why this one."""

    letter: Unsure
    why: Why
    worth: float
    """1: the models could not know less; 0: nothing would be learned."""


def worth(letter: Unsure) -> float:
    """How little lies between the first and the second; a letter on which two models disagree counts half again."""
    first, second = (one.confidence for one in letter.shown[:2])
    unsure = 1 - (first - second)
    return round(min(1.0, unsure * (1.5 if letter.shadow else 1.0)), 4)


def why(letter: Unsure) -> Why:
    if letter.shadow:
        return "shadow"
    return "low" if letter.shown[0].confidence < 0.3 else "close"


def choose(letters: Iterable[Unsure], most: int = MOST) -> Sequence[LetterToLabel]:
    """The most instructive first, no more than a few of one kind, and no words twice: neighbours send the same letter."""
    asked: list[LetterToLabel] = []
    read: set[tuple[str, str]] = set()
    taken: Counter[tuple[str, str]] = Counter()
    for letter in sorted(letters, key=lambda one: (-worth(one), one.ticket_id)):
        between = (letter.shown[0].code[:AREA], letter.shown[1].code[:AREA])
        words = letter.title.strip(), letter.content.strip()
        if taken[between] < ALIKE and words not in read:
            read.add(words)
            taken[between] += 1
            asked.append(LetterToLabel(letter, why(letter), worth(letter)))
        if len(asked) == most:
            break
    return asked
