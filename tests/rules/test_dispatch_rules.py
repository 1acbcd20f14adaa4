"""Where a local government's reach ends, what a ruling deposits, and how right and wrong sendings are counted."""

from datetime import date

import pytest

from hotline.directory.units import Unit, UnitKind
from hotline.dispatch.accuracy import Count, days, rate, report, span
from hotline.infra.errors import InvalidInput
from hotline.routing.catalogue import Entry, deposited
from hotline.routing.decide import LOCAL, elsewhere, may_receive
from hotline.routing.facts import Facts
from hotline.tickets.states import Kind

TODAY = date(2026, 11, 23)


def unit(kind: UnitKind, region: str | None, **more: object) -> Unit:
    return Unit(id=7, code="X07", name="某单位", kind=kind, parent_id=None, path=(7,), region_code=region, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "own", "place", "out"),
    [
        (UnitKind.STREET, "990101003", "990101003", False),
        (UnitKind.STREET, "990101003", "990101007", False),  # the next street: the district's own affair
        (UnitKind.STREET, "990101003", "990102001", True),
        (UnitKind.DISTRICT, "990101", "990101003001", False),
        (UnitKind.DISTRICT, "990101", "990102", True),
        (UnitKind.DISTRICT, "990101000000", "990101003", False),  # padded codes are the same place
        (UnitKind.PARK, "990103", "990101", True),
        (UnitKind.DISTRICT, "990101", "990100", False),  # somewhere in the city: nobody knows better
        (UnitKind.DISTRICT, "990101", None, False),
        (UnitKind.STREET, None, "990101", False),
        (UnitKind.DEPARTMENT, "990100", "990102001", False),
        (UnitKind.UTILITY, "990101", "990102", False),  # a trade, not a place
    ],
)
def test_a_local_government_answers_for_its_own_district_alone(
    kind: UnitKind, own: str | None, place: str | None, out: bool
) -> None:
    assert elsewhere(unit(kind, own), place) is out
    refused = may_receive(unit(kind, own), facts=Facts((), place, Kind.COMPLAINT), duty=False)
    assert (refused is not None) is out


def entry(category: str, region: str | None) -> Entry:
    return Entry(1, category, region, "D01", (), "旧依据", False, date(2020, 1, 1))


@pytest.mark.parametrize(
    ("kind", "own", "replaced", "region"),
    [
        (UnitKind.DEPARTMENT, "990100", None, None),
        (UnitKind.DEPARTMENT, "990100", entry("010203", None), None),
        (UnitKind.DEPARTMENT, "990100", entry("010203", "990101"), "990101"),  # else the old one would still win there
        (UnitKind.DEPARTMENT, "990100", entry("0102", "990101"), None),  # a wider entry is not replaced, but outdone
        (UnitKind.DISTRICT, "990101", None, "990101"),
        (UnitKind.DISTRICT, "990101", entry("010203", None), "990101"),  # elsewhere the old one goes on
        (UnitKind.STREET, "990101003", entry("010203", "990101"), "990101003"),
    ],
)
def test_a_ruling_is_deposited_for_the_place_it_speaks_of(
    kind: UnitKind, own: str, replaced: Entry | None, region: str | None
) -> None:
    lead = unit(kind, own)
    made = deposited("010203", lead, [], "会议纪要", TODAY, local=kind in LOCAL, replaced=replaced)
    assert (made.region, made.lead, made.clear, made.valid_from, made.valid_to) == (region, "X07", True, TODAY, None)


def count(name: str, *, automatic: bool = False, sent: int, wrong: int = 0) -> Count:
    return Count(None if automatic else hash(name) % 99, name, automatic, sent, wrong, wrong, wrong, 0)


def test_of_nothing_there_is_no_share() -> None:
    assert (rate(0, 0).value, rate(0, 0).text) == (None, "—")
    assert (rate(39, 40).value, rate(39, 40).text) == (0.975, "97.5%")
    empty = report(TODAY, TODAY, [])
    assert {part.accuracy.text for part in (empty.all, empty.automatic, empty.by_hand)} == {"—"}
    assert empty.dispatchers == []


def test_sendings_by_hand_and_by_itself_are_told_apart_and_add_up() -> None:
    counted = [count("周平", sent=8, wrong=1), count("系统", automatic=True, sent=40, wrong=1), count("叶欣然", sent=2)]
    found = report(TODAY, TODAY, counted)
    assert (found.all.dispatched, found.all.accuracy.numerator, found.all.accuracy.denominator) == (50, 48, 50)
    assert (found.automatic.accuracy.text, found.by_hand.accuracy.text) == ("97.5%", "90.0%")
    assert [(row.name, row.of.accuracy.text) for row in found.dispatchers] == [("周平", "87.5%"), ("叶欣然", "100.0%")]


def test_days_are_this_month_unless_named_and_both_ends_belong_to_them() -> None:
    assert days(None, None, TODAY) == (date(2026, 11, 1), TODAY)
    assert days(None, "2026-10-31", TODAY) == (date(2026, 10, 1), date(2026, 10, 31))
    begin, end = span(date(2026, 10, 1), date(2026, 10, 31))
    assert (begin.isoformat(), end.isoformat()) == ("2026-10-01T00:00:00+08:00", "2026-11-01T00:00:00+08:00")


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-13-01", None), ("昨天", None), ("2026-11-02", "2026-11-01"), ("2001-01-01", None), (None, "1999-01-01")],
)
def test_impossible_days_are_refused(first: str | None, last: str | None) -> None:
    with pytest.raises(InvalidInput):
        days(first, last, TODAY)
