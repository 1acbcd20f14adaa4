"""评价短信: the citizen is asked by a text message. One text, one answer, whichever way it comes first."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hotline.jobs.posting import post
from tests.flow.city import API, City
from tests.flow.conftest import SITE
from tests.flow.steps import called_back, signed
from tests.post_office import Gateway

MINE = "13912345678"


async def answered(city: City, **more: Any) -> int:
    """A reply is accepted: the citizen is to be asking."""
    ticket_id = await signed(city, **{"citizen": {"phone": MINE, "name": "王芳"}, **more})
    await called_back(city, ticket_id, city.unit_desk("D14"))
    return ticket_id


async def card_of(city: City, ticket_id: int) -> Any:
    return await city.callback.get(f"/callbacks/{ticket_id}-1")


def link_in(said: dict[str, Any]) -> str:
    found = re.search(rf"{SITE}(/s/[0-9A-Za-z]{{12}}) ", said["text"])
    assert found, said["text"]
    return found[1]


async def attempts(city: City, ticket_id: int) -> list[Any]:
    lines = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"]
    return [line["payload"] for line in lines if line["event"] == "attempt_callback"]


async def test_评价短信_sent_by_the_pack_once_answered_once_and_counted_like_any_other_answer(
    asking: City, texts: Gateway
) -> None:
    ticket_id = await answered(asking, content="王芳反映单元门禁坏了,电话13912345678,想请有关部门来看看。")
    for _ in range(3):
        await post(asking.services)
    [said] = texts.passed_on.values()
    assert (said["channel"], said["phone"], said["urgent"]) == ("sms", MINE, False)
    assert "门禁" in said["text"] and "王芳" not in said["text"] and MINE not in said["text"]
    text = (await card_of(asking, ticket_id))["text"]
    assert text["state"] == "sent" and "不再重发" in text["refusal"], "the desk sees that it went out"
    again = await asking.callback.call("POST", f"/callbacks/{ticket_id}-1/text")
    assert again.status_code == 409 and len(texts.asked) == 1

    page = await asking.client.get(link_in(said))
    assert page.status_code == 200 and "只是对结果不满意" in page.text
    unsaid = await asking.client.post(link_in(said), data={"solved": "yes"})
    assert unsaid.status_code == 422 and "满意程度" in unsaid.text, "nothing is ever assumed"
    form = {"solved": "no", "rating": "2", "with": "result", "reasons": "问题没有解决"}
    done = await asking.client.post(link_in(said), data=form)
    assert done.status_code == 303 and done.headers["location"] == f"{link_in(said)}?done=1"
    twice = await asking.client.post(link_in(said), data={"solved": "yes", "rating": "5"})
    assert twice.status_code == 409
    token = await asking.conn.fetchval("SELECT token FROM survey WHERE ticket_id = $1", ticket_id)
    by_page = await asking.client.post(f"{API}/public/surveys/{token}", json={"solved": "yes", "rating": 5})
    assert by_page.status_code == 409, "nor by the other way to the same page"
    [one] = await attempts(asking, ticket_id)
    assert (one["channel"], one["solved"], one["rating"]) == ("sms_link", "no", 2)
    assert one["dissatisfied_with"] == "result", "for the result alone, though the work was right: kept apart"
    card = await card_of(asking, ticket_id)
    assert card["text"]["state"] == "answered" and card["attempts"][0]["channel"] == "sms_link"
    assert card["times"]["ready_from"] <= asking.clock.now().isoformat(), "an unhappy answer is called about at once"


async def test_评价短信_at_night_nothing_leaves_and_a_second_try_waits_for_the_morning_too(
    asking: City, texts: Gateway
) -> None:
    await asking.person("callback").get("/callbacks")
    asking.clock.set(asking.clock.now().replace(hour=19, minute=30))
    evening = await answered(asking)
    texts.answers = [503]
    await post(asking.services)
    assert len(texts.asked) == 1 and texts.passed_on == {}
    asking.clock.set(asking.clock.now().replace(hour=21))
    night = await answered(asking)
    assert (await card_of(asking, night))["text"]["state"] == "waiting"
    await asking.conn.execute("UPDATE message SET not_before = now()")
    await post(asking.services)
    assert len(texts.asked) == 1, "at night nobody is rung out of bed"
    asking.clock.set((asking.clock.now() + timedelta(days=1)).replace(hour=9))
    await asking.callback.calls_back(evening, solved="yes", rating=5)
    await post(asking.services)
    [said] = texts.passed_on.values()
    assert await asking.conn.fetchval("SELECT ticket_id FROM survey WHERE link = $1", link_in(said)[3:]) == night
    assert await asking.conn.fetchval("SELECT count(*) FROM message WHERE state = 'dropped'") == 1, (
        "who answered by phone"
    )
    asking.clock.advance(timedelta(days=3))
    late = await asking.client.get(link_in(said))
    assert late.status_code == 404 and "已过期" in late.text
    assert (await card_of(asking, night))["text"]["state"] == "expired"


async def test_回访台_chooses_the_text_instead_of_a_call_and_the_card_rests_for_a_day(
    asking: City, texts: Gateway
) -> None:
    urgent = await answered(asking, urgency="urgent")
    await post(asking.services)
    assert texts.asked == [], "what is urgent is called at once"
    assert (await card_of(asking, urgent))["text"] == {"state": "none", "at": None, "until": None, "refusal": ""}
    chosen = await asking.callback.call("POST", f"/callbacks/{urgent}-1/text")
    assert chosen.status_code == 201 and chosen.json()["state"] == "waiting"
    await post(asking.services)
    assert len(texts.passed_on) == 1
    [due] = (await asking.callback.get("/callbacks"))["items"]
    assert datetime.fromisoformat(due["ready_from"]) == asking.clock.now() + timedelta(hours=24)
    assert due["texted_at"] and due["text_until"]
    early = await asking.callback.call("POST", f"/callbacks/{urgent}-1/number")
    assert early.status_code == 409, "the text has its day first"
    assert (await card_of(asking, urgent))["times"]["waits"]
    for _ in range(3):
        await asking.callback.calls_back(urgent, reached=False)
        asking.clock.advance(timedelta(hours=5))
    standing = (await card_of(asking, urgent))["times"]
    assert await asking.state(urgent) == "callback" and standing["tries"] == 0, "nor is it given up meanwhile"
    await asking.client.post(link_in(next(iter(texts.passed_on.values()))), data={"solved": "yes", "rating": "4"})
    assert await asking.state(urgent) == "closed"
    [callback] = (await asking.supervisor.sees(urgent))["ticket"]["callbacks"]
    assert (callback["outcome"], callback["rating"], callback["attempts"]) == ("satisfied", 4, 4)
    taken_over = await answered(asking, urgency="urgent")
    await asking.conn.execute("DELETE FROM survey WHERE ticket_id = $1", taken_over)
    assert (await card_of(asking, taken_over))["text"]["refusal"] == "", "a callback that never had a page gets one"
    assert (await asking.callback.call("POST", f"/callbacks/{taken_over}-1/text")).status_code == 201


async def test_评价短信_of_a_secret_matter_says_nothing_and_without_a_mobile_number_there_is_none(
    asking: City, texts: Gateway
) -> None:
    await answered(asking, confidential=True, content="单元门禁坏了很久,想请有关部门来看看。")
    await post(asking.services)
    [said] = texts.passed_on.values()
    assert "门禁" not in said["text"] and "您向云州市12345反映的事项" in said["text"]
    fixed = await answered(asking, citizen={"phone": "051288886666"}, urgency="urgent")
    refused = await asking.callback.call("POST", f"/callbacks/{fixed}-1/text")
    assert refused.status_code == 409 and "手机号" in refused.json()["message"]
    asking.services = replace(asking.services, settings=replace(asking.services.settings, public_url=None))
    plain = await answered(asking)
    refused = await asking.callback.call("POST", f"/callbacks/{plain}-1/text")
    assert refused.status_code == 409 and "网站地址" in refused.json()["message"]
    assert (await asking.unit_desk("D14").call("POST", f"/callbacks/{plain}-1/text")).status_code == 403
