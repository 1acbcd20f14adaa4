"""The measures of docs/rules.md E.3: what each is called, what it counts, and how a table of them is put together.

How a measure counts is told by the file of its name in `sql/`. Nothing in here reads a table or a clock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from hotline.directory.units import Directory
from hotline.dispatch.accuracy import NOTHING
from hotline.insight.scoring import SHIPPED, SHIPPED_RULES, Point, Rules, Scoring, letter, points, ranks, total, weighed

Better = Literal["high", "low", "neither"]
Shown = Literal["share", "balance", "mean"]
"""A share of what was counted; one that may be less than nothing (净满意); a mean, which is no share."""


class Measure(msgspec.Struct, frozen=True):
    name: str
    title: str
    counts: str
    """What is divided by what, as a leader may read it."""
    better: Better = "high"
    shown: Shown = "share"
    of: str = ""
    """What a mean is counted in."""


MEASURES = (
    Measure("sign_on_time", "及时签收率", "期限内签收 / 应签收(主办)"),
    Measure("contact_on_time", "响应率", "期限内联系到诉求人 / 应联系(主办)"),
    Measure("finish_on_time", "按时办结率", "在当时有效的期限内回复且审核通过 / 应办结(主办),期限前挂账算按时"),
    Measure("finished", "办结率", "已回复 / 应办结(主办)"),
    Measure("finish_days", "平均办理时长", "派出到办结的工作日之和 / 已办结(主办)", "low", "mean", "个工作日"),
    Measure("assist_on_time", "协办按时反馈率", "期限内反馈 / 应反馈(协办)"),
    Measure("extension_rate", "延期率", "批准过延期 / 应办结(主办)", "low"),
    Measure("solved", "解决率", "已解决 / 有效回访,部分解决按考核办法折算(默认不计);挂账算未解决"),
    Measure("partly_solved", "部分解决率", "部分解决 / 有效回访", "neither"),
    Measure("satisfied", "满意率", "非常满意、满意、基本满意 / 有效回访"),
    Measure("net_satisfied", "净满意率", "(非常满意、满意 − 不满意、非常不满意) / 有效回访", "high", "balance"),
    Measure("mean_rating", "满意度平均分", "五档评价按 5 至 1 分之和 / 有效回访", "high", "mean", "分"),
    Measure("second_satisfied", "二次满意率", "重办后满意 / 重办后的有效回访"),
    Measure("result_alone", "只对结果不满率", "只对结果不满、程序到位 / 有效回访", "neither"),
    Measure("rework", "重办率", "退回重办的工单 / 有效回访的工单", "low"),
    Measure("callback_done", "回访率", "回访完成 / 到期应回访"),
    Measure("callback_reached", "有效回访率", "接通且两问都答 / 完成的回访"),
    Measure("reply_refused", "审核驳回率", "审核驳回 / 已审核的回复", "low"),
    Measure("return_rate", "退单率", "申请退单 / 派出", "low"),
    Measure("return_upheld", "退单成立率", "同意退单 / 已审的退单申请", "neither"),
    Measure("return_refused", "不当退单率", "驳回退单 / 已审的退单申请", "low"),
    Measure("dispatch_accuracy", "派单准确率", "没有派错 / 派出"),
    Measure("auto_dispatch", "自动派单率", "首次派单由系统完成 / 派出的工单", "neither"),
    Measure("passed_on", "平均流转次数", "派给主办单位的次数之和(不含重办) / 派出的工单", "low", "mean", "次"),
    Measure("direct_answer", "直接解答率", "热线当场办结,未派单 / 有效受理"),
    Measure("direct_satisfied", "直接答复满意率", "非常满意、满意、基本满意 / 对直接答复作出的评价(另计,不入满意率)"),
    Measure("repeat", "重复诉求率", "30 天内同一人同一类再次诉求 / 有效受理", "low"),
    Measure("first_call", "一次办结率", "7 天内没有就同一类再次诉求 / 有效受理"),
    Measure("letter_on_time", "督办函反馈及时率", "期限内反馈 / 到期的督办函"),
    Measure("instruction_done", "批示办结率", "中心确认办结 / 到期的批示任务"),
    Measure("difficult_settled", "疑难销号率", "办结 / 列入疑难清单的工单"),
)
BY_NAME = {measure.name: measure for measure in MEASURES}

LEFT_OUT = {
    "void": "作废",
    "draft": "草稿",
    "withdrawn": "撤诉",
    "merged": "并单,随主单计",
    "unreasonable": "不合理诉求",
    "exempt": "经审核不纳入考核",
    "terminated": "终止办理或法定途径",
    "returned": "退单成立,不计原单位",
    "recalled": "工单先行终结或裁定改派",
    "pending": "审核中,未定",
    "lapsed": "申请失效",
    "appealed": "申诉成立,不纳入考核",
    "unreached": "未接通",
    "declined": "拒绝评价",
    "not_asked": "不需回访",
    "unended": "随工单终结,未回访完",
    "unanswered": "两问未答全",
    "invalid": "无效或骚扰",
    "anonymous": "无号码,无从比较",
}
"""Why something stays out of numerator and denominator alike (docs/rules.md E.2)."""

GROUPS = {
    "unit": "承办单位",
    "district": "区县",
    "channel": "渠道",
    "category": "类别",
    "campaign": "专题",
    "month": "月份",
}
NOWHERE = {
    "unit": "未派单",
    "district": "未定区划",
    "channel": "未知",
    "category": "未分类",
    "campaign": "未知专题",
    "month": "",
}
CHANNELS = {
    "phone": "12345电话",
    "mayor_mailbox": "市长信箱",
    "web": "网站",
    "wechat": "微信",
    "app": "APP",
    "sms": "短信",
    "people_net": "人民网留言",
    "state_council": "中国政府网",
    "province": "省12345",
    "county": "县区热线",
    "police_110": "110转办",
    "cppcc": "政协微建议",
    "media": "媒体信箱",
    "rating": "好差评",
    "window": "办不成事窗口",
    "visit": "现场/信函",
    "leader_day": "领导接听日",
    "patrol": "巡查自建",
    "open311": "Open311",
}
FEWEST = SHIPPED.fewest
TOO_FEW = "样本不足"


class Counted(msgspec.Struct, frozen=True):
    """What the database counted of one measure in one group; `whole` is the line of all groups together."""

    measure: str
    key: str | None
    whole: bool
    numerator: int
    denominator: int
    excluded: int


class Cell(msgspec.Struct, frozen=True):
    """A rate that shows what it was made of; of nothing there is no rate."""

    numerator: int
    denominator: int
    excluded: int
    value: float | None
    text: str
    parts: float = 0.0
    """What the numerator takes in of half-met cases besides: α of the partly solved."""


class Beside(msgspec.Struct, frozen=True):
    """环比 and 同比 of one rate: what it was then; null where nothing was counted."""

    previous: float | None
    last_year: float | None


class Group(msgspec.Struct, frozen=True):
    key: str | None
    name: str
    rates: dict[str, Cell]
    score: float | None
    """三率综合分, where all three are known."""
    tier: str
    """分档; 样本不足 where too few were asked."""
    points: tuple[Point, ...] = ()
    total: float | None = None
    """综合考核分."""
    rank: int | None = None
    """名次 by 综合考核分 among the groups of which enough is known; ties share a place."""
    beside: dict[str, Beside] = {}
    """What the same group's rates were in the spans it is compared with; rates without a past are not in it."""


class Kpi(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    first: date
    last: date
    group: str
    group_name: str
    measures: tuple[Measure, ...]
    total: Group
    groups: tuple[Group, ...]
    previous: Group | None = None
    """环比: the span before, of the same length; a whole month's is the month before."""
    scoring: int = 0
    """The version of the scoring rules; 0 is what we ship."""
    rules: Scoring = SHIPPED
    last_year: Group | None = None
    """同比: the same days a year ago."""
    frozen: int = 0
    """Of just one month: the revision that its bulletin shows. The numbers here go on with what is decided since."""


def cell(counted: Counted | None, measure: Measure | None = None, parts: float = 0.0) -> Cell:
    if counted is None:
        return Cell(0, 0, 0, None, NOTHING)
    if not counted.denominator:
        return Cell(0, 0, counted.excluded, None, NOTHING)
    value = (counted.numerator + parts) / counted.denominator
    text = f"{value:.2f}" if measure and measure.shown == "mean" else percent(value)
    return Cell(counted.numerator, counted.denominator, counted.excluded, round(value, 4), text, parts)


def shown(cell: Cell, measure: Measure | None = None) -> str:
    """What it is, and what it was counted from: 78.4%（40/51）, 3.25 个工作日（n=120）."""
    if not cell.denominator:
        return NOTHING
    if measure and measure.shown == "mean":
        return f"{cell.text} {measure.of}（n={cell.denominator}）"
    more = f"+{cell.parts:g}" if cell.parts else ""
    return f"{cell.text}（{cell.numerator}{more}/{cell.denominator}）"


def beside(
    rates: Mapping[str, Cell], previous: Mapping[str, Cell] | None, last_year: Mapping[str, Cell] | None
) -> dict[str, Beside]:
    """Only what there is to compare, so that a table of a hundred units stays small."""
    pairs = {name: Beside(_value(previous, name), _value(last_year, name)) for name in rates}
    return {name: pair for name, pair in pairs.items() if pair != Beside(None, None)}


def _value(rates: Mapping[str, Cell] | None, name: str) -> float | None:
    return rates[name].value if rates else None


def percent(share: float) -> str:
    """One figure behind the point; what is short of all never reads as all, nor what is there as nothing."""
    shown = f"{share:.1%}"
    if shown == "100.0%" and share < 1:
        return "99.9%"
    return "0.1%" if shown == "0.0%" and share > 0 else shown


def tier(rates: Mapping[str, Cell], scored: float | None, body: Scoring) -> str:
    if scored is None or min(rates[name].denominator for name in body.three) < body.fewest:
        return TOO_FEW
    return letter(body, scored)


BETTER = {measure.name: measure.better for measure in MEASURES if measure.shown != "mean"}
"""What points can be given for: of a mean no percentage points are lost."""


def rates_of(counted: Iterable[Counted], body: Scoring = SHIPPED) -> dict[str, Cell]:
    known = {one.measure: one for one in counted}
    partly = known.get("partly_solved")
    halves = {"solved": body.partly * partly.numerator} if partly and body.partly else {}
    return {one.name: cell(known.get(one.name), one, halves.get(one.name, 0.0)) for one in MEASURES}


def group_of(key: str | None, name: str, counted: Iterable[Counted], body: Scoring = SHIPPED) -> Group:
    rates = rates_of(counted, body)
    values = {one: rate.value for one, rate in rates.items()}
    scored, parts = weighed(body, values), points(body, values, BETTER)
    return Group(key, name, rates, scored, tier(rates, scored, body), parts, total(parts))


def whole(counted: Iterable[Counted], name: str = "全市", body: Scoring = SHIPPED) -> Group:
    return group_of(None, name, (one for one in counted if one.whole), body)


def ranked(rows: Iterable[Group]) -> list[Group]:
    rows = list(rows)
    places = ranks({row.key: row.total for row in rows if row.key is not None and row.tier != TOO_FEW})
    return [msgspec.structs.replace(row, rank=places.get(row.key)) if row.key else row for row in rows]


class Compared(msgspec.Struct, frozen=True):
    """A span that is stood beside another, counted under the keys of that one."""

    name: str
    counted: Sequence[Counted]


def table(
    first: date,
    last: date,
    group: str,
    counted: Sequence[Counted],
    names: Mapping[str, str],
    rules: Rules = SHIPPED_RULES,
    previous: Compared | None = None,
    last_year: Compared | None = None,
) -> Kpi:
    """One line a group, those with most to do first."""
    earlier, ago = _rates_by_key(previous, rules.body), _rates_by_key(last_year, rules.body)
    rows = [
        msgspec.structs.replace(row, beside=beside(row.rates, earlier.get(row.key), ago.get(row.key)))
        for row in (group_of(key, named(group, key, names), own, rules.body) for key, own in _by_key(counted).items())
    ]
    order = sorted(rows, key=lambda row: (row.key or "") if group == "month" else _weight(row))
    kept = [row for row in order if row.key is not None or _weight(row)[0] < 0]
    placed = kept if group == "month" else ranked(kept)
    before = whole(previous.counted, previous.name, rules.body) if previous else None
    year = whole(last_year.counted, last_year.name, rules.body) if last_year else None
    city = whole(counted, body=rules.body)
    moved = beside(city.rates, before.rates if before else None, year.rates if year else None)
    return Kpi(
        first,
        last,
        group,
        GROUPS[group],
        MEASURES,
        msgspec.structs.replace(city, beside=moved),
        tuple(placed),
        previous=before,
        last_year=year,
        scoring=rules.version,
        rules=rules.body,
    )


def _by_key(counted: Iterable[Counted]) -> dict[str | None, list[Counted]]:
    found: dict[str | None, list[Counted]] = {}
    for one in counted:
        if not one.whole:
            found.setdefault(one.key, []).append(one)
    return found


def _rates_by_key(compared: Compared | None, body: Scoring) -> dict[str | None, dict[str, Cell]]:
    if compared is None:
        return {}
    return {key: rates_of(own, body) for key, own in _by_key(compared.counted).items()}


def _weight(row: Group) -> tuple[int, str]:
    most = max(row.rates[name].denominator for name in ("finish_on_time", "return_rate", "direct_answer", "satisfied"))
    return -most, row.name


def named(group: str, key: str | None, names: Mapping[str, str]) -> str:
    if key is None:
        return NOWHERE[group]
    return key if group == "month" else names.get(key, key)


def names_of(group: str, directory: Directory, named: Mapping[str, str]) -> Mapping[str, str]:
    """How the keys of a group are called; `named` are those that are kept in tables of their own."""
    if group == "unit":
        return {str(unit.id): unit.name for unit in directory.units.values()}
    if group == "district":
        return {region.code: region.name for region in directory.regions.values()}
    return CHANNELS if group == "channel" else named
