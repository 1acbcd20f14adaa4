"""What a unit does with what it was sent: in time, late, with others, or not now."""

from datetime import datetime, timedelta

from tests.flow.city import City
from tests.flow.steps import answers, called_back, sent, signed


async def share(city: City, ticket_id: int, code: str) -> dict[str, object]:
    seen = (await city.supervisor.sees(ticket_id))["ticket"]
    unit = await city.unit(code)
    found: dict[str, object] = [a for a in seen["assignments"] if a["unit_id"] == unit][-1]
    return found


async def test_求助_help_is_asked_for_given_in_time_and_the_citizen_is_satisfied(city: City) -> None:
    ticket_id, hands = await signed(city, kind="seek_help"), city.unit_desk("D14")
    await city.pass_time(hours=2)
    await called_back(city, ticket_id, hands)
    lead = await share(city, ticket_id, "D14")
    assert (lead["stage"], lead["late"]) == ("done", False)
    await city.callback.calls_back(ticket_id, solved="yes", rating=5)
    seen = (await city.supervisor.sees(ticket_id))["ticket"]
    assert (seen["state"], seen["closing"], seen["callbacks"][0]["rating"]) == ("closed", "handled", 5)
    await city.pass_time(days=60)
    assert "mark_deadline" not in (await city.events(ticket_id)), "nothing falls due after the end"


async def test_延期_asked_a_minute_too_late_is_refused_and_asked_in_time_is_granted(city: City) -> None:
    late, in_time = await signed(city), await signed(city)
    hands = city.unit_desk("D14")
    due = datetime.fromisoformat(str((await share(city, late, "D14"))["finish_due"]))
    ask = {"working_days": 3, "progress": "已完成现场勘查", "reason": "等待配件"}
    city.clock.set(due - timedelta(minutes=1))
    status, said = await hands.refused("request_extension", in_time, citizen_informed=False, **ask)
    assert status == 422 and "告知诉求人" in said
    await hands.does("request_extension", in_time, citizen_informed=True, **ask)

    city.clock.set(due + timedelta(minutes=1))
    status, said = await hands.refused("request_extension", late, citizen_informed=True, **ask)
    assert status == 422 and "到期前" in said
    # Asked for in time, reviewed after the hour: a slow review is not the unit's fault.
    await city.supervisor.does("grant_extension", in_time)
    lead = await share(city, in_time, "D14")
    assert (lead["finish_due"], lead["extensions"]) == ("2026-12-03T23:59:59+08:00", 1)
    # Once is for a reviewer to grant; twice is for the centre's leader.
    await hands.does("request_extension", in_time, citizen_informed=True, **ask)
    status, said = await city.supervisor.refused("grant_extension", in_time)
    assert status == 422 and "中心领导" in said
    await city.person("centre-leader").does("grant_extension", in_time)
    status, said = await hands.refused("request_extension", in_time, citizen_informed=True, **ask)
    assert status == 422 and "不能再延期" in said
    await answers(hands, in_time)
    await answers(hands, late)
    for ticket_id, is_late in ((in_time, False), (late, True)):
        await city.supervisor.does("approve_reply", ticket_id)
        assert (await share(city, ticket_id, "D14"))["late"] is is_late


async def test_协办_the_assisting_unit_is_late_and_the_lead_is_not(city: City) -> None:
    ticket_id, lead, assist = await signed(city), city.unit_desk("D14"), city.unit_desk("D13")
    tomorrow = city.clock.now() + timedelta(days=1)
    await lead.does("assist", ticket_id, unit_id=await city.unit("D13"), due=tomorrow.isoformat())
    status, said = await lead.refused(
        "reply", ticket_id, account="已办", public_reply="已办", solved="yes", found_true=True
    )
    assert status == 422 and "没有反馈" in said
    await assist.does("sign", ticket_id)
    status, said = await assist.refused(
        "reply", ticket_id, account="已办", public_reply="已办", solved="yes", found_true=True
    )
    assert status == 422 and "协办反馈" in said
    await city.pass_time(days=2)
    await assist.does("assist_reply", ticket_id, account="管线产权已核实")
    await called_back(city, ticket_id, lead)
    assert (await share(city, ticket_id, "D13"))["late"] is True
    assert (await share(city, ticket_id, "D14"))["late"] is False
    seen = (await city.supervisor.sees(ticket_id))["ticket"]
    assert seen["worst"] is None, "the lights of a ticket are its lead's"


async def test_协办_only_who_asked_for_the_assistance_may_waive_it(city: City) -> None:
    ticket_id, lead, assist = await signed(city), city.unit_desk("D14"), city.unit_desk("D13")
    await lead.does("assist", ticket_id, unit_id=await city.unit("D13"))
    task = (await share(city, ticket_id, "D13"))["id"]
    status, _ = await assist.refused("assist_reply", ticket_id, account="与我单位无关", waive=task)
    assert status == 422, "nobody gets out of a task by themselves"
    await lead.does("assist_reply", ticket_id, account="已由我局自行处理", waive=task)
    assert (await share(city, ticket_id, "D13"))["stage"] == "recalled"


async def test_下派_a_task_passed_down_is_due_no_later_than_its_parent(city: City) -> None:
    ticket_id = await signed(city, "A01", category="010103")  # not a department's duty
    hands = city.unit_desk("A01")
    later = (city.clock.now() + timedelta(days=30)).isoformat()
    await hands.does("assist", ticket_id, unit_id=await city.unit("S003"), below=True, due=later)
    parent, child = await share(city, ticket_id, "A01"), await share(city, ticket_id, "S003")
    assert (child["part"], child["finish_due"]) == ("child", parent["finish_due"])
    status, said = await hands.refused("assist", ticket_id, unit_id=await city.unit("S030"), below=True)
    assert status == 422 and "下属单位" in said
    street = city.person("u-s003")
    await street.does("sign", ticket_id)
    await street.does("assist_reply", ticket_id, account="已上门处理")
    await called_back(city, ticket_id, hands)


async def test_逾期_an_unsigned_ticket_is_seen_signed_late_and_replied_late(city: City) -> None:
    ticket_id = await sent(city)
    await city.pass_time(days=9)
    late = (await city.supervisor.get("/tickets?due=late"))["items"]
    assert [(row["id"], row["worst"]) for row in late] == [(ticket_id, "late")]
    await called_back(city, ticket_id, city.unit_desk("D14"))
    lead = await share(city, ticket_id, "D14")
    assert lead["late"] is True
    assert datetime.fromisoformat(str(lead["signed_at"])) > datetime.fromisoformat(str(lead["sign_due"]))


async def test_审核驳回_a_refused_reply_goes_back_and_the_deadline_stands(city: City) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    due = (await share(city, ticket_id, "D14"))["finish_due"]
    await answers(hands, ticket_id)
    status, _ = await city.supervisor.refused("refuse_reply", ticket_id, reasons=[])
    assert status == 422
    await city.supervisor.does("refuse_reply", ticket_id, reasons=["答非所问"])
    lead = await share(city, ticket_id, "D14")
    assert (await city.state(ticket_id), lead["stage"], lead["finish_due"]) == ("in_progress", "refused", due)
    await city.pass_time(days=10)
    assert (await city.supervisor.sees(ticket_id))["ticket"]["worst"] == "late", "its clock went on"


async def test_挂账_what_cannot_be_solved_now_waits_with_a_plan_and_is_taken_up_again(city: City) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    milestone = (city.clock.now() + timedelta(days=60)).isoformat()
    ask = {"plan": "列入明年路灯改造计划", "milestone": milestone, "leader": "王副局长", "reason": "电缆需整体更换"}
    await hands.does("request_shelving", ticket_id, **ask)
    status, _ = await hands.refused("shelve", ticket_id, plan="自行挂账", milestone=milestone)
    assert status == 403
    await city.supervisor.does("shelve", ticket_id)
    assert await city.state(ticket_id) == "suspended"
    await city.pass_time(days=20)
    assert (await city.supervisor.sees(ticket_id))["ticket"]["worst"] is None, "it waits by decision, not by neglect"
    await city.supervisor.does("resume", ticket_id)
    lead = await share(city, ticket_id, "D14")
    assert datetime.fromisoformat(str(lead["finish_due"])) > city.clock.now()
    await called_back(city, ticket_id, hands)
    assert (await share(city, ticket_id, "D14"))["late"] is False
