"""Policy packs: every shipped one loads, a wrong one is refused with the place of the fault."""

from typing import Any

import msgspec
import pytest

from hotline.infra.errors import Misconfigured, NotFound
from hotline.sla.policy import KINDS, URGENCIES, Limit, Policy, parse_policy
from hotline.sla.store import shipped_packs

PACKS = {policy.name: policy for policy, _ in shipped_packs()}
TEXTS = {policy.name: text for policy, text in shipped_packs()}


def test_the_promised_packs_are_shipped() -> None:
    assert set(PACKS) == {"default", "sichuan-2026", "shanghai-2018", "beijing-dbt2021", "weifang-jinan", "anyang"}


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_has_a_rule_for_every_kind_and_urgency_and_names_its_source(name: str) -> None:
    pack = PACKS[name]
    assert all(pack.rule(kind, urgency).finish for kind in KINDS for urgency in URGENCIES)
    assert len(pack.source) > 20
    assert msgspec.json.decode(msgspec.json.encode(pack), type=Policy) == pack


def days(amount: int) -> Limit:
    return Limit(amount, "working_days")


@pytest.mark.parametrize(
    ("name", "kind", "finish"),
    [
        ("default", "consult", days(3)),
        ("default", "seek_help", days(5)),
        ("default", "complaint", days(5)),
        ("default", "report", days(15)),
        ("default", "suggestion", days(7)),
        ("default", "praise", days(3)),
        ("sichuan-2026", "consult", days(3)),
        ("sichuan-2026", "seek_help", days(7)),
        ("sichuan-2026", "complaint", days(15)),
        ("shanghai-2018", "consult", days(1)),
        ("shanghai-2018", "complaint", days(5)),
        ("beijing-dbt2021", "complaint", Limit(7, "natural_days")),
        ("weifang-jinan", "consult", days(5)),
        ("anyang", "complaint", days(5)),
    ],
)
def test_finish_limits_are_those_of_the_place(name: str, kind: str, finish: Limit) -> None:
    assert PACKS[name].rule(kind, "normal").finish == finish


@pytest.mark.parametrize("name", PACKS)
def test_urgent_matters_run_by_the_clock_everywhere(name: str) -> None:
    assert PACKS[name].rule("complaint", "critical").finish == Limit(2, "natural_hours")
    assert PACKS[name].rule("seek_help", "urgent").finish == Limit(24, "natural_hours")


def test_overlays_have_limits_of_their_own() -> None:
    pack = PACKS["default"]
    assert pack.rule("report", "critical", rework=True).finish == days(3)
    assert pack.rule("supervise", "normal").finish == days(3)
    assert PACKS["sichuan-2026"].rule("low_rating", "normal").finish == days(15)


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(NotFound, match="gossip/normal"):
        PACKS["default"].rule("gossip", "normal")


def damaged(path: str, value: Any) -> str:
    """The default pack with one value replaced, or removed with None."""
    pack = msgspec.json.decode(TEXTS["default"])
    *way, last = path.split("/")
    part = pack
    for step in way:
        part = part[step]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return msgspec.json.encode(pack).decode()


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("rules/consult/normal/finish", None, r"缺少“finish”"),
        ("rules/consult/normal/finnish", {"amount": 1, "unit": "working_days"}, "不认识“finnish”"),
        ("rules/consult/normal/sign/unit", "weeks", "“weeks”不是允许的取值"),
        ("rules/consult/normal/sign/amount", "one", r"rules.*sign\.amount 处的值类型"),
        ("rules/consult/normal/sign/amount", 0, r"consult\.normal\.sign 处数量须大于 0"),
        ("rules/consult/normal/sign/amount", 1.5, "按天计的数量须是整数"),
        ("rules/complaint/normal/extension/total_cap/amount", -1, "total_cap 处数量"),
        ("rules/complaint/normal/extension/total_cap/amount", 5, "累计上限.*须长于办结时限"),
        ("rules/complaint/normal/extension/max_times", 10, "max_times 处的数须不超过 9"),
        ("rules/complaint/normal/extension/max_times", 0.5, "max_times 处须填整数"),
        (
            "rules/report/normal/extension",
            {"max_times": 0, "limit": {"amount": 1, "unit": "natural_days"}},
            "即不得延期",
        ),
        ("rules/complaint/normal/return_window/amount", 6, "“投诉·一般·退单窗口”.*不得长于办结时限.5个工作日"),
        ("appeals", {"month_days": 31}, "month_days 处的数须不超过 30"),
        ("callback_sample", {"every": 0}, "every 处的数须不小于 1"),
        ("callback_sample", {"kinds": ["gossip"]}, "callback_sample 处不认识工单类型“gossip”"),
        ("rules/consult", None, "缺少“consult/normal”的时限"),
        ("rules/gossip", {}, "不认识工单类型“gossip”"),
        ("rules/any/soon", {"sign": {"amount": 1, "unit": "working_days"}}, "缺少“finish”"),
        ("dispatch/urgent", None, "dispatch 处缺少“urgent”"),
        ("dispatch/soon", {"amount": 1, "unit": "natural_hours"}, "不认识紧急程度“soon”"),
        ("warn/orange_share", 0.5, "橙色预警须晚于黄色"),
        ("hours/spans", [], "工作时间须按先后排列"),
        ("hours/spans", [["14:30:00", "12:00:00"]], "工作时间须按先后排列"),
        (
            "hours/seasons",
            [
                {"begins": "06-01", "ends": "09-30", "spans": [["08:00:00", "12:00:00"]]},
                {"begins": "09-30", "ends": "05-31", "spans": [["09:00:00", "12:00:00"]]},
            ],
            "起止日期重叠",
        ),
        ("source", " ", "“依据” source 处为空"),
        ("hours/seasons", [{"begins": "6-1", "ends": "09-30", "spans": [["08:00:00", "12:00:00"]]}], "须写成 MM-DD"),
        ("version", None, r"最外层 处缺少“version”"),
    ],
)
def test_a_wrong_pack_is_refused_with_its_place(path: str, value: Any, said: str) -> None:
    with pytest.raises(Misconfigured, match=said) as refused:
        parse_policy(damaged(path, value), "时限方案 x.json")
    assert refused.value.message.startswith("时限方案 x.json有误：") and refused.value.message.endswith(
        "请改正后重试。"
    )


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(Misconfigured, match="不是有效的 JSON"):
        parse_policy(b"{", "时限方案 x.json")
