"""A paper as DOCX, for those who go on writing in it."""

from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from hotline.reports.papers import HOTLINE, Paper, Section, Table
from hotline.reports.pdf import picture

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BODY, HEADING = "宋体", "黑体"
A3, A4 = (420, 297), (210, 297)


def docx(paper: Paper) -> bytes:
    document = Document()
    _set_page(document, paper)
    _style(document, 8 if paper.across else 10.5)
    _line(document.add_paragraph(), paper.title, HEADING, 18, centred=True)
    _line(document.add_paragraph(), paper.subtitle, BODY, 9, centred=True)
    room = (A3[0] - 22) if paper.across else (A4[0] - 40)
    for section in paper.sections:
        _write(document, section, room, 7 if paper.across else 8.5)
    made = BytesIO()
    document.save(made)
    return settled(made.getvalue())


EPOCH = (1980, 1, 1, 0, 0, 0)


def settled(made: bytes) -> bytes:
    """The same file without the moment at which it was packed: what says the same is the same to the byte."""
    held = BytesIO()
    with ZipFile(BytesIO(made)) as old, ZipFile(held, "w", ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(ZipInfo(part.filename, EPOCH), old.read(part), ZIP_DEFLATED)
    return held.getvalue()


def _set_page(document: Any, paper: Paper) -> None:
    page = document.sections[0]
    width, height = A3 if paper.across else A4
    page.orientation = WD_ORIENT.LANDSCAPE if paper.across else WD_ORIENT.PORTRAIT
    page.page_width, page.page_height = Mm(width), Mm(height)
    side = 11 if paper.across else 20
    page.left_margin = page.right_margin = Mm(side)
    page.top_margin = page.bottom_margin = Mm(15 if paper.across else 20)
    _line(page.header.paragraphs[0], paper.header, BODY, 8)
    foot = page.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for part in ("第 ", "PAGE", " 页，共 ", "NUMPAGES", " 页"):
        field(foot, part) if part.isupper() else _run(foot, part, BODY, 8)
    core = document.core_properties
    core.title, core.author = paper.title, HOTLINE
    core.created = core.modified = paper.made_at.replace(tzinfo=None)


def _style(document: Any, size: float) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = BODY, Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    style.paragraph_format.space_after = Pt(2)


def _run(paragraph: Any, text: str, font: str, size: float) -> Any:
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.bold = font, Pt(size), font == HEADING
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    return run


def field(paragraph: Any, name: str, size: float = 8) -> None:
    """A number that the word processor fills in."""
    run = _run(paragraph, "", BODY, size)
    for kind, text in (("begin", None), (None, name), ("end", None)):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._element.append(part)


def _line(paragraph: Any, text: str, font: str, size: float, *, centred: bool = False) -> None:
    _run(paragraph, text, font, size)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _write(document: Any, section: Section, room: float, size: float) -> None:
    if section.heading:
        heading = document.add_paragraph()
        heading.paragraph_format.space_before, heading.paragraph_format.keep_with_next = Pt(8), True
        _line(heading, section.heading, HEADING, 12)
    for said in section.paragraphs:
        paragraph = document.add_paragraph(said)
        paragraph.paragraph_format.first_line_indent = Pt(21)
    for chart in section.charts:
        document.add_picture(BytesIO(picture(chart)), width=Mm(min(room, 160)))
        document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    for table in section.tables:
        _table(document, table, room, size)
        document.add_paragraph()


def _table(document: Any, table: Table, room: float, size: float) -> None:
    made = document.add_table(rows=0, cols=len(table.columns), style="Table Grid")
    made.autofit = False
    whole = sum(column.width for column in table.columns)
    widths = [Mm(room * column.width / whole) for column in table.columns]
    centred = [column.centred for column in table.columns]
    _row(made, [column.title for column in table.columns], widths, HEADING, size, [True] * len(widths))
    _mark(made.rows[0], "w:tblHeader")
    for row in table.rows:
        if len(row) == 1 < len(widths):
            cells = made.add_row().cells
            _fill(cells[0].merge(cells[-1]), row[0], HEADING, size, centred=False)
        else:
            _row(made, row, widths, BODY, size, centred)
        _mark(made.rows[-1], "w:cantSplit")


def _row(made: Any, texts: Any, widths: list[Any], font: str, size: float, centred: list[bool]) -> None:
    for cell, text, width, middle in zip(made.add_row().cells, texts, widths, centred, strict=True):
        cell.width = width
        _fill(cell, text, font, size, centred=middle)


def _fill(cell: Any, text: str, font: str, size: float, *, centred: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    _line(paragraph, text, font, size, centred=centred)


def _mark(row: Any, name: str) -> None:
    """The heading comes again on every page; a row is not cut in two."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement(name))
