"""反事实: which word, place or answer would turn the suggestion. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from hotline.classify.classifier import Answers
from hotline.routing.decide import Decision
from hotline.routing.facts import Facts, Guess, guesses_of
from hotline.tickets.ticket import Ticket

WORDS = 8
Changed = Literal["word", "category", "place"]
Decide = Callable[[Facts], Decision]


class WhatIf(msgspec.Struct, frozen=True):
    """Were this otherwise, that would be suggested."""

    changed: Changed
    value: str
    """The words left out, the category chosen; empty: the place not known."""
    category: str
    unit: str
    """Empty: nobody."""
    automatic: bool


Variant = tuple[tuple[str, ...], tuple[str, str]]


def without(text: tuple[str, str], words: Sequence[str]) -> tuple[str, str]:
    title, content = text
    for word in words:
        title, content = title.replace(word, ""), content.replace(word, "")
    return title, content


def variants(text: tuple[str, str], said: Answers) -> list[Variant]:
    """The letter without each of the words that spoke for the answer, then without the first two, three …"""
    words = tuple(one.word for one in said.words[:WORDS])
    left_out = [*((word,) for word in words), *(words[:count] for count in range(2, len(words) + 1))]
    return [(some, without(text, some)) for some in left_out]


def certain(ticket: Ticket) -> bool:
    """A category that a person set: no word of the letter changes it."""
    return ticket.category is not None and ticket.confidence is None


def turning(
    ticket: Ticket, facts: Facts, said: Answers, reworded: Iterable[tuple[tuple[str, ...], Answers]], decide: Decide
) -> list[WhatIf]:
    """Only what would change the category, the unit, or whether a person is asked."""
    now = decide(facts)
    category = ticket.category if certain(ticket) and ticket.category else said.category[0].code
    found: list[WhatIf] = []
    if not certain(ticket):
        for words, answers in reworded:
            if len(words) > 1 and found:
                break  # fewer words turn it already
            then = decide(msgspec.structs.replace(facts, guesses=guesses_of(answers)))
            best = answers.category[0]
            if best.code != category or differs(now, then):
                found.append(what("word", "、".join(words), best.name, then))
    for other in said.category:
        if other.code != category:
            then = decide(msgspec.structs.replace(facts, guesses=(Guess(other.code, 1.0),)))
            if differs(now, then):
                found.append(what("category", other.name, other.name, then))
    if facts.region is not None:
        then = decide(msgspec.structs.replace(facts, region=None))
        if differs(now, then):
            found.append(what("place", "", said.category[0].name, then))
    return found


def differs(one: Decision, other: Decision) -> bool:
    return first(one) != first(other) or (one.unit_id is None) != (other.unit_id is None)


def first(decision: Decision) -> str:
    return decision.best.name if decision.best else ""


def what(changed: Changed, value: str, category: str, then: Decision) -> WhatIf:
    return WhatIf(changed, value, category, first(then), then.unit_id is not None)


class Finished(msgspec.Struct, frozen=True):
    """An earlier ticket with some of the same words, and who led in the end."""

    ticket_id: int
    title: str
    content: str
    category: str | None
    lead_unit: int
    returns: int


class Nearest(msgspec.Struct, frozen=True):
    ticket_id: int
    title: str
    category: str
    unit: str
    returns: int
    likeness: float
    times: int
    """How many with the very same words went there; this is the newest of them."""


def nearest(
    mine: str,
    earlier: Sequence[Finished],
    alike: Callable[[str, str], float],
    unit: Callable[[int], str],
    category: Callable[[str | None], str],
    most: int = 5,
) -> list[Nearest]:
    same: dict[tuple[str, str, int], list[Finished]] = defaultdict(list)
    for one in earlier:
        same[one.title, one.content, one.lead_unit].append(one)
    ranked = sorted(((alike(mine, of[0].title + of[0].content), of) for of in same.values()), key=lambda pair: -pair[0])
    found = [(score, max(of, key=lambda one: one.ticket_id), len(of)) for score, of in ranked[:most] if score > 0]
    return [
        Nearest(e.ticket_id, e.title, category(e.category), unit(e.lead_unit), e.returns, round(score, 3), times)
        for score, e, times in found
    ]
