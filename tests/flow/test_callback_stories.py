"""What the citizen says in the end, and what it means. Nothing is ever assumed to be 满意."""

from datetime import datetime, timedelta

from tests.flow.city import City
from tests.flow.steps import answers, called_back, signed


async def waiting_for_a_call(city: City) -> int:
    ticket_id = await signed(city)
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
    assert await city.state(ticket_id) == "callback", "three calls in one morning are one call"
    status, said = await city.callback.refused("close", ticket_id, outcome="unreached")
    assert status == 422 and "不同日期" in said
    city.clock.advance(timedelta(days=1, hours=5))
    await city.callback.calls_back(ticket_id, reached=False)
    seen = (await city.supervisor.sees(ticket_id))["ticket"]
    [callback] = seen["callbacks"]
    assert (seen["state"], seen["closing"], callback["attempts"]) == ("closed", "handled", 4)
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
        said = {"solved": "yes" if rating > 2 else "no", "rating": rating, "reasons": ["办理太慢"]}
        answered = await city.client.post(f"/api/v1/public/surveys/{token}", json=said)
        assert answered.status_code == 201, answered.text
        assert await city.state(ticket_id) == state
        again = await city.client.post(f"/api/v1/public/surveys/{token}", json=said)
        assert again.status_code == 409
    cards = (await city.callback.get("/callbacks"))["items"]
    assert [(card["ticket_id"], card["digital_dissatisfied"]) for card in cards] == [(ticket_id, True)]


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
