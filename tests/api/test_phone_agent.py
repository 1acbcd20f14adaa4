"""What an agent sees of the telephone: the call that rings, whom a call may be passed to, more time to write."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.intake.channels.phone import http
from tests.api.test_phone import asks, sends, told
from tests.flow.city import City
from tests.phone_stories import events


@pytest.fixture(autouse=True)
def nobody_carries_commands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PATIENCE", 0.0)


def at_1001(story: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**e, "agent": "1001" if e["agent"] else ""} for e in story]


async def test_a_call_that_rings_is_there_after_a_reload_and_gone_when_it_went_elsewhere(city: City) -> None:
    await asks(city.agent, "sign_in", "1", extension="1001")
    await asks(city.callback, "sign_in", "2", extension="1002")
    story = told(events("first_rings_out_second_answers"), city.clock.now())
    rings = next(at for at, e in enumerate(story) if e["type"] == "call.ringing")
    await sends(city, at_1001(story[: rings + 1]))
    (call,) = (await city.agent.get("/calls?open=1"))["items"]
    me = (await city.agent.get("/calls/seats"))["mine"]["person_id"]
    assert (call["rings"], call["pop"], call["citizen"]) == ([me], True, "13900000001")
    assert (await city.callback.get("/calls?open=1"))["items"] == []
    over = next(at for at, e in enumerate(story) if e["type"] == "call.ring_ended")
    await sends(city, at_1001(story[rings + 1 : over + 1]))
    assert (await city.agent.get("/calls?open=1"))["items"] == []


async def test_more_time_to_write_is_given_up_to_five_minutes(city: City) -> None:
    await asks(city.agent, "sign_in", "in", extension="1001")
    assert "不用续时" in (await asks(city.agent, "extend", "none", 409))["message"]
    now = city.clock.now()
    state = {"event_key": "s1", "type": "agent.state", "at": now.isoformat(), "agent": "1001"}
    await sends(city, {**state, "data": {"state": "wrap_up"}})
    await city.conn.execute("UPDATE phone_agent SET wrap_until = $1", now + timedelta(seconds=30))
    assert (await asks(city.agent, "extend", "more"))["state"] == "done"
    assert (await asks(city.agent, "extend", "more"))["state"] == "done"
    assert await until(city) == now + timedelta(seconds=90)
    for at in range(4):
        await asks(city.agent, "extend", f"more {at}")
    assert await until(city) == now + timedelta(minutes=5)
    assert "最长 5 分钟" in (await asks(city.agent, "extend", "too much", 409))["message"]


async def until(city: City) -> Any:
    return await city.conn.fetchval("SELECT wrap_until FROM phone_agent")


async def test_whom_a_call_may_be_passed_to_and_what_the_telephone_can(city: City) -> None:
    await asks(city.agent, "sign_in", "1", extension="1001")
    await asks(city.callback, "sign_in", "2", extension="1002")
    targets = await city.agent.get("/calls/targets")
    assert [one["extension"] for one in targets["colleagues"]] == ["1002"]
    assert "110" in [one["number"] for one in targets["lines"]]
    mine = await city.agent.get("/calls/seats")
    assert mine["own"] == {"extension": "8001", "browser": False}
    assert (mine["resting"], mine["may_rest"]) == (0, 1) and "conference" in mine["verbs"]
    assert (await city.callback.call("POST", "/calls/commands", {"key": "o", "verb": "sign_out"})).status_code == 200
    assert (await city.agent.get("/calls/targets"))["colleagues"] == []
    # Nobody said which is theirs: where they sat last.
    await city.conn.execute("DELETE FROM telephone")
    assert (await city.agent.get("/calls/seats"))["own"]["extension"] == "1001"


@pytest.mark.parametrize("verb", ["conference", "retrieve", "hangup", "mute"])
async def test_only_on_ones_own_call(city: City, verb: str) -> None:
    await asks(city.agent, "sign_in", "1", extension="1001")
    await asks(city.callback, "sign_in", "2", extension="1002")
    story = at_1001(told(events("answered_citizen_hangs_up"), city.clock.now()))
    await sends(city, story[:9])
    (call,) = (await city.agent.get("/calls?open=1"))["items"]
    await asks(city.agent, verb, "mine", call=call["id"])
    assert "不是您" in (await asks(city.callback, verb, "theirs", 403, call=call["id"]))["message"]
