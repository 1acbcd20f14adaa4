"""How urgent (紧急程度) a letter is by the words that no model may overlook; better ten alarms too many than one missed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hotline.classify import risk_words as words
from hotline.classify.hunting import Hunt
from hotline.infra.words import LONGEST_TEXT
from hotline.tickets.states import Urgency

RANK = {Urgency.NORMAL: 0, Urgency.URGENT: 1, Urgency.CRITICAL: 2}

CLAUSE = "[^。！？!?；;，,]"
"""What `.` stands for in the words of danger: nothing is read across a pause."""


def joined(lines: tuple[str, ...]) -> str:
    return "|".join(lines).replace(".{", CLAUSE + "{")


GROUPS = {
    "life": words.LIFE,
    "danger": words.DANGER,
    "crowd": words.CROWD,
    "hazard": words.HAZARD,
    "supply": words.SUPPLY,
}
HUNT = Hunt([*map(joined, GROUPS.values()), words.HAPPENING])
"""All groups, and last what tells that something is happening."""
CONDITIONS = "|".join(one for one in words.POSSIBLE.split("|") if one not in words.OF_ITS_CLAUSE.split("|"))
POSSIBLE = re.compile(f"(?:{CONDITIONS})[^。！？!?]{{0,8}}$|(?:{words.OF_ITS_CLAUSE}){CLAUSE}{{0,8}}$")

UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
BLANKS = re.compile("[ \u3000\u00ad\u200b-\u200f\u2060\ufeff]")
APART = re.compile("(?<![㐀-鿿])[㐀-鿿](?:[ \u3000]+[㐀-鿿])+(?![㐀-鿿])")


@dataclass(frozen=True, slots=True)
class Risk:
    """The urgency that words alone demand, and the words (风险词)."""

    urgency: Urgency
    words: tuple[str, ...]


def weigh(title: str, content: str) -> Risk:
    """The highest urgency any risk word asks for; every risk word found is named, even one that asks for none."""
    text = closed_up(f"{title[:LONGEST_TEXT]}。{content[:LONGEST_TEXT]}")
    found = list(_found(text))
    said = tuple(dict.fromkeys(word for word, _ in found))
    return Risk(max((urgency for _, urgency in found), key=RANK.__getitem__, default=Urgency.NORMAL), said)


def closed_up(text: str) -> str:
    """自 杀 as 自杀: single characters apart, and what nobody sees between them, would hide every word."""
    if BLANKS.search(text) is None:
        return text
    return APART.sub(lambda found: BLANKS.sub("", found[0]), UNSEEN.sub("", text))


def _found(text: str) -> Iterator[tuple[str, Urgency]]:
    *groups, happening = HUNT.find(text)
    for group, matches in zip(GROUPS, groups, strict=True):
        for match in matches:
            before = text[max(0, match.start() - 12) : match.start()]
            yield match.group(), _urgency(group, before, bool(happening))


def _urgency(group: str, before: str, happening: bool) -> Urgency:
    if group == "life":
        return Urgency.CRITICAL
    if group == "crowd":
        return Urgency.URGENT
    possible = POSSIBLE.search(before) is not None
    if group == "danger":
        return Urgency.URGENT if possible else Urgency.CRITICAL
    return Urgency.URGENT if (happening or group == "hazard") and not possible else Urgency.NORMAL


def higher(one: Urgency, other: Urgency) -> Urgency:
    return max(one, other, key=RANK.__getitem__)
