"""裁定先例 in routing: when a ruling speaks, for which place, and how it stands beside the catalogue."""

from datetime import date, timedelta
from typing import TypeVar

import msgspec
import pytest

from hotline.classify.labels import Category, Tree
from hotline.directory.regions import Region
from hotline.directory.units import Directory, Unit, UnitKind
from hotline.routing.catalogue import Catalogue, Entry, Ruling
from hotline.routing.decide import Decision, decide
from hotline.routing.entries import shown, sought
from hotline.routing.facts import Facts, Guess
from hotline.tickets.states import Kind

TODAY = date(2026, 11, 23)
MATTER = "010203"
PLACE = "990101003"


def unit(number: int, kind: UnitKind = UnitKind.DEPARTMENT, region: str | None = "990100") -> Unit:
    return Unit(number, f"U{number}", f"云州市第{number}局", kind, None, (number,), region)


REGIONS = (
    Region("990100", 2, None, "云州市", ("990100",)),
    Region("990101", 3, "990100", "雁栖区", ("990100", "990101")),
    Region(PLACE, 4, "990101", "望江街道", ("990100", "990101", PLACE)),
)
STREET = unit(9, UnitKind.STREET, PLACE)
DIRECTORY = Directory((*(unit(n) for n in range(1, 6)), STREET), REGIONS)
ENTRY = Entry(31, MATTER, None, "U1", (), "《条例》第五条", True, date(2025, 1, 1))
RULED = Ruling(2026, 17, 202611220000042, MATTER, 2, (3,), "编办函〔2026〕8号", TODAY - timedelta(days=3), False)


def told(
    *rulings: Ruling,
    entries: tuple[Entry, ...] = (ENTRY,),
    guesses: tuple[Guess, ...] = (Guess(MATTER, 1.0),),
    region: str | None = PLACE,
) -> Decision:
    facts = Facts(guesses, region, Kind.COMPLAINT)
    return decide(facts, Catalogue(entries, rulings), DIRECTORY, {MATTER: "垃圾"}, frozenset(), trust=0.9, day=TODAY)


Changed = TypeVar("Changed", bound=msgspec.Struct)


def change(one: Changed, **what: object) -> Changed:
    return msgspec.structs.replace(one, **what)


def test_without_a_ruling_the_catalogue_alone_speaks() -> None:
    assert told().unit_id == 1


def test_a_ruling_against_the_catalogue_leaves_it_to_a_person_who_sees_both() -> None:
    said = told(RULED)
    assert said.unit_id is None
    assert said.because == ("对云州市第2局有裁定先例 2026-017,尚未写入派单目录,由人工判断。",)
    assert {c.unit_id: c.confidence for c in said.candidates} == {1: 0.5, 2: 0.5}
    ruled = next(c for c in said.candidates if c.unit_id == 2)
    assert ruled.because == ("垃圾 100% · 裁定先例 2026-017:编办函〔2026〕8号",)
    assert (ruled.assists, ruled.ruling, ruled.entry_id) == ((3,), "2026-017", None)


def test_a_ruling_that_confirms_the_catalogue_is_one_reason_more_and_stops_nothing() -> None:
    said = told(change(RULED, lead_unit=1))
    assert said.unit_id == 1
    assert said.because == ("垃圾 100% · 目录 31:《条例》第五条;裁定先例 2026-017:编办函〔2026〕8号",)


def test_where_the_catalogue_is_silent_a_ruling_is_suggested_and_not_followed_by_itself() -> None:
    said = told(RULED, entries=())
    assert said.unit_id is None and "2026-017" in said.because[0]
    assert [(c.unit_id, c.confidence) for c in said.candidates] == [(2, 1.0)]


@pytest.mark.parametrize(
    "ruling",
    [
        change(RULED, deposited=True),  # the entry it became speaks, or the one that replaced that
        change(RULED, day=date(2024, 12, 31)),  # the catalogue has been written since
        change(RULED, category="010204"),  # another matter
        change(RULED, lead_unit=404),  # a unit that is no more
    ],
    ids=["deposited", "older than the entry", "another matter", "nobody"],
)
def test_a_ruling_that_no_longer_speaks(ruling: Ruling) -> None:
    assert told(ruling).unit_id == 1


def test_the_newest_ruling_speaks() -> None:
    later = change(RULED, serial=18, lead_unit=4)
    assert {c.unit_id for c in told(RULED, later).candidates} == {1, 4}
    deposited = change(RULED, serial=19, lead_unit=5, deposited=True)
    assert told(RULED, later, deposited).unit_id == 1, "the newest one is in the catalogue: nothing is open"


@pytest.mark.parametrize(
    ("region", "speaks"), [(PLACE, True), (f"{PLACE}002", True), ("990101004", False), (None, False)]
)
def test_a_ruling_for_a_local_government_speaks_of_its_own_place(region: str | None, speaks: bool) -> None:
    said = told(change(RULED, lead_unit=STREET.id), region=region)
    assert any(c.unit_id == STREET.id for c in said.candidates) is speaks


def test_a_ruling_on_an_unlikely_guess_does_not_hold_up_a_sure_one() -> None:
    said = told(change(RULED, category="010204"), guesses=(Guess(MATTER, 0.97), Guess("010204", 0.03)))
    assert said.unit_id == 1


def test_an_entry_names_the_ruling_it_was_deposited_from() -> None:
    deposited = change(RULED, deposited=True)
    entry = msgspec.structs.replace(ENTRY, source=str(RULED.ticket_id))
    assert told(deposited, entries=(entry,)).because == ("垃圾 100% · 目录 31(裁定先例 2026-017):《条例》第五条",)
    tree = Tree({"01": Category("01", "城管"), "0102": Category("0102", "市容"), MATTER: Category(MATTER, "垃圾")})
    view = shown(entry, Catalogue((entry,), (deposited,)), DIRECTORY, tree)
    assert (view.category_name, view.lead_unit, view.region_name, view.ruling) == (
        "城管/市容/垃圾",
        1,
        "全市",
        "2026-017",
    )


def test_the_catalogue_is_looked_up_by_words_of_matter_unit_place_or_basis() -> None:
    tree = Tree({"01": Category("01", "城管"), "0102": Category("0102", "市容"), MATTER: Category(MATTER, "垃圾")})
    here = Entry(32, MATTER, "990101", "street", ("U3",), "履职清单", False, date(2025, 1, 1))
    over = Entry(33, MATTER, None, "U4", (), "旧依据", True, date(2020, 1, 1), date(2025, 1, 1))
    catalogue = Catalogue((ENTRY, here, over))

    def found(words: str, category: str | None = None) -> list[int]:
        return [e.id for e in sought(catalogue, DIRECTORY, tree, words, category, TODAY)]

    assert found("") == [31, 32], "what is no longer in force is not shown"
    assert found("垃圾") == [31, 32] and found("垃圾 雁栖") == [32] and found("条例") == [31]
    assert found("第3局") == [32] and found("街道") == [32] and found("不存在") == []
    assert found("", "0102") == [31, 32] and found("", "02") == []
