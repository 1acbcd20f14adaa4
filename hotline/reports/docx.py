"""A paper as DOCX, for those who go on writing in it."""

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.shared import Mm, Pt

from hotline.reports.papers import HOTLINE, Paper, Section, Table
from hotline.reports.pdf import picture

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BODY, HEADING = "宋体", "黑体"
LATIN = {HEADING: "Arial"}
"""For letters and digits beside these; else Times New Roman: what every office has."""
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
        field(foot, part) if part.isupper() else run(foot, part, BODY, 8)
    core = document.core_properties
    core.title, core.author = paper.title, HOTLINE
    core.created = core.modified = paper.made_at.replace(tzinfo=None)


def _style(document: Any, size: float) -> None:
    normal(document, BODY, size).paragraph_format.space_after = Pt(2)


def normal(document: Any, font: str, size: float) -> Any:
    """The style of all text. Chinese in Chinese: else punctuation stands in the middle of its square, as in Japanese; figures
    not: else a line may end in the middle of a number."""
    style = document.styles["Normal"]
    style.font.name, style.font.size = latin(font), Pt(size)
    properties = style.element.rPr
    properties.rFonts.set(qn("w:eastAsia"), font)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)
    return style


def latin(font: str) -> str:
    return LATIN.get(font, "Times New Roman")


def run(paragraph: Any, text: str, font: str, size: float) -> Any:
    made = paragraph.add_run(text)
    made.font.name, made.font.size, made.bold = latin(font), Pt(size), font == HEADING or None
    made._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    return made


def field(paragraph: Any, name: str, size: float = 8) -> None:
    """A number that the word processor fills in, set like the words around it."""
    for kind, text in (("begin", ""), ("", name), ("separate", ""), ("shown", "1"), ("end", "")):
        part = run(paragraph, text if kind == "shown" else "", BODY, size)._element
        if kind == "shown":
            continue
        said = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            said.set(qn("w:fldCharType"), kind)
        else:
            said.text = text
        part.append(said)


def _line(paragraph: Any, text: str, font: str, size: float, *, centred: bool = False) -> None:
    run(paragraph, text, font, size)
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
        after = document.add_paragraph().paragraph_format
        after.line_spacing, after.space_after = Pt(8), Pt(0)


def _table(document: Any, table: Table, room: float, size: float) -> None:
    """As one text: built cell by cell through the library's objects, a week of three hundred lines takes ten times as long."""
    whole = sum(column.width for column in table.columns)
    widths = [round(room * column.width / whole * TWIPS) for column in table.columns]
    centred = [column.centred for column in table.columns]
    heads = _row([column.title for column in table.columns], widths, HEADING, size, [True] * len(widths), "w:tblHeader")
    rows = [
        _row(row, [sum(widths)], HEADING, size, [False], "w:cantSplit", span=len(widths))
        if len(row) == 1 < len(widths)
        else _row(row, widths, BODY, size, centred, "w:cantSplit")
        for row in table.rows
    ]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    made = TABLE.format(names=nsdecls("w"), style=document.styles["Table Grid"].style_id, grid=grid)
    document.element.body.insert(-1, parse_xml(made.replace("<rows/>", heads + "".join(rows))))


TWIPS = 1440 / 25.4
TABLE = (
    '<w:tbl {names}><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:type="auto" w:w="0"/><w:jc w:val="center"/>'
    '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="16" w:type="dxa"/><w:left w:w="50" w:type="dxa"/>'
    '<w:bottom w:w="16" w:type="dxa"/><w:right w:w="50" w:type="dxa"/></w:tblCellMar>'
    "</w:tblPr><w:tblGrid>{grid}</w:tblGrid><rows/></w:tbl>"
)
CELL = (
    '<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{width}"/>{span}{shade}<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:spacing w:after="0"/>{middle}</w:pPr>'
    '<w:r><w:rPr><w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{font}"/>{bold}<w:sz w:val="{size}"/></w:rPr>'
    "{text}</w:r></w:p></w:tc>"
)
UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot say, wherever somebody has pasted it from."""


def _row(
    texts: Sequence[str], widths: list[int], font: str, size: float, centred: list[bool], mark: str, span: int = 1
) -> str:
    """`mark`: the heading comes again on every page, or a row is not cut in two."""
    cells = (
        CELL.format(
            width=width,
            span=f'<w:gridSpan w:val="{span}"/>' if span > 1 else "",
            middle='<w:jc w:val="center"/>' if middle else "",
            shade='<w:shd w:val="clear" w:color="auto" w:fill="E8EDF5"/>' if font == HEADING else "",
            font=font,
            latin=latin(font),
            bold="<w:b/>" if font == HEADING else "",
            size=round(size * 2),
            text=_text(text),
        )
        for text, width, middle in zip(texts, widths, centred, strict=True)
    )
    return f"<w:tr><w:trPr><{mark}/></w:trPr>{''.join(cells)}</w:tr>"


def _text(text: str) -> str:
    lines = escape(UNWRITABLE.sub("", text)).split("\n")
    return "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
