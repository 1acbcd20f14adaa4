"""The unit's desk over HTTP: tabs that agree with their numbers, limits said beforehand, advice, templates."""

from datetime import datetime, timedelta
from typing import Any

from tests.flow.city import City, Person
from tests.flow.steps import BASIS, answers, called_back, sent, signed
from tests.flow.test_statements import statements


async def tab(person: Person, name: str) -> list[int]:
    page = await person.get(f"/department/work?tab={name}")
    assert page["counts"][name] == len(page["items"])
    return [row["ticket_id"] for row in page["items"]]


async def row(person: Person, name: str, ticket_id: int) -> Any:
    items = (await person.get(f"/department/work?tab={name}"))["items"]
    return next(item for item in items if item["ticket_id"] == ticket_id)


async def test_each_share_stands_in_the_tabs_where_the_unit_looks_for_it(city: City) -> None:
    hands = city.unit_desk("D14")
    first, theirs = await sent(city), await sent(city, "D13")
    assert await tab(hands, "to_sign") == [first]
    shown = await row(hands, "to_sign", first)
    assert (shown["clock"]["kind"], shown["stage"], shown["urged"]) == ("sign", "to_sign", 0)
    await hands.does("sign", first)
    assert await tab(hands, "to_sign") == [] and await tab(hands, "in_hand") == [first]
    assert (await row(hands, "in_hand", first))["clock"]["kind"] == "contact"
    await city.agent.does("urge", first, text="诉求人又来电")
    assert (await row(hands, "in_hand", first))["urged"] == 1

    await city.unit_desk("D13").does("sign", theirs)
    await city.unit_desk("D13").does("assist", theirs, unit_id=await city.unit("D14"), basis=BASIS)
    assert await tab(hands, "assisting") == [theirs]
    assert (await row(hands, "assisting", theirs))["lead"] == (await row(city.unit_desk("D13"), "in_hand", theirs))[
        "lead"
    ]
    assert (await row(city.unit_desk("D13"), "in_hand", theirs))["awaited"] == 1

    await answers(hands, first)
    assert await tab(hands, "waiting") == [first] and await tab(hands, "in_hand") == []
    assert (await row(hands, "waiting", first))["clock"] is None, "nothing is owed while the centre reads"
    await city.supervisor.does("refuse_reply", first, reasons=["答非所问"])
    assert await tab(hands, "returned") == [first] == await tab(hands, "in_hand")
    await called_back(city, first, hands)
    assert (await hands.get("/department/work?tab=returned"))["counts"] == dict.fromkeys(
        ("to_sign", "in_hand", "near", "late", "returned", "waiting", "mine"), 0
    ) | {"assisting": 1, "to_sign": 1}
    await city.callback.calls_back(first, solved="no", rating=1)
    assert (await row(hands, "returned", first))["round"] == 1


async def test_临期_and_超期_follow_the_most_pressing_clock(city: City) -> None:
    hands = city.unit_desk("D14")
    ticket_id = await sent(city)
    clock = (await row(hands, "to_sign", ticket_id))["clock"]
    city.clock.set(datetime.fromisoformat(clock["near_at"]))
    assert await tab(hands, "near") == [ticket_id] and await tab(hands, "late") == []
    city.clock.set(datetime.fromisoformat(clock["due"]) + timedelta(seconds=1))
    assert await tab(hands, "near") == [] and await tab(hands, "late") == [ticket_id]
    await hands.does("sign", ticket_id)
    assert (await row(hands, "in_hand", ticket_id))["clock"]["kind"] == "contact"


async def test_我经办的_are_those_given_to_me(city: City) -> None:
    hands = city.unit_desk("D14")
    ticket_id = await signed(city)
    assert await tab(hands, "mine") == []
    me = await city.conn.fetchval("SELECT person_id FROM account WHERE username = 'unit'")
    await hands.does("assign_person", ticket_id, person_id=me)
    assert await tab(hands, "mine") == [ticket_id]
    assert (await row(hands, "mine", ticket_id))["person_id"] == me


async def test_指定经办人_names_those_of_the_unit_with_what_they_have_in_hand(city: City) -> None:
    hands, ticket_id = city.unit_desk("D14"), await signed(city)
    people = (await hands.get("/department/people"))["items"]
    unit = await city.unit("D14")
    theirs = await city.conn.fetch("SELECT id FROM person WHERE unit_id = $1 AND active", unit)
    assert people and {one["id"] for one in people} <= {row["id"] for row in theirs}
    chosen = people[-1]["id"]
    await hands.does("assign_person", ticket_id, person_id=chosen)
    after = {one["id"]: one["in_hand"] for one in (await hands.get("/department/people"))["items"]}
    assert after[chosen] == people[-1]["in_hand"] + 1


async def test_超时签收_the_reason_stands_with_those_that_were_late_and_with_no_other(city: City) -> None:
    hands, late = city.unit_desk("D14"), await sent(city)
    due = datetime.fromisoformat((await row(hands, "to_sign", late))["clock"]["due"])
    city.clock.set(due + timedelta(minutes=1))
    fresh = await sent(city)
    body = {"tickets": [{"id": late}, {"id": fresh}], "late_because": "值班交接延误"}
    assert (await hands.call("POST", "/tickets/sign", body)).json()["signed"] == 2
    reasons = {}
    for ticket_id in (late, fresh):
        items = (await hands.get(f"/tickets/{ticket_id}/history"))["items"]
        reasons[ticket_id] = next(line["reason"] for line in items if line["event"] == "sign")
    assert reasons == {late: "值班交接延误", fresh: ""}


async def test_pages_go_on_where_the_last_one_ended_and_cost_the_same(city: City) -> None:
    hands = city.unit_desk("D14")
    tickets = [await sent(city) for _ in range(5)]
    found, path = [], "/department/work?tab=to_sign&limit=2"
    page = await hands.get(path)
    while True:
        found += [item["ticket_id"] for item in page["items"]]
        assert page["counts"]["to_sign"] == 5
        if page["next_cursor"] is None:
            break
        page = await hands.get(path + "&cursor=" + page["next_cursor"].replace("+", "%2B"))
    assert found == tickets
    assert await statements(city, "unit", path) <= 3
    for wrong in ("tab=all", "cursor=x", "cursor=2026-11-23T10:00:00~1~1", "limit=0"):
        assert (await hands.call("GET", f"/department/work?{wrong}")).status_code == 422
    assert (await city.agent.call("GET", "/department/work")).status_code == 403


async def test_a_secret_ticket_shows_neither_title_nor_place(city: City) -> None:
    ticket_id = await sent(city, confidential=True, title="王芳反映邻居违建", address="幸福小区3号楼")
    shown = await row(city.unit_desk("D14"), "to_sign", ticket_id)
    assert (shown["title"], shown["address"]) == ("保密工单", "")


async def test_limits_say_beforehand_what_the_guard_would_refuse(city: City) -> None:
    hands, other = city.unit_desk("D14"), await city.unit("D13")
    ticket_id = await signed(city)
    seen = await hands.get(f"/tickets/{ticket_id}/limits")
    assert seen["returns"]["refusal"] is None and seen["returns"]["until"]
    offers = seen["extension"]["offers"]
    assert len(offers) == 5 and seen["extension"]["refusal"] is None and not seen["extension"]["by_leader"]
    most = len(offers)
    ask = {"progress": "已勘查", "citizen_informed": True, "reason": "等待配件"}
    status, _ = await hands.refused("request_extension", ticket_id, working_days=most + 1, **ask)
    assert status == 422
    await hands.does("request_extension", ticket_id, working_days=most, **ask)
    seen = await hands.get(f"/tickets/{ticket_id}/limits")
    assert "在审" in seen["extension"]["refusal"] and seen["extension"]["offers"] == []
    before = await city.supervisor.get(f"/tickets/{ticket_id}/extension")
    assert (before["days"], before["offers"], before["times"]) == (most, offers, 0), "the review sees the same days"
    assert (await hands.call("GET", f"/tickets/{ticket_id}/extension")).status_code == 403
    await city.supervisor.does("grant_extension", ticket_id)
    assert (await city.supervisor.call("GET", f"/tickets/{ticket_id}/extension")).status_code == 404, "decided"
    shown = (await hands.sees(ticket_id))["ticket"]["assignments"][0]
    assert datetime.fromisoformat(shown["finish_due"]) == datetime.fromisoformat(offers[-1])
    seen = await hands.get(f"/tickets/{ticket_id}/limits")
    assert seen["extension"]["by_leader"] and seen["extension"]["times"] == 1

    await hands.does("request_return", ticket_id, basis=BASIS, proposed_unit=other, reason="不属本局")
    await city.dispatcher.does("approve_return", ticket_id)
    again = await signed(city)
    for login, own in (("D14", 1), ("D13", 0)):
        path = f"/tickets/{ticket_id if login == 'D13' else again}/limits"
        seen = (await city.unit_desk(login).get(path))["returns"]
        assert (seen["asked"], seen["granted"], seen["own_granted"]) == (1, 1, own)
        assert [(went["unit_id"], went["times"]) for went in seen["went"]] == [(other, 1)]
    assert (await city.unit_desk("D13").get(f"/tickets/{ticket_id}/limits"))["returns"]["granted_here"] == 1
    assert (await hands.call("GET", f"/tickets/{ticket_id}/limits")).status_code == 404, "no longer theirs to ask"
    city.clock.set(datetime.fromisoformat(shown["return_until"]) + timedelta(minutes=1))
    assert "已超过" in (await hands.get(f"/tickets/{again}/limits"))["returns"]["refusal"]


async def test_the_gate_advises_and_the_reply_itself_is_held_to_its_musts(city: City) -> None:
    hands = city.unit_desk("D14")
    ticket_id = await sent(city)
    path = f"/tickets/{ticket_id}/reply/check"
    checked = (await hands.call("POST", path, {})).json()
    assert "先签收" in checked["refusal"]
    assert {item["field"] for item in checked["items"] if item["must"]} == {"account", "public_reply", "solved"}
    await hands.does("sign", ticket_id)
    text = "请您放心,{完成日期}前办好。"
    checked = (await hands.call("POST", path, {"account": "已办", "public_reply": text, "solved": "yes"})).json()
    assert checked["refusal"] is None
    assert [item["field"] for item in checked["items"] if item["must"]] == ["public_reply"]
    assert "未联系诉求人" in {item["reason"] for item in checked["items"]}
    status, said = await hands.refused("reply", ticket_id, account="已办", public_reply=text, solved="yes")
    assert status == 422 and "{完成日期}" in said
    named = {"account": "已办", "public_reply": "您好,王芳,已为您办妥,当晚即恢复照明,请查看。", "solved": "yes"}
    letter, _, _ = await city.receives_letter(
        "想请有关部门来现场看一看,帮忙协调解决一下,拖了很久了。", confidential=True
    )
    if await city.state(letter) == "registered":
        await city.dispatcher.does("dispatch", letter, unit_id=await city.unit("D14"), basis=BASIS)
    checked = (await hands.call("POST", f"/tickets/{letter}/reply/check", named)).json()
    assert not any("姓名" in item["message"] for item in checked["items"]), (
        "a guess at a secret caller is not confirmed"
    )
    assert (await city.unit_desk("D13").call("POST", path, {})).status_code == 404
    assert (await city.agent.call("POST", path, {})).status_code == 403


async def test_答复模板_are_the_units_or_ones_own(city: City) -> None:
    hands, clerk = city.unit_desk("D14"), city.person("unit2")
    category = await city.conn.fetchval("SELECT min(code) FROM category WHERE level = 3")
    new: dict[str, Any] = {"name": "路灯修复", "public_reply": "您好,您反映的{地点}路灯已于{完成日期}修复。"}
    made = []
    for more in ({}, {"shared": True, "category": category[:4]}, {"category": "140000"}):
        answered = await hands.call("POST", "/department/templates", {**new, **more})
        assert answered.status_code == 201, answered.text
        made.append(answered.json())
    assert [(t["own"], t["category"]) for t in made] == [(True, None), (False, category[:4]), (True, None)]
    found = (await hands.get(f"/department/templates?category={category}"))["items"]
    assert found[0]["id"] == made[1]["id"], "the nearest category first"
    assert (await clerk.get("/department/templates"))["items"] == []
    for wrong in ({"name": " "}, {"public_reply": " "}, {"category": "x"}):
        assert (await hands.call("POST", "/department/templates", {**new, **wrong})).status_code == 422
    assert (await clerk.call("DELETE", f"/department/templates/{made[0]['id']}")).status_code == 404
    for template in made:
        assert (await hands.call("DELETE", f"/department/templates/{template['id']}")).status_code == 204
    assert (await hands.get("/department/templates"))["items"] == []
    assert (await hands.call("DELETE", "/department/templates/x")).status_code == 404
