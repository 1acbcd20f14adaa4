"""What makes a ticket difficult: every rule alone, the score, the class, one line for one matter, and the masking."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from hotline.infra.clock import BEIJING
from hotline.infra.errors import InvalidInput
from hotline.supervision.difficult import (
    CLASSES,
    CROSSING,
    POLICY,
    REPEATED,
    RULES,
    SAFETY,
    UNCLEAR,
    Candidate,
    Evidence,
    folded,
    judge,
    most_callers,
    ordered,
)
from hotline.supervision.masking import masked
from hotline.supervision.rows import CELLS, COLUMNS, Row21, status_of
from hotline.supervision.store import shipped_thresholds
from hotline.supervision.weeklist import assembled, canonical, fingerprint
from hotline.supervision.weeks import parse_week, week_of
from hotline.tickets.states import Channel, Closing, Kind, State, Urgency
from hotline.tickets.ticket import Ticket

NOW = datetime(2026, 11, 20, 12, tzinfo=BEIJING)
DEFAULT = shipped_thresholds()
EARLIER, LATER = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)


def judged(**numbers: Any) -> Candidate | None:
    return judge(Evidence(ticket_id=1, **numbers), DEFAULT, NOW)


HITS: list[tuple[str, dict[str, Any], str]] = [
    ("R1", {"returns": 2}, "退单争议 2 次（成立 2 次，驳回 0 次）"),
    ("R1", {"returns": 1, "returns_refused": 1}, "退单争议 2 次（成立 1 次，驳回 1 次）"),
    ("R1", {"ruling_due": EARLIER}, "派前会商应于 11月20日 11:59 前裁定，已超时"),
    ("R2", {"repeats": 3}, "同一诉求人 30 天内就同类事项反映 3 次"),
    ("R3", {"callers_week": 10}, "同一地点同类事项 7 天内有 10 人反映"),
    ("R3", {"callers_week": 5, "callers_day": 5}, "同一地点同类事项 24 小时内有 5 人反映"),
    ("R4", {"rounds": 2}, "诉求人不满意，已重办 2 轮"),
    ("R5", {"overdue_days": 6}, "超期 6 个工作日"),
    ("R5", {"extensions": 2}, "已延期 2 次"),
    ("R6", {"units": 3}, "涉及 3 个承办单位"),
    ("R7", {"shelved_until": EARLIER}, "挂账节点 2026-11-20 已过，尚未兑现"),
    ("R8", {"instructions": 1}, "领导批示 1 次"),
    ("R8", {"channel": Channel.MEDIA}, "来自媒体或政协渠道"),
    ("R8", {"tags": ("人大建议", "道路")}, "涉及人大建议"),
    ("R9", {"urgency": Urgency.CRITICAL}, "特急件，涉及人身或公共安全"),
    ("R9", {"risk_words": ("燃气泄漏",)}, "含安全风险词：燃气泄漏"),
    ("R10", {"cannot": "规划未定，无法解决"}, "承办单位书面表示难以解决：“规划未定，无法解决”"),
    ("R11", {"marked": True, "marked_because": "三代人的老问题"}, "人工认定：三代人的老问题"),
]
MISSES: list[dict[str, Any]] = [
    {},
    {"returns": 1},
    {"returns_refused": 1},
    {"ruling_due": LATER},
    {"ruling_due": NOW},
    {"repeats": 2},
    {"callers_week": 9, "callers_day": 4},
    {"rounds": 1},
    {"overdue_days": 5},
    {"extensions": 1},
    {"units": 2},
    {"shelved_until": LATER},
    {"channel": Channel.WEB, "tags": ("道路",)},
    {"urgency": Urgency.URGENT},
]


@pytest.mark.parametrize(("rule", "numbers", "sentence"), HITS)
def test_each_rule_alone_makes_a_candidate_and_says_why(rule: str, numbers: dict[str, Any], sentence: str) -> None:
    candidate = judged(**numbers)
    assert candidate is not None
    assert [(reason.rule, reason.sentence) for reason in candidate.reasons] == [(rule, sentence)]
    assert candidate.score == DEFAULT.weights[rule]


@pytest.mark.parametrize("numbers", MISSES)
def test_just_below_every_threshold_is_no_candidate(numbers: dict[str, Any]) -> None:
    assert judged(**numbers) is None


def test_every_rule_of_the_list_is_tested_and_weighed() -> None:
    assert {rule for rule, _, _ in HITS} == set(RULES) == set(DEFAULT.weights) == {f"R{n}" for n in range(1, 12)}


def test_thresholds_are_data() -> None:
    strict = msgspec.structs.replace(DEFAULT, returns=1)
    assert judged(returns=1) is None
    assert judge(Evidence(ticket_id=1, returns=1), strict, NOW) is not None


def test_what_is_in_court_is_not_ours_to_list() -> None:
    assert judged(returns=3, rounds=2, legal=True) is None


def test_points_grow_beyond_the_threshold_and_never_more_than_double() -> None:
    scores = [found.score for n in (3, 4, 6, 40) if (found := judged(repeats=n))]
    weight, step = DEFAULT.weights["R2"], DEFAULT.step
    assert scores == [weight, weight + step, weight + 3 * step, 2 * weight]


def test_several_rules_add_up() -> None:
    candidate = judged(returns=2, overdue_days=6, units=3)
    assert candidate is not None and candidate.rules == {"R1", "R5", "R6"}
    assert candidate.score == sum(DEFAULT.weights[rule] for rule in ("R1", "R5", "R6"))


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [
        ({"returns": 2}, UNCLEAR),
        ({"units": 3}, CROSSING),
        ({"returns": 2, "units": 3}, UNCLEAR),
        ({"repeats": 3}, REPEATED),
        ({"rounds": 2}, REPEATED),
        ({"overdue_days": 6}, POLICY),
        ({"shelved_until": EARLIER, "units": 3}, POLICY),
        ({"cannot": "无法解决"}, POLICY),
        ({"instructions": 1}, POLICY),  # says nothing of the kind: the last class
        ({"instructions": 1, "rounds": 2}, REPEATED),
        ({"risk_words": ("坍塌",), "returns": 9, "rounds": 9}, SAFETY),
        ({"marked": True, "marked_kind": CROSSING, "returns": 9}, CROSSING),
        ({"marked": True, "marked_kind": "conclude", "rounds": 2}, REPEATED),
        ({"listed": UNCLEAR, "rounds": 2}, UNCLEAR),
    ],
)
def test_the_class_follows_the_weightiest_reasons(numbers: dict[str, Any], kind: str) -> None:
    candidate = judged(**numbers)
    assert candidate is not None and candidate.kind == kind


def test_what_was_listed_stays_until_it_is_settled() -> None:
    carried = judged(listed=UNCLEAR)
    assert carried is not None and carried.carried and carried.reasons == () and carried.score == 0
    fresh = judged(returns=2)
    assert fresh is not None and not fresh.carried


def test_a_closed_ticket_is_not_listed_for_a_danger_that_is_over() -> None:
    assert judged(ended=True, urgency=Urgency.CRITICAL) is None
    assert judged(ended=True, shelved_until=EARLIER) is None
    closed = judged(ended=True, returns=2, urgency=Urgency.CRITICAL)
    assert closed is not None and closed.rules == {"R1"}


def candidate(ticket: int, kind: str, score: int, *, carried: bool = False) -> Candidate:
    return Candidate(ticket, kind, score, (), carried)


def test_the_order_is_class_then_carried_then_weight_then_age() -> None:
    given = [
        candidate(1, POLICY, 90),
        candidate(2, UNCLEAR, 30),
        candidate(3, UNCLEAR, 50),
        candidate(4, UNCLEAR, 20, carried=True),
        candidate(6, UNCLEAR, 50),
        candidate(5, SAFETY, 35),
    ]
    assert [c.ticket_id for c in ordered(given)] == [5, 4, 3, 6, 2, 1]
    assert CLASSES[0] == SAFETY and len(CLASSES) == 5


def pair(ticket: int, **numbers: Any) -> tuple[Evidence, Candidate]:
    evidence = Evidence(ticket_id=ticket, **numbers)
    found = judge(evidence, DEFAULT, NOW)
    assert found is not None
    return evidence, found


def test_three_calls_of_one_person_are_one_line() -> None:
    lines = folded([pair(n, repeats=3, matter_key="a|0102") for n in (3, 1, 2)])
    assert [(c.ticket_id, c.related) for c in lines] == [(1, (2, 3))]


def test_a_ticket_with_a_reason_of_its_own_keeps_its_line_and_leads() -> None:
    lines = folded([pair(1, repeats=3, matter_key="a"), pair(2, repeats=3, returns=2, matter_key="a")])
    assert [(c.ticket_id, c.related) for c in lines] == [(2, (1,))]
    both = [pair(1, repeats=3, rounds=2, matter_key="a"), pair(2, repeats=3, returns=2, matter_key="a")]
    assert {c.ticket_id for c in folded(both)} == {1, 2}


def test_an_open_ticket_leads_its_closed_fellows_and_strangers_stay_apart() -> None:
    lines = folded([pair(1, repeats=9, ended=True, matter_key="a"), pair(2, repeats=3, matter_key="a")])
    assert [(c.ticket_id, c.related) for c in lines] == [(2, (1,))]
    assert len(folded([pair(1, repeats=3, matter_key="a"), pair(2, repeats=3, matter_key="b")])) == 2
    assert len(folded([pair(1, repeats=3), pair(2, repeats=3)])) == 2  # no number, no proof that it was one person


def test_neighbours_of_one_place_are_one_line() -> None:
    lines = folded([pair(n, callers_week=12, place_key="990101001|010203") for n in range(1, 13)])
    assert [(c.ticket_id, len(c.related)) for c in lines] == [(1, 11)]


def test_callers_within_any_day_are_counted_once_each() -> None:
    def at(hour: int) -> datetime:
        return NOW + timedelta(hours=hour)

    calls = [(at(0), "a"), (at(1), "a"), (at(20), "b"), (at(25), "c"), (at(30), "d"), (at(100), "e")]
    assert most_callers(calls, 24) == 3
    assert most_callers(calls, 168) == 5
    assert most_callers([], 24) == 0


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("2026-W47", datetime(2026, 11, 16, tzinfo=BEIJING), datetime(2026, 11, 23, tzinfo=BEIJING)),
        ("2026-W01", datetime(2025, 12, 29, tzinfo=BEIJING), datetime(2026, 1, 5, tzinfo=BEIJING)),
        ("2026-W53", datetime(2026, 12, 28, tzinfo=BEIJING), datetime(2027, 1, 4, tzinfo=BEIJING)),
    ],
)
def test_a_week_is_monday_to_sunday_in_beijing(text: str, begin: datetime, end: datetime) -> None:
    week = parse_week(text)
    assert (week.begin, week.end) == (begin, end)
    assert week_of(begin) == week_of(end - timedelta(seconds=1)) == week
    assert week_of(end) != week


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-W60", "2026 年没有第 60 周，请写 2026-W01 至 2026-W53。"),
        ("2025-W53", "2025 年没有第 53 周，请写 2025-W01 至 2025-W52。"),
        ("2026-W00", "2026 年没有第 0 周"),
        ("2026W47", "看不懂，请写成 2026-W47 的样子"),
        ("２０２６-W47", "看不懂"),
        ("9999-W52", "看不懂"),
        ("", "看不懂"),
        ("2026-W47\n", "看不懂"),
    ],
)
def test_a_wrong_week_is_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence.replace("(", "\\(")):
        parse_week(text)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("我叫张三，电话13812345678", "我叫张*，电话138****5678"),
        ("电话 138 1234 5678", "电话 138****5678"),
        ("手机１３８１２３４５６７８", "手机138****5678"),
        ("座机0871-65123456", "座机0871****3456"),
        ("电话：6512345", "电话：********"),
        ("身份证53010219900307123X", "身份证530***************"),
        ("卡号6222021234567890123", "卡号****************"),
        ("微信号：abc_12345", "微信号：******"),
        ("邮箱li.si@example.com转", "邮箱***@***转"),
        ("车牌云A12345占道", "车牌云A*****5占道"),
        ("住3栋2单元501室", "住3栋*单元***"),
        ("市民王芳来电反映", "市民王*来电反映"),
        ("联系人：欧阳小明 电话", "联系人：欧*** 电话"),
        # what is nobody's stays
        ("拨打12345热线未果", "拨打12345热线未果"),
        ("与工单202611220000042重复", "与工单202611220000042重复"),
        ("影响业主安全。居民周末，", "影响业主安全。居民周末，"),
        ("市民反映人民路3号楼漏水", "市民反映人民路3号楼漏水"),
        ("欠款1200000元", "欠款1200000元"),
    ],
)
def test_what_points_at_a_person_is_masked(said: str, shown: str) -> None:
    assert masked(said) == shown


def test_known_persons_are_masked_whatever_the_wording() -> None:
    shown = masked("赵小兰多次找过社区，她住幸福路12号，电 话65123456", ["赵小兰"], ["65123456", "幸福路12号"])
    assert shown == "赵**多次找过社区，她住****，电 话****"


def ticket(state: State, **more: Any) -> Ticket:
    kind, urgency, channel = Kind.COMPLAINT, Urgency.NORMAL, Channel.PHONE
    return Ticket(1, state, 1, kind, urgency, channel, NOW, **more)


@pytest.mark.parametrize("state", State)
def test_every_state_has_one_of_the_six_statuses(state: State) -> None:
    six = {"待会商", "已裁定", "办理中", "申请销号", "已销号", "挂账"}
    assert status_of(ticket(state), ruled=False) in six


def test_the_status_tells_a_ruling_and_a_vain_end() -> None:
    assert status_of(ticket(State.IN_PROGRESS), ruled=False) == "办理中"
    assert status_of(ticket(State.IN_PROGRESS), ruled=True) == "已裁定"
    assert status_of(ticket(State.CLOSED, closing=Closing.HANDLED), ruled=True) == "已销号"
    assert status_of(ticket(State.CLOSED, closing=Closing.CONCLUDED), ruled=False) == "待会商"


def test_the_list_has_twenty_one_columns() -> None:
    assert len(COLUMNS) == 21 and tuple(COLUMNS) == Row21.__struct_fields__
    assert {"number", *CELLS} == set(COLUMNS)


def test_the_hash_is_of_the_content_and_not_of_the_freeze() -> None:
    week = assembled(parse_week("2026-W47"), NOW, [], [])
    frozen = msgspec.structs.replace(week, frozen_at=NOW, frozen_by="郑宏", hash="00")
    assert canonical(week) == canonical(frozen)
    assert msgspec.structs.replace(msgspec.json.decode(canonical(week), type=type(week))) == week
    other = msgspec.structs.replace(week, total=1)
    assert fingerprint(canonical(week)) != fingerprint(canonical(other))
