"""Sending, returning, ruling: who is to do it, and what when they say that it is not theirs."""

from datetime import datetime, timedelta

import pytest

from hotline.infra.clock import BEIJING
from tests.flow.city import City
from tests.flow.steps import BASIS, in_the_pool, sent, signed


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


async def lights(city: City, ticket_id: int, assignment: int) -> list[str]:
    """The lights an assignment's deadlines have shown."""
    lines = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"]
    marks = [line["payload"] for line in lines if line["event"] == "mark_deadline"]
    return [mark["light"] for mark in marks if mark["assignment_id"] == assignment]


@pytest.mark.parametrize(
    ("sent_at", "kind", "urgency", "sign_due", "finish_due"),
    [
        ("2026-02-13T10:00", "seek_help", "normal", "2026-02-14T23:59:59", "2026-02-27T23:59:59"),  # 春节
        ("2026-02-13T10:00", "report", "normal", "2026-02-14T23:59:59", "2026-03-12T23:59:59"),
        ("2026-02-15T10:00", "consult", "normal", "2026-02-24T23:59:59", "2026-02-26T23:59:59"),  # sent on a holiday
        ("2026-04-30T17:00", "complaint", "normal", "2026-05-06T23:59:59", "2026-05-11T23:59:59"),
        ("2026-09-18T09:00", "complaint", "normal", "2026-09-20T23:59:59", "2026-09-24T23:59:59"),  # Sunday at work
        ("2026-02-16T23:50", "seek_help", "critical", "2026-02-17T00:05", "2026-02-17T01:50"),  # 除夕夜: by the clock
    ],
)
async def test_时限_every_dispatch_has_its_deadline_and_it_runs_from_dispatch(
    city: City, sent_at: str, kind: str, urgency: str, sign_due: str, finish_due: str
) -> None:
    city.clock.set(beijing(sent_at))
    ticket_id = await sent(city, kind=kind, urgency=urgency)
    [lead] = (await city.unit_desk("D14").sees(ticket_id))["ticket"]["assignments"]
    assert datetime.fromisoformat(lead["sign_due"]) == beijing(sign_due)
    assert datetime.fromisoformat(lead["finish_due"]) == beijing(finish_due)
    why = (await city.unit_desk("D14").get(f"/tickets/{ticket_id}/deadlines"))["items"][0]
    assert datetime.fromisoformat(why["computed_finish"]) == beijing(finish_due)


async def test_退单_a_return_is_granted_and_the_first_unit_is_out_of_every_count(city: City) -> None:
    ticket_id = await signed(city, "D14")
    hands, other = city.unit_desk("D14"), city.unit_desk("D13")
    status, said = await hands.refused(
        "request_return", ticket_id, basis=" ", proposed_unit=await city.unit("D13"), reason="不属职责"
    )
    assert status == 422 and "依据" in said
    await hands.does(
        "request_return", ticket_id, basis=BASIS, proposed_unit=await city.unit("D13"), reason="属住建部门职责"
    )
    assert await city.state(ticket_id) == "return_review"
    await city.pass_time(hours=3)
    await city.dispatcher.does("approve_return", ticket_id)

    first, second = (await city.dispatcher.sees(ticket_id))["ticket"]["assignments"]
    assert (first["stage"], first["late"]) == ("returned", None)
    assert second["unit_id"] == await city.unit("D13")
    assert datetime.fromisoformat(second["dispatched_at"]) == city.clock.now(), "the next unit gets fresh clocks"
    # Two weeks later everything that could be late is: of the second unit, never of the first.
    await city.pass_time(days=14)
    assert "late" in await lights(city, ticket_id, second["id"])
    assert await lights(city, ticket_id, first["id"]) == []
    await other.does("sign", ticket_id)
    status, said = await hands.refused("sign", ticket_id)
    assert status == 403 and "不承办" in said


async def test_退单驳回_a_refused_return_is_final_and_gains_no_time(city: City) -> None:
    ticket_id = await signed(city, "D14")
    hands = city.unit_desk("D14")
    before = (await hands.sees(ticket_id))["ticket"]["assignments"][0]
    ask = {"basis": BASIS, "proposed_unit": await city.unit("D13"), "reason": "不属职责"}
    await hands.does("request_return", ticket_id, **ask)
    await city.pass_time(hours=5)
    await city.dispatcher.does("refuse_return", ticket_id, reason="城市照明由贵局负责")
    seen = (await hands.sees(ticket_id))["ticket"]
    assert (seen["state"], seen["forbid_return"]) == ("in_progress", True)
    assert seen["assignments"][0]["finish_due"] == before["finish_due"]
    status, said = await hands.refused("request_return", ticket_id, **ask)
    assert status == 422 and "不得再退单" in said


async def test_退单窗口_after_the_first_working_day_nobody_may_return(city: City) -> None:
    ticket_id = await signed(city, "D14")
    window = (await city.unit_desk("D14").sees(ticket_id))["ticket"]["assignments"][0]["return_until"]
    city.clock.set(datetime.fromisoformat(window) + timedelta(seconds=1))
    status, said = await city.unit_desk("D14").refused(
        "request_return", ticket_id, basis=BASIS, proposed_unit=await city.unit("D13"), reason="不属职责"
    )
    assert status == 422 and "已超过" in said


async def test_裁定_two_returns_go_to_consultation_and_the_ruling_cannot_be_returned(city: City) -> None:
    ticket_id = await signed(city, "D14")
    for code, proposed in (("D14", "D13"), ("D13", "D15")):
        hands = city.unit_desk(code)
        ask = {"basis": BASIS, "proposed_unit": await city.unit(proposed), "reason": "不属职责"}
        await hands.does("request_return", ticket_id, **ask)
        await city.dispatcher.does("approve_return", ticket_id)
    assert await city.state(ticket_id) == "consulting", "the units cannot settle it themselves"
    status, _ = await city.dispatcher.refused("rule", ticket_id, unit_id=1, basis=BASIS, reason="指定")
    assert status == 403

    lead, assist = await city.unit("D14"), await city.unit("D13")
    await city.supervisor.does("rule", ticket_id, unit_id=lead, assists=[assist], basis=BASIS, reason="协商会纪要三")
    seen = (await city.supervisor.sees(ticket_id))["ticket"]
    assert (seen["state"], seen["forbid_return"], seen["returns"]) == ("dispatched", True, 2)
    assert [a["part"] for a in seen["assignments"] if a["stage"] == "to_sign"] == ["lead", "assist"]
    ask = {"basis": BASIS, "proposed_unit": await city.unit("D15"), "reason": "仍不属职责"}
    status, said = await city.unit_desk("D14").refused("request_return", ticket_id, **ask)
    assert status == 422 and "不得再退单" in said


async def test_举报_a_report_about_a_unit_never_reaches_it_and_its_writer_stays_unknown(city: City) -> None:
    accused = await city.unit("D06")
    ticket_id = await in_the_pool(
        city,
        "举报辖区派出所工作人员收受商户好处、通风报信,请严肃查处。",
        kind="report",
        accused_unit=accused,
        confidential=True,
        citizen={"phone": "13912349876", "name": "赵不言"},
    )
    for code in ("D06", "D37"):  # the bureau, and the traffic police below it
        status, said = await city.dispatcher.refused("dispatch", ticket_id, unit_id=await city.unit(code))
        assert status == 422 and "举报件不得派给" in said
    status, _ = await city.dispatcher.refused(
        "dispatch", ticket_id, unit_id=await city.unit("D47"), assists=[await city.unit("D37")]
    )
    assert status == 422
    await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("D47"), basis=BASIS)
    hands = city.unit_desk("D47")
    await hands.does("sign", ticket_id)
    status, _ = await hands.refused("assist", ticket_id, unit_id=accused)
    assert status == 422
    assert (await city.unit_desk("D06").call("GET", f"/tickets/{ticket_id}")).status_code == 404
    for outside in (hands, city.leader):
        for path in (f"/tickets/{ticket_id}", f"/tickets/{ticket_id}/history", "/tickets"):
            shown = await outside.call("GET", path)
            assert shown.status_code == 200
            assert "赵不言" not in shown.text and "13912349876" not in shown.text
            assert "139****9876" not in shown.text, "not even in part"
    assert (await city.dispatcher.sees(ticket_id))["petitioner"]["name"] == "赵不言"


async def test_一单一主办_a_unit_sees_its_own_tickets_and_no_others(city: City) -> None:
    ticket_id = await sent(city, "D13")
    stranger = city.unit_desk("D14")
    for path in ("", "/history", "/deadlines"):
        answered = await stranger.call("GET", f"/tickets/{ticket_id}{path}")
        assert answered.status_code == 404, path
    absent = await stranger.call("GET", "/tickets/202601019999999")
    assert answered.json() == absent.json() | {"message": answered.json()["message"]}, "hidden and absent look alike"
    assert (await stranger.refused("sign", ticket_id))[0] == 404
    assert (await stranger.get("/tickets"))["items"] == []
    assert [row["id"] for row in (await city.unit_desk("D13").get("/tickets"))["items"]] == [ticket_id]


async def test_不得派给基层_a_departments_duty_is_not_handed_to_a_street_office(city: City) -> None:
    duty = "020105"  # 断头路与道路规划建设, for a person to decide
    ticket_id = await in_the_pool(city, "望江街道门口的断头路什么时候修通,年年说要修。", category=duty)
    status, said = await city.dispatcher.refused("dispatch", ticket_id, unit_id=await city.unit("S003"))
    assert status == 422 and "不得派给" in said
    await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("D11"))
