"""Papers as they are handed over: headings, paragraphs and tables. Knows no file format; DOCX and PDF are made of it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

import msgspec

from hotline.dispatch.accuracy import NOTHING
from hotline.insight.calls.measures import CallKpi
from hotline.insight.measures import BY_NAME, FEWEST, TOO_FEW, Beside, Cell, Group, percent, shown
from hotline.reports.monthly.bulletin import Bulletin, CampaignLine, Line, UnitLine, lines_below
from hotline.reports.monthly.words import PARTS, Passage, pieces
from hotline.reports.weekly import Block, Book, Column, Sheet


class Table(msgspec.Struct, frozen=True):
    columns: tuple[Column, ...]
    """Their widths are shares of the page."""
    rows: tuple[tuple[str, ...], ...]
    """A row of one cell is a heading over the whole width."""
    name: str = ""
    """Of its sheet, where the first column's title does not say what it is."""


class Chart(msgspec.Struct, frozen=True):
    """Bars, upright along time or across beside names. Up to three series are told apart by shade and by the legend."""

    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]
    across: bool = False


class Section(msgspec.Struct, frozen=True):
    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    sheet: str = ""
    """Of its paragraphs in a workbook, which has tables only; without it they are not in one."""


class Paper(msgspec.Struct, frozen=True):
    title: str
    subtitle: str
    header: str
    """On every page."""
    made_at: datetime
    across: bool
    """A3 across for wide tables, else A4 upright."""
    sections: tuple[Section, ...]


HOTLINE = "12345政务服务便民热线"


def weekly_paper(book: Book) -> Paper:
    """The week's list with its 21 columns, then why each ticket is on it."""
    main, *others = book.sheets
    return Paper(
        title=main.title,
        subtitle=main.subtitle,
        header=main.title,
        made_at=book.made_at,
        across=True,
        sections=(
            Section(tables=(_table(main.columns, main.blocks),)),
            *(Section(sheet.name, tables=(_table(sheet.columns, sheet.blocks),)) for sheet in others),
        ),
    )


def _table(columns: tuple[Column, ...], blocks: Iterable[Block]) -> Table:
    rows: list[tuple[str, ...]] = []
    for block in blocks:
        rows.append((block.heading,))
        rows += [tuple(str(cell) for cell in line) for line in block.lines]
    return Table(columns, tuple(rows))


# -- the month ------------------------------------------------------------------------------------------------------


def monthly_paper(b: Bulletin) -> Paper:
    frozen = f"考核数据为冻结的第 {b.revision} 版" if b.revision else "考核数据未冻结"
    chapters = (
        Section("总体情况", b.summary, (_volumes("渠道", b.sources), _volumes("类型", b.kinds))),
        Section("诉求热点", _rising(b.rising), (_volumes("类别", b.categories), _volumes("区县", b.districts))),
        *(_written(one) for one in b.words),
        Section("考核指标", call_words(b.calls), (_rates(b), *call_tables(b.calls, "本月", "上期", "去年同期"))),
        Section("单位办理情况", (*_named(b), *_unlisted(b)), (*_below(b), *_units(graded(b.units)))),
        *(() if b.public else (Section("督办和疑难工单", _pressed(b)),)),
        *((Section("专题", (), (_campaigns(b.campaigns),)),) if b.campaigns else ()),
    )
    sections = (*_numbered(chapters), *_annexes(b.units))
    return Paper(b.title, f"截至 {b.as_of:%Y-%m-%d %H:%M}　{frozen}", b.title, b.as_of, False, sections)


NUMERALS = "一二三四五六七八九十"


def _numbered(chapters: Iterable[Section]) -> Iterator[Section]:
    for numeral, chapter in zip(NUMERALS, chapters, strict=False):
        yield msgspec.structs.replace(chapter, heading=f"{numeral}、{chapter.heading}")


def _written(words: Passage) -> Section:
    return Section(PARTS[words.part], words.paragraphs, sheet=PARTS[words.part])


MOST_SHOWN = 800
"""Characters of a paragraph in a workbook's row: a row cannot be higher than a page."""


def _as_table(section: Section) -> Table:
    heads = (Column("段落", 8, True), Column(section.sheet, 90))
    return Table(heads, tuple(pieces(section.paragraphs, MOST_SHOWN)), section.sheet)


def tables_of(paper: Paper) -> Book:
    """A paper's tables, a sheet each."""
    named = (
        table
        for section in paper.sections
        for table in (*((_as_table(section),) if section.sheet else ()), *section.tables)
    )
    return Book(paper.title, paper.made_at, tuple(_sheet(paper, table) for table in named))


def _sheet(paper: Paper, table: Table) -> Sheet:
    blocks: list[tuple[str, list[tuple[Number, ...]]]] = []
    for row in table.rows:
        if len(row) == 1 or not blocks:
            blocks.append((row[0] if len(row) == 1 else "", []))
        if len(row) > 1:
            blocks[-1][1].append(tuple(_counted(said, head) for said, head in zip(row, table.columns, strict=True)))
    name = table.name or table.columns[0].title
    made = tuple(Block(heading, tuple(lines)) for heading, lines in blocks)
    return Sheet(name, f"{paper.title}：{name}", paper.subtitle, table.columns, made)


Number = str | int | float


def _counted(said: str, head: Column) -> Number:
    """A count or a share as a number, for a table program to add up and sort; the number of a ticket is a name."""
    if not head.centred or not COUNT.fullmatch(said):
        return said
    return int(said) if said.isdecimal() else float(said.rstrip("%")) / 100 if said.endswith("%") else said


COUNT = re.compile(r"\d{1,9}|\d{1,3}(?:\.\d+)?%")


def columns(*named: tuple[str, float]) -> tuple[Column, ...]:
    return tuple(Column(title, width, at > 0) for at, (title, width) in enumerate(named))


def _volumes(what: str, lines: Sequence[Line]) -> Table:
    heads = columns((what, 16), ("件数", 8), ("占比", 8), ("上期", 8), ("环比", 8), ("去年同期", 8), ("同比", 8))
    rows = tuple((v.name, str(v.number), v.share, str(v.before), v.change, str(v.year), v.change_year) for v in lines)
    return Table(heads, rows or ((f"本月没有按{what}统计的诉求。",),))


def _rising(lines: Sequence[Line]) -> tuple[str, ...]:
    if not lines:
        return ("本月没有明显上升的类别。",)
    told = "；".join(f"{v.name} {v.number} 件，上期 {v.before} 件（{v.change}）" for v in lines)
    return (f"上升明显的类别：{told}。",)


def _rates(b: Bulletin) -> Table:
    def of(group: Group | None, name: str) -> str:
        return group.rates[name].text if group else "—"

    rows = tuple(
        (
            measure.title,
            shown(b.total.rates[name], measure),
            str(b.total.rates[name].excluded),
            of(b.previous, name),
            of(b.last_year, name),
            measure.counts,
        )
        for name, measure in BY_NAME.items()
    )
    heads = columns(("指标", 14), ("本月（分子/分母）", 20), ("不计入", 7), ("上期", 8), ("去年同期", 9), ("口径", 42))
    return Table(tuple(msgspec.structs.replace(c, centred=c.title not in ("指标", "口径")) for c in heads), rows)


def call_words(calls: CallKpi | None) -> tuple[str, ...]:
    """话务 in a sentence; nothing where no telephone is connected."""
    if calls is None or not calls.total.rates["answer_rate"].denominator:
        return ()
    rates = {one.name: (one, calls.total.rates[one.name]) for one in calls.measures}
    told = [f"{one.title} {shown(cell, one)}" for one, cell in rates.values() if one.name in SAID and cell.denominator]
    came, cell = rates["answer_rate"][1].denominator, rates["answer_rate"][1]
    return (f"话务：人工队列呼入 {came + cell.excluded} 通，接通 {cell.numerator} 通；{'，'.join(told)}。",)


SAID = ("answer_rate", "service_level", "answer_wait", "abandon_rate", "missed_returned", "talk_time", "call_satisfied")


def call_tables(calls: CallKpi | None, now: str, before: str, year: str) -> tuple[Table, ...]:
    if calls is None or not any(cell.denominator for cell in calls.total.rates.values()):
        return ()
    rows = tuple(
        (
            one.title,
            shown(calls.total.rates[one.name], one),
            str(calls.total.rates[one.name].excluded),
            calls.previous.rates[one.name].text,
            calls.last_year.rates[one.name].text,
            one.counts,
        )
        for one in calls.measures
    )
    heads = columns(("话务指标", 16), (now, 20), ("不计入", 7), (before, 8), (year, 9), ("口径", 40))
    told = tuple(msgspec.structs.replace(head, centred=head.title not in ("话务指标", "口径")) for head in heads)
    return (Table(told, rows),)


TIERS = ("A", "B", "C", "D", TOO_FEW)


def graded(units: Iterable[UnitLine]) -> tuple[UnitLine, ...]:
    return tuple(unit for unit in units if unit.tier != TOO_FEW)


def busy(unit: UnitLine) -> bool:
    return any((unit.sent, unit.due, unit.asked))


def _annexes(units: Sequence[UnitLine]) -> tuple[Section, ...]:
    """What a reader looks up: units of which too little is known to grade them, and how each stood before."""
    small = [unit for unit in units if unit.tier == TOO_FEW and busy(unit)]
    idle = sum(not busy(unit) for unit in units)
    told = (f"另有 {idle} 个单位本月没有承办工单，不列。",) if idle else ()
    few = (Section("附表一、样本不足的单位", told, _units(small, TOO_FEW)),) if small else ()
    moved = [unit for unit in units if busy(unit)]
    heading = f"附表{'一二'[bool(few)]}、各单位与上期、去年同期比较"
    return (*few, *((Section(heading, (), (_unit_moves(moved),)),) if moved else ()))


def _units(units: Sequence[UnitLine], name: str = "") -> tuple[Table, ...]:
    if not units:
        return ()
    heads = columns(
        ("单位", 22),
        ("派出", 6),
        ("应办结", 7),
        ("按时", 6),
        ("超时", 6),
        ("未办结", 7),
        ("办结率", 9),
        ("按时办结率", 10),
        ("回访", 6),
        ("不满意", 7),
        ("满意率", 9),
        ("解决率", 9),
    )
    rows: list[tuple[str, ...]] = []
    for tier, own in groupby(sorted(units, key=_place), key=lambda unit: unit.tier):
        listed = list(own)
        rows.append((f"{tier} 档（{len(listed)} 个单位）" if len(tier) == 1 else f"{tier}（{len(listed)} 个单位）",))
        rows += [_unit(unit) for unit in listed]
    return (Table(heads, tuple(rows), name),)


def _place(unit: UnitLine) -> tuple[int, str, int, str]:
    """Within a grade by the number of tickets: grades, not ranks (66号文 七). A city may name its grades otherwise."""
    return TIERS.index(unit.tier) if unit.tier in TIERS else 0, unit.tier, -unit.due, unit.name


def _unit(u: UnitLine) -> tuple[str, ...]:
    numbers = (u.sent, u.due, u.on_time, u.late, u.open)
    return (
        u.name,
        *(str(number) for number in numbers),
        _text(u.finished),
        _text(u.finished_on_time),
        str(u.asked),
        str(u.dissatisfied),
        _text(u.satisfied),
        _text(u.solved),
    )


def _unit_moves(units: Sequence[UnitLine]) -> Table:
    """How each unit stood the month before and a year ago; those of which nothing is known then are not in it."""
    heads = columns(
        ("承办单位", 22),
        ("按时办结率", 10),
        ("上期", 8),
        ("去年同期", 8),
        ("解决率", 10),
        ("上期", 8),
        ("去年同期", 8),
        ("满意率", 10),
        ("上期", 8),
        ("去年同期", 8),
    )
    rows = tuple(
        (
            unit.name,
            *(
                text
                for name, cell in (
                    ("finish_on_time", unit.finished_on_time),
                    ("solved", unit.solved),
                    ("satisfied", unit.satisfied),
                )
                for text in (cell.text, *_then(unit.beside.get(name)))
            ),
        )
        for unit in units
        if unit.beside
    )
    return Table(heads, rows or (("各单位上期和去年同期没有可比的数据。",),))


def _then(beside: Beside | None) -> tuple[str, str]:
    known = (beside.previous, beside.last_year) if beside else (None, None)
    previous, last_year = (NOTHING if one is None else percent(one) for one in known)
    return previous, last_year


def _text(cell: Cell) -> str:
    return cell.text


def _campaigns(campaigns: Sequence[CampaignLine]) -> Table:
    heads = columns(("专题", 24), ("受理", 8), ("按时办结率", 20), ("解决率", 20), ("满意率", 20))
    rows = (
        (
            c.name,
            str(c.received),
            *(
                f"{shown(cell)} 上期 {before}，去年同期 {year}"
                for name, cell in (
                    ("finish_on_time", c.finished_on_time),
                    ("solved", c.solved),
                    ("satisfied", c.satisfied),
                )
                for before, year in (_then(c.beside.get(name)),)
            ),
        )
        for c in campaigns
    )
    return Table(heads, tuple(rows))


def _named(b: Bulletin) -> tuple[str, ...]:
    below = len({line[0] for line in lines_below(b.units)})
    return (f"低于底线的单位 {below} 个（样本不足的不列），见下表。",) if b.below else ()


def _below(b: Bulletin) -> tuple[Table, ...]:
    """点名: a line for each rate, for nobody finds a unit in a paragraph of forty."""
    if not b.below:
        return ()
    heads = columns(("低于底线的单位", 30), ("指标", 14), ("本月（分子/分母）", 22), ("底线", 10))
    rows = ((name, what, shown(cell), f"{least:.0%}") for name, what, cell, least in lines_below(b.units))
    return (Table(heads, tuple(rows)),)


def _unlisted(b: Bulletin) -> tuple[str, ...]:
    return (f"另有 {b.unlisted} 个单位应办结不足 {FEWEST} 件，不单列。",) if b.unlisted else ()


def _pressed(b: Bulletin) -> tuple[str, ...]:
    listed = "；".join(f"{week.week} 上会 {week.listed} 件" for week in b.weeks)
    return (
        f"本月制发督办函 {b.letters} 件，领导批示 {b.instructions} 件。",
        f"疑难工单周报：{listed}。" if listed else "本月没有定稿的疑难工单周报。",
    )
