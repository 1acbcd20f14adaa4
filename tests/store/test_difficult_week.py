"""The week's difficult list from real rows: tickets live through the lifecycle, the list says what became of them."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import pytest
from openpyxl import load_workbook
from starlette.requests import Request

from hotline.directory.actions import seed_demo
from hotline.directory.people import Actor, Role
from hotline.directory.store import load_directory
from hotline.directory.units import Directory
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import sm3
from hotline.infra.db import Connection, Pool, open_pool
from hotline.infra.errors import Forbidden, InvalidInput
from hotline.infra.http import Services
from hotline.reports import http as reports
from hotline.sla.store import seed as seed_sla
from hotline.supervision import actions, store
from hotline.supervision.actions import AlreadyFrozen, difficult_week, freeze_week, set_thresholds
from hotline.supervision.difficult import POLICY, REPEATED, SAFETY, UNCLEAR
from hotline.supervision.http import VERBS, Instruct, MarkDifficult, Supervise, Urge
from hotline.supervision.letters import store as letters
from hotline.supervision.letters.letter import LetterKind
from hotline.supervision.weeklist import Item, WeekList
from hotline.tickets import actions as tickets
from hotline.tickets import facts as f
from hotline.tickets.actions import Held, hold
from hotline.tickets.guards import GuardRefused
from hotline.tickets.lifecycle import TransitionRefused
from hotline.tickets.privacy import Matter, Petitioner
from hotline.tickets.states import Channel, Kind, Outcome, OverlayKind, Solved, State, Urgency
from hotline.tickets.store import ensure_partitions
from hotline.tickets.ticket import Times
from hotline.tickets.verbs import Command, Desk
from tests.conftest import TurnedClock
from tests.walks import OTHER, PERSON

WEEK = "2026-W47"
MONDAY = datetime(2026, 11, 16, 9, tzinfo=BEIJING)
FRIDAY = datetime(2026, 11, 20, 12, tzinfo=BEIJING)
CHIEF = Actor(name="郑宏", roles=frozenset({Role.SUPERVISOR}), person_id=None)
DAY = timedelta(days=1)


@dataclass
class City:
    """Makes tickets and moves them, as the stages do."""

    conn: Connection
    desk: Desk
    directory: Directory

    def unit(self, code: str) -> int:
        found = self.directory.unit_by_code(code)
        assert found is not None
        return found.id

    def share(self, code: str, due: datetime, basis: str = "派单目录") -> f.Share:
        found = self.directory.unit_by_code(code)
        assert found is not None
        times = Times(finish_due=due, sign_due=due, contact_due=due, return_until=due, pack="default@1")
        return f.Share(found.id, found.path, times, basis)

    async def letter(
        self,
        at: datetime = MONDAY,
        *,
        phone: str = "",
        name: str = "周小芸",
        content: str = "人民路东段路灯三天不亮，晚上行走不便。",
        category: str | None = "010203",
        region: str | None = None,
        **more: Any,
    ) -> Held:
        create = f.Create(
            kind=Kind.COMPLAINT,
            urgency=more.pop("urgency", Urgency.NORMAL),
            channel=Channel.PHONE,
            region=region,
            **more,
        )
        matter = Matter(title="路灯不亮", content=content, address="人民路东段 5 号楼 1203 室")
        person = Petitioner(name=name, phone=phone or None, anonymous=not phone)
        held = await tickets.create(self.conn, [create], matter, person, actor=PERSON, now=at, cipher=self.desk.cipher)
        if category:
            await held.do(f.Classify(category=category))
        await held.do(f.Register())
        return held

    async def sent(self, at: datetime = MONDAY, *, due: datetime = FRIDAY + 9 * DAY, **more: Any) -> Held:
        held = await self.letter(at, **more)
        await held.do(f.Dispatch(lead=self.share("D14", due)))
        return held

    async def returned(self, held: Held, onto: str) -> None:
        lead = held.ticket.lead
        assert lead is not None
        ask = f.RequestReturn(assignment_id=lead.id, basis="三定规定第二条", proposed_unit=self.unit(onto))
        await held.do(ask, "路灯由住建部门管养")
        pending = held.ticket.requests[-1].id
        held.actor = OTHER
        await held.do(f.ApproveReturn(request_id=pending, lead=self.share(onto, FRIDAY + 9 * DAY)))
        held.actor = PERSON

    async def dissatisfied(self, held: Held) -> None:
        """Signed, answered, reviewed, called back in vain, sent back."""
        await self.replied(held, "已安排检修")
        await held.do(f.SendBack(lead=self.share("D14", held.now + 3 * DAY), solved=Solved.NO, rating=1))

    async def replied(self, held: Held, account: str, solved: Solved = Solved.YES) -> None:
        lead = held.ticket.lead
        assert lead is not None
        await held.do(f.Sign(assignment_id=lead.id))
        await held.do(f.Contact(assignment_id=lead.id, how="phone", result="已说明"))
        await held.do(f.Answered(assignment_id=lead.id, solved=solved, digest="ab", found_true=True))
        words = (held.ticket.id, held.ticket.replies[-1].id, account, "路灯已列入检修。", "")
        await self.conn.execute("INSERT INTO reply_text VALUES ($1, $2, $3, $4, $5)", *words)
        held.actor = OTHER  # nobody reviews their own reply
        await held.do(f.ApproveReply(callback_due=held.now + DAY))
        held.actor = PERSON

    async def list(self, week: str = WEEK, now: datetime = FRIDAY) -> WeekList:
        return await difficult_week(self.conn, week, now, desk=self.desk)

    async def only(self, now: datetime = FRIDAY) -> Item:
        """The one line of the week, on the list or settled."""
        found = await self.list(now=now)
        (line,) = (*found.items, *found.settled)
        return line


@pytest.fixture
async def city(conn: Connection, services: Services) -> AsyncIterator[City]:
    await seed_demo(conn, now=MONDAY, demo=False)
    await seed_sla(conn)
    await ensure_partitions(conn, date(2026, 9, 1))
    yield City(conn, Desk(services.settings, services.cipher), await load_directory(conn))


def rules(item: Item) -> list[str]:
    return [reason.rule for reason in item.reasons]


async def test_an_ordinary_week_has_an_empty_list(city: City) -> None:
    await city.sent(phone="13900000001")
    found = await city.list()
    assert (found.total, found.items, found.settled) == (0, (), ())
    assert found.title == "12345热线疑难工单周报（2026年第47周）" and len(found.columns) == 21


async def test_two_returns_are_listed_with_the_whole_trail(city: City) -> None:
    held = await city.sent(phone="13912345678")
    await city.returned(held, "D13")
    await city.returned(held, "D15")
    assert held.ticket.state is State.CONSULTING
    line = await city.only(MONDAY + timedelta(hours=1))
    assert (line.ticket_id, line.kind, rules(line)) == (held.ticket.id, UNCLEAR, ["R1"])
    d14, d13 = (city.directory.unit(city.unit(code)) for code in ("D14", "D13"))
    assert d14 and d13
    assert line.row.trail == f"退单 2 次，驳回 0 次\n11-16 {d14.name}（退） → 11-16 {d13.name}（退）"
    assert line.row.dispute.splitlines()[-1] == f"{d13.name}：路灯由住建部门管养"
    assert "三定规定第二条" in line.row.basis
    assert (line.row.status, line.row.number) == ("待会商", 1)
    assert line.row.progress.endswith("11-16 同意退单")


async def test_a_ruling_that_is_overdue_is_listed_and_one_that_is_not_is_not(city: City) -> None:
    held = await city.letter()
    await held.do(f.Consult(candidates=(city.unit("D13"), city.unit("D14"))))
    assert (await city.list(now=MONDAY + timedelta(hours=3))).total == 0
    line = await city.only(MONDAY + 2 * DAY)
    assert line.reasons[0].sentence == "派前会商应于 11月17日 23:59 前裁定，已超时"


async def test_the_status_and_the_ruling_follow_a_ruling(city: City) -> None:
    held = await city.sent()
    await city.returned(held, "D13")
    await city.returned(held, "D15")
    await held.do(f.Rule(lead=city.share("D14", FRIDAY + 5 * DAY, "市编办函")), "路灯属城管职责")
    line = await city.only()
    assert line.row.status == "已裁定" and line.row.ruling.startswith("11-16 裁定由")
    assert line.row.ruling.endswith("主办：路灯属城管职责")


async def test_the_same_caller_three_times_is_one_line_that_names_the_others(city: City) -> None:
    ids = [(await city.sent(MONDAY + n * DAY, phone="13912345678")).ticket.id for n in range(3)]
    await city.sent(phone="13912345679")
    await city.sent(phone="13912345678", category="050101")  # the same person about something else
    line = await city.only()
    assert rules(line) == ["R2"] and line.kind == REPEATED
    assert line.reasons[0].sentence == "同一诉求人 30 天内就同类事项反映 3 次"
    assert sorted([line.ticket_id, *line.related]) == ids
    assert line.row.people == "1 人/3 次" and str(ids[2]) in line.row.ticket


async def test_a_caller_who_urges_twice_has_called_three_times_and_old_calls_do_not_count(city: City) -> None:
    held = await city.sent(phone="13912345678")
    await city.sent(MONDAY - 40 * DAY, phone="13912345678", due=FRIDAY + DAY)
    assert (await city.list()).total == 0
    for _ in range(2):
        await held.do(f.Urge(origin="citizen"))
    assert rules(await city.only()) == ["R2"]


async def test_five_neighbours_within_a_day_are_one_line_with_its_crowd(city: City) -> None:
    street = next(r.code for r in city.directory.regions.values() if r.level == 4)
    community = next(r.code for r in city.directory.regions.values() if r.parent == street)
    for n in range(5):
        await city.sent(MONDAY + n * timedelta(hours=2), phone=f"1390000000{n}", region=street if n % 2 else community)
    # the same person again, another street and another matter make no bigger crowd
    await city.sent(MONDAY, phone="13900000000", region=street)
    elsewhere = next(r.code for r in city.directory.regions.values() if r.level == 4 and r.code != street)
    await city.sent(MONDAY, phone="13900000008", region=elsewhere)
    await city.sent(MONDAY, phone="13900000009", region=street, category="010204")
    line = await city.only()
    assert line.reasons[0].sentence == "同一地点同类事项 24 小时内有 5 人反映"
    assert len(line.related) == 5 and line.row.people.startswith("5 人")


async def test_a_district_is_no_place_and_four_days_are_no_crowd(city: City) -> None:
    district = next(r.code for r in city.directory.regions.values() if r.level == 3)
    street = next(r.code for r in city.directory.regions.values() if r.level == 4)
    for n in range(6):
        await city.sent(MONDAY, phone=f"1390000001{n}", region=district)
        await city.sent(MONDAY + n * timedelta(hours=14), phone=f"1390000002{n}", region=street)
    assert (await city.list()).total == 0


async def test_two_vain_rounds_are_listed_and_stay_when_they_are_concluded(city: City) -> None:
    held = await city.sent(phone="13912345678")
    await city.dissatisfied(held)
    assert (await city.list()).total == 0
    await city.dissatisfied(held)
    line = await city.only()
    assert (rules(line), line.row.status) == (["R4"], "办理中")
    await held.do(f.Conclude(explanation="已多次说明", solved=Solved.NO, rating=1), "两次重办仍不满意")
    found = await city.list()
    assert [rules(i) for i in found.items] == [["R4", "R11"]] and found.items[0].row.status == "待会商"
    assert (await city.list("2026-W48", FRIDAY + 7 * DAY)).items == ()


async def test_lateness_is_counted_in_working_days_until_the_reply(city: City) -> None:
    begun = datetime(2026, 9, 28, 10, tzinfo=BEIJING)
    due = datetime(2026, 9, 30, 23, 59, 59, tzinfo=BEIJING)
    held = await city.sent(begun, due=due)
    # A week's holiday lies between, and a Saturday that was worked.
    assert (await city.list("2026-W42", datetime(2026, 10, 13, 12, tzinfo=BEIJING))).total == 0
    (line,) = (await city.list("2026-W42", datetime(2026, 10, 14, 12, tzinfo=BEIJING))).items
    assert (line.kind, [(r.rule, r.sentence) for r in line.reasons]) == (POLICY, [("R5", "超期 6 个工作日")])
    held.now = datetime(2026, 10, 16, 13, tzinfo=BEIJING)
    await city.replied(held, "已修复")
    (later,) = (await city.list("2026-W47", FRIDAY)).items
    assert later.reasons[0].sentence == "超期 8 个工作日"  # the clock stopped with the reply
    assert later.row.status == "申请销号" and later.row.done.endswith("10-16 回复：已修复")


async def test_three_units_a_second_extension_and_the_units_own_words(city: City) -> None:
    held = await city.letter()
    assists = (city.share("D13", FRIDAY + 3 * DAY), city.share("D15", FRIDAY + 3 * DAY))
    await held.do(f.Dispatch(lead=city.share("D14", FRIDAY + 3 * DAY), assists=assists))
    await held.do(f.Sign(assignment_id=1))
    leader = Actor(name="段佳怡", roles=frozenset({Role.CENTRE_LEADER}), person_id=None)
    for more in (5, 8):
        await held.do(f.RequestExtension(assignment_id=1, amount=2, progress="材料已报"), "管线产权不明，目前无法解决")
        held.actor = leader
        await held.do(f.GrantExtension(request_id=held.ticket.requests[-1].id, due=FRIDAY + more * DAY))
        held.actor = PERSON
    line = await city.only()
    assert rules(line) == ["R5", "R6", "R10"]
    assert [r.sentence for r in line.reasons] == [
        "已延期 2 次",
        "涉及 3 个承办单位",
        "承办单位书面表示难以解决：“管线产权不明，目前无法解决”",
    ]
    assert line.row.current.count("局") >= 2 and "协办：" in line.row.proposal


async def test_shelved_past_its_milestone(city: City) -> None:
    held = await city.sent(MONDAY, due=MONDAY + DAY)
    await held.do(f.Sign(assignment_id=1))
    plan = "列入明年改造计划"
    await held.do(f.Shelve(plan=plan, milestone=FRIDAY - DAY, review=FRIDAY + DAY, leader="副局长王建"), "资金未到位")
    assert (await city.list(now=FRIDAY - 2 * DAY)).total == 0
    line = await city.only()
    assert rules(line) == ["R7"] and line.row.status == "挂账"
    assert line.row.responsible.splitlines()[0] == "副局长王建" and "挂账节点" in line.row.deadline


async def test_danger_comes_first_and_ends_with_the_ticket(city: City) -> None:
    held = await city.sent(content="楼下餐馆燃气泄漏，味道很大，担心爆炸。")
    await city.sent(content="请问公积金怎么提取？希望答复。", urgency=Urgency.CRITICAL)
    found = await city.list()
    assert [i.kind for i in found.items] == [SAFETY, SAFETY]
    assert found.items[0].reasons[0].sentence == "含安全风险词：燃气泄漏、爆炸"
    await city.replied(held, "已关阀处置")
    await held.do(f.Close(outcome=Outcome.SATISFIED, solved=Solved.YES, rating=5))
    found = await city.list()
    assert [i.row.number for i in found.items] == [1] and found.settled == ()


async def test_the_list_never_shows_the_citizen(city: City) -> None:
    said = "我家住人民路，周小芸已多次反映，电话13912345678或一三九，身份证530102199003071234，路灯不亮。"
    held = await city.sent(phone="13912345678", content=said, urgency=Urgency.CRITICAL)
    await city.replied(held, "已电话联系周小芸（13912345678），同意下周修")
    secret = await city.sent(phone="13888888888", name="吴明远", confidential=True, urgency=Urgency.CRITICAL)
    found = await city.list()
    shown = msgspec.json.encode(found).decode()
    for private in ("周小芸", "13912345678", "530102199003071234", "1203", "吴明远", "13888888888"):
        assert private not in shown
    line = next(i for i in found.items if i.ticket_id == secret.ticket.id)
    assert line.row.summary == "保密件，内容请按权限到系统内查阅。" and "人民路" not in line.row.place


async def test_a_past_week_shows_what_was_true_then(city: City) -> None:
    held = await city.sent(phone="13912345678")
    await city.returned(held, "D13")
    held.now = MONDAY + 8 * DAY
    held.actor = PERSON
    lead = held.ticket.lead
    assert lead is not None
    await held.do(f.RequestReturn(assignment_id=lead.id, basis="三定", proposed_unit=city.unit("D15")), "不属我局")
    held.actor = OTHER
    await held.do(f.RefuseReturn(request_id=held.ticket.requests[-1].id), "依据不足")
    assert (await city.list(now=MONDAY + 9 * DAY)).total == 0
    assert (await city.list("2026-W48", MONDAY + 9 * DAY)).total == 1


async def test_a_week_that_does_not_exist_or_has_not_begun_is_a_sentence(city: City) -> None:
    with pytest.raises(InvalidInput, match="2026 年没有第 60 周"):
        await city.list("2026-W60")
    with pytest.raises(InvalidInput, match="还没有开始"):
        await city.list("2026-W48")


async def test_thresholds_set_by_the_city_count_from_then_on(city: City) -> None:
    held = await city.sent()
    await city.returned(held, "D13")
    assert (await city.list()).total == 0
    strict = msgspec.structs.replace(store.shipped_thresholds(), returns=1)
    with pytest.raises(Forbidden, match="只有中心主管"):
        await set_thresholds(city.conn, strict, actor=Actor("林晓", frozenset({Role.AGENT})), now=FRIDAY)
    with pytest.raises(InvalidInput, match="缺少规则"):
        await set_thresholds(city.conn, msgspec.structs.replace(strict, weights={"R1": 1}), actor=CHIEF, now=FRIDAY)
    await set_thresholds(city.conn, strict, actor=CHIEF, now=FRIDAY)
    assert (await city.list()).total == 1


# -- freezing -------------------------------------------------------------------------------------------------------


async def freeze(city: City, week: str = WEEK, now: datetime = FRIDAY, **more: Any) -> WeekList:
    return await freeze_week(city.conn, week, now, actor=CHIEF, desk=city.desk, **more)


async def test_a_frozen_week_does_not_change_and_says_who_froze_it(city: City) -> None:
    held = await city.sent()
    await city.returned(held, "D13")
    await city.returned(held, "D15")
    live = await city.list()
    frozen = await freeze(city)
    await held.do(f.Rule(lead=city.share("D14", FRIDAY + 5 * DAY)), "依职责")
    again = await city.list(now=FRIDAY + DAY)
    assert again == frozen and again.items == live.items
    assert (again.frozen_at, again.frozen_by) == (FRIDAY, "郑宏")
    body = await city.conn.fetchval("SELECT body FROM difficult_week WHERE week = $1", WEEK)
    assert again.hash == sm3(body.encode()).hex()
    assert json.loads(body)["items"][0]["ticket_id"] == held.ticket.id


async def test_one_freeze_a_week_and_only_by_a_chief(city: City) -> None:
    with pytest.raises(Forbidden):
        worker = Actor("雷婉清", frozenset({Role.SUPERVISION}))
        await freeze_week(city.conn, WEEK, FRIDAY, actor=worker, desk=city.desk)
    first = await freeze(city)
    with pytest.raises(AlreadyFrozen) as refused:
        await freeze(city)
    assert refused.value.status == 409 and refused.value.data["hash"] == first.hash
    for change in ("UPDATE difficult_week SET body = ''", "DELETE FROM difficult_week"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            async with city.conn.transaction():
                await city.conn.execute(change)


async def test_what_was_frozen_is_carried_over_until_it_is_settled(city: City) -> None:
    held = await city.sent(content="老楼外墙坍塌，砖块掉下来了，请处理。")
    await freeze(city)
    fresh = await city.sent(MONDAY + 7 * DAY, content="工地基坑塌方，路面开裂很深。", due=FRIDAY + 30 * DAY)
    found = await city.list("2026-W48", FRIDAY + 7 * DAY)
    assert [(i.ticket_id, i.carried) for i in found.items] == [(held.ticket.id, True), (fresh.ticket.id, False)]
    assert (found.fresh, found.carried) == (1, 1)
    held.now = MONDAY + 8 * DAY
    await city.replied(held, "已围挡并修复")
    await held.do(f.Close(outcome=Outcome.SATISFIED, solved=Solved.YES, rating=5))
    found = await city.list("2026-W48", FRIDAY + 7 * DAY)
    assert [i.ticket_id for i in found.items] == [fresh.ticket.id]
    assert [(i.ticket_id, i.row.status) for i in found.settled] == [(held.ticket.id, "已销号")]


async def test_a_supervisor_may_choose_but_not_invent(city: City) -> None:
    chosen = [(await city.sent(urgency=Urgency.CRITICAL)).ticket.id for _ in range(3)][1:]
    with pytest.raises(InvalidInput, match="不在本周候选名单里"):
        await freeze(city, tickets=[*chosen, 7])
    with pytest.raises(InvalidInput, match="一周最多选 20 件"):
        await freeze(city, tickets=list(range(21)))
    frozen = await freeze(city, tickets=chosen)
    assert [(i.ticket_id, i.row.number) for i in frozen.items] == [(chosen[0], 1), (chosen[1], 2)]


# -- verbs ----------------------------------------------------------------------------------------------------------

ACT = {verb.name: verb for verb in VERBS}


async def do(city: City, held: Held, name: str, body: Command) -> None:
    await ACT[name].act(held, body, city.desk)


async def test_a_supervision_letter_has_a_number_and_three_working_days(city: City) -> None:
    held = await city.sent()
    held.now = FRIDAY
    for level in (2, 3):
        await do(city, held, "supervise", Supervise(version=0, level=level, ground="逾期未办"))
    letters = [o for o in held.ticket.overlays if o.kind is OverlayKind.SUPERVISION]
    assert [(o.number, o.level) for o in letters] == [("督〔2026〕1号", 2), ("督〔2026〕2号", 3)]
    assert letters[0].due == datetime(2026, 11, 25, 23, 59, 59, tzinfo=BEIJING)
    with pytest.raises(InvalidInput, match="请写明督办事由"):
        await do(city, held, "supervise", Supervise(version=0, level=2, ground=" \0"))
    await do(city, held, "mark_difficult", MarkDifficult(version=0, reason="历史遗留", kind=POLICY))
    line = await city.only()
    assert line.row.letter == "督〔2026〕1号 2级\n督〔2026〕2号 3级"
    assert (line.kind, line.reasons[0].sentence) == (POLICY, "人工认定：历史遗留")


async def test_a_letter_that_is_refused_leaves_no_gap(city: City) -> None:
    gone = await city.sent()
    await gone.do(f.Withdraw(proof="录音 R1"))
    with pytest.raises(TransitionRefused):
        async with city.conn.transaction():
            await do(city, gone, "supervise", Supervise(version=0, level=2, ground="逾期"))
    held = await city.sent()
    await do(city, held, "supervise", Supervise(version=0, level=2, ground="逾期"))
    assert held.ticket.overlays[-1].number.endswith("1号")


async def test_letters_written_at_once_have_neither_gaps_nor_twins(fresh_database: str) -> None:
    async def write(pool: Pool, fails: bool) -> str | None:
        async with pool.acquire() as conn:
            written = conn.transaction()
            await written.start()
            number = (await letters.next_number(conn, LetterKind.SUPERVISION, FRIDAY)).text
            await asyncio.sleep(0)
            await (written.rollback() if fails else written.commit())
            return None if fails else number

    pool = await open_pool(fresh_database, max_size=8)
    try:
        numbers = await asyncio.gather(*(write(pool, n % 3 == 0) for n in range(30)))
    finally:
        await pool.close()
    assert {number for number in numbers if number} == {f"督〔2026〕{n}号" for n in range(1, 21)}


async def test_two_chiefs_freeze_at_once_and_one_is_told(fresh_database: str, services: Services) -> None:
    desk = Desk(services.settings, services.cipher)
    pool = await open_pool(fresh_database, max_size=4)

    async def attempt() -> str:
        async with pool.acquire() as conn, conn.transaction():
            try:
                return (await freeze_week(conn, WEEK, FRIDAY, actor=CHIEF, desk=desk)).hash or ""
            except AlreadyFrozen as told:
                return told.message

    try:
        async with pool.acquire() as conn:
            await seed_sla(conn)
        answers = sorted(await asyncio.gather(attempt(), attempt()), key=len)
    finally:
        await pool.close()
    assert answers[0].startswith("2026-W47 的疑难工单周报已由郑宏于") and len(answers[1]) == 64


async def test_the_new_year_begins_with_letter_one(conn: Connection) -> None:
    ends, begins = datetime(2026, 12, 31, 23, tzinfo=BEIJING), datetime(2027, 1, 1, 0, tzinfo=BEIJING)
    assert (await letters.next_number(conn, LetterKind.SUPERVISION, ends)).text == "督〔2026〕1号"
    assert (await letters.next_number(conn, LetterKind.WARNING, ends)).text == "预警〔2026〕1号", "a row of its own"
    assert (await letters.next_number(conn, LetterKind.SUPERVISION, begins)).text == "督〔2027〕1号"


async def test_an_urge_says_who_pressed(city: City) -> None:
    held = await city.sent()
    roles = {Role.AGENT: "citizen", Role.SUPERVISION: "supervision", Role.CENTRE_LEADER: "leader"}
    for role, origin in roles.items():
        held.actor = Actor("某人", frozenset({role}))
        await do(city, held, "urge", Urge(version=0, text="请尽快"))
        assert held.ticket.overlays[-1].origin == origin
    held.actor = Actor("某人", frozenset({Role.SUPERVISION}))
    await do(city, held, "urge", Urge(version=0, origin="citizen"))
    assert held.ticket.overlays[-1].origin == "supervision"  # nobody else speaks for the citizen


async def test_a_leaders_instruction_is_on_the_list(city: City) -> None:
    held = await city.sent()
    held.actor = Actor(name="高远", roles=frozenset({Role.CITY_LEADER}))
    held.now = FRIDAY - DAY
    await do(city, held, "instruct", Instruct(version=0, text="请城管局一周内解决", due=FRIDAY + 7 * DAY))
    for wrong, sentence in (
        (Instruct(version=0, text=" "), "请填写批示"),
        (Instruct(version=0, text="办", due=MONDAY), "须晚于现在"),
    ):
        with pytest.raises(InvalidInput, match=sentence):
            await do(city, held, "instruct", wrong)
    line = await city.only()
    assert rules(line) == ["R8"] and line.row.instruction == "11-19 高远：请城管局一周内解决"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (MarkDifficult(version=0), "请写明认定为疑难工单的理由"),
        (MarkDifficult(version=0, reason="难", kind="其他类"), "类别应为"),
        (MarkDifficult(version=0, reason="难", rules=("R12",)), "没有规则 R12"),
    ],
)
async def test_a_mark_needs_a_reason_and_known_names(city: City, body: MarkDifficult, sentence: str) -> None:
    held = await city.sent()
    with pytest.raises(InvalidInput, match=sentence):
        await do(city, held, "mark_difficult", body)
    assert not held.ticket.has_overlay(OverlayKind.DIFFICULT)


async def test_a_stranger_may_not_supervise(city: City) -> None:
    ticket = (await city.sent()).ticket
    agent = Actor("林晓", frozenset({Role.AGENT}))
    held = await hold(city.conn, ticket.id, actor=agent, now=FRIDAY)
    for name, body in (
        ("supervise", Supervise(version=0, level=2, ground="逾期")),
        ("mark_difficult", MarkDifficult(version=0, reason="难")),
        ("instruct", Instruct(version=0, text="办")),
    ):
        with pytest.raises(Forbidden):
            await do(city, held, name, body)
    with pytest.raises((GuardRefused, msgspec.ValidationError)):
        msgspec.json.decode(b'{"version": 1, "level": 5, "ground": "x"}', type=Supervise)


# -- over HTTP ------------------------------------------------------------------------------------------------------


def asked(
    services: Services, role: Role, query: str = "", path: dict[str, str] | None = None, body: bytes = b""
) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    actor = Actor("郑宏", frozenset({role}))
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": [],
        "query_string": query.encode(),
        "path_params": path or {},
        "state": {"services": services, "actor": actor},
    }
    return Request(scope, receive)


async def test_readers_get_the_list_and_others_do_not(city: City, services: Services, clock: TurnedClock) -> None:
    clock.set(FRIDAY)
    held = await city.sent(urgency=Urgency.CRITICAL)
    for role in actions.READERS:
        response = await reports.difficult(asked(services, role))
        assert json.loads(bytes(response.body))["items"][0]["ticket_id"] == held.ticket.id
    for role in (Role.AGENT, Role.UNIT_LEADER, Role.SYSTEM_ADMIN):
        with pytest.raises(Forbidden, match="您的岗位不能查看"):
            await reports.difficult(asked(services, role))
    for query, sentence in (("week=2026-W60", "没有第 60 周"), ("format=odt", "目前支持 json、xlsx")):
        with pytest.raises(InvalidInput, match=sentence):
            await reports.difficult(asked(services, Role.SUPERVISOR, query))


async def test_the_spreadsheet_comes_as_a_file(
    city: City, services: Services, clock: TurnedClock, tmp_path: Any
) -> None:
    clock.set(FRIDAY)
    held = await city.sent(urgency=Urgency.CRITICAL, content='=HYPERLINK("http://x.example") 请尽快处理此事')
    response = await reports.difficult(asked(services, Role.CITY_LEADER, "week=2026-W47&format=xlsx"))
    assert response.headers["content-disposition"].startswith('attachment; filename="difficult-2026-W47.xlsx"')
    saved = tmp_path / "week.xlsx"
    saved.write_bytes(bytes(response.body))
    page = load_workbook(saved)["疑难工单"]
    assert page["C5"].value == str(held.ticket.id) and page["F5"].data_type == "s"


async def test_freezing_over_http(city: City, services: Services, clock: TurnedClock) -> None:
    clock.set(FRIDAY)
    week = {"week": WEEK}
    with pytest.raises(Forbidden, match="只有中心主管"):
        await reports.freeze_difficult(asked(services, Role.CITY_LEADER, path=week))
    response = await reports.freeze_difficult(asked(services, Role.SUPERVISOR, path=week))
    frozen = json.loads(bytes(response.body))
    assert response.status_code == 201 and frozen["frozen_by"] == "郑宏" and len(frozen["hash"]) == 64
    read = await reports.difficult(asked(services, Role.CITY_LEADER, f"week={WEEK}"))
    assert json.loads(bytes(read.body)) == frozen
    with pytest.raises(AlreadyFrozen):
        await reports.freeze_difficult(asked(services, Role.SUPERVISOR, path=week))
