"""What the desk of learning reads of a made-up ticket: what was shown, what the router made of it, and where people decided otherwise."""

from collections.abc import Iterator
from typing import Any

import msgspec

from hotline.classify.corrections.store import Field, Source
from hotline.cli.simulate.guesses import Guess
from hotline.cli.simulate.life import Life
from hotline.cli.simulate.lives import BY_PEOPLE
from hotline.routing.decide import Candidate
from hotline.tickets import facts as f

COLUMNS = {
    "prediction": ("ticket_id", "model", "kind", "urgency", "risks", "top3", "words", "areas", "at"),
    "routing_decision": ("ticket_id", "id", "at", "unit_id", "automatic", "because", "candidates"),
    "override": (
        *("ticket_id", "field", "from_value", "to_value", "source", "shown", "model"),
        *("reason", "by_name", "by_person", "at"),
    ),
}
MOST = 500
"""Tickets of a day of which this is written: there is enough to look at, however many there are."""


def rows(life: Life, table: str) -> Iterator[tuple[Any, ...]]:
    if life.guess is not None:
        of = {"prediction": predictions, "routing_decision": decisions, "override": overrides}
        yield from of[table](life, life.guess)


def predictions(life: Life, guess: Guess) -> Iterator[tuple[Any, ...]]:
    areas = encoded([(area.code, area.confidence) for area in guess.areas])
    kind, urgency, came = life.text.kind, life.text.urgency, life.lines[0].at
    yield life.ticket.id, guess.model, kind, urgency, "[]", encoded(guess.top3), "[]", areas, came


def decisions(life: Life, guess: Guess) -> Iterator[tuple[Any, ...]]:
    """The unit it is sent to first is the one that is suggested, the surer the surer the category, and less where it was the wrong one."""
    registered = next((line for line in life.lines if isinstance(line.fact, f.Register)), None)
    if registered is not None and life.first is not None:
        automatic = any(isinstance(line.fact, f.Dispatch) and line.fact.automatic for line in life.lines)
        wrong = any(isinstance(line.fact, f.ApproveReturn | f.Rule) for line in life.lines)
        sure = max(0.05, 1 - (1 - guess.areas[0].confidence) * (1.2 if wrong else 0.15 if automatic else 0.4))
        best = Candidate(life.first.id, life.first.name, round(sure, 4), ("派单目录",), clear=automatic)
        to, why = (best.unit_id, "派单目录") if automatic else (None, "把握不够,请派单员决定")
        yield life.ticket.id, 1, registered.at, to, automatic, (why,), encoded([best])


def overrides(life: Life, guess: Guess) -> Iterator[tuple[Any, ...]]:
    """A category corrected, a unit that was not the one: returned, or ruled otherwise."""
    by: Source = "agent" if life.ticket.channel in BY_PEOPLE else "dispatcher"
    shown, led = encoded(guess.top3), 0
    for line in life.lines:
        found: tuple[Field, str, str, Source, str] | None = None
        match line.fact:
            case f.Classify(category=str(category), model="person"):
                found = "category", guess.top3[0].code, category, by, shown
            case f.Dispatch(lead=share):
                led = share.unit_id
            case f.Consult(candidates=(_, other)):
                led = other
            case f.ApproveReturn(lead=share, wrong_unit=True):
                found = "unit", str(led), str(share.unit_id), "return", "[]"
                led = share.unit_id
            case f.Rule(lead=share):
                found = "unit", str(led), str(share.unit_id), "ruling", "[]"
                led = share.unit_id
        if found:
            yield life.ticket.id, *found, guess.model, line.reason, line.actor_name, line.actor_id, line.at


def happened(override: bytes) -> bytes:
    """The moment of a row as it is copied."""
    return override.rpartition(b"\t")[2]


def encoded(value: object) -> str:
    return msgspec.json.encode(value).decode()
