"""Policy packs (时限方案): every limit of a region as versioned data, read and checked here."""

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hotline.infra.errors import Misconfigured, NotFound
from hotline.sla.calendar import OFFICE_HOURS, BusinessHours, DayEnd

KINDS = ("consult", "seek_help", "complaint", "report", "suggestion", "praise", "other")
URGENCIES = ("normal", "urgent", "critical")  # 一般、紧急、特急
OVERLAYS = ("supervise", "low_rating")  # 督办函、差评工单: their own limits beside the ticket's
ANY = "any"
LEAP_YEAR = tuple(date(2024, 1, 1) + timedelta(days=n) for n in range(366))

Unit = Literal["working_days", "natural_days", "natural_hours", "natural_minutes", "business_hours"]
DAY_UNITS = ("working_days", "natural_days")
SPOKEN_UNIT = {
    "working_days": "个工作日",
    "natural_days": "日",
    "natural_hours": "小时",
    "natural_minutes": "分钟",
    "business_hours": "个工作小时",
}


SPOKEN = {
    **{"consult": "咨询", "seek_help": "求助", "complaint": "投诉", "report": "举报", "suggestion": "建议"},
    **{"praise": "表扬", "other": "其他", "any": "各类", "rework": "重办", "supervise": "督办函", "low_rating": "差评"},
    **{"normal": "一般", "urgent": "紧急", "critical": "特急", "dispatch": "派单", "consultation": "会商裁定"},
    **{"sign": "签收", "contact": "首次联系", "finish": "办结", "return": "退单窗口", "extension": "延期"},
    **{"limit": "每次", "total_cap": "累计上限"},
}


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Packs are written by hand: a misspelt name must not pass as an absent one."""


class Limit(_Part, frozen=True):
    amount: int | float
    unit: Unit

    def spoken(self) -> str:
        return f"{self.amount:g}{SPOKEN_UNIT[self.unit]}"


class Extension(_Part, frozen=True):
    """延期: how often a unit may ask, for how long, and how late it may get in all."""

    max_times: Annotated[int, Meta(ge=0, le=9)]
    limit: Limit
    second_by_leader: bool = False  # one more beyond max_times when a centre leader decides
    total_cap: Limit | None = None  # counted from the start


class Rule(_Part, frozen=True):
    sign: Limit  # 签收
    finish: Limit  # 办结
    contact: Limit | None = None  # 首次联系
    contact_when_confidential: bool = True
    extension: Extension | None = None
    return_window: Limit | None = None  # 退单窗口
    return_by_phone: bool = False  # too urgent for a form: the unit rings the centre


class Warn(_Part, frozen=True):
    """预警: shares of the business time used, and the days that make late very late."""

    near_share: Annotated[float, Meta(gt=0, lt=1)] = 0.7
    orange_share: Annotated[float, Meta(gt=0, lt=1)] = 0.9
    near_last_day: bool = True  # also near when only one working day is left
    very_late_days: Annotated[int, Meta(ge=1, le=100)] = 5
    urge_shares: tuple[Annotated[float, Meta(gt=0, le=1)], ...] = (
        0.5,
        0.8,
        1.0,
    )  # 系统催办; empty: the system never urges


class SurveyText(_Part, frozen=True):
    """评价短信: of which kinds a citizen is texted a link to the survey page when the reply is accepted, and for how long
    it stands. It goes out only where a gateway and the site's address are set."""

    kinds: tuple[str, ...] = ("consult", "seek_help", "complaint", "suggestion")
    answered_kinds: tuple[str, ...] = ("consult", "other")  # of those answered directly (直接答复), who is texted too
    valid_days: Annotated[int, Meta(ge=1, le=30)] = 3


class CallbackSample(_Part, frozen=True):
    """抽样回访: of which kinds a person calls only one in `every` of each unit; of all others everybody. Who is not drawn has
    the page. `every` 1: everybody is called."""

    kinds: tuple[str, ...] = ("consult", "suggestion")
    every: Annotated[int, Meta(ge=1, le=100)] = 5


class Appeals(_Part, frozen=True):
    """考核申诉: in how many working days a unit may speak against a result, and how long a month stays open for it."""

    result_days: Annotated[int, Meta(ge=1, le=30)] = 3
    month_days: Annotated[int, Meta(ge=1, le=30)] = 5


class Policy(_Part, frozen=True):
    name: str
    title: str
    version: Annotated[int, Meta(ge=1)]
    effective_from: date
    source: str
    rules: dict[str, dict[str, Rule]]  # kind (or "any") → urgency
    rework: Rule  # 重办
    supervise: Rule
    low_rating: Rule
    consultation: Limit  # 派前会商、裁定
    dispatch: dict[str, Limit]  # the centre's own time to dispatch, by urgency
    warn: Warn = Warn()
    survey_text: SurveyText = SurveyText()
    callback_sample: CallbackSample = CallbackSample()
    appeals: Appeals = Appeals()
    day_end: DayEnd = "24:00"
    hours: BusinessHours = OFFICE_HOURS
    unit_hours: dict[str, BusinessHours] = {}
    """Units that work other hours (unit id → hours), they and those below them; from this version's day on, like all of it."""

    def rule(self, kind: str, urgency: str, *, rework: bool = False) -> Rule:
        """The rule for a ticket of this kind, or for an overlay named in its place."""
        if rework:
            return self.rework
        if kind in OVERLAYS:
            return self.supervise if kind == "supervise" else self.low_rating
        found = self.rules.get(kind, {}).get(urgency) or self.rules.get(ANY, {}).get(urgency)
        if found is None or kind not in KINDS:
            raise NotFound(f"时限方案“{self.title}”没有“{kind}/{urgency}”的时限，请检查工单类型和紧急程度。")
        return found


def parse_policy(raw: bytes | str, where: str = "时限方案") -> Policy:
    """One pack from JSON; a wrong one is refused with a sentence that names the place."""
    try:
        policy = msgspec.json.decode(raw, type=Policy)
    except msgspec.ValidationError as wrong:
        raise Misconfigured(f"{where}有误：{_in_chinese(str(wrong))}，请改正后重试。") from wrong
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise Misconfigured(f"{where}不是有效的 JSON 文件，请检查括号、逗号和 UTF-8 编码。") from wrong
    for fault in _faults(policy):
        raise Misconfigured(f"{where}有误：{fault}，请改正后重试。")
    return policy


def _in_chinese(message: str) -> str:
    said, _, place = message.partition(" - at `$")
    at = place.strip("`.").replace("[...]", "[…]") or "最外层"
    for pattern, meaning in (
        (r"missing required field `(.+)`", "缺少“{}”"),
        (r"unknown field `(.+)`", "不认识“{}”这一项"),
        (r"Invalid enum value '(.+)'", "“{}”不是允许的取值"),
        (r"Expected `(?:int|float)` <=? ?([\d.]+)$", "的数须不超过 {}"),
        (r"Expected `(?:int|float)` >=? ?([\d.]+)$", "的数须不小于 {}"),
        (r"Expected `int`, got `(?:float|null|str)`$", "须填整数"),
    ):
        found = re.search(pattern, said)
        if found:
            return f"{at} 处{meaning.format(*found.groups())}"
    return f"{at} 处的值类型或范围不对（{said}）"


def _faults(policy: Policy) -> list[str]:
    rules = {f"{kind}.{urgency}": rule for kind, by in policy.rules.items() for urgency, rule in by.items()}
    rules |= {"rework": policy.rework, "supervise": policy.supervise, "low_rating": policy.low_rating}
    limits = {f"{place}.{part}": limit for place, rule in rules.items() for part, limit in limits_of(rule)}
    together = [
        f"{_spoken(f'{place}.{part}')} 处{fault}" for place, rule in rules.items() for part, fault in _rule_faults(rule)
    ]
    limits |= {f"dispatch.{urgency}": limit for urgency, limit in policy.dispatch.items()}
    limits["consultation"] = policy.consultation
    return [
        *([] if policy.source.strip() else ["“依据” source 处为空"]),
        *_strangers(policy),
        *_gaps(policy),
        *(f"{_spoken(place)} 处{fault}" for place, limit in limits.items() if (fault := _limit_fault(limit))),
        *together,
        *(f"“全市作息” hours 处{fault}" for fault in _hours_faults(policy.hours)),
        *(
            f"“单位作息” unit_hours.{unit} 处{fault}"
            for unit, own in policy.unit_hours.items()
            for fault in _hours_faults(own)
        ),
        *(f"unit_hours 处“{unit[:20]}”不是单位的编号" for unit in policy.unit_hours if not _is_unit(unit)),
        *(["warn 处橙色预警须晚于黄色预警"] if policy.warn.orange_share <= policy.warn.near_share else []),
    ]


def limits_of(rule: Rule) -> list[tuple[str, Limit]]:
    parts = [("sign", rule.sign), ("finish", rule.finish), ("contact", rule.contact), ("return", rule.return_window)]
    if rule.extension:
        parts += [("extension.limit", rule.extension.limit), ("extension.total_cap", rule.extension.total_cap)]
    return [(name, limit) for name, limit in parts if limit]


def _limit_fault(limit: Limit) -> str | None:
    if not 0 < limit.amount <= 1000:
        return "数量须大于 0 且不超过 1000"
    if limit.unit in DAY_UNITS and not isinstance(limit.amount, int):
        return "按天计的数量须是整数"
    return None


def _rule_faults(rule: Rule) -> list[tuple[str, str]]:
    """What each limit may be by itself and the two together may not; those counted alike are compared."""
    faults, longer, finish = [], rule.extension, rule.finish
    if rule.return_window and _beyond(rule.return_window, finish):
        faults.append(("return", f"退单窗口({rule.return_window.spoken()})不得长于办结时限({finish.spoken()})"))
    if longer and not longer.max_times and not longer.second_by_leader:
        faults.append(("extension", "延期次数为 0 又不由中心领导批准,即不得延期,请去掉延期"))
    if longer and longer.total_cap and longer.total_cap.unit == finish.unit and not _beyond(longer.total_cap, finish):
        cap = longer.total_cap.spoken()
        faults.append(("extension.total_cap", f"延期后的累计上限({cap})须长于办结时限({finish.spoken()})"))
    return faults


def _spoken(place: str) -> str:
    """投诉·一般·退单窗口 complaint.normal.return: for the desk and for whoever wrote the file."""
    return f"“{'·'.join(SPOKEN.get(part, part) for part in place.split('.'))}” {place}"


def _beyond(one: Limit, other: Limit) -> bool:
    return one.unit == other.unit and one.amount > other.amount


def _strangers(policy: Policy) -> list[str]:
    """A rule for a kind nobody has would silently never apply."""
    kinds = [f"rules 处不认识工单类型“{kind}”" for kind in policy.rules if kind not in (*KINDS, ANY)]
    kinds += [
        f"survey_text 处不认识工单类型“{kind}”"
        for kind in (*policy.survey_text.kinds, *policy.survey_text.answered_kinds)
        if kind not in KINDS
    ]
    kinds += [f"callback_sample 处不认识工单类型“{kind}”" for kind in policy.callback_sample.kinds if kind not in KINDS]
    named = {urgency for by in policy.rules.values() for urgency in by} | set(policy.dispatch)
    return kinds + [f"不认识紧急程度“{urgency}”" for urgency in sorted(named - set(URGENCIES))]


def _gaps(policy: Policy) -> list[str]:
    missing = [
        f"rules 处缺少“{kind}/{urgency}”的时限"
        for kind in KINDS
        for urgency in URGENCIES
        if not (urgency in policy.rules.get(kind, {}) or urgency in policy.rules.get(ANY, {}))
    ]
    return missing + [f"dispatch 处缺少“{urgency}”的时限" for urgency in URGENCIES if urgency not in policy.dispatch]


def _is_unit(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9


def _hours_faults(hours: BusinessHours) -> list[str]:
    faults = []
    for spans in (hours.spans, *(season.spans for season in hours.seasons)):
        edges = [edge for span in spans for edge in span]
        if not edges or any(a >= b for a, b in pairwise(edges)):
            faults.append("工作时间须按先后排列、互不重叠且不为空")
    for season in hours.seasons:
        for edge in (season.begins, season.ends):
            if not re.fullmatch(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", edge):
                faults.append(f"季节起止“{edge}”须写成 MM-DD")
    if hours.seasons and any(sum(season.holds(day) for season in hours.seasons) > 1 for day in LEAP_YEAR):
        faults.append("几段季节作息的起止日期重叠")
    return faults
