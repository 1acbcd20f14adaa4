"""督办: letters with their numbers, receipts and answers; what is shelved; what is left out of the rates."""

from datetime import timedelta
from typing import Any

from hotline.infra.crypto import sm3
from tests.flow.city import City, Person
from tests.flow.steps import answers, called_back, sent, signed

REGISTER = "/supervision/letters"


async def letters(person: Person, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.get(REGISTER + query))["items"]
    return found


async def says(person: Person, path: str, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    answered = await person.call("POST", path, body)
    assert answered.status_code == status, answered.text
    made: dict[str, Any] = answered.json()
    return made


async def file(person: Person, letter: int, fmt: str) -> bytes:
    answered = await person.call("GET", f"{REGISTER}/{letter}?format={fmt}")
    assert answered.status_code == 200, answered.text
    return answered.content


async def clocks(city: City, ticket_id: int, kind: str) -> list[str]:
    rows = await city.conn.fetch(
        "SELECT done FROM deadline WHERE ticket_id = $1 AND kind = $2 ORDER BY item_id", ticket_id, kind
    )
    return ["done" if row["done"] else "runs" for row in rows]


async def test_督办函_is_numbered_received_answered_and_reviewed_and_late_it_goes_one_level_up(city: City) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    ask = {"level": 2, "ground": "群众两次来电仍未见施工", "grounds": ["overdue", "repeated"]}
    more = {"demands": ["3日内到现场核查", "明确完工时间并告知诉求人"], "copies": ["市委督查室"]}
    await city.supervisor.does("supervise", ticket_id, **ask, **more)
    [letter] = await letters(city.supervisor)
    assert (letter["number"], letter["to"], letter["state"]) == ("督〔2026〕1号", "云州市城市管理局", "issued")
    words = "".join(letter["paragraphs"])
    assert f"工单编号{ticket_id}" in words and "逾期未办结、群众反复投诉" in words
    assert "逾期未反馈的，将按规定提级督办" in words and "11月26日前" in words, "three working days from Monday"
    # The file that is served is the one that was issued, days later and in both formats.
    path = f"{REGISTER}/{letter['id']}"
    assert (await hands.call("POST", f"{path}/answer", {"text": "已整改"})).status_code == 422, "received first"
    received = await says(hands, f"{path}/receipt", {})
    pdf, docx = [await file(hands, letter["id"], fmt) for fmt in ("pdf", "docx")]
    assert received["receipt"]["hash"] == sm3(pdf).hex() and received["receipt"]["by"]
    assert received["state"] == "received" and (await hands.call("POST", f"{path}/receipt")).status_code == 422
    assert [one["id"] for one in await letters(city.unit_desk("D13"))] == []
    assert (await city.unit_desk("D13").call("GET", path)).status_code == 404
    assert (await city.supervisor.call("POST", f"{path}/receipt")).status_code == 403
    # Late and unanswered: the next level is proposed; answered and refused, its clock goes on.
    await city.pass_time(days=5)
    [letter] = await letters(city.supervisor)
    assert (letter["late"], letter["proposed"]) == (True, 3)
    answered = await says(hands, f"{path}/answer", {"text": "已完成电缆更换,恢复照明。"})
    assert answered["state"] == "answered" and await clocks(city, ticket_id, "supervise") == ["done"]
    assert (await city.supervisor.get("/supervision/wall"))["asked"] == {"letter": 1}
    refused = await city.supervisor.call("POST", f"{path}/review", {"accepted": False})
    assert refused.status_code == 422, "why it is not accepted must be said"
    await says(city.supervisor, f"{path}/review", {"accepted": False, "note": "没有现场照片"})
    assert await clocks(city, ticket_id, "supervise") == ["runs"]
    await city.pass_time(seconds=3)
    assert (await city.supervisor.get("/supervision/wall"))["asked"] == {}, "what is looked at waits no longer"
    await says(hands, f"{path}/answer", {"text": "已补现场照片,见附件。"})
    done = await says(city.supervisor, f"{path}/review", {"accepted": True})
    assert (done["state"], [a["decision"] for a in done["answers"]]) == ("accepted", ["refused", "granted"])
    assert await clocks(city, ticket_id, "supervise") == ["done"]
    assert [await file(city.supervisor, letter["id"], fmt) for fmt in ("pdf", "docx")] == [pdf, docx]
    events = await city.events(ticket_id)
    assert events[-4:] == ["answer_letter", "review_letter", "answer_letter", "review_letter"]


async def test_督办拟稿_says_to_whom_how_far_and_why_and_a_higher_level_waits_for_who_may(city: City) -> None:
    ticket_id, officer = await signed(city), city.person("supervision")
    draft = f"/tickets/{ticket_id}/pressing"
    await city.pass_time(days=8)
    said = await officer.get(draft)
    assert said["to"] == "云州市城市管理局" and said["due"] and said["earlier"] == []
    assert [one["code"] for one in said["grounds"] if one["suggested"]] == ["overdue"]
    assert [one["level"] for one in said["levels"] if one["refused"]] == [3, 4]
    status, why = await officer.refused("supervise", ticket_id, level=3, ground="逾期未办结")
    assert status == 422 and "由中心主管或中心领导决定" in why
    await officer.does("supervise", ticket_id, level=2, ground="逾期未办结")
    await city.pass_time(days=8)
    [late] = await letters(officer)
    assert late["proposed"] == 3 and "由中心主管或中心领导决定" in late["raise_refused"]
    [late] = await letters(city.supervisor)
    assert late["raise_refused"] is None and (await officer.get(draft))["earlier"] == [late["number"]]
    assert "unanswered" in [one["code"] for one in (await officer.get(draft))["grounds"] if one["suggested"]]
    await city.supervisor.does("supervise", ticket_id, level=3, ground="督办函逾期未反馈")
    assert (await city.supervisor.refused("supervise", ticket_id, level=4, ground="仍未反馈"))[0] == 422
    await city.person("centre-leader").does("supervise", ticket_id, level=4, ground="仍未反馈")
    assert (await city.dispatcher.call("GET", draft)).status_code == 403


async def test_预警函_to_a_unit_of_a_cluster_has_a_number_of_its_own(city: City) -> None:
    tickets = [await sent(city) for _ in range(3)]
    body = {
        "kind": "warning",
        "unit_id": await city.unit("D14"),
        "subject": "人民路东段照明故障集中",
        "ground": "近7日同一路段收到3件同类诉求,存在安全风险",
        "demands": ["组织全线排查"],
        "tickets": tickets,
        "due": (city.clock.now() + timedelta(days=3)).isoformat(),
    }
    made = await says(city.supervisor, REGISTER, body, 201)
    assert made["number"] == "预警〔2026〕1号" and made["tickets"] == tickets and made["proposed"] is None
    assert (await says(city.supervisor, REGISTER, {**body, "kind": "notice"}, 201))["number"] == "提示〔2026〕1号"
    hands = city.unit_desk("D14")
    await says(hands, f"{REGISTER}/{made['id']}/receipt", {})
    await says(hands, f"{REGISTER}/{made['id']}/answer", {"text": "已完成全线排查,更换灯具12盏。"})
    assert [one["state"] for one in await letters(hands, "?kind=warning")] == ["answered"]
    for wrong in ({"ground": " "}, {"unit_id": 10**9}, {"tickets": [1]}, {"due": city.clock.now().isoformat()}):
        assert (await city.supervisor.call("POST", REGISTER, {**body, **wrong})).status_code == 422, wrong
    assert (await city.dispatcher.call("POST", REGISTER, body)).status_code == 403
    assert (await says(city.supervisor, REGISTER, body, 201))["number"] == "预警〔2026〕2号", (
        "refused ones took no number"
    )


RATES = "/reports/kpi?from=2026-11-01&to=2027-01-31"


async def rate(city: City, name: str) -> tuple[int, int, int]:
    cell = (await city.supervisor.get(RATES))["total"]["rates"][name]
    return cell["numerator"], cell["denominator"], cell["excluded"]


async def test_不纳入考核_with_a_ground_evidence_and_a_reviewer_who_had_no_hand_in_it(city: City) -> None:
    """L 15: approved, numerator and denominator both move."""
    good, bad, hands = await signed(city), await signed(city), city.unit_desk("D14")
    await called_back(city, good, hands)
    await city.callback.calls_back(good, solved="yes", rating=5)
    await called_back(city, bad, hands)
    await city.callback.calls_back(bad, solved="no", rating=1, dissatisfied_with="result")
    await city.pass_time(days=10)
    before = {name: await rate(city, name) for name in ("satisfied", "solved", "finish_on_time", "contact_on_time")}
    assert before["satisfied"] == (1, 2, 0) and before["finish_on_time"][1] == 3
    ask = {"ground": "untrue", "evidence": "见现场勘查笔录", "reason": "现场无所述情况"}
    for wrong in ({"ground": "青蛙叫"}, {"evidence": " "}, {"reason": ""}):
        assert (await hands.refused("request_exclusion", bad, **{**ask, **wrong}))[0] == 422, wrong
    await hands.does("request_exclusion", bad, **ask)
    assert "一次" in (await hands.refused("request_exclusion", bad, **ask))[1]
    [waiting] = (await city.supervisor.get("/supervision/reviews"))["items"]
    assert (waiting["ticket_id"], waiting["asked"], waiting["ground"]) == (bad, "exclusion", "untrue")
    status, said = await city.supervisor.refused("decide_exclusion", bad, granted=True, reason="属实")
    assert status == 422 and "他人" in said, "who dispatched or reviewed it does not decide this"
    assert (await city.reviewer.refused("decide_exclusion", bad, granted=True))[0] == 422, "the reason must be said"
    await city.reviewer.does("decide_exclusion", bad, granted=True, reason="勘查笔录和照片相符")
    after = {name: await rate(city, name) for name in before}
    assert after["satisfied"] == (1, 1, 1) and after["solved"] == (1, 1, 1)
    for name in ("finish_on_time", "contact_on_time"):
        assert after[name][1] < before[name][1] and after[name][2] > before[name][2], name
    assert (await city.supervisor.sees(bad))["ticket"]["exempt"] == "untrue"
    [own] = (await hands.get("/supervision/reviews"))["items"]
    assert own["decision"] == "granted" and (await city.unit_desk("D13").get("/supervision/reviews"))["items"] == []


async def test_不纳入考核_refused_or_too_late_it_counts_as_before(city: City) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    await called_back(city, ticket_id, hands)
    await city.callback.calls_back(ticket_id, solved="partly", rating=3)
    ask = {"ground": "beyond_reason", "evidence": "书面答复", "reason": "要求明显超出合理范围"}
    assert await city.state(ticket_id) == "closed"
    await hands.does("request_exclusion", ticket_id, **ask)
    await city.reviewer.does("decide_exclusion", ticket_id, granted=False, reason="诉求合理,答复不到位")
    assert await rate(city, "satisfied") == (1, 1, 0)
    seen = (await hands.sees(ticket_id))["ticket"]
    assert (seen["requests"][-1]["decision"], seen["requests"][-1]["note"]) == ("refused", "诉求合理,答复不到位")
    late = await signed(city)
    await called_back(city, late, hands)
    await city.callback.calls_back(late, solved="partly", rating=3)
    await city.pass_time(days=6)
    assert "3 个工作日" in (await hands.refused("request_exclusion", late, **ask))[1]


async def test_差评_contact_in_a_day_put_right_in_its_time_and_asked_again(city: City) -> None:
    ticket_id, hands = await signed(city, kind="consult"), city.unit_desk("D14")
    await called_back(city, ticket_id, hands)
    await city.pass_time(hours=1)
    await city.callback.calls_back(ticket_id, solved="no", rating=1, dissatisfied_with="attitude")
    [low] = (await city.supervisor.get("/supervision/low-ratings"))["items"]
    assert (low["rating"], low["second_at"], low["replied_at"]) == (1, None, None)
    assert low["rectify_due"] > low["contact_due"] > low["rated_at"]
    assert await clocks(city, ticket_id, "rectify") == ["runs"]
    await answers(hands, ticket_id)
    assert await clocks(city, ticket_id, "rectify") == ["done"], "a reply stops it until it is refused"
    await city.supervisor.does("refuse_reply", ticket_id, reasons=["答非所问"])
    assert await clocks(city, ticket_id, "rectify") == ["runs"]
    await called_back(city, ticket_id, hands)
    assert (await city.supervisor.sees(ticket_id))["ticket"]["callbacks"][-1]["sampled"], (
        "a consultation, and yet asked"
    )
    await city.callback.calls_back(ticket_id, solved="yes", rating=4)
    [low] = (await city.supervisor.get("/supervision/low-ratings"))["items"]
    assert (low["second_rating"], low["second_solved"]) == (4, "yes") and low["contacted_at"]
    # The unit says that the first rating was a mistake: somebody else decides.
    said = {"evidence": "录音编号 R1,诉求人称点错", "ground": "misrated", "reason": "误评", "callback_id": 1}
    await hands.does("appeal", ticket_id, **said)
    [waiting] = (await city.supervisor.get("/supervision/reviews"))["items"]
    assert (waiting["ground"], waiting["rating"]) == ("misrated", 1)
    assert (await city.callback.call("GET", "/supervision/low-ratings")).status_code == 403


async def test_挂账_is_looked_at_within_90_days_and_its_next_milestone_takes_the_place(city: City) -> None:
    ticket_id = await signed(city)
    far = city.clock.now() + timedelta(days=200)
    plan = {"plan": "列入明年改造计划", "leader": "王副局长", "reason": "需立项"}
    await city.supervisor.does("shelve", ticket_id, milestone=far.isoformat(), **plan)
    [shelf] = (await city.supervisor.get("/supervision/shelved"))["items"]
    assert shelf["due"].startswith("2027-02-21"), "ninety days, not two hundred"
    assert "2027-06-11" in shelf["plan"] and (shelf["reviews"], shelf["late"]) == (0, False)
    await city.pass_time(days=91)
    [shelf] = (await city.supervisor.get("/supervision/shelved"))["items"]
    assert shelf["late"]
    week = (await city.supervisor.get("/reports/difficult"))["items"]
    assert {r["rule"] for i in week if i["ticket_id"] == ticket_id for r in i["reasons"]} >= {"R7"}
    nearer = city.clock.now() + timedelta(days=60)
    await city.supervisor.does("shelve", ticket_id, milestone=nearer.isoformat(), reason="立项已批,下一节点为招标")
    [shelf] = (await city.supervisor.get("/supervision/shelved"))["items"]
    assert (shelf["reviews"], shelf["late"], shelf["leader"]) == (1, False, "王副局长")
    assert await clocks(city, ticket_id, "milestone") == ["done", "runs"]


async def test_批示分解_into_tasks_a_unit_with_their_days_feedback_and_completion(city: City) -> None:
    ticket_id, hands, others = await signed(city), city.unit_desk("D14"), city.unit_desk("D13")
    await city.leader.does("instruct", ticket_id, text="请城管、住建两局联合整治。")
    paper = {"text": "将专报所涉建议分解落实。", "about": "10月热线专报", "by_name": "张市长"}
    await says(city.supervisor, "/supervision/directives", paper, 201)
    written = (await city.supervisor.get("/supervision/directives"))["items"]
    assert [(one["about"], one["by"]) for one in written] == [
        ("10月热线专报", f"张市长（{(await city.supervisor.get('/me'))['person']['name']}代录）"),
        (f"工单 {ticket_id}", written[1]["by"]),
    ]
    soon, later = (city.clock.now() + timedelta(days=days) for days in (3, 10))
    tasks = [
        {"unit_id": await city.unit(code), "what": what, "due": due.isoformat()}
        for code, what, due in (("D14", "清理占道", soon), ("D13", "修复路面", soon), ("D13", "完善台账", later))
    ]
    path = f"/supervision/directives/{written[1]['id']}/tasks"
    for wrong in ({"what": " "}, {"unit_id": 10**9}, {"due": city.clock.now().isoformat()}):
        assert (await city.supervisor.call("POST", path, {"tasks": [{**tasks[0], **wrong}]})).status_code == 422
    made = (await says(city.supervisor, path, {"tasks": tasks}, 201))["tasks"]
    assert (await hands.call("POST", path, {"tasks": tasks})).status_code == 403
    [own] = (await hands.get("/supervision/directives"))["items"]
    assert [task["what"] for task in own["tasks"]] == ["清理占道"], "a unit sees its own tasks alone"
    settle = f"/supervision/tasks/{made[0]['id']}/settle"
    assert (await city.supervisor.call("POST", settle, {"done": True})).status_code == 422, "nothing came back yet"
    await says(hands, f"/supervision/tasks/{made[0]['id']}/feedback", {"text": "已清理占道经营12处。"})
    assert (await others.call("POST", f"/supervision/tasks/{made[0]['id']}/feedback", {"text": "x"})).status_code == 404
    await says(city.supervisor, settle, {"done": False, "note": "附照片"})
    await says(hands, f"/supervision/tasks/{made[0]['id']}/feedback", {"text": "照片已附。"})
    await city.pass_time(days=4)
    done = await says(city.supervisor, settle, {"done": True, "note": "现场核实"})
    assert done["completion"] == {"done": 1, "in_time": 1, "of": 2, "late": 1, "open": 2}
    states = {task["what"]: (task["state"], task["late"]) for task in done["items"][1]["tasks"]}
    assert states == {"清理占道": ("done", False), "修复路面": ("open", True), "完善台账": ("open", False)}
