"""热线专报 (docs/rules.md E.5): 现状、分布、办理效果、典型诉求、原因、建议、附件, on four or five pages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec

from hotline.infra.clock import BEIJING
from hotline.insight.measures import Cell, Counted, cell, percent
from hotline.reports.daily.daily import Names
from hotline.reports.monthly.bulletin import KINDS, change
from hotline.reports.papers import Chart, Paper, Section, Table, columns
from hotline.supervision.masking import masked
from hotline.tickets.lifecycle import STATE_NAMES
from hotline.tickets.states import OPEN, State

MOST_CASES, MOST_PLACES, MOST_UNITS, MOST_LISTED = 5, 8, 8, 100
WEEKS = 17
"""A span of at most so many weeks is drawn week by week, a longer one month by month."""
EXCERPT = 160


class Brief(msgspec.Struct, frozen=True):
    """What is asked for and what a person writes."""

    title: str
    categories: tuple[str, ...]
    words: str
    district: str | None
    begins: date
    ends: date
    causes: str
    advice: str
    cases: tuple[int, ...]


class Slice(msgspec.Struct, frozen=True):
    """How many of the topic came in one span, by one thing."""

    span: str
    """now, before (as many days before), year (a year ago)"""
    by: str
    """all, day, kind, district, street, category, unit, state"""
    key: str | None
    number: int


class Effect(msgspec.Struct, frozen=True):
    """What became of the topic's tickets: of `of` that are judged, `good`."""

    what: str
    """on_time, solved, satisfied, rework"""
    good: int
    of: int


class Case(msgspec.Struct, frozen=True):
    ticket_id: int
    at: datetime
    region: str | None
    title: str | None
    content: str | None
    """None where it may not be read."""
    unit_id: int | None
    state: State
    reply: str | None


class Listed(msgspec.Struct, frozen=True):
    ticket_id: int
    at: datetime
    region: str | None
    category: str | None
    unit_id: int | None
    state: State


class Found(msgspec.Struct, frozen=True):
    """What the database says of the topic."""

    slices: tuple[Slice, ...]
    every: int
    """All that came in the span, of whatever topic."""
    effects: tuple[Effect, ...]
    cases: tuple[Case, ...]
    listed: tuple[Listed, ...]


class Issue(msgspec.Struct, frozen=True):
    """Which one of the year, once it is issued."""

    year: int
    number: int


def paper(
    b: Brief, found: Found, names: Names, as_of: datetime, *, issue: Issue | None = None, public: bool = False
) -> Paper:
    """`public`: without numbers of tickets, single cases and the list of them."""
    kind = "12345热线专报"
    which = f"〔{issue.year}〕第 {issue.number} 期" if issue else "（草稿，未签发）"
    sections = [
        Section("一、现状", _now(b, found, names), (_kinds(found),), _trend(b, found)),
        Section("二、分布", () if found.slices else ("这段时间没有相关诉求，分布从略。",), (), _places(found, names)),
        Section("三、办理效果", _effects(found)),
    ]
    if not public:
        sections.append(Section("四、典型诉求", (*_cases(found, names), *_beside(b, found))))
    sections += [
        Section(f"{'五四'[public]}、原因分析", _written(b.causes)),
        Section(f"{'六五'[public]}、工作建议", _written(b.advice)),
    ]
    if not public and found.listed:
        sections.append(Section("附件：有关工单", (), (_listed(found, names),)))
    return Paper(
        title=f"{b.title}{'（公开版）' if public else ''}",
        subtitle=f"{kind}{which}　统计时段 {b.begins} 至 {b.ends}　数据截至 {as_of.astimezone(BEIJING):%Y-%m-%d %H:%M}",
        header=f"{kind}{which}　{b.title}",
        made_at=as_of,
        across=False,
        sections=tuple(sections),
    )


def _sum(found: Found, span: str) -> int:
    return sum(s.number for s in found.slices if s.by == "all" and s.span == span)


def _top(found: Found, by: str, most: int) -> list[tuple[str | None, int]]:
    counted = ((s.key, s.number) for s in found.slices if s.by == by and s.span == "now")
    return sorted(counted, key=lambda pair: (-pair[1], pair[0] or "~"))[:most]


def _now(b: Brief, found: Found, names: Names) -> tuple[str, ...]:
    number, before, year = (_sum(found, span) for span in ("now", "before", "year"))
    scope = "、".join(f"“{names.categories.get(code, code)}”" for code in b.categories)
    about = [
        f"类别 {scope}" if scope else "",
        f"含“{b.words}”" if b.words else "",
        f"区域 {names.regions.get(b.district, b.district)}" if b.district else "",
    ]
    grown = [f"环比 {change(number, before)}（上期 {before} 件）" if before else ""]
    grown.append(f"同比 {change(number, year)}（去年同期 {year} 件）" if year else "")
    compared = "，".join(part for part in grown if part)
    share = f"，占同期受理总量的 {percent(number / found.every)}（{number}/{found.every}）" if found.every else ""
    days = (b.ends - b.begins).days + 1
    return (
        f"{b.begins} 至 {b.ends}（{days} 天），热线共受理相关诉求 {number} 件{f'，{compared}' if compared else ''}{share}，"
        f"日均 {number / days:.1f} 件。统计范围：{'，'.join(part for part in about if part)}。",
    )


def _kinds(found: Found) -> Table:
    of = _sum(found, "now")
    rows = tuple(
        (KINDS.get(key or "", "其他"), str(number), percent(number / of)) for key, number in _top(found, "kind", 10)
    )
    return Table(columns(("类型", 20), ("件数", 10), ("占比", 10)), rows or (("这段时间没有相关诉求。",),))


def _trend(b: Brief, found: Found) -> tuple[Chart, ...]:
    """Week by week or month by month, the last piece as long as the span leaves it."""
    days = {date.fromisoformat(s.key): s.number for s in found.slices if s.by == "day" and s.span == "now" and s.key}
    if not days:
        return ()
    weekly = (b.ends - b.begins).days < 7 * WEEKS
    counted: dict[str, int] = {}
    for day in (b.begins + timedelta(days=n) for n in range((b.ends - b.begins).days + 1)):
        label = f"{b.begins + timedelta(days=(day - b.begins).days // 7 * 7):%m-%d}" if weekly else f"{day:%Y-%m}"
        counted[label] = counted.get(label, 0) + days.get(day, 0)
    title = "每周诉求量（横轴为每周起始日）" if weekly else "每月诉求量"
    return (Chart(title, tuple(counted), (("件数", tuple(counted.values())),)),)


def _places(found: Found, names: Names) -> tuple[Chart, ...]:
    def chart(title: str, by: str, most: int, called: Mapping[str, str], nobody: str) -> Chart | None:
        top = _top(found, by, most)
        before = {s.key: s.number for s in found.slices if s.by == by and s.span == "before"}
        if not top:
            return None
        labels = tuple(called.get(key, key) if key else nobody for key, _ in top)
        series = [("本期", tuple(number for _, number in top))]
        if before:
            series.append(("上期", tuple(before.get(key, 0) for key, _ in top)))
        return Chart(title, labels, tuple(series), across=True)

    units = {str(number): name for number, name in names.units.items()}
    charts = (
        chart("区县", "district", MOST_PLACES, names.regions, "未定区划"),
        chart("街镇", "street", MOST_PLACES, names.regions, "未定街镇"),
        chart("类别", "category", MOST_PLACES, names.categories, "未分类"),
        chart("承办单位", "unit", MOST_UNITS, units, "未派单"),
    )
    return tuple(one for one in charts if one is not None)


TOLD = {"on_time": "按时办结率", "solved": "解决率", "satisfied": "满意率", "rework": "重办率"}


def rates(effects: Iterable[Effect]) -> dict[str, Cell]:
    return {one.what: cell(Counted(one.what, None, True, one.good, one.of, 0)) for one in effects}


def _effects(found: Found) -> tuple[str, ...]:
    cells = rates(found.effects)
    told = [
        f"{TOLD[what]} {cells[what].text}（{cells[what].numerator}/{cells[what].denominator}）"
        for what in TOLD
        if what in cells and cells[what].denominator
    ]
    states = {s.key: s.number for s in found.slices if s.by == "state" and s.span == "now"}
    closed = states.get("closed", 0) + states.get("archived", 0)
    open_ = sum(number for state, number in states.items() if state in OPEN)
    rest = _sum(found, "now") - closed - open_
    first = f"已办结 {closed} 件，在办 {open_} 件{f'，另有 {rest} 件已撤诉或并单' if rest else ''}。"
    return (first, f"{'，'.join(told)}。" if told else "尚无可以计算的办理效果指标。")


def _cases(found: Found, names: Names) -> tuple[str, ...]:
    def told(number: int, one: Case) -> str:
        where = names.regions.get(one.region or "", "")
        unit = names.units.get(one.unit_id, "") if one.unit_id is not None else ""
        said = _short(masked(one.content)) if one.content is not None else "保密工单，内容从略。"
        reply = f"答复：{_short(masked(one.reply))}" if one.reply else f"目前{STATE_NAMES[one.state]}。"
        who = (
            f"（{one.at.astimezone(BEIJING):%m月%d日}{f'，{where}' if where else ''}{f'，{unit}承办' if unit else ''}）"
        )
        return f"{number}. {one.ticket_id}{who}{said}{reply}"

    return tuple(told(number, one) for number, one in enumerate(found.cases, 1)) or ("没有选取典型诉求。",)


def _beside(b: Brief, found: Found) -> tuple[str, ...]:
    """Picked by hand, yet not of the topic: whoever picked it should know why it is not told."""
    shown = {one.ticket_id for one in found.cases}
    out = "、".join(str(one) for one in b.cases if one not in shown)
    return (f"所选工单 {out} 不在本专报的主题或时段内，未列入。",) if out else ()


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= EXCERPT else f"{flat[: EXCERPT - 1]}…"


def _written(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.splitlines() if part.strip()) or ("（待补充）",)


def _listed(found: Found, names: Names) -> Table:
    every = _sum(found, "now")
    rows: list[tuple[str, ...]] = [
        (
            str(one.ticket_id),
            f"{one.at.astimezone(BEIJING):%m-%d}",
            names.regions.get(one.region or "", "—"),
            names.categories.get((one.category or "")[:4], "—"),
            names.units.get(one.unit_id, "—") if one.unit_id is not None else "—",
            STATE_NAMES[one.state],
        )
        for one in found.listed
    ]
    if every > len(rows):
        rows.insert(0, (f"共 {every} 件，下面是最近的 {len(rows)} 件。",))
    heads = columns(("工单编号", 18), ("受理", 8), ("区域", 16), ("类别", 18), ("承办单位", 24), ("状态", 10))
    return Table(heads, tuple(rows))


def spans(b: Brief) -> Sequence[tuple[str, date, date]]:
    """now, as many days before, and the same days a year ago; each with the day after its last."""
    days = b.ends - b.begins + timedelta(days=1)
    ago = timedelta(days=364)  # the same weekdays
    return (
        ("now", b.begins, b.begins + days),
        ("before", b.begins - days, b.begins),
        ("year", b.begins - ago, b.begins - ago + days),
    )
