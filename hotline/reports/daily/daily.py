"""日报: what came in, what presses, what stands out, what was done. For the leader on duty, in two pages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from statistics import fmean, pstdev

import msgspec

from hotline.infra.clock import BEIJING
from hotline.insight.calls.measures import CallKpi
from hotline.insight.measures import CHANNELS, NOWHERE, percent
from hotline.insight.volumes import Volume
from hotline.reports.monthly.bulletin import KINDS
from hotline.reports.papers import Chart, Paper, Section, Table, call_tables, call_words, columns
from hotline.supervision.masking import masked
from hotline.tickets.lifecycle import STATE_NAMES
from hotline.tickets.states import State, Urgency

WEEKS = 4
"""Same weekdays that a day is compared with (docs/rules.md E.6)."""
BEFORE = tuple(f"week{n}" for n in range(1, WEEKS + 1))
SPIKE_LEAST, SIGMAS = 10, 3
MOST_PRESSING, MOST_SPOTS, MOST_LATE, MOST_TOPICS = 40, 10, 10, 10
URGENCIES = {Urgency.CRITICAL: "特急", Urgency.URGENT: "紧急"}


class Spot(msgspec.Struct, frozen=True):
    """How many came of one category from one district in one span."""

    span: str
    category: str
    district: str
    number: int


class Pressing(msgspec.Struct, frozen=True):
    ticket_id: int
    at: datetime
    urgency: Urgency
    category: str | None
    region: str | None
    state: State
    unit_id: int | None
    title: str | None
    """None where not even the title may be read."""
    all: int
    """How many there are; only the first are listed."""


class Late(msgspec.Struct, frozen=True):
    """Shares of a unit whose deadline has passed unanswered; `fresh`: since the day began."""

    unit_id: int
    fresh: int
    number: int


class Day(msgspec.Struct, frozen=True):
    """What the database says of a day."""

    day: date
    as_of: datetime
    whole: bool
    """False while the day still runs."""
    volumes: tuple[Volume, ...]
    spots: tuple[Spot, ...]
    done: Mapping[str, int]
    pressing: tuple[Pressing, ...]
    late: tuple[Late, ...]
    calls: CallKpi | None = None


class Names(msgspec.Struct, frozen=True):
    units: Mapping[int, str]
    regions: Mapping[str, str]
    categories: Mapping[str, str]


class Spike(msgspec.Struct, frozen=True):
    category: str
    district: str
    number: int
    mean: float


def spikes(spots: Iterable[Spot]) -> list[Spike]:
    """More than the four-week mean by three deviations, and not a handful; the largest rise first."""
    counted: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for spot in spots:
        counted[spot.category, spot.district][spot.span] = spot.number
    found = []
    for (category, district), by_span in counted.items():
        number = by_span.get("now", 0)
        past = [by_span.get(span, 0) for span in BEFORE]
        if number >= SPIKE_LEAST and number > fmean(past) + SIGMAS * pstdev(past):
            found.append(Spike(category, district, number, fmean(past)))
    return sorted(found, key=lambda s: (s.mean - s.number, s.category, s.district))[:MOST_SPOTS]


def paper(d: Day, names: Names, *, public: bool = False) -> Paper:
    """`public`: without single tickets, and without the units that are late."""
    named = f"12345政务服务便民热线 日报（{d.day.year}年{d.day.month}月{d.day.day}日）"
    title = f"{named}{'（公开版）' if public else ''}"
    listed: tuple[tuple[Table, ...], ...] = ((), ()) if public else (_pressing(d, names), _late(d, names))
    told = call_tables(d.calls, "当日" if d.whole else "今日至此", "前一日", "去年同日")
    until = "全天" if d.whole else f"截至 {d.as_of.astimezone(BEIJING):%H:%M}"
    return Paper(
        title=title,
        subtitle=f"第 {d.day.timetuple().tm_yday} 期　{until}",
        header=title,
        made_at=d.as_of,
        across=False,
        sections=(
            Section(
                "一、受理和话务情况" if told else "一、受理情况",
                (*_came(d), *call_words(d.calls)),
                (
                    _volumes(d, "channel", CHANNELS),
                    _volumes(d, "kind", KINDS),
                    *told,
                ),
            ),
            Section("二、紧急和突发事项", _pressing_words(d, public), listed[0]),
            Section("三、热点和异常上升", _spike_words(d, names, public), (), _topics(d, names)),
            Section("四、办理和回访", _done(d)),
            Section("五、超期未办结", _late_words(d, public), listed[1]),
        ),
    )


def _count(d: Day, span: str, by: str = "all", key: str | None = "all") -> int:
    return sum(v.number for v in d.volumes if (v.span, v.by, v.key) == (span, by, key))


def _mean(d: Day, by: str = "all", key: str | None = "all") -> float:
    return fmean(_count(d, span, by, key) for span in BEFORE)


def _came(d: Day) -> tuple[str, ...]:
    number, yesterday, mean = _count(d, "now"), _count(d, "before"), _mean(d)
    first = f"{'当日' if d.whole else '今日至此'}共受理群众诉求 {number} 件"
    if not d.whole:
        return (f"{first}；昨日全天 {yesterday} 件，前四周同日平均 {round(mean, 1):g} 件。",)
    grown = f"，比前四周同日平均（{round(mean, 1):g} 件）{_change(number, mean)}" if mean else ""
    return (f"{first}，前一日 {yesterday} 件{grown}。",)


def _change(number: float, before: float) -> str:
    share = (number - before) / before
    return "持平" if abs(share) < 0.005 else f"{'上升' if share > 0 else '下降'} {abs(share):.1%}"


def _volumes(d: Day, by: str, called: Mapping[str, str]) -> Table:
    what = {"channel": "渠道", "kind": "类型"}[by]
    keys = {v.key for v in d.volumes if v.by == by and v.span in ("now", "before")}
    of = _count(d, "now")
    lines = sorted(
        ((-_count(d, "now", by, key), called.get(key or "", key or NOWHERE.get(by, "未知")), key) for key in keys),
        key=lambda line: line[:2],
    )
    rows = tuple(
        (
            name,
            str(-number),
            percent(-number / of) if of else "—",
            str(_count(d, "before", by, key)),
            f"{_mean(d, by, key):.1f}",
        )
        for number, name, key in lines
    )
    heads = columns((what, 20), ("件数", 8), ("占比", 8), ("前一日", 8), ("四周同日平均", 12))
    return Table(heads, rows or ((f"当日没有按{what}统计的诉求。",),))


def _pressing_words(d: Day, public: bool) -> tuple[str, ...]:
    if not d.pressing:
        return ("当日没有紧急、特急诉求。",)
    every = d.pressing[0].all
    rest = f"，下面列出前 {len(d.pressing)} 件" if every > len(d.pressing) and not public else ""
    return (f"当日紧急、特急诉求 {every} 件{rest}。",)


def _pressing(d: Day, names: Names) -> tuple[Table, ...]:
    rows = tuple(
        (
            f"{one.at.astimezone(BEIJING):%H:%M}",
            str(one.ticket_id),
            URGENCIES.get(one.urgency, ""),
            names.regions.get(one.region or "", "—"),
            masked(one.title) if one.title is not None else "保密工单",
            names.units.get(one.unit_id, "—") if one.unit_id is not None else "待派单",
            STATE_NAMES[one.state],
        )
        for one in d.pressing
    )
    heads = columns(("时间", 7), ("工单编号", 17), ("程度", 6), ("区域", 12), ("事项", 34), ("承办", 18), ("状态", 9))
    told = tuple(msgspec.structs.replace(head, centred=head.title not in ("时间", "事项")) for head in heads)
    return (Table(told, rows),) if rows else ()


def _spike_words(d: Day, names: Names, public: bool) -> tuple[str, ...]:
    found = spikes(d.spots)
    if not found:
        return ("没有类别在某个区县异常上升。",)
    told = "；".join(
        f"{names.regions.get(s.district, s.district)}“{names.categories.get(s.category, s.category)}”{s.number} 件"
        f"（四周同日平均 {s.mean:.1f} 件）"
        for s in found
    )
    return (f"异常上升：{told}。{'' if public else '请研判是否需要预警或提示有关单位。'}",)


def _topics(d: Day, names: Names) -> tuple[Chart, ...]:
    counted = sorted(
        ((v.number, v.key) for v in d.volumes if v.span == "now" and v.by == "category" and v.key), reverse=True
    )[:MOST_TOPICS]
    if not counted:
        return ()
    labels = tuple(names.categories.get(key, key) for _, key in counted if key)
    now = tuple(number for number, _ in counted)
    mean = tuple(round(_mean(d, "category", key)) for _, key in counted)
    return (Chart("诉求集中的类别", labels, (("当日", now), ("四周同日平均", mean)), across=True),)


def _done(d: Day) -> tuple[str, ...]:
    of = d.done.get
    asked = sum(of(f"callback.{outcome}", 0) for outcome in ("satisfied", "dissatisfied"))
    satisfied = of("callback.satisfied", 0)
    rate = f"，满意率 {percent(satisfied / asked)}（{satisfied}/{asked}）" if asked else ""
    return (
        f"派单 {of('dispatch', 0)} 件，签收 {of('sign', 0)} 件，单位回复 {of('reply', 0)} 件，办结 {of('closed', 0)} 件；"
        f"退单申请 {of('return', 0)} 件，催办 {of('urge', 0)} 次，督办 {of('supervise', 0)} 件。",
        f"回访有效 {asked} 件{rate}，未接通 {of('callback.unreached', 0)} 件，退回重办 {of('rework', 0)} 件。",
    )


def _late_words(d: Day, public: bool) -> tuple[str, ...]:
    if not d.late:
        return ("没有超期未办结的工单。",)
    number, fresh = sum(one.number for one in d.late), sum(one.fresh for one in d.late)
    rest = f"，下表列出最多的 {MOST_LATE} 个单位" if len(d.late) > MOST_LATE and not public else ""
    return (f"超期未办结 {number} 件，其中当日新增 {fresh} 件，涉及 {len(d.late)} 个单位{rest}。",)


def _late(d: Day, names: Names) -> tuple[Table, ...]:
    listed: Sequence[Late] = d.late[:MOST_LATE]
    rows = tuple((names.units.get(one.unit_id, str(one.unit_id)), str(one.number), str(one.fresh)) for one in listed)
    return (Table(columns(("单位", 40), ("超期未办结", 14), ("当日新增", 12)), rows),) if rows else ()
