"""预估: the supervisor sees who is likely to be late, the agent and the ticket page how long an answer takes."""

from datetime import timedelta

from hotline.insight.outlook import store
from hotline.insight.outlook.late import LateModel
from hotline.insight.outlook.waits import WaitModel
from tests.flow.city import City
from tests.flow.steps import LAMP, called_back, signed

PAGE = "/supervision/outlook"


async def test_预估_the_likeliest_to_be_late_come_first_and_the_chance_rises(city: City) -> None:
    quiet, slow = await signed(city, "D14"), await signed(city, "D12")
    assert (await city.supervisor.get(PAGE))["items"] == [], "nothing was learned yet"
    unit = await city.unit("D12")
    model = LateModel({f"0={unit}": 2.0, "0=0": -0.0}, -3.0, 1.0, 0.0, [1 - step / 21 for step in range(21)], 0.1)
    await store.put(city.conn, "late", model, rows=500, figures={"auc": 0.88}, now=city.clock.now())

    found = await city.supervisor.get(PAGE)
    mine = [item for item in found["items"] if item["ticket_id"] in (quiet, slow)]
    assert [item["ticket_id"] for item in mine] == [slow, quiet]
    assert mine[0]["because"] == ["unit"] and mine[0]["unit"] and mine[0]["title"]
    assert 0.2 < mine[0]["chance"] < 0.4 and mine[1]["chance"] < 0.1
    assert found["learned"][0]["figures"] == {"auc": 0.88}

    city.clock.advance(timedelta(days=1))
    [later] = (await city.supervisor.get(f"{PAGE}?ticket={slow}"))["items"]
    assert later["chance"] > mine[0]["chance"]
    for login in ("agent", "unit", "admin"):
        assert (await city.person(login).call("GET", PAGE)).status_code == 403

    await city.conn.execute("UPDATE outlook SET body = jsonb_set(body, '{bias}', '9'), checksum = checksum || ' '")
    assert (await city.supervisor.get(PAGE))["items"] == [], "numbers that are not those written are not believed"


async def test_预估_what_the_citizen_may_be_told(city: City) -> None:
    ticket_id, hands = await signed(city, "D14"), city.unit_desk("D14")
    assert (await city.supervisor.get(f"/tickets/{ticket_id}/surroundings"))["expected"] is None
    unit = str(await city.unit("D14"))
    model = WaitModel(1.0, {f"u={unit}": 0.5}, {"": 400, f"u={unit}": 40}, 0.0, 1.0)
    await store.put(city.conn, "wait", model, rows=400, figures={}, now=city.clock.now())
    told = (await city.supervisor.get(f"/tickets/{ticket_id}/surroundings"))["expected"]
    assert told == {"p50": 4.5, "p90": 12.2, "answers": 40, "based_on": "unit"}
    said = (await city.agent.call("POST", "/suggest", {"content": LAMP})).json()
    assert said["expected"]["p90"] > said["expected"]["p50"] > 0

    city.clock.advance(timedelta(days=2))
    await called_back(city, ticket_id, hands)
    await signed(city, "D12")
    now = city.clock.now()
    [row] = [one for one in await store.finished(city.conn, now - timedelta(days=9), now) if one.ticket_id == ticket_id]
    assert row.unit_id == int(unit) and row.late is False and row.finished_at is not None
    rows = await store.answered(city.conn, now - timedelta(days=9), now)
    assert [one.answered for one in rows if one.unit == unit] == [True]
    assert [one.answered for one in rows if one.unit == str(await city.unit("D12"))] == [False]
    assert next(one for one in rows if one.answered).days >= 2
