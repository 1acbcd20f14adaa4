"""Whatever is sent, the answer is a sentence that says what to do, or a ticket that reads back as it was given."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest
from httpx import Response
from starlette.requests import ClientDisconnect

from tests.flow.city import API, City
from tests.flow.steps import VAGUE, in_the_pool, sent

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LETTER: dict[str, Any] = {"channel": "web", "content": VAGUE, "citizen": {"phone": "13912345678"}}
JSON = {"Content-Type": "application/json"}


def sentence(answered: Response) -> str:
    """A refusal: 4xx, a code for programs, a Chinese sentence for people, no word of the inside."""
    assert 400 <= answered.status_code < 500, f"{answered.status_code} {answered.text[:300]}"
    told = answered.json()
    assert told["error"] and CHINESE.search(told["message"]), told
    assert not re.search(r"Traceback|asyncpg|SELECT|psycopg|msgspec|NoneType", answered.text), told
    message: str = told["message"]
    return message


HUGE, TINY = 10**30, -(10**30)
BAD_BODIES = {
    "nothing": b"",
    "half an object": b'{"content": "',
    "not JSON": "<xml>诉求</xml>".encode(),
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    "a string": '"诉求"'.encode(),
    "not UTF-8": b'{"content": "\xff\xfe\xb8\xf8"}',
    "GBK": '{"content": "人民路东段路灯不亮"}'.encode("gbk"),
    "a lone surrogate": rb'{"content": "\ud83d\ud83d\ud83d\ud83d\ud83d\ud83d\ud83d\ud83d\ud83d\ud83d"}',
    "too deep": b"[" * 100_000,
    "deep objects": b'{"a":' * 5_000,
    "infinity": b'{"people": 1e999}',
    "NaN": b'{"people": NaN}',
    "ten megabytes": b'{"content": "' + b"a" * 10_000_000 + b'"}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
async def test_a_body_that_is_no_request_is_refused_in_words(city: City, body: bytes) -> None:
    await city.dispatcher.sign_in()
    await city.agent.sign_in()
    ticket_id = await in_the_pool(city)
    for path, headers in (
        ("/public/requests", {}),
        ("/session", {}),
        ("/tickets", city.agent.headers),
        ("/suggest", city.agent.headers),
        (f"/tickets/{ticket_id}/dispatch", city.dispatcher.headers),
    ):
        sentence(await city.client.post(API + path, content=body, headers={**JSON, **headers}))
    assert await city.conn.fetchval("SELECT count(*) FROM ticket") == 1


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data", "", "application/json; charset=gbk"]
)
async def test_the_content_type_does_not_matter_the_content_does(city: City, kind: str) -> None:
    body = json.dumps(LETTER).encode()
    answered = await city.client.post(f"{API}/public/requests", content=body, headers={"Content-Type": kind})
    assert answered.status_code == 201
    form = await city.client.post(f"{API}/public/requests", data={"content": VAGUE})
    assert "JSON" in sentence(form)


TEXTS = {
    "emoji": "👩‍👩‍👧‍👦 小区门口的路灯🚦不亮了,请尽快修复🙏🏽",
    "right to left": "שלום ‏العربية‎ 路灯不亮,请尽快派人来修复",
    "rare characters": "𠮷野家门口𪚥𪚥积水,㐂字招牌要掉下来了",
    "combining": "Z̴̡͕͇a̶l̵g̷o̸ 路灯不亮请尽快派人来修复",
    "full width": "Ｈｅｌｌｏ　路灯不亮请尽快派人来修复，１２３４５",
    "markup": "<script>alert(1)</script> & <b>路灯</b> {{7*7}} ${x} %s '; DROP TABLE ticket;--",
    "lines": "第一行\n第二行\t有制表符\n\n  第四行缩进",
    "separators": "行分隔\u2028段分隔\u2029零宽\u200b\ufeff不换行\u00a0结束",
    "noncharacters": "末位字符\uffff\ufffe\U0010ffff请尽快派人来修复",
    "like": "百分号%下划线_反斜杠\\引号'\"请尽快派人来修复",
    "one long word": "a" * 19_999,
    "many words": "路灯 " * 6_000,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_what_a_citizen_writes_reads_back_the_same(city: City, text: str) -> None:
    letter = {
        **LETTER,
        "content": text,
        "title": text[:90],
        "address": text[:150],
        "external_id": "x" + text[:60].strip(),
    }
    letter["external_id"] = re.sub(r"\s", " ", letter["external_id"]).strip()
    answered = await city.client.post(f"{API}/public/requests", json=letter)
    assert answered.status_code == 201, answered.text
    await city.work()
    seen = await city.agent.sees(answered.json()["ticket_id"])
    assert seen["matter"]["content"] == text.strip()
    assert seen["matter"]["title"] == text[:90].strip()
    found = await city.agent.call("GET", f"/tickets?q={quote(text[:20])}")
    assert found.status_code == 200
    again = await city.client.post(f"{API}/public/requests", json=letter)
    assert again.json() == answered.json()


async def test_a_nul_is_dropped_and_nothing_else(city: City) -> None:
    letter = {
        **LETTER,
        "content": "路灯\0不亮\x07,请尽快派人\x1f来修复。",
        "citizen": {"phone": "139\0 1234-5678", "name": "王\0芳"},
    }
    answered = await city.client.post(f"{API}/public/requests", json=letter)
    if answered.status_code == 201:
        seen = await city.agent.sees(answered.json()["ticket_id"])
        assert seen["matter"]["content"] == "路灯不亮,请尽快派人来修复。"
        assert seen["petitioner"]["name"] == "王芳"
    else:
        sentence(answered)


WRONG_FIELDS: dict[str, list[Any]] = {
    "channel": [None, 7, "phone", "", [], {}],
    "content": [None, 7, "", "短", [], {}, True, "长" * 20_001],
    "citizen": [
        None,
        7,
        "王芳",
        [],
        {"phone": 13912345678},
        {"phone": {}},
        {"phone": "١٢٣٤٥٦٧"},
        {"phone": "1" * 1000},
    ],
    "title": [7, [], "长" * 101],
    "district_code": [7, "999999", "990101'--", []],
    "confidential": ["yes", 1, []],
    "external_id": [7, "x" * 129, [], "a\nb"],
    "kind": ["nonsense", 7, []],
    "callback_wanted": ["no", 0],
    "address": [7, "址" * 201],
}


@pytest.mark.parametrize("field", WRONG_FIELDS)
async def test_a_wrong_field_is_named(city: City, field: str) -> None:
    for value in WRONG_FIELDS[field]:
        answered = await city.client.post(f"{API}/public/requests", json={**LETTER, field: value})
        sentence(answered)
        assert {error["field"].split(".")[0] for error in answered.json()["errors"]} == {field}, (value, answered.text)


AGENT_FIELDS: dict[str, list[Any]] = {
    "category": ["nonsense", "99", 7, "0101\0"],
    "accused_unit": [0, -1, HUGE, 999_999, "D14", 1.5],
    "people": [0, -1, HUGE, TINY, "三", 1.5],
    "previous_ticket": [-1, 7, HUGE, TINY, "x"],
    "occurred_at": [
        "昨天",
        "2026-11-20",
        "2026-11-20T10:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        7,
    ],
    "urgency": ["very", 7],
    "caller_number": [7, "1" * 500],
}


@pytest.mark.parametrize("field", AGENT_FIELDS)
async def test_a_wrong_field_of_an_agents_form_is_named(city: City, field: str) -> None:
    for value in AGENT_FIELDS[field]:
        answered = await city.agent.call("POST", "/tickets", {"content": VAGUE, field: value})
        sentence(answered)
        assert {error["field"] for error in answered.json()["errors"]} == {field}, (value, answered.text)


IDS = [
    "0",
    "-1",
    "1",
    "202601019999999",
    "9" * 18,
    "9" * 19,
    "9" * 400,
    "abc",
    "1e5",
    "1.0",
    "٣",
    "%00",
    "' OR 1=1",
    "null",
]


@pytest.mark.parametrize("number", IDS)
async def test_a_number_that_is_no_tickets_is_not_found(city: City, number: str) -> None:
    for path in (f"/tickets/{number}", f"/tickets/{number}/history", f"/tickets/{number}/deadlines"):
        answered = await city.supervisor.call("GET", path)
        assert answered.status_code == 404, (path, answered.text)
        sentence(answered)
    for path, body in (
        (f"/tickets/{number}/urge", {"version": 1}),
        (f"/callbacks/{number}-1/attempts", {"reached": False}),
    ):
        answered = await city.supervisor.call("POST", path, body)
        assert answered.status_code == 404, (path, answered.text)
        sentence(answered)


async def test_odd_questions_to_the_lists_are_answered_or_refused_in_words(city: City) -> None:
    await in_the_pool(city)
    for path in ("/tickets", "/callbacks", "/reports/difficult", "/units", "/regions"):
        for name in ("stage", "unit", "category", "due", "q", "cursor", "limit", "week", "format", "parent"):
            for value in (
                "",
                "%00",
                "0",
                "-1",
                "9" * 40,
                "'",
                "%",
                "😀",
                "a" * 3000,
                "2026-W99",
                "0001-01-01T00:00:00%2B14:00",
                "9999-12-31T23:59:59-12:00",
                "2026-11-20T10:00:00",
                "&|!():*<->",
            ):
                answered = await city.supervisor.call("GET", f"{path}?{name}={value}")
                if answered.status_code != 200:
                    sentence(answered)


async def test_nobody_signed_in_and_no_token_of_our_own_page(city: City) -> None:
    ticket_id = await in_the_pool(city)
    for method, path in (("GET", "/tickets"), ("GET", f"/tickets/{ticket_id}"), ("POST", f"/tickets/{ticket_id}/urge")):
        answered = await city.client.request(method, API + path)
        assert answered.status_code == 401
        sentence(answered)
    await city.supervisor.sign_in()
    forged = {"Cookie": city.supervisor.headers["Cookie"]}
    answered = await city.client.post(f"{API}/tickets/{ticket_id}/urge", json={"version": 1}, headers=forged)
    assert answered.status_code == 403


async def test_who_leaves_while_still_sending_is_no_error_of_ours(city: City, caplog: pytest.LogCaptureFixture) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b'{"content": "'
        raise ClientDisconnect

    await city.agent.sign_in()
    answered = await city.client.post(f"{API}/suggest", content=breaking(), headers={**city.agent.headers, **JSON})
    assert answered.status_code == 499
    assert "unexpected error" not in caplog.text


async def test_who_saw_an_older_ticket_is_told_the_version_now(city: City) -> None:
    ticket_id = await sent(city)
    version = await city.version(ticket_id)
    for stale in (version - 1, version + 1, 0, -1, HUGE):
        answered = await city.dispatcher.call(
            "POST", f"/tickets/{ticket_id}/classify", {"version": stale, "category": "0101"}
        )
        assert (answered.status_code, answered.json()["version"]) == (409, version), stale
        sentence(answered)
    answered = await city.dispatcher.call("POST", f"/tickets/{ticket_id}/dispatch", {"version": version, "unit_id": 1})
    assert answered.status_code == 422 and "sign" in answered.json()["allowed"]


async def test_a_field_nobody_knows_is_named(city: City) -> None:
    ticket_id = await in_the_pool(city)
    status, said = await city.dispatcher.refused("dispatch", ticket_id, unit_id=1, force=True)
    assert status == 422 and "force" in said
    unknown = await city.client.post(
        f"{API}/public/requests", json={**LETTER, "state": "closed", "urgency": "critical"}
    )
    assert unknown.status_code == 201
    seen = (await city.agent.sees(unknown.json()["ticket_id"]))["ticket"]
    assert (seen["state"], seen["urgency"]) == ("registered", "normal")


async def test_a_year_whose_holidays_are_not_known_yet_is_counted_with_a_warning(city: City) -> None:
    city.clock.set(city.clock.now().replace(month=12, day=30))
    ticket_id = await sent(city)
    [why] = (await city.unit_desk("D14").get(f"/tickets/{ticket_id}/deadlines"))["items"]
    assert why["assignment"]["finish_due"].startswith("2027-01-0")
    assert "2027" in why["warning"]


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v1/tickets/1/explode", "/api/v2/tickets", "/api/v1/public/requests/"]
)
async def test_an_address_that_does_not_exist_says_so(city: City, path: str) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        answered = await city.client.request(method, path)
        if answered.status_code not in (307, 405):
            assert answered.status_code == 404
        if answered.status_code != 307:
            sentence(answered)
