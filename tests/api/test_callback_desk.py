"""The callback desk over HTTP: one card, nobody dials twice, the number on record, the page before the telephone."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from hotline.callback.store import page_alone
from hotline.infra.outbox import follow
from hotline.sla.store import shipped_packs
from tests.flow.city import City, Person
from tests.flow.steps import VAGUE, answers, signed
from tests.flow.test_statements import statements

DAY = timedelta(days=1)


async def answered(city: City, **more: Any) -> int:
    ticket_id = await signed(city, **more)
    await answers(city.unit_desk("D14"), ticket_id)
    await city.supervisor.does("approve_reply", ticket_id)
    return ticket_id


async def takes(person: Person, **body: Any) -> Any:
    response = await person.call("POST", "/callbacks/next", body)
    assert response.status_code == 200, response.text
    return response.json()


async def test_the_page_is_waited_for_a_day_before_a_person_dials(city: City) -> None:
    usual, urgent = await answered(city), await answered(city, urgency="urgent")
    found = await takes(city.callback)
    assert found["card"]["ticket_id"] == urgent and found["ready"] == 1
    assert (await takes(city.callback, skip=[f"{urgent}-1"]))["card"] is None
    refused = await city.callback.call("POST", f"/callbacks/{usual}-1/number")
    assert refused.status_code == 409 and "11月24日 10:00" in refused.json()["message"]
    assert datetime.fromisoformat(found["coming"]) == city.clock.now() + DAY
    city.clock.advance(DAY)
    assert {(await takes(city.callback, skip=[f"{urgent}-1"]))["card"]["ticket_id"]} == {usual}


async def test_the_card_has_both_sides_and_never_the_number(city: City) -> None:
    ticket_id = await answered(city, title="请来现场看看", content=VAGUE)
    city.clock.advance(DAY)
    card = (await takes(city.callback))["card"]
    assert (card["ticket_id"], card["content"], card["title"]) == (ticket_id, VAGUE, "请来现场看看")
    assert card["reply"]["public_reply"].startswith("您反映的问题") and card["reply"]["found_true"] is True
    assert [(c["result"], c["reached"]) for c in card["contacts"]] == [("已与诉求人说明安排", True)]
    [masked] = card["citizen"]["numbers"]
    assert "****" in masked
    assert (card["times"]["counts_now"], card["times"]["last_try"], card["times"]["quiet"]) == (True, False, False)
    shown = (await city.callback.call("POST", f"/callbacks/{card['id']}/number")).json()["numbers"]
    assert shown[0][:3] == masked[:3] and shown[0][-4:] == masked[-4:] and "*" not in shown[0]
    kept = await city.conn.fetch("SELECT ticket_id, person_name FROM number_shown")
    assert [(row["ticket_id"], bool(row["person_name"])) for row in kept] == [(ticket_id, True)]
    await city.callback.calls_back(ticket_id, reached=False, note="无人接听")
    seen = await city.callback.get(f"/callbacks/{card['id']}")
    assert [(a["reached"], a["counted"], a["note"]) for a in seen["attempts"]] == [(False, True, "无人接听")]
    assert seen["times"]["counts_now"] is False, "a second call in one morning is no second try"
    assert (await takes(city.callback))["card"] is None, "the next one counts from 14:00"
    city.clock.set(city.clock.now().replace(hour=14))
    assert (await takes(city.callback))["card"]["id"] == card["id"]


async def test_two_people_never_dial_one_citizen(city: City) -> None:
    first, second = await answered(city), await answered(city)
    city.clock.advance(DAY)
    mine = (await takes(city.callback))["card"]["id"]
    ahead = (await takes(city.callback, keep=[mine]))["card"]["id"]
    assert {mine, ahead} == {f"{first}-1", f"{second}-1"}
    assert (await takes(city.supervisor))["card"] is None
    refused = await city.supervisor.call("POST", f"/callbacks/{mine}/number")
    name = await city.conn.fetchval(
        "SELECT p.name FROM person p JOIN account a ON a.person_id = p.id WHERE username = 'callback'"
    )
    assert refused.status_code == 409 and refused.json()["held_by"] == name
    held = {one["id"]: one["held_by"] for one in (await city.supervisor.get("/callbacks"))["items"]}
    assert held == {mine: name, ahead: name}
    await takes(city.callback, keep=[mine], skip=[ahead])
    assert (await takes(city.supervisor))["card"]["id"] == ahead, "what was put back is free"
    city.clock.advance(timedelta(minutes=21))
    assert (await takes(city.supervisor, keep=[ahead]))["card"]["id"] == mine, "and so is what was left behind"


async def test_晚上再打_the_card_comes_back_when_the_citizen_asked_for_it(city: City) -> None:
    ticket_id = await answered(city, urgency="urgent")
    card = (await takes(city.callback))["card"]["id"]
    evening = city.clock.now().replace(hour=18)
    for wrong in (city.clock.now(), city.clock.now() + 4 * DAY):
        response = await city.callback.call("POST", f"/callbacks/{card}/later", {"at": wrong.isoformat()})
        assert response.status_code == 422
    response = await city.callback.call("POST", f"/callbacks/{card}/later", {"at": evening.isoformat()})
    assert response.status_code == 204
    found = await takes(city.callback)
    assert found["card"] is None and datetime.fromisoformat(found["coming"]) == evening
    city.clock.set(evening)
    assert (await takes(city.callback))["card"]["ticket_id"] == ticket_id


async def test_an_unhappy_page_comes_first_and_at_once_with_what_it_says(city: City) -> None:
    ticket_id = await answered(city)
    token = await city.conn.fetchval("SELECT token FROM survey WHERE ticket_id = $1", ticket_id)
    said = {"solved": "no", "rating": 1, "reasons": ["办理太慢"], "comment": "灯还是不亮"}
    assert (await city.client.post(f"/api/v1/public/surveys/{token}", json=said)).status_code == 201
    card = (await takes(city.callback))["card"]
    assert card["ticket_id"] == ticket_id and card["low_rating_due"]
    assert {**card["page"], "at": None} == {**said, "at": None}


async def test_差评_is_called_before_what_must_only_end_sooner(city: City) -> None:
    """Who rated 1 on Tuesday is spoken with by Wednesday; who was merely unhappy on Monday, by Thursday."""
    cards = {}
    for name, said in (("unhappy", {"solved": "no", "rating": 3}), ("low", {"solved": "no", "rating": 1})):
        ticket_id = cards[name] = await answered(city)
        token = await city.conn.fetchval("SELECT token FROM survey WHERE ticket_id = $1", ticket_id)
        assert (await city.client.post(f"/api/v1/public/surveys/{token}", json=said)).status_code == 201
        city.clock.advance(DAY)
    listed = (await city.callback.get("/callbacks"))["items"]
    assert [one["ticket_id"] for one in listed] == [cards["low"], cards["unhappy"]]
    assert listed[0]["low_rating_due"] < listed[1]["due"] < listed[0]["due"]
    assert (await takes(city.callback))["card"]["ticket_id"] == cards["low"]


async def test_only_who_may_call_sees_a_card(city: City) -> None:
    secret = await answered(city, confidential=True, urgency="urgent")
    card = f"{secret}-1"
    for path in (f"/callbacks/{card}", f"/callbacks/{card}/number"):
        method = "GET" if path.endswith(card) else "POST"
        assert (await city.callback2.call(method, path)).status_code == 403, "secret ones are for dedicated staff"
        assert (await city.supervisor.call(method, path)).status_code == 200
        assert (await city.unit_desk("D14").call(method, path)).status_code == 403
    assert (await takes(city.callback2))["card"] is None
    for unknown in (f"{secret}-9", "x", "20260101-1"):
        assert (await city.supervisor.call("GET", f"/callbacks/{unknown}")).status_code == 404


async def test_a_card_costs_as_many_statements_however_much_was_said(city: City) -> None:
    ticket_id = await answered(city, urgency="urgent")
    before = await statements(city, "callback", f"/callbacks/{ticket_id}-1")
    for _ in range(4):
        await city.callback.calls_back(ticket_id, reached=False)
    assert await statements(city, "callback", f"/callbacks/{ticket_id}-1") == before


async def test_抽样_of_a_units_consultations_one_in_five_is_called_and_the_others_end_by_themselves(city: City) -> None:
    tickets = [await answered(city, kind="consult") for _ in range(5)]
    city.clock.advance(DAY)
    listed = {one["ticket_id"]: one["sampled"] for one in (await city.callback.get("/callbacks"))["items"]}
    assert sorted(listed) == tickets and sum(listed.values()) == 1
    found = await takes(city.callback)
    assert listed[found["card"]["ticket_id"]] and found["ready"] == 1
    [line] = [
        h
        for h in (await city.supervisor.get(f"/tickets/{tickets[4]}/history"))["items"]
        if h["event"] == "approve_reply"
    ]
    assert "第 5 件" in line["payload"]["draw"], "how it was drawn is on record"
    unhappy, *others = (one for one in tickets if not listed[one])
    token = await city.conn.fetchval("SELECT token FROM survey WHERE ticket_id = $1", unhappy)
    said = {"solved": "no", "rating": 2}
    assert (await city.client.post(f"/api/v1/public/surveys/{token}", json=said)).status_code == 201
    assert (await takes(city.callback))["card"]["ticket_id"] == unhappy, "who is unhappy is called all the same"
    assert await page_alone(city.conn, city.clock.now()) == []
    await city.pass_time(days=5)
    assert sorted(await page_alone(city.conn, city.clock.now())) == sorted(others)
    for ticket_id in others:
        await follow(city.conn, "callback.page_alone", ticket_id)
    await city.work()
    for ticket_id in others:
        [callback] = (await city.supervisor.sees(ticket_id))["ticket"]["callbacks"]
        assert (callback["outcome"], callback["rating"]) == ("not_asked", None)
        assert "mark_deadline" not in await city.events(ticket_id), "nobody was late: nobody was to call"


async def test_抽样回访_of_which_kinds_and_one_in_how_many_the_pack_says(city: City) -> None:
    pack = msgspec.to_builtins(next(policy for policy, _ in shipped_packs() if policy.name == "default"))
    share = {"callback_sample": {"kinds": ["seek_help"], "every": 2}}
    today = city.clock.now().date().isoformat()
    put = await city.supervisor.call(
        "PUT", "/sla/packs", {"pack": pack | share | {"version": 2, "effective_from": today}}
    )
    assert put.status_code == 200, put.text
    asked = [await answered(city, kind="consult") for _ in range(2)]
    helped = [await answered(city, kind="seek_help") for _ in range(2)]
    listed = {one["ticket_id"]: one["sampled"] for one in (await city.callback.get("/callbacks"))["items"]}
    assert all(listed[one] for one in asked), "a kind that the pack does not name is called, all of it"
    assert sum(listed[one] for one in helped) == 1
    history = (await city.supervisor.get(f"/tickets/{helped[1]}/history"))["items"]
    assert "每 2 件抽 1 件" in next(one for one in history if one["event"] == "approve_reply")["payload"]["draw"]


async def finds(person: Person, words: str) -> list[int]:
    found = await person.sends("POST", "/callbacks/search", 200, {"words": words})
    return [one["ticket_id"] for one in found["items"]]


async def test_清单里找_by_number_whole_telephone_or_words_of_the_title_among_all_that_are_open(city: City) -> None:
    east = await answered(city, title="请来看看东头路灯", citizen={"phone": "13800001001", "name": "周兰"})
    west = await answered(city, title="请来看看西头 100% 不亮", citizen={"phone": "13800001002", "name": "王芳"})
    far = await answered(city, title="请来看看河边", citizen={"phone": "13800001003", "name": "李强"})
    await city.conn.execute("UPDATE callback SET due = due + interval '30 days' WHERE ticket_id = $1", far)
    caller = city.callback
    assert await finds(caller, str(east)) == [east] and await finds(caller, f" {str(west)[-7:]} ") == [west]
    assert await finds(caller, "138 0000 1001") == [east] and await finds(caller, "1380000100") == []
    assert await finds(caller, "看看 东头") == [east] and await finds(caller, "东头 西头") == []
    assert await finds(caller, "100%") == [west] and await finds(caller, "东%灯") == []
    assert await finds(caller, "河边") == [far], "also what the list of the week does not reach"
    for empty in ("", "  "):
        refused = await caller.call("POST", "/callbacks/search", {"words": empty})
        assert refused.status_code == 422 and "标题" in refused.text
    assert (await caller.call("POST", "/callbacks/search", {"words": "东头", "page": 2})).status_code == 422
    await caller.calls_back(east, solved="yes", rating=5)
    assert await finds(caller, "东头") == [], "ended, nobody has to call"


async def test_清单里找_tells_nobody_of_what_they_may_not_call(city: City) -> None:
    secret = await answered(
        city, title="请来看看东头", confidential=True, citizen={"phone": "13800001001", "name": "周兰"}
    )
    for words in ("东头", "13800001001", str(secret)):
        assert await finds(city.callback2, words) == []
        assert await finds(city.supervisor, words) == [secret]
    assert (await city.unit_desk("D14").call("POST", "/callbacks/search", {"words": "东头"})).status_code == 403


async def test_清单_says_when_people_are_left_in_peace(city: City) -> None:
    ticket_id = await answered(city, title="请来看看东头", urgency="urgent")
    assert (await city.callback.get("/callbacks"))["quiet"] is False
    city.clock.set(city.clock.now().replace(hour=22))
    assert (await city.callback.get("/callbacks"))["quiet"] is True
    found = await city.callback.sends("POST", "/callbacks/search", 200, {"words": "东头"})
    assert (found["quiet"], [one["ticket_id"] for one in found["items"]]) == (True, [ticket_id])
