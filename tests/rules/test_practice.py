"""办理惯例: where the catalogue says nothing, what was done before is shown; by what was done the catalogue is kept up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.directory.units import Directory, UnitKind
from hotline.routing.catalogue import STREET, Catalogue, Entry
from hotline.routing.decide import Decision, decide
from hotline.routing.facts import Facts, Guess
from hotline.routing.practice.belief import Led, Practice
from hotline.routing.practice.proposals import Finished, Proposal, fulfilled, learn
from hotline.tickets.states import Kind
from tests.rules.test_routing_rulings import DIRECTORY, ENTRY, MATTER, PLACE, REGIONS, TODAY, change, unit

OTHER = "020405"
DAY = date(2026, 11, 23)


def told(catalogue: Catalogue, *guesses: Guess, region: str | None = PLACE, proposed: int | None = None) -> Decision:
    facts = Facts(guesses or (Guess(MATTER, 1.0),), region, Kind.COMPLAINT, proposed=proposed)
    return decide(facts, catalogue, DIRECTORY, {MATTER: "垃圾"}, frozenset(), trust=0.9, day=TODAY)


LED = st.builds(
    Led,
    st.sampled_from(["010203", "010204", "0102"]),
    st.sampled_from(["", "990101", PLACE, "990102"]),
    st.sampled_from(["U1", "U2", "U3", STREET]),
    st.integers(1, 40),
)


@given(st.lists(LED, max_size=12), st.sampled_from(["", PLACE, "990109"]))
def test_shares_leave_room_for_what_was_not_seen_and_more_of_the_same_never_lowers_them(
    led: list[Led], at: str
) -> None:
    ways = Practice(led).ways(MATTER, at)
    assert sum(way.share for way in ways) < 1
    assert [way.share for way in ways] == sorted((way.share for way in ways), reverse=True)
    for way in ways:
        assert way.times <= way.of
        again = Practice([*led, Led(MATTER, at, way.lead, 1)]).ways(MATTER, at)
        assert next(one.share for one in again if one.lead == way.lead) >= way.share


def test_the_narrower_place_corrects_the_wider_one() -> None:
    practice = Practice([Led(MATTER, "990102", "U1", 60), Led(MATTER, PLACE, "U2", 20)])
    assert practice.ways(MATTER, "990102")[0].lead == "U1"
    here = practice.ways(MATTER, PLACE)[0]
    assert (here.lead, here.times, here.of, here.region) == ("U2", 20, 20, PLACE)
    assert practice.ways("010299", None)[0].lead == "U1", "a new matter begins with its family"
    assert practice.ways("030101", PLACE) == []


def test_where_the_catalogue_is_silent_practice_is_shown_and_a_person_decides() -> None:
    said = told(Catalogue((), practice=Practice([Led(MATTER, PLACE, "U2", 95), Led(MATTER, PLACE, STREET, 5)])))
    assert said.unit_id is None
    assert said.because == ("目录中没有与分类和地点相符的承办单位,惯例由云州市第2局承办,由人工派单。",)
    assert said.candidates[0].unit_id == 2 and said.candidates[0].confidence > 0.9 and said.candidates[0].practised
    assert said.candidates[0].because == (
        "垃圾 100% · 惯例:近半年望江街道的同类 100 件中,95 件由其承办(目录中没有依据)",
    )
    agents = told(Catalogue((), practice=Practice([Led(MATTER, PLACE, "U2", 9)])), proposed=3)
    assert agents.because == ("话务员建议派往云州市第3局,惯例为云州市第2局,由派单员定。",)


def test_the_streets_own_office_of_another_street_is_this_streets_own() -> None:
    said = told(Catalogue((), practice=Practice([Led(MATTER, "990102001", STREET, 30)])))
    assert [c.name for c in said.candidates] == ["云州市第9局"]
    assert told(Catalogue((), practice=Practice([Led(MATTER, "", STREET, 30)])), region=None).candidates == ()


def test_where_the_catalogue_speaks_practice_is_silent() -> None:
    said = told(Catalogue((ENTRY,), practice=Practice([Led(MATTER, PLACE, "U2", 100)])))
    assert (said.unit_id, [c.unit_id for c in said.candidates]) == (1, [1])


@pytest.mark.parametrize("first", [0.95, 0.4], ids=["entry first", "practice first"])
def test_practice_takes_no_entrys_mark_away_and_gives_none(first: float) -> None:
    guesses = (Guess(MATTER, first), Guess(OTHER, 0.97 - first))
    both = Catalogue((ENTRY,), practice=Practice([Led(OTHER, PLACE, "U1", 1000)]))
    said = told(both, *sorted(guesses, key=lambda g: -g.confidence))
    [best] = said.candidates
    assert (best.clear, best.entry_id, best.practised) == (True, 31, False) and best.confidence > 0.96


def test_a_street_is_not_shown_for_a_departments_duty() -> None:
    facts = Facts((Guess(MATTER, 1.0),), PLACE, Kind.COMPLAINT)
    usual = Catalogue((), practice=Practice([Led(MATTER, PLACE, STREET, 30)]))
    said = decide(facts, usual, DIRECTORY, {}, frozenset({MATTER}), trust=0.9, day=TODAY)
    assert said.candidates == ()


def proposals(
    *finished: Finished, entries: tuple[Entry, ...] = (), duties: frozenset[str] = frozenset()
) -> list[Proposal]:
    return learn(finished, Catalogue(entries), DIRECTORY, duties, DAY).proposals


def test_补入_a_matter_without_an_entry_that_nearly_always_goes_one_way() -> None:
    went = (Finished(MATTER, PLACE, 2, 6), Finished(MATTER, "", 2, 3), Finished(MATTER, PLACE, 3, 2))
    assert proposals(*went) == [Proposal(MATTER, "", "add", "U2", 9, 11)]
    assert proposals(Finished(MATTER, PLACE, 2, 4)) == [], "four tickets are no practice"
    assert proposals(Finished(MATTER, "", 2, 5), Finished(MATTER, "", 3, 4)) == [], "nor is a little more than half"
    assert learn(went, Catalogue(()), DIRECTORY, frozenset(), DAY).led == [
        Led(MATTER, "", "U2", 3),
        Led(MATTER, PLACE, "U2", 6),
        Led(MATTER, PLACE, "U3", 2),
    ]
    assert learn(went, Catalogue((ENTRY,)), DIRECTORY, frozenset(), DAY).led == [], "the catalogue has a word for it"


def test_补入_names_the_local_government_as_the_catalogue_does() -> None:
    assert proposals(Finished(MATTER, PLACE, 9, 8)) == [Proposal(MATTER, "", "add", STREET, 8, 8)]
    assert proposals(Finished(MATTER, PLACE, 9, 8), duties=frozenset({MATTER})) == [], "a department's duty"
    assert proposals(Finished(MATTER, "", 9, 8)) == [Proposal(MATTER, PLACE, "add", "U9", 8, 8)], "in its own place"


def test_补入_for_one_district_where_the_city_is_divided() -> None:
    elsewhere = [Finished(MATTER, "", n, 4) for n in (1, 3, 4)]
    assert proposals(Finished(MATTER, PLACE, 2, 6), *elsewhere) == [Proposal(MATTER, "990101", "add", "U2", 6, 6)]


def test_改派_an_entry_whose_tickets_others_lead() -> None:
    went = (Finished(MATTER, PLACE, 3, 7), Finished(MATTER, "", 1, 2))
    assert proposals(*went, entries=(ENTRY,)) == [Proposal(MATTER, "", "change", "U3", 7, 9)]
    assert proposals(Finished(MATTER, "", 3, 7), Finished(MATTER, "", 1, 7), entries=(ENTRY,)) == []
    wide = change_entry(category="0102", clear=False)
    assert proposals(*went, entries=(wide,)) == [Proposal(MATTER, "", "change", "U3", 7, 9)], "of this matter alone"


def test_可自动派单_is_proposed_when_the_exact_bound_allows_it_and_由人工判断_when_many_went_elsewhere() -> None:
    unclear = change_entry(clear=False)
    assert proposals(Finished(MATTER, "", 1, 58), entries=(unclear,)) == []
    assert proposals(Finished(MATTER, "", 1, 59), entries=(unclear,)) == [Proposal(MATTER, "", "clear", "U1", 59, 59)]
    scattered = [Finished(MATTER, "", 1, 15), *(Finished(MATTER, "", n, 2) for n in (2, 3, 4))]
    assert proposals(*scattered, entries=(ENTRY,)) == [Proposal(MATTER, "", "ask", "U1", 15, 21)]
    assert proposals(*scattered, entries=(unclear,)) == []


def test_an_entry_is_judged_by_all_its_matters() -> None:
    wide = change_entry(category="0102", clear=False)
    went = (Finished(MATTER, "", 1, 40), Finished("010204", PLACE, 1, 19))
    assert proposals(*went, entries=(wide,)) == [Proposal("0102", "", "clear", "U1", 59, 59)]


def test_nothing_is_proposed_over_what_a_district_says_of_the_wider_matter() -> None:
    theirs = change_entry(id=32, category="0102", region="990102", lead="U4")
    went = [Finished(MATTER, PLACE, 3, 9)]
    wide = change_entry(category="0102")
    assert proposals(*went, entries=(wide,)) == [Proposal(MATTER, "", "change", "U3", 9, 9)]
    assert proposals(*went, entries=(wide, theirs)) == [Proposal(MATTER, "990101", "change", "U3", 9, 9)]
    assert proposals(*went, entries=(theirs,)) == [Proposal(MATTER, "990101", "add", "U3", 9, 9)]


def test_what_a_part_of_the_named_unit_led_it_led_and_a_merged_unit_is_its_successor() -> None:
    part = change(unit(11), path=(1, 11))
    gone = change(unit(12), active=False, successor_id=2)
    closed, centre = change(unit(13), active=False), change(unit(14, UnitKind.CENTRE))
    directory = Directory((*DIRECTORY.units.values(), part, gone, closed, centre), REGIONS)
    went = [Finished(MATTER, "", n, 9) for n in (11, 12, 13, 14)]
    found = learn(went, Catalogue((change_entry(clear=False),)), directory, frozenset(), DAY)
    assert found.proposals == [] and found.led == []
    ours = Catalogue((change_entry(lead="U14"),))
    scattered = [Finished(MATTER, "", n, 9) for n in (1, 2, 3)]
    assert learn(scattered, ours, directory, frozenset(), DAY).proposals == [], "the centre is sent nothing anyway"
    assert learn(went[1:], Catalogue(()), directory, frozenset(), DAY).led == [Led(MATTER, "", "U2", 9)]


def test_a_proposal_is_gone_once_the_catalogue_says_so() -> None:
    add = Proposal(MATTER, "", "add", "U1", 9, 9)
    assert fulfilled(add, Catalogue((ENTRY,)), DAY)
    assert fulfilled(add, Catalogue((change_entry(valid_from=date(2027, 1, 1)),)), DAY), "from next year on"
    assert not fulfilled(add, Catalogue((change_entry(valid_to=DAY),)), DAY)
    assert not fulfilled(change(add, lead="U2"), Catalogue((ENTRY,)), DAY)
    assert not fulfilled(change(add, region=PLACE), Catalogue((ENTRY,)), DAY)
    assert fulfilled(change(add, what="clear"), Catalogue((ENTRY,)), DAY)
    assert not fulfilled(change(add, what="ask"), Catalogue((ENTRY,)), DAY)


def change_entry(**what: object) -> Entry:
    return change(ENTRY, **what)
