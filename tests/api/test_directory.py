"""The directory over HTTP: units that move and merge with their tickets."""

from typing import Any

import pytest

from hotline.directory.store import load_directory
from hotline.tickets import effects
from hotline.tickets import store as tickets
from hotline.tickets.lines import store as lines_store
from tests.flow.city import City, Person
from tests.flow.steps import VAGUE, answers, called_back, in_the_pool, sent, signed

REASON = "市委机构改革方案"
LOCAL = "010103"
"""A matter that is no department's duty: a street office may be given it."""


async def merge(city: City, code: str, into: str, status: int = 200) -> Any:
    body = {"into": await city.unit(into), "reason": REASON}
    return await city.admin.sends("POST", f"/units/{await city.unit(code)}/merge", status, body)


async def replays(city: City, ticket_id: int) -> None:
    lines = await lines_store.history(city.conn, ticket_id)
    assert effects.replay(line.happened for line in lines) == await tickets.load(city.conn, ticket_id)


async def numbers(person: Person, query: str = "") -> set[int]:
    return {row["id"] for row in (await person.get(f"/tickets?limit=200{query}"))["items"]}


# --- units


async def test_a_unit_is_added_renamed_given_aliases_and_closed_and_all_of_it_is_remembered(city: City) -> None:
    new = {
        "code": "D90",
        "name": "云州市低空经济发展局",
        "kind": "department",
        "phone": "689001",
        "aliases": ["低空局"],
    }
    unit = await city.admin.sends("POST", "/units", 201, new)
    path = f"/units/{unit['id']}"
    changed = await city.admin.sends("PATCH", path, 200, {"duty_contact": "值班室 王科长"})
    assert (changed["duty_contact"], changed["phone"]) == ("值班室 王科长", "689001")
    await city.admin.sends("PUT", f"{path}/aliases", 200, {"aliases": ["低空局", "低空办"]})
    assert (await city.admin.sends("PATCH", path, 200, {"active": False}))["active"] is False
    history = await city.auditor.sends("GET", f"{path}/history", 200)
    assert [line["verb"] for line in history["items"]] == ["add", "change", "alias", "change"]
    assert {line["actor"] for line in history["items"]} == {"孟安"}
    listed = await city.security.sends("GET", "/directory/units", 200)
    assert unit["id"] in {one["id"] for one in listed["items"]}
    assert unit["id"] not in {one["id"] for one in (await city.unit_desk("D14").sends("GET", "/units", 200))["items"]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"code": "D14", "name": "新局", "kind": "department"}, "code"),
        ({"code": "X1", "name": "城管局", "kind": "department"}, "name"),
        ({"code": "X1", "name": "新局", "kind": "ministry"}, "kind"),
        ({"code": "X1", "name": "", "kind": "street"}, "name"),
        ({"code": "X1", "name": "新局", "kind": "street", "aliases": ["住建局"]}, "aliases"),
        ({"code": "X1", "name": "新局", "kind": "street", "parent_id": 2**40}, "parent_id"),
    ],
)
async def test_a_unit_that_cannot_be_is_refused_with_the_field(city: City, body: Any, field: str) -> None:
    wrong = await city.admin.sends("POST", "/units", 422, body)
    assert field in {error["field"] for error in wrong["errors"]}


async def test_a_merged_units_open_tickets_follow_with_a_line_and_the_old_name_still_means_somebody(city: City) -> None:
    ticket_id = await signed(city, "D14")
    told = await merge(city, "D14", "D13")
    assert (told["unit"]["code"], told["tickets"]) == ("D13", 1)
    lines = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"]
    assert (lines[-1]["event"], lines[-1]["actor"]) == ("hand_over", "孟安")
    assert "云州市城市管理局" in lines[-1]["reason"] and REASON in lines[-1]["reason"]
    await replays(city, ticket_id)
    heirs = city.person("unit2")
    assert (await heirs.sees(ticket_id))["ticket"]["assignments"][0]["unit_id"] == await city.unit("D13")
    await answers(heirs, ticket_id)
    assert await city.state(ticket_id) == "replied"
    directory = await load_directory(city.conn)
    for name in ("云州市城市管理局", "城管局", "市城管局", "D14"):
        meant = directory.resolve(name)
        assert meant and meant.code == "D13", name
    for code, verb in (("D14", "merge"), ("D13", "absorb")):
        history = await city.admin.sends("GET", f"/units/{await city.unit(code)}/history", 200)
        assert history["items"][-1]["verb"] == verb


async def test_the_people_of_a_merged_unit_work_on_under_the_successor(city: City) -> None:
    ticket_id = await sent(city, "D14")
    await merge(city, "D14", "D13")
    me = await city.person("unit").get("/me")
    assert me["person"]["unit"]["code"] == "D13"
    await city.person("unit").does("sign", ticket_id)
    log = (await city.auditor.sends("GET", "/security/log?act=person_moved", 200))["items"]
    assert "韩城" in {line["person"] for line in log}


async def test_the_successor_reads_what_the_merged_unit_had_finished(city: City) -> None:
    ticket_id = await signed(city, "D14")
    await called_back(city, ticket_id, city.unit_desk("D14"))
    await city.callback.calls_back(ticket_id, solved="yes", rating=5)
    assert await city.state(ticket_id) == "closed"
    assert (await city.unit2.call("GET", f"/tickets/{ticket_id}")).status_code == 404
    await merge(city, "D14", "D13")
    assert (await city.unit2.sees(ticket_id))["state_name"] == "已办结"
    assert ticket_id in await numbers(city.unit2)
    await merge(city, "D13", "D12")
    third = city.unit_desk("D12")
    assert (await third.sees(ticket_id))["state_name"] == "已办结"
    assert ticket_id in await numbers(third)
    events = await city.events(ticket_id)
    assert "hand_over" not in events, "what has ended is not touched"


async def test_rework_of_a_merged_units_ticket_goes_to_its_successor(city: City) -> None:
    ticket_id = await signed(city, "D14")
    await called_back(city, ticket_id, city.unit_desk("D14"))
    await merge(city, "D14", "D13")
    await city.callback.does("send_back", ticket_id, solved="no", rating=1, dissatisfied_with="result")
    seen = await city.unit2.sees(ticket_id)
    assert (seen["ticket"]["state"], seen["ticket"]["assignments"][-1]["unit_id"]) == ("rework", await city.unit("D13"))


async def test_of_two_shares_that_come_into_one_hand_the_lead_stays(city: City) -> None:
    ticket_id = await in_the_pool(city)
    lead, helper = await city.unit("D13"), await city.unit("D14")
    await city.dispatcher.does("dispatch", ticket_id, unit_id=lead, assists=[helper], basis="联合整治")
    await merge(city, "D14", "D13")
    shares = (await city.supervisor.sees(ticket_id))["ticket"]["assignments"]
    assert [(s["part"], s["stage"]) for s in shares] == [("lead", "to_sign"), ("assist", "recalled")]
    await replays(city, ticket_id)
    await answers(city.unit2, ticket_id)
    assert await city.state(ticket_id) == "replied"


async def test_a_report_never_comes_into_the_accused_units_hand_through_a_merger(city: City) -> None:
    accused = await city.unit("D13")
    ticket_id = await in_the_pool(city, VAGUE, kind="report", accused_unit=accused)
    await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("D14"), basis="监督职责")
    refused = await merge(city, "D14", "D13", 409)
    assert refused["ticket_id"] == ticket_id and "改派" in refused["message"]
    assert (await city.unit_desk("D14").sees(ticket_id))["ticket"]["state"] == "dispatched"
    refused = await merge(city, "D13", "D14", 409)
    assert "被举报单位" in refused["message"], "the accused unit does not come to the report either"


async def test_a_report_about_a_merged_unit_is_a_report_about_its_successor(city: City) -> None:
    accused = await city.unit("D13")
    ticket_id = await in_the_pool(city, VAGUE, kind="report", accused_unit=accused)
    await merge(city, "D13", "D14")
    status, said = await city.dispatcher.refused("dispatch", ticket_id, unit_id=await city.unit("D14"), basis="职责")
    assert (status, "被举报" in said) == (422, True)
    await replays(city, ticket_id)


async def test_mergers_that_make_no_sense_are_refused(city: City) -> None:
    assert "不能并入自己" in (await merge(city, "D14", "D14", 422))["message"]
    assert "热线中心" in (await merge(city, "C01", "D14", 409))["message"]
    await merge(city, "D14", "D13")
    assert "已停用" in (await merge(city, "D14", "D12", 409))["message"]
    closed = await city.admin.sends("PATCH", f"/units/{await city.unit('D14')}", 409, {"active": True})
    assert "已并入" in closed["message"]


async def child_of(city: City, code: str) -> tuple[str, str]:
    """(a unit right below this one, somebody there who may sign)"""
    row = await city.conn.fetchrow(
        """
        SELECT u.code, a.username FROM unit u JOIN person p ON p.unit_id = u.id JOIN account a ON a.person_id = p.id
          JOIN person_role r ON r.person_id = p.id AND r.role = 'unit_reviewer'
         WHERE u.parent_id = $1 ORDER BY u.code LIMIT 1
        """,
        await city.unit(code),
    )
    assert row
    return row["code"], row["username"]


async def districts(city: City) -> tuple[str, str]:
    rows = await city.conn.fetch("SELECT code FROM unit WHERE kind = 'district' ORDER BY code LIMIT 2")
    return rows[0]["code"], rows[1]["code"]


async def test_who_sees_a_moved_units_tickets_follows_the_tree(city: City) -> None:
    old, new = await districts(city)
    street, login = await child_of(city, old)
    ticket_id = await sent(city, street, category=LOCAL)
    above, beside = city.unit_desk(old), city.unit_desk(new)
    assert (await above.sees(ticket_id)) and (await beside.call("GET", f"/tickets/{ticket_id}")).status_code == 404
    body = {"parent_id": await city.unit(new), "reason": "区划调整"}
    moved = await city.admin.sends("POST", f"/units/{await city.unit(street)}/move", 200, body)
    assert moved["tickets"] == 1
    assert (await beside.sees(ticket_id)) and (await above.call("GET", f"/tickets/{ticket_id}")).status_code == 404
    assert ticket_id in await numbers(beside) and ticket_id not in await numbers(above)
    assert (await city.events(ticket_id))[-1] == "hand_over"
    await city.person(login).does("sign", ticket_id)
    await replays(city, ticket_id)


async def test_a_list_never_shows_what_opening_it_refuses(city: City) -> None:
    old, new = await districts(city)
    street, login = await child_of(city, old)
    ticket_id = await sent(city, street, category=LOCAL)
    await city.person(login).does("sign", ticket_id)
    await called_back(city, ticket_id, city.person(login))
    await city.admin.sends("POST", f"/units/{await city.unit(street)}/move", 200, {"parent_id": await city.unit(new)})
    for person in (city.unit_desk(new), city.unit_desk(old), city.person(login), city.unit_desk("D14")):
        for number in await numbers(person):
            assert (await person.call("GET", f"/tickets/{number}")).status_code == 200, (person.login, number)
    assert (await city.unit_desk(new).call("GET", f"/tickets/{ticket_id}")).status_code == 404


async def test_a_dispatch_that_had_read_the_old_tree_is_caught_up_with(city: City) -> None:
    old, new = await districts(city)
    street, _ = await child_of(city, old)
    ticket_id = await sent(city, street, category=LOCAL)
    # As a transaction that began before the move would have left it.
    await city.conn.execute(
        "UPDATE unit SET parent_id = $2, path = ARRAY[$2, id] WHERE code = $1", street, await city.unit(new)
    )
    await city.admin.sends("POST", f"/units/{await city.unit('D14')}/move", 200, {"parent_id": await city.unit("D13")})
    await city.work()
    assert await city.unit_desk(new).sees(ticket_id)


async def test_a_unit_with_open_work_is_not_closed(city: City) -> None:
    await sent(city, "D14")
    refused = await city.admin.sends("PATCH", f"/units/{await city.unit('D14')}", 409, {"active": False})
    assert refused["open_tickets"] == 1 and "改派" in refused["message"]


# --- people
