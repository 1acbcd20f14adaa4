"""A ruling's word is worth what became of its tickets; a unit's returns speak for those they went to."""

from datetime import date

import pytest

from hotline.routing.catalogue import Catalogue
from hotline.routing.decide import Decision, decide
from hotline.routing.facts import Facts, Guess
from hotline.routing.record import Moved, Record
from hotline.tickets.states import Kind
from tests.rules.test_routing_rulings import DIRECTORY, ENTRY, MATTER, PLACE, RULED, change


def told(catalogue: Catalogue) -> Decision:
    facts = Facts((Guess(MATTER, 1.0),), PLACE, Kind.COMPLAINT)
    return decide(facts, catalogue, DIRECTORY, {MATTER: "垃圾"}, frozenset(), trust=0.9, day=date(2026, 11, 23))


@pytest.mark.parametrize(
    ("record", "say", "proven", "poor"),
    [
        (Record(), 0.5, False, False),
        (Record(3), 0.8, False, False),
        (Record(8), 0.9, True, False),
        (Record(9, came_back=1), 10 / 12, False, False),
        (Record(1, came_back=1), 0.5, False, False),
        (Record(1, came_back=1, passed=1), 0.4, False, True),
    ],
    ids=["never tried", "kept thrice", "kept eight times", "came back once", "too few to speak", "poor"],
)
def test_a_rulings_say_is_its_record(record: Record, say: float, proven: bool, poor: bool) -> None:
    assert record.say == pytest.approx(say)
    assert (record.proven, record.poor) == (proven, poor)


def test_the_next_like_ticket_is_shown_the_ruling_first() -> None:
    said = told(Catalogue((ENTRY,), (RULED,)))
    assert said.unit_id is None and [c.unit_id for c in said.candidates] == [2, 1]


def test_a_proven_ruling_is_followed_without_a_person() -> None:
    said = told(Catalogue((ENTRY,), (change(RULED, kept=8),)))
    assert said.unit_id == 2
    assert said.because == ("垃圾 100% · 裁定先例 2026-017:编办函〔2026〕8号;已适用 8 件,有效 8 件",)


def test_a_ruling_that_came_back_counts_for_less_and_a_suspended_one_for_nothing() -> None:
    said = told(Catalogue((ENTRY,), (change(RULED, kept=1, came_back=3),)))
    assert {c.unit_id: c.confidence for c in said.candidates} == {1: 0.6667, 2: 0.3333}
    assert told(Catalogue((ENTRY,), (change(RULED, suspended=True),))).unit_id == 1


def test_returns_speak_against_a_unit_and_for_the_one_its_tickets_went_to() -> None:
    moved = {(MATTER, 1): (Moved(to=3, sent=20, times=15), Moved(to=4, sent=20, times=2))}
    said = told(Catalogue((ENTRY,), evidence=moved))
    assert {c.unit_id: c.confidence for c in said.candidates} == {1: 0.5, 3: 0.5}
    assert said.unit_id is None, "half of it came back: a person decides"
    third = next(c for c in said.candidates if c.unit_id == 3)
    assert "20 件中,15 件退单或改派后由其承办" in third.because[0]


def test_a_single_return_stops_nothing() -> None:
    assert told(Catalogue((ENTRY,), evidence={(MATTER, 1): (Moved(to=3, sent=200, times=2),)})).unit_id == 1
