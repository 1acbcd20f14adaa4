"""The monthly bulletin (月通报): what came in, what became of it, which unit did how well, in tables and sentences."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

import msgspec

from hotline.insight.calls.measures import CallKpi
from hotline.insight.measures import CHANNELS, FEWEST, NOWHERE, Beside, Cell, Group, Kpi, percent, shown
from hotline.insight.volumes import Volume
from hotline.reports.monthly.words import Known, Passage, openly

KINDS = {
    "consult": "咨询",
    "seek_help": "求助",
    "complaint": "投诉",
    "report": "举报",
    "suggestion": "建议",
    "praise": "表扬",
    "other": "其他",
}
SPANS = ("now", "before", "year")
MOST = 10
COMPARED = ("finish_on_time", "solved", "satisfied")
"""The rates of a unit and a campaign that stand beside the month before and the year before."""
LEAST_SATISFIED, LEAST_ON_TIME = 0.85, 0.92
"""底线 [M 大英]: below it a unit is named, if enough people were asked."""
SURGE, SURGE_LEAST = 0.3, 10


class Weekly(msgspec.Struct, frozen=True):
    """A frozen difficult list of the month."""

    week: str
    listed: int


class Line(msgspec.Struct, frozen=True):
    """One line of a table of volumes: number, share, 环比, 同比."""

    key: str | None
    name: str
    number: int
    share: str
    before: int
    year: int
    change: str
    change_year: str


class UnitLine(msgspec.Struct, frozen=True):
    """单位办理情况."""

    key: str | None
    name: str
    sent: int
    due: int
    on_time: int
    late: int
    """办结但超期."""
    open: int
    """到期未办结."""
    finished: Cell
    finished_on_time: Cell
    asked: int
    dissatisfied: int
    satisfied: Cell
    solved: Cell
    score: float | None
    tier: str
    beside: dict[str, Beside] = {}
    """上期 and 去年同期 of its rates."""


class CampaignLine(msgspec.Struct, frozen=True):
    """专题: what came in of it, and how it was handled."""

    key: str
    name: str
    received: int
    finished_on_time: Cell
    solved: Cell
    satisfied: Cell
    beside: dict[str, Beside] = {}


class Bulletin(msgspec.Struct, frozen=True):
    month: str
    title: str
    as_of: datetime
    revision: int | None
    """The frozen revision whose rates are shown; null: as they stand."""
    summary: tuple[str, ...]
    received: Line
    closed: int
    open: int
    """在办 at the end of the month; of one that still runs, now."""
    sources: tuple[Line, ...]
    kinds: tuple[Line, ...]
    categories: tuple[Line, ...]
    rising: tuple[Line, ...]
    districts: tuple[Line, ...]
    units: tuple[UnitLine, ...]
    below: tuple[str, ...]
    """Sentences on units below the line."""
    total: Group
    previous: Group | None
    last_year: Group | None
    letters: int
    instructions: int
    weeks: tuple[Weekly, ...]
    campaigns: tuple[CampaignLine, ...] = ()
    public: bool = False
    """公开版: see `published`."""
    calls: CallKpi | None = None
    """话务: null where no telephone is connected."""
    unlisted: int = 0
    """Units left out of a public bulletin because so few tickets of theirs would point at persons."""
    words: tuple[Passage, ...] = ()
    """What people wrote: 典型案例, 下月预判; a part without words is not among them."""


class Given(msgspec.Struct, frozen=True):
    """What the database says of the month."""

    volumes: tuple[Volume, ...]
    letters: int
    instructions: int
    weeks: tuple[Weekly, ...]


def change(number: int, before: int) -> str:
    if not before:
        return "—"
    return f"{(number - before) / before:+.1%}"


def lines(given: Sequence[Volume], by: str, names: Mapping[str, str]) -> tuple[Line, ...]:
    """The lines of one table, the largest first."""
    own = {(v.span, v.key): v.number for v in given if v.by == by}
    keys = {key for _, key in own}
    of = sum(number for (span, _), number in own.items() if span == "now")
    found = [_line(key, _name(by, key, names), own, of) for key in keys]
    return tuple(sorted(found, key=lambda line: (-line.number, -line.before, line.name)))


def _name(by: str, key: str | None, names: Mapping[str, str]) -> str:
    return names.get(key, key) if key else NOWHERE.get(by, "未知")


def _line(key: str | None, name: str, own: Mapping[tuple[str, str | None], int], of: int) -> Line:
    number, before, year = (own.get((span, key), 0) for span in SPANS)
    share = percent(number / of) if of else "—"
    return Line(key, name, number, share, before, year, change(number, before), change(number, year))


def unit_line(group: Group) -> UnitLine:
    rates = group.rates
    on_time, finished, satisfied = rates["finish_on_time"], rates["finished"], rates["satisfied"]
    return UnitLine(
        key=group.key,
        name=group.name,
        sent=rates["return_rate"].denominator,
        due=finished.denominator,
        on_time=on_time.numerator,
        late=max(0, finished.numerator - on_time.numerator),
        open=finished.denominator - finished.numerator,
        finished=finished,
        finished_on_time=on_time,
        asked=satisfied.denominator,
        dissatisfied=satisfied.denominator - satisfied.numerator,
        satisfied=satisfied,
        solved=rates["solved"],
        score=group.score,
        tier=group.tier,
        beside=_besides(group),
    )


def campaign_line(group: Group) -> CampaignLine:
    rates = group.rates
    came = rates["direct_answer"]
    return CampaignLine(
        key=group.key or "",
        name=group.name,
        received=came.denominator + came.excluded,
        finished_on_time=rates["finish_on_time"],
        solved=rates["solved"],
        satisfied=rates["satisfied"],
        beside=_besides(group),
    )


def _besides(group: Group) -> dict[str, Beside]:
    return {name: group.beside[name] for name in COMPARED if name in group.beside}


def lines_below(units: Iterable[UnitLine]) -> Iterator[tuple[str, str, Cell, float]]:
    """Unit, rate, what it is and what it should be; named only where enough was counted."""
    for unit in units:
        for cell, least, what in (
            (unit.satisfied, LEAST_SATISFIED, "满意率"),
            (unit.finished_on_time, LEAST_ON_TIME, "按时办结率"),
        ):
            if cell.value is not None and cell.denominator >= FEWEST and cell.value < least:
                yield unit.name, what, cell, least


def below(units: Iterable[UnitLine]) -> tuple[str, ...]:
    return tuple(f"{name}{what} {shown(cell)}，低于 {least:.0%}" for name, what, cell, least in lines_below(units))


def bulletin(
    month: date,
    as_of: datetime,
    kpi: Kpi,
    given: Given,
    *,
    districts: Mapping[str, str],
    categories: Mapping[str, str],
    revision: int | None = None,
    campaigns: Sequence[Group] = (),
    calls: CallKpi | None = None,
    words: Sequence[Passage] = (),
) -> Bulletin:
    v = given.volumes
    received = next(iter(lines(v, "all", {"all": "受理总量"})), _line("all", "受理总量", {}, 0))
    units = tuple(unit_line(group) for group in kpi.groups if group.key is not None)
    kinds, topics = lines(v, "kind", KINDS), lines(v, "category", categories)
    made = Bulletin(
        month=f"{month:%Y-%m}",
        title=f"12345政务服务便民热线 {month.year}年{month.month}月 运行情况通报",
        as_of=as_of,
        revision=revision,
        summary=(),
        received=received,
        closed=_number(v, "closed"),
        open=_number(v, "open"),
        sources=lines(v, "channel", CHANNELS),
        kinds=kinds,
        categories=topics[:MOST],
        rising=rising(topics),
        districts=lines(v, "district", districts),
        units=units,
        below=below(units),
        total=kpi.total,
        previous=kpi.previous,
        last_year=kpi.last_year,
        letters=given.letters,
        instructions=given.instructions,
        weeks=given.weeks,
        campaigns=tuple(campaign_line(group) for group in campaigns),
        calls=calls,
        words=tuple(one for one in words if one.paragraphs),
    )
    return msgspec.structs.replace(made, summary=summary(made))


def published(b: Bulletin, known: Iterable[Known] = ()) -> Bulletin:
    """公开版: how many and how well. Without units so small that a rate points at a person, without naming those below the
    line, without what passes between the centre and its leaders, and in the written parts without persons."""
    told = tuple(known)
    shown_units = tuple(unit for unit in b.units if unit.due >= FEWEST)
    made = msgspec.structs.replace(
        b,
        title=f"{b.title}（公开版）",
        units=shown_units,
        unlisted=len(b.units) - len(shown_units),
        below=(),
        letters=0,
        instructions=0,
        weeks=(),
        words=tuple(made for one in b.words if (made := openly(one, told)).paragraphs),
        public=True,
    )
    return msgspec.structs.replace(made, summary=summary(made))


def _number(given: Iterable[Volume], by: str) -> int:
    return sum(v.number for v in given if v.by == by and v.span == "now")


def rising(topics: Iterable[Line]) -> tuple[Line, ...]:
    """热点: what grew by a third or more, and is not a handful."""
    grown = [t for t in topics if t.key and t.number >= SURGE_LEAST and t.number > t.before * (1 + SURGE)]
    return tuple(sorted(grown, key=lambda t: (-(t.number - t.before), t.name))[:5])


def summary(b: Bulletin) -> tuple[str, ...]:
    """总体情况, as a secretary would write it; what cannot be compared is not compared."""
    r = b.received
    came = f"本月共受理群众诉求 {r.number} 件"
    compared = [f"环比 {r.change}" if r.before else "", f"同比 {r.change_year}" if r.year else ""]
    grown = "，".join(part for part in compared if part)
    over = "月末" if f"{b.as_of:%Y-%m}" > b.month else ""
    first = f"{came}{f'（{grown}）' if grown else ''}，办结 {b.closed} 件，{over}在办 {b.open} 件。"
    by_kind = "、".join(f"{k.name} {k.number} 件（{k.share}）" for k in b.kinds[:4] if k.number)
    topics = "、".join(f"{c.name} {c.number} 件" for c in b.categories[:3] if c.number)
    rates = b.total.rates
    named = (
        ("响应率", "contact_on_time"),
        ("按时办结率", "finish_on_time"),
        ("解决率", "solved"),
        ("满意率", "satisfied"),
    )
    told = "，".join(f"{title} {shown(rates[name])}" for title, name in named if rates[name].denominator)
    rest = [
        f"按诉求类型：{by_kind}。" if by_kind else "",
        f"诉求集中在{topics}。" if topics else "",
        f"全市{told}。" if told else "",
        f"制发督办函 {b.letters} 件，领导批示 {b.instructions} 件。" if b.letters + b.instructions else "",
    ]
    return tuple(part for part in (first, *rest) if part)
