"""The pool's filters, its pages, and how a row reads."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from hotline.classify.labels import Category, Tree
from hotline.directory.regions import Region
from hotline.directory.units import Directory, Unit, UnitKind
from hotline.dispatch.desk.pool import BANDS, Asked, Band, Stored, Tab, asked, cursor, place, row, today
from hotline.infra.errors import InvalidInput
from hotline.routing.decide import Candidate
from hotline.tickets.states import Kind, State, Urgency

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def test_nothing_asked_is_all_that_is_to_be_dispatched() -> None:
    assert asked({}, NOW, most=200) == Asked()


def test_every_filter_is_read() -> None:
    given = {"tab": "mine", "kind": "complaint,report", "category": "0102", "district": "990101000000"}
    found = asked({**given, "confidence": "low", "due": "near", "limit": "20"}, NOW, most=200)
    assert (found.tab, found.kinds, found.category, found.district) == (
        Tab.MINE,
        ("complaint", "report"),
        "0102",
        "990101",
    )
    assert (found.band, found.limit, found.due_after) == (Band.LOW, 20, NOW)
    assert found.due_by and found.due_by > NOW
    late = asked({"due": "late"}, NOW, most=200)
    assert (late.due_by, late.due_after) == (NOW, None)


def test_every_wrong_filter_is_named() -> None:
    given = {
        "tab": "x",
        "kind": "复读",
        "category": "a",
        "district": "'",
        "ticket": "x",
        "confidence": "1",
        "due": "soon",
    }
    with pytest.raises(InvalidInput) as refused:
        asked({**given, "cursor": "1.x.2", "limit": "0"}, NOW, most=200)
    named = {error["field"] for error in refused.value.data["errors"]}
    assert named == {*given, "cursor", "limit"}


@pytest.mark.parametrize("text", ["1.2", "9" * 18 + ".0.1", "1.1000000.1", "1.1.-1", "", "٣.1.1"])
def test_a_cursor_of_ones_own_making_is_refused(text: str) -> None:
    if text:
        with pytest.raises(InvalidInput):
            asked({"cursor": text}, NOW, most=200)


@pytest.mark.parametrize("due", [NOW, NOW + timedelta(microseconds=999_999), None])
def test_a_page_goes_on_exactly_behind_its_last_row(due: datetime | None) -> None:
    behind, ticket_id = asked({"cursor": cursor(due, 42)}, NOW, most=200).after
    assert ticket_id == 42 and behind == (due or datetime(9999, 1, 1, tzinfo=UTC))


def test_the_bands_leave_no_gap() -> None:
    edges = sorted(BANDS.values())
    assert edges[0][0] < 0 and edges[-1][1] > 1
    assert all(one[1] == other[0] for one, other in pairwise(edges))


def test_a_row_names_place_and_units_without_the_city() -> None:
    unit = Unit(1, "D14", "云州市城市管理局", UnitKind.DEPARTMENT, None, (1,), "990100")
    regions = (
        Region("990100", 2, None, "云州市", ("990100",)),
        Region("990101", 3, "990100", "雁栖区", ("990100", "990101")),
        Region("990101003", 4, "990101", "望江街道", ("990100", "990101", "990101003")),
    )
    tree = Tree({"01": Category("01", "城管")})
    stored = Stored(
        id=42, version=2, state=State.RETURN_REVIEW, kind=Kind.COMPLAINT, urgency=Urgency.NORMAL, channel="phone",
        title="路灯不亮", created_at=NOW, category="01", region="990101003", address="人民路东段", confidential=False,
        returns=0, due=NOW, candidates=(Candidate(1, "旧名", 0.48, ("目录",)),), because=("不足门槛",),
        return_unit=1, return_reason="不属职责", return_at=NOW,
    )  # fmt: skip
    shown = row(stored, Directory([unit], regions), tree)
    assert (shown.place, shown.category_name, shown.confidence) == ("雁栖区·望江街道 人民路东段", "城管", 0.48)
    assert [(s.short, s.name) for s in shown.suggested] == [("城市管理局", "云州市城市管理局")]
    assert shown.return_asked and (shown.return_asked.unit, shown.return_asked.reason) == ("城市管理局", "不属职责")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("", "雁栖区·望江街道"),
        ("人民路东段", "雁栖区·望江街道 人民路东段"),
        ("望江街道滨江路 88 号", "雁栖区 望江街道滨江路 88 号"),
        ("雁栖区望江街道滨江路", "雁栖区望江街道滨江路"),
    ],
)
def test_a_place_says_no_name_twice(address: str, shown: str) -> None:
    regions = (
        Region("990100", 2, None, "云州市", ("990100",)),
        Region("990101", 3, "990100", "雁栖区", ("990100", "990101")),
        Region("990101003", 4, "990101", "望江街道", ("990100", "990101", "990101003")),
    )
    assert place("990101003", address, Directory([], regions)) == shown


def test_the_automatic_share_shows_what_it_is_made_of() -> None:
    assert (today(412, 251).automatic.text, today(412, 251).automatic.denominator) == ("60.9%", 412)
    assert today(0, 0).automatic.text == "—"
