"""直接答复: who was answered at the desk says how it was, and an unhappy word brings a person (docs/rules.md F.3)."""

import re
from datetime import timedelta
from typing import Any

from hotline.insight.sums.actions import differences, keep_up
from hotline.jobs.posting import post
from tests.flow.city import API, City
from tests.flow.conftest import SITE
from tests.flow.steps import answers
from tests.post_office import Gateway

MINE = "13912345678"
LAMP = "人民路东段的路灯从上周五开始不亮,想问问归哪个部门管,什么时候能修好。"


async def answered_at_the_desk(city: City, **more: Any) -> int:
    body = {
        "content": LAMP,
        "kind": "consult",
        "citizen": {"phone": MINE, "name": "王芳"},
        "answer": "路灯由市城管局照明中心负责,已登记,三日内检修。",
        **more,
    }
    logged = await city.agent.sends("POST", "/tickets", 201, body)
    await city.work()
    assert logged["state"] == "closed"
    found: int = logged["ticket_id"]
    return found


async def after_the_call(city: City) -> None:
    await post(city.services)
    city.clock.advance(timedelta(minutes=11))
    await post(city.services)


def link_in(said: dict[str, Any]) -> str:
    found = re.search(rf"{SITE}(/s/[0-9A-Za-z]{{12}}) ", said["text"])
    assert found, said["text"]
    return found[1]


async def test_直接答复_the_caller_is_asked_by_text_and_an_unhappy_word_makes_a_request_that_a_person_looks_at(
    asking: City, texts: Gateway
) -> None:
    ticket_id = await answered_at_the_desk(asking)
    await post(asking.services)
    assert texts.passed_on == {}, "not while the caller may still press a mark"
    await after_the_call(asking)
    [said] = texts.passed_on.values()
    link = link_in(said)
    page = await asking.client.get(link)
    assert page.status_code == 200 and "照明中心" in page.text, "what was answered stands above the question"
    assert (await asking.callback.get("/callbacks"))["items"] == [], "nobody has to call"

    form = {"solved": "no", "rating": "2", "with": "work", "reasons": "问题没有解决", "comment": "一直占线,没人来"}
    assert (await asking.client.post(link, data=form)).status_code == 303
    assert (await asking.client.post(link, data=form)).status_code == 409, "once"
    await asking.work()
    assert await asking.state(ticket_id) == "registered", "the same request, with the same number"
    seen = await asking.dispatcher.sees(ticket_id)
    assert {o["kind"] for o in seen["ticket"]["overlays"]} == {"low_rating", "rectification"}
    around = await asking.dispatcher.get(f"/tickets/{ticket_id}/surroundings")
    assert around["direct_rating"]["comment"] == "一直占线,没人来" and "照明中心" in around["direct_answer"]
    why = await asking.dispatcher.get(f"/tickets/{ticket_id}/dispatching")
    assert "先电话联系" in str(why), "the router may be sure; a person speaks with the citizen first"

    unit = await asking.unit("D14")
    await asking.dispatcher.does("dispatch", ticket_id, unit_id=unit, basis="三定规定")
    await answers(asking.unit_desk("D14"), ticket_id)
    assert {
        o["kind"] for o in (await asking.supervisor.sees(ticket_id))["ticket"]["overlays"] if not o["ended_at"]
    } == {"rectification"}, "the unit has spoken with the citizen"
    await asking.supervisor.does("approve_reply", ticket_id)
    await asking.callback.calls_back(ticket_id, solved="yes", rating=4)
    assert await asking.state(ticket_id) == "closed"
    events = await asking.events(ticket_id)
    assert events[:5] == ["create", "answer_directly", "rate", "low_rating", "classify"] and events[-1] == "close"
    [row] = (await asking.supervisor.get("/supervision/low-ratings"))["items"]
    assert (row["rating"], row["second_rating"]) == (2, 4), "the low rating and the second word stand together"


async def test_直接答复_counts_in_a_measure_of_its_own_and_who_pressed_a_mark_is_not_asked_again(
    asking: City, texts: Gateway
) -> None:
    pressed, happy, unhappy, silent = [
        await answered_at_the_desk(asking, citizen={"phone": f"1391234567{n}", "name": "王芳"}) for n in range(4)
    ]
    praise = await answered_at_the_desk(asking, kind="praise")
    no_wish = await answered_at_the_desk(asking, callback_wanted=False)
    await asking.conn.execute(CALL, asking.clock.now())
    await asking.conn.execute("UPDATE matter SET call_id = 'pbx:1' WHERE ticket_id = $1", pressed)
    await after_the_call(asking)
    links = {
        await asking.conn.fetchval("SELECT ticket_id FROM survey WHERE link = $1", link_in(said)[3:]): link_in(said)
        for said in texts.passed_on.values()
    }
    assert set(links) == {happy, unhappy, silent}
    assert await asking.conn.fetchval("SELECT count(*) FROM survey WHERE ticket_id = $1", no_wish) == 0
    token = await asking.conn.fetchval("SELECT token FROM survey WHERE ticket_id = $1", praise)
    by_page = {"solved": "yes", "rating": 5}
    assert (await asking.client.post(f"{API}/public/surveys/{token}", json=by_page)).status_code == 201, (
        "no text, a page"
    )
    assert (await asking.client.post(links[happy], data={"solved": "partly", "rating": "3"})).status_code == 303
    assert (await asking.client.post(links[unhappy], data={"solved": "yes", "rating": "1"})).status_code == 303
    await asking.work()
    assert await asking.state(happy) == await asking.state(praise) == "closed"
    # Once: the mark comes no further than the oldest transaction of the server, and other tests have theirs.
    await keep_up(asking.services.pool)
    assert await differences(asking.conn) == []
    day = asking.clock.now().date()
    kpi = await asking.supervisor.get(f"/reports/kpi?from={day}&to={day}&group=channel")
    rates = kpi["total"]["rates"]
    # Asked were four (happy, unhappy, praise, silent) and answered three: 5, 3 and 1.
    assert rates["direct_satisfied"]["text"] == "66.7%" and rates["direct_satisfied"]["denominator"] == 3
    assert rates["satisfied"]["denominator"] == 0, "of no unit, and no callback"
    # Of six answered at the desk one is handled after all.
    assert (rates["direct_answer"]["numerator"], rates["direct_answer"]["denominator"]) == (5, 6)


CALL = """
INSERT INTO call (id, provider, call, direction, state, line, queue, agent, offered_at, answered_at, ended_at, ended_by,
                  cause, estimated, hold_ms, score, recording, recording_ready, legs, visits, passed)
VALUES ('pbx:1', 'pbx', '1', 'in', 'ended', '', '', '', $1, $1, $1, '', '', false, 0, 5, '', false, '[]', '[]', '[]')
"""
