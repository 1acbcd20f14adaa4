"""The measures (docs/rules.md E.3) counted by hand beside what the page says; each is followed to its very tickets."""

from typing import Any

from tests.flow.city import City, Person
from tests.flow.steps import BASIS, VAGUE, answers, called_back, in_the_pool, sent, signed

PAGE = "/reports/kpi?from=2026-11-01&to=2027-01-31"


async def counted(city: City, query: str = "") -> dict[str, tuple[int, int, int]]:
    """(numerator, denominator, left out) of every measure that has anything to say, for the whole city."""
    found = await city.supervisor.get(PAGE + query)
    return {
        name: (cell["numerator"], cell["denominator"], cell["excluded"])
        for name, cell in found["total"]["rates"].items()
        if cell["denominator"] or cell["excluded"]
    }


async def of_unit(city: City, code: str) -> dict[str, tuple[int, int, int]]:
    key = str(await city.unit(code))
    groups = (await city.supervisor.get(PAGE))["groups"]
    rates: Any = next((group["rates"] for group in groups if group["key"] == key), {})
    return {name: (cell["numerator"], cell["denominator"], cell["excluded"]) for name, cell in rates.items()}


async def behind(city: City, measure: str, part: str, more: str = "") -> list[Any]:
    path = PAGE.replace("kpi?", "kpi/tickets?") + f"&measure={measure}&part={part}{more}"
    items: list[Any] = (await city.supervisor.get(path))["items"]
    return items


async def ids(city: City, measure: str, part: str, more: str = "") -> set[int]:
    return {item["ticket_id"] for item in await behind(city, measure, part, more)}


async def rated(city: City, solved: str, rating: int, hands: Person | None = None) -> int:
    ticket_id, own = await signed(city), hands or city.unit_desk("D14")
    await called_back(city, ticket_id, own)
    await city.callback.calls_back(ticket_id, solved=solved, rating=rating)
    return ticket_id


async def test_an_empty_span_has_no_rates_and_never_a_hundred_per_cent(city: City) -> None:
    found = await city.supervisor.get("/reports/kpi?from=2020-01-01&to=2020-01-31")
    assert {cell["text"] for cell in found["total"]["rates"].values()} == {"—"}
    assert found["groups"] == [] and found["total"]["tier"] == "样本不足"


async def test_按时办结_in_time_late_shelved_and_under_review_each_count_as_the_rules_say(city: City) -> None:
    hands = city.unit_desk("D14")
    in_time, late, never, shelved, reviewed = [await signed(city) for _ in range(5)]
    await called_back(city, in_time, hands)
    await answers(hands, reviewed)
    await hands.does(
        "request_shelving",
        shelved,
        plan="列入明年改造计划",
        milestone="2027-03-01T00:00:00+08:00",
        leader="王局",
        reason="需立项",
    )
    await city.supervisor.does("shelve", shelved, reason="客观条件限制")
    await city.pass_time(days=9)
    await called_back(city, late, hands)
    found = await counted(city)
    assert found["finish_on_time"] == (2, 4, 1), "in time and shelved of four; one is not judged yet"
    assert await ids(city, "finish_on_time", "numerator") == {in_time, shelved}
    assert await ids(city, "finish_on_time", "missed") == {late, never}
    [pending] = await behind(city, "finish_on_time", "excluded")
    assert (pending["ticket_id"], pending["excluded"]) == (reviewed, "审核中,未定")
    assert found["finished"] == (3, 5, 0)
    assert found["solved"] == (0, 1, 0), "shelved is unsolved until somebody has been asked"
    assert found["sign_on_time"] == (5, 5, 0) and found["contact_on_time"] == (2, 5, 0)


async def test_a_deadline_that_has_not_come_is_not_counted(city: City) -> None:
    ticket_id = await signed(city)
    await called_back(city, ticket_id, city.unit_desk("D14"))
    assert "finish_on_time" not in await counted(city)
    await city.pass_time(days=9)
    assert (await counted(city))["finish_on_time"] == (1, 1, 0)


async def test_延期_a_granted_extension_moves_the_day_by_which_it_is_judged(city: City) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    await hands.does(
        "request_extension", ticket_id, working_days=3, progress="材料已采购", reason="等待材料", citizen_informed=True
    )
    await city.reviewer.does("grant_extension", ticket_id, reason="同意")
    await city.pass_time(days=8)
    assert "finish_on_time" not in await counted(city)
    await called_back(city, ticket_id, hands)
    await city.pass_time(days=9)
    found = await counted(city)
    assert found["finish_on_time"] == (1, 1, 0) and found["extension_rate"] == (1, 1, 0)


async def test_退单成立_takes_the_first_unit_out_of_every_denominator(city: City) -> None:
    ticket_id, hands = await sent(city), city.unit_desk("D14")
    await hands.does(
        "request_return",
        ticket_id,
        reason="非本单位职责",
        basis="三定规定",
        proposed_unit=await city.unit("D13"),
    )
    await city.dispatcher.does("approve_return", ticket_id)
    refused = await sent(city)
    await hands.does(
        "request_return", refused, reason="非本单位职责", basis="三定规定", proposed_unit=await city.unit("D13")
    )
    await city.dispatcher.does("refuse_return", refused, reason="目录明确")
    await city.unit_desk("D13").does("sign", ticket_id)
    await city.pass_time(days=9)
    first, second = await of_unit(city, "D14"), await of_unit(city, "D13")
    assert first["finish_on_time"] == (0, 1, 1) and first["sign_on_time"] == (0, 1, 1)
    assert second["finish_on_time"] == (0, 1, 0) and second["sign_on_time"] == (1, 1, 0)
    assert first["return_rate"] == (2, 2, 0), "that it was asked is not undone"
    assert first["return_upheld"] == (1, 2, 0) and first["return_refused"] == (1, 2, 0)
    report = (await city.supervisor.get("/reports/dispatch?from=2026-11-01&to=2027-01-31"))["all"]["accuracy"]
    assert (await counted(city))["dispatch_accuracy"] == (report["numerator"], report["denominator"], 0) == (2, 3, 0)


async def test_协办_late_while_the_lead_is_in_time_counts_among_assisting_units_only(city: City) -> None:
    ticket_id = await in_the_pool(city)
    helper = await city.unit("D13")
    await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("D14"), assists=[helper], basis=BASIS)
    await city.unit_desk("D13").does("sign", ticket_id)
    await city.pass_time(days=9)
    found = await counted(city)
    assert found["assist_on_time"] == (0, 1, 0) and found["finish_on_time"] == (0, 1, 0)
    assert (await of_unit(city, "D13"))["finish_on_time"] == (0, 0, 0)


async def test_满意_unreached_and_appealed_count_neither_way(city: City) -> None:
    hands = city.unit_desk("D14")
    good = await rated(city, "yes", 5)
    fair = await rated(city, "partly", 3)
    bad = await rated(city, "no", 1)
    unreached = await signed(city)
    await called_back(city, unreached, hands)
    for hours in (0, 6, 22):
        await city.pass_time(hours=hours)
        await city.callback.calls_back(unreached, reached=False)
    found = await counted(city)
    assert await city.conn.fetchval("SELECT outcome FROM callback WHERE ticket_id = $1", unreached) == "unreached"
    assert found["satisfied"] == (2, 3, 1) and found["solved"] == (1, 3, 1), "partly solved is not solved"
    assert found["callback_reached"] == (3, 4, 0) and found["rework"] == (1, 3, 1)
    assert await ids(city, "satisfied", "numerator") == {good, fair}
    assert {i["excluded"] for i in await behind(city, "satisfied", "excluded")} == {"未接通"}
    await hands.does("appeal", bad, evidence="现场照片和签字记录", reason="已依规办理")
    assert (await counted(city))["satisfied"] == (2, 3, 1), "asked is not yet granted"
    await city.reviewer.does("decide_appeal", bad, granted=True, reason="证据充分")
    assert (await counted(city))["satisfied"] == (2, 2, 2)
    assert "申诉成立,不纳入考核" in {i["excluded"] for i in await behind(city, "satisfied", "excluded")}


async def test_终止办理_and_撤诉_move_numerator_and_denominator_both(city: City) -> None:
    hands = city.unit_desk("D14")
    kept, ended, withdrawn = [await signed(city) for _ in range(3)]
    await called_back(city, kept, hands)
    await city.callback.calls_back(kept, solved="yes", rating=4)
    await hands.does("request_termination", ended, ground="诉求无法律依据", reason="申请终止")
    await city.supervisor.does("terminate", ended, ground="不合理诉求", reason="已解释")
    await city.agent.does("withdraw", withdrawn, proof="录音 20261123-0007", reason="已自行解决")
    await city.pass_time(days=9)
    found = await counted(city)
    assert found["finish_on_time"] == (1, 1, 2) and found["finished"] == (1, 1, 2)
    reasons = {i["ticket_id"]: i["excluded"] for i in await behind(city, "finish_on_time", "excluded")}
    assert reasons == {ended: "终止办理或法定途径", withdrawn: "撤诉"}


async def test_并单_the_work_counts_once_and_every_caller_is_asked(city: City) -> None:
    master, child = await signed(city), await in_the_pool(city, VAGUE + "同一小区")
    await city.dispatcher.does("merge", child, master_id=master)
    await called_back(city, master, city.unit_desk("D14"))
    for ticket_id in (master, child):
        await city.callback.calls_back(ticket_id, solved="yes", rating=5)
    await city.pass_time(days=9)
    found = await counted(city)
    assert found["finish_on_time"] == (1, 1, 1)
    assert found["satisfied"] == (2, 2, 0)


async def test_重办_a_ticket_that_went_round_twice_is_one_ticket(city: City) -> None:
    ticket_id, hands = await rated(city, "no", 1), city.unit_desk("D14")
    await called_back(city, ticket_id, hands)
    await city.callback.calls_back(ticket_id, solved="no", rating=2)
    await called_back(city, ticket_id, hands)
    await city.callback.calls_back(ticket_id, solved="yes", rating=4)
    found = await counted(city)
    assert found["rework"] == (1, 1, 0) and found["second_satisfied"] == (1, 2, 0)
    assert found["satisfied"] == (1, 3, 0)


async def test_every_group_adds_up_to_the_whole_and_every_number_to_its_tickets(city: City) -> None:
    await rated(city, "yes", 5)
    await rated(city, "no", 1)
    await sent(city, "D13", channel="phone")
    await city.receives_letter(VAGUE)
    await city.pass_time(days=9)
    whole = await counted(city)
    for group in ("unit", "district", "channel", "category", "month"):
        found = await city.supervisor.get(f"{PAGE}&group={group}")
        for measure, (hit, of, out) in whole.items():
            cells = [row["rates"][measure] for row in found["groups"]]
            assert sum(c["denominator"] for c in cells) == of or group == "unit", (group, measure)
            assert sum(c["numerator"] for c in cells) <= hit
            if group in ("channel", "unit"):
                for row in found["groups"][:2]:
                    where = f"&group={group}" + (f"&key={row['key']}" if row["key"] else "")
                    listed = await behind(city, measure, "denominator", where)
                    assert len(listed) == row["rates"][measure]["denominator"], (group, measure)
            assert len(await behind(city, measure, "excluded")) == out


async def test_the_list_behind_a_number_is_read_page_by_page(city: City) -> None:
    tickets = {await sent(city) for _ in range(5)}
    await city.pass_time(days=9)
    path = PAGE.replace("kpi?", "kpi/tickets?") + "&measure=finish_on_time&part=missed&limit=2"
    seen, cursor = [], ""
    for _ in range(3):
        page = await city.supervisor.get(path + cursor)
        seen += [item["ticket_id"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None and sorted(seen) == sorted(tickets)
    for wrong in ("&cursor=x", "&part=all", "&measure=no", "&group=planet"):
        assert (await city.supervisor.call("GET", path + wrong)).status_code == 422


async def test_月度快照_a_later_appeal_changes_the_next_revision_only(city: City) -> None:
    """L 19."""
    hands = city.unit_desk("D14")
    await rated(city, "yes", 5)
    bad = await rated(city, "no", 1)
    path = "/reports/kpi/months/2026-11"
    status = (await city.supervisor.call("POST", f"{path}/freeze", {})).status_code
    assert status == 422, "the time for appeals is not over"
    await hands.does("appeal", bad, evidence="现场照片", reason="已依规办理")
    await city.pass_time(days=16)
    assert (await city.supervisor.call("GET", path)).status_code == 404
    assert (await city.dispatcher.call("POST", f"{path}/freeze", {})).status_code == 403
    frozen = await city.supervisor.call("POST", f"{path}/freeze", {})
    assert frozen.status_code == 201, frozen.text
    assert frozen.json()["kpi"]["total"]["rates"]["satisfied"]["text"] == "50.0%"
    await city.reviewer.does("decide_appeal", bad, granted=True, reason="证据充分")
    live = await city.supervisor.get("/reports/kpi?from=2026-11-01&to=2026-11-30")
    assert live["total"]["rates"]["satisfied"]["text"] == "100.0%"
    assert live["frozen"] == 1, "the page says that the bulletin shows other numbers"
    assert (await city.supervisor.get("/reports/kpi?from=2026-11-02&to=2026-11-30"))["frozen"] == 0
    kept = await city.supervisor.get(path)
    assert (kept["revision"], kept["kpi"]["total"]["rates"]["satisfied"]["text"]) == (1, "50.0%")
    again = await city.supervisor.call("POST", f"{path}/freeze", {})
    assert again.status_code == 409 and "理由" in again.json()["message"]
    second = await city.supervisor.call("POST", f"{path}/freeze", {"because": "申诉成立 1 件"})
    assert second.status_code == 201 and second.json()["revisions"] == [1, 2]
    assert second.json()["kpi"]["total"]["rates"]["satisfied"]["text"] == "100.0%"
    first = await city.supervisor.get(f"{path}?revision=1&group=channel")
    assert first["kpi"]["total"]["rates"]["satisfied"]["text"] == "50.0%" and first["hash"] == kept["hash"]
    assert first["hash"] != second.json()["hash"]


async def test_督办台_the_wall_counts_what_waits_what_came_and_what_is_late(city: City) -> None:
    hands = city.unit_desk("D14")
    waiting, late = await in_the_pool(city), await signed(city)
    empty = await city.supervisor.get("/supervision/wall")
    assert (empty["open"], empty["late"], empty["today"]["received"]) == (2, 0, 2)
    assert {s["state"]: s["tickets"] for s in empty["stages"] if s["tickets"]} == {"registered": 1, "in_progress": 1}
    assert empty["today"]["dispatched"] == 1 and empty["today"]["automatic"]["text"] == "0.0%"
    await city.pass_time(days=9)
    done = await rated(city, "yes", 5)
    await hands.does(
        "request_return",
        await sent(city),
        reason="非本单位职责",
        basis="三定规定",
        proposed_unit=await city.unit("D13"),
    )
    await city.pass_time(seconds=3)
    wall = await city.supervisor.get("/supervision/wall")
    assert await city.state(done) == "closed" and await city.state(waiting) == "registered"
    assert (wall["open"], wall["late"], wall["asked"]) == (3, 1, {"return": 1})
    assert wall["units"][0]["key"] == str(await city.unit("D14")) and wall["units"][0]["late"] == 1
    assert wall["today"]["received"] == 2 and wall["today"]["closed"] == 1 and wall["today"]["received_before"] == 0
    assert sum(hour["received"] for hour in wall["hours"]) == 2 == sum(d["received"] for d in wall["districts"])
    assert sum(d["late"] for d in wall["districts"]) == 1 and await city.state(late) == "in_progress"
    assert (await city.dispatcher.call("GET", "/supervision/wall")).status_code == 403


async def test_月通报_says_what_came_in_and_what_became_of_it_in_every_format(city: City) -> None:
    await rated(city, "yes", 5)
    await city.receives_letter(VAGUE)
    ticket_id = await sent(city)
    await city.supervisor.does("supervise", ticket_id, level=2, ground="逾期未签收")
    found = await city.leader.get("/reports/monthly?month=2026-11")
    assert (found["received"]["number"], found["closed"], found["open"], found["letters"]) == (3, 1, 2, 1)
    assert {line["name"]: line["number"] for line in found["sources"]} == {"12345电话": 2, "市长信箱": 1}
    assert found["summary"][0] == "本月共受理群众诉求 3 件，办结 1 件，在办 2 件。" and found["revision"] is None
    for fmt, head in (("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK")):
        answered = await city.leader.call("GET", f"/reports/monthly?month=2026-11&format={fmt}")
        assert answered.status_code == 200 and answered.content.startswith(head)
        assert f"bulletin-2026-11.{fmt}" in answered.headers["content-disposition"]
        week = await city.leader.call("GET", f"/reports/difficult?week=2026-W48&format={fmt}")
        assert week.status_code == 200 and week.content.startswith(head)
    for wrong in ("month=2026-13", "month=2027-05", "month=2026-11&format=doc"):
        assert (await city.leader.call("GET", f"/reports/monthly?{wrong}")).status_code == 422


async def test_考核办法_a_new_version_weighs_anew_from_its_day_on(city: City) -> None:
    await rated(city, "yes", 5)
    await rated(city, "no", 2)
    before = (await city.supervisor.get("/reports/kpi?from=2026-11-01&to=2026-11-30"))["total"]
    body = {"three": {"satisfied": 100}, "fewest": 2, "tiers": [{"least": 0, "letter": "甲"}], "components": []}
    new = {"effective_from": "2026-11-01", "body": body, "because": "市政府办公室 2026 年考核办法"}
    assert (await city.dispatcher.call("POST", "/reports/kpi/rules", new)).status_code == 403
    wrong = {**new, "body": {**body, "three": {"satisfied": 90}}}
    assert (await city.supervisor.call("POST", "/reports/kpi/rules", wrong)).status_code == 422
    made = await city.supervisor.call("POST", "/reports/kpi/rules", new)
    assert made.status_code == 201 and made.json()["version"] == 1, made.text
    found = await city.supervisor.get("/reports/kpi?from=2026-11-01&to=2026-11-30")
    assert (before["tier"], found["total"]["tier"], found["total"]["score"]) == ("样本不足", "甲", 50.0)
    assert found["scoring"] == 1 and found["total"]["total"] is None
    october = await city.supervisor.get("/reports/kpi?from=2026-10-01&to=2026-10-31")
    assert october["scoring"] == 0, "what was reckoned by the old rules stays so"
    assert len((await city.supervisor.get("/reports/kpi/rules"))["versions"]) == 2


async def test_批示办结率_and_疑难销号率_count_tasks_and_listed_tickets(city: City) -> None:
    ticket_id = await signed(city)
    await city.leader.does("instruct", ticket_id, text="请限期解决。")
    directive = await city.conn.fetchval("SELECT id FROM directive WHERE ticket_id = $1", ticket_id)
    due, unit = city.clock.now(), await city.unit("D14")
    for done in (None, due):
        await city.conn.execute(
            "INSERT INTO directive_task (directive_id, unit_id, what, due, given_at, given_name, feedback_at, done_at)"
            " VALUES ($1, $2, '清运', $3, $3, '张', $4, $4)",
            directive,
            unit,
            due,
            done,
        )
    await city.conn.execute(
        "INSERT INTO difficult_week (week, frozen_at, frozen_name, hash, body) VALUES ('2026-W48', $1, '张', $2, '{}')",
        due,
        bytes(32),
    )
    await city.conn.execute("INSERT INTO difficult_listing VALUES ($1, '2026-W48', '职责不清类')", ticket_id)
    found = await counted(city)
    assert found["instruction_done"] == (1, 2, 0) and found["difficult_settled"] == (0, 1, 0)
    assert await ids(city, "instruction_done", "missed") == {ticket_id}


async def test_专题_tags_by_rule_counts_by_itself_and_has_its_section_in_the_bulletin(city: City) -> None:
    dusty, other = await rated(city, "yes", 5), await rated(city, "no", 1)
    await city.conn.execute("UPDATE matter SET content = content || '工地扬尘' WHERE ticket_id = $1", dusty)
    rule = {"name": "蓝天保卫战", "begins": "2026-11-01", "ends": "2026-12-31", "words": ["扬尘"]}
    assert (await city.dispatcher.call("POST", "/reports/campaigns", rule)).status_code == 403
    assert (await city.supervisor.call("POST", "/reports/campaigns", {**rule, "words": []})).status_code == 422
    tried = (await city.supervisor.call("POST", "/reports/campaigns/preview", {**rule, "name": ""})).json()
    assert (tried["tickets"], len(tried["newest"])) == (1, 1), "what it would take in is known before it is set"
    made = await city.supervisor.call("POST", "/reports/campaigns", rule)
    assert made.status_code == 201 and made.json()["tickets"] == 1, made.text
    table = await city.supervisor.get(f"{PAGE}&group=campaign")
    [row] = table["groups"]
    assert (row["name"], row["rates"]["satisfied"]["text"]) == ("蓝天保卫战", "100.0%")
    assert await ids(city, "satisfied", "denominator", f"&group=campaign&key={row['key']}") == {dusty}
    bulletin = await city.leader.get("/reports/monthly?month=2026-11")
    assert [(c["name"], c["received"]) for c in bulletin["campaigns"]] == [("蓝天保卫战", 1)]
    await city.conn.execute("UPDATE matter SET title = '扬尘扰民' WHERE ticket_id = $1", other)
    changed = await city.supervisor.call("POST", "/reports/campaigns", {**rule, "begins": "2026-10-01"})
    assert (changed.json()["id"], changed.json()["tickets"]) == (made.json()["id"], 2), (
        "the same name is the same campaign"
    )
    gone = await city.supervisor.call("DELETE", f"/reports/campaigns/{row['key']}")
    assert gone.status_code == 204 and (await city.supervisor.get(f"{PAGE}&group=campaign"))["groups"] == []
    assert (await city.supervisor.call("DELETE", "/reports/campaigns/999")).status_code == 404
