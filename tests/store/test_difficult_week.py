"""The week's difficult list from real rows: tickets live through the lifecycle, the list says what became of them."""

from datetime import datetime, timedelta

import msgspec
import pytest

from hotline.directory.people import Actor, Role
from hotline.infra.clock import BEIJING
from hotline.infra.errors import Forbidden, InvalidInput
from hotline.supervision import store
from hotline.supervision.actions import set_thresholds
from hotline.supervision.difficult import POLICY, REPEATED, SAFETY, UNCLEAR
from hotline.tickets import facts as f
from hotline.tickets.states import Outcome, Solved, State, Urgency
from tests.store.week_city import CHIEF, DAY, FRIDAY, MONDAY, City, rules
from tests.walks import OTHER, PERSON


async def test_an_ordinary_week_has_an_empty_list(week_city: City) -> None:
    await week_city.sent(phone="13900000001")
    found = await week_city.list()
    assert (found.total, found.items, found.settled) == (0, (), ())
    assert found.title == "12345热线疑难工单周报（2026年第47周）" and len(found.columns) == 21


async def test_two_returns_are_listed_with_the_whole_trail(week_city: City) -> None:
    held = await week_city.sent(phone="13912345678")
    await week_city.returned(held, "D13")
    await week_city.returned(held, "D15")
    assert held.ticket.state is State.CONSULTING
    line = await week_city.only(MONDAY + timedelta(hours=1))
    assert (line.ticket_id, line.kind, rules(line)) == (held.ticket.id, UNCLEAR, ["R1"])
    d14, d13 = (week_city.directory.unit(week_city.unit(code)) for code in ("D14", "D13"))
    assert d14 and d13
    assert line.row.trail == f"退单 2 次，驳回 0 次\n11-16 {d14.name}（退） → 11-16 {d13.name}（退）"
    assert line.row.dispute.splitlines()[-1] == f"{d13.name}：路灯由住建部门管养"
    assert "三定规定第二条" in line.row.basis
    assert (line.row.status, line.row.number) == ("待会商", 1)
    assert line.row.progress.endswith("11-16 同意退单")


async def test_a_ruling_that_is_overdue_is_listed_and_one_that_is_not_is_not(week_city: City) -> None:
    held = await week_city.letter()
    await held.do(f.Consult(candidates=(week_city.unit("D13"), week_city.unit("D14"))))
    assert (await week_city.list(now=MONDAY + timedelta(hours=3))).total == 0
    line = await week_city.only(MONDAY + 2 * DAY)
    assert line.reasons[0].sentence == "派前会商应于 11月17日 23:59 前裁定，已超时"


async def test_the_status_and_the_ruling_follow_a_ruling(week_city: City) -> None:
    held = await week_city.sent()
    await week_city.returned(held, "D13")
    await week_city.returned(held, "D15")
    await held.do(f.Rule(lead=week_city.share("D14", FRIDAY + 5 * DAY, "市编办函")), "路灯属城管职责")
    line = await week_city.only()
    assert line.row.status == "已裁定" and line.row.ruling.startswith("11-16 裁定由")
    assert line.row.ruling.endswith("主办：路灯属城管职责")


async def test_the_same_caller_three_times_is_one_line_that_names_the_others(week_city: City) -> None:
    ids = [(await week_city.sent(MONDAY + n * DAY, phone="13912345678")).ticket.id for n in range(3)]
    await week_city.sent(phone="13912345679")
    await week_city.sent(phone="13912345678", category="050101")  # the same person about something else
    line = await week_city.only()
    assert rules(line) == ["R2"] and line.kind == REPEATED
    assert line.reasons[0].sentence == "同一诉求人 30 天内就同类事项反映 3 次"
    assert sorted([line.ticket_id, *line.related]) == ids
    assert line.row.people == "1 人/3 次" and str(ids[2]) in line.row.ticket


async def test_a_caller_who_urges_twice_has_called_three_times_and_old_calls_do_not_count(week_city: City) -> None:
    held = await week_city.sent(phone="13912345678")
    await week_city.sent(MONDAY - 40 * DAY, phone="13912345678", due=FRIDAY + DAY)
    assert (await week_city.list()).total == 0
    for _ in range(2):
        await held.do(f.Urge(origin="citizen"))
    assert rules(await week_city.only()) == ["R2"]


async def test_five_neighbours_within_a_day_are_one_line_with_its_crowd(week_city: City) -> None:
    street = next(r.code for r in week_city.directory.regions.values() if r.level == 4)
    community = next(r.code for r in week_city.directory.regions.values() if r.parent == street)
    for n in range(5):
        await week_city.sent(
            MONDAY + n * timedelta(hours=2), phone=f"1390000000{n}", region=street if n % 2 else community
        )
    # the same person again, another street and another matter make no bigger crowd
    await week_city.sent(MONDAY, phone="13900000000", region=street)
    elsewhere = next(r.code for r in week_city.directory.regions.values() if r.level == 4 and r.code != street)
    await week_city.sent(MONDAY, phone="13900000008", region=elsewhere)
    await week_city.sent(MONDAY, phone="13900000009", region=street, category="010204")
    line = await week_city.only()
    assert line.reasons[0].sentence == "同一地点同类事项 24 小时内有 5 人反映"
    assert len(line.related) == 5 and line.row.people.startswith("5 人")
    cell = line.row.ticket.splitlines()
    assert cell[1:] == ["同类 5 件：", *(str(one) for one in line.related[:3]), "……"], (
        "a number a line: none stands outside its cell"
    )


async def test_a_district_is_no_place_and_four_days_are_no_crowd(week_city: City) -> None:
    district = next(r.code for r in week_city.directory.regions.values() if r.level == 3)
    street = next(r.code for r in week_city.directory.regions.values() if r.level == 4)
    for n in range(6):
        await week_city.sent(MONDAY, phone=f"1390000001{n}", region=district)
        await week_city.sent(MONDAY + n * timedelta(hours=14), phone=f"1390000002{n}", region=street)
    assert (await week_city.list()).total == 0


async def test_two_vain_rounds_are_listed_and_stay_when_they_are_concluded(week_city: City) -> None:
    held = await week_city.sent(phone="13912345678")
    await week_city.dissatisfied(held)
    assert (await week_city.list()).total == 0
    await week_city.dissatisfied(held)
    line = await week_city.only()
    assert (rules(line), line.row.status) == (["R4"], "办理中")
    await held.do(f.Conclude(explanation="已多次说明", solved=Solved.NO, rating=1), "两次重办仍不满意")
    found = await week_city.list()
    assert [rules(i) for i in found.items] == [["R4", "R11"]] and found.items[0].row.status == "待会商"
    assert (await week_city.list("2026-W48", FRIDAY + 7 * DAY)).items == ()


async def test_lateness_is_counted_in_working_days_until_the_reply(week_city: City) -> None:
    begun = datetime(2026, 9, 28, 10, tzinfo=BEIJING)
    due = datetime(2026, 9, 30, 23, 59, 59, tzinfo=BEIJING)
    held = await week_city.sent(begun, due=due)
    # A week's holiday lies between, and a Saturday that was worked.
    assert (await week_city.list("2026-W42", datetime(2026, 10, 13, 12, tzinfo=BEIJING))).total == 0
    (line,) = (await week_city.list("2026-W42", datetime(2026, 10, 14, 12, tzinfo=BEIJING))).items
    assert (line.kind, [(r.rule, r.sentence) for r in line.reasons]) == (POLICY, [("R5", "超期 6 个工作日")])
    held.now = datetime(2026, 10, 16, 13, tzinfo=BEIJING)
    await week_city.replied(held, "已修复")
    (later,) = (await week_city.list("2026-W47", FRIDAY)).items
    assert later.reasons[0].sentence == "超期 8 个工作日"  # the clock stopped with the reply
    assert later.row.status == "申请销号" and later.row.done.endswith("10-16 回复：已修复")


async def test_three_units_a_second_extension_and_the_units_own_words(week_city: City) -> None:
    held = await week_city.letter()
    assists = (week_city.share("D13", FRIDAY + 3 * DAY), week_city.share("D15", FRIDAY + 3 * DAY))
    await held.do(f.Dispatch(lead=week_city.share("D14", FRIDAY + 3 * DAY), assists=assists))
    await held.do(f.Sign(assignment_id=1))
    leader = Actor(name="段佳怡", roles=frozenset({Role.CENTRE_LEADER}), person_id=None)
    for more in (5, 8):
        await held.do(f.RequestExtension(assignment_id=1, amount=2, progress="材料已报"), "管线产权不明，目前无法解决")
        held.actor = leader
        await held.do(f.GrantExtension(request_id=held.ticket.requests[-1].id, due=FRIDAY + more * DAY))
        held.actor = PERSON
    line = await week_city.only()
    assert rules(line) == ["R5", "R6", "R10"]
    assert [r.sentence for r in line.reasons] == [
        "已延期 2 次",
        "涉及 3 个承办单位",
        "承办单位书面表示难以解决：“管线产权不明，目前无法解决”",
    ]
    assert line.row.current.count("局") >= 2 and "协办：" in line.row.proposal


async def test_shelved_past_its_milestone(week_city: City) -> None:
    held = await week_city.sent(MONDAY, due=MONDAY + DAY)
    await held.do(f.Sign(assignment_id=1))
    plan = "列入明年改造计划"
    await held.do(f.Shelve(plan=plan, milestone=FRIDAY - DAY, review=FRIDAY + DAY, leader="副局长王建"), "资金未到位")
    assert (await week_city.list(now=FRIDAY - 2 * DAY)).total == 0
    line = await week_city.only()
    assert rules(line) == ["R7"] and line.row.status == "挂账"
    assert line.row.responsible.splitlines()[0] == "副局长王建" and "挂账节点" in line.row.deadline


async def test_danger_comes_first_and_ends_with_the_ticket(week_city: City) -> None:
    held = await week_city.sent(content="楼下餐馆燃气泄漏，味道很大，担心爆炸。")
    await week_city.sent(content="请问公积金怎么提取？希望答复。", urgency=Urgency.CRITICAL)
    found = await week_city.list()
    assert [i.kind for i in found.items] == [SAFETY, SAFETY]
    assert found.items[0].reasons[0].sentence == "含安全风险词：燃气泄漏、爆炸"
    await week_city.replied(held, "已关阀处置")
    await held.do(f.Close(outcome=Outcome.SATISFIED, solved=Solved.YES, rating=5))
    found = await week_city.list()
    assert [i.row.number for i in found.items] == [1] and found.settled == ()


async def test_the_list_never_shows_the_citizen(week_city: City) -> None:
    said = "我家住人民路，周小芸已多次反映，电话13912345678或一三九，身份证530102199003071234，路灯不亮。"
    held = await week_city.sent(phone="13912345678", content=said, urgency=Urgency.CRITICAL)
    await week_city.replied(held, "已电话联系周小芸（13912345678），同意下周修")
    secret = await week_city.sent(phone="13888888888", name="吴明远", confidential=True, urgency=Urgency.CRITICAL)
    found = await week_city.list()
    shown = msgspec.json.encode(found).decode()
    for private in ("周小芸", "13912345678", "530102199003071234", "1203", "吴明远", "13888888888"):
        assert private not in shown
    line = next(i for i in found.items if i.ticket_id == secret.ticket.id)
    assert line.row.summary == "保密件，内容请按权限到系统内查阅。" and "人民路" not in line.row.place


async def test_a_past_week_shows_what_was_true_then(week_city: City) -> None:
    held = await week_city.sent(phone="13912345678")
    await week_city.returned(held, "D13")
    held.now = MONDAY + 8 * DAY
    held.actor = PERSON
    lead = held.ticket.lead
    assert lead is not None
    await held.do(f.RequestReturn(assignment_id=lead.id, basis="三定", proposed_unit=week_city.unit("D15")), "不属我局")
    held.actor = OTHER
    await held.do(f.RefuseReturn(request_id=held.ticket.requests[-1].id), "依据不足")
    assert (await week_city.list(now=MONDAY + 9 * DAY)).total == 0
    assert (await week_city.list("2026-W48", MONDAY + 9 * DAY)).total == 1


async def test_a_week_that_does_not_exist_or_has_not_begun_is_a_sentence(week_city: City) -> None:
    with pytest.raises(InvalidInput, match="2026 年没有第 60 周"):
        await week_city.list("2026-W60")
    with pytest.raises(InvalidInput, match="还没有开始"):
        await week_city.list("2026-W48")


async def test_thresholds_set_by_the_city_count_from_then_on(week_city: City) -> None:
    held = await week_city.sent()
    await week_city.returned(held, "D13")
    assert (await week_city.list()).total == 0
    strict = msgspec.structs.replace(store.shipped_thresholds(), returns=1)
    with pytest.raises(Forbidden, match="只有中心主管"):
        await set_thresholds(week_city.conn, strict, actor=Actor("林晓", frozenset({Role.AGENT})), now=FRIDAY)
    with pytest.raises(InvalidInput, match="缺少规则"):
        await set_thresholds(
            week_city.conn, msgspec.structs.replace(strict, weights={"R1": 1}), actor=CHIEF, now=FRIDAY
        )
    await set_thresholds(week_city.conn, strict, actor=CHIEF, now=FRIDAY)
    assert (await week_city.list()).total == 1


# -- freezing -------------------------------------------------------------------------------------------------------
