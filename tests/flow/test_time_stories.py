"""Clocks of every kind, and what happens to them when the calendar changes."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from hotline.directory.people import SYSTEM
from hotline.infra.clock import BEIJING
from hotline.sla.actions import working
from hotline.sla.store import shipped_packs
from hotline.tickets import facts as f
from hotline.tickets.states import Urgency
from hotline.tickets.verbs import Desk
from tests.flow.city import City
from tests.flow.steps import BASIS, answers, called_back, in_the_pool, sent, signed

LEVELS = ["near", "orange", "late", "very_late"]


async def marks(city: City, ticket_id: int, clock: str) -> list[str]:
    lines = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"]
    payloads = [line["payload"] for line in lines if line["event"] == "mark_deadline"]
    return [p["light"] for p in payloads if p["clock"] == clock]


async def open_clocks(city: City, ticket_id: int) -> set[str]:
    rows = await city.conn.fetch("SELECT kind FROM deadline WHERE ticket_id = $1 AND done_at IS NULL", ticket_id)
    return {row["kind"] for row in rows}


async def test_派单时限_a_ticket_in_the_pool_is_watched_until_it_is_sent(city: City) -> None:
    waiting, gone = await in_the_pool(city), await in_the_pool(city)
    assert await open_clocks(city, waiting) == {"dispatch"}
    await city.dispatcher.does("dispatch", gone, unit_id=await city.unit("D14"), basis=BASIS)
    assert "dispatch" not in await open_clocks(city, gone)
    await city.pass_time(hours=3)
    assert await marks(city, waiting, "dispatch") == ["near", "orange", "late"], "each level once, in order"
    assert await marks(city, gone, "dispatch") == []
    seen = (await city.dispatcher.sees(waiting))["ticket"]
    assert seen["worst"] is None, "the centre's own clock is no unit's lateness"


async def test_派单时限_urgent_is_ten_minutes_from_the_registration(city: City) -> None:
    ticket_id = await in_the_pool(city)
    await city.pass_time(minutes=5)
    desk = Desk(city.services.settings, city.services.cipher)
    async with working(city.conn, ticket_id, actor=SYSTEM, now=city.clock.now(), desk=desk) as held:
        await held.do(f.Classify(category=None, urgency=Urgency.URGENT))
    row = await city.conn.fetchrow("SELECT start_at, due_at FROM deadline WHERE ticket_id = $1", ticket_id)
    assert row and row["due_at"] - row["start_at"] == timedelta(minutes=10)
    assert row["start_at"] == city.clock.now() - timedelta(minutes=5)


async def test_会商时限_回访时限_each_begins_and_ends_with_its_state(city: City) -> None:
    ticket_id = await in_the_pool(city)
    await city.dispatcher.does("consult", ticket_id, reason="职责交叉")
    assert await open_clocks(city, ticket_id) == {"consultation"}
    await city.pass_time(days=2)
    assert await marks(city, ticket_id, "consultation") == ["near", "orange", "late"]
    d14 = await city.unit("D14")
    await city.supervisor.does("rule", ticket_id, unit_id=d14, basis=BASIS, reason="编办意见")
    assert await open_clocks(city, ticket_id) == {"sign", "contact", "finish"}
    await called_back(city, ticket_id, city.unit_desk("D14"))
    assert await open_clocks(city, ticket_id) == {"callback"}
    await city.pass_time(days=6)
    assert await marks(city, ticket_id, "callback") == ["near", "orange", "late"]
    await city.callback.calls_back(ticket_id, solved="no", rating=3)
    assert await open_clocks(city, ticket_id) == {"sign", "contact", "finish"}
    await called_back(city, ticket_id, city.unit_desk("D14"))
    await city.pass_time(days=5)
    assert await marks(city, ticket_id, "callback") == ["near", "orange", "late"] * 2, "the second round has its own"
    await city.callback.calls_back(ticket_id, solved="yes", rating=5)
    assert await open_clocks(city, ticket_id) == set()


async def test_督办时限_each_letter_is_watched_until_the_unit_answers(city: City) -> None:
    ticket_id = await signed(city)
    for level in (2, 3):
        await city.supervisor.does("supervise", ticket_id, level=level, ground="多次催办未果", reason="督办")
        await city.pass_time(hours=2)
    assert await city.conn.fetchval("SELECT count(*) FROM deadline WHERE kind = 'supervise' AND done_at IS NULL") == 2
    await city.pass_time(days=5)
    assert sorted(await marks(city, ticket_id, "supervise")) == sorted(["near", "orange", "late"] * 2)
    await answers(city.unit_desk("D14"), ticket_id)
    assert await open_clocks(city, ticket_id) == set()
    await city.supervisor.does("refuse_reply", ticket_id, reasons=["答非所问"])
    assert await open_clocks(city, ticket_id) == {"supervise", "finish"}, "refused, the letter is unanswered again"
    await city.pass_time(days=1)
    assert len(await marks(city, ticket_id, "supervise")) == 6, "a light already shown is not shown again"


async def test_挂账节点_a_shelved_ticket_past_its_milestone_is_marked_and_nothing_else_runs(city: City) -> None:
    ticket_id = await signed(city)
    milestone = (city.clock.now() + timedelta(days=20)).isoformat()
    await city.supervisor.does(
        "shelve", ticket_id, plan="列入改造", milestone=milestone, leader="王局长", reason="需立项"
    )
    assert await open_clocks(city, ticket_id) == {"milestone"}
    await city.pass_time(days=40)
    assert await marks(city, ticket_id, "milestone") == LEVELS
    assert await marks(city, ticket_id, "finish") == []
    await city.supervisor.does("resume", ticket_id, reason="已立项")
    assert "milestone" not in await open_clocks(city, ticket_id)
    assert "finish" in await open_clocks(city, ticket_id)


async def test_几级一次跳过_after_a_long_silence_each_level_stands_once_and_in_order(city: City) -> None:
    ticket_id = await sent(city)
    await city.pass_time(days=60)
    for clock in ("sign", "contact", "finish"):
        assert await marks(city, ticket_id, clock) == LEVELS
    assert (await city.supervisor.sees(ticket_id))["ticket"]["worst"] == "very_late"
    lines = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))


def lead_of(seen: Any) -> Any:
    return next(a for a in seen["ticket"]["assignments"] if a["part"] == "lead")


OFF = {"days": [{"day": "2026-11-25", "workday": False, "name": "暴雪停工"}]}


async def due_day(city: City, ticket_id: int) -> str:
    moment = lead_of(await city.supervisor.sees(ticket_id))["finish_due"]
    return f"{datetime.fromisoformat(moment).astimezone(BEIJING):%m-%d}"


async def test_日历调整_deadlines_follow_the_calendar_with_a_line_each(city: City) -> None:
    """Flow story 16."""
    ticket_id, answered, ended = await signed(city), await signed(city), await signed(city)
    assert await due_day(city, ticket_id) == "11-30"
    await city.supervisor.does("terminate", ended, ground="进入诉讼", reason="已立案")
    await answers(city.unit_desk("D14"), answered)
    looked = await city.admin.call("POST", "/calendar/preview", OFF)
    assert looked.status_code == 200, looked.text
    moved = {(one["ticket_id"], one["clock"]): (one["old"][:10], one["new"][:10]) for one in looked.json()["items"]}
    assert {key[0] for key in moved} == {ticket_id, answered}
    assert (ticket_id, "finish") in moved and (ticket_id, "sign") not in moved
    assert await due_day(city, ticket_id) == "11-30", "looking changes nothing"

    done = await city.admin.call("PUT", "/calendar/days", OFF)
    assert done.status_code == 200, done.text
    await city.work()
    assert await due_day(city, ticket_id) == "12-01"
    assert await due_day(city, answered) == "12-01"
    lines = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"]
    told = [line for line in lines if line["event"] == "recompute"]
    assert len(told) == 1 and "暴雪停工" in told[0]["payload"]["because"] and told[0]["actor"] == "系统"
    assert "recompute" not in await city.events(ended)
    row = await city.conn.fetchrow(
        "SELECT due_at, mark FROM deadline WHERE ticket_id = $1 AND kind = 'finish'", ticket_id
    )
    assert row and f"{row['due_at'].astimezone(BEIJING):%m-%d}" == "12-01"
    seen = await city.admin.get("/calendar?year=2026")
    assert {"day": "2026-11-25", "workday": False, "name": "暴雪停工"} in seen["days"]

    back = {"days": [{"day": "2026-11-25"}]}
    assert (await city.admin.call("PUT", "/calendar/days", back)).status_code == 200
    await city.work()
    assert await due_day(city, ticket_id) == "11-30", "taken back, it is as before"


async def test_日历调整_done_twice_it_has_one_effect(city: City) -> None:
    ticket_id = await signed(city)
    done = (await city.admin.call("PUT", "/calendar/days", OFF)).json()
    jobs = await city.conn.fetch("SELECT payload FROM pgqueuer WHERE status = 'queued'")
    assert len(jobs) == done["jobs"] == 1
    await city.work()
    await city.conn.execute(
        "INSERT INTO pgqueuer (priority, status, entrypoint, payload) VALUES (0, 'queued', 'follow', $1)",
        jobs[0]["payload"],
    )
    before = await city.events(ticket_id)
    await city.work()
    assert await city.events(ticket_id) == before and before.count("recompute") == 1


async def test_日历调整_an_extension_is_never_shortened_and_moves_with_new_holidays(city: City) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    await hands.does(
        "request_extension", ticket_id, working_days=3, progress="已进场", citizen_informed=True, reason="缺料"
    )
    await city.supervisor.does("grant_extension", ticket_id)
    assert await due_day(city, ticket_id) == "12-03"
    work = {"days": [{"day": "2026-11-28", "workday": True, "name": "临时调休"}]}
    assert (await city.admin.call("PUT", "/calendar/days", work)).status_code == 200
    await city.work()
    assert await due_day(city, ticket_id) == "12-03", "what a grant gave stays"
    off = {"days": [{"day": "2026-12-02", "workday": False, "name": "停工"}]}
    assert (await city.admin.call("PUT", "/calendar/days", off)).status_code == 200
    await city.work()
    assert await due_day(city, ticket_id) == "12-04"


async def test_日历调整_children_stay_inside_their_parents(city: City) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    await hands.does("assist", ticket_id, unit_id=await city.unit("D13"))
    for day, workday, expected in (("2026-11-25", False, "12-01"), ("2026-11-28", True, "11-30")):
        body = {"days": [{"day": day, "workday": workday, "name": "调整"}]}
        assert (await city.admin.call("PUT", "/calendar/days", body)).status_code == 200
        await city.work()
        tasks = (await city.supervisor.sees(ticket_id))["ticket"]["assignments"]
        days = {f"{datetime.fromisoformat(a['finish_due']).astimezone(BEIJING):%m-%d}" for a in tasks}
        assert days == {expected}
    told = (await city.events(ticket_id)).count("recompute")
    assert told == 4, "a line for each task and each change"


async def test_时限方案调整_open_deadlines_are_given_the_new_version_on_its_day(city: City) -> None:
    ticket_id = await signed(city)
    pack = msgspec.to_builtins(next(policy for policy, _ in shipped_packs() if policy.name == "default"))
    pack |= {"version": 2, "effective_from": "2026-11-23", "title": "提速方案"}
    pack["rules"]["complaint"]["normal"]["finish"] = {"amount": 3, "unit": "working_days"}
    looked = await city.admin.call("POST", "/sla/packs/preview", {"pack": pack})
    assert looked.status_code == 200, looked.text
    [finish] = [one for one in looked.json()["items"] if one["clock"] == "finish"]
    assert finish["ticket_id"] == ticket_id
    assert (await city.admin.call("PUT", "/sla/packs", {"pack": pack})).status_code == 200
    await city.work()
    assert await due_day(city, ticket_id) == "11-26"
    assert lead_of(await city.supervisor.sees(ticket_id))["pack"] == "default@2"
    for wrong in ({**pack, "name": "anyang"}, {}, {**pack, "version": 0}, {**pack, "rules": {}}):
        for method, path in (("PUT", "/sla/packs"), ("POST", "/sla/packs/preview")):
            assert (await city.admin.call(method, path, {"pack": wrong})).status_code == 422


@pytest.mark.parametrize("login", ["agent", "unit", "callback", "leader"])
async def test_日历_is_the_administrators_business(city: City, login: str) -> None:
    for method, path in (("PUT", "/calendar/days"), ("POST", "/calendar/preview")):
        assert (await city.person(login).call(method, path, OFF)).status_code == 403


async def test_日历_wrong_days_are_refused_in_words(city: City) -> None:
    refused: tuple[dict[str, Any], ...] = (
        {"days": []},
        {"days": [{"day": "2026-02-30", "workday": False, "name": "x"}]},
        {"days": [{"day": "1890-01-01", "workday": False, "name": "x"}]},
        {"days": [{"day": "2026-11-25", "workday": False, "name": " "}]},
    )
    for wrong in refused:
        for method, path in (("PUT", "/calendar/days"), ("POST", "/calendar/preview")):
            answered = await city.admin.call(method, path, wrong)
            assert answered.status_code == 422, answered.text
    assert (await city.admin.call("POST", "/calendar/confirm", {"year": 2027})).status_code == 200
    assert (await city.admin.get("/calendar?year=2027"))["confirmed"] is True
