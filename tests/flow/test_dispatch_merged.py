"""并单: one work order, and as many citizens as called."""

from typing import Any

import pytest

from tests.flow.city import City, Person
from tests.flow.steps import BASIS, VAGUE, answers, called_back, in_the_pool

REPLY = "您反映的问题已处理完毕,感谢您的监督。"


async def callers(city: City, count: int, **more: Any) -> list[tuple[int, str, str]]:
    """(ticket, query code, last four digits) of so many citizens, each with a telephone of their own."""
    found = []
    for at in range(count):
        phone = f"1377000{1000 + at}"
        body = {"content": VAGUE, "kind": "complaint", "citizen": {"phone": phone}, **more}
        answered = await city.agent.call("POST", "/tickets", body)
        assert answered.status_code == 201, answered.text
        found.append((answered.json()["ticket_id"], answered.json()["query_code"], phone[-4:]))
    await city.work()
    return found


async def tracked(city: City, code: str, last4: str) -> Any:
    answered = await city.client.get(f"/api/v1/public/requests/{code}?phone_last4={last4}")
    assert answered.status_code == 200, answered.text
    return answered.json()


async def merged(city: City, count: int = 2, **more: Any) -> tuple[int, list[tuple[int, str, str]], Person]:
    """A master with the unit, and those merged into it."""
    (master, *_), *others = await callers(city, count, **more)
    for child, _, _ in others:
        await city.agent.does("merge", child, master_id=master)
    await city.dispatcher.does("dispatch", master, unit_id=await city.unit("D14"), basis=BASIS)
    return master, others, city.unit_desk("D14")


async def test_并单_ten_callers_one_place_one_work_order_and_ten_callbacks(city: City) -> None:
    master, others, hands = await merged(city, 10)
    child, code, last4 = others[0]
    waiting = await tracked(city, code, last4)
    assert (waiting["ticket_id"], waiting["stage"], waiting["master_stage"]) == (child, "merged", "dispatched")
    assert "已派承办单位" in waiting["stage_name"] and waiting["unit"] and waiting["due_at"]
    assert "已派往承办单位" in [step["what"] for step in waiting["timeline"]]

    await called_back(city, master, hands)
    assert len((await city.callback.get("/callbacks?due=2027-12-31T00:00:00%2B08:00"))["items"]) == 10
    assert await city.conn.fetchval("SELECT count(*) FROM assignment WHERE part = 'lead' AND stage = 'to_sign'") == 0
    answered = await tracked(city, code, last4)
    assert (answered["stage"], answered["public_reply"]) == ("callback", REPLY)
    page = (await city.client.get(f"/api/v1/public/surveys/{answered['survey_token']}")).json()
    assert page["public_reply"] == REPLY, "the page to answer on shows what was done"

    for ticket_id in [master, *(child for child, _, _ in others)]:
        await city.callback.calls_back(ticket_id, solved="yes", rating=5)
        seen = (await city.supervisor.sees(ticket_id))["ticket"]
        assert (seen["state"], seen["callbacks"][0]["rating"]) == ("closed", 5)
    listed = (await city.dispatcher.get(f"/tickets/{master}/merged"))["items"]
    assert [row["id"] for row in listed] == [child for child, _, _ in others]


async def test_并单_a_merged_caller_who_is_not_satisfied_gets_a_rework_of_their_own(city: City) -> None:
    master, [(child, code, last4)], hands = await merged(city)
    await called_back(city, master, hands)
    await city.callback.calls_back(master, solved="yes", rating=5)
    await city.work()
    await city.callback.calls_back(child, solved="no", rating=1, dissatisfied_with="result")
    assert (await city.state(master), await city.state(child)) == ("closed", "rework")
    await answers(hands, child)
    await city.supervisor.does("approve_reply", child)
    assert (await tracked(city, code, last4))["stage"] == "callback"
    await city.callback.calls_back(child, solved="yes", rating=4)
    assert await city.state(child) == "closed"


async def test_并单_who_wants_no_call_ends_with_the_master_and_not_before(city: City) -> None:
    master, _, hands = await merged(city, 1)
    unwilling: dict[str, Any] = {"callback_wanted": False, "citizen": {"phone": "13770008888"}}
    [(child, code, _)], last4 = await callers(city, 1, **unwilling), "8888"
    await city.agent.does("merge", child, master_id=master)
    await called_back(city, master, hands)
    assert await city.state(child) == "merged"
    assert (await tracked(city, code, last4))["public_reply"] == REPLY
    await city.callback.calls_back(master, solved="yes", rating=5)
    await city.work()
    seen = (await city.supervisor.sees(child))["ticket"]
    assert (seen["state"], seen["closing"], seen["callbacks"]) == ("closed", "handled", [])
    assert (await tracked(city, code, last4))["stage"] == "closed"


async def test_并单_the_same_callers_repeat_urges_and_is_asked_once(city: City) -> None:
    phone = "13770009999"
    master, again = [await in_the_pool(city, citizen={"phone": phone}) for _ in range(2)]
    await city.agent.does("merge", again, master_id=master)
    assert [o["kind"] for o in (await city.agent.sees(master))["ticket"]["overlays"]] == ["urge"]
    await city.dispatcher.does("dispatch", master, unit_id=await city.unit("D14"), basis=BASIS)
    await called_back(city, master, city.unit_desk("D14"))
    assert await city.state(again) == "merged", "one citizen is called once"
    await city.callback.calls_back(master, solved="yes", rating=5)
    await city.work()
    assert await city.state(again) == "closed"


async def test_并单_a_master_ended_without_a_reply_takes_its_children_along(city: City) -> None:
    master, [(child, _, _)], hands = await merged(city)
    await hands.does("sign", master)
    await city.supervisor.does("terminate", master, ground="已进入诉讼", reason="同一事项已由法院受理")
    seen = (await city.supervisor.sees(child))["ticket"]
    assert (seen["state"], seen["closing"]) == ("closed", "terminated")


async def test_并单_what_one_citizen_takes_back_no_other_loses(city: City) -> None:
    master, [(child, code, last4), (again, _, _)], _ = await merged(city, 3)
    await city.conn.execute(
        "UPDATE petitioner SET phone_index = (SELECT phone_index FROM petitioner WHERE ticket_id = $1) WHERE ticket_id = $2",
        master,
        again,
    )
    await city.agent.does("withdraw", master, proof="录音 20261122-1")
    assert await city.state(child) == "registered", "another citizen's request goes on"
    assert (await tracked(city, code, last4))["stage"] == "registered"
    assert await city.state(again) == "withdrawn"


@pytest.mark.parametrize("answered", [False, True])
async def test_撤销并单_a_child_parted_goes_back_as_it_was_and_hears_no_more_of_the_master(
    city: City, answered: bool
) -> None:
    master, [(child, code, last4)], hands = await merged(city)
    before = (await city.supervisor.sees(child))["ticket"]
    if answered:
        await city.conn.execute("UPDATE ticket SET callback_wanted = false WHERE id = $1", child)
        await called_back(city, master, hands)
    await city.dispatcher.does("unmerge", child, reason="不是一回事")
    after = (await city.supervisor.sees(child))["ticket"]
    assert (after["state"], after["master_id"], after["ended_at"]) == ("registered", None, None)
    kept = ("kind", "urgency", "category", "region", "created_at", "registered_at")
    assert {field: after[field] for field in kept} == {field: before[field] for field in kept}
    assert (await tracked(city, code, last4))["public_reply"] is None
    if not answered:
        await called_back(city, master, hands)
    await city.callback.calls_back(master, solved="yes", rating=5)
    await city.work()
    assert await city.state(child) == "registered"


async def test_并单_a_master_with_children_is_not_itself_merged(city: City) -> None:
    master, _, _ = await merged(city)
    other = await in_the_pool(city)
    third = await in_the_pool(city)
    await city.agent.does("merge", third, master_id=other)
    status, said = await city.agent.refused("merge", other, master_id=master)
    assert status == 422 and "已有并单" in said


async def test_并单_into_a_ticket_already_answered_is_answered_at_once(city: City) -> None:
    master, _, hands = await merged(city, 1)
    await called_back(city, master, hands)
    late = await in_the_pool(city)
    await city.agent.does("merge", late, master_id=master)
    assert await city.state(late) == "callback"
