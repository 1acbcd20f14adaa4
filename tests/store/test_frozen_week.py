"""What is done with the week's difficult list: frozen once, carried over, letters, marks, read over HTTP."""

import asyncio
import json
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
import pytest
from openpyxl import load_workbook
from starlette.requests import Request

from hotline.directory.people import Actor, Role
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import sm3
from hotline.infra.db import Connection, Pool, open_pool
from hotline.infra.errors import Forbidden, InvalidInput
from hotline.infra.http import Services
from hotline.reports import http as reports
from hotline.sla.store import seed as seed_sla
from hotline.supervision import actions
from hotline.supervision.actions import AlreadyFrozen, freeze_week
from hotline.supervision.difficult import POLICY
from hotline.supervision.http import VERBS, Instruct, MarkDifficult, Supervise, Urge
from hotline.supervision.letters import store as letters
from hotline.supervision.letters.letter import LetterKind
from hotline.supervision.weeklist import WeekList
from hotline.tickets import facts as f
from hotline.tickets.actions import Held, hold
from hotline.tickets.guards import GuardRefused
from hotline.tickets.lifecycle import TransitionRefused
from hotline.tickets.states import Outcome, OverlayKind, Solved, Urgency
from hotline.tickets.verbs import Command, Desk
from tests.conftest import TurnedClock
from tests.store.week_city import CHIEF, DAY, FRIDAY, MONDAY, WEEK, City, rules


async def freeze(week_city: City, week: str = WEEK, now: datetime = FRIDAY, **more: Any) -> WeekList:
    return await freeze_week(week_city.conn, week, now, actor=CHIEF, desk=week_city.desk, **more)


async def test_a_frozen_week_does_not_change_and_says_who_froze_it(week_city: City) -> None:
    held = await week_city.sent()
    await week_city.returned(held, "D13")
    await week_city.returned(held, "D15")
    live = await week_city.list()
    frozen = await freeze(week_city)
    await held.do(f.Rule(lead=week_city.share("D14", FRIDAY + 5 * DAY)), "依职责")
    again = await week_city.list(now=FRIDAY + DAY)
    assert again == frozen and again.items == live.items
    assert (again.frozen_at, again.frozen_by) == (FRIDAY, "郑宏")
    body = await week_city.conn.fetchval("SELECT body FROM difficult_week WHERE week = $1", WEEK)
    assert again.hash == sm3(body.encode()).hex()
    assert json.loads(body)["items"][0]["ticket_id"] == held.ticket.id


async def test_one_freeze_a_week_and_only_by_a_chief(week_city: City) -> None:
    with pytest.raises(Forbidden):
        worker = Actor("雷婉清", frozenset({Role.SUPERVISION}))
        await freeze_week(week_city.conn, WEEK, FRIDAY, actor=worker, desk=week_city.desk)
    first = await freeze(week_city)
    with pytest.raises(AlreadyFrozen) as refused:
        await freeze(week_city)
    assert refused.value.status == 409 and refused.value.data["hash"] == first.hash
    for change in ("UPDATE difficult_week SET body = ''", "DELETE FROM difficult_week"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            async with week_city.conn.transaction():
                await week_city.conn.execute(change)


async def test_what_was_frozen_is_carried_over_until_it_is_settled(week_city: City) -> None:
    held = await week_city.sent(content="老楼外墙坍塌，砖块掉下来了，请处理。")
    await freeze(week_city)
    fresh = await week_city.sent(MONDAY + 7 * DAY, content="工地基坑塌方，路面开裂很深。", due=FRIDAY + 30 * DAY)
    found = await week_city.list("2026-W48", FRIDAY + 7 * DAY)
    assert [(i.ticket_id, i.carried) for i in found.items] == [(held.ticket.id, True), (fresh.ticket.id, False)]
    assert (found.fresh, found.carried) == (1, 1)
    held.now = MONDAY + 8 * DAY
    await week_city.replied(held, "已围挡并修复")
    await held.do(f.Close(outcome=Outcome.SATISFIED, solved=Solved.YES, rating=5))
    found = await week_city.list("2026-W48", FRIDAY + 7 * DAY)
    assert [i.ticket_id for i in found.items] == [fresh.ticket.id]
    assert [(i.ticket_id, i.row.status) for i in found.settled] == [(held.ticket.id, "已销号")]


async def test_a_supervisor_may_choose_but_not_invent(week_city: City) -> None:
    chosen = [(await week_city.sent(urgency=Urgency.CRITICAL)).ticket.id for _ in range(3)][1:]
    with pytest.raises(InvalidInput, match="不在本周候选名单里"):
        await freeze(week_city, tickets=[*chosen, 7])
    with pytest.raises(InvalidInput, match="一周最多选 20 件"):
        await freeze(week_city, tickets=list(range(21)))
    frozen = await freeze(week_city, tickets=chosen)
    assert [(i.ticket_id, i.row.number) for i in frozen.items] == [(chosen[0], 1), (chosen[1], 2)]


# -- verbs ----------------------------------------------------------------------------------------------------------

ACT = {verb.name: verb for verb in VERBS}


async def do(week_city: City, held: Held, name: str, body: Command) -> None:
    await ACT[name].act(held, body, week_city.desk)


async def test_a_supervision_letter_has_a_number_and_three_working_days(week_city: City) -> None:
    held = await week_city.sent()
    held.now = FRIDAY
    for level in (2, 3):
        await do(week_city, held, "supervise", Supervise(version=0, level=level, ground="逾期未办"))
    letters = [o for o in held.ticket.overlays if o.kind is OverlayKind.SUPERVISION]
    assert [(o.number, o.level) for o in letters] == [("督〔2026〕1号", 2), ("督〔2026〕2号", 3)]
    assert letters[0].due == datetime(2026, 11, 25, 23, 59, 59, tzinfo=BEIJING)
    with pytest.raises(InvalidInput, match="请写明督办事由"):
        await do(week_city, held, "supervise", Supervise(version=0, level=2, ground=" \0"))
    await do(week_city, held, "mark_difficult", MarkDifficult(version=0, reason="历史遗留", kind=POLICY))
    line = await week_city.only()
    assert line.row.letter == "督〔2026〕1号 2级\n督〔2026〕2号 3级"
    assert (line.kind, line.reasons[0].sentence) == (POLICY, "人工认定：历史遗留")


async def test_a_letter_that_is_refused_leaves_no_gap(week_city: City) -> None:
    gone = await week_city.sent()
    await gone.do(f.Withdraw(proof="录音 R1"))
    with pytest.raises(TransitionRefused):
        async with week_city.conn.transaction():
            await do(week_city, gone, "supervise", Supervise(version=0, level=2, ground="逾期"))
    held = await week_city.sent()
    await do(week_city, held, "supervise", Supervise(version=0, level=2, ground="逾期"))
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
    assert answers[0].startswith("2026年第47周的疑难工单周报已由郑宏于") and len(answers[1]) == 64


async def test_the_new_year_begins_with_letter_one(conn: Connection) -> None:
    ends, begins = datetime(2026, 12, 31, 23, tzinfo=BEIJING), datetime(2027, 1, 1, 0, tzinfo=BEIJING)
    assert (await letters.next_number(conn, LetterKind.SUPERVISION, ends)).text == "督〔2026〕1号"
    assert (await letters.next_number(conn, LetterKind.WARNING, ends)).text == "预警〔2026〕1号", "a row of its own"
    assert (await letters.next_number(conn, LetterKind.SUPERVISION, begins)).text == "督〔2027〕1号"


async def test_an_urge_says_who_pressed(week_city: City) -> None:
    held = await week_city.sent()
    roles = {Role.AGENT: "citizen", Role.SUPERVISION: "supervision", Role.CENTRE_LEADER: "leader"}
    for role, origin in roles.items():
        held.actor = Actor("某人", frozenset({role}))
        await do(week_city, held, "urge", Urge(version=0, text="请尽快"))
        assert held.ticket.overlays[-1].origin == origin
    held.actor = Actor("某人", frozenset({Role.SUPERVISION}))
    await do(week_city, held, "urge", Urge(version=0, origin="citizen"))
    assert held.ticket.overlays[-1].origin == "supervision"  # nobody else speaks for the citizen


async def test_a_leaders_instruction_is_on_the_list(week_city: City) -> None:
    held = await week_city.sent()
    held.actor = Actor(name="高远", roles=frozenset({Role.CITY_LEADER}))
    held.now = FRIDAY - DAY
    await do(week_city, held, "instruct", Instruct(version=0, text="请城管局一周内解决", due=FRIDAY + 7 * DAY))
    for wrong, sentence in (
        (Instruct(version=0, text=" "), "请填写批示"),
        (Instruct(version=0, text="办", due=MONDAY), "须晚于现在"),
    ):
        with pytest.raises(InvalidInput, match=sentence):
            await do(week_city, held, "instruct", wrong)
    line = await week_city.only()
    assert rules(line) == ["R8"] and line.row.instruction == "11-19 高远：请城管局一周内解决"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (MarkDifficult(version=0), "请写明认定为疑难工单的理由"),
        (MarkDifficult(version=0, reason="难", kind="其他类"), "类别应为"),
        (MarkDifficult(version=0, reason="难", rules=("R12",)), "没有规则 R12"),
    ],
)
async def test_a_mark_needs_a_reason_and_known_names(week_city: City, body: MarkDifficult, sentence: str) -> None:
    held = await week_city.sent()
    with pytest.raises(InvalidInput, match=sentence):
        await do(week_city, held, "mark_difficult", body)
    assert not held.ticket.has_overlay(OverlayKind.DIFFICULT)


async def test_a_stranger_may_not_supervise(week_city: City) -> None:
    ticket = (await week_city.sent()).ticket
    agent = Actor("林晓", frozenset({Role.AGENT}))
    held = await hold(week_city.conn, ticket.id, actor=agent, now=FRIDAY)
    for name, body in (
        ("supervise", Supervise(version=0, level=2, ground="逾期")),
        ("mark_difficult", MarkDifficult(version=0, reason="难")),
        ("instruct", Instruct(version=0, text="办")),
    ):
        with pytest.raises(Forbidden):
            await do(week_city, held, name, body)
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


async def test_readers_get_the_list_and_others_do_not(week_city: City, services: Services, clock: TurnedClock) -> None:
    clock.set(FRIDAY)
    held = await week_city.sent(urgency=Urgency.CRITICAL)
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
    week_city: City, services: Services, clock: TurnedClock, tmp_path: Any
) -> None:
    clock.set(FRIDAY)
    held = await week_city.sent(urgency=Urgency.CRITICAL, content='=HYPERLINK("http://x.example") 请尽快处理此事')
    response = await reports.difficult(asked(services, Role.CITY_LEADER, "week=2026-W47&format=xlsx"))
    assert response.headers["content-disposition"].startswith('attachment; filename="difficult-2026-W47.xlsx"')
    saved = tmp_path / "week.xlsx"
    saved.write_bytes(bytes(response.body))
    page = load_workbook(saved)["疑难工单"]
    assert page["C5"].value == str(held.ticket.id) and page["F5"].data_type == "s"


async def test_freezing_over_http(week_city: City, services: Services, clock: TurnedClock) -> None:
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
