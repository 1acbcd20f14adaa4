"""机构改革, 代理, 离岗: the city changes its desks while citizens wait."""

from datetime import timedelta

from hotline.directory.store import load_directory
from tests.flow.city import City
from tests.flow.steps import answers, sent, signed


async def test_机构改革_a_merged_bureaus_citizens_are_answered_by_its_successor(city: City) -> None:
    """The letter was signed by one bureau, answered by another, and the citizen was asked once."""
    ticket_id = await signed(city, "D14")
    due = (await city.supervisor.sees(ticket_id))["ticket"]["assignments"][0]["finish_due"]
    answered = await city.admin.call(
        "POST",
        f"/units/{await city.unit('D14')}/merge",
        {"into": await city.unit("D13"), "reason": "市级机构改革方案"},
    )
    assert answered.json()["tickets"] == 1, answered.text
    seen = await city.unit2.sees(ticket_id)
    assert seen["ticket"]["assignments"][0]["finish_due"] == due, "the citizen's limit does not move"
    assert seen["units"][str(await city.unit("D13"))] == "云州市住房和城乡建设局"
    await answers(city.unit2, ticket_id)
    await city.supervisor.does("approve_reply", ticket_id)
    await city.callback.calls_back(ticket_id, solved="yes", rating=5)
    assert await city.state(ticket_id) == "closed"
    events = await city.events(ticket_id)
    assert events.count("hand_over") == 1 and events.index("sign") < events.index("hand_over") < events.index("reply")
    lines = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"]
    assert next(line["name"] for line in lines if line["event"] == "hand_over") == "移交"


async def test_机构改革_the_next_letter_under_the_old_name_goes_to_the_successor(city: City) -> None:
    await city.admin.call(
        "POST",
        f"/units/{await city.unit('D14')}/merge",
        {"into": await city.unit("D13"), "reason": "市级机构改革方案"},
    )
    directory = await load_directory(city.conn)
    meant = directory.resolve("市城管局")
    assert meant and meant.code == "D13"
    found = (await city.dispatcher.get("/units?q=城管"))["items"]
    assert "D13" in {unit["code"] for unit in found} and "D14" not in {unit["code"] for unit in found}
    ticket_id, *_ = await city.receives_letter("人民路东段占道经营严重,摊位堵住了人行道,老人孩子只能走机动车道。")
    shares = (await city.supervisor.sees(ticket_id))["ticket"]["assignments"]
    assert await city.unit("D14") not in {share["unit_id"] for share in shares}


async def test_代理_a_colleague_of_another_bureau_signs_while_the_liaison_is_away(city: City) -> None:
    ticket_id = await sent(city, "D14")
    now = city.clock.now()
    person_id = (await city.unit2.get("/me"))["person"]["id"]
    given = {
        "person_id": person_id,
        "unit_id": await city.unit("D14"),
        "roles": ["unit_liaison"],
        "begins_at": now.isoformat(),
        "ends_at": (now + timedelta(days=2)).isoformat(),
        "reason": "联络员外出培训",
    }
    deputy = (await city.admin.call("POST", "/deputies", given)).json()
    answered = await city.unit2.call("POST", "/session/deputy", {"deputy_id": deputy["id"]})
    assert answered.status_code == 200, answered.text
    await city.unit2.does("sign", ticket_id)
    lines = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"]
    assert (lines[-1]["event"], lines[-1]["actor"]) == ("sign", "陶建国(代理)")
    await city.pass_time(days=2)
    assert (await city.unit2.call("GET", f"/tickets/{ticket_id}")).status_code == 404
    acts = [line["act"] for line in (await city.auditor.get(f"/security/log?person={person_id}"))["items"]]
    assert acts[:2] == ["acting_began", "deputy_granted"]


async def test_离岗_what_somebody_leaves_behind_is_named_and_given_to_a_colleague(city: City) -> None:
    ticket_id = await signed(city, "D14")
    new = {"name": "丁一", "username": "ding", "roles": ["handler"], "unit_id": await city.unit("D14")}
    leaving = (await city.admin.call("POST", "/people", new)).json()["person"]["id"]
    await city.unit_desk("D14").does("assign_person", ticket_id, person_id=leaving)
    closed = (await city.admin.call("POST", f"/people/{leaving}/deactivate")).json()
    assert [work["ticket_id"] for work in closed["open_work"]] == [ticket_id]
    colleagues = [c["id"] for c in (await city.unit_desk("D14").get("/colleagues"))["items"]]
    assert leaving not in colleagues
    await city.unit_desk("D14").does("assign_person", ticket_id, person_id=colleagues[0])
    work = (await city.admin.get(f"/people/{leaving}/work"))["items"]
    assert work == []
