"""What is counted of calls, how each measure is called, and how a table of them is put together. How one counts is told by
the file of its name in `sql/`; what has no source here (质检, 知识库) is not named."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from hotline.dispatch.accuracy import NOTHING
from hotline.insight.measures import Beside, Cell, Measure, beside, percent
from hotline.intake.channels.phone.figures.measures import SECONDS, SHORT

AGENTS, QUEUES = "agent", "queue"
SECOND, MINUTE = 1000, 60_000


class CallMeasure(Measure, frozen=True):
    per: int = 1
    """How many of what the database counts (milliseconds) make one of what is shown."""
    without: str = ""
    """The group that cannot be told apart in it: who gave up has no agent, who signed in has no queue."""
    left_out: str = ""
    """Why a call is left out of it."""


AT_ONCE = f"等待不满 {SHORT} 秒即挂机"
NO_TIME = "没有时长记录"
CALL_MEASURES = (
    CallMeasure("answer_rate", "人工接通率", f"接通 / 进入人工队列({AT_ONCE}的不计)", without=AGENTS, left_out=AT_ONCE),
    CallMeasure(
        "service_level",
        f"{SECONDS} 秒接通率",
        f"等待不超过 {SECONDS} 秒即接通 / 进入人工队列",
        without=AGENTS,
        left_out=AT_ONCE,
    ),
    CallMeasure("abandon_rate", "呼损率", "排队中挂机 / 进入人工队列", "low", without=AGENTS, left_out=AT_ONCE),
    CallMeasure("missed_returned", "漏接回拨率", "24 小时内回拨到或再次来电接通 / 漏接", without=AGENTS),
    CallMeasure("answer_wait", "平均等待", "接通的等待时间之和 / 接通", "low", "mean", "秒", SECOND, left_out=NO_TIME),
    CallMeasure("call_satisfied", "话务满意率", "按键评 3 至 5 分 / 有效按键评价", left_out="按键不是 1 至 5"),
    CallMeasure(
        "talk_time",
        "平均通话时长",
        "通话(含保持)时间之和 / 接通的呼入",
        "neither",
        "mean",
        "秒",
        SECOND,
        left_out=NO_TIME,
    ),
    CallMeasure(
        "talk_time_out",
        "呼出平均通话时长",
        "通话时间之和 / 接通的呼出",
        "neither",
        "mean",
        "秒",
        SECOND,
        left_out=NO_TIME,
    ),
    CallMeasure("wrap_time", "平均整理时长", "话后整理时间之和 / 接通的呼入", "low", "mean", "秒", SECOND, QUEUES),
    CallMeasure(
        "handle_time",
        "平均处理时长",
        "通话、保持和话后整理时间之和 / 接通的呼入",
        "neither",
        "mean",
        "秒",
        SECOND,
        QUEUES,
    ),
    CallMeasure("occupancy", "工时利用率", "通话、振铃、整理和示闲时间 / 签入时间(分钟)", per=MINUTE, without=QUEUES),
    CallMeasure("busy_rate", "示忙率", "示忙时间 / 签入时间(分钟)", "neither", per=MINUTE, without=QUEUES),
    CallMeasure("answered_each", "人均接听", "接通 / 每人每天计一次的签入人次", "neither", "mean", "通", 1, QUEUES),
)
CALL_BY_NAME = {one.name: one for one in CALL_MEASURES}
STATES = {
    **{"ready": "示闲", "ringing": "振铃", "talking": "通话", "wrap_up": "话后整理", "not_ready": "示忙"},
    "signed_in": "签入",
}
CALL_GROUPS = {"queue": "队列", "agent": "座席", "day": "日期", "month": "月份"}


OF_STATES = frozenset({"occupancy", "busy_rate"})
"""Read from what telephones said of themselves, which is removed after its time; of all others the calls stay."""


class CallCount(msgspec.Struct, frozen=True):
    """What was counted of one measure under one key; the line of all together has none."""

    measure: str
    key: str | None
    numerator: int
    denominator: int
    excluded: int


class CallGroup(msgspec.Struct, frozen=True):
    key: str | None
    name: str
    rates: dict[str, Cell]
    beside: dict[str, Beside] = {}
    """环比 and 同比 of this line."""


class CallKpi(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """话务指标 of a span; `previous` and `last_year` are the whole of the spans it is compared with."""

    first: date
    last: date
    group: str
    group_name: str
    measures: tuple[CallMeasure, ...]
    total: CallGroup
    groups: tuple[CallGroup, ...]
    previous: CallGroup
    last_year: CallGroup


def call_cell(counted: CallCount | None, measure: CallMeasure) -> Cell:
    if counted is None:
        return Cell(0, 0, 0, None, NOTHING)
    top, under = counted.numerator, counted.denominator
    if not under:
        return Cell(0, 0, counted.excluded, None, NOTHING)
    if measure.shown == "mean":
        value = top / measure.per / under
        return Cell(round(top / measure.per), under, counted.excluded, round(value, 4), f"{value:.1f}")
    value = top / under
    # Time is counted in milliseconds and shown in minutes, with which the rate may not be computed again to the last figure.
    shown = round(top / measure.per), max(1, round(under / measure.per))
    return Cell(*shown, counted.excluded, round(value, 4), percent(value))


Counts = Sequence[CallCount]


def together(counted: Iterable[CallCount], *, summed: bool = False) -> list[CallCount]:
    """One count a measure and key; `summed`: the whole is the sum of the keys, for it was not counted beside them."""
    found: dict[tuple[str, str | None], tuple[int, int, int]] = {}
    for one in counted:
        for key in {one.key, None} if summed else {one.key}:
            top, under, out = found.get((one.measure, key), (0, 0, 0))
            found[one.measure, key] = top + one.numerator, under + one.denominator, out + one.excluded
    return [CallCount(measure, key, *parts) for (measure, key), parts in found.items()]


def call_group(key: str | None, name: str, counted: Iterable[CallCount], group: str = "") -> CallGroup:
    known = {one.measure: one for one in counted}
    rates = {
        one.name: call_cell(None if key is not None and one.without == group else known.get(one.name), one)
        for one in CALL_MEASURES
    }
    return CallGroup(key, name, rates)


def by_key(counted: Iterable[CallCount]) -> dict[str | None, list[CallCount]]:
    found: dict[str | None, list[CallCount]] = {}
    for one in counted:
        found.setdefault(one.key, []).append(one)
    return found


def call_table(
    first: date, last: date, group: str, now: Counts, before: Counts, year: Counts, names: Mapping[str, str]
) -> CallKpi:
    """Days and months in their order, queues and agents with most to do first."""
    own, earlier, ago = by_key(now), by_key(before), by_key(year)

    def line(key: str | None, name: str, of: Mapping[str | None, list[CallCount]]) -> CallGroup:
        return call_group(key, name, of.get(key, ()), group)

    def compared(key: str | None, name: str) -> CallGroup:
        made = line(key, name, own)
        moved = beside(made.rates, line(key, name, earlier).rates, line(key, name, ago).rates)
        return msgspec.structs.replace(made, beside=moved)

    rows = [compared(key, names.get(key, key)) for key in own if key is not None]
    ordered = sorted(rows, key=lambda row: row.key or "" if group in ("day", "month") else most(row))
    return CallKpi(
        first,
        last,
        group,
        CALL_GROUPS[group],
        CALL_MEASURES,
        compared(None, "全部"),
        tuple(ordered),
        line(None, "环比", earlier),
        line(None, "同比", ago),
    )


def most(row: CallGroup) -> str:
    done = max(row.rates[name].denominator for name in ("answer_rate", "talk_time", "occupancy"))
    return f"{10**12 - done:013} {row.name}"
