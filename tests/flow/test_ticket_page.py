"""工单页: whatever a ticket mentions by number has its name, and what hangs together with it can be opened."""

from typing import Any

from tests.flow.city import City, Person
from tests.flow.steps import VAGUE, in_the_pool, sent, signed


async def around(person: Person, ticket_id: int) -> Any:
    return await person.get(f"/tickets/{ticket_id}/surroundings")


def relations(found: Any) -> dict[int, str]:
    return {one["id"]: one["relation"] for one in found["linked"]}


async def test_the_page_names_the_people_units_category_and_place(city: City) -> None:
    ticket_id = await signed(city, district_code="990101003", category="010103")
    found = await around(city.dispatcher, ticket_id)
    unit = await city.unit("D14")
    assert found["units"][str(unit)] == (await city.dispatcher.sees(ticket_id))["units"][str(unit)]
    assert found["region"] == "雁栖区·望江街道"
    assert found["category"] and "/" in found["category"]
    assert found["categories"]["010103"] == found["category"]
    colleagues = (await city.unit_desk("D14").get("/colleagues"))["items"]
    await city.unit_desk("D14").does("assign_person", ticket_id, person_id=colleagues[0]["id"])
    assert (await around(city.dispatcher, ticket_id))["people"][str(colleagues[0]["id"])] == colleagues[0]["name"]


async def test_what_was_answered_directly_stands_on_the_page(city: City) -> None:
    ticket_id = await city.agent_logs("请问医保卡丢了怎么补办?", kind="consult", draft=True)
    assert (await around(city.agent, ticket_id))["direct_answer"] is None
    await city.agent.does("answer_directly", ticket_id, answer="请持身份证到就近的医保服务窗口补办。")
    assert (await around(city.agent, ticket_id))["direct_answer"] == "请持身份证到就近的医保服务窗口补办。"


async def test_merged_previous_and_later_requests_hang_together_both_ways(city: City) -> None:
    master = await sent(city)
    child = await in_the_pool(city, "和昨天那位市民反映的是同一件事。")
    await city.dispatcher.does("merge", child, master_id=master)
    again = await city.agent_logs(VAGUE, kind="complaint", previous_ticket=master)
    assert relations(await around(city.dispatcher, master)) == {child: "merged", again: "later"}
    assert relations(await around(city.dispatcher, child)) == {master: "master"}
    assert relations(await around(city.dispatcher, again)) == {master: "previous"}


async def test_a_unit_sees_only_those_linked_tickets_that_are_its_own(city: City) -> None:
    master = await sent(city, "D14")
    hidden = await sent(city, "D09", previous_ticket=master)
    own = await sent(city, "D14", previous_ticket=master)
    assert relations(await around(city.unit_desk("D14"), master)) == {own: "later"}
    assert relations(await around(city.dispatcher, master)) == {hidden: "later", own: "later"}
    stranger = await city.unit_desk("D09").call("GET", f"/tickets/{own}/surroundings")
    assert stranger.status_code == 404


async def test_of_a_secret_ticket_not_even_the_title_is_told(city: City) -> None:
    master = await sent(city, "D14")
    await sent(city, "D14", previous_ticket=master, confidential=True, title="李明实名反映")
    [told] = (await around(city.unit_desk("D14"), master))["linked"]
    assert told["title"] == "保密工单"
    [open_to] = (await around(city.dispatcher, master))["linked"]
    assert open_to["title"] == "李明实名反映"
