"""What the agent desk asks of the server besides tickets: settings, categories, regions, who is calling."""

from typing import Any

import pytest

from hotline.directory.gazetteer.actions import load_places
from tests.flow.city import City, Person
from tests.flow.steps import VAGUE, called_back
from tests.flow.test_statements import counted

SNIPPETS = [{"key": "1", "text": "市民反映:"}, {"key": "2", "text": "经核实,"}]


async def kept(person: Person, name: str, value: Any, status: int = 200) -> Any:
    answered = await person.call("PUT", f"/me/preferences/{name}", {"value": value})
    assert answered.status_code == status, answered.text
    return answered.json()


# --- settings


async def test_a_setting_comes_back_as_it_was_kept_and_belongs_to_one_person(city: City) -> None:
    assert (await city.agent.get("/me/preferences/snippets"))["value"] is None
    await kept(city.agent, "snippets", SNIPPETS[:1])
    await kept(city.agent, "snippets", SNIPPETS)
    assert (await city.agent.get("/me/preferences/snippets"))["value"] == SNIPPETS
    assert (await city.dispatcher.get("/me/preferences/snippets"))["value"] is None
    await kept(city.agent, "snippets", None)
    assert (await city.agent.get("/me/preferences/snippets"))["value"] is None
    assert await city.conn.fetchval("SELECT count(*) FROM preference") == 0


DEEP: Any = "bottom"
for _ in range(40):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "value",
    ["汉" * 30_000, DEEP, {"a\0": 1}, ["\0"], 2**64, -(2**70), {"k": ["x" * 70_000]}],
    ids=["64 KB", "too deep", "NUL in a key", "NUL", "too big", "too small", "long inside"],
)
async def test_what_cannot_be_kept_is_refused_in_words(city: City, value: Any) -> None:
    told = await kept(city.agent, "layout", value, 422)
    assert told["errors"][0]["field"] == "value" and told["message"].startswith(("设置", "一项设置"))


@pytest.mark.parametrize("name", ["Snippets", "9lives", "a" * 65, "%E8%AE%BE", "a b", "-x"])
async def test_a_setting_of_no_proper_name_does_not_exist(city: City, name: str) -> None:
    assert (await city.agent.call("GET", f"/me/preferences/{name}")).status_code == 404
    assert (await city.agent.call("PUT", f"/me/preferences/{name}", {"value": 1})).status_code == 404


async def test_a_person_keeps_only_so_many_settings(city: City) -> None:
    for number in range(64):
        await kept(city.agent, f"view.{number}", number)
    await kept(city.agent, "view.7", "changed")
    assert "最多保存 64 项" in (await kept(city.agent, "one.more", 1, 422))["message"]


# --- categories


async def test_the_whole_tree_of_categories_parents_first_with_what_a_search_needs(city: City) -> None:
    told = await city.agent.get("/categories")
    seen: set[str] = set()
    for node in told["items"]:
        assert node["parent"] is None or node["parent"] in seen
        assert node["level"] == len(node["code"]) // 2 and node["full_name"].endswith(node["name"])
        seen.add(node["code"])
    assert len(seen) > 500 and told["mark"]
    assert any(node["duty"] for node in told["items"]) and any(node["words"] for node in told["items"])


@pytest.mark.parametrize("sought", ["路灯", "ldz", "路灯照明", "0103"])
async def test_a_category_is_found_by_name_initials_or_code(city: City, sought: str) -> None:
    told = await city.unit_desk("D14").get(f"/categories?q={sought}")
    assert 0 < len(told["items"]) <= 50, sought


async def test_a_name_comes_before_a_typical_word(city: City) -> None:
    names = [node["name"] for node in (await city.agent.get("/categories?q=路灯"))["items"]]
    assert "路灯" in names[0]
    assert (await city.agent.get("/categories?q=绝无此类"))["items"] == []


# --- who is calling

PHONE = "13955667788"


async def calls(city: City, content: str = VAGUE, name: str | None = "李秀英", **more: Any) -> int:
    return await city.agent_logs(content, citizen={"phone": PHONE, "name": name}, **more)


async def card(city: City, phone: str = PHONE, login: str = "agent") -> Any:
    answered = await city.person(login).call("POST", "/callers/search", {"phone": phone})
    assert answered.status_code == 200, answered.text
    return answered.json()


async def test_a_number_that_never_called_gives_an_empty_card(city: City) -> None:
    told = await card(city)
    assert told["counts"] == {"total": 0, "open": 0, "last_30_days": 0, "unhappy": 0}
    assert told["people"] == told["open"] == told["past"] == told["promises"] == told["unhappy"] == []


async def test_the_card_tells_who_shares_the_number_and_shows_open_requests_first(city: City) -> None:
    old = await calls(city, kind="consult", draft=True)
    await city.agent.does("answer_directly", old, answer="请到政务服务中心 3 楼社保窗口办理。")
    await city.pass_time(days=40)
    mine = await calls(city, kind="complaint")
    his = await calls(city, "楼上装修到夜里十一点,噪音很大,孩子没法睡。", name="王建国", kind="complaint")
    nameless = await calls(city, name=None, kind="complaint", confidential=True)
    told = await card(city, "139 5566-7788")
    assert told["phone"] == PHONE
    assert [(p["name"], p["times"]) for p in told["people"]] == [(None, 1), ("王建国", 1), ("李秀英", 2)]
    assert [t["id"] for t in told["open"]] == [nameless, his, mine]
    assert [(t["id"], t["told"]) for t in told["past"]] == [(old, "请到政务服务中心 3 楼社保窗口办理。")]
    assert told["counts"] == {"total": 4, "open": 3, "last_30_days": 3, "unhappy": 0}


async def test_an_open_request_tells_its_unit_how_it_stands_and_what_was_promised(city: City) -> None:
    ticket_id = await calls(city, kind="complaint")
    assert (await card(city))["open"][0]["standing"] == "no_clock"
    await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("D14"), basis="三定")
    told = await card(city)
    [one] = told["open"]
    assert (one["unit"], one["standing"], one["state_name"], one["urged"]) == (
        "云州市城市管理局",
        "on_time",
        "待签收",
        0,
    )
    assert [p["kind"] for p in told["promises"]] == ["deadline", "call_when_done"]
    assert told["promises"][0]["at"] == one["due_at"]
    # The version on the card is enough to press the unit, without opening the ticket.
    await city.agent.does("urge", ticket_id, version=one["version"], text="市民再次来电催办")
    assert (await card(city))["open"][0]["urged"] == 1
    await city.pass_time(days=9)
    assert (await card(city))["open"][0]["standing"] == "late"


async def test_what_went_wrong_before_is_told_and_the_open_callback_is_a_promise(city: City) -> None:
    ticket_id = await calls(city, kind="complaint")
    await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("D14"), basis="三定")
    await called_back(city, ticket_id, city.unit_desk("D14"))
    waiting = await card(city)
    assert [p["kind"] for p in waiting["promises"]] == ["call"]
    assert waiting["open"][0]["told"] == "您反映的问题已处理完毕,感谢您的监督。"
    await city.callback.calls_back(ticket_id, solved="no", rating=1, dissatisfied_with="result")
    told = await card(city)
    [bad] = told["unhappy"]
    assert (bad["ticket_id"], bad["solved"], bad["rating"], bad["dissatisfied_with"]) == (ticket_id, "no", 1, "result")
    assert told["counts"]["unhappy"] == 1 and told["open"][0]["round"] == 1


async def test_the_card_asks_the_database_no_more_for_forty_requests_than_for_two(city: City) -> None:
    async def asked() -> int:
        await card(city)
        with counted(city) as seen:
            await card(city)
        return len(seen())

    await calls(city, kind="complaint")
    few = await asked()
    for number in range(12):
        await calls(city, f"第 {number} 次反映:{VAGUE}", name=f"租客{number}", kind="complaint")
    assert await asked() == few <= 5


@pytest.mark.parametrize("phone", ["", "abc", "12", "\0", "1391234567812345", "９"])
async def test_what_is_no_telephone_number_is_refused_in_words(city: City, phone: str) -> None:
    answered = await city.agent.call("POST", "/callers/search", {"phone": phone})
    assert answered.status_code == 422 and "手机号" in answered.json()["message"]


@pytest.mark.parametrize("login", ["unit", "callback", "admin", "leader"])
async def test_the_card_is_for_those_who_answer_the_telephone(city: City, login: str) -> None:
    assert (await city.person(login).call("POST", "/callers/search", {"phone": PHONE})).status_code == 403


# --- places


@pytest.mark.parametrize(
    ("sought", "full"),
    [
        ("桃花街道", "桃源区桃花街道"),
        ("thjd", "桃源区桃花街道"),
        ("桃花街道办", "桃源区桃花街道"),
        ("桃源 桃花", "桃源区桃花街道"),
        ("tyq thjd", "桃源区桃花街道"),
    ],
)
async def test_a_region_is_found_as_people_call_it(city: City, sought: str, full: str) -> None:
    found = (await city.agent.get(f"/regions/search?q={sought}"))["items"]
    assert found[0]["full_name"] == full and len(found) <= 20


async def test_regions_are_looked_for_inside_the_one_chosen(city: City) -> None:
    [district] = [r for r in (await city.agent.get("/regions/search?q=雁栖区"))["items"] if r["level"] == 3]
    inside = (await city.agent.get(f"/regions/search?q=社区&within={district['code']}"))["items"]
    assert inside and all(district["code"] in one["path"] for one in inside)
    assert (await city.agent.call("GET", "/regions/search?q=社区&within=77")).status_code == 404
    assert (await city.agent.get("/regions/search?q= "))["items"] == []


# --- the end of a call, in one message that may be sent twice

QUESTION: dict[str, Any] = {
    "content": "市民咨询新生儿医保怎么办理,需要带什么材料。",
    "kind": "consult",
    "category": "010101",
}


async def logs(city: City, expected: int = 201, **body: Any) -> Any:
    answered = await city.agent.call("POST", "/tickets", {"citizen": {"phone": PHONE}, **body})
    assert answered.status_code == expected, answered.text
    await city.work()
    return answered.json()


async def test_answered_on_the_phone_once_however_often_it_is_sent(city: City) -> None:
    ending: dict[str, Any] = {**QUESTION, "answer": "带身份证到社区服务中心办理。", "external_id": "desk-1"}
    first = await logs(city, **ending)
    again = await logs(city, 200, **ending)
    assert again["ticket_id"] == first["ticket_id"] and again["state"] == first["state"] == "closed"
    assert (await city.events(first["ticket_id"])).count("answer_directly") == 1


async def test_an_answer_that_the_kind_forbids_leaves_no_ticket_behind(city: City) -> None:
    before = await city.conn.fetchval("SELECT count(*) FROM ticket")
    told = await logs(city, 422, **{**QUESTION, "kind": "complaint", "answer": "已告知。", "external_id": "desk-2"})
    assert "请派单" in told["message"]
    assert await city.conn.fetchval("SELECT count(*) FROM ticket") == before
    assert (await logs(city, **{**QUESTION, "external_id": "desk-2"}))["state"] == "registered"


async def test_sent_to_the_police_in_one_message(city: City) -> None:
    body: dict[str, Any] = {"content": "楼下有人持刀打架,请马上处理。", "kind": "seek_help", "urgency": "critical"}
    logged = await logs(city, **body, disposition="emergency_line", told="已转110")
    seen = await city.agent.sees(logged["ticket_id"])
    assert (seen["ticket"]["state"], seen["ticket"]["disposition"]) == ("closed", "emergency_line")


async def test_another_call_about_an_open_request_is_merged_and_urges_it(city: City) -> None:
    first = await logs(city, content=VAGUE, kind="complaint")
    second = await logs(city, content=VAGUE, kind="complaint", merge_into=first["ticket_id"])
    assert second["state"] == "merged"
    assert "urge" in await city.events(first["ticket_id"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"answer": "好", "disposition": "explained"}, "disposition"),
        ({"answer": "好", "draft": True}, "answer"),
        ({"answer": " "}, "answer"),
        ({"disposition": "sent_home"}, "disposition"),
        ({"merge_into": 7}, "merge_into"),
        ({"merge_into": "x"}, "merge_into"),
        ({"unit_id": 999999}, "unit_id"),
        ({"answer": 7}, "answer"),
        ({"told": "长" * 20_001, "disposition": "explained"}, "told"),
    ],
)
async def test_a_wrong_ending_names_its_field(city: City, wrong: Any, field: str) -> None:
    told = await logs(city, 422, **{**QUESTION, **wrong})
    assert field in {error["field"] for error in told["errors"]}, told


async def test_an_unknown_master_is_not_found_and_nothing_is_kept(city: City) -> None:
    await logs(city, 404, **{**QUESTION, "merge_into": 202611239999999})
    assert await city.conn.fetchval("SELECT count(*) FROM ticket") == 0


# --- the unit that the agent names


async def test_the_catalogue_agrees_with_the_agent_and_the_ticket_goes_out(city: City) -> None:
    said = await suggested(city, "人民路东段的路灯不亮三天了,希望修复。", category="020201")
    unit = said["unit"][0]
    logged = await logs(city, content="人民路东段的路灯不亮三天了,希望修复。", kind="seek_help", category="020201",
                        district_code=said["region"], unit_id=unit["id"])  # fmt: skip
    seen = (await city.agent.sees(logged["ticket_id"]))["ticket"]
    assert seen["state"] == "dispatched" and seen["assignments"][0]["unit_id"] == unit["id"]


async def test_the_catalogue_names_another_unit_and_a_dispatcher_is_told_of_both(city: City) -> None:
    other = await city.unit("D13")
    logged = await logs(city, content="人民路东段的路灯不亮三天了,希望修复。", kind="seek_help", category="020201",
                        unit_id=other)  # fmt: skip
    assert await city.state(logged["ticket_id"]) == "registered"
    told = await city.dispatcher.get(f"/tickets/{logged['ticket_id']}/suggestion")
    assert told["because"][0].startswith("话务员建议派往云州市住房和城乡建设局,目录为")


# --- suggestions while typing


async def suggested(city: City, content: str, **chosen: Any) -> Any:
    answered = await city.agent.call("POST", "/suggest", {"content": content, **chosen})
    assert answered.status_code == 200, answered.text
    return answered.json()


async def test_one_suggestion_tells_all_that_the_desk_shows(city: City) -> None:
    text = "李女士反映桃源区桃花街道人民路东段路灯从昨天起不亮,老人摔倒受伤。"
    said = await suggested(city, text)
    assert said["kind"] and len(said["category"]) == 3 and said["words"] and said["unit"]
    assert said["category"][0]["code"].startswith("0202")
    assert said["unit"][0]["because"] and said["region_name"] == "桃源区桃花街道"
    assert said["enterprise"] is False
    lifted = {one["kind"]: one["value"] for one in said["lifted"]}
    assert lifted == {"name": "李女士", "place": "桃源区桃花街道人民路东段", "time": "2026-11-22"}
    assert [one["field"] for one in said["missing"]] == ["hurt", "pole", "demand"]


async def test_a_name_that_is_imported_counts_from_the_next_suggestion_on(city: City) -> None:
    text = "我说个事,早春二月那边老是有人半夜放炮,吵得人睡不着。"
    before = await suggested(city, text)
    async with city.conn.transaction():
        await load_places(city.conn, [{"name": "早春二月小区", "kind": "小区", "aliases": "早春二月"}])
    after = await suggested(city, text)
    assert [one["value"] for said in (before, after) for one in said["lifted"] if one["kind"] == "place"] == [
        "早春二月小区"
    ]


async def test_a_street_that_the_named_district_does_not_have_is_asked_about_until_the_agent_chooses(
    city: City,
) -> None:
    text = "雁栖区桃花街道的路灯从昨天起不亮,希望修好,编号A0127,没人受伤"
    said = await suggested(city, text)
    assert said["region_name"] == "雁栖区"
    assert {"field": "region", "question": "雁栖区没有桃花街道,请核对区和街道。"} in said["missing"]
    chosen = await suggested(city, text, district_code=said["region"])
    assert "region" not in [one["field"] for one in chosen["missing"]]


async def test_what_the_agent_chose_counts_as_certain(city: City) -> None:
    said = await suggested(city, VAGUE, category="020201", kind="seek_help")
    assert said["unit"][0]["confidence"] == 1.0
    report = await suggested(city, VAGUE, category="020201", kind="report")
    assert not report["automatic"] and "举报" in report["because"][0]
    answered = await city.agent.call("POST", "/suggest", {"content": VAGUE, "district_code": "1"})
    assert answered.status_code == 422
