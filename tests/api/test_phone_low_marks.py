"""低评来电: who pressed 1 or 2 after a call is on a list until somebody else has looked into it."""

from typing import Any

import pytest

from hotline.intake.channels.phone import http
from tests.api.test_phone import asks
from tests.api.test_phone_missed import plays
from tests.flow.city import City

STORY = "agent_hangs_up_survey"


@pytest.fixture(autouse=True)
def nobody_carries_commands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PATIENCE", 0.0)


async def marked(city: City, call: str, score: int, ago: float) -> str:
    await plays(city, STORY, call, ago=ago)
    await city.conn.execute("UPDATE call SET score = $2 WHERE id = $1", f"bridge:{call}", score)
    return f"bridge:{call}"


async def listed(city: City, state: str = "open") -> list[Any]:
    items: list[Any] = (await city.supervisor.get(f"/calls/low_marks?state={state}"))["items"]
    return items


async def test_a_low_mark_waits_until_somebody_who_did_not_take_the_call_has_looked_into_it(city: City) -> None:
    await asks(city.agent, "sign_in", "1", extension="1001")
    older, newer = await marked(city, "s1", 1, 90), await marked(city, "s2", 2, 30)
    await marked(city, "s3", 3, 20)
    found = await listed(city)
    assert [one["id"] for one in found] == [older, newer], "the longest first; a 3 is no low mark"
    assert (found[0]["score"], found[0]["citizen"]) == (1, "139****0001")

    told = {"finding": "service", "note": "听了录音,座席打断市民两次,已与其谈话。"}
    assert (await city.agent.call("POST", f"/calls/low_marks/{older}", told)).status_code == 403
    for wrong in ({**told, "note": " "}, {**told, "note": "长" * 501}, {**told, "finding": "good"}):
        assert (await city.supervisor.call("POST", f"/calls/low_marks/{older}", wrong)).status_code == 422
    assert (await city.supervisor.call("POST", f"/calls/low_marks/{older}", told)).status_code == 200
    again = await city.supervisor.call("POST", f"/calls/low_marks/{older}", {**told, "finding": "mistaken"})
    assert again.status_code == 409 and "已由他人核实" in again.json()["message"]
    assert (await city.supervisor.call("POST", "/calls/low_marks/bridge:s3", told)).status_code == 404

    assert [one["id"] for one in await listed(city)] == [newer]
    [done] = await listed(city, "looked")
    assert (done["id"], done["finding"], done["note"]) == (older, "service", told["note"])
    assert done["looked_by"] and done["looked_at"]
    assert (await city.supervisor.call("GET", "/calls/low_marks?state=all")).status_code == 422


async def test_nobody_looks_into_their_own_call_and_a_mark_of_last_quarter_is_history(city: City) -> None:
    call = await marked(city, "s1", 1, 10)
    mine = (await city.supervisor.get("/me"))["person"]["id"]
    await city.conn.execute("UPDATE call SET person_id = $2 WHERE id = $1", call, mine)
    told = {"finding": "mistaken", "note": "误按"}
    refused = await city.supervisor.call("POST", f"/calls/low_marks/{call}", told)
    assert refused.status_code == 403 and "本人接听" in refused.json()["message"]
    await city.pass_time(days=31)
    assert await listed(city) == []
