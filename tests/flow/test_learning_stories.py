"""What people decide otherwise is kept with what they had been shown, and speaks the next time."""

from typing import Any

from hotline.routing.precedents import actions as precedents
from tests.flow.city import City
from tests.flow.steps import BASIS, LAMP, answers, in_the_pool, signed
from tests.flow.test_dispatch_disputes import DUTY, asks_to_return


async def overrides(city: City, ticket_id: int, **wanted: str) -> list[Any]:
    asked = "&".join(f"{name}={value}" for name, value in wanted.items())
    items = (await city.supervisor.get(f"/overrides?{asked}"))["items"]
    return [one for one in items if one["ticket_id"] == ticket_id]


async def test_改判_a_dispatchers_choice_is_kept_with_what_was_shown(city: City) -> None:
    ticket_id = await in_the_pool(city, LAMP, category=DUTY)
    sheet = await city.dispatcher.get(f"/tickets/{ticket_id}/dispatching")
    first, other = sheet["options"][0]["unit"], await city.unit("D30")
    await city.dispatcher.does("dispatch", ticket_id, unit_id=other, basis=BASIS, reason="已与两局电话核实")
    [kept] = await overrides(city, ticket_id, field="unit")
    assert (kept["from_value"], kept["to_value"], kept["source"]) == (str(first["unit_id"]), str(other), "dispatcher")
    assert kept["reason"] == "已与两局电话核实"
    assert kept["shown"][0] == {
        "code": str(first["unit_id"]),
        "name": first["name"],
        "confidence": first["confidence"],
    }
    assert kept["model"] and kept["by_name"]
    [agents] = await overrides(city, ticket_id, field="category")
    assert (agents["source"], agents["to_value"]) == ("agent", DUTY), "the agent saw lamps and chose roads"
    assert len(agents["shown"]) == 3

    verdict = f"/tickets/{ticket_id}/overrides/{kept['id']}/verdict"
    assert (await city.supervisor.call("POST", verdict, {"verdict": "wrong"})).status_code == 204
    [judged] = await overrides(city, ticket_id, verdict="wrong")
    assert judged["id"] == kept["id"] and judged["verdict_by"]
    for login, status in (("admin", 403), ("unit", 403), ("dispatcher", 403)):
        assert (await city.person(login).call("POST", verdict, {"verdict": "right"})).status_code == status
    assert (await city.admin.call("GET", "/overrides")).status_code == 403, "an administrator reads no tickets"


async def test_改判_taking_what_was_suggested_is_no_override(city: City) -> None:
    ticket_id = await in_the_pool(city, category=DUTY)
    sheet = await city.dispatcher.get(f"/tickets/{ticket_id}/dispatching")
    first = sheet["options"][0]["unit"]["unit_id"]
    await city.dispatcher.does("dispatch", ticket_id, unit_id=first, basis=BASIS)
    assert await overrides(city, ticket_id, field="unit") == []


async def test_改判_a_granted_return_and_a_ruling_are_evidence(city: City) -> None:
    ticket_id = await signed(city, "D14")
    await asks_to_return(city, ticket_id, "D14", "D13")
    await city.dispatcher.does("approve_return", ticket_id)
    [back] = await overrides(city, ticket_id, source="return")
    assert (back["from_value"], back["to_value"]) == (str(await city.unit("D14")), str(await city.unit("D13")))
    await asks_to_return(city, ticket_id, "D13", "D14")
    await city.dispatcher.does("approve_return", ticket_id)
    assert len(await overrides(city, ticket_id, source="return")) == 1, "the ruling will say whose it is"
    await city.supervisor.does("rule", ticket_id, unit_id=await city.unit("D12"), basis=BASIS, reason="会商一致")
    [ruled] = await overrides(city, ticket_id, source="ruling")
    assert (ruled["from_value"], ruled["to_value"]) == (str(await city.unit("D13")), str(await city.unit("D12")))


async def test_裁定先例_is_applied_to_the_next_like_ticket_and_its_record_is_watched(city: City) -> None:
    ticket_id = await in_the_pool(city, category=DUTY)
    await city.dispatcher.does("consult", ticket_id)
    lead = await city.unit("D12")
    await city.supervisor.does("rule", ticket_id, unit_id=lead, basis="编办函〔2026〕8号", reason="会商一致")

    like = await in_the_pool(city, category=DUTY)
    first = (await city.dispatcher.get(f"/tickets/{like}/dispatching"))["options"][0]["unit"]
    assert first["unit_id"] == lead and "裁定先例" in first["because"][0]
    await city.dispatcher.does("dispatch", like, unit_id=lead, basis=BASIS)
    [precedent] = (await city.dispatcher.get(f"/precedents?category={DUTY}"))["items"]
    assert (precedent["open"], precedent["kept"]) == (1, 0)

    hands = city.unit_desk("D12")
    await answers(hands, like)
    passed, came_back = [await in_the_pool(city, category=DUTY) for _ in range(2)]
    await city.dispatcher.does("dispatch", passed, unit_id=await city.unit("D30"), basis=BASIS)
    await city.dispatcher.does("dispatch", came_back, unit_id=lead, basis=BASIS)
    await hands.does("sign", came_back)
    await asks_to_return(city, came_back, "D12", "D11")
    await city.dispatcher.does("approve_return", came_back)

    [precedent] = (await city.dispatcher.get(f"/precedents?category={DUTY}"))["items"]
    assert (precedent["kept"], precedent["came_back"], precedent["passed"]) == (1, 1, 1)
    assert "不足六成" in precedent["suspended_why"], "one of three: it speaks no more"
    uses = (await city.supervisor.get(f"/precedents/{precedent['number']}/tickets"))["items"]
    assert {use["ticket_id"]: use["outcome"] for use in uses} == {like: "kept", passed: "passed", came_back: "returned"}
    after = await in_the_pool(city, category=DUTY)
    options = (await city.dispatcher.get(f"/tickets/{after}/dispatching"))["options"]
    assert all("裁定先例" not in said for one in options for said in one["unit"]["because"])

    resume = f"/precedents/{precedent['number']}/resume"
    assert (await city.dispatcher.call("POST", resume)).status_code == 403
    assert (await city.supervisor.call("POST", resume)).status_code == 204
    [precedent] = (await city.dispatcher.get(f"/precedents?category={DUTY}"))["items"]
    assert precedent["suspended_at"] is None


async def outcomes(city: City) -> dict[int, str]:
    """What the first ruling's tickets came to, after the night has counted them."""
    await precedents.watch(city.conn, city.clock.now())
    number = (await city.dispatcher.get(f"/precedents?category={DUTY}"))["items"][-1]["number"]
    uses = (await city.supervisor.get(f"/precedents/{number}/tickets"))["items"]
    return {use["ticket_id"]: use["outcome"] for use in uses}


async def sent_by_a_ruling(city: City, *, lead: str) -> int:
    """Ruled once; the next of its like goes to the same unit because of that, and the unit has signed for it."""
    ruled = await in_the_pool(city, category=DUTY)
    await city.dispatcher.does("consult", ruled)
    await city.supervisor.does("rule", ruled, unit_id=await city.unit(lead), basis=BASIS, reason="会商一致")
    like = await in_the_pool(city, category=DUTY)
    await city.dispatcher.does("dispatch", like, unit_id=await city.unit(lead), basis=BASIS)
    await city.unit_desk(lead).does("sign", like)
    return like


async def test_裁定先例_a_later_ruling_for_another_unit_speaks_against_the_earlier(city: City) -> None:
    """The objection went to consultation without being granted; what the other unit answers is no merit of the ruling."""
    like = await sent_by_a_ruling(city, lead="D12")
    await asks_to_return(city, like, "D12", "D11")
    await city.dispatcher.does("escalate_return", like, reason="两家意见不一")
    await city.supervisor.does("rule", like, unit_id=await city.unit("D11"), basis=BASIS, reason="会商一致")
    await answers(city.unit_desk("D11"), like)
    assert await outcomes(city) == {like: "returned"}


async def test_裁定先例_a_unit_that_objects_in_vain_does_not_speak_against_it(city: City) -> None:
    """Two returns were granted, and the consultation found that the ruling had been right all along."""
    like = await sent_by_a_ruling(city, lead="D12")
    await asks_to_return(city, like, "D12", "D11")
    await city.dispatcher.does("approve_return", like)
    assert await outcomes(city) == {like: "returned"}
    await asks_to_return(city, like, "D11", "D12")
    await city.dispatcher.does("approve_return", like)
    assert await city.state(like) == "consulting"
    await city.supervisor.does("rule", like, unit_id=await city.unit("D12"), basis=BASIS, reason="会商一致")
    assert await outcomes(city) == {like: "open"}
    await answers(city.unit_desk("D12"), like)
    assert await outcomes(city) == {like: "kept"}


async def test_裁定先例_what_another_unit_answers_does_not_speak_for_it(city: City) -> None:
    """It was returned, and not because the unit was the wrong one: nothing was learnt about the ruling."""
    like = await sent_by_a_ruling(city, lead="D12")
    await asks_to_return(city, like, "D12", "D11")
    await city.dispatcher.does("approve_return", like, wrong_unit=False)
    await answers(city.unit_desk("D11"), like)
    assert await outcomes(city) == {like: "open"}


async def test_标注_the_letters_worth_a_label_are_labelled_where_they_are_shown(city: City) -> None:
    ticket_id = await in_the_pool(city)
    wanted = (await city.dispatcher.get("/labels/wanted"))["items"]
    assert ticket_id in [one["letter"]["ticket_id"] for one in wanted]
    label = f"/tickets/{ticket_id}/label"
    assert (await city.dispatcher.call("PUT", label, {"category": "0299"})).status_code == 422
    assert (await city.dispatcher.call("PUT", label, {"category": DUTY})).status_code == 204
    wanted = (await city.dispatcher.get("/labels/wanted"))["items"]
    assert ticket_id not in [one["letter"]["ticket_id"] for one in wanted]
    settled = "SELECT category, by_person FROM settled_category WHERE ticket_id = $1"
    row = await city.conn.fetchrow(settled, ticket_id)
    assert row and (row["category"], row["by_person"]) == (DUTY, True)
    assert (await city.dispatcher.sees(ticket_id))["ticket"]["category"] != DUTY, "the ticket stays as it is"
    assert (await city.dispatcher.call("DELETE", label)).status_code == 204


async def test_为什么_a_suggestion_says_what_speaks_for_it_and_what_would_change_it(city: City) -> None:
    done = await city.agent_logs(LAMP, kind="complaint", district_code="990101001")
    assert await city.state(done) == "dispatched", "lamps are clear-cut"
    await answers(city.unit_desk("D14"), done)
    other = LAMP.replace("人民路", "解放路")
    ticket_id = await city.agent_logs(other, kind="complaint", district_code="990101001")
    said = await city.dispatcher.get(f"/tickets/{ticket_id}/explanation")
    assert "路灯" in [one["word"] for one in said["words"]] and said["model"]
    assert said["nearest"][0]["ticket_id"] == done and said["nearest"][0]["likeness"] > 0.5
    assert said["entry"]["basis"]
    words = [one["value"] for one in said["what_if"] if one["changed"] == "word"]
    answers_ = [one for one in said["what_if"] if one["changed"] == "category"]
    assert words or answers_, "something would turn it"
    assert all(one["unit"] or not one["automatic"] for one in said["what_if"])
    chosen = await in_the_pool(city, LAMP, category=DUTY)
    said = await city.dispatcher.get(f"/tickets/{chosen}/explanation")
    assert all(one["changed"] != "word" for one in said["what_if"]), "a person has set the category: no word changes it"
    assert (await city.admin.call("GET", f"/tickets/{ticket_id}/explanation")).status_code == 403
