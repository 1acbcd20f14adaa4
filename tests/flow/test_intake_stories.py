"""What becomes of a call or a letter before it is sent to anybody."""

from typing import Any

from tests.flow.city import City
from tests.flow.steps import LAMP, in_the_pool, sent


async def logged(city: City, **body: Any) -> dict[str, Any]:
    answered = await city.agent.call("POST", "/tickets", body)
    await city.work()
    assert answered.status_code in (200, 201), answered.text
    return {"status": answered.status_code, **answered.json()}


async def test_咨询_a_question_is_answered_on_the_phone_and_ends_there(city: City) -> None:
    asked = {"content": "请问退休人员异地就医备案需要带哪些材料?", "kind": "consult", "draft": True}
    draft = await logged(city, citizen={"phone": "13912340001"}, **asked)
    ticket_id = draft["ticket_id"]
    assert draft["state"] == "draft"
    answer = "凭身份证和社保卡到任一医保窗口或网上办理,当天生效。"
    await city.agent.does("answer_directly", ticket_id, answer=answer)

    seen = (await city.agent.sees(ticket_id))["ticket"]
    assert (seen["state"], seen["closing"], seen["disposition"]) == ("closed", "answered", "answered")
    assert seen["assignments"] == []
    told = (await city.client.get(f"/api/v1/public/requests/{draft['query_code']}?phone_last4=0001")).json()
    assert told["public_reply"] == answer


async def test_投诉_a_complaint_cannot_be_talked_away_on_the_phone(city: City) -> None:
    draft = await logged(city, content="投诉物业多次乱收停车费,态度恶劣。", kind="complaint", draft=True)
    status, said = await city.agent.refused("answer_directly", draft["ticket_id"], answer="已解释")
    assert (status, "请派单" in said) == (422, True)
    assert await city.state(draft["ticket_id"]) == "draft"


async def test_催办_the_same_caller_about_the_same_open_matter_urges_and_opens_nothing_new(city: City) -> None:
    phone = "13912340002"
    ticket_id = await sent(city, "D14", citizen={"phone": phone})
    content = (await city.agent.sees(ticket_id))["matter"]["content"]
    hint = await city.agent.call("POST", "/suggest", {"content": content + "请尽快。", "phone": phone})
    nearest = hint.json()["similar"][0]
    assert (nearest["id"], nearest["same_caller"], nearest["open"]) == (ticket_id, True, True)

    await city.agent.does("urge", ticket_id, text="诉求人再次来电,希望尽快")
    seen = (await city.unit_desk("D14").sees(ticket_id))["ticket"]
    assert [(o["kind"], o["origin"]) for o in seen["overlays"]] == [("urge", "citizen")]
    assert seen["state"] == "dispatched", "urging runs beside the work and never changes its state"
    assert await city.conn.fetchval("SELECT count(*) FROM ticket") == 1

    # Another agent did not look and logged it: merging it urges the first.
    again = await in_the_pool(city, citizen={"phone": phone})
    await city.agent.does("merge", again, master_id=ticket_id)
    seen = (await city.unit_desk("D14").sees(ticket_id))["ticket"]
    assert [o["kind"] for o in seen["overlays"]] == ["urge", "urge"]


async def test_并单_ten_callers_about_one_place_make_one_work_order(city: City) -> None:
    first = await in_the_pool(city)
    others = [await in_the_pool(city) for _ in range(9)]
    for other in others:
        await city.agent.does("merge", other, master_id=first)
    await city.dispatcher.does("dispatch", first, unit_id=await city.unit("D14"))
    assert await city.conn.fetchval("SELECT count(*) FROM assignment") == 1
    assert await city.conn.fetchval("SELECT count(*) FROM ticket WHERE master_id = $1", first) == 9

    status, _ = await city.dispatcher.refused("dispatch", others[0], unit_id=await city.unit("D13"))
    assert status == 422
    eleventh = await in_the_pool(city)
    status, said = await city.agent.refused("merge", eleventh, master_id=others[0])
    assert status == 404 and "不能并入" in said

    await city.dispatcher.does("unmerge", others[0])
    assert await city.state(others[0]) == "registered", "merged by mistake: it goes its own way again"


async def test_省平台_the_province_pushes_one_number_twice_and_there_is_one_ticket(city: City) -> None:
    letter = {"content": LAMP, "channel": "province", "external_id": "SX-2026-000123", "kind": "seek_help"}
    first, again = await logged(city, **letter), await logged(city, **letter)
    assert (first["status"], again["status"]) == (201, 200)
    assert (first["ticket_id"], first["query_code"]) == (again["ticket_id"], again["query_code"])
    assert await city.conn.fetchval("SELECT count(*) FROM ticket") == 1
    assert (await city.events(first["ticket_id"])).count("register") == 1


async def test_110_danger_is_passed_to_the_police_and_what_is_no_police_matter_comes_to_us(city: City) -> None:
    draft = await logged(city, content="楼下有人持刀打架,情况很危险,请马上来人。", draft=True)
    told = "已一键转接110,三方通话确认接警"
    await city.agent.does("redirect", draft["ticket_id"], disposition="emergency_line", told=told)
    seen = (await city.agent.sees(draft["ticket_id"]))["ticket"]
    assert (seen["state"], seen["closing"], seen["disposition"]) == ("closed", "told", "emergency_line")

    from_police = {"content": "来电反映楼上夜间装修扰民,非警务事项,转热线办理。", "channel": "police_110"}
    ticket_id = (await logged(city, external_id="110-20261123-77", kind="complaint", **from_police))["ticket_id"]
    other = await in_the_pool(city)
    assert (await city.police.sees(ticket_id))["ticket"]["channel"] == "police_110"
    hidden = await city.police.call("GET", f"/tickets/{other}")
    assert hidden.status_code == 404
    listed = (await city.police.get("/tickets"))["items"]
    assert [row["id"] for row in listed] == [ticket_id]


async def test_撤诉_only_the_citizen_withdraws_and_the_centre_records_how_it_knows(city: City) -> None:
    ticket_id = await sent(city)
    status, _ = await city.unit_desk("D14").refused("withdraw", ticket_id, proof="诉求人已口头撤诉")
    assert status == 403
    status, said = await city.agent.refused("withdraw", ticket_id, proof=" ")
    assert status == 422 and "本人" in said
    await city.agent.does("withdraw", ticket_id, proof="录音 20261123-0457")
    seen = (await city.agent.sees(ticket_id))["ticket"]
    assert (seen["state"], [a["stage"] for a in seen["assignments"]]) == ("withdrawn", ["recalled"])
    late = await city.conn.fetchval("SELECT count(*) FROM deadline WHERE ticket_id = $1 AND done_at IS NULL", ticket_id)
    assert late == 0, "nothing is awaited of a unit whose ticket was withdrawn"


async def test_everything_an_agent_notes_down_is_kept_and_sealed(city: City) -> None:
    noted = {
        "citizen": {
            "phone": "13800000099",
            "name": "赵敏",
            "other_phone": "0739-5550001",
            "home_address": "雁栖区桃花街道 12 号",
            "id_type": "居民身份证",
            "id_number": "990101199001010000",
            "kind": "company",
            "company": "云州某饭店",
            "credit_code": "91990100MA00000000",
            "language": "云州话",
            "elderly": True,
            "labels": ["人大代表"],
        },
        "caller_number": "073955500002",
        "about": "某烧烤店",
        "about_phone": "0739-5550003",
        "people": 12,
        "on_site": True,
        "enterprise": True,
        "grid": "桃花-07",
        "place": "桃花苑小区",
        "longitude": 111.5,
        "latitude": 27.2,
        "importance": "媒体曝光",
        "recording_id": "R-1",
        "queue": "企业专席",
        "tags": ["夜间噪声"],
        "campaign": "蓝天保卫战",
    }
    ticket_id = await city.agent_logs("楼下烧烤店每天营业到凌晨三点,油烟和噪声让人睡不着。", kind="complaint", **noted)
    seen = await city.dispatcher.sees(ticket_id)
    person, matter = seen["petitioner"], seen["matter"]
    for field in ("home_address", "id_number", "company", "credit_code", "language", "elderly", "labels", "kind"):
        assert person[field] == noted["citizen"][field], field  # type: ignore[index]
    assert (person["other_phone"], person["caller_number"]) == ("07395550001", "073955500002")
    for field in ("about", "about_phone", "people", "on_site", "grid", "place", "longitude", "importance", "campaign"):
        assert matter[field] == noted[field], field
    row = await city.conn.fetchrow("SELECT * FROM petitioner WHERE ticket_id = $1", ticket_id)
    assert row is not None
    stored = b"".join(value if isinstance(value, bytes) else str(value).encode() for value in row.values())
    for secret in ("13800000099", "赵敏", "990101199001010000", "桃花街道 12 号", "07395550001"):
        assert secret.encode() not in stored, "what names a person is sealed"


async def test_a_firm_that_speaks_is_marked_as_one_unless_the_agent_says_otherwise(city: City) -> None:
    words = "我们公司中标的排水项目验收一年了,工程尾款至今未付,请协调。"
    read = await city.agent_logs(words, kind="complaint")
    denied = await city.agent_logs(words, kind="complaint", enterprise=False)
    plain = await city.agent_logs("楼道灯坏了,请尽快修。", kind="complaint")
    marks = [
        await city.conn.fetchval("SELECT enterprise FROM matter WHERE ticket_id = $1", one)
        for one in (read, denied, plain)
    ]
    assert marks == [True, False, False]


async def test_a_letter_that_leaves_the_address_open_has_the_place_its_words_name(city: City) -> None:
    words = "阳光花园12栋的电梯坏了三天,老人下不了楼,请物业尽快修好。"
    read, _, _ = await city.receives_letter(words)
    written, _, _ = await city.receives_letter(f"再说一次:{words}", address="花园路 3 号")
    bare, _, _ = await city.receives_letter("物业费年年涨,服务一年不如一年,请管一管。")
    places = [
        await city.conn.fetchval("SELECT place FROM matter WHERE ticket_id = $1", one) for one in (read, written, bare)
    ]
    assert places == ["阳光花园12栋", "", ""]
