"""The written parts of the bulletin: what is offered for 下月预判, and what the public must not read of 典型案例."""

from datetime import date, datetime

import pytest

from hotline.infra.clock import BEIJING
from hotline.insight.volumes import Volume
from hotline.reports.monthly.expected import expected
from hotline.reports.monthly.words import Known, Passage, openly, tickets_in
from hotline.reports.papers import Paper, Section, tables_of

NAMES = {"0801": "集中供热", "0802": "路灯照明"}
THEN = date(2025, 12, 1)
NOW = datetime(2026, 11, 23, tzinfo=BEIJING)


def volumes(now: int, before: int, category: str = "0801") -> list[Volume]:
    return [
        Volume(span, by, key, number)
        for span, number in (("now", now), ("before", before))
        for by, key in (("all", "all"), ("category", category))
    ]


def test_下月预判_begins_with_what_grew_in_the_coming_month_a_year_ago() -> None:
    told = expected(THEN, volumes(120, 40), volumes(90, 30, "0802"), NAMES)
    assert "去年同期（2025年12月）" in told and "集中供热 120 件（上一个月 40 件）" in told and "路灯" not in told


@pytest.mark.parametrize("year_ago", [[], volumes(120, 0), volumes(42, 40)])
def test_下月预判_where_a_year_ago_says_nothing_begins_with_what_grew_this_month(year_ago: list[Volume]) -> None:
    told = expected(THEN, year_ago, volumes(90, 30, "0802"), NAMES)
    assert told.startswith("本月上升明显的类别：路灯照明 90 件")


def test_下月预判_offers_nothing_where_nothing_grew() -> None:
    assert expected(THEN, [], volumes(30, 30), NAMES) == expected(THEN, [], volumes(300, 0), NAMES) == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("工单202611230019843反映路灯", "某工单反映路灯"),
        ("路灯不亮（工单编号：202611230019843）已修好", "路灯不亮已修好"),
        ("２０２６１１２３００１９８４３号工单和2026-1123-0019843", "某工单和某工单"),
        ("2026年11月受理1200件，家住3单元502室", "2026年11月受理1200件，家住*单元***"),
    ],
)
def test_公开版_has_no_numbers_of_tickets_and_keeps_other_numbers(text: str, shown: str) -> None:
    assert openly(Passage("cases", text, 3, "李主管", NOW)) == Passage("cases", shown)


def test_公开版_knows_the_citizens_of_the_tickets_told_and_leaves_out_what_is_secret() -> None:
    told = Passage("cases", "牧青野报修202611230019843。\n202611230019844另有隐情。\n供水恢复。")
    known = (Known(202611230019843, False, ("牧青野",)), Known(202611230019844, True))
    assert tickets_in(told.text) == (202611230019843, 202611230019844)
    assert openly(told, known).text == "牧**报修某工单。\n供水恢复。"


def test_in_the_xlsx_a_long_paragraph_goes_on_in_rows_below_and_nothing_is_cut() -> None:
    long = "".join(chr(0x4E00 + at) for at in range(1900))
    [sheet] = tables_of(Paper("", "", "", NOW, False, (Section("", (long, "短"), sheet="典型案例"),))).sheets
    rows = [line for block in sheet.blocks for line in block.lines]
    assert sheet.name == "典型案例" and [row[0] for row in rows] == [1, "", "", 2]
    assert "".join(str(row[1]) for row in rows) == f"{long}短"
