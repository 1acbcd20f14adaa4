"""The papers as DOCX and PDF: everything is on them, nothing is cut, and nobody's words become a command."""

import json
import random
from datetime import date, datetime
from io import BytesIO
from typing import Any

import msgspec
import pytest
import typst
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from hotline.infra.clock import BEIJING
from hotline.insight.measures import FEWEST, MEASURES, TOO_FEW, Counted, Kpi, table
from hotline.insight.volumes import Volume
from hotline.reports.actions import document
from hotline.reports.monthly.bulletin import Bulletin, Given, Weekly, bulletin, change, published
from hotline.reports.papers import Paper, Section, Table, columns, monthly_paper, tables_of, weekly_paper
from hotline.reports.weekly import PRINTED, PRINTED_SETTLED, printed
from hotline.supervision.difficult import REPEATED, SAFETY
from hotline.supervision.rows import COLUMNS
from hotline.supervision.weeklist import Item
from tests.rules.test_reports_weekly import line, week

NOW = datetime(2026, 11, 10, 9, tzinfo=BEIJING)
NAMES = {str(n): f"云州市第{n}管理局(综合执法支队)" for n in range(1, 31)}


def kpi() -> Kpi:
    dice = random.Random(7)
    counted = []
    for measure in MEASURES:
        for key in NAMES:
            of = dice.randint(3, 60)
            counted.append(Counted(measure.name, key, False, dice.randint(of // 2, of), of, dice.randint(0, 3)))
        own = [c for c in counted if c.measure == measure.name]
        total = (sum(c.numerator for c in own), sum(c.denominator for c in own), sum(c.excluded for c in own))
        counted.append(Counted(measure.name, None, True, *total))
    return table(date(2026, 10, 1), date(2026, 10, 31), "unit", counted, NAMES)


def month() -> Bulletin:
    volumes = [Volume(span, "all", "all", n) for span, n in (("now", 1200), ("before", 1000), ("year", 960))]
    volumes += [Volume("now", "channel", "phone", 900), Volume("now", "channel", "mayor_mailbox", 300)]
    volumes += [Volume("now", "kind", "complaint", 700), Volume("now", "kind", "consult", 500)]
    volumes += [Volume("now", "category", "0101", 90), Volume("before", "category", "0101", 30)]
    volumes += [Volume("now", "district", "990101", 800), Volume("now", "district", None, 400)]
    volumes += [Volume("now", "closed", None, 1100), Volume("now", "open", None, 230)]
    given = Given(tuple(volumes), 3, 2, (Weekly("2026-W41", 12),))
    return bulletin(
        date(2026, 10, 1),
        NOW,
        kpi(),
        given,
        districts={"990101": "雁栖区"},
        categories={"0101": "路灯照明"},
        revision=1,
    )


def long(number: int) -> Item:
    told = "占道经营影响通行夜间噪音扰民多次反映仍未解决" * 6
    return line(number, SAFETY, summary=told, dispute=told, done=told, trail=told[:80])


def words_of(made: bytes) -> str:
    document = Document(BytesIO(made))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_bulletin_says_in_sentences_what_its_tables_count() -> None:
    made = month()
    assert made.summary[0] == "本月共受理群众诉求 1200 件（环比 +20.0%，同比 +25.0%），办结 1100 件，月末在办 230 件。"
    assert made.summary[1] == "按诉求类型：投诉 700 件（58.3%）、咨询 500 件（41.7%）。"
    assert [topic.name for topic in made.rising] == ["路灯照明"]
    assert made.below and all("低于" in sentence for sentence in made.below)
    assert made.districts[-1].name == "未定区划"


@pytest.mark.parametrize(("number", "before", "told"), [(3, 0, "—"), (0, 4, "-100.0%"), (4, 4, "+0.0%")])
def test_of_nothing_nothing_grows(number: int, before: int, told: str) -> None:
    assert change(number, before) == told


def test_units_are_graded_and_never_ranked_by_their_rate() -> None:
    units = monthly_paper(month()).sections[3].tables[1].rows
    grades = [row[0] for row in units if len(row) == 1]
    assert [grade[0] for grade in grades] == sorted(grade[0] for grade in grades)
    rows = [row for row in units if len(row) > 1]
    few = [one for one in monthly_paper(month()).sections if one.heading.startswith("附表一")]
    assert len(rows) + sum(len(row) > 1 for one in few for row in one.tables[0].rows) == len(NAMES)


def test_月通报_names_who_is_below_the_line_in_a_table_and_leaves_small_and_idle_units_to_the_annex() -> None:
    made = month()
    first = made.units[0]
    small = msgspec.structs.replace(first, name="河口镇人民政府", tier=TOO_FEW, due=2)
    nothing = dict.fromkeys(("sent", "due", "asked"), 0)
    idle = msgspec.structs.replace(first, name="沿江街道办事处", tier=TOO_FEW, **nothing)
    paper = monthly_paper(msgspec.structs.replace(made, units=(*made.units, small, idle)))
    units = next(one for one in paper.sections if "单位办理" in one.heading)
    below, graded = units.tables
    assert [row[0] + row[1] for row in below.rows] == [said.split(" ")[0] for said in made.below]
    assert max(map(len, units.paragraphs)) < 60, "no paragraph of forty units"
    annex, moves = paper.sections[-2:]
    assert annex.heading.startswith("附表一") and moves.heading.startswith("附表二")
    assert small.name in str(annex.tables) and small.name not in str(graded)
    assert idle.name not in str(paper.sections) and "1 个单位本月没有承办工单" in annex.paragraphs[0]


def test_in_the_xlsx_a_count_is_a_number_a_share_a_share_and_no_row_is_called_what_it_is_not() -> None:
    book = load_workbook(BytesIO(document(month(), "xlsx")))
    rows = [[cell.value for cell in row] for row in book["渠道"].iter_rows(min_row=4)]
    assert rows[0][:3] == ["12345电话", 900, 0.75]
    assert book["渠道"]["C4"].number_format == "0.0%"
    assert not any("合计各项" in str(cell.value) for page in book for row in page.iter_rows() for cell in row)
    numbers = tables_of(
        Paper(
            "",
            "",
            "",
            NOW,
            False,
            (Section(tables=(Table(columns(("区", 1), ("工单编号", 1)), (("甲", "202611230019843"),)),)),),
        )
    )
    assert numbers.sheets[0].blocks[0].lines == (("甲", "202611230019843"),), "the number of a ticket is a name"


def test_公开版_of_a_month_leaves_out_small_units_who_is_below_the_line_and_what_leaders_said() -> None:
    inner = month()
    assert inner.below, "or the test shows nothing"
    open_ = published(inner)
    small = [unit for unit in inner.units if unit.due < FEWEST]
    assert small and open_.unlisted == len(small)
    paper = monthly_paper(open_)
    said = "\n".join(said for section in paper.sections for said in section.paragraphs)
    assert "（公开版）" in paper.title and "督办函" not in said and "批示" not in said and "低于底线" not in said
    assert f"另有 {len(small)} 个单位应办结不足 {FEWEST} 件" in said
    rows = {row[0] for section in paper.sections for table in section.tables for row in table.rows}
    assert not rows & {unit.name for unit in small}
    assert open_.received == inner.received and open_.total == inner.total, "the city's own numbers are the same"


@pytest.mark.parametrize("fmt", ["docx", "xlsx", "pdf"])
@pytest.mark.parametrize("report", [week(), week(*(long(n) for n in range(1, 8))), month()])
def test_every_report_is_made_in_every_format(report: Any, fmt: str) -> None:
    made = document(report, fmt)
    assert made.startswith(b"%PDF" if fmt == "pdf" else b"PK")


def test_the_docx_holds_every_cell_repeats_its_headings_and_cuts_no_row() -> None:
    made = document(week(long(1), line(2)), "docx")
    words = words_of(made)
    assert all(title in words for title in COLUMNS.values())
    assert long(1).row.summary in words and "同一诉求人反映 3 次" in words
    main = Document(BytesIO(made)).tables[0]
    assert main.rows[0]._tr.xpath("w:trPr/w:tblHeader")
    assert all(row._tr.xpath("w:trPr/w:cantSplit") for row in main.rows[1:])
    page = Document(BytesIO(made)).sections[0]
    size: Any = (page.page_width, page.page_height)
    assert [round(length.mm) for length in size] == [420, 297]
    assert page.footer._element.xpath(".//w:instrText[text()='NUMPAGES']")


def test_the_pdf_is_a3_across_with_its_font_inside() -> None:
    made = document(week(*(long(n) for n in range(1, 13))), "pdf")
    assert b"FontFile" in made and b"NotoSansSC" in made.replace(b" ", b"")
    assert b"/MediaBox [0 0 1190.55" in made or b"/MediaBox[0 0 1190.55" in made


def test_what_looks_like_markup_is_printed_as_it_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    said = '#panic("x") $a$ *粗* _斜_ \\ @ref <label> #sys.inputs'
    given: dict[str, str] = {}
    real = typst.compile

    def kept(*args: Any, **more: Any) -> Any:
        given.update(more["sys_inputs"])
        return real(*args, **more)

    monkeypatch.setattr(typst, "compile", kept)
    assert document(week(line(1, summary=said)), "pdf").startswith(b"%PDF")
    assert said in json.loads(given["paper"])["sections"][0]["tables"][0]["rows"][1]


def test_small_tables_stand_on_a4_and_no_line_may_end_in_the_middle_of_a_number() -> None:
    pages = {page.title: page.page_setup for page in load_workbook(BytesIO(document(month(), "xlsx")))}
    assert (pages["渠道"].paperSize, pages["渠道"].orientation) == (9, "portrait")
    wide = load_workbook(BytesIO(document(week(line(1)), "xlsx"))).worksheets[0].page_setup
    assert (wide.paperSize, wide.orientation) == (8, "landscape")
    spoken = Document(BytesIO(document(month(), "docx"))).styles["Normal"].element.xpath("w:rPr/w:lang")[0]
    assert [spoken.get(qn(name)) for name in ("w:val", "w:eastAsia")] == ["en-US", "zh-CN"], "figures are no Chinese"


def test_of_a_long_draft_paper_has_the_carried_over_and_the_weightiest_and_says_what_it_leaves_to_the_table() -> None:
    kinds = (SAFETY, REPEATED)
    lines = [line(n, kinds[n > 100], carried=n % 50 == 0) for n in range(1, PRINTED + 101)]
    lines = [msgspec.structs.replace(one, score=n % 97) for n, one in enumerate(lines)]
    over = tuple(line(n) for n in range(1, PRINTED_SETTLED + 8))
    draft = week(*lines, settled=over)
    main, why = (section.tables[0].rows for section in weekly_paper(printed(draft)).sections)
    heads = [row[0] for row in main if len(row) == 1]
    assert heads[0] == (
        f"草表只印结转和分值高的 {PRINTED} 件，序号同全表；另有在列 100 件、本周销号 7 件未印，请看工作台或下载电子表格（XLSX）。"
    )
    on_paper = [int(row[0]) for row in main if len(row) > 1][:PRINTED]
    left = [one for one in lines if one.row.number not in on_paper]
    assert on_paper == sorted(on_paper) and len(left) == 100, "in the order of the list, by its numbers"
    kept = [one for one in lines if one.row.number in on_paper]
    assert not any(one.carried for one in left)
    assert max(one.score for one in left) <= min(one.score for one in kept if not one.carried)
    of_safety = sum(one.kind == SAFETY for one in kept)
    assert heads[1] == f"安全风险类（100 件：新增 98，结转 2，印 {of_safety} 件）"
    assert heads[-1] == f"本周销号（{len(over)} 件，印 {PRINTED_SETTLED} 件）"
    assert len(why) == 1 + PRINTED + PRINTED_SETTLED
    frozen = msgspec.structs.replace(draft, frozen_at=NOW, frozen_by="郑宏", hash="0" * 64)
    whole = weekly_paper(printed(frozen)).sections[0].tables[0].rows
    assert sum(len(row) > 1 for row in whole) == len(lines) + len(over) and "未印" not in whole[0][0]
    cells = load_workbook(BytesIO(document(draft, "xlsx")))["疑难工单"]
    assert cells.max_row == 3 + 3 + len(lines) + len(over), "the table has all"
