"""单位作息: a unit works other hours, in summer others again; its deadlines follow, and the trace says so."""

from datetime import date, datetime
from typing import Any

import msgspec

from hotline.infra.clock import BEIJING
from hotline.sla.store import shipped_packs
from tests.flow.city import City
from tests.flow.steps import called_back, sent, signed

SPANS = [["10:00:00", "12:00:00"], ["13:00:00", "19:00:00"]]
SUMMER = {"begins": "06-01", "ends": "09-30", "spans": [["07:00:00", "13:00:00"]]}


async def next_pack(city: City) -> dict[str, Any]:
    """From today the unit of D14 works late hours, and every deadline ends with the office."""
    shipped = next(policy for policy, _ in shipped_packs() if policy.name == "default")
    pack: dict[str, Any] = msgspec.to_builtins(shipped)
    own = {str(await city.unit("D14")): {"spans": SPANS, "seasons": [SUMMER]}}
    today = city.clock.now().date().isoformat()
    return pack | {"version": 2, "effective_from": today, "day_end": "business_end", "unit_hours": own}


async def test_单位作息_open_deadlines_are_previewed_then_moved_with_a_line_and_the_trace_explains_them(
    city: City,
) -> None:
    own, other = await sent(city, "D14"), await sent(city, "D13")
    pack = await next_pack(city)
    await city.pass_time(days=1)  # sent before the day of the new version
    pack |= {"effective_from": city.clock.now().date().isoformat()}
    preview = (await city.supervisor.call("POST", "/sla/packs/preview", {"pack": pack})).json()
    ends = {
        (m["ticket_id"], m["clock"]): datetime.fromisoformat(m["new"]).astimezone(BEIJING) for m in preview["items"]
    }
    assert (ends[own, "finish"].hour, ends[other, "finish"].hour) == (19, 17), "each ends with its own office"
    assert (await city.supervisor.sees(own))["ticket"]["assignments"][0]["finish_due"][11:13] == "23", "not yet"
    assert (await city.supervisor.call("PUT", "/sla/packs", {"pack": pack})).status_code == 200
    await city.work()
    assert (await city.events(own)).count("recompute") == 1
    [why] = (await city.supervisor.get(f"/tickets/{own}/deadlines"))["items"]
    assert why["limits"]["finish"] == "5个工作日" and why["pack"] == "通用时限 第 2 版"
    assert (why["first_pack"], why["first_limit"]) == ("通用时限 第 1 版", "5个工作日")
    assert why["computed_finish"] == why["assignment"]["finish_due"], "counted again it is what is in force"
    assert why["own_hours"] and why["hours"]["spans"] == SPANS
    assert datetime.fromisoformat(why["assignment"]["finish_due"]).astimezone(BEIJING).hour == 19
    [step] = why["steps"]
    assert step["event"] == "recompute" and "时限方案调整" in step["because"] and step["old"] != step["new"]
    [plain] = (await city.supervisor.get(f"/tickets/{other}/deadlines"))["items"]
    assert not plain["own_hours"]


async def test_夏季作息_in_summer_the_same_unit_ends_earlier(city: City) -> None:
    city.clock.set(datetime.combine(date(2026, 7, 6), datetime.min.time().replace(hour=9), BEIJING))
    assert (await city.supervisor.call("PUT", "/sla/packs", {"pack": await next_pack(city)})).status_code == 200
    ticket_id = await sent(city, "D14")
    [why] = (await city.supervisor.get(f"/tickets/{ticket_id}/deadlines"))["items"]
    assert datetime.fromisoformat(why["assignment"]["finish_due"]).astimezone(BEIJING).hour == 13


async def test_申诉期_and_the_freezing_of_a_month_follow_the_pack(city: City) -> None:
    pack = await next_pack(city) | {"appeals": {"result_days": 1, "month_days": 9}}
    assert (await city.supervisor.call("PUT", "/sla/packs", {"pack": pack})).status_code == 200
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    await called_back(city, ticket_id, hands)
    await city.callback.calls_back(ticket_id, solved="no", rating=1)
    await city.pass_time(days=3)
    _, said = await hands.refused("appeal", ticket_id, evidence="照片", reason="已办结")
    assert "1 个工作日内" in said
    city.clock.set(datetime(2026, 12, 8, 9, tzinfo=BEIJING))
    early = await city.supervisor.call("POST", "/reports/kpi/months/2026-11/freeze", {})
    assert early.status_code == 422 and "2026-12-11" in early.json()["message"], early.text


async def test_延期_and_挂账_stand_in_the_trace(city: City) -> None:
    ticket_id = await sent(city, "D14")
    await city.unit_desk("D14").does("sign", ticket_id)
    await city.unit_desk("D14").does(
        "request_extension",
        ticket_id,
        working_days=2,
        reason="需采购配件",
        progress="已现场查看",
        citizen_informed=True,
    )
    await city.supervisor.does("grant_extension", ticket_id, reason="同意延期")
    milestone = city.clock.now().replace(month=12, day=20).isoformat()
    await city.supervisor.does(
        "shelve", ticket_id, plan="列入改造", milestone=milestone, leader="王局长", reason="需立项"
    )
    await city.pass_time(days=3)
    await city.supervisor.does("resume", ticket_id, reason="已立项")
    [why] = (await city.supervisor.get(f"/tickets/{ticket_id}/deadlines"))["items"]
    assert [step["event"] for step in why["steps"]] == ["grant_extension", "shelve", "resume"]
    assert why["steps"][0]["because"] == "同意延期" and why["steps"][1]["old"] == why["steps"][1]["new"]


async def test_单位作息_a_pack_with_nonsense_hours_is_refused_with_a_sentence(city: City) -> None:
    pack = await next_pack(city)
    refused = await city.supervisor.call("POST", "/sla/packs/preview", {"pack": pack | {"unit_hours": {"城管局": {}}}})
    assert refused.status_code == 422 and "不是单位的编号" in refused.json()["message"]


async def test_时限方案_two_who_draw_up_the_same_version_are_told_and_nothing_begins_in_the_past(city: City) -> None:
    pack = await next_pack(city)
    for method, path in (("POST", "/sla/packs/preview"), ("PUT", "/sla/packs")):
        past = await city.admin.call(method, path, {"pack": pack | {"effective_from": "2026-11-22"}})
        assert past.status_code == 422 and "施行日期不能早于今天" in past.json()["message"], path
    assert (await city.admin.call("PUT", "/sla/packs", {"pack": pack})).status_code == 200
    assert (await city.admin.call("PUT", "/sla/packs", {"pack": pack})).status_code == 200, "the same again is no fault"
    for method, path in (("POST", "/sla/packs/preview"), ("PUT", "/sla/packs")):
        second = await city.admin.call(method, path, {"pack": pack | {"day_end": "24:00"}})
        assert second.status_code == 409 and "第 2 版已由他人启用" in second.json()["message"], path
    versions = (await city.admin.get("/sla/packs"))["items"]
    assert [one["pack"]["day_end"] for one in versions if one["version"] == 2] == ["business_end"]
