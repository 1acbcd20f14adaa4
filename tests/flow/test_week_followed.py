"""The leader's week: last week's items beside this week's, and what came back on an instruction."""

from tests.flow.city import City
from tests.flow.steps import called_back, sent, signed

THIS, LAST = "2026-W49", "2026-W48"


async def marked(city: City) -> int:
    ticket_id = await signed(city)
    await city.supervisor.does("mark_difficult", ticket_id, reason="两次协调未果,群众反映强烈")
    return ticket_id


async def test_上周事项_each_is_struck_off_carried_or_left_and_says_what_was_done(city: City) -> None:
    solved, carried, dropped = [await marked(city) for _ in range(3)]
    frozen = await city.supervisor.call("POST", f"/reports/difficult/{LAST}/freeze", {})
    assert frozen.status_code == 201 and frozen.json()["total"] == 3
    await city.pass_time(days=7)
    fresh = await marked(city)
    await called_back(city, solved, city.unit_desk("D14"))
    refused = await city.callback.calls_back(solved, solved="no", rating=1)
    assert refused["state"] == "rework"
    found = await city.leader.get(f"/reports/difficult/{THIS}/followed")
    assert {i["outcome"] for i in found["items"]} == {"carried"}, (
        "not struck off: the citizen says it is unsolved (L 20)"
    )
    await called_back(city, solved, city.unit_desk("D14"))
    await city.callback.calls_back(solved, solved="yes", rating=4)
    kept = {"tickets": [fresh, carried]}
    assert (await city.supervisor.call("POST", f"/reports/difficult/{THIS}/freeze", kept)).status_code == 201
    found = await city.leader.get(f"/reports/difficult/{THIS}/followed")
    outcomes = {i["ticket_id"]: i["outcome"] for i in found["items"]}
    assert outcomes == {solved: "struck_off", carried: "carried", dropped: "left"}
    assert (found["now"], found["before"]["total"], found["before_frozen"]) == (
        {"total": 2, "fresh": 1, "carried": 1, "struck_off": 1},
        3,
        True,
    )
    told = next(i for i in found["items"] if i["ticket_id"] == solved)
    assert told["status"] == "已销号" and "回访" in told["progress"]


async def test_结转_is_only_what_stood_on_a_frozen_list(city: City) -> None:
    await marked(city)
    closed = await marked(city)
    await city.pass_time(days=7)
    await called_back(city, closed, city.unit_desk("D14"))
    await city.callback.calls_back(closed, solved="yes", rating=4)
    await city.pass_time(days=7)
    found = await city.leader.get("/reports/difficult/2026-W50/followed")
    assert (found["before_frozen"], found["now"]["carried"]) == (False, 0)
    assert {one["outcome"] for one in found["items"]} == {"again"}, "no mark says what the number does not"
    found = await city.leader.get(f"/reports/difficult/{THIS}/followed")
    assert {one["outcome"] for one in found["items"]} == {"again", "struck_off"}


async def test_销号_after_the_list_was_frozen_stands_on_the_next_one_and_on_no_other(city: City) -> None:
    solved, carried = [await marked(city) for _ in range(2)]
    assert (await city.supervisor.call("POST", f"/reports/difficult/{LAST}/freeze", {})).status_code == 201
    await city.pass_time(days=2)
    await called_back(city, solved, city.unit_desk("D14"))
    await city.callback.calls_back(solved, solved="yes", rating=4)
    await city.pass_time(days=5)
    found = await city.leader.get(f"/reports/difficult/{THIS}/followed")
    assert {i["ticket_id"]: i["outcome"] for i in found["items"]} == {solved: "struck_off", carried: "carried"}
    assert found["now"]["struck_off"] == 1
    assert (await city.supervisor.call("POST", f"/reports/difficult/{THIS}/freeze", {})).status_code == 201
    await city.pass_time(days=7)
    after = await city.supervisor.get("/reports/difficult")
    assert solved not in {one["ticket_id"] for one in (*after["items"], *after["settled"])}


async def test_批示_goes_to_the_lead_and_whoever_assists_and_shows_what_came_back(city: City) -> None:
    ticket_id, hands = await marked(city), city.unit_desk("D14")
    due = (city.clock.now().replace(hour=18)).isoformat()
    await city.leader.does("instruct", ticket_id, text="请城管局牵头,本周内彻底解决。", due=due)
    [told] = (await city.leader.get("/supervision/instructions"))["items"]
    assert told["to"] == ["云州市城市管理局"] and told["text"].startswith("请城管局牵头")
    assert (told["answered_at"], told["late"]) == (None, False) and told["by"]
    await city.pass_time(hours=9)
    [told] = (await city.leader.get(f"/supervision/instructions?ticket={ticket_id}"))["items"]
    assert told["late"] is True
    await called_back(city, ticket_id, hands)
    found = await city.leader.get(f"/reports/difficult/{LAST}/followed")
    [told] = found["instructions"]
    assert told["answer"] == "已派维修班到场处理完毕。" and told["answered_at"]
    other = await sent(city, "D13")
    assert (await city.leader.get(f"/supervision/instructions?ticket={other}"))["items"] == []
    assert (await city.dispatcher.call("GET", "/supervision/instructions")).status_code == 403
