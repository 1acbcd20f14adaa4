"""浏览器话机: what a browser needs is given to who sits at the extension, and its password to nobody."""

import hashlib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hotline.infra.errors import Misconfigured
from hotline.intake.channels.phone import http
from hotline.intake.channels.phone.browser.http import BrowserPhone, ExtensionBody
from hotline.intake.channels.phone.browser.line import line_of
from hotline.web import console
from tests.api.test_phone import asks
from tests.flow.city import City

PASSWORD = "kept-1001-never-told"
LINE = "wss://pbx.hotline.test:8089/ws?domain=hotline.test&realm=asterisk&ice=stun:10.0.0.5:3478&ice=turn:10.0.0.5:3478"


@pytest.fixture(autouse=True)
def nobody_carries_commands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PATIENCE", 0.0)


def opened(city: City) -> None:
    """The city's settings, with a place where browsers sign on."""
    for name, value in {"browser_phone": LINE, "turn_secret": b"t" * 32}.items():
        object.__setattr__(city.services.settings, name, value)


async def person_id(city: City, login: str) -> int:
    found: int = await city.conn.fetchval("SELECT person_id FROM account WHERE username = $1", login)
    return found


async def put(city: City, number: str, status: int = 200, **body: Any) -> Any:
    answered = await city.person("admin").call("PUT", f"/extensions/{number}", body)
    assert answered.status_code == status, answered.text
    return answered.json()


async def handed(city: City, login: str, status: int = 200) -> Any:
    answered = await city.person(login).call("POST", "/calls/browser-phone")
    assert answered.status_code == status, answered.text
    assert PASSWORD not in answered.text
    return answered.json()


async def test_only_who_sits_there_is_told_and_never_the_password(city: City, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    agent, other = await person_id(city, "agent"), await person_id(city, "callback")
    assert "没有开通" in (await handed(city, "agent", 409))["message"]
    opened(city)
    await put(city, "1001", 422, people=[{"person_id": agent, "browser": True}])
    kept = await put(city, "1001", password=PASSWORD, people=[{"person_id": agent, "browser": True}])
    assert (kept["has_password"], kept["account"], kept["people"][0]["browser"]) == (True, "1001", True)
    assert "签入" in (await handed(city, "agent", 409))["message"]
    await asks(city.agent, "sign_in", "1", extension="1001")
    assert (await city.agent.get("/calls/seats"))["own"] == {"extension": "1001", "browser": True}
    told = await handed(city, "agent")
    assert told["address"] == "wss://pbx.hotline.test:8089/ws"
    assert told["uri"] == "sip:1001@hotline.test"
    assert told["ha1"] == hashlib.md5(f"1001:asterisk:{PASSWORD}".encode(), usedforsecurity=False).hexdigest()
    stun, turn = told["ice"]
    assert (stun["urls"], stun["credential"]) == ("stun:10.0.0.5:3478", "")
    assert turn["username"].endswith(":1001") and turn["credential"]

    # A colleague at another telephone, or whom nobody gave a browser phone, is told nothing of this one.
    await asks(city.callback, "sign_in", "2", extension="1002")
    assert "没有给您开通" in (await handed(city, "callback", 409))["message"]
    await put(city, "1001", people=[{"person_id": agent, "browser": True}, {"person_id": other, "browser": True}])
    assert "分机 1002 没有登记" in (await handed(city, "callback", 409))["message"]
    for person, path in (
        (city.agent, "/calls/seats"),
        (city.supervisor, "/calls/seats"),
        (city.person("admin"), "/extensions"),
        (city.person("auditor"), "/reference/changes?subject=extension"),
    ):
        shown = (await person.call("GET", path)).text
        assert PASSWORD not in shown and told["ha1"] not in shown and "secret" not in shown
    assert PASSWORD not in caplog.text and told["ha1"] not in caplog.text
    sealed = await city.conn.fetchval("SELECT secret FROM extension WHERE number = '1001'")
    assert PASSWORD.encode() not in sealed
    assert PASSWORD not in repr(msgspec.convert({"password": PASSWORD}, ExtensionBody))
    assert told["ha1"] not in repr(msgspec.convert(told, BrowserPhone))

    # Whoever stands up is no telephone any more.
    await asks(city.agent, "sign_out", "3")
    assert "签入" in (await handed(city, "agent", 409))["message"]


async def test_what_the_administrator_says_of_an_extension_is_kept_and_on_record(city: City) -> None:
    agent = await person_id(city, "agent")
    await put(city, "1001", password=PASSWORD)
    await put(city, "1001", people=[{"person_id": agent}], account="seat-1")
    # Who comes to another telephone has left the first; without a word the password stays, with an empty one it goes.
    await put(city, "1002", people=[{"person_id": agent}])
    items = {one["number"]: one for one in (await city.person("admin").get("/extensions"))["items"]}
    assert items["1001"]["people"] == [] and items["1001"]["has_password"] and items["1001"]["account"] == "seat-1"
    assert [one["person_id"] for one in items["1002"]["people"]] == [agent]
    assert (await put(city, "1001", password=""))["has_password"] is False
    assert "10 位数字" in (await put(city, "12a", 422))["message"]
    assert "没有编号" in str(await put(city, "1003", 422, people=[{"person_id": 2**31 - 1}]))
    assert (await city.agent.call("PUT", "/extensions/1001", {})).status_code == 403
    assert (await city.person("admin").call("DELETE", "/extensions/1002")).status_code == 204
    assert (await city.person("admin").call("DELETE", "/extensions/1002")).status_code == 404
    lines = (await city.person("auditor").get("/reference/changes?subject=extension"))["items"]
    assert [(one["key"], one["act"]) for one in lines] == [
        ("1002", "drop"),
        ("1001", "password"),
        ("1002", "add"),
        ("1001", "change"),
        ("1001", "password"),
    ]


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("ws://pbx.hotline.test/ws", "应以 wss:// 开头"),
        ("wss:///ws", "应形如"),
        ("wss://pbx:99999/ws", "端口"),
        ("wss://pbx/ws;script-src *", "应形如"),
        ("wss://pbx/ws?speed=2", "speed"),
        ("wss://pbx/ws?ice=http:x", "ice"),
        ('wss://pbx/ws?realm=a"b', "引号"),
    ],
)
def test_a_wrong_address_is_one_sentence(said: str, says: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        line_of(said)
    assert says in refused.value.message and "HOTLINE_BROWSER_PHONE" in refused.value.message


async def test_the_console_may_speak_with_that_websocket_and_no_other(
    city: City, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(console, "BUILT", tmp_path)
    (tmp_path / "index.html").write_text("<title>工作台</title>", encoding="utf-8")
    shut = (await city.client.get("/console/")).headers["content-security-policy"]
    assert "connect-src 'self';" in shut
    opened(city)
    policy = (await city.client.get("/console/")).headers["content-security-policy"]
    assert "connect-src 'self' wss://pbx.hotline.test:8089/ws;" in policy
