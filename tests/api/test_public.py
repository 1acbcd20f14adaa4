"""The public addresses, which programs of others rely on: what they take, what they tell, and to whom."""

import re
from typing import Any

import pytest
from httpx import Response

from tests.flow.city import API, City
from tests.flow.steps import VAGUE, answers, called_back, signed

LETTER: dict[str, Any] = {
    "channel": "mayor_mailbox",
    "title": "路灯不亮",
    "content": "人民路东段的路灯从上周五开始不亮,晚上老人出门很危险。",
    "citizen": {"name": "欧阳不言", "phone": "13912345678", "email": "ouyang@example.cn"},
    "address": "人民路东段 18 号",
}


async def send(city: City, **changes: Any) -> Response:
    answered = await city.client.post(f"{API}/public/requests", json={**LETTER, **changes})
    await city.work()
    return answered


async def track(city: City, code: str, last4: str) -> Response:
    return await city.client.get(f"{API}/public/requests/{code}", params={"phone_last4": last4})


async def token_of(city: City, ticket_id: int) -> str:
    token: str = await city.conn.fetchval(
        "SELECT token FROM survey WHERE ticket_id = $1 ORDER BY created_at DESC", ticket_id
    )
    return token


async def test_a_letter_gets_a_number_and_a_code(city: City) -> None:
    answered = await send(city)
    assert answered.status_code == 201
    assert set(answered.json()) == {"ticket_id", "query_code"}
    assert re.fullmatch(r"20261123\d{7}", str(answered.json()["ticket_id"]))
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{10}", answered.json()["query_code"])


async def test_the_same_letter_again_gets_the_same_pair_and_another_channel_another(city: City) -> None:
    first, again = (
        await send(city, external_id="M-1"),
        await send(city, external_id="M-1", content="别的内容,也不再建单。"),
    )
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    other = await send(city, external_id="M-1", channel="web")
    assert other.status_code == 201 and other.json() != first.json()


async def test_everything_that_is_wrong_is_said_at_once_with_its_field(city: City) -> None:
    wrong = {
        "channel": "phone",
        "title": "长" * 101,
        "content": "太短",
        "citizen": {"phone": "12", "email": "not-an-address", "name": "名" * 51},
        "address": "址" * 201,
        "district_code": "000000",
        "external_id": "x" * 129,
    }
    answered = await send(city, **wrong)
    assert answered.status_code == 422
    fields = [error["field"] for error in answered.json()["errors"]]
    expected = {
        "channel",
        "title",
        "content",
        "citizen.phone",
        "citizen.email",
        "citizen.name",
        "address",
        "district_code",
        "external_id",
    }
    assert set(fields) == expected and len(fields) == len(expected)
    assert all(re.search(r"[\u4e00-\u9fff]", error["message"]) for error in answered.json()["errors"])
    assert await city.conn.fetchval("SELECT count(*) FROM ticket") == 0


async def test_an_empty_letter_is_told_what_a_letter_needs(city: City) -> None:
    answered = await city.client.post(f"{API}/public/requests", json={})
    assert {error["field"] for error in answered.json()["errors"]} == {"channel", "content", "citizen"}


@pytest.mark.parametrize("how", [str.lower, lambda code: f"{code[:5]}-{code[5:]}", lambda code: f" {code} "])
async def test_a_code_is_understood_however_it_is_typed(city: City, how: Any) -> None:
    code = (await send(city)).json()["query_code"]
    assert (await track(city, how(code), "5678")).status_code == 200


async def test_a_wrong_code_and_a_wrong_phone_look_alike(city: City) -> None:
    code = (await send(city)).json()["query_code"]
    answers_ = [await track(city, code, wrong) for wrong in ("5679", "", "567", "05678", "13912345678", "\0")]
    answers_ += [await track(city, wrong, "5678") for wrong in ("ZZZZZZZZZZ", "1", "%00", "😀" * 40)]
    assert {answer.status_code for answer in answers_} == {404}
    assert len({answer.text for answer in answers_}) == 1


async def test_a_citizen_without_a_phone_in_the_record_cannot_be_guessed(city: City) -> None:
    logged = await city.agent.call("POST", "/tickets", {"content": LETTER["content"], "anonymous": True})
    assert (await track(city, logged.json()["query_code"], "")).status_code == 404


async def test_a_citizen_is_told_the_stage_and_the_answer_and_nothing_of_the_inside(city: City) -> None:
    sent = (await send(city, content=VAGUE, title=None)).json()
    ticket_id, code = sent["ticket_id"], sent["query_code"]
    hands, other = city.unit_desk("D14"), city.unit_desk("D13")
    told = []

    async def look() -> Any:
        answered = await track(city, code, "5678")
        told.append(answered.text)
        return answered.json()

    await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("D13"), basis="内部依据甲")
    await other.does("sign", ticket_id)
    ask = {"basis": "内部依据乙", "proposed_unit": await city.unit("D14"), "reason": "内部理由丙"}
    await other.does("request_return", ticket_id, **ask)
    assert (await look())["stage"] == "in_progress", "whose job it is, is not the citizen's quarrel"
    await city.dispatcher.does("approve_return", ticket_id)
    await answers(hands, ticket_id)
    assert (await look())["public_reply"] is None, "not before the centre has accepted it"
    await city.supervisor.does("refuse_reply", ticket_id, reasons=["其他"], reason="内部驳回丁")
    await called_back(city, ticket_id, hands)
    progress = await look()
    assert (progress["stage"], "已处理完毕" in progress["public_reply"]) == ("callback", True)
    token = progress["survey_token"]
    told.append((await city.client.get(f"{API}/public/surveys/{token}")).text)
    await city.callback.calls_back(ticket_id, solved="no", rating=1, note="内部备注戊")
    await called_back(city, ticket_id, hands)
    progress = await look()
    assert [step["what"] for step in progress["timeline"]].count("根据您的评价重新办理") == 1
    people = await city.conn.fetch("SELECT name FROM person")
    inside = ["内部", "维修班", "欧阳不言", "13912345678", "ouyang", *(row["name"] for row in people)]
    for text in told:
        assert [word for word in inside if word in text] == []


async def test_a_secret_ticket_names_no_unit_and_shows_its_writer_to_nobody_outside(city: City) -> None:
    sent = (await send(city, confidential=True, kind="report")).json()
    ticket_id = sent["ticket_id"]
    assert (await city.agent.sees(ticket_id))["ticket"]["kind"] == "report", "no classifier overrules the citizen"
    assert await city.state(ticket_id) == "registered", "and a person looks whom it is about"
    await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("D14"))
    progress = await track(city, sent["query_code"], "5678")
    assert progress.json()["unit"] is None and "城市管理" not in progress.text
    for outside in (city.unit_desk("D14"), city.leader):
        seen = await outside.sees(ticket_id)
        assert seen["petitioner"] == {**seen["petitioner"], "name": None, "phone": None, "email": None}
        assert seen["query_code"] is None
    assert (await city.agent.sees(ticket_id))["petitioner"]["phone"] == "13912345678"


async def test_administrators_keep_the_system_and_cannot_read_what_is_in_it(city: City) -> None:
    ticket_id = (await send(city)).json()["ticket_id"]
    for login in ("admin", "security", "auditor", "knowledge"):
        person = city.person(login)
        assert (await person.call("GET", "/tickets")).status_code == 403
        for path in ("", "/history", "/deadlines", "/suggestion"):
            answered = await person.call("GET", f"/tickets/{ticket_id}{path}")
            assert answered.status_code in (403, 404), (login, path)
        assert (await person.tries("dispatch", ticket_id, unit_id=1)).status_code == 403


async def test_a_survey_is_shown_answered_once_and_then_closed(city: City) -> None:
    ticket_id = await signed(city)
    await called_back(city, ticket_id, city.unit_desk("D14"))
    address = f"{API}/public/surveys/{await token_of(city, ticket_id)}"
    shown = (await city.client.get(address)).json()
    assert set(shown) == {"title", "public_reply", "answered", "open"}
    assert (shown["answered"], shown["open"]) == (False, True)
    for wrong in (
        {},
        {"solved": "yes"},
        {"rating": 5},
        {"solved": "yes", "rating": 6},
        {"solved": "yes", "rating": 0},
        {"solved": "maybe", "rating": 3},
        {"solved": "yes", "rating": 5, "admin": True},
    ):
        assert (await city.client.post(address, json=wrong)).status_code == 422, wrong
    assert (await city.client.get(address)).json() == shown, "nothing is assumed"
    said = {"solved": "partly", "rating": 4, "reasons": ["办理太慢"], "comment": "谢谢\n辛苦了"}
    assert (await city.client.post(address, json=said)).status_code == 201
    again = await city.client.post(address, json={"solved": "no", "rating": 1})
    assert again.status_code == 409 and "已经" in again.json()["message"]
    assert (await city.client.get(address)).json() == {**shown, "answered": True, "open": False}
    [callback] = (await city.supervisor.sees(ticket_id))["ticket"]["callbacks"]
    assert (callback["solved"], callback["rating"], callback["outcome"]) == ("partly", 4, "satisfied")


async def test_a_comment_that_is_too_long_is_refused_and_not_cut(city: City) -> None:
    ticket_id = await signed(city)
    await called_back(city, ticket_id, city.unit_desk("D14"))
    address = f"{API}/public/surveys/{await token_of(city, ticket_id)}"
    refused = await city.client.post(address, json={"solved": "yes", "rating": 5, "comment": "好" * 1001})
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "comment"
    kept = await city.client.post(address, json={"solved": "yes", "rating": 5, "comment": "好" * 1000})
    assert kept.status_code == 201
    assert await city.conn.fetchval("SELECT length(comment) FROM survey WHERE ticket_id = $1", ticket_id) == 1000


async def test_an_unknown_survey_is_not_there(city: City) -> None:
    for token in ("nothing", "x" * 500, "%00", "..%2f.."):
        for answered in (
            await city.client.get(f"{API}/public/surveys/{token}"),
            await city.client.post(f"{API}/public/surveys/{token}", json={"solved": "yes", "rating": 5}),
        ):
            assert answered.status_code == 404, (token, answered.text)
