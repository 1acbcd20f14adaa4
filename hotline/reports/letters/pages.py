"""A letter as PDF and DOCX: the same words in both, and always the same bytes of the same letter."""

from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

import msgspec
import typst
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from hotline.reports.docx import DOCX, field, normal, run, settled
from hotline.reports.pdf import PDF, fonts
from hotline.supervision.letters.grounds import LEVELS
from hotline.supervision.letters.letter import Letter, spoken

MEDIA = {"pdf": PDF, "docx": DOCX}
RED = RGBColor(0xC8, 0x10, 0x2E)
BODY, TITLE = "仿宋", "宋体"
AFTER_BORDERS = ("w:shd", "w:tabs", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr")
"""What the schema wants behind the borders of a paragraph."""


class Page(msgspec.Struct, frozen=True):
    number: str
    title: str
    to: str
    paragraphs: tuple[str, ...]
    copies: tuple[str, ...]
    issuer: str
    contact: str
    signer: str
    date: str
    level_name: str
    hash: str


def page(letter: Letter) -> Page:
    body = letter.body
    return Page(
        number=body.number,
        title=body.title,
        to=body.to,
        paragraphs=body.paragraphs,
        copies=body.copies,
        issuer=body.issuer,
        contact=body.contact,
        signer=body.signer,
        date=spoken(body.issued_at),
        level_name=LEVELS.get(body.level, ""),
        hash=letter.hash,
    )


def made(letter: Letter, fmt: str) -> bytes:
    return {"pdf": as_pdf, "docx": as_docx}[fmt](letter)


@cache
def _template() -> bytes:
    return (files("hotline.reports.letters") / "letter.typ").read_bytes()


def as_pdf(letter: Letter) -> bytes:
    words = msgspec.json.encode(page(letter)).decode()
    laid: Any = typst.compile(_template(), format="pdf", font_paths=fonts(), sys_inputs={"letter": words})
    return bytes(laid)


def as_docx(letter: Letter) -> bytes:
    shown = page(letter)
    document = Document()
    _set_page(document, shown)
    _style(document)
    _line(document, shown.issuer, TITLE, 26, middle=True, red=True, bold=True)
    _ruled(document.paragraphs[-1], "bottom", "C8102E", 18)
    head = _line(document, f"{shown.level_name}\t{shown.number}", BODY, 12)
    head.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    title = _line(document, broken(shown.title), TITLE, 20, middle=True, bold=True)
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(18), Pt(14)
    _line(document, f"{shown.to}：", BODY, 16)
    for said in shown.paragraphs:
        _line(document, said, BODY, 16).paragraph_format.first_line_indent = Pt(32)
    # The signature never stands alone on a page.
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    for at, said in enumerate((shown.issuer, shown.date)):
        signed = _line(document, said, BODY, 16, right=True)
        signed.paragraph_format.right_indent = Pt(32)
        signed.paragraph_format.space_before = Pt(0 if at else 28)
        signed.paragraph_format.keep_with_next = not at
    _imprint(document, shown)
    held = BytesIO()
    core = document.core_properties
    core.title, core.author = shown.title, shown.issuer
    core.created = core.modified = letter.body.issued_at.replace(tzinfo=None)
    document.save(held)
    return settled(held.getvalue())


ONE_LINE = 21
"""Characters of a title."""


def broken(title: str) -> str:
    """A title of two lines is broken where it reads well, and never before its last character."""
    return title.replace("”事项", "”\n事项", 1) if len(title) > ONE_LINE else title


def _imprint(document: Any, shown: Page) -> None:
    """版记: who else gets it, who signed it."""
    copies = f"抄送：{'，'.join(shown.copies)}。" if shown.copies else ""
    contact = f"　联系：{shown.contact}" if shown.contact else ""
    parts = [part for part in (copies, f"签发：{shown.signer}{contact}\t{shown.date}印发") if part]
    for at, said in enumerate(parts):
        last = _line(document, said, BODY, 12)
        last.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
        _ruled(last, "top", "000000", 6)
        if not at:
            last.paragraph_format.space_before = Pt(36)
    _ruled(document.paragraphs[-1], "bottom", "000000", 6)


def _set_page(document: Any, shown: Page) -> None:
    laid = document.sections[0]
    laid.page_width, laid.page_height = Mm(210), Mm(297)
    laid.left_margin, laid.right_margin, laid.top_margin, laid.bottom_margin = Mm(28), Mm(26), Mm(35), Mm(32)
    foot = laid.footer.paragraphs[0]
    # The style of footers has tab stops of its own in the middle.
    foot.style = document.styles["Normal"]
    foot.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    run(foot, f"正文校验码（SM3）{shown.hash[:32]}\t— ", BODY, 9)
    field(foot, "PAGE", 9)
    run(foot, " / ", BODY, 9)
    field(foot, "NUMPAGES", 9)
    run(foot, " —", BODY, 9)


def _style(document: Any) -> None:
    style = normal(document, BODY, 16)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = Pt(29)


def _line(
    document: Any,
    text: str,
    font: str,
    size: float,
    *,
    middle: bool = False,
    right: bool = False,
    red: bool = False,
    bold: bool = False,
) -> Any:
    paragraph = document.add_paragraph()
    written = run(paragraph, text, font, size)
    written.font.bold = bold or None
    if red:
        written.font.color.rgb = RED
    if middle or right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if middle else WD_ALIGN_PARAGRAPH.RIGHT
    if size > 16:
        paragraph.paragraph_format.line_spacing = Pt(size * 1.5)
    return paragraph


def _ruled(paragraph: Any, side: str, colour: str, eighths: int) -> None:
    """A line above or below the paragraph."""
    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(borders, *AFTER_BORDERS)
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "4"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
