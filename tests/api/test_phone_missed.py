"""Missed calls are called back, callbacks dial through the agent's telephone, recordings are heard by whom they may."""

import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hotline.intake.channels.phone import http
from tests.api.test_phone import asks, sends, told
from tests.flow.city import City
from tests.phone_stories import events


@pytest.fixture(autouse=True)
def nobody_carries_commands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PATIENCE", 0.0)


async def plays(city: City, name: str, call: str, ago: float = 0, **changed: Any) -> None:
    """A story that begins so many minutes ago, under a number of its own."""
    story = told(events(name), city.clock.now() - timedelta(minutes=ago))
    legs = {event["leg"]: f"{call}.{at}" for at, event in enumerate(story) if event["leg"] != event["call"]}
    renamed = [
        {
            **e,
            "call": call,
            "leg": legs.get(e["leg"], call if e["leg"] else ""),
            "event_key": f"{call}{e['event_key']}",
            **changed,
        }
        for e in story
    ]
    assert (await sends(city, renamed)).status_code == 200


async def test_who_was_missed_is_called_back_by_one_and_settled_when_reached(city: City) -> None:
    await plays(city, "abandoned", "m1", ago=50)
    await plays(city, "overflowed", "m2", ago=40)
    (waiting,) = (await city.agent.get("/calls/missed"))["items"]
    assert (waiting["id"], waiting["times"], waiting["citizen"], waiting["tries"]) == ("bridge:m2", 2, "139****0001", 0)
    await asks(city.agent, "sign_in", "1", extension="1001")
    await asks(city.callback, "sign_in", "2", extension="1002")
    dialled = await asks(city.agent, "dial", "back", missed=waiting["id"])
    assert "同事" in (await asks(city.callback, "dial", "mine", 409, missed=waiting["id"]))["message"]
    refused = await city.agent.call("POST", f"/calls/missed/{waiting['id']}/give_up")
    assert refused.status_code == 409 and "至少回拨 2 次" in refused.json()["message"]
    number = {"caller": "12345", "called": "13900000001"}
    await plays(city, "callback_citizen_busy", "o1", ago=20, **number)
    assert (await city.agent.get("/calls/missed"))["items"][0]["tries"] == 1
    await plays(city, "callback_answered", dialled["call"].partition(":")[2], ago=5, **number)
    after = await city.agent.get("/calls/missed")
    assert after["items"] == [] and after["returned"] == {"hit": 2, "of": 2}


async def test_who_calls_again_and_is_answered_needs_no_calling_back(city: City) -> None:
    await plays(city, "abandoned", "m1", ago=50)
    await plays(city, "answered_citizen_hangs_up", "a1", ago=30)
    await plays(city, "hung_up_in_the_greeting", "g1", ago=20)
    assert (await city.agent.get("/calls/missed"))["items"] == []
    # Heard of only now: it was settled before it was known.
    await plays(city, "overflowed", "m0", ago=60)
    assert (await city.agent.get("/calls/missed"))["items"] == []


async def test_two_tries_in_vain_are_enough(city: City) -> None:
    await plays(city, "abandoned", "m1", ago=50)
    for at in (1, 2):
        await plays(city, "callback_citizen_busy", f"o{at}", ago=30 - at, caller="12345", called="13900000001")
    assert (await city.agent.call("POST", "/calls/missed/bridge:m1/give_up")).status_code == 200
    assert (await city.agent.get("/calls/missed"))["returned"] == {"hit": 0, "of": 1}


async def test_a_callback_is_dialled_by_its_card_and_only_by_who_calls_back(city: City) -> None:
    ticket, _, phone = await city.receives_letter("人民路东段路灯不亮,晚上出行不安全,请尽快修复。")
    await asks(city.agent, "sign_in", "1", extension="1001")
    assert "回访员" in (await asks(city.agent, "dial", "x", 403, callback=f"{ticket}-1"))["message"]
    await asks(city.callback, "sign_in", "2", extension="1002")
    assert (
        await city.callback.call("POST", "/calls/commands", {"key": "y", "verb": "dial", "callback": "1-1"})
    ).status_code == 404
    assert phone not in (await city.callback.call("GET", "/calls")).text


async def test_a_recording_is_heard_by_its_agent_and_by_who_answers_for_quality_and_each_time_is_kept(
    city: City, tmp_path: Path
) -> None:
    (tmp_path / "pbx-1.0.wav").write_bytes(b"RIFF" + bytes(range(200)))
    url = f"ami://hotline:x@127.0.0.1:1/?recordings={tmp_path}"
    object.__setattr__(city.services, "settings", dataclasses.replace(city.services.settings, ami_url=url))
    await plays(city, "answered_citizen_hangs_up", "r1", ago=10)
    call = "/calls/bridge:r1"
    assert (await city.supervisor.call("GET", f"{call}/recording")).status_code == 409
    recorded = {"event_key": "rec", "type": "recording.ready", "call": "r1", "at": city.clock.now().isoformat()}
    await sends(city, {**recorded, "data": {"ref": "../../etc/pbx-1.0.wav", "bytes": 204}})
    part = await city.supervisor.call("GET", f"{call}/recording")
    assert part.status_code == 200 and part.content[:4] == b"RIFF" and part.headers["content-type"] == "audio/wav"
    assert "本人" in (await city.agent.call("GET", f"{call}/recording")).json()["message"]
    assert (await city.person("unit").call("GET", f"{call}/recording")).status_code == 403
    heard = (await city.supervisor.get(f"{call}/recording/heard"))["items"]
    assert len(heard) == 1
    await city.conn.execute("UPDATE call SET recording_bytes = 44, recording_ready = false")
    assert (await city.supervisor.call("GET", f"{call}/recording")).status_code == 409
