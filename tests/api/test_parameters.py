"""What stands behind the question mark: what staff misspell is said to them, what a citizen's link drags along is passed over."""

import pytest

from tests.flow.city import API, City
from tests.flow.steps import in_the_pool, sent


async def test_a_filter_that_is_none_does_not_answer_with_everything(city: City) -> None:
    await in_the_pool(city)
    answered = await city.supervisor.call("GET", "/tickets?state=closed&stage=closed")
    assert answered.status_code == 422
    said = "没有参数 state,请去掉,或改用 stage、unit、category、due、q、cursor、limit。"
    told = {"error": "invalid_input", "message": said, "errors": [{"field": "state", "message": said}]}
    assert answered.json() == told
    assert (await city.supervisor.get("/tickets?stage=closed"))["items"] == []


async def test_every_strange_parameter_is_named_once_and_not_without_end(city: City) -> None:
    strange = "&".join(["a=1", "a=2", *(f"{number}{'长' * 80}" for number in range(9))])
    answered = await city.supervisor.call("GET", f"/calls/seats?{strange}")
    assert answered.status_code == 422
    first, *others = answered.json()["errors"]
    assert first == {"field": "a", "message": "没有参数 a,这里不带参数,请去掉。"}
    assert len(others) == 4 and all(len(one["field"]) <= 40 for one in others)


@pytest.mark.parametrize(
    "path",
    ["/units", "/live", "/me/notices", "/dispatch/pool", "/reports/kpi", "/tickets/7/history", "/calls/7/recording"],
)
async def test_lists_papers_and_single_things_alike(city: City, path: str) -> None:
    answered = await city.supervisor.call("GET", f"{path}?colour=red")
    assert answered.status_code == 422
    assert answered.json()["errors"][0]["field"] == "colour"


async def test_also_what_changes_something_and_only_for_who_may(city: City) -> None:
    ticket_id = await sent(city)
    body = {"version": await city.version(ticket_id), "category": "0101"}
    refused = await city.dispatcher.call("POST", f"/tickets/{ticket_id}/classify?dry_run=1", body)
    assert refused.status_code == 422 and await city.version(ticket_id) == body["version"]
    assert (await city.client.get(f"{API}/tickets?state=closed")).status_code == 401
    assert (await city.unit_desk("D14").call("GET", "/people?colour=red")).status_code == 403


async def test_the_players_way_past_what_a_browser_keeps_is_known(city: City) -> None:
    answered = await city.supervisor.call("GET", "/calls/none/recording?again=2")
    assert answered.status_code == 404, answered.text


@pytest.mark.parametrize(
    "path",
    [
        "/?utm_source=wechat",
        "/track?from=singlemessage",
        "/openapi.json?v=2",
        "/health/ready?probe=1",
        "/metrics?collect[]=x",
        "/open311/v2/requests.json?api_key=x&jurisdiction_id=yunzhou.gov.cn&extensions=true",
        "/open311/v2/services.xml?api_key=x&jurisdiction_id=yunzhou.gov.cn",
    ],
)
async def test_pages_and_other_peoples_standards_take_what_comes_along(city: City, path: str) -> None:
    assert (await city.client.get(path)).status_code == 200


async def test_what_a_programs_link_drags_along_does_not_hide_a_citizens_progress(city: City) -> None:
    letter = {"channel": "web", "content": "人民路东段路灯不亮,请尽快修复", "citizen": {"phone": "13912345678"}}
    pair = (await city.client.post(f"{API}/public/requests?utm_source=wechat", json=letter)).json()
    asked = {"phone_last4": "5678", "from": "groupmessage"}
    assert (await city.client.get(f"{API}/public/requests/{pair['query_code']}", params=asked)).status_code == 200
