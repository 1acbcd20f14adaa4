"""Open311: another city's program reports a broken lamp, and reads how it stands, in both forms of the standard."""

from typing import Any
from xml.etree import ElementTree

import pytest

from hotline.tickets.states import Channel
from tests.flow.city import City

V2 = "/open311/v2"
LAMP = {
    "service_code": "010101",
    "description": "人民路东段的路灯从上周五开始不亮,晚上老人出门很危险。",
    "phone": "13912345678",
    "last_name": "欧阳",
    "first_name": "不言",
    "address_string": "人民路东段 18 号",
    "lat": "30.5928",
    "long": "114.3055",
}


async def services(city: City) -> list[dict[str, Any]]:
    answered = await city.client.get(f"{V2}/services.json")
    assert answered.status_code == 200
    found: list[dict[str, Any]] = answered.json()
    return found


async def report(city: City, **changes: str) -> dict[str, Any]:
    code = (await services(city))[0]["service_code"]
    answered = await city.client.post(f"{V2}/requests.json", data={**LAMP, "service_code": code, **changes})
    assert answered.status_code == 201, answered.text
    await city.work()
    found: dict[str, Any] = answered.json()[0]
    return found


async def one(city: City, number: str) -> dict[str, Any]:
    found: dict[str, Any] = (await city.client.get(f"{V2}/requests/{number}.json")).json()[0]
    return found


async def test_services_are_the_third_level_of_the_tree_in_both_forms(city: City) -> None:
    listed = await services(city)
    assert len(listed) > 20 and all(len(one["service_code"]) == 6 for one in listed)
    top = ElementTree.fromstring((await city.client.get(f"{V2}/services.xml")).content)
    assert top.tag == "services"
    assert [one.findtext("service_name") for one in top] == [one["service_name"] for one in listed]
    assert {one.findtext("metadata") for one in top} == {"false"}
    code = listed[0]["service_code"]
    assert (await city.client.get(f"{V2}/services/{code}.json")).json() == {"service_code": code, "attributes": []}
    assert ElementTree.fromstring((await city.client.get(f"{V2}/services/{code}.xml")).content).tag == (
        "service_definition"
    )


async def test_a_report_becomes_a_ticket_once_however_often_it_is_sent(city: City) -> None:
    first, again = await report(city), await report(city)
    assert first["service_request_id"] == again["service_request_id"]
    placed = (
        "SELECT t.channel, m.longitude, m.coordinates FROM ticket t JOIN matter m ON m.ticket_id = t.id WHERE t.id = $1"
    )
    row = await city.conn.fetchrow(placed, int(first["service_request_id"]))
    assert row is not None and tuple(row) == (Channel.OPEN311, 114.3055, "wgs84")
    other = await report(city, description="人民路西段的井盖丢了,车开过去很危险。")
    assert other["service_request_id"] != first["service_request_id"]


async def test_the_code_in_the_notice_tracks_the_request(city: City) -> None:
    made = await report(city)
    code = made["service_notice"].split(":")[0].removeprefix("查询码 ")
    tracked = await city.client.get(f"/api/v1/public/requests/{code}", params={"phone_last4": "5678"})
    assert tracked.json()["ticket_id"] == int(made["service_request_id"])


async def test_it_is_open_until_it_is_closed_and_tells_no_stranger_the_words(city: City) -> None:
    number = (await report(city))["service_request_id"]
    before = await one(city, number)
    assert (before["status"], before["description"], before["lat"]) == ("open", None, None)
    everything = str((await city.client.get(f"{V2}/requests.json")).json())
    assert number in everything
    assert not any(word in everything for word in ("欧阳", "13912345678", "18 号", "老人"))
    await city.supervisor.does("withdraw", int(number), proof="录音 20261123-1", reason="诉求人来电撤回")
    assert (await one(city, number))["status"] == "closed"
    still = (await city.client.get(f"{V2}/requests.json", params={"status": "open"})).json()
    assert number not in [row["service_request_id"] for row in still]


async def test_confidential_requests_and_accusations_are_not_there(city: City) -> None:
    number = int((await report(city))["service_request_id"])
    await city.conn.execute("UPDATE ticket SET kind = 'report' WHERE id = $1", number)
    assert (await city.client.get(f"{V2}/requests/{number}.json")).status_code == 404
    await city.conn.execute("UPDATE ticket SET kind = 'complaint', confidential = true WHERE id = $1", number)
    assert (await city.client.get(f"{V2}/requests.json", params={"service_request_id": str(number)})).json() == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"service_code": ""}, "service_code"),
        ({"service_code": "999999"}, "没有服务"),
        ({"description": ""}, "description"),
        ({"phone": ""}, "phone"),
        ({"lat": "north"}, "lat"),
        ({"lat": ""}, "long"),
        ({"lat": "91"}, "lat"),
        ({"email": "nobody"}, "email"),
    ],
)
async def test_what_is_wrong_is_said_in_the_form_that_was_asked(city: City, changes: dict[str, str], says: str) -> None:
    code = (await services(city))[0]["service_code"]
    sent = {**LAMP, "service_code": code, **changes}
    answered = await city.client.post(f"{V2}/requests.json", data=sent)
    assert answered.status_code in (400, 404)
    assert says in answered.json()[0]["description"] and answered.json()[0]["code"] == answered.status_code
    as_xml = await city.client.post(f"{V2}/requests.xml", data=sent)
    top = ElementTree.fromstring(as_xml.content)
    assert (top.tag, top[0].tag) == ("errors", "error") and says in (top[0].findtext("description") or "")


@pytest.mark.parametrize(
    "query",
    [
        {"service_request_id": "abc"},
        {"service_request_id": "9" * 30},
        {"start_date": "yesterday"},
        {"start_date": "2026-01-01T00:00:00+08:00"},
        {"status": "lost"},
        {"page": "0"},
        {"page_size": "100000"},
    ],
)
async def test_a_list_that_cannot_be_is_refused_with_a_sentence(city: City, query: dict[str, str]) -> None:
    answered = await city.client.get(f"{V2}/requests.json", params=query)
    assert answered.status_code == 400 and answered.json()[0]["description"]


@pytest.mark.parametrize("path", ["requests.yaml", "requests/1.xml", "services/zz.xml", "tokens/zz.json"])
async def test_what_is_not_there_is_404_in_words(city: City, path: str) -> None:
    answered = await city.client.get(f"{V2}/{path}")
    assert answered.status_code in (400, 404)
    assert "description" in answered.text
