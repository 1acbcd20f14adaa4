"""A number that misuses the hotline: proposed by one, approved by another, in force for a time, and seen by whoever answers."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from hotline.intake.channels.phone import hook, http
from hotline.intake.channels.phone.fakepbx.city import comes_in
from hotline.intake.channels.phone.fakepbx.interface import FakePbx
from hotline.intake.channels.phone.fakepbx.parties import Citizen
from hotline.intake.channels.phone.restrict.rules import Treatment
from tests.api.test_phone import asks
from tests.api.test_phone_missed import plays
from tests.flow.city import API, City, Person
from tests.flow.conftest import PHONE_SECRET

FACTS = "连续三次来电辱骂话务员,两次劝导后仍不听"
NUMBER = "13900000001"


MAKE_SHIFT_LEADER = """
INSERT INTO person_role (person_id, role) SELECT person_id, 'shift_leader' FROM account WHERE username = 'callback'
"""


@pytest.fixture(autouse=True)
def nobody_carries_commands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PATIENCE", 0.0)


async def three_calls(city: City) -> list[str]:
    for at, name in enumerate(("c1", "c2", "c3")):
        await plays(city, "answered_citizen_hangs_up", name, ago=50 - at)
    return ["bridge:c1", "bridge:c2", "bridge:c3"]


async def proposes(person: Person, calls: list[str], step: str, status: int = 201, **more: Any) -> Any:
    answered = await person.call(
        "POST", "/calls/restrictions", {"calls": calls, "step": step, "evidence": FACTS, **more}
    )
    assert answered.status_code == status, answered.text
    return answered.json()


async def decides(person: Person, id_: int, status: int = 200, *, approve: bool = True, reason: str = "") -> Any:
    answered = await person.call("POST", f"/calls/restrictions/{id_}/decide", {"approve": approve, "reason": reason})
    assert answered.status_code == status, answered.text
    return answered.json()


async def screens(city: City, **said: str) -> Any:
    body = msgspec.json.encode({"caller": NUMBER, **said})
    header = {hook.HEADER: hook.signed(PHONE_SECRET.encode(), city.clock.now(), body)}
    answered = await city.client.post(f"{API}/calls/screen", content=body, headers=header)
    assert answered.status_code == 200, answered.text
    return answered.json()


async def test_step_by_step_by_two_people_and_for_a_time(city: City) -> None:
    calls = await three_calls(city)
    await proposes(city.agent, calls, "block", 422)
    asked = await proposes(city.agent, calls[:1], "remind")
    assert asked["citizen"] == "139****0001" and [one["id"] for one in asked["calls"]] == calls[:1]
    assert "待审批" in (await proposes(city.callback, calls[:1], "remind", 409))["message"]
    assert (
        await city.agent.call("POST", f"/calls/restrictions/{asked['id']}/decide", {"approve": True})
    ).status_code == 403
    assert (await screens(city))["step"] is None
    active = await decides(city.supervisor, asked["id"])
    assert (active["state"], active["decider"] is None) == ("active", False)
    await decides(city.supervisor, asked["id"], 409)
    assert ((await screens(city))["step"], (await screens(city))["allow"]) == ("remind", True)
    # The supervisor asks for the next step, and may not approve it themselves.
    lower = await proposes(city.supervisor, calls[:2], "lower", days=7)
    assert "提出人" in (await decides(city.supervisor, lower["id"], 403))["message"]
    await city.conn.execute(MAKE_SHIFT_LEADER)
    await decides(city.callback, lower["id"])
    assert (await screens(city))["priority"] == 0
    listed = (await city.supervisor.get("/calls/restrictions"))["items"]
    assert [(one["step"], one["state"]) for one in listed] == [("lower", "active"), ("remind", "lifted")]
    await plays(city, "answered_citizen_hangs_up", "c4")
    (shown,) = [c for c in (await city.supervisor.get("/calls"))["items"] if c["id"] == "bridge:c4"]
    assert shown["step"] == "lower"
    city.clock.advance(timedelta(days=7, minutes=1))
    assert (await screens(city))["step"] is None
    assert [one["state"] for one in (await city.supervisor.get("/calls/restrictions"))["items"]] == [
        "expired",
        "lifted",
    ]


async def blocked(city: City) -> int:
    """Through all steps, up to the last."""
    calls, id_ = await three_calls(city), 0
    for step in ("remind", "lower", "limit", "block"):
        id_ = (await proposes(city.agent, calls, step))["id"]
        await decides(city.supervisor, id_)
    return id_


async def test_who_is_blocked_is_told_the_way_out_and_put_through_in_an_emergency(city: City) -> None:
    id_ = await blocked(city)
    shut = await screens(city)
    assert not shut["allow"] and "110" in shut["announce"]
    for said in ({"key": "0"}, {"said": "我家煤气泄漏了,快来人"}):
        let_in = await screens(city, **said)
        assert (let_in["allow"], let_in["priority"]) == (True, 10)
    assert not (await screens(city, said="我要骂人"))["allow"]
    refused = await city.supervisor.call("POST", f"/calls/restrictions/{id_}/lift", {"reason": " "})
    assert refused.status_code == 422
    await city.supervisor.call("POST", f"/calls/restrictions/{id_}/lift", {"reason": "申诉成立:号码已换机主"})
    assert (await screens(city))["allow"]
    assert (await city.supervisor.get("/calls/restrictions"))["items"][0]["lifting"].startswith("申诉成立")


async def test_the_made_up_exchange_does_what_it_is_told(city: City) -> None:
    await blocked(city)

    async def ask(number: str) -> Treatment | None:
        assert number == NUMBER
        return msgspec.convert(await screens(city), Treatment)

    heard: list[dict[str, str]] = []
    pbx = FakePbx(speed=1000.0)
    pbx.exchange.emit_to = heard.append
    await comes_in(pbx, Citizen(NUMBER), ask)
    assert not any(m["Event"] == "QueueCallerJoin" for m in heard), "turned away before the queue"
    first, second = pbx.exchange.arrive(Citizen("19900000001"), 0), pbx.exchange.arrive(Citizen("19900000002"))
    pbx.exchange.add("PJSIP/7001", "agent-7001")
    rung = [m["Linkedid"] for m in heard if m["Event"] == "AgentCalled"]
    assert rung == [second] and first in pbx.exchange.talks, "the later caller is served before the lowered one"


async def test_other_peoples_calls_are_no_evidence(city: City) -> None:
    calls = await three_calls(city)
    await plays(city, "abandoned", "x1", caller="13900000009", ago=5)
    assert "同一个号码" in str(await proposes(city.agent, [calls[0], "bridge:x1"], "remind", 422))
    await proposes(city.agent, ["bridge:nobody"], "remind", 422)
    found = await city.agent.get(f"/calls/{calls[0]}/caller")
    assert len(found["calls"]) == 3 and [one["step"] for one in found["choices"]] == ["remind"]
    assert NUMBER not in str(found)


async def test_who_listens_is_kept_and_refused_where_nobody_talks(city: City) -> None:
    await asks(city.supervisor, "sign_in", "in", extension="1009")
    await three_calls(city)
    over = await asks(city.supervisor, "listen", "l0", 409, call="bridge:c1", kind="listen")
    assert "结束" in over["message"]
    story = "link_lost_while_ringing"
    await plays(city, story, "t1")
    await city.conn.execute("UPDATE call SET state = 'talking', ended_at = NULL WHERE call = 't1'")
    for kind in ("listen", "whisper", "barge"):
        await asks(city.supervisor, "listen", kind, call="bridge:t1", kind=kind)
    await asks(city.agent, "sign_in", "a", extension="1008")
    await asks(city.agent, "listen", "no", 403, call="bridge:t1", kind="listen")
    kept = (await city.supervisor.get("/calls/watched"))["items"]
    assert [one["kind"] for one in kept] == ["barge", "whisper", "listen"]
    await city.conn.execute("UPDATE call SET state = 'queued' WHERE call = 't1'")
    waits = await asks(city.supervisor, "listen", "l9", 409, call="bridge:t1", kind="listen")
    assert "接通后" in waits["message"]
