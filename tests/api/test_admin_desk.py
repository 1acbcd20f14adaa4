"""The administrator keeps the catalogue, the categories and the models; every change shows in the next suggestion."""

from typing import Any

import pytest

from tests.flow.city import City
from tests.flow.steps import in_the_pool, signed

LAMP = "新安里小区门口的路灯坏了半个月,晚上黑灯瞎火,麻烦派人来修"
ENTRY: dict[str, Any] = {
    "category": "0202",
    "lead": "D13",
    "basis": "云州市城市照明管理办法第五条",
    "valid_from": "2026-11-23",
    "clear": True,
}


async def said_of(city: City, **more: Any) -> Any:
    answered = await city.agent.call("POST", "/suggest", {"content": LAMP, **more})
    assert answered.status_code == 200, answered.text
    return answered.json()


async def test_an_entry_put_in_force_today_is_what_the_next_suggestion_stands_on(city: City) -> None:
    before = await city.admin.get("/directory/catalogue?category=0202&standing=in_force")
    made = await city.admin.call("POST", "/catalogue", {**ENTRY, "category": "020201"})
    assert made.status_code == 201, made.text
    said = await said_of(city, category="020201")
    assert said["unit"][0]["id"] == await city.unit("D13")
    assert any(ENTRY["basis"] in because for because in said["unit"][0]["because"])
    listed = await city.admin.get("/directory/catalogue?q=照明管理办法 第五条")
    assert [(one["category"], one["lead"], one["standing"]) for one in listed["items"]] == [
        ("020201", "D13", "in_force")
    ]
    ended = await city.admin.call("POST", f"/catalogue/{made.json()['id']}/end", {"day": "2026-11-23"})
    assert ended.json() == {"entry": None}
    assert (await said_of(city, category="020201"))["unit"] != said["unit"]
    assert (await city.admin.get("/directory/catalogue?category=0202&standing=in_force"))["total"] == before["total"]
    acts = [one["act"] for one in (await city.auditor.get("/reference/changes?subject=catalogue"))["items"]]
    assert acts == ["drop", "put"]


async def test_a_changed_entry_begins_on_its_day_and_the_old_one_ends_on_it(city: City) -> None:
    await city.admin.call("POST", "/catalogue", ENTRY)
    later = {**ENTRY, "lead": "D14", "valid_from": "2026-12-01"}
    assert (await city.admin.call("POST", "/catalogue", later)).status_code == 201
    found = (await city.admin.get("/directory/catalogue?q=照明管理办法"))["items"]
    periods = [(one["lead"], one["valid_from"], one["valid_to"], one["standing"]) for one in found]
    assert periods == [("D13", "2026-11-23", "2026-12-01", "in_force"), ("D14", "2026-12-01", None, "to_come")]
    city.clock.advance(city.clock.now().replace(month=12, day=1) - city.clock.now())
    found = (await city.admin.get("/directory/catalogue?q=照明管理办法"))["items"]
    assert [one["standing"] for one in found] == ["over", "in_force"]


async def test_of_two_editors_of_one_entry_the_later_is_told_what_the_earlier_wrote(city: City) -> None:
    old = await city.admin.sends("POST", "/catalogue", 201, ENTRY)
    tomorrow = {**ENTRY, "valid_from": "2026-11-24", "replaces": old["mark"]}
    first = await city.admin.sends("POST", "/catalogue", 201, {**tomorrow, "lead": "D14"})
    name = await city.conn.fetchval("SELECT actor_name FROM reference_change ORDER BY id DESC LIMIT 1")
    for late in (tomorrow, {**tomorrow, "replaces": None}):
        refused = await city.supervisor.call("POST", "/catalogue", {**late, "lead": "D30"})
        assert refused.status_code == 409 and f"{name} 已为同一事项" in refused.text
    week = {**tomorrow, "valid_from": "2026-11-30"}
    refused = await city.supervisor.call("POST", "/catalogue", {**week, "lead": "D30"})
    assert refused.status_code == 409 and "已被他人修改" in refused.text, "the old one ends tomorrow by now"
    found = (await city.admin.get("/directory/catalogue?q=照明管理办法"))["items"]
    assert [(one["lead"], one["valid_to"]) for one in found] == [("D13", "2026-11-24"), ("D14", None)]
    assert found[1]["mark"] == first["mark"], "nothing was written over"
    put = await city.supervisor.sends(
        "POST", "/catalogue", 201, {**tomorrow, "lead": "D30", "replaces": found[1]["mark"]}
    )
    assert (put["id"], put["lead"]) == (first["id"], "D30"), "who has seen it may write over it"


async def test_what_an_entry_had_replaced_goes_on_when_it_is_taken_back_before_it_begins(city: City) -> None:
    first = (await city.admin.call("POST", "/catalogue", {**ENTRY, "valid_to": "2027-06-01"})).json()

    async def stands() -> list[tuple[str, str | None]]:
        found = (await city.admin.get("/directory/catalogue?q=照明管理办法"))["items"]
        return [(one["lead"], one["valid_to"]) for one in found]

    seen = None
    for lead in ("D14", "D30"):
        later = {**ENTRY, "lead": lead, "valid_from": "2026-12-01", "replaces": seen}
        put = await city.admin.sends("POST", "/catalogue", 201, later)
        seen = put["mark"]
    assert await stands() == [("D13", "2026-12-01"), ("D30", None)]
    back = await city.admin.call("POST", f"/catalogue/{put['id']}/end", {"day": "2026-11-23"})
    assert back.json() == {"entry": None} and await stands() == [("D13", "2027-06-01")], "no day is left without a lead"

    put = (await city.admin.call("POST", "/catalogue", {**ENTRY, "lead": "D14", "valid_from": "2026-12-01"})).json()
    await city.admin.call("POST", f"/catalogue/{first['id']}/end", {"day": "2026-11-25"})
    await city.admin.call("POST", f"/catalogue/{put['id']}/end", {"day": "2026-11-23"})
    assert await stands() == [("D13", "2026-11-25")], "an end that somebody has set since stays"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"category": "9999"}, "category"),
        ({"lead": "NOBODY"}, "lead"),
        ({"assist": ["D13"]}, "assist"),
        ({"region": "123"}, "region"),
        ({"valid_from": "2026-11-22"}, "valid_from"),
        ({"valid_to": "2026-11-23"}, "valid_to"),
        ({"basis": "  "}, "basis"),
    ],
)
async def test_an_entry_that_would_lead_nowhere_is_refused_with_its_field(
    city: City, wrong: dict[str, Any], field: str
) -> None:
    refused = await city.admin.call("POST", "/catalogue", {**ENTRY, **wrong})
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == [field]


async def test_a_file_is_read_and_its_rows_are_taken_in_parts_with_the_wrong_ones_returned(city: City) -> None:
    await city.admin.sign_in()
    header = "category,region,lead,assist,basis,clear,valid_from\n"
    lines = "020201,,D13,,某办法,是,2026-12-01\n9999,,D13,,某办法,是,2026-12-01\n020202,,D13,,,是,2026-12-01\n"
    read = await city.client.post(
        "/api/v1/catalogue/table",
        files={"file": ("目录.csv", (header + lines).encode("utf-8-sig"))},
        headers=city.admin.headers,
    )
    assert read.status_code == 200, read.text
    rows = read.json()["rows"]
    taken = (await city.admin.call("POST", "/catalogue/rows", {"rows": rows})).json()
    assert (taken["added"], taken["known"]) == (1, 0)
    assert [(one["row"]["category"], one["reason"][:6]) for one in taken["rejected"]] == [
        ("9999", "没有分类 9"),
        ("020202", "请写明依据("),
    ]
    again = (await city.admin.call("POST", "/catalogue/rows", {"rows": rows[:1]})).json()
    assert (again["added"], again["known"], again["rejected"]) == (0, 1, [])
    for name, content, says in (
        ("目录.csv", b"a,b\n1,2\n", "缺少列"),
        ("目录.xlsx", b"\xff\x00", "不是有效的 XLSX"),
        ("目录.csv", "分类".encode("utf-16"), "目录.csv"),
    ):
        refused = await city.client.post(
            "/api/v1/catalogue/table", files={"file": (name, content)}, headers=city.admin.headers
        )
        assert refused.status_code in (400, 422) and says in refused.text, refused.text
        assert "/tmp" not in refused.text


async def test_a_new_category_is_chosen_by_people_and_entered_in_the_catalogue(city: City) -> None:
    made = await city.admin.call(
        "POST", "/categories", {"parent": "0202", "name": "景观灯闪烁", "words": "彩灯 彩灯 频闪"}
    )
    assert made.status_code == 201, made.text
    code = made.json()["code"]
    assert code.startswith("0202") and made.json()["words"] == "彩灯 频闪"
    assert code in [one["code"] for one in (await city.agent.get("/categories?q=景观灯闪烁"))["items"]]
    ticket = await in_the_pool(city)
    await city.dispatcher.does("classify", ticket, category=code)
    assert (await city.admin.call("POST", "/catalogue", {**ENTRY, "category": code})).status_code == 201
    assert (await said_of(city, category=code))["unit"][0]["id"] == await city.unit("D13")
    use = await city.admin.get(f"/categories/{code}/use")
    assert (use["open_tickets"], use["entries"], use["children"]) == (1, 1, 0)
    again = await city.admin.call("POST", "/categories", {"parent": "0202", "name": "景观灯闪烁"})
    assert again.status_code == 422 and "换一个名称" in again.json()["message"]


async def test_a_category_is_closed_from_the_leaves_up_and_never_under_a_live_entry(city: City) -> None:
    refused = await city.admin.call("POST", "/categories/0202/deactivate")
    assert refused.status_code == 409 and "请先停用它们" in refused.json()["message"]
    made = (await city.admin.call("POST", "/categories", {"parent": "0202", "name": "景观灯闪烁"})).json()
    entry = (await city.admin.call("POST", "/catalogue", {**ENTRY, "category": made["code"]})).json()
    refused = await city.admin.call("POST", f"/categories/{made['code']}/deactivate")
    assert refused.status_code == 409 and "派单目录" in refused.json()["message"]
    await city.admin.call("POST", f"/catalogue/{entry['id']}/end", {"day": "2026-11-23"})
    closed = await city.admin.call("POST", f"/categories/{made['code']}/deactivate")
    assert closed.json()["active"] is False
    assert made["code"] not in [one["code"] for one in (await city.agent.get("/categories"))["items"]]
    # Its code is not given to another matter.
    other = (await city.admin.call("POST", "/categories", {"parent": "0202", "name": "灯杆倾斜"})).json()
    assert other["code"] > made["code"]
    renamed = await city.admin.call("PATCH", f"/categories/{other['code']}", {"name": "灯杆歪斜", "duty": True})
    assert (renamed.json()["name"], renamed.json()["duty"]) == ("灯杆歪斜", True)
    twin = (await city.admin.call("POST", "/categories", {"parent": "0202", "name": "景观灯闪烁"})).json()
    refused = await city.admin.call("POST", f"/categories/{made['code']}/activate")
    assert refused.status_code == 422 and "同一级已有“景观灯闪烁”" in refused.json()["message"]
    await city.admin.call("POST", f"/categories/{twin['code']}/deactivate")
    reopened = await city.admin.call("POST", f"/categories/{made['code']}/activate")
    assert reopened.json()["active"] is True


async def test_a_closed_category_is_suggested_no_more_nor_sent_by_and_a_renamed_one_by_its_new_name(city: City) -> None:
    best = (await said_of(city))["category"][0]
    assert best["code"] == "020201"
    closed = await city.admin.call("POST", "/categories/020201/deactivate")
    assert closed.status_code == 200, closed.text
    await city.admin.call("PATCH", "/categories/0202", {"name": "城市照明"})
    said = (await said_of(city))["category"]
    assert "020201" not in [one["code"] for one in said]
    assert (said[0]["code"], said[0]["name"].split("/")[-1]) == ("0202", "城市照明")
    ticket = await city.agent_logs(LAMP, kind="complaint")
    assert await city.conn.fetchval("SELECT category FROM ticket WHERE id = $1", ticket) == "0202"
    await city.admin.call("POST", "/categories/020201/activate")
    assert (await said_of(city))["category"][0]["code"] == "020201"


async def test_before_a_unit_is_merged_the_administrator_sees_what_hangs_on_it(city: City) -> None:
    await signed(city, "D14")
    unit = await city.unit("D14")
    weight = await city.admin.get(f"/units/{unit}/weight")
    assert weight["open_tickets"] == 1 and weight["people"] >= 1 and weight["entries"] >= 1
    assert set(weight) == {"people", "units_below", "open_tickets", "open_below", "entries"}


async def test_who_may_do_what_is_read_by_the_three_administrators(city: City) -> None:
    for login in ("admin", "security", "auditor"):
        found = await city.person(login).get("/roles")
        sign = next(right for right in found["rights"] if right["event"] == "sign")
        assert "unit_liaison" in sign["roles"] and "agent" not in sign["roles"]
        assert [one["sees_tickets"] for one in found["roles"] if one["group"] == "admin"] == [False] * 3
    assert (await city.agent.call("GET", "/roles")).status_code == 403
    packs = await city.admin.get("/sla/packs")
    assert (packs["used"], packs["version"]) == ("default", 1)
    assert len({one["name"] for one in packs["items"]}) >= 6
