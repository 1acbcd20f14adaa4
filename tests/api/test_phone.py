"""The telephone over HTTP: what a bridge sends, what people see of it, and what they ask of their telephones."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from hotline.infra.clock import BEIJING
from hotline.intake.channels.phone import hook, http
from hotline.intake.channels.phone.event import PhoneEvent
from tests.flow.city import API, City, Person
from tests.flow.conftest import PHONE_SECRET
from tests.phone_stories import events

BRIDGE = "bridge"


@pytest.fixture(autouse=True)
def nobody_carries_commands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PATIENCE", 0.0)


def told(story: Iterable[PhoneEvent], now: datetime, **changed: Any) -> list[dict[str, Any]]:
    """The story as a bridge would send it, begun just now."""
    first, sent = None, []
    for event in story:
        first = first or event.at
        at = now + (event.at - first)
        sent.append({**msgspec.to_builtins(event), "at": at.isoformat(), "received_at": None, **changed})
    return sent


async def sends(city: City, body: Any, *, secret: str = PHONE_SECRET, at: datetime | None = None) -> Any:
    raw = msgspec.json.encode(body)
    header = hook.signed(secret.encode(), at or city.clock.now(), raw)
    return await city.client.post(f"{API}/calls/events", content=raw, headers={hook.HEADER: header})


async def asks(person: Person, verb: str, key: str, status: int = 200, **more: Any) -> Any:
    answered = await person.call("POST", "/calls/commands", {"key": key, "verb": verb, **more})
    assert answered.status_code == status, answered.text
    return answered.json()


# --- the webhook


async def test_a_batch_is_kept_once_whatever_is_sent_again(city: City) -> None:
    story = told(events("answered_citizen_hangs_up"), city.clock.now())
    first = (await sends(city, {"events": story[:6]})).json()
    assert first == {"accepted": 6, "duplicates": [], "ignored": []}
    again = (await sends(city, story)).json()
    assert again["accepted"] == len(story) - 6 and len(again["duplicates"]) == 6
    assert (await sends(city, story[0])).json()["duplicates"] == [story[0]["event_key"]]
    found = (await city.supervisor.get("/calls"))["items"]
    assert [(c["state"], c["outcome"], c["wait_ms"], c["talk_ms"]) for c in found] == [
        ("ended", "answered", 2010, 5380)
    ]


async def test_in_any_order_and_one_by_one_the_row_is_the_same(city: City) -> None:
    story = told(events("overflowed"), city.clock.now())
    for event in [*reversed(story), *story]:
        assert (await sends(city, event)).status_code == 200
    (call,) = (await city.supervisor.get("/calls?outcome=overflowed"))["items"]
    assert (call["state"], call["wait_ms"], call["citizen"]) == ("ended", 20000, "139****0001")


async def test_only_our_bridge_is_believed_and_only_for_five_minutes(city: City) -> None:
    (event, *_) = told(events("overflowed"), city.clock.now())
    now = city.clock.now()
    for refused, word in (
        (await sends(city, event, secret="of somebody else, who is not us at all"), "签名不对"),
        (await sends(city, event, at=now - timedelta(minutes=6)), "过期"),
        (await sends(city, event, at=now + timedelta(minutes=6)), "过期"),
        (await city.client.post(f"{API}/calls/events", json=event), "缺少签名"),
    ):
        assert refused.status_code == 401 and word in refused.json()["message"]
    assert await city.conn.fetchval("SELECT count(*) FROM call_event") == 0


async def test_one_wrong_event_refuses_the_batch_and_says_which(city: City) -> None:
    story = told(events("overflowed"), city.clock.now())
    answered = await sends(city, [story[0], {**story[1], "call": ""}])
    assert answered.status_code == 422 and answered.json()["errors"][0]["field"] == "events[1].call"
    wrong: list[Any] = [{"events": []}, [], {"type": "call.queued"}, [1], {"events": [{"at": "soon"}]}]
    for broken in wrong:
        assert (await sends(city, broken)).status_code == 422
    assert await city.conn.fetchval("SELECT count(*) FROM call_event") == 0
    unknown = (await sends(city, {**story[0], "type": "call.juggled"})).json()
    assert unknown == {"accepted": 0, "duplicates": [], "ignored": [story[0]["event_key"]]}


async def test_the_citizens_number_is_nowhere_in_the_clear(city: City) -> None:
    await sends(city, told(events("answered_citizen_hangs_up"), city.clock.now()))
    kept = await city.conn.fetchval("SELECT string_agg(e::text, ' ') FROM call_event e")
    rows = await city.conn.fetchval("SELECT string_agg(c::text, ' ') FROM call c")
    assert "13900000001" not in kept + rows and b"13900000001".hex() not in kept + rows


# --- telephones and commands


async def test_signing_in_makes_the_calls_at_that_telephone_ones_own(city: City) -> None:
    await asks(city.agent, "sign_in", "in", extension="1001")
    state = {"event_key": "s1", "type": "agent.state", "at": city.clock.now().isoformat(), "agent": "1001"}
    await sends(city, {**state, "data": {"state": "ready"}})
    mine = (await city.agent.get("/calls/seats"))["mine"]
    assert (mine["extension"], mine["state"]) == ("1001", "ready")
    story = told(events("answered_citizen_hangs_up"), city.clock.now() + timedelta(seconds=5))
    at_1001 = [{**e, "agent": "1001" if e["agent"] else ""} for e in story]
    await sends(city, at_1001)
    (call,) = (await city.agent.get("/calls"))["items"]
    assert call["person_id"] == mine["person_id"] and call["citizen"] == "13900000001"
    assert (await city.callback.get("/calls"))["items"] == []
    seen = await city.callback.get(f"/calls/{call['id']}")
    assert seen["call"]["citizen"] == "139****0001" and seen["visits"][0]["wait_ms"] == 2010


async def test_the_same_key_is_the_same_command(city: City) -> None:
    await asks(city.agent, "sign_in", "in", extension="1001")
    first = await asks(city.agent, "dial", "call-back-7", number="13900000002")
    again = await asks(city.agent, "dial", "call-back-7", number="13900000002")
    assert first == again and first["call"].startswith("bridge:hl-")
    assert await city.conn.fetchval("SELECT count(*) FROM phone_command WHERE verb = 'dial'") == 1
    await asks(city.agent, "hangup", "call-back-7", 409, call=first["call"])


async def test_two_people_do_not_share_a_telephone_and_one_person_has_one(city: City) -> None:
    await asks(city.agent, "sign_in", "a", extension="1001")
    refused = await asks(city.callback, "sign_in", "b", 409, extension="1001")
    assert "1001" in refused["message"] and "签入" in refused["message"]
    await asks(city.agent, "sign_in", "c", extension="1002")
    await asks(city.callback, "sign_in", "d", extension="1001")
    sat = await city.conn.fetch("SELECT agent FROM phone_sitting WHERE ended_at IS NULL ORDER BY agent")
    assert [row["agent"] for row in sat] == ["1001", "1002"]


async def test_only_so_many_may_rest_at_once(city: City) -> None:
    await asks(city.agent, "sign_in", "in", extension="1001")
    await asks(city.callback, "sign_in", "in too", extension="1002")
    await asks(city.agent, "not_ready", "rest", reason="meal")
    rests = {"event_key": "s", "type": "agent.state", "at": city.clock.now().isoformat(), "agent": "1001"}
    await sends(city, {**rests, "data": {"state": "not_ready", "reason": "meal"}})
    refused = await asks(city.callback, "not_ready", "rest too", 409, reason="meal")
    assert "小休人数已满(1/1)" in refused["message"]
    await asks(city.callback, "not_ready", "to a meeting", reason="meeting")


@pytest.mark.parametrize(
    ("verb", "said", "status", "word"),
    [
        ("dial", {"number": "139; DROP"}, 422, "号码"),
        ("dial", {"number": "13900000001\r\nAction: Command"}, 422, "号码"),
        ("sign_in", {"extension": "PJSIP/1001"}, 422, "分机"),
        ("not_ready", {"reason": "bored"}, 422, "示忙原因"),
        ("transfer", {"call": "x", "to": "1002", "kind": "sideways"}, 422, "kind"),
        ("ready", {}, 409, "签入"),
        ("hangup", {"call": "bridge:none"}, 409, "签入"),
    ],
)
async def test_what_cannot_be_asked_is_refused_in_words(
    city: City, verb: str, said: dict[str, str], status: int, word: str
) -> None:
    assert word in (await asks(city.agent, verb, "k", status, **said))["message"]


async def test_a_colleagues_call_is_not_ones_own_but_the_shift_leader_may_end_it(city: City) -> None:
    await asks(city.agent, "sign_in", "1", extension="1001")
    await asks(city.callback, "sign_in", "2", extension="1002")
    await asks(city.supervisor, "sign_in", "3", extension="1003")
    story = told(events("answered_citizen_hangs_up"), city.clock.now())
    await sends(city, [{**e, "agent": "1001" if e["agent"] else ""} for e in story[:9]])
    (call,) = (await city.agent.get("/calls?open=1"))["items"]
    assert call["state"] == "talking"
    assert "不是您" in (await asks(city.callback, "hangup", "x", 403, call=call["id"]))["message"]
    assert "监听" in (await asks(city.agent, "listen", "x", 403, call=call["id"], kind="whisper"))["message"]
    await asks(city.supervisor, "listen", "y", call=call["id"], kind="listen")
    await asks(city.supervisor, "hangup", "z", call=call["id"])
    person = (await city.callback.get("/calls/seats"))["mine"]["person_id"]
    assert "班长" in (await asks(city.agent, "sign_out", "o", 403, person_id=person))["message"]
    await asks(city.supervisor, "sign_out", "p", person_id=person)
    assert (await city.callback.get("/calls/seats"))["mine"] is None


# --- what the shift leader sees


async def test_the_wall_tells_waiting_answered_abandoned_and_overflowed_apart(city: City) -> None:
    now = city.clock.now()
    for at, name in enumerate(
        ("answered_citizen_hangs_up", "abandoned", "overflowed", "hung_up_while_the_line_dropped")
    ):
        story = told(events(name), now - timedelta(minutes=9))
        await sends(
            city, [{**e, "call": f"c{at}", "event_key": f"{at}{e['event_key']}", "leg": leg_of(e, at)} for e in story]
        )
    waiting = told(events("overflowed")[:3], now - timedelta(seconds=40))
    await sends(city, [{**e, "call": "w", "event_key": f"w{e['event_key']}", "leg": "w"} for e in waiting])
    (queue,) = (await city.supervisor.get("/calls/wall"))["queues"]
    assert {name: queue[name] for name in ("offered", "answered", "abandoned", "overflowed", "short", "in_time")} == {
        "offered": 5,
        "answered": 1,
        "abandoned": 2,
        "overflowed": 1,
        "short": 1,
        "in_time": 1,
    }
    assert queue["waiting"] == 1 and 39_000 < queue["longest_ms"] <= 40_000


def leg_of(event: dict[str, Any], at: int) -> str:
    """Each copy of the story with channels of its own."""
    return f"c{at}" if event["leg"] == event["call"] else event["leg"] and f"{at}{event['leg']}"


async def test_a_ticket_says_its_call_and_a_call_its_tickets(city: City) -> None:
    await sends(city, told(events("answered_citizen_hangs_up"), city.clock.now()))
    (call,) = (await city.supervisor.get("/calls"))["items"]
    letter = {"content": "人民路路灯不亮,晚上很黑,请派人修理。", "call_id": call["id"]}
    logged = await city.agent.call("POST", "/tickets", letter)
    assert logged.status_code == 201, logged.text
    second = await city.agent.call("POST", "/tickets", {**letter, "content": "另外垃圾清运也不及时,请处理一下。"})
    tickets = [logged.json()["ticket_id"], second.json()["ticket_id"]]
    assert (await city.supervisor.get(f"/calls/{call['id']}"))["call"]["tickets"] == tickets


async def test_pages_follow_each_other_and_a_wrong_word_is_named(city: City) -> None:
    for at in range(5):
        story = told(events("hung_up_in_the_greeting"), city.clock.now() - timedelta(minutes=at))
        await sends(
            city, [{**e, "call": f"c{at}", "leg": f"c{at}", "event_key": f"{at}{e['event_key']}"} for e in story]
        )
    seen, cursor = [], ""
    while True:
        page = await city.supervisor.get(f"/calls?limit=2&cursor={cursor}")
        seen += [call["id"] for call in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = page["next_cursor"].replace("+", "%2B")
    assert seen == [f"bridge:c{at}" for at in range(5)]
    for wrong in ("state=asleep", "from=yesterday", "limit=0", "person=x", "cursor=x"):
        assert (await city.supervisor.call("GET", f"/calls?{wrong}")).status_code == 422
    assert (await city.supervisor.call("GET", "/calls/bridge:none")).status_code == 404
    assert (await city.person("unit").call("GET", "/calls")).status_code == 403


async def test_the_calls_behind_a_number_are_found_with_their_tickets_and_masked_for_everybody(city: City) -> None:
    ticket_id = await city.agent_logs("小区门口的路灯坏了一个星期,晚上很黑,请派人来修。", kind="complaint")
    await sends(city, told(events("answered_citizen_hangs_up"), city.clock.now()))
    (call,) = (await city.supervisor.get("/calls"))["items"]
    await city.conn.execute("UPDATE matter SET call_id = $1 WHERE ticket_id = $2", call["id"], ticket_id)
    where = "/reports/kpi/calls/behind?measure=answer_rate"
    for login in ("supervisor", "leader"):
        (one,) = (await city.person(login).get(f"{where}&part=numerator"))["items"]
        assert (one["call_id"], one["citizen"], one["tickets"]) == (call["id"], "139****0001", [ticket_id]), login
        assert (one["wait_ms"], one["talk_ms"], one["hit"], one["outcome"]) == (2010, 5380, True, "接通")
    await city.conn.execute("UPDATE ticket SET confidential = true WHERE id = $1", ticket_id)
    (one,) = (await city.leader.get(where))["items"]
    assert one["citizen"] == "", "of a secret ticket not even the ends of the number leave the centre"
    assert (await city.supervisor.get(f"{where}&part=missed"))["items"] == []
    assert (await city.supervisor.get(f"{where}&group=queue&key=elsewhere"))["items"] == []
    for wrong in (
        "measure=luck",
        "measure=answer_rate&part=half",
        "measure=answer_rate&cursor=x",
        "measure=talk_time&group=unit",
    ):
        assert (await city.supervisor.call("GET", f"/reports/kpi/calls/behind?{wrong}")).status_code == 422, wrong
    for login in ("agent", "unit", "admin"):
        assert (await city.person(login).call("GET", where)).status_code == 403, login
    missing = await city.supervisor.call("GET", "/reports/kpi/calls/months/2026-10")
    assert missing.status_code == 404 and "还没有冻结" in missing.json()["message"]
    city.clock.set(datetime(2026, 12, 9, 9, tzinfo=BEIJING))
    await city.supervisor.sends("POST", "/reports/kpi/months/2026-11/freeze", 201, {})
    month = await city.leader.get("/reports/kpi/calls/months/2026-11?group=month")
    assert month["kpi"]["total"]["rates"]["answer_rate"]["text"] == "100.0%" and len(month["hash"]) == 64
    assert [row["key"] for row in month["kpi"]["groups"]] == ["2026-11"]
