"""Measures that are no share (docs/rules.md E.3, 10, 11, 15, 16, 18): means and balances, counted by hand."""

from tests.flow.city import City
from tests.flow.steps import VAGUE, called_back, sent, signed
from tests.flow.test_kpi_stories import PAGE, behind, counted, ids, of_unit, rated


async def test_净满意_平均分_and_部分解决_of_four_answers_by_hand(city: City) -> None:
    """5, 4 and 1 of three who are pleased or not, 3 of one in between: (2 − 1) / 4, 13 / 4, one of four partly solved."""
    for solved, rating in (("yes", 5), ("yes", 4), ("partly", 3), ("no", 1)):
        await rated(city, solved, rating)
    found = await city.supervisor.get(PAGE)
    rates, measures = found["total"]["rates"], {one["name"]: one for one in found["measures"]}
    assert [rates["net_satisfied"][part] for part in ("numerator", "denominator", "text")] == [1, 4, "25.0%"]
    assert [rates["mean_rating"][part] for part in ("numerator", "denominator", "text")] == [13, 4, "3.25"]
    assert (measures["mean_rating"]["shown"], measures["mean_rating"]["of"]) == ("mean", "分")
    assert await counted(city, "&group=channel") | {"partly_solved": (1, 4, 0), "solved": (2, 4, 0)} == await counted(
        city
    )
    assert {(i["value"], i["hit"]) for i in await behind(city, "net_satisfied", "denominator")} == {
        (1, True),
        (0, False),
        (-1, False),
    }
    body = {"partly": 0.5, "three": {"satisfied": 100}, "components": []}
    new = {"effective_from": "2026-11-01", "body": body, "because": "部分解决按一半计"}
    assert (await city.supervisor.call("POST", "/reports/kpi/rules", new)).status_code == 201
    solved_rate = (await city.supervisor.get(PAGE))["total"]["rates"]["solved"]
    assert (solved_rate["text"], solved_rate["numerator"], solved_rate["parts"]) == ("62.5%", 2, 0.5)


async def test_只对结果不满_is_told_apart_from_what_the_unit_did_wrong(city: City) -> None:
    """Five answers: 5 and 2 with the result alone, 1 with the attitude, 2 without a reason, one solved by half and pleased."""
    for solved, rating, why in (("yes", 5, None), ("no", 2, "result"), ("no", 1, "attitude"), ("no", 2, None), ("partly", 3, None)):  # fmt: skip
        ticket_id = await signed(city)
        await called_back(city, ticket_id, city.unit_desk("D14"))
        more = {"dissatisfied_with": why} if why else {}
        await city.callback.calls_back(ticket_id, solved=solved, rating=rating, **more)
    unreached = await signed(city)
    await called_back(city, unreached, city.unit_desk("D14"))
    await city.callback.calls_back(unreached, declined=True)
    found = await counted(city)
    assert found["result_alone"] == (1, 5, 1) and found["satisfied"] == (2, 5, 1)


async def test_平均办理时长_counts_working_days_and_平均流转次数_the_units_a_ticket_went_to(city: City) -> None:
    """It is Monday 23 November 2026: one answered the same day, one on the Wednesday of the week after (7 working days)."""
    hands = city.unit_desk("D14")
    at_once, later = await signed(city), await sent(city)
    await called_back(city, at_once, hands)
    await hands.does(
        "request_return", later, reason="非本单位职责", basis="三定规定", proposed_unit=await city.unit("D13")
    )
    await city.dispatcher.does("approve_return", later)
    await city.unit_desk("D13").does("sign", later)
    await city.pass_time(days=9)
    await called_back(city, later, city.unit_desk("D13"))
    found = await counted(city)
    assert found["finish_days"] == (7, 2, 1), "the unit that gave it back has no time of its own"
    assert found["passed_on"] == (3, 2, 0)
    assert (await of_unit(city, "D13"))["passed_on"] == (2, 1, 0), "it counts where it came to rest"
    await city.conn.execute("INSERT INTO calendar_day VALUES ('cn', '2026-11-25', false, '市庆')")
    assert (await counted(city))["finish_days"] == (6, 2, 1), "a holiday entered later is no working day any more"


async def test_一次办结_who_calls_again_within_the_week_was_not_helped_by_the_first_call(city: City) -> None:
    async def calls() -> int:
        return await city.agent_logs(VAGUE, kind="complaint", category="010103", citizen={"phone": "13900001111"})

    first = await calls()
    await city.pass_time(days=6)
    second = await calls()
    await city.pass_time(days=8)
    third = await calls()
    found = await counted(city)
    assert found["first_call"] == (2, 3, 0) and found["repeat"] == (2, 3, 0)
    assert await ids(city, "first_call", "missed") == {second}
    assert await ids(city, "first_call", "numerator") == {first, third}
