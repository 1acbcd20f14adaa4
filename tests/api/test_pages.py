"""The citizen's pages over HTTP: what is typed is never lost, one form is one letter, and no page gives a name away."""

import re
from collections.abc import AsyncIterator
from html import unescape

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response as Answer
from starlette.types import Receive, Scope, Send

from hotline.infra.db import Connection
from hotline.infra.errors import TooManyRequests
from hotline.infra.http import Services
from hotline.web import public
from hotline.web.limits import Limiter
from hotline.web.pages import error_page
from tests.api.answered import REPLY, Answered, answered_letter, lay_city
from tests.api.outline import sound

FORM = {
    "form_id": "a1b2c3d4e5f6a7b8c9d0",
    "channel": "mayor_mailbox",
    "title": "人民路东段路灯不亮",
    "content": "人民路东段从十一月十九日起路灯不亮,请尽快修复。",
    "address": "人民路东段 18 号",
    "district": "990101001",
    "phone": "139 1234 5678",
    "name": "李明",
    "email": "",
    "callback": "yes",
}


async def say(request: Request, error: Exception) -> Answer:
    assert isinstance(error, TooManyRequests)
    return error_page(request, error.status, error.message)


@pytest.fixture
async def unit(services: Services) -> int:
    return await lay_city(services)


@pytest.fixture
async def web(services: Services, unit: int) -> AsyncIterator[AsyncClient]:
    app = Starlette(routes=public.ROUTES, exception_handlers={TooManyRequests: say})
    limiter = Limiter(None)

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {"services": services, "limiter": limiter}
        await app(scope, receive, send)

    async with AsyncClient(transport=ASGITransport(app=served), base_url="http://hotline.test") as client:
        yield client


@pytest.fixture
async def letter(services: Services, unit: int) -> Answered:
    return await answered_letter(services, unit)


async def count(conn: Connection) -> int:
    found: int = await conn.fetchval("SELECT count(*) FROM ticket")
    return found


async def send(web: AsyncClient, **changed: str) -> tuple[str, str]:
    """Send the letter; (ticket number, query code) from the page that follows."""
    answer = await web.post("/", data={**FORM, **changed})
    assert answer.status_code == 303, answer.text
    received = await web.get(answer.headers["location"])
    return numbers(sound(received))


def numbers(text: str) -> tuple[str, str]:
    ticket_id, code = re.findall(r"<dd>([0-9A-Z ]+)</dd>", text)
    return ticket_id.replace(" ", ""), code.replace(" ", "")


async def track(web: AsyncClient, code: str, last4: str = "5678") -> Response:
    return await web.post("/track", data={"code": code, "last4": last4})


async def test_the_write_page_offers_the_city_and_the_emergency_numbers(web: AsyncClient) -> None:
    text = sound(await web.get("/"))
    assert "云州市12345政务服务便民热线" in text
    for number in ("110", "119", "120", "122"):
        assert f'href="tel:{number}"' in text
    assert text.index('<optgroup label="雁栖区">') < text.index("芙蓉里街道") < text.index('<optgroup label="临江区">')


async def test_every_visit_gets_a_form_of_its_own(web: AsyncClient) -> None:
    ids = [re.findall(r'name="form_id" value="([\w-]+)"', (await web.get("/")).text) for _ in range(2)]
    assert len(ids[0]) == 1 and ids[0] != ids[1]


async def test_a_letter_gets_a_number_and_a_code_that_track_it(web: AsyncClient, conn: Connection) -> None:
    ticket_id, code = await send(web)
    row = await conn.fetchrow("SELECT channel, region, callback_wanted FROM ticket WHERE id = $1", int(ticket_id))
    assert row is not None and tuple(row) == ("mayor_mailbox", "990101001", True)
    found = sound(await track(web, f"{code[:5].lower()} {code[5:]}"))
    assert "已受理，待派单" in found and FORM["title"] in found


async def test_a_multipart_form_is_taken_as_well(web: AsyncClient, conn: Connection) -> None:
    parts = {name: (None, value) for name, value in FORM.items()}
    assert (await web.post("/", files=parts)).status_code == 303
    assert await count(conn) == 1


async def test_sending_the_same_form_twice_makes_one_ticket(web: AsyncClient, conn: Connection) -> None:
    assert await send(web) == await send(web)
    assert await count(conn) == 1


async def test_going_back_to_write_about_something_else_makes_another(web: AsyncClient, conn: Connection) -> None:
    first = await send(web)
    assert await send(web, content="垃圾桶满了三天没有人清运,请安排清运。") != first
    assert await count(conn) == 2


async def test_what_is_wrong_is_listed_at_the_top_and_beside_the_field_and_nothing_typed_is_lost(
    web: AsyncClient, conn: Connection
) -> None:
    wrong = {**FORM, "content": '短<b>"', "phone": "12", "email": "不是邮箱", "confidential": "yes", "callback": "no"}
    answer = await web.post("/", data=wrong)
    text = sound(answer)
    assert answer.status_code == 422
    assert "有 3 处需要修改" in text and "<title>请修改：" in text
    for field in ("content", "phone", "email"):
        assert f'<a href="#{field}">' in text and f'id="{field}-fault"' in text
        assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', text)
    assert f'value="{FORM["form_id"]}"' in text and 'value="不是邮箱"' in text and FORM["address"] in text
    assert '短<b>"' not in text and '短<b>"' in unescape(text)
    assert re.search(r'value="990101001" selected', text)
    assert re.search(r'name="confidential" value="yes"[^>]*checked', text)
    assert re.search(r'name="callback" value="no" checked', text)
    assert await count(conn) == 0


async def test_an_empty_form_is_answered_with_everything_that_is_needed(web: AsyncClient) -> None:
    answer = await web.post("/", data={})
    assert answer.status_code == 422
    text = sound(answer)
    assert "channel-fault" in text and "content-fault" in text and "phone-fault" in text


@pytest.mark.parametrize(
    "sent",
    [
        {"content": b"content=" + b"a" * (1 << 20), "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {
            "content": b"&".join(b"x=1" for _ in range(500)),
            "headers": {"Content-Type": "application/x-www-form-urlencoded"},
        },
        {"content": b"--nothing", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {"files": {"photo": ("a.jpg", b"\xff\xd8", "image/jpeg")}},
    ],
    ids=["too large", "too many fields", "broken", "a file"],
)
async def test_a_form_that_cannot_be_read_is_refused_on_a_page(
    web: AsyncClient, conn: Connection, sent: dict[str, object]
) -> None:
    answer = await web.post("/", **sent)  # type: ignore[arg-type]
    assert answer.status_code in (400, 422)
    sound(answer)
    assert await count(conn) == 0


async def test_a_secret_letter_without_callback_is_kept_as_such(web: AsyncClient, conn: Connection) -> None:
    await send(web, confidential="yes", callback="no", kind="report")
    row = await conn.fetchrow("SELECT kind, confidential, callback_wanted FROM ticket")
    assert row is not None and tuple(row) == ("report", True, False)


async def test_the_page_after_sending_cannot_be_made_up(web: AsyncClient) -> None:
    location = (await web.post("/", data=FORM)).headers["location"]
    assert FORM["phone"] not in location and not re.search(r"\d{15}", location)
    for forged in ("/sent", "/sent?n=", "/sent?n=%E5%81%87", f"{location[:-3]}AAA", "/sent?n=AQ=="):
        refused = await web.get(forged)
        assert refused.status_code == 404
        assert "没有找到" in sound(refused)


async def test_the_code_is_filled_in_for_who_comes_from_the_page_that_gave_it(web: AsyncClient) -> None:
    location = (await web.post("/", data=FORM)).headers["location"]
    received = await web.get(location)
    link = re.search(r'href="(/track\?n=[^"]+)"', received.text)
    assert link and f'value="{numbers(received.text)[1]}"' in sound(await web.get(unescape(link[1])))


@pytest.mark.parametrize(("code", "last4"), [("", ""), ("", "5678"), ("ABCDE", "")])
async def test_tracking_asks_for_both(web: AsyncClient, code: str, last4: str) -> None:
    answer = await track(web, code, last4)
    assert answer.status_code == 400
    assert "请填写查询码和联系电话后四位" in sound(answer)


async def test_a_wrong_pair_gets_one_sentence_that_does_not_tell_which_half_was_wrong(
    web: AsyncClient, letter: Answered
) -> None:
    answers = [await track(web, letter.query_code, "0000"), await track(web, "ABCDEFGHJK"), await track(web, "\0A'\"")]
    said = {re.sub(r'value="[^"]*"', "", sound(answer)) for answer in answers}
    assert {answer.status_code for answer in answers} == {404} and len(said) == 1
    assert "请核对查询码和联系电话后四位" in said.pop()


async def test_progress_shows_the_unit_the_reply_and_the_way_to_the_survey_but_no_person(
    web: AsyncClient, letter: Answered
) -> None:
    answer = await track(web, letter.query_code, "13912345678")
    text = sound(answer)
    assert answer.headers["cache-control"] == "no-store"
    assert "等待您的评价" in text and "云州市城市管理局" in text and REPLY in text
    assert f'href="/survey/{letter.survey_token}"' in text
    assert text.index("收到您的诉求") < text.index("承办单位已签收") < text.index("承办单位已答复")
    for hidden in ("王芳", "赵刚", "李明", '13912345678"', "电缆已接通"):
        assert hidden not in text.replace('value="13912345678"', "")


async def test_nothing_in_the_survey_is_chosen_beforehand(web: AsyncClient, letter: Answered) -> None:
    text = sound(await web.get(f"/survey/{letter.survey_token}"))
    assert REPLY in text and "人民路东段路灯不亮" in text
    assert " checked" not in text
    for words in ("非常满意", "满意", "基本满意", "不满意", "非常不满意", "部分解决"):
        assert f"<span>{words}</span>" in text


async def test_a_survey_needs_both_answers_and_keeps_the_one_given(
    web: AsyncClient, conn: Connection, letter: Answered
) -> None:
    page = f"/survey/{letter.survey_token}"
    answer = await web.post(page, data={"solved": "no", "reasons": ["办理太慢", "推诿扯皮"], "comment": "还是黑的"})
    text = sound(answer)
    assert answer.status_code == 422 and "有 1 处需要修改" in text and 'href="#rating"' in text
    assert text.count(" checked") == 3 and "还是黑的" in text
    assert await conn.fetchval("SELECT answered_at FROM survey") is None


async def test_a_satisfied_citizen_closes_the_ticket_and_cannot_answer_twice(
    web: AsyncClient, conn: Connection, letter: Answered
) -> None:
    page = f"/survey/{letter.survey_token}"
    first = await web.post(page, data={"solved": "yes", "rating": "4"})
    assert first.status_code == 303
    assert "感谢您的评价" in sound(await web.get(first.headers["location"]))
    assert await conn.fetchval("SELECT state FROM ticket WHERE id = $1", letter.ticket_id) == "closed"
    again = await web.post(page, data={"solved": "no", "rating": "1"})
    assert again.status_code == 409
    assert "感谢您的参与" in sound(again)
    assert await conn.fetchval("SELECT rating FROM survey") == 4
    assert "您已经评价过" in sound(await web.get(page))


async def test_a_dissatisfied_citizen_is_kept_with_reasons_for_a_person_to_call(
    web: AsyncClient, conn: Connection, letter: Answered
) -> None:
    told = {"solved": "no", "rating": "1", "reasons": ["问题没有解决", "别的"], "comment": "还是黑的"}
    assert (await web.post(f"/survey/{letter.survey_token}", data=told)).status_code == 303
    row = await conn.fetchrow("SELECT solved, rating, reasons, comment FROM survey")
    assert row is not None and tuple(row) == ("no", 1, ["问题没有解决"], "还是黑的")
    assert await conn.fetchval("SELECT state FROM ticket WHERE id = $1", letter.ticket_id) == "callback"


async def test_a_survey_that_does_not_exist_is_a_page_too(web: AsyncClient) -> None:
    for answer in (
        await web.get("/survey/none"),
        await web.get("/survey/%00"),
        await web.post("/survey/none", data={"solved": "yes"}),
    ):
        assert answer.status_code == 404
        assert "请核对链接" in sound(answer)


async def test_large_type_is_kept_and_can_be_undone(web: AsyncClient) -> None:
    assert '<html lang="zh-CN">' in (await web.get("/")).text
    assert 'class="big"' in sound(await web.get("/?big=1"))
    assert 'class="big"' in sound(await web.get("/track"))
    assert 'class="big"' not in (await web.get("/track?big=0")).text
    assert 'class="big"' not in (await web.get("/")).text


async def test_pressing_large_type_half_way_loses_no_word_and_sends_nothing(
    web: AsyncClient, conn: Connection, letter: Answered
) -> None:
    before = await count(conn)
    text = sound(await web.post("/", data={"form_id": FORM["form_id"], "content": "写到一半", "big": "1"}))
    assert 'class="big"' in text and "写到一半</textarea>" in text and "需要修改" not in text
    survey = await web.post(f"/survey/{letter.survey_token}", data={"rating": "2", "big": "0"})
    assert re.search(r'value="2" checked', sound(survey)) and 'class="big"' not in survey.text
    assert REPLY in (await web.post("/track", data={"code": letter.query_code, "last4": "5678", "big": "1"})).text
    assert "请填写" not in sound(await web.post("/track", data={"code": "", "last4": "", "big": "1"}))
    assert await count(conn) == before and await conn.fetchval("SELECT answered_at FROM survey") is None


async def test_style_sheets_are_kept_for_ever_under_the_fingerprint_of_their_content(web: AsyncClient) -> None:
    links = re.findall(r'href="(/static/[^"]+)"', (await web.get("/")).text)
    assert len(links) == 2
    for link in links:
        found = await web.get(link)
        assert found.status_code == 200 and "immutable" in found.headers["cache-control"]
    old = await web.get("/static/0123456789abcdef/pages.css")
    assert old.status_code == 200 and old.headers["cache-control"] == "no-cache"


async def test_who_sends_without_end_is_asked_to_wait(web: AsyncClient, conn: Connection) -> None:
    answers = [await web.post("/track", data={}) for _ in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {400}
    assert answers[60].status_code == 429
    assert "请稍后再试" in sound(answers[60])
    assert (await web.get("/track")).status_code == 200


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 422, 429, 500, 503])
def test_every_error_has_a_page_that_says_where_to_go_on(status: int) -> None:
    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": []}
    answer = error_page(Request(scope), status, "请<稍后>再试。")
    text = bytes(answer.body).decode()
    assert answer.status_code == status
    assert "请&lt;稍后&gt;再试。" in text and 'href="/track"' in text and "content-security-policy" in answer.headers
