"""A real letter travels the whole road."""

from tests.flow.city import City
from tests.flow.steps import LAMP, answers, called_back, signed


async def test_a_letter_is_received_dispatched_replied_called_back_and_closed(city: City) -> None:
    ticket_id, code, phone = await city.receives_letter(LAMP)
    assert await city.state(ticket_id) in ("registered", "dispatched")
    if await city.state(ticket_id) == "registered":
        suggestion = await city.dispatcher.get(f"/tickets/{ticket_id}/suggestion")
        assert suggestion["because"], "the dispatcher is told why a person decides"
        await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("D14"))
    unit = await city.conn.fetchval("SELECT lead_unit FROM ticket WHERE id = $1", ticket_id)
    assert unit == await city.unit("D14")
    await answers(city.unit_desk("D14"), ticket_id)
    await city.supervisor.does("approve_reply", ticket_id)

    progress = await city.client.get(f"/api/v1/public/requests/{code}?phone_last4={phone[-4:]}")
    told = progress.json()
    assert told["stage"] == "callback"
    assert "已处理完毕" in told["public_reply"]
    assert "维修班" not in progress.text, "the internal account is not for the citizen"

    await city.callback.calls_back(ticket_id, solved="yes", rating=5)
    assert await city.state(ticket_id) == "closed"
    assert (await city.events(ticket_id))[-2:] == ["attempt_callback", "close"]


async def test_dissatisfied_citizen_starts_rework_and_after_two_rounds_a_supervisor_decides(city: City) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    await called_back(city, ticket_id, hands)
    for round_ in (1, 2):
        await city.callback.calls_back(ticket_id, solved="no", rating=1, dissatisfied_with="result")
        assert await city.state(ticket_id) == "rework"
        await called_back(city, ticket_id, hands)
        seen = await city.supervisor.sees(ticket_id)
        assert seen["ticket"]["round"] == round_
    await city.callback.calls_back(ticket_id, solved="no", rating=1)
    assert await city.state(ticket_id) == "callback", "a third dissatisfaction does not loop"
    await city.supervisor.does("conclude", ticket_id, explanation="依规已修复,其余不属受理范围", reason="两轮仍不满意")
    seen = await city.supervisor.sees(ticket_id)
    assert seen["ticket"]["state"] == "closed"
    assert [c["outcome"] for c in seen["ticket"]["callbacks"]] == ["dissatisfied"] * 3
    assert any(o["kind"] == "difficult" for o in seen["ticket"]["overlays"])
