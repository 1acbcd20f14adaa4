"""Sheets as an XLSX file for the printer: A3 across where they are wide, headings on every page, nothing cut, nothing executed."""

import unicodedata
from io import BytesIO
from math import ceil
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from hotline.infra.clock import BEIJING
from hotline.reports.weekly import Block, Book, Cell, Column, Sheet

A3, A4 = 8, 9
UPRIGHT, ACROSS = 100, 150
"""Units of width up to which a table stands on A4, upright or across; a wider one is read on A3."""
MARGIN = 0.4  # inches
BODY, HEADING = "宋体", "Noto Sans CJK SC"
BODY_SIZE, LINE = 9, 12.5
HIGHEST = 409.0
"""Points; a row cannot be higher."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text that opens so would be computed when somebody edits the cell."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx(book: Book) -> bytes:
    """The whole file; the same book gives the same cells."""
    held = BytesIO()
    with Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        made = book.made_at.astimezone(BEIJING).replace(tzinfo=None)
        workbook.set_properties({"title": book.title, "author": "12345政务服务便民热线", "created": made})
        styles = _styles(workbook)
        for sheet in book.sheets:
            _write(workbook.add_worksheet(sheet.name), sheet, styles)
    return held.getvalue()


def _styles(workbook: Workbook) -> dict[str, Any]:
    body = {"font_name": BODY, "font_size": BODY_SIZE, "text_wrap": True, "valign": "vcenter", "border": 1}
    bold = {"font_name": HEADING, "bold": True, "valign": "vcenter"}
    return {
        "title": workbook.add_format({**bold, "font_size": 18, "align": "center"}),
        "subtitle": workbook.add_format({**body, "border": 0, "font_size": 10, "align": "center"}),
        "head": workbook.add_format(
            {**bold, "font_size": 9, "align": "center", "text_wrap": True, "border": 1, "bg_color": "#E7ECF3"}
        ),
        "block": workbook.add_format({**bold, "font_size": 10, "border": 1, "bg_color": "#F4F4F4"}),
        "left": workbook.add_format({**body, "align": "left"}),
        "centred": workbook.add_format({**body, "align": "center"}),
        "left_share": workbook.add_format({**body, "align": "left", "num_format": "0.0%"}),
        "centred_share": workbook.add_format({**body, "align": "center", "num_format": "0.0%"}),
        "left_quoted": workbook.add_format({**body, "align": "left", "quote_prefix": True}),
        "centred_quoted": workbook.add_format({**body, "align": "center", "quote_prefix": True}),
    }


def _write(page: Worksheet, sheet: Sheet, styles: dict[str, Any]) -> None:
    _set_page(page, sheet)
    last = len(sheet.columns) - 1
    page.merge_range(0, 0, 0, last, sheet.title, styles["title"])
    page.merge_range(1, 0, 1, last, sheet.subtitle, styles["subtitle"])
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width)
        page.write_string(2, at, column.title, styles["head"])
    page.set_row(0, 30)
    page.set_row(1, 18)
    page.set_row(2, _height([column.title for column in sheet.columns], sheet.columns))
    row = 3
    for block in sheet.blocks:
        row = _write_block(page, row, block, sheet.columns, styles)


def _set_page(page: Worksheet, sheet: Sheet) -> None:
    width = sum(column.width for column in sheet.columns)
    page.set_paper(A4 if width <= ACROSS else A3)
    if width > UPRIGHT:
        page.set_landscape()
    page.set_margins(left=MARGIN, right=MARGIN, top=0.5, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.center_horizontally()
    page.repeat_rows(0, 2)
    page.freeze_panes(3, 0)
    # The space parts the size from a title that begins with digits, as ours do: else 912345 is the size.
    # The number of the page at the right: in the middle a long title runs into it on an upright page.
    page.set_footer(f'&L&"{BODY}"&9 {sheet.title.replace("&", "&&")}&R&"{BODY}"&9第 &P 页，共 &N 页')


def _write_block(page: Worksheet, row: int, block: Block, columns: tuple[Column, ...], styles: dict[str, Any]) -> int:
    if block.heading:
        page.merge_range(row, 0, row, len(columns) - 1, block.heading, styles["block"])
        page.set_row(row, 18)
        row += 1
    for line in block.lines:
        page.set_row(row, _height(line, columns))
        for at, (value, column) in enumerate(zip(line, columns, strict=True)):
            _write_cell(page, row, at, value, "centred" if column.centred else "left", styles)
        row += 1
    return row


def _write_cell(page: Worksheet, row: int, at: int, value: Cell, style: str, styles: dict[str, Any]) -> None:
    if isinstance(value, int):
        page.write_number(row, at, value, styles[style])
    elif isinstance(value, float):
        page.write_number(row, at, value, styles[f"{style}_share"])
    else:
        # write_string never guesses: a citizen's "=HYPERLINK(…)" stays what they wrote.
        page.write_string(row, at, value, styles[f"{style}_quoted" if value.startswith(FORMULA) else style])


def _height(line: tuple[Cell, ...] | list[str], columns: tuple[Column, ...]) -> float:
    most = max(lines_of(str(value), column.width) for value, column in zip(line, columns, strict=True))
    return min(HIGHEST, most * LINE + 4)


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column; one character is left free, for words break before the edge."""
    room = max(2.0, width * 7 / 6 - 2)  # 7 pixels a unit of width, 6 a figure of 9 points
    return sum(max(1, ceil(shown_width(part) / room)) for part in text.split("\n"))


def shown_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(ch) in "WFA" else 1 for ch in text)
