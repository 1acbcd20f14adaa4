"""What the citizen says in the end, and what it means. Nothing is ever assumed to be 满意."""

from datetime import datetime, timedelta
from typing import Any

from hotline.infra.clock import BEIJING
from tests.flow.city import City
from tests.flow.steps import VAGUE, answers, called_back, signed


async def card(city: City, ticket_id: int, login: str = "callback") -> Any:
    """The card of an open callback on somebody's desk; None when it is not there."""
    items = (await city.person(login).get("/callbacks?due=2027-12-31T00:00:00%2B08:00"))["items"]
    return next((one for one in items if one["ticket_id"] == ticket_id), None)


async def waiting_for_a_call(city: City, **more: Any) -> int:
    ticket_id = await signed(city, **more)
    await called_back(city, ticket_id, city.unit_desk("D14"))
    return ticket_id


async def test_重办_dissatisfied_twice_then_it_is_a_difficult_one_for_the_leaders(city: City) -> None:
    ticket_id, hands = await waiting_for_a_call(city), city.unit_desk("D14")
    for round_ in (1, 2):
        await city.callback.calls_back(ticket_id, solved="no", rating=1, dissatisfied_with="result")
        lead = (await hands.sees(ticket_id))["ticket"]["assignments"][-1]
        assert (lead["round"], lead["return_until"]) == (round_, None), (
            "rework goes to whom it was and cannot be returned"
        )
        assert datetime.fromisoformat(lead["finish_due"]) - city.clock.now() < timedelta(days=4)
        await called_back(city, ticket_id, hands)
    await city.callback.calls_back(ticket_id, solved="no", rating=1)
    status, said = await city.callback.refused("send_back", ticket_id, solved="no", rating=1)
    assert status == 422 and "两轮" in said
    status, _ = await city.callback.refused("close", ticket_id, outcome="satisfied", solved="no", rating=1)
    assert status == 422
    await city.supervisor.does("conclude", ticket_id, explanation="已依规办理并解释", reason="两轮重办仍不满意")
    week = await city.leader.get("/reports/difficult?week=2026-W48")
    listed = next(item for item in week["items"] if item["ticket_id"] == ticket_id)
    assert "R4" in {reason["rule"] for reason in listed["reasons"]}


async def test_未接通_three_unreached_calls_end_it_and_it_counts_neither_way(city: City) -> None:
    ticket_id = await waiting_for_a_call(city)
    city.clock.set(city.clock.now().replace(hour=9))
    await city.callback.calls_back(ticket_id, reached=False)
    await city.callback.calls_back(ticket_id, reached=False)
    city.clock.advance(timedelta(hours=1))
    await city.callback.calls_back(ticket_id, reached=False)
    seen = await card(city, ticket_id)
    assert (seen["attempts"], seen["tries"]) == (3, 1), "three calls in one morning are one try"
    assert datetime.fromisoformat(seen["next_after"]) == city.clock.now().replace(hour=14), "the card says when"
    status, said = await city.callback.refused("close", ticket_id, outcome="unreached")
    assert status == 422 and "不同日期" in said
    city.clock.set(datetime.fromisoformat(seen["next_after"]).astimezone(BEIJING))
    await city.callback.calls_back(ticket_id, reached=False)
    seen = await card(city, ticket_id)
    assert seen["tries"] == 2
    tomorrow = city.clock.now().replace(hour=9) + timedelta(days=1)
    assert datetime.fromisoformat(seen["next_after"]) == tomorrow, "the evening would be a third try on one day"
    city.clock.set(tomorrow)
    await city.callback.calls_back(ticket_id, reached=False)
    seen = (await city.supervisor.sees(ticket_id))["ticket"]
    [callback] = seen["callbacks"]
    assert (seen["state"], seen["closing"], callback["attempts"], callback["tries"]) == ("closed", "handled", 5, 3)
    assert (callback["outcome"], callback["solved"], callback["rating"]) == ("unreached", None, None)


async def test_拒绝评价_who_does_not_want_to_judge_is_not_counted_as_satisfied(city: City) -> None:
    ticket_id = await waiting_for_a_call(city)
    await city.callback.calls_back(ticket_id, declined=True)
    [callback] = (await city.supervisor.sees(ticket_id))["ticket"]["callbacks"]
    assert (callback["outcome"], callback["rating"]) == ("declined", None)


async def test_网上评价_a_satisfied_page_closes_and_a_dissatisfied_one_is_called_first(city: City) -> None:
    for rating, state in ((5, "closed"), (1, "callback")):
        ticket_id = await waiting_for_a_call(city)
        token = await city.conn.fetchval("SELECT token FROM survey WHERE ticket_id = $1", ticket_id)
        said: dict[str, Any] = {"solved": "yes" if rating > 2 else "no", "rating": rating, "reasons": ["办理太慢"]}
        answered = await city.client.post(f"/api/v1/public/surveys/{token}", json=said)
        assert answered.status_code == 201, answered.text
        assert await city.state(ticket_id) == state
        again = await city.client.post(f"/api/v1/public/surveys/{token}", json=said)
        assert again.status_code == 409
    cards = (await city.callback.get("/callbacks"))["items"]
    assert [(one["ticket_id"], one["digital_dissatisfied"]) for one in cards] == [(ticket_id, True)]
    status, told = await city.callback.refused("send_back", ticket_id, solved="no", rating=1)
    assert status == 422 and "先人工回访" in told
    status, told = await city.supervisor.refused("conclude", ticket_id, explanation="已解释", reason="依规")
    assert status == 422 and "先人工回访" in told
    await city.callback.calls_back(ticket_id, solved="no", rating=2, dissatisfied_with="procedure", contacted=False)
    [callback] = (await city.supervisor.sees(ticket_id))["ticket"]["callbacks"]
    assert (callback["rating"], callback["dissatisfied_with"], callback["outcome"]) == (2, "procedure", "dissatisfied")


async def test_网上不满意_what_was_answered_stands_when_nobody_can_be_spoken_with(city: City) -> None:
    ticket_id = await waiting_for_a_call(city)
    token = await city.conn.fetchval("SELECT token FROM survey WHERE ticket_id = $1", ticket_id)
    said = {"solved": "no", "rating": 2, "reasons": ["办理太慢"]}
    assert (await city.client.post(f"/api/v1/public/surveys/{token}", json=said)).status_code == 201
    status, told = await city.callback.refused("close", ticket_id, outcome="declined")
    assert status == 422 and "先人工回访" in told
    for days, hour in ((0, 10), (0, 15), (1, 10)):
        city.clock.set((city.clock.now() + timedelta(days=days)).replace(hour=hour))
        await city.callback.calls_back(ticket_id, reached=False)
    seen = (await city.supervisor.sees(ticket_id))["ticket"]
    assert (seen["state"], seen["callbacks"][0]["outcome"], seen["callbacks"][0]["rating"]) == (
        "rework",
        "dissatisfied",
        2,
    )


async def test_回访_the_unit_that_did_the_work_never_calls_back(city: City) -> None:
    ticket_id = await waiting_for_a_call(city)
    for who in (city.unit_desk("D14"), city.agent, city.dispatcher):
        answered = await who.call("GET", "/callbacks")
        assert answered.status_code == 403
        status, _ = await who.refused("close", ticket_id, outcome="satisfied", solved="yes", rating=5)
        assert status == 403


async def test_不合理诉求_a_supervisor_ends_what_the_law_does_not_grant_and_the_answer_is_kept(city: City) -> None:
    ticket_id = await waiting_for_a_call(city)
    for _ in range(2):
        await city.callback.calls_back(ticket_id, solved="no", rating=2)
        await called_back(city, ticket_id, city.unit_desk("D14"))
    ending = {"closing": "unreasonable", "explanation": "诉求无法律依据,已书面解释", "reason": "依规不予支持"}
    status, _ = await city.callback.refused("conclude", ticket_id, **ending)
    assert status == 403
    await city.supervisor.does("conclude", ticket_id, solved="no", rating=1, **ending)
    seen = (await city.supervisor.sees(ticket_id))["ticket"]
    assert (seen["closing"], seen["callbacks"][-1]["rating"]) == ("unreasonable", 1)


async def test_重新办理_new_facts_open_a_closed_ticket_again_on_the_short_clock(city: City) -> None:
    ticket_id = await waiting_for_a_call(city)
    await city.callback.calls_back(ticket_id, solved="yes", rating=4)
    status, _ = await city.callback.refused("reopen", ticket_id, new_facts="又坏了", reason="新情况")
    assert status == 403
    await city.supervisor.does("reopen", ticket_id, new_facts="三天后再次熄灭", reason="诉求人来电反映新情况")
    seen = (await city.unit_desk("D14").sees(ticket_id))["ticket"]
    assert (seen["state"], seen["round"], seen["closing"]) == ("rework", 1, None)
    await called_back(city, ticket_id, city.unit_desk("D14"))
    await city.callback.calls_back(ticket_id, solved="yes", rating=5)
    await city.pass_time(days=31)
    assert [c["rating"] for c in (await city.supervisor.sees(ticket_id))["ticket"]["callbacks"]] == [4, 5]


async def test_回避_nobody_reviews_their_own_reply(city: City) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    await answers(hands, ticket_id)
    status, _ = await hands.refused("approve_reply", ticket_id)
    assert status == 403


async def test_差评_somebody_speaks_with_a_citizen_who_rated_low_within_a_working_day(city: City) -> None:
    ticket_id, hands = await waiting_for_a_call(city), city.unit_desk("D14")
    await city.callback.calls_back(ticket_id, solved="partly", rating=2, dissatisfied_with="efficiency")
    overlay, put_right = (await city.supervisor.sees(ticket_id))["ticket"]["overlays"]
    assert put_right["kind"] == "rectification" and put_right["due"] > overlay["due"]
    assert (overlay["kind"], overlay["level"], overlay["ended_at"]) == ("low_rating", 2, None)
    assert overlay["due"].startswith("2026-11-24T")
    await city.pass_time(days=2)
    marks = [m for m in await marked(city, ticket_id) if m["clock"] == "low_rating"]
    assert [m["light"] for m in marks] == ["near", "orange", "late"]
    await hands.does("sign", ticket_id)
    await hands.does("contact", ticket_id, how="phone", result="未接", reached=False)
    assert not (await city.supervisor.sees(ticket_id))["ticket"]["overlays"][0]["ended_at"]
    await hands.does("contact", ticket_id, how="phone", result="已当面说明")
    assert (await city.supervisor.sees(ticket_id))["ticket"]["overlays"][0]["ended_at"]
    await city.pass_time(days=30)
    assert len([m for m in await marked(city, ticket_id) if m["clock"] == "low_rating"]) == 3


async def marked(city: City, ticket_id: int) -> list[Any]:
    lines = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"]
    return [line["payload"] for line in lines if line["event"] == "mark_deadline"]


async def test_不需回访_who_wants_no_call_or_left_no_number_is_closed_by_rule_and_counts_neither_way(
    city: City,
) -> None:
    unwilling = await waiting_for_a_call(city, callback_wanted=False)
    nameless = await waiting_for_a_call(city, citizen={"anonymous": True})
    for ticket_id in (unwilling, nameless):
        seen = (await city.supervisor.sees(ticket_id))["ticket"]
        [callback] = seen["callbacks"]
        assert (seen["state"], callback["outcome"], callback["rating"]) == ("closed", "not_asked", None)
        last = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"][-1]
        assert (last["event"], last["actor"]) == ("close", "系统") and "回访" in last["reason"]
        assert await card(city, ticket_id) is None
    other = await waiting_for_a_call(city)
    status, said = await city.callback.refused("close", other, outcome="not_asked")
    assert status == 422 and "系统" in said


async def test_保密件_only_dedicated_staff_call_and_the_page_says_nothing_of_the_matter(city: City) -> None:
    for more in ({"confidential": True}, {"kind": "report"}):
        ticket_id = await waiting_for_a_call(city, **more)
        assert await card(city, ticket_id, "callback2") is None
        assert (await card(city, ticket_id, "callback"))["confidential"] is True
        path, body = f"/callbacks/{ticket_id}-1/attempts", {"reached": True, "solved": "yes", "rating": 5}
        answered = await city.callback2.call("POST", path, body)
        assert answered.status_code == 422 and "保密回访员" in answered.json()["message"]
        status, _ = await city.callback2.refused("close", ticket_id, outcome="satisfied", solved="yes", rating=5)
        assert status == 422
        token = await city.conn.fetchval("SELECT token FROM survey WHERE ticket_id = $1", ticket_id)
        page = (await city.client.get(f"/api/v1/public/surveys/{token}")).json()
        assert page["public_reply"] is None and VAGUE[:6] not in page["title"]
        await city.callback.calls_back(ticket_id, solved="yes", rating=5)
        assert await city.state(ticket_id) == "closed"


async def test_对结果不满_is_kept_apart_and_the_reason_is_one_of_a_closed_list(city: City) -> None:
    ticket_id = await waiting_for_a_call(city)
    path = f"/callbacks/{ticket_id}-1/attempts"
    for wrong in (
        {"solved": "no", "rating": 1, "dissatisfied_with": "心情"},
        {"solved": "yes", "rating": 5, "dissatisfied_with": "result"},
        {"solved": "no", "rating": 1, "dissatisfied_with": "result", "contacted": False},
        {"solved": "no", "rating": 1, "dissatisfied_with": "result", "as_told": False},
        {"solved": "yes", "rating": 6},
        {"solved": "yes"},
        {"channel": "page", "solved": "yes", "rating": 5},
    ):
        assert (await city.callback.call("POST", path, {"reached": True, **wrong})).status_code == 422
    await city.callback.calls_back(ticket_id, solved="no", rating=1, dissatisfied_with="result", as_told=True)
    [callback] = (await city.supervisor.sees(ticket_id))["ticket"]["callbacks"]
    assert (callback["outcome"], callback["dissatisfied_with"]) == ("dissatisfied", "result")


async def test_撤诉_the_citizen_takes_it_back_with_code_and_telephone_and_a_unit_never(city: City) -> None:
    ticket_id, code, phone = await city.receives_letter(VAGUE, kind="complaint")
    address = f"/api/v1/public/requests/{code}/withdraw"
    for last4, reason, status in (("0000", "已解决", 404), (phone[-4:], " ", 422)):
        answered = await city.client.post(address, json={"phone_last4": last4, "reason": reason})
        assert answered.status_code == status
    unknown = await city.client.post(
        address.replace(code, "ABCDEFGHJK"), json={"phone_last4": phone[-4:], "reason": "x"}
    )
    assert unknown.status_code == 404
    sent_to = await city.unit("D14")
    await city.dispatcher.does("dispatch", ticket_id, unit_id=sent_to, basis="目录")
    status, _ = await city.unit_desk("D14").refused("withdraw", ticket_id, proof="诉求人同意")
    assert status == 403
    answered = await city.client.post(address, json={"phone_last4": phone[-4:], "reason": "问题已自行解决"})
    assert answered.status_code == 200, answered.text
    last = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"][-1]
    assert (last["event"], last["actor"], last["payload"]) == ("withdraw", "诉求人", {"proof": "查询码与电话核验"})
    again = await city.client.post(address, json={"phone_last4": phone[-4:], "reason": "再撤一次"})
    assert again.status_code == 409
    assert not await city.conn.fetchval(
        "SELECT count(*) FROM deadline WHERE ticket_id = $1 AND done_at IS NULL", ticket_id
    )


async def test_申诉_once_in_three_working_days_with_evidence_and_another_person_decides(city: City) -> None:
    ticket_id, hands = await waiting_for_a_call(city), city.unit_desk("D14")
    status, said = await hands.refused("appeal", ticket_id, evidence="照片", reason="已办结")
    assert status in (403, 422) and said
    await city.supervisor.calls_back(ticket_id, solved="no", rating=1, dissatisfied_with="result")
    for wrong in ({"evidence": " ", "reason": "已依规办理"}, {"evidence": "照片", "reason": ""}):
        status, _ = await hands.refused("appeal", ticket_id, **wrong)
        assert status == 422
    status, _ = await city.unit_desk("D13").refused("appeal", ticket_id, evidence="照片", reason="无关单位")
    assert status == 404
    await hands.does("appeal", ticket_id, evidence="现场照片和签字记录", reason="已依规办理")
    assert await city.state(ticket_id) == "rework", "the main state is not touched"
    status, said = await hands.refused("appeal", ticket_id, evidence="再次", reason="再次申诉")
    assert status == 422 and "一次" in said
    status, said = await city.supervisor.refused("decide_appeal", ticket_id, granted=True, reason="属实")
    assert status == 422 and "原回访人员" in said
    await city.reviewer.does("decide_appeal", ticket_id, granted=True, reason="证据充分")
    seen = (await city.supervisor.sees(ticket_id))["ticket"]
    assert [(c["outcome"], c["excluded"]) for c in seen["callbacks"]] == [("dissatisfied", True)]
    assert (seen["state"], seen["requests"][-1]["decision"]) == ("rework", "granted")


async def test_申诉_after_three_working_days_is_too_late_and_a_closed_ticket_can_still_be_appealed(city: City) -> None:
    late, ended = await waiting_for_a_call(city), await waiting_for_a_call(city)
    hands = city.unit_desk("D14")
    for ticket_id in (late, ended):
        await city.callback.calls_back(ticket_id, solved="no", rating=1)
    await called_back(city, ended, hands)
    await city.callback.calls_back(ended, solved="no", rating=1)
    await called_back(city, ended, hands)
    await city.callback.calls_back(ended, solved="no", rating=1)
    await city.supervisor.does("conclude", ended, explanation="已解释", reason="两轮仍不满意")
    await hands.does("appeal", ended, evidence="办理记录", reason="已依规办理")
    assert await city.state(ended) == "closed"
    await city.pass_time(days=7)
    status, said = await hands.refused("appeal", late, evidence="办理记录", reason="已依规办理")
    assert status == 422 and "3 个工作日" in said
    await city.reviewer.does("decide_appeal", ended, granted=False, reason="证据不足")
    seen = (await city.supervisor.sees(ended))["ticket"]
    assert not any(c["excluded"] for c in seen["callbacks"])
