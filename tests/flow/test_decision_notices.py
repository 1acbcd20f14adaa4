"""审核结果: whoever filed an appeal or a request not to be counted hears what was decided of it, once."""

from typing import Any

from hotline.infra.clock import BEIJING
from hotline.jobs.posting import hand_out
from tests.flow.city import City, Person
from tests.flow.steps import answers, sent

UNIT = "D07"
ASK = {"ground": "untrue", "evidence": "见现场勘查笔录", "reason": "现场无所述情况"}


async def rated_low(city: City) -> int:
    """The citizen was called back and is not satisfied."""
    ticket_id = await sent(city, UNIT)
    await answers(city.unit_desk(UNIT), ticket_id)
    await city.supervisor.does("approve_reply", ticket_id)
    await city.callback.calls_back(ticket_id, solved="no", rating=1, dissatisfied_with="result")
    return ticket_id


async def heard(city: City, person: Person) -> list[dict[str, Any]]:
    await hand_out(city.services)
    await hand_out(city.services)
    return [one["told"] for one in (await person.get("/me/notices"))["items"] if one["told"]["kind"] == "decided"]


async def who_heard(city: City, ticket_id: int) -> list[str]:
    """Of the last decision."""
    await hand_out(city.services)
    rows = await city.conn.fetch(
        "SELECT a.username FROM notice n JOIN account a USING (person_id) WHERE n.ticket_id = $1 AND n.kind = 'decided'"
        " AND n.seq = (SELECT max(seq) FROM notice WHERE ticket_id = $1 AND kind = 'decided') ORDER BY 1",
        ticket_id,
    )
    return [row["username"] for row in rows]


async def test_申诉有结果_whoever_filed_it_is_told_once_with_the_reviewers_reason(city: City) -> None:
    ticket_id, hands = await rated_low(city), city.unit_desk(UNIT)
    wish = {"mail": "review@city.gov.cn", "quiet_from": "21:00:00", "quiet_to": "08:00:00"}
    assert (await hands.call("PUT", "/me/notices/wish", wish)).status_code == 200
    await hands.does("appeal", ticket_id, evidence="勘查笔录", reason="已依规办理")
    assert await heard(city, hands) == [], "filed, nobody has decided"
    evening = city.clock.now().astimezone(BEIJING).replace(hour=22, minute=0)
    await city.pass_time(seconds=(evening - city.clock.now()).total_seconds())
    await city.reviewer.does("decide_appeal", ticket_id, granted=False, reason="笔录没有日期")
    [told] = await heard(city, hands)
    assert (told["ticket_id"], told["clock"], told["origin"]) == (ticket_id, "appeal", "refused")
    assert told["note"] == "笔录没有日期" and told["due_at"] is None
    assert await who_heard(city, ticket_id) == ["u-d07-review"], "nobody else of the unit, and not who decided"
    held = await city.conn.fetch("SELECT send_after FROM delivery JOIN notice n USING (ticket_id, seq) WHERE n.kind = 'decided'")  # fmt: skip
    assert [one["send_after"].astimezone(BEIJING).hour for one in held] == [8], "outside in the morning, as other news"


async def test_不纳入考核有结果_each_request_is_told_of_apart_and_approval_as_well(city: City) -> None:
    ticket_id, hands = await rated_low(city), city.unit_desk(UNIT)
    await hands.does("appeal", ticket_id, evidence="勘查笔录", reason="已依规办理")
    await hands.does("request_exclusion", ticket_id, **ASK)
    await city.reviewer.does("decide_exclusion", ticket_id, granted=True, reason="与勘查笔录相符")
    await city.reviewer.does("decide_appeal", ticket_id, granted=True, reason="证据充分")
    found = [(one["clock"], one["origin"], one["note"]) for one in await heard(city, hands)]
    assert found == [("appeal", "granted", "证据充分"), ("exclusion", "granted", "与勘查笔录相符")]


async def test_申请人已离岗_the_units_reviewer_or_leader_hears_in_their_place(city: City) -> None:
    filed, unit = city.unit_desk(UNIT), await city.unit(UNIT)
    leader = await city.conn.fetchval("INSERT INTO person (name, unit_id) VALUES ('方局', $1) RETURNING id", unit)
    await city.conn.execute("INSERT INTO person_role VALUES ($1, 'unit_leader')", leader)
    await city.conn.execute(
        "INSERT INTO account (person_id, username, password_hash, demo) VALUES ($1, 'u-d07-leader', '$argon2id$none', true)",
        leader,
    )
    first, second = await rated_low(city), await rated_low(city)
    for ticket_id in (first, second):
        await city.person("u-d07-leader").does("request_exclusion", ticket_id, **ASK)
    # To another unit, then out of the house: neither is any more whose request it is.
    await city.conn.execute("UPDATE person SET unit_id = $2 WHERE id = $1", leader, await city.unit("D13"))
    await city.reviewer.does("decide_exclusion", first, granted=False, reason="诉求合理")
    assert await who_heard(city, first) == ["u-d07-review"]
    await city.conn.execute("UPDATE person SET unit_id = $2, active = false WHERE id = $1", leader, unit)
    await city.reviewer.does("decide_exclusion", second, granted=False, reason="诉求合理")
    assert await who_heard(city, second) == ["u-d07-review"]
    assert (await heard(city, filed))[0]["note"] == "诉求合理"


async def test_单位合并以后_the_news_finds_whoever_filed_it_in_the_successor(city: City) -> None:
    ticket_id, hands = await rated_low(city), city.unit_desk(UNIT)
    await hands.does("request_exclusion", ticket_id, **ASK)
    old, into = await city.unit(UNIT), await city.unit("D13")
    answered = await city.admin.call("POST", f"/units/{old}/merge", {"into": into, "reason": "机构改革"})
    assert answered.status_code == 200, answered.text
    await city.reviewer.does("decide_exclusion", ticket_id, granted=False, reason="诉求合理")
    assert await who_heard(city, ticket_id) == ["u-d07-review"]


async def test_保密件_the_bell_tells_that_it_was_decided_and_neither_title_nor_reason(city: City) -> None:
    ticket_id, hands = await rated_low(city), city.unit_desk(UNIT)
    await hands.does("request_exclusion", ticket_id, **ASK)
    await city.conn.execute("UPDATE ticket SET confidential = true WHERE id = $1", ticket_id)
    await city.reviewer.does("decide_exclusion", ticket_id, granted=False, reason="举报人所述属实")
    [told] = await heard(city, hands)
    assert (told["title"], told["note"], told["origin"]) == ("保密工单", "", "refused")
