"""A real letter travels the whole road."""

from tests.flow.city import City

LAMP = "人民路东段的路灯从上周五开始不亮,晚上老人出门很危险,希望尽快派人修好。"


async def to_unit(city: City, content: str = LAMP, code: str = "D14", **more: object) -> int:
    """A ticket that a dispatcher has sent by hand to a unit."""
    ticket_id = await city.agent_logs(content, kind="complaint", **more)
    if await city.state(ticket_id) == "registered":
        await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit(code), basis="三定规定")
    return ticket_id


async def replied(city: City, ticket_id: int) -> None:
    await city.person("unit").does("sign", ticket_id)
    await city.person("unit").does("contact", ticket_id, how="phone", result="已与市民联系,约定今天修复")
    await city.person("unit").does(
        "reply",
        ticket_id,
        account="已派维修班更换灯泡三只。",
        public_reply="您反映的路灯已于今日修复,感谢您的监督。",
        solved="yes",
        found_true=True,
    )


async def test_a_letter_is_received_dispatched_replied_called_back_and_closed(city: City) -> None:
    ticket_id, code, phone = await city.receives_letter(LAMP)
    assert await city.state(ticket_id) in ("registered", "dispatched")
    if await city.state(ticket_id) == "registered":
        suggestion = await city.dispatcher.get(f"/tickets/{ticket_id}/suggestion")
        assert suggestion["because"], "the dispatcher is told why a person decides"
        await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("D14"))
    unit = await city.conn.fetchval("SELECT lead_unit FROM ticket WHERE id = $1", ticket_id)
    assert unit == await city.unit("D14")
    await replied(city, ticket_id)
    await city.supervisor.does("approve_reply", ticket_id)

    progress = await city.client.get(f"/api/v1/public/requests/{code}?phone_last4={phone[-4:]}")
    told = progress.json()
    assert told["stage"] == "callback"
    assert "已于今日修复" in told["public_reply"]
    assert "维修班" not in progress.text, "the internal account is not for the citizen"

    await city.callback.calls_back(ticket_id, solved="yes", rating=5)
    assert await city.state(ticket_id) == "closed"
    assert (await city.events(ticket_id))[-2:] == ["attempt_callback", "close"]


async def test_dissatisfied_citizen_starts_rework_and_after_two_rounds_a_supervisor_decides(city: City) -> None:
    ticket_id = await to_unit(city)
    await replied(city, ticket_id)
    await city.supervisor.does("approve_reply", ticket_id)
    for round_ in (1, 2):
        await city.callback.calls_back(ticket_id, solved="no", rating=1, dissatisfied_with="结果")
        assert await city.state(ticket_id) == "rework"
        await replied(city, ticket_id)
        await city.supervisor.does("approve_reply", ticket_id)
        seen = await city.supervisor.sees(ticket_id)
        assert seen["ticket"]["round"] == round_
    await city.callback.calls_back(ticket_id, solved="no", rating=1)
    assert await city.state(ticket_id) == "callback", "a third dissatisfaction does not loop"
    await city.supervisor.does("conclude", ticket_id, explanation="依规已修复,其余不属受理范围", reason="两轮仍不满意")
    seen = await city.supervisor.sees(ticket_id)
    assert seen["ticket"]["state"] == "closed"
    assert [c["outcome"] for c in seen["ticket"]["callbacks"]] == ["dissatisfied"] * 3
    assert any(o["kind"] == "difficult" for o in seen["ticket"]["overlays"])
