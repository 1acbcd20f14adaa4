"""回访核查 and 联办回访: whose word a rating was, and one call for several matters."""

from datetime import timedelta
from typing import Any

from hotline.callback.checks.actions import look
from tests.flow.city import City
from tests.flow.steps import VAGUE, called_back, signed

CITY_MANAGEMENT = "D14"


async def to_be_rated(city: City, phone: str, content: str = VAGUE) -> int:
    ticket_id = await signed(city, content=content, citizen={"phone": phone})
    await called_back(city, ticket_id, city.unit_desk(CITY_MANAGEMENT))
    return ticket_id


async def rates(city: City, ticket_id: int, rating: int, comment: str = "", browser: str = "phone") -> None:
    token = await city.conn.fetchval(
        "SELECT token FROM survey WHERE ticket_id = $1 ORDER BY created_at DESC", ticket_id
    )
    said = {"solved": "yes" if rating > 2 else "no", "rating": rating, "comment": comment}
    answered = await city.client.post(f"/api/v1/public/surveys/{token}", json=said, headers={"User-Agent": browser})
    assert answered.status_code == 201, answered.text


async def found(city: City, **asked: str) -> Any:
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    return (await city.supervisor.get(f"/supervision/findings?{query}"))["items"]


async def test_核查_three_citizens_one_telephone_and_a_unit_that_stood_beside_them(city: City) -> None:
    """Three neighbours rate the unit 5 on one telephone, minutes after it called them; a fourth is pressed in so many words."""
    rated = []
    for number in range(3):
        ticket_id = await to_be_rated(city, f"1380000100{number}")
        city.clock.advance(timedelta(minutes=3))
        await rates(city, ticket_id, 5, browser="the same one")
        rated.append(ticket_id)
    pressed = await to_be_rated(city, "13800001009")
    city.clock.advance(timedelta(hours=1))
    await rates(city, pressed, 1, "他们让我打满意,不然不给修")
    assert await look(city.conn, city.clock.now(), city.services.cipher) == 5
    assert await look(city.conn, city.clock.now(), city.services.cipher) == 0, "looking again finds nothing twice"

    signs = sorted((one["ticket_id"], one["sign"]) for one in await found(city))
    soon = [(ticket_id, "after_contact") for ticket_id in rated]
    assert signs == sorted([*soon, (rated[2], "same_source"), (pressed, "induced")])
    [one] = await found(city, sign="same_source")
    assert (one["unit"], one["because"]) == ("云州市城市管理局", "30 天内同一设备为本单位的 3 位诉求人作出好评。")

    refused = await city.callback.call("GET", "/supervision/findings")
    assert refused.status_code == 403, "callers do not look into their own calls"
    told = await city.supervisor.call("POST", f"/supervision/findings/{one['id']}", {"verdict": "upheld", "note": " "})
    assert told.status_code == 422 and "核实的经过" in told.text
    note = "逐户电话核实,两户称由社区人员代为评价。"
    done = await city.supervisor.call("POST", f"/supervision/findings/{one['id']}", {"verdict": "upheld", "note": note})
    assert done.status_code == 200 and (done.json()["note"], done.json()["decided_by"]) == (note, "郑宏")
    again = await city.supervisor.call(
        "POST", f"/supervision/findings/{one['id']}", {"verdict": "dismissed", "note": "无"}
    )
    assert again.status_code == 409 and "已由他人核实" in again.json()["message"]
    assert [kept["sign"] for kept in await found(city, state="decided")] == ["same_source"]


async def test_核查_the_citizen_says_otherwise_than_the_record_and_a_withdrawal_is_made_sure_of(city: City) -> None:
    ticket_id = await to_be_rated(city, "13800001001")
    await city.supervisor.calls_back(
        ticket_id, solved="no", rating=2, dissatisfied_with="false", contacted=False, as_told=False
    )
    back = await signed(city, citizen={"phone": "13800001002"})
    await city.supervisor.does("withdraw", back, proof="录音 A-17", reason="诉求人来电撤回")
    await look(city.conn, city.clock.now(), city.services.cipher)
    assert sorted((one["ticket_id"], one["sign"]) for one in await found(city)) == [
        (ticket_id, "not_as_told"),
        (ticket_id, "not_contacted"),
        (back, "withdrawn"),
    ]
    [mine] = await found(city, sign="not_contacted")
    path, verdict = f"/supervision/findings/{mine['id']}", {"verdict": "dismissed", "note": "通话记录相符。"}
    told = await city.supervisor.call("POST", path, verdict)
    assert told.status_code == 403 and "不能是原回访人员" in told.json()["message"]


async def test_核查_a_reply_that_says_nothing_of_the_matter_is_seen_though_nobody_was_reached(city: City) -> None:
    asked = "小区路灯坏了半个月,晚上楼道口漆黑,老人摔了一跤,希望尽快派电工维修。"
    ticket_id = await to_be_rated(city, "13800001001")
    await city.conn.execute("UPDATE matter SET content = $2 WHERE ticket_id = $1", ticket_id, asked)
    said = "UPDATE reply_text SET public_reply = '您好,诉求已收悉,感谢您的支持。', account = '已回复。' WHERE ticket_id = $1"
    await city.conn.execute(said, ticket_id)
    await city.conn.execute(
        "UPDATE callback SET ended_at = $2, outcome = 'unreached' WHERE ticket_id = $1", ticket_id, city.clock.now()
    )
    assert await look(city.conn, city.clock.now(), city.services.cipher) == 1
    assert await look(city.conn, city.clock.now(), city.services.cipher) == 0
    [one] = await found(city, sign="off_topic")
    assert one["ticket_id"] == ticket_id and "答非所问" in one["because"]
    assert (one["asked"], one["reply"]) == (asked, "您好,诉求已收悉,感谢您的支持。"), "judged on the spot"

    # What touches a rating comes first, though it is older: of replies alone there are most, and the list ends somewhere.
    city.clock.advance(timedelta(days=-2))
    pressed = await to_be_rated(city, "13800001002")
    await rates(city, pressed, 1, "他们让我打满意,不然不给修")
    city.clock.advance(timedelta(days=2))
    assert await look(city.conn, city.clock.now(), city.services.cipher) == 1
    assert [found_["sign"] for found_ in await found(city)] == ["induced", "off_topic"]
    await city.conn.execute("UPDATE ticket SET confidential = true WHERE id = $1", ticket_id)
    [one] = await found(city, sign="off_topic")
    assert (one["title"], one["asked"], one["reply"]) == (None, None, None), "nothing of a secret ticket"


async def test_联办回访_two_matters_of_one_citizen_are_one_call(city: City) -> None:
    """The citizen has two matters to judge; a third citizen's is due earlier than the second of them."""
    first = await to_be_rated(city, "13800001001")
    other = await to_be_rated(city, "13800001002")
    second = await to_be_rated(city, "13800001001", "还有一件事,想请你们派人到我们这边走一趟,看看怎么弄比较好。")
    city.clock.set((city.clock.now() + timedelta(days=2)).replace(hour=10))
    mine = (await city.callback.call("POST", "/callbacks/next", {"keep": []})).json()["card"]
    assert mine["ticket_id"] == first
    assert [(one["ticket_id"], one["title"] != "") for one in mine["also"]] == [(second, True)]
    theirs = (await city.person("callback2").call("POST", "/callbacks/next", {"keep": []})).json()["card"]
    assert theirs["ticket_id"] == other, "nobody else calls the same citizen meanwhile"
    following = (await city.callback.call("POST", "/callbacks/next", {"keep": [mine["id"]]})).json()["card"]
    assert following["ticket_id"] == second, "and the same citizen's other matter comes next"
    await city.callback.calls_back(first, solved="yes", rating=5)
    after = (await city.callback.call("GET", f"/callbacks/{following['id']}")).json()
    assert after["called_at"] is not None and after["also"] == []
