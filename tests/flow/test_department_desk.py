"""The unit's desk: many signatures at once, who spoke to whom, who does it, and what the citizen is never shown."""

from datetime import datetime, timedelta
from typing import Any

from tests.flow.city import City
from tests.flow.steps import answers, called_back, sent, signed


async def person_of(city: City, code: str) -> int:
    found: int = await city.conn.fetchval(
        "SELECT p.id FROM person p JOIN unit u ON u.id = p.unit_id JOIN person_role r ON r.person_id = p.id "
        "WHERE u.code = $1 AND r.role = 'handler' ORDER BY p.id LIMIT 1",
        code,
    )
    return found


async def lead(city: City, ticket_id: int) -> Any:
    return (await city.supervisor.sees(ticket_id))["ticket"]["assignments"][0]


async def test_批量签收_each_ticket_of_the_list_is_signed_for_itself(city: City) -> None:
    mine, late_version, theirs = await sent(city), await sent(city), await sent(city, "D13")
    done = await signed(city)
    wanted = [{"id": mine}, {"id": late_version, "version": 1}, {"id": theirs}, {"id": done}, {"id": 202601019999999}]
    answered = await city.unit_desk("D14").call("POST", "/tickets/sign", {"tickets": wanted})
    assert answered.status_code == 200, answered.text
    found = {item["id"]: item for item in answered.json()["items"]}
    assert answered.json()["signed"] == 1
    assert (found[mine]["ok"], found[mine]["state"]) == (True, "in_progress")
    refused = {ticket_id: item["error"] for ticket_id, item in found.items() if not item["ok"]}
    assert refused == {
        late_version: "stale_version",
        theirs: "not_found",
        done: "not_allowed",
        202601019999999: "not_found",
    }
    assert all(found[ticket_id]["message"] for ticket_id in refused)
    states = [await city.state(ticket_id) for ticket_id in (mine, late_version, theirs, done)]
    assert states == ["in_progress", "dispatched", "dispatched", "in_progress"]
    twice = await city.unit_desk("D14").call("POST", "/tickets/sign", {"tickets": [{"id": mine}, {"id": mine}]})
    assert twice.status_code == 422 and "重复" in twice.json()["message"]
    assert (await city.unit_desk("D14").call("POST", "/tickets/sign", {"tickets": []})).status_code == 422
    assert (await city.agent.call("POST", "/tickets/sign", {"tickets": [{"id": mine}]})).status_code == 403


async def test_超时签收_a_late_signature_is_recorded_and_seen(city: City) -> None:
    in_time, late = await sent(city), await sent(city)
    await city.unit_desk("D14").does("sign", in_time)
    due = datetime.fromisoformat((await lead(city, late))["sign_due"])
    city.clock.set(due + timedelta(minutes=1))
    [item] = (await city.unit_desk("D14").call("POST", "/tickets/sign", {"tickets": [{"id": late}]})).json()["items"]
    assert item["signed_late"] is True
    assert ((await lead(city, in_time))["signed_late"], (await lead(city, late))["signed_late"]) == (False, True)
    assert (await lead(city, await sent(city)))["signed_late"] is None


async def test_联系记录_every_try_to_reach_the_citizen_is_kept_with_who_and_when(city: City) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    await hands.does("contact", ticket_id, how="phone", result="无人接听", reached=False)
    assert (await lead(city, ticket_id))["contacted_at"] is None, "nobody was reached"
    await city.pass_time(hours=1)
    await hands.does("contact", ticket_id, how="visit", result="已上门说明安排")
    log = (await city.supervisor.get(f"/tickets/{ticket_id}/contacts"))["items"]
    assert [(c["how"], c["reached"], c["in_time"], c["by"]) for c in log] == [
        ("phone", False, True, "韩城"),
        ("visit", True, True, "韩城"),
    ]
    assert (await city.unit_desk("D13").call("GET", f"/tickets/{ticket_id}/contacts")).status_code == 404


async def test_经办人_a_task_is_given_to_somebody_of_the_own_unit_alone(city: City) -> None:
    ticket_id, hands = await signed(city, "D15"), city.unit_desk("D15")
    own, other = await person_of(city, "D15"), await person_of(city, "D13")
    for somebody in (other, 999_999_999):
        status, said = await hands.refused("assign_person", ticket_id, person_id=somebody)
        assert status == 422 and "本单位" in said
    await city.conn.execute("UPDATE person SET active = false WHERE id = $1", own)
    assert (await hands.refused("assign_person", ticket_id, person_id=own))[0] == 422, "who has left does no work"
    await city.conn.execute("UPDATE person SET active = true WHERE id = $1", own)
    await hands.does("assign_person", ticket_id, person_id=own)
    assert (await lead(city, ticket_id))["person_id"] == own


async def test_协办时限_an_assisting_unit_has_a_limit_of_its_own_inside_the_leads(city: City) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    helper = await city.unit("D13")
    status, said = await hands.refused(
        "assist", ticket_id, unit_id=helper, due=(city.clock.now() - timedelta(hours=1)).isoformat()
    )
    assert status == 422 and "晚于现在" in said
    tomorrow = city.clock.now() + timedelta(days=1)
    await hands.does("assist", ticket_id, unit_id=helper, due=tomorrow.isoformat())
    seen = (await hands.sees(ticket_id))["ticket"]["assignments"]
    assert datetime.fromisoformat(seen[1]["finish_due"]) == tomorrow < datetime.fromisoformat(seen[0]["finish_due"])
    await city.pass_time(days=2)
    lines = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"]
    marks = {m["payload"]["assignment_id"] for m in lines if m["event"] == "mark_deadline"}
    assert seen[1]["id"] in marks, "its own limit is watched"


async def test_挂账_a_plan_has_milestones_one_after_another_and_somebody_who_answers_for_it(city: City) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    first, second = (city.clock.now() + timedelta(days=days) for days in (30, 90))
    ask: dict[str, Any] = {
        "plan": "列入明年路灯改造计划",
        "milestone": first.isoformat(),
        "further": [{"at": second.isoformat(), "what": "完成施工"}],
        "leader": "王副局长",
        "reason": "电缆需整体更换",
    }
    for wrong, word in (
        ({"leader": " "}, "领导"),
        ({"plan": " "}, "计划"),
        ({"citizen_informed": False}, "诉求人"),
        ({"further": [{"at": city.clock.now().isoformat(), "what": "完成施工"}]}, "由近到远"),
        ({"further": [{"at": second.isoformat(), "what": " "}]}, "节点"),
    ):
        status, said = await hands.refused("request_shelving", ticket_id, **{**ask, **wrong})
        assert status == 422 and word in said, wrong
    await hands.does("request_shelving", ticket_id, **ask)
    await city.supervisor.does("shelve", ticket_id)
    [shelf] = (await city.supervisor.sees(ticket_id))["ticket"]["overlays"]
    assert (shelf["kind"], shelf["origin"]) == ("shelved", "王副局长")
    assert datetime.fromisoformat(shelf["due"]) == first and "完成施工" in shelf["text"]

    other = await signed(city)
    milestone = first.isoformat()
    status, said = await city.supervisor.refused("shelve", other, plan="列入计划", milestone=milestone)
    assert status == 422 and "领导" in said


async def test_终止_asked_for_on_a_ground_and_granted_by_another(city: City) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    assert (await hands.refused("request_termination", ticket_id, ground="进入诉讼", reason=" "))[0] == 422
    await hands.does("request_termination", ticket_id, ground="进入诉讼", reason="法院已立案")
    assert (await hands.refused("terminate", ticket_id, reason="自行终止"))[0] == 403
    await city.supervisor.does("deny_termination", ticket_id, reason="与诉讼请求不同")
    assert await city.state(ticket_id) == "in_progress"
    await hands.does("request_termination", ticket_id, ground="进入诉讼", reason="补充立案通知")
    await city.supervisor.does("terminate", ticket_id, reason="已核实")
    seen = (await city.supervisor.sees(ticket_id))["ticket"]
    assert (seen["state"], seen["closing"]) == ("closed", "terminated")


async def test_审核驳回_reasons_come_from_the_list_and_other_reasons_in_words(city: City) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    await answers(hands, ticket_id)
    for reasons, reason, word in (
        ([], "", "答非所问"),
        (["随便"], "", "答非所问"),
        (["其他"], " ", "写明"),
    ):
        status, said = await city.supervisor.refused("refuse_reply", ticket_id, reasons=reasons, reason=reason)
        assert status == 422 and word in said
    await city.supervisor.does("refuse_reply", ticket_id, reasons=["未联系诉求人", "其他"], reason="照片不是现场")
    assert (await hands.sees(ticket_id))["ticket"]["replies"][0]["reasons"] == ["未联系诉求人", "其他"]


async def test_公开答复_the_citizen_reads_the_public_text_and_never_the_internal_one(city: City) -> None:
    ticket_id, code, phone = await city.receives_letter("想请有关部门来现场看一看,帮忙协调解决一下,拖了很久了。")
    if await city.state(ticket_id) == "registered":
        await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("D14"), basis="三定规定")
    hands = city.unit_desk("D14")
    await hands.does("sign", ticket_id)
    internal = "经查系隔壁商户偷接电缆所致,已移交。"
    public = "线路已修复,当晚恢复照明。"
    await hands.does("reply", ticket_id, account=internal, public_reply=public, solved="yes", found_true=True)
    address = f"/api/v1/public/requests/{code}?phone_last4={phone[-4:]}"
    assert public not in (await city.client.get(address)).text, "not before the centre has read it"
    await city.supervisor.does("approve_reply", ticket_id)
    told = await city.client.get(address)
    assert public in told.text and internal not in told.text
    page = await city.client.post("/track", data={"code": code, "last4": phone[-4:]})
    assert public in page.text and internal not in page.text
    assert (await city.supervisor.sees(ticket_id))["replies"][0]["account"] == internal


async def test_时限_the_deadline_in_force_when_the_accepted_reply_came_decides(city: City) -> None:
    """Refused in time and mended too late is late; granted longer before, it is not."""
    plain, longer = await signed(city), await signed(city)
    hands = city.unit_desk("D14")
    await hands.does(
        "request_extension", longer, working_days=3, progress="已勘查", citizen_informed=True, reason="等待配件"
    )
    await city.supervisor.does("grant_extension", longer)
    for ticket_id in (plain, longer):
        await answers(hands, ticket_id)
        await city.supervisor.does("refuse_reply", ticket_id, reasons=["答非所问"])
    city.clock.set(datetime.fromisoformat((await lead(city, plain))["finish_due"]) + timedelta(hours=1))
    for ticket_id, late in ((plain, True), (longer, False)):
        await called_back(city, ticket_id, hands)
        assert (await lead(city, ticket_id))["late"] is late
