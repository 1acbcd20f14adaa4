"""通知: a ticket grows late, and each person hears of it once, by day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from hotline.infra.clock import BEIJING
from hotline.jobs.posting import hand_out, post
from hotline.notices.sending.store import take
from hotline.supervision.duties.actions import sweep as sweep_duties
from tests.flow.city import API, City, Person
from tests.flow.steps import BASIS, answers, sent, signed
from tests.post_office import SECRET, Gateway, PostOffice, post_office

UNIT = "D07"


@pytest.fixture
def mails() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


@pytest.fixture
async def told(city: City, mails: PostOffice, texts: Gateway) -> City:
    """The city with a mail server and a gateway, where a reviewer and a leader of the unit are two people."""
    settings = replace(
        city.services.settings, smtp_url=mails.url, smtp_from="hotline@city.gov.cn", gateway_url=texts.url,
        gateway_secret=SECRET.encode(), gateway_channel="none",
    )  # fmt: skip
    city.services = replace(city.services, settings=settings)
    await city.conn.execute(
        "DELETE FROM person_role r USING account a WHERE a.person_id = r.person_id AND a.username = $1 AND r.role = 'unit_leader'",
        f"u-{UNIT.lower()}-review",
    )
    leader = await city.conn.fetchval(
        "INSERT INTO person (name, unit_id) VALUES ('方局', $1) RETURNING id", await city.unit(UNIT)
    )
    await city.conn.execute("INSERT INTO person_role VALUES ($1, 'unit_leader')", leader)
    await city.conn.execute(
        "INSERT INTO account (person_id, username, password_hash, demo) VALUES ($1, 'u-d07-leader', '$argon2id$none', true)",
        leader,
    )
    for login in (f"u-{UNIT.lower()}", f"u-{UNIT.lower()}-review", "u-d07-leader", "supervision", "supervisor"):
        wish = {"mail": f"{login}@city.gov.cn", "quiet_from": "21:00:00", "quiet_to": "08:00:00"}
        answered = await city.person(login).call("PUT", "/me/notices/wish", wish)
        assert answered.status_code == 200, answered.text
    return city


async def tell(city: City) -> None:
    await hand_out(city.services)
    await post(city.services)


async def at(city: City, moment: datetime) -> None:
    """The clock goes to the moment; what falls due is marked, and whoever must hear hears."""
    await city.pass_time(seconds=(moment - city.clock.now()).total_seconds())
    await tell(city)


def got(mails: PostOffice) -> list[str]:
    return sorted(str(mail["To"]).partition("@")[0] for mail in mails.mails)


async def lights(city: City, ticket_id: int, clock: str = "finish") -> dict[str, datetime]:
    row = await city.conn.fetchrow(
        "SELECT * FROM deadline WHERE ticket_id = $1 AND kind = $2 AND done_at IS NULL", ticket_id, clock
    )
    assert row is not None
    return {name: row[f"{name}_at"].astimezone(BEIJING) for name in ("near", "orange", "late", "very_late")}


async def alone(city: City, ticket_id: int) -> None:
    """Only the time to finish is left to run."""
    await city.person("u-d07").does("sign", ticket_id)
    await city.person("u-d07").does("contact", ticket_id, how="phone", result="已联系")


async def near(city: City, ticket_id: int) -> None:
    """The time to sign is nearly over, and the digest's ten minutes as well."""
    moment = (await lights(city, ticket_id, "sign"))["near"]
    for later in (0, 10):
        await at(city, moment + timedelta(minutes=later))


async def test_越来越晚_handler_reviewer_leader_and_supervision_hear_once_each_and_by_day(
    told: City, mails: PostOffice
) -> None:
    caller = {"phone": "13912345678", "name": "王芳"}
    ticket_id = await sent(
        told, UNIT, content="电话13912345678的王芳反映单元门禁坏了,想请有关部门来看看。", citizen=caller
    )
    await alone(told, ticket_id)
    when = await lights(told, ticket_id)
    heard: list[list[str]] = []
    for level in ("near", "orange", "late"):
        await at(told, when[level])
        await at(told, max(told.clock.now(), when[level]) + timedelta(minutes=10))
        await tell(told)
        heard.append(got(mails))
    assert heard[0] == ["u-d07"], "yellow: the handler"
    assert heard[1] == ["u-d07", "u-d07-review"], "orange: the unit's reviewer as well"
    assert when["late"].hour == 0, "red comes at midnight"
    assert heard[2] == heard[1], "at night nobody hears"
    await at(told, when["late"].replace(hour=7, minute=59))
    assert got(mails) == heard[1]
    await at(told, when["late"].replace(hour=8))
    everybody = ["supervision", "supervisor", "u-d07", "u-d07-leader", "u-d07-review"]
    assert got(mails) == everybody, "in the morning the unit's leader and who supervises"
    for _ in range(3):
        await at(told, told.clock.now() + timedelta(minutes=10))
    assert got(mails) == everybody, "nobody hears twice"

    words = mails.mails[0].get_content()
    assert str(ticket_id) in words and "办结时限" in words and "黄色预警" in words
    assert "13912345678" not in words and "王芳" not in words, "nothing of the citizen leaves the house"

    inbox = await told.person("u-d07").get("/me/notices")
    kinds = [(item["told"]["kind"], item["told"]["origin"]) for item in inbox["items"]]
    assert kinds == [("urge", "system"), ("urge", "system"), ("near", ""), ("urge", "system")], "100, 80, yellow, 50"
    assert inbox["unread"] == 4
    number = inbox["items"][-1]["told"]["number"]
    left = await told.person("u-d07").call("POST", "/me/notices/read", {"numbers": [number]})
    assert left.json() == {"unread": 3}
    left = await told.person("u-d07").call("POST", "/me/notices/read", {"upto": inbox["items"][0]["told"]["number"]})
    assert left.json() == {"unread": 0}
    assert (await told.person("u-d07").get("/me/notices?unread=1"))["items"] == []


async def test_特急不等天亮_an_urgent_one_is_told_in_the_night_at_once(told: City, mails: PostOffice) -> None:
    usual, ticket_id = await sent(told, UNIT), await sent(told, UNIT)
    assert await told.conn.execute("UPDATE ticket SET urgency = 'urgent' WHERE id = $1", ticket_id) == "UPDATE 1"
    await at(told, (await lights(told, ticket_id, "sign"))["near"].replace(hour=23))
    assert got(mails) == ["u-d07", "u-d07-review"], "at that hour it is orange as well"
    words = "".join(mail.get_content() for mail in mails.mails)
    assert str(ticket_id) in words and str(usual) not in words, "the other one can wait"


async def test_汇总_many_that_wait_for_the_morning_are_one_message_and_what_was_done_meanwhile_is_left_out(
    told: City, mails: PostOffice
) -> None:
    made = [await sent(told, UNIT) for _ in range(3)]
    for ticket_id in made:
        await alone(told, ticket_id)
    when = await lights(told, made[0])
    await at(told, when["near"] - timedelta(minutes=1))
    await told.person("u-d07").call(
        "PUT", "/me/notices/wish", {"mail": "u-d07@city.gov.cn", "quiet_from": "00:00:00", "quiet_to": "23:59:00"}
    )
    await at(told, when["near"] + timedelta(minutes=10))
    assert mails.mails == [], "all day quiet"
    await answers(told.person("u-d07"), made[2])
    await at(told, when["near"].replace(hour=23, minute=59))
    assert got(mails) == ["u-d07"], "one message"
    words = mails.mails[0].get_content()
    assert all(str(ticket_id) in words for ticket_id in made[:2])
    assert str(made[2]) not in words, "what was answered needs no warning"
    assert await told.conn.fetchval("SELECT count(*) FROM delivery WHERE moot") == 1


async def test_保密_nothing_of_a_secret_ticket_leaves_the_house(told: City, mails: PostOffice) -> None:
    ticket_id = await sent(told, UNIT, confidential=True)
    await near(told, ticket_id)
    words = mails.mails[0].get_content() + str(mails.mails[0]["Subject"])
    assert "保密工单" in words and str(ticket_id) not in words and "有关部门" not in words
    inbox = await told.person("u-d07").get("/me/notices")
    assert inbox["items"][0]["told"]["title"] == "保密工单"


async def sms_instead(city: City) -> None:
    sealed = city.services.cipher.encrypt("13700001111")
    await city.conn.execute(
        "UPDATE person p SET phone_enc = $1 FROM account a WHERE a.person_id = p.id AND a.username = 'u-d07'", sealed
    )
    wish = {"gateway": "sms", "quiet_from": "00:00:00", "quiet_to": "00:00:00"}
    answered = await city.person("u-d07").call("PUT", "/me/notices/wish", wish)
    assert answered.json()["phone"] == "137****1111" and answered.json()["said"]


async def test_短信网关_signed_retried_and_once_even_when_a_worker_dies_before_it_can_mark(
    told: City, texts: Gateway
) -> None:
    await sms_instead(told)
    ticket_id = await sent(told, UNIT)
    texts.answers = [503]
    await near(told, ticket_id)
    assert len(texts.asked) == 1 and texts.passed_on == {}
    row = await told.conn.fetchrow("SELECT state, attempts, problem FROM message")
    assert row and (row["state"], row["attempts"]) == ("waiting", 1) and "503" in row["problem"]
    await told.conn.execute("UPDATE message SET not_before = now()")
    await post(told.services)
    [said] = texts.passed_on.values()
    assert said["channel"] == "sms" and said["phone"] == "13700001111" and str(ticket_id) in said["text"]
    assert await told.conn.fetchval("SELECT state FROM message") == "sent"
    # As if the worker had died between sending and marking.
    await told.conn.execute("UPDATE message SET state = 'sending', taken_at = now() - interval '1 hour'")
    await post(told.services)
    await post(told.services)
    assert len(texts.asked) == 3 and len(texts.passed_on) == 1, "asked again with the same key, passed on once"
    assert await told.conn.fetchval("SELECT state FROM message") == "sent"


async def test_邮件_a_mail_that_may_have_left_is_not_sent_again_by_itself_and_what_fails_is_kept_and_shown(
    told: City, mails: PostOffice
) -> None:
    ticket_id = await sent(told, UNIT)
    await told.pass_time(seconds=((await lights(told, ticket_id, "sign"))["near"] - told.clock.now()).total_seconds())
    await hand_out(told.services)
    told.clock.advance(timedelta(minutes=10))
    mails.answers = ["550 no such user"]
    await post(told.services)
    shown = await told.admin.get("/notices/messages?state=failed")
    [failed] = shown["items"]
    assert "550" in failed["problem"] and failed["notices"] == 2 and str(ticket_id) not in str(failed)
    assert shown["counts"]["failed"] == 1
    assert (await told.admin.call("POST", f"/notices/messages/{failed['id']}/retry")).status_code == 200
    taken = await take(told.conn)
    assert taken is not None, "a worker has it, and dies"
    await told.conn.execute("UPDATE message SET taken_at = now() - interval '1 hour'")
    await post(told.services)
    assert mails.mails == []
    [unsure] = (await told.admin.get("/notices/messages?state=unsure"))["items"]
    assert "中断" in unsure["problem"]
    await told.admin.call("POST", f"/notices/messages/{unsure['id']}/retry")
    await post(told.services)
    assert len(mails.mails) == 1
    assert (await told.admin.call("POST", f"/notices/messages/{unsure['id']}/retry")).status_code == 404
    assert (await told.person("unit").call("GET", "/notices/messages")).status_code == 403


async def urges(city: City, code: str, phone: str) -> Any:
    return await city.client.post(
        f"{API}/public/requests/{code}/urge", json={"phone_last4": phone[-4:], "text": "三天了"}
    )


async def test_催办_a_citizen_urges_twice_and_the_ticket_is_a_candidate_for_supervision(
    told: City, mails: PostOffice
) -> None:
    ticket_id, code, phone = await told.receives_letter("想请有关部门来现场看一看,帮忙协调解决一下,拖了很久了。")
    if await told.state(ticket_id) == "registered":
        await told.dispatcher.does("dispatch", ticket_id, unit_id=await told.unit(UNIT), basis=BASIS)
    assert (await urges(told, code, phone)).status_code == 200
    again = await urges(told, code, phone)
    assert again.status_code == 409 and "24 小时后" in again.json()["message"]
    assert (await urges(told, code, "0000")).status_code in (403, 404)
    await tell(told)
    told.clock.advance(timedelta(minutes=10))
    await post(told.services)
    assert got(mails) == ["u-d07", "u-d07-review"]
    supervisor: Person = told.supervisor
    assert (await supervisor.get("/supervision/candidates"))["items"] == []
    told.clock.advance(timedelta(hours=24))
    page = await told.client.post("/track/urge", data={"code": code, "last4": phone[-4:]})
    assert "已为您催办" in page.text
    [candidate] = (await supervisor.get("/supervision/candidates"))["items"]
    assert (candidate["id"], candidate["urges"]) == (ticket_id, 2)
    await tell(told)
    supervision = await told.person("supervision").get("/me/notices")
    assert supervision["items"][0]["told"]["kind"] == "urge"
    await supervisor.does("supervise", ticket_id, level=2, ground="多次催办未果")
    assert (await supervisor.get("/supervision/candidates"))["items"] == [], "supervised, it is no candidate any more"


async def test_系统催办_at_half_and_four_fifths_and_all_of_the_time(told: City) -> None:
    ticket_id = await signed(told)
    when = (await told.conn.fetchrow("SELECT start_at, due_at, urges FROM deadline WHERE kind = 'finish' AND ticket_id = $1", ticket_id))  # fmt: skip
    assert when is not None
    assert len(when["urges"]) == 3 and when["urges"][-1] == when["due_at"] + timedelta(seconds=1)

    async def pressed() -> int:
        events = await told.events(ticket_id)
        return events.count("urge")

    for number, moment in enumerate(when["urges"], 1):
        await told.pass_time(seconds=(moment - timedelta(seconds=1) - told.clock.now()).total_seconds())
        assert await pressed() == number - 1
        await told.pass_time(seconds=1)
        assert await pressed() == number
    await told.pass_time(days=30)
    assert await pressed() == 3
    overlays = (await told.supervisor.sees(ticket_id))["ticket"]["overlays"]
    assert [o["origin"] for o in overlays] == ["system"] * 3


async def test_函件意见任务_have_clocks_of_their_own_and_who_is_late_is_told(told: City, mails: PostOffice) -> None:
    unit, officer = told.person("u-d07"), told.supervisor
    body = {
        "kind": "warning",
        "unit_id": await told.unit(UNIT),
        "subject": "供水投诉集中",
        "ground": "近7日收到12件停水投诉",
        "due": (told.clock.now() + timedelta(days=3)).isoformat(),
    }
    letter = (await officer.call("POST", "/supervision/letters", body)).json()
    await tell(told)
    [asked] = (await unit.get("/me/notices"))["items"]
    assert (asked["told"]["kind"], asked["told"]["clock"], asked["open"]) == ("asked", "letter", True)
    assert asked["told"]["title"] == "预警〔2026〕1号 供水投诉集中"
    row = await told.conn.fetchrow("SELECT * FROM duty")
    assert row is not None
    for moment in ("near_at", "orange_at", "late_at"):
        await duties_at(told, row[moment].astimezone(BEIJING))
    heard = await told.conn.fetch(
        "SELECT n.kind, a.username FROM notice n JOIN account a USING (person_id) WHERE n.duty_id = $1 ORDER BY n.number",
        row["id"],
    )
    lights = [(one["kind"], one["username"]) for one in heard if one["kind"] != "asked"]
    assert lights[:2] == [("near", "u-d07"), ("orange", "u-d07-review")], "handler, then the unit's reviewer"
    assert set(lights[2:]) == {("late", who) for who in ("u-d07-leader", "supervision", "supervisor")}
    # Answered in the night: what waited for the morning is not sent any more.
    mails.mails.clear()
    path = f"/supervision/letters/{letter['id']}"
    assert (await unit.call("POST", f"{path}/receipt")).status_code == 200
    assert (await unit.call("POST", f"{path}/answer", {"text": "已抢修恢复供水"})).status_code == 200
    await at(told, told.clock.now() + timedelta(hours=14))
    assert "已超期" not in "".join(mail.get_content() for mail in mails.mails)
    assert await told.conn.fetchval("SELECT closed_at IS NOT NULL AND next_at IS NULL FROM duty")
    # Refused, it is owed again; nobody hears a second time of a light that was.
    refused = await officer.call("POST", f"{path}/review", {"accepted": False, "note": "没有说明原因"})
    assert refused.status_code == 200, refused.text
    await tell(told)
    newest = (await unit.get("/me/notices"))["items"][0]["told"]
    assert newest["kind"] == "asked" and "反馈被退回" in newest["title"]
    assert await told.conn.fetchval("SELECT told FROM duty WHERE closed_at IS NULL") == "late"
    # A task out of an instruction, and the question before the meeting.
    said = {"text": "请彻底解决", "about": "供水专报", "by_name": "市长"}
    directive = (await officer.call("POST", "/supervision/directives", said)).json()["id"]
    task = {"unit_id": await told.unit(UNIT), "what": "制定更换老旧管网计划", "due": body["due"]}
    task["due"] = (told.clock.now() + timedelta(days=5)).isoformat()
    given = await officer.call("POST", f"/supervision/directives/{directive}/tasks", {"tasks": [task]})
    assert given.status_code == 201, given.text
    ticket_id = await sent(told, UNIT)
    await officer.does("mark_difficult", ticket_id, reason="两次协调未果")
    assert (await officer.call("POST", "/reports/difficult/2026-W48/freeze", {})).status_code == 201
    await tell(told)
    clocks = [
        one["told"]["clock"] for one in (await unit.get("/me/notices"))["items"] if one["told"]["kind"] == "asked"
    ]
    assert clocks == ["comment", "task", "letter", "letter"]
    wish = {"stance": "agree", "text": ""}
    said_so = await unit.call("POST", f"/reports/difficult/2026-W48/items/{ticket_id}/comment", wish)
    assert said_so.status_code == 200, said_so.text
    still = await told.conn.fetch("SELECT kind FROM duty WHERE closed_at IS NULL ORDER BY id")
    assert [one["kind"] for one in still] == ["letter", "task"]


async def duties_at(city: City, moment: datetime) -> None:
    await city.pass_time(seconds=(moment - city.clock.now()).total_seconds())
    while await sweep_duties(city.conn, city.clock.now(), limit=10):
        pass
    await tell(city)


async def test_导入邮箱_each_row_is_looked_at_first_and_other_wishes_stay(told: City) -> None:
    await told.admin.sign_in()
    text = "登录名,邮箱,姓名\nu-d07-review,new@city.gov.cn,\nu-d07,a@b,\nnobody,x@city.gov.cn,\nu-d07-leader,l@city.gov.cn,张三\nagent,agent@city.gov.cn,\n"
    looked = await told.client.post(
        f"{API}/notices/addresses/table",
        files={"file": ("邮箱.csv", text.encode("utf-8-sig"))},
        headers=told.admin.headers,
    )
    assert looked.status_code == 200, looked.text
    rows = {row["login"]: row for row in looked.json()["rows"]}
    assert [rows[one]["change"] for one in rows] == ["changed", "refused", "refused", "refused", "new"]
    assert "邮箱地址不对" in rows["u-d07"]["because"] and "没有登录名" in rows["nobody"]["because"]
    assert "是方局,文件里写的是张三" in rows["u-d07-leader"]["because"] and rows["nobody"]["line"] == 4
    body = {"rows": [{"login": row["login"], "mail": row["mail"]} for row in rows.values()]}
    taken = (await told.admin.call("POST", "/notices/addresses", body)).json()
    # Without the name in the row nobody doubts that the leader's address is the leader's.
    assert taken["kept"] == 3 and [row["login"] for row in taken["rows"]] == ["u-d07", "nobody"]
    wish = (await told.person("u-d07-review").get("/me/notices/wish"))["wish"]
    assert (wish["mail"], wish["quiet_from"]) == ("new@city.gov.cn", "21:00:00")
    assert (await told.person("agent").get("/me/notices/wish"))["wish"]["mail"] == "agent@city.gov.cn"
    again = (await told.admin.call("POST", "/notices/addresses", body)).json()
    assert again["kept"] == 0, "what is the same is not said twice"
    assert (await told.person("supervisor").call("POST", "/notices/addresses", body)).status_code == 403
