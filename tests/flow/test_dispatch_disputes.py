"""Who may be sent what, who may decide, and what comes of a dispute."""

from datetime import date
from typing import Any

from tests.flow.city import City
from tests.flow.steps import BASIS, in_the_pool, sent, signed

DUTY = "020105"
"""断头路与道路规划建设, for a person to decide."""


async def asks_to_return(city: City, ticket_id: int, code: str, proposed: str) -> None:
    ask = {"basis": BASIS, "proposed_unit": await city.unit(proposed), "reason": "不属职责"}
    await city.unit_desk(code).does("request_return", ticket_id, **ask)


async def report(city: City, period: str = "") -> Any:
    return await city.supervisor.get(f"/reports/dispatch{period}")


async def test_属地_a_local_government_is_not_sent_another_districts_matter(city: City) -> None:
    ticket_id = await in_the_pool(city, district_code="990102001", category="010103")
    for code in ("A01", "S003"):  # the first district, and a street of it
        status, said = await city.dispatcher.refused("dispatch", ticket_id, unit_id=await city.unit(code))
        assert status == 422 and "辖区" in said
    status, _ = await city.dispatcher.refused(
        "dispatch", ticket_id, unit_id=await city.unit("D14"), assists=[await city.unit("A01")]
    )
    assert status == 422, "nor may it assist there"
    await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("A02"), basis=BASIS)


async def test_停用_a_unit_that_is_no_more_is_neither_sent_nor_proposed(city: City) -> None:
    await city.conn.execute("UPDATE unit SET active = false WHERE code = 'D15'")
    await city.conn.execute("UPDATE directory_revision SET stamp = gen_random_uuid()")
    gone = await city.unit("D15")
    ticket_id = await signed(city)
    waiting = await in_the_pool(city)
    status, said = await city.dispatcher.refused("dispatch", waiting, unit_id=gone)
    assert status == 422 and "停用" in said
    status, said = await city.unit_desk("D14").refused(
        "request_return", ticket_id, basis=BASIS, proposed_unit=gone, reason="不属职责"
    )
    assert status == 422 and "停用" in said


async def test_回避_nobody_decides_on_a_ticket_that_accuses_their_own_unit(city: City) -> None:
    centre, monitor = await city.unit("C01"), await city.unit("D47")
    ticket_id = await in_the_pool(city, "举报热线中心工作人员泄露诉求人的信息。", kind="report", accused_unit=centre)
    for person in (city.dispatcher, city.supervisor):
        for verb, body in (("dispatch", {"unit_id": monitor}), ("consult", {})):
            status, said = await person.refused(verb, ticket_id, **body)
            assert status == 422 and "回避" in said, (person.login, verb)
    await city.person("centre-leader").does("dispatch", ticket_id, unit_id=monitor, basis=BASIS)
    hands = city.unit_desk("D47")
    await hands.does("sign", ticket_id)
    await hands.does("reply", ticket_id, account="已查实", public_reply="已依规处理", solved="yes", found_true=True)
    status, said = await city.person("reviewer").refused("approve_reply", ticket_id)
    assert status == 422 and "回避" in said


async def test_退单审核_a_to_b_to_a_is_said_in_the_review_and_goes_to_consultation(city: City) -> None:
    ticket_id = await signed(city, "D14")
    await asks_to_return(city, ticket_id, "D14", "D13")
    first = await city.dispatcher.get(f"/tickets/{ticket_id}/return")
    assert (first["proposed_unit"], first["goes_round"], first["to_consultation"]) == (
        await city.unit("D13"),
        False,
        False,
    )
    await city.dispatcher.does("approve_return", ticket_id)
    await asks_to_return(city, ticket_id, "D13", "D14")
    second = await city.dispatcher.get(f"/tickets/{ticket_id}/return")
    assert second["goes_round"] and second["to_consultation"]
    assert any("退回过本工单" in remark for remark in second["remarks"])
    await city.dispatcher.does("approve_return", ticket_id)
    assert await city.state(ticket_id) == "consulting"
    assert (await city.dispatcher.call("GET", f"/tickets/{ticket_id}/return")).status_code == 404
    assert (await city.unit_desk("D14").call("GET", f"/tickets/{ticket_id}/return")).status_code == 403


async def test_退单审核_a_unit_that_had_it_before_forces_consultation_at_the_first_return(city: City) -> None:
    """The dispatcher, not the objector, sends it round: the table sees that, too."""
    ticket_id = await signed(city, "D14")
    await asks_to_return(city, ticket_id, "D14", "D13")
    await city.dispatcher.does("approve_return", ticket_id, unit_id=await city.unit("D15"))
    await asks_to_return(city, ticket_id, "D15", "D11")
    status, said = await city.dispatcher.refused("approve_return", ticket_id, unit_id=await city.unit("D15"))
    assert status == 422 and "原单位" in said
    await city.dispatcher.does("approve_return", ticket_id, unit_id=await city.unit("D14"))
    assert await city.state(ticket_id) == "consulting"


async def test_裁定_a_ruling_is_deposited_in_the_catalogue_and_the_next_like_case_follows_it(city: City) -> None:
    today = city.clock.now().date()
    await city.conn.execute(
        "INSERT INTO catalogue (category, region, lead, assist, basis, clear, valid_from) "
        "VALUES ($1, NULL, 'D11', '{}', '旧条', false, '2020-01-01') "
        "ON CONFLICT (category, coalesce(region, ''), valid_from) DO NOTHING",
        DUTY,
    )
    ticket_id = await in_the_pool(city, category=DUTY)
    await city.dispatcher.does("consult", ticket_id)
    lead, assist = await city.unit("D12"), await city.unit("D13")
    await city.supervisor.does(
        "rule",
        ticket_id,
        unit_id=lead,
        assists=[assist],
        basis="编办函〔2026〕8号",
        reason="会商一致",
        to_catalogue=True,
    )
    entries = await city.conn.fetch(
        "SELECT lead, assist, basis, clear, valid_from, valid_to, source FROM catalogue "
        "WHERE category = $1 AND region IS NULL ORDER BY valid_from",
        DUTY,
    )
    assert all(old["valid_to"] == today for old in entries[:-1]) and len(entries) > 1
    assert dict(entries[-1]) == {
        "lead": "D12",
        "assist": ["D13"],
        "basis": "编办函〔2026〕8号",
        "clear": True,
        "valid_from": today,
        "valid_to": None,
        "source": str(ticket_id),
    }
    [ruled] = (await city.dispatcher.get(f"/precedents?category={DUTY}"))["items"]
    assert (ruled["ticket_id"], ruled["lead_unit"], ruled["reason"]) == (ticket_id, lead, "会商一致")
    assert ruled["catalogue_id"] is not None

    like = await in_the_pool(city)
    await city.dispatcher.does("classify", like, category=DUTY)
    assert await city.state(like) == "dispatched", "one case settled, the like of it goes by itself"
    assert (await city.dispatcher.sees(like))["ticket"]["assignments"][0]["unit_id"] == lead


async def test_裁定_two_rulings_on_one_day_leave_one_entry_and_two_precedents(city: City) -> None:
    waiting = [await in_the_pool(city, category=DUTY) for _ in range(2)]
    for ticket_id, code in zip(waiting, ("D11", "D12"), strict=True):
        await city.dispatcher.does("consult", ticket_id)
        await city.supervisor.does(
            "rule", ticket_id, unit_id=await city.unit(code), basis=BASIS, reason="会商", to_catalogue=True
        )
    today = city.clock.now().date()
    in_force = "SELECT lead FROM catalogue WHERE category = $1 AND valid_to IS NULL AND valid_from = $2"
    assert [row["lead"] for row in await city.conn.fetch(in_force, DUTY, today)] == ["D12"]
    assert len((await city.dispatcher.get(f"/precedents?category={DUTY}"))["items"]) == 2


async def test_裁定_a_local_governments_ruling_speaks_for_its_own_place_alone(city: City) -> None:
    ticket_id = await in_the_pool(city, category="010103", district_code="990101001")
    await city.dispatcher.does("consult", ticket_id)
    status, said = await city.supervisor.refused(
        "rule", ticket_id, unit_id=await city.unit("A01"), basis=" ", reason="会商", to_catalogue=True
    )
    assert status == 422 and "依据" in said
    await city.supervisor.does(
        "rule", ticket_id, unit_id=await city.unit("A01"), basis=BASIS, reason="会商", to_catalogue=True
    )
    row = await city.conn.fetchrow("SELECT region FROM catalogue WHERE source = $1", str(ticket_id))
    assert row and row["region"] == "990101"


async def test_裁定_without_a_category_there_is_nothing_to_deposit(city: City) -> None:
    ticket_id = await in_the_pool(city)
    await city.conn.execute("UPDATE ticket SET category = NULL WHERE id = $1", ticket_id)
    await city.dispatcher.does("consult", ticket_id)
    ruling = {"unit_id": await city.unit("D14"), "basis": BASIS, "reason": "会商"}
    status, said = await city.supervisor.refused("rule", ticket_id, to_catalogue=True, **ruling)
    assert status == 422 and "先分类" in said
    await city.supervisor.does("rule", ticket_id, **ruling)
    assert await city.conn.fetchval("SELECT count(*) FROM catalogue WHERE source = $1", str(ticket_id)) == 0


async def test_派单准确率_counts_who_sent_it_wrong_and_a_dispute_by_its_ruling(city: City) -> None:
    empty = await report(city, "?from=2020-01-01&to=2020-01-31")
    assert empty["all"]["accuracy"] == {"numerator": 0, "denominator": 0, "value": None, "text": "—"}

    right, wrong, changed, disputed, refused = [await signed(city, "D14") for _ in range(5)]
    other = await in_the_pool(city)
    await city.person("dispatcher2").does("dispatch", other, unit_id=await city.unit("D13"), basis=BASIS)
    for ticket_id in (wrong, changed, disputed, refused):
        await asks_to_return(city, ticket_id, "D14", "D13")
    await city.dispatcher.does("approve_return", wrong)
    await city.dispatcher.does("approve_return", changed, wrong_unit=False)
    await city.dispatcher.does("refuse_return", refused, reason="目录明确")
    await city.dispatcher.does("escalate_return", disputed)
    await city.supervisor.does("rule", disputed, unit_id=await city.unit("D14"), basis=BASIS, reason="原单位正确")
    assert await city.state(right) == "in_progress"

    found = await report(city)
    assert (found["from"], found["to"]) == ("2026-11-01", str(date(2026, 11, city.clock.now().day)))
    by = {row["name"]: row["of"] for row in found["dispatchers"]}
    # Five first sendings and two redirections; one of them went to the wrong unit.
    assert by["周平"]["dispatched"] == 7
    assert (by["周平"]["returns_asked"], by["周平"]["returns_granted"]) == (4, 3)
    assert by["周平"]["returns_wrong_unit"] == 1, "nor a changed matter, nor a dispute ruled his way"
    assert by["周平"]["accuracy"] == {"numerator": 6, "denominator": 7, "value": 0.8571, "text": "85.7%"}
    assert by["叶欣然"]["accuracy"]["text"] == "100.0%"
    assert found["by_hand"]["dispatched"] == 8 and found["automatic"]["accuracy"]["text"] == "—"
    assert (await city.dispatcher.call("GET", "/reports/dispatch")).status_code == 403
    assert (await city.supervisor.call("GET", "/reports/dispatch?from=2026-13-01")).status_code == 422


async def test_撤回_an_assisting_unit_that_is_no_longer_needed_goes_with_all_below_it(city: City) -> None:
    ticket_id = await in_the_pool(city, category="010103")
    district = await city.unit("A01")
    await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("D14"), assists=[district], basis=BASIS)
    lead, local = city.unit_desk("D14"), city.unit_desk("A01")
    await lead.does("sign", ticket_id)
    await local.does("sign", ticket_id)
    await local.does("assist", ticket_id, unit_id=await city.unit("S003"), below=True)
    task, below = (await lead.sees(ticket_id))["ticket"]["assignments"][1:]
    await city.person("u-s003").does("sign", ticket_id)
    status, said = await local.refused("assist_reply", ticket_id, account="已办")
    assert status == 422 and "下派" in said, "who passed it down waits for the answer"
    assert (await city.person("u-s003").refused("recall", ticket_id, assignment_id=task["id"]))[0] == 422
    assert (await local.refused("recall", ticket_id, assignment_id=task["id"]))[0] == 422, "nobody recalls themselves"
    await city.dispatcher.does("recall", ticket_id, assignment_id=task["id"], reason="不再需要")
    stages = {a["id"]: a["stage"] for a in (await lead.sees(ticket_id))["ticket"]["assignments"]}
    assert (stages[task["id"]], stages[below["id"]]) == ("recalled", "recalled")
    await lead.does("reply", ticket_id, account="已办", public_reply="已办结", solved="yes")


async def test_下派_the_child_answers_its_parent_and_the_parent_answers_for_all(city: City) -> None:
    ticket_id = await sent(city, "A01", category="010103")
    local, street = city.unit_desk("A01"), city.person("u-s003")
    await local.does("sign", ticket_id)
    await local.does("assist", ticket_id, unit_id=await city.unit("S003"), below=True)
    await street.does("sign", ticket_id)
    status, _ = await street.refused("reply", ticket_id, account="已办", public_reply="已办", solved="yes")
    assert status == 422
    await street.does("assist_reply", ticket_id, account="已上门清理")
    await local.does("reply", ticket_id, account="街道已办", public_reply="已清理完毕", solved="yes")
    assert await city.state(ticket_id) == "replied"
