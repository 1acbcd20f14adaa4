"""The weekly list as a file: read back as a spreadsheet program reads it."""

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from hotline.infra.clock import BEIJING
from hotline.infra.errors import InvalidInput
from hotline.reports.actions import document, write
from hotline.reports.documents import lines_of, shown_width
from hotline.reports.weekly import MAIN, book
from hotline.supervision.difficult import REPEATED, SAFETY, Reason
from hotline.supervision.rows import COLUMNS, Row21
from hotline.supervision.weeklist import Item, WeekList, assembled, chosen
from hotline.supervision.weeks import parse_week

NOW = datetime(2026, 11, 20, 12, tzinfo=BEIJING)
WEEK = parse_week("2026-W47")
ID = 202611160000042


def line(number: int, kind: str = REPEATED, *, carried: bool = False, **cells: str) -> Item:
    texts = {name: f"{title}内容" for name, title in COLUMNS.items() if name not in ("number", "kind")}
    row = Row21(number=number, kind=kind, **(texts | {"ticket": str(ID + number)} | cells))
    return Item(ID + number, kind, 40, (Reason("R2", "同一诉求人反映 3 次", 20),), carried, (), row)


def week(*items: Item, settled: tuple[Item, ...] = ()) -> WeekList:
    return assembled(WEEK, NOW, items, settled)


def opened(made: WeekList) -> Any:
    return load_workbook(BytesIO(document(made, "xlsx")))


def texts(page: Any) -> list[list[Any]]:
    return [[cell for cell in row if cell is not None] for row in page.iter_rows(values_only=True)]


def test_the_page_is_a3_across_with_repeated_headings_and_page_numbers() -> None:
    page = opened(week(line(1)))["疑难工单"]
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (8, "landscape")
    assert page.print_title_rows == "$1:$3"
    assert page.sheet_properties.pageSetUpPr.fitToPage and page.page_setup.fitToHeight == 0
    assert "12345热线" in page.oddFooter.left.text, "its digits are no size of a font"
    assert "&P" in page.oddFooter.right.text and "&N" in page.oddFooter.right.text, "beside a long title, not over it"


def test_title_and_week_stand_over_all_twenty_one_columns() -> None:
    page = opened(week(line(1, SAFETY), line(2, carried=True)))["疑难工单"]
    assert page["A1"].value == "12345热线疑难工单周报（2026年第47周）"
    assert {str(merged) for merged in page.merged_cells.ranges} >= {"A1:U1", "A2:U2"}
    assert "2026-11-16 至 2026-11-22" in page["A2"].value and "在列 2 件（新增 1，结转 1）" in page["A2"].value
    assert [cell.value for cell in page[3]] == list(COLUMNS.values())


def test_lines_are_grouped_by_class_with_their_counts() -> None:
    done = line(1)
    page = opened(week(line(1, SAFETY), line(2, carried=True), line(3), settled=(done,)))["疑难工单"]
    first = [row[0] for row in texts(page)]
    assert first[3:] == [
        "安全风险类（1 件：新增 1，结转 0）",
        1,
        "反复投诉类（2 件：新增 1，结转 1）",
        2,
        3,
        "本周销号（1 件）",
        1,
    ]


@pytest.mark.parametrize("said", ['=HYPERLINK("http://x.example","点我")', "+86 139", "-1+2", "@SUM(A1)", "=1+1"])
def test_what_looks_like_a_formula_is_text(said: str) -> None:
    page = opened(week(line(1, summary=said)))["疑难工单"]
    cell = page.cell(row=5, column=list(COLUMNS).index("summary") + 1)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (said, "s", True)
    assert page.cell(row=5, column=1).data_type == "n"


def test_links_and_control_characters_are_only_text() -> None:
    page = opened(week(line(1, summary="见 https://x.example/\x0b后", done="http://x.example")))["疑难工单"]
    done = page.cell(row=5, column=list(COLUMNS).index("done") + 1)
    assert done.value == "http://x.example" and done.hyperlink is None
    assert "https://x.example/" in page.cell(row=5, column=list(COLUMNS).index("summary") + 1).value


def test_nothing_is_cut_columns_wrap_and_rows_are_high_enough() -> None:
    long = "道路坑洼积水多次反映未修，" * 12
    page = opened(week(line(1, summary=long)))["疑难工单"]
    cell = page.cell(row=5, column=list(COLUMNS).index("summary") + 1)
    assert cell.alignment.wrap_text and cell.value == long
    width = page.column_dimensions[cell.column_letter].width
    pixels = width * 7
    lines = shown_width(long) * 6 / pixels
    assert page.row_dimensions[5].height >= lines * 12
    numbers = page.column_dimensions["C"].width
    assert numbers * 7 >= len(str(ID)) * 6  # the ticket number stands on one line


def test_the_widths_fit_a3_at_a_size_that_can_be_read() -> None:
    inches = sum(column.width * 7 + 5 for column in MAIN) / 96
    scale = (420 / 25.4 - 0.8) / inches
    assert scale * 9 >= 7.2  # points


def test_fonts_are_those_of_official_papers() -> None:
    page = opened(week(line(1)))["疑难工单"]
    assert page["A1"].font.name == "Noto Sans CJK SC" and page["F5"].font.name == "宋体"


def test_an_empty_week_says_so() -> None:
    page = opened(week())["疑难工单"]
    assert page["A4"].value == "本周没有符合条件的疑难工单。"


def test_reasons_have_a_sheet_of_their_own() -> None:
    page = opened(week(line(1)))["入选理由"]
    assert texts(page)[-1] == [1, str(ID + 1), REPEATED, "新增", "R2", "同一诉求人反映 3 次", 20, 40]


def test_the_same_list_gives_the_same_pages() -> None:
    assert book(week(line(1))) == book(week(line(1)))


def test_lines_are_counted_by_what_is_seen() -> None:
    assert shown_width("城管局 A1") == 9
    assert lines_of("一二三四五六七八九十", 11) == 2
    assert lines_of("一\n二\n三", 11) == 3


def test_json_carries_columns_and_rows(tmp_path: Path) -> None:
    target = tmp_path / "week.json"
    write(week(line(1)), "json", target)
    read = json.loads(target.read_text(encoding="utf-8"))
    assert read["columns"]["number"] == "序号" and read["items"][0]["row"]["number"] == 1
    assert read["items"][0]["reasons"][0]["rule"] == "R2"
    assert (read["total"], read["fresh"], read["carried"]) == (1, 1, 0)


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "周报.xlsx"
    write(week(line(1)), "xlsx", target)
    assert load_workbook(target).sheetnames == ["疑难工单", "入选理由"]
    assert [path.name for path in tmp_path.iterdir()] == ["周报.xlsx"]
    with pytest.raises(InvalidInput, match="写不了文件"):
        write(week(line(1)), "xlsx", tmp_path / "absent" / "week.xlsx")


@pytest.mark.parametrize("fmt", ["doc", "", "XLSX"])
def test_another_format_is_refused_with_the_supported_ones(fmt: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="目前支持 json、xlsx、docx、pdf"):
        write(week(line(1)), fmt, tmp_path / "week")
    assert not list(tmp_path.iterdir())


def test_a_choice_is_numbered_anew() -> None:
    live = week(line(1, SAFETY), line(2), line(3, carried=True))
    kept = chosen(WEEK, live, [ID + 3, ID + 1])
    assert [(item.ticket_id, item.row.number) for item in kept.items] == [(ID + 1, 1), (ID + 3, 2)]
    assert (kept.total, kept.fresh, kept.carried) == (2, 1, 1)
