"""From the frozen list to the strike-off: comments, meeting, ruling and letter in one go, progress, the centre's own callback."""

from datetime import timedelta
from typing import Any

from hotline.infra.crypto import sm3
from hotline.supervision.weeks import WEEK as WEEK_LONG
from hotline.supervision.weeks import parse_week, week_of
from hotline.tickets import effects
from hotline.tickets import store as tickets
from hotline.tickets.lines import store as lines
from tests.flow.city import City, Person
from tests.flow.steps import called_back, sent, signed

WEEK, NEXT, AFTER = "2026-W48", "2026-W49", "2026-W50"
LIST = f"/reports/difficult/{WEEK}"


async def difficult(city: City, code: str = "D14") -> int:
    ticket_id = await signed(city, code)
    await city.supervisor.does("mark_difficult", ticket_id, reason="两次协调未果,群众反映强烈", kind="职责不清类")
    return ticket_id


async def says(person: Person, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    answered = await person.call(method, path, body)
    assert answered.status_code == status, answered.text
    return answered.json()


def item(board: Any, ticket_id: int) -> Any:
    return next(one for one in board["items"] if one["ticket_id"] == ticket_id)


async def test_协商会_comments_a_decision_row_and_ruling_and_letter_in_one_go(city: City) -> None:
    ticket_id, kept = await difficult(city), await difficult(city)
    assert (await city.supervisor.call("GET", f"{LIST}/meeting")).status_code == 409, "nothing is frozen yet"
    await says(city.supervisor, "POST", f"{LIST}/freeze", {}, 201)
    # The units concerned are asked, online, for one working day.
    hands, others = city.unit_desk("D14"), city.unit_desk("D13")
    [own] = [one for one in (await hands.get("/department/difficult"))["items"] if one["ticket_id"] == ticket_id]
    assert own["comment"]["at"] is None and own["comment_due"].startswith("2026-11-24")
    assert (await others.get("/department/difficult"))["items"] == []
    said = {"stance": "object", "text": "路灯由住建部门管养,见三定规定第二条"}
    await says(hands, "POST", f"{LIST}/items/{ticket_id}/comment", said)
    assert (await others.call("POST", f"{LIST}/items/{ticket_id}/comment", said)).status_code == 404
    await city.pass_time(days=2)
    board = await city.supervisor.get(f"{LIST}/meeting")
    assert item(board, ticket_id)["comments"][0]["text"] == said["text"] and board["waiting"] == 1
    assert item(board, kept)["comments"][0]["late"] is True, "watched: one unit has not said a word"
    # The meeting, and its row for the ticket.
    held = {
        "held_at": city.clock.now().isoformat(),
        "place": "市政府第二会议室",
        "chair": "郑宏",
        "minutes": "一、明确由住建局主办。",
    }
    await says(city.supervisor, "PUT", f"{LIST}/meeting", held)
    row = {
        "lead_unit": await city.unit("D13"),
        "assists": [await city.unit("D14")],
        "due": (city.clock.now() + timedelta(days=10)).isoformat(),
        "basis": "三定规定第二条;协商会纪要",
        "demand": "7日内进场施工\n完工后书面报告",
    }
    path = f"{LIST}/items/{ticket_id}/decision"
    for wrong in ({"basis": " "}, {"lead_unit": 10**9}, {"assists": [row["lead_unit"]]}, {"due": held["held_at"]}):
        assert (await city.supervisor.call("PUT", path, {**row, **wrong})).status_code == 422, wrong
    assert (await hands.call("PUT", path, row)).status_code == 403
    board = await says(city.supervisor, "PUT", path, row)
    assert item(board, ticket_id)["decision"]["letter"] is None and await city.state(ticket_id) == "in_progress"
    board = await says(city.supervisor, "PUT", path, {**row, "to_catalogue": True, "carry_out": True})
    decided = item(board, ticket_id)["decision"]
    assert decided["letter"] == "督〔2026〕1号" and decided["done_at"]
    seen = (await city.supervisor.sees(ticket_id))["ticket"]
    leads = [(a["unit_id"], a["stage"]) for a in seen["assignments"] if a["part"] == "lead"]
    assert leads == [(await city.unit("D14"), "recalled"), (row["lead_unit"], "to_sign")] and seen["forbid_return"]
    [letter] = (await others.get("/supervision/letters"))["items"]
    assert "协商会决定须落实" in "".join(letter["paragraphs"]) and "7日内进场施工" in "".join(letter["paragraphs"])
    precedents = (await city.supervisor.get("/precedents"))["items"]
    assert precedents[0]["ticket_id"] == ticket_id and precedents[0]["catalogue_id"], "the rule is in the catalogue"
    assert (await city.supervisor.call("PUT", path, {**row, "carry_out": True})).status_code == 422, "done once"
    # The lead that stays is only pressed.
    stays = {**row, "lead_unit": await city.unit("D14"), "assists": [], "carry_out": True}
    board = await says(city.supervisor, "PUT", f"{LIST}/items/{kept}/decision", stays)
    assert item(board, kept)["decision"]["letter"] == "督〔2026〕2号" and "rule" not in await city.events(kept)
    for fmt in ("docx", "pdf"):
        assert (await city.supervisor.call("GET", f"{LIST}/meeting?format={fmt}")).status_code == 200


async def test_销号_only_after_the_centres_own_callback_and_refused_when_it_says_unsolved(city: City) -> None:
    """L 20."""
    ticket_id, hands = await difficult(city), city.unit_desk("D14")
    await says(city.supervisor, "POST", f"{LIST}/freeze", {}, 201)
    strike, verify = f"/department/difficult/{ticket_id}/strike", f"{LIST}/items/{ticket_id}/verify"
    assert (await hands.call("POST", strike, {"text": "已办结"})).status_code == 422, "answered first"
    await says(hands, "POST", f"/department/difficult/{ticket_id}/progress", {"text": "已完成设计,下周进场"})
    week = await city.supervisor.get(f"/reports/difficult?week={WEEK}")
    assert "已完成设计" not in str(week["items"]), "what is frozen stays"
    # Nobody could be reached, and the ticket closed: closed is not struck off.
    await called_back(city, ticket_id, hands)
    await says(hands, "POST", strike, {"text": "已修复,请销号"})
    early = await city.callback.call("POST", verify, {"reached": True, "solved": "yes", "rating": 5})
    assert early.status_code == 422 and "回访台" in early.json()["message"], "the ticket's own callback comes first"
    await rung_in_vain(city, ticket_id)
    await city.pass_time(days=5)
    [line] = [
        one for one in (await city.supervisor.get("/reports/difficult"))["items"] if one["ticket_id"] == ticket_id
    ]
    assert line["carried"] and line["row"]["status"] == "申请销号"
    # The centre calls: not solved, so it stays, with the reason.
    board = await says(
        city.callback, "POST", verify, {"reached": True, "solved": "no", "rating": 1, "note": "灯仍不亮"}
    )
    [refused] = item(board, ticket_id)["strikes"]
    assert (refused["outcome"], refused["note"]) == ("refused", "诉求人表示未解决：灯仍不亮")
    assert not item(board, ticket_id)["struck"]
    # Asked again; nobody answers, then the citizen says yes.
    await says(hands, "POST", strike, {"text": "已更换电缆,请再核实"})
    assert (await hands.call("POST", strike, {"text": "再来一次"})).status_code == 422
    assert (await hands.call("POST", verify, {"reached": True, "solved": "yes", "rating": 5})).status_code == 403
    [card] = (await city.callback.get("/strikes"))["items"]
    assert (card["about"]["ticket_id"], card["about"]["week"], card["tries"]) == (ticket_id, WEEK, 0)
    assert card["about"]["text"] == "已更换电缆,请再核实" and "****" in card["citizen"]["numbers"][0]
    full = await says(city.callback, "POST", f"/strikes/{ticket_id}/number")
    assert "*" not in full["numbers"][0]
    seen = "SELECT person_name FROM number_shown WHERE ticket_id = $1 ORDER BY at DESC LIMIT 1"
    assert await city.conn.fetchval(seen, ticket_id), "who saw the number is kept"
    assert (await hands.call("GET", "/strikes")).status_code == 403
    board = await says(city.callback, "POST", verify, {"reached": False})
    [card] = (await city.callback.get("/strikes"))["items"]
    assert (card["tries"], card["counts_now"], len(card["about"]["tried_at"])) == (1, False, 1), (
        "this part of the day is tried"
    )
    assert item(board, ticket_id)["strikes"][0]["tries"] == 1 and not item(board, ticket_id)["struck"]
    board = await says(city.callback, "POST", verify, {"reached": True, "solved": "yes", "rating": 4})
    assert item(board, ticket_id)["struck"] and board["struck"] == 1
    assert (await city.callback.get("/strikes"))["items"] == []
    assert (await city.callback.call("POST", f"/strikes/{ticket_id}/number")).status_code == 404
    found = await city.supervisor.get("/reports/difficult")
    assert [one["ticket_id"] for one in found["settled"]] == [ticket_id] and found["items"] == []
    assert found["settled"][0]["row"]["status"] == "已销号"
    await city.pass_time(days=7)
    after = await city.supervisor.get("/reports/difficult")
    assert ticket_id not in {one["ticket_id"] for one in (*after["items"], *after["settled"])}


async def closed_in_vain(city: City, ticket_id: int) -> None:
    """Nobody could be reached: closed, and no citizen has said that it is solved."""
    await called_back(city, ticket_id, city.unit_desk("D14"))
    await rung_in_vain(city, ticket_id)


async def rung_in_vain(city: City, ticket_id: int) -> None:
    for hours in (0, 5, 24, 24, 24):
        await city.pass_time(hours=hours)
        if await city.state(ticket_id) == "callback":
            await city.callback.calls_back(ticket_id, reached=False)
    assert await city.state(ticket_id) == "closed"


async def standing_marks(city: City, ticket_id: int) -> list[bool]:
    """Of each mark 疑难 of the ticket, whether it still stands."""
    overlays = (await city.supervisor.sees(ticket_id))["ticket"]["overlays"]
    return [one["ended_at"] is None for one in overlays if one["kind"] == "difficult"]


async def test_销号_stands_in_the_tickets_own_course_and_ends_its_mark(city: City) -> None:
    ticket_id, hands = await difficult(city), city.unit_desk("D14")
    await city.pass_time(days=7)
    frozen = f"/reports/difficult/{NEXT}"
    await says(city.supervisor, "POST", f"{frozen}/freeze", {}, 201)
    await closed_in_vain(city, ticket_id)
    strike, verify = f"/department/difficult/{ticket_id}/strike", f"{frozen}/items/{ticket_id}/verify"
    yes = {"reached": True, "solved": "yes", "rating": 4, "note": "灯亮了"}
    await says(hands, "POST", strike, {"text": "已修复,请销号"})
    await says(city.callback, "POST", verify, {**yes, "solved": "no", "rating": 1})
    assert "strike_off" not in await city.events(ticket_id) and await standing_marks(city, ticket_id) == [True]
    await says(hands, "POST", strike, {"text": "已换灯,请再核实"})
    # It is done on the board, by what the citizen says there: the ticket itself has no such button and no such verb.
    assert "strike_off" not in (await city.callback.sees(ticket_id))["allowed"]
    assert (await city.callback.tries("strike_off", ticket_id, solved="yes", rating=5)).status_code == 404
    over = [await file(city, "json", week) for week in (WEEK, NEXT)]
    assert str(ticket_id) in over[0].decode(), "nobody froze it: it is made anew whenever somebody reads it"
    await says(city.callback, "POST", verify, yes)
    assert await standing_marks(city, ticket_id) == [False]
    line = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"][-1]
    assert (line["event"], line["source"], line["target"]) == ("strike_off", "closed", "closed")
    assert (line["reason"], line["payload"]["rating"]) == ("灯亮了", 4) and line["actor"] and line["at"]
    told = [one.happened for one in await lines.history(city.conn, ticket_id)]
    assert effects.replay(told) == await tickets.load(city.conn, ticket_id)
    # Lists of weeks that are over stay as they were, frozen or not.
    assert [await file(city, "json", week) for week in (WEEK, NEXT)] == over
    # The next one tells that it was struck off and as what it had stood there; those behind it know it no more.
    await city.pass_time(days=4)
    found = await city.supervisor.get(f"/reports/difficult?week={AFTER}")
    [gone] = found["settled"]
    assert (gone["ticket_id"], gone["kind"], gone["row"]["status"]) == (ticket_id, "职责不清类", "已销号")
    assert [reason["rule"] for reason in gone["reasons"]] == ["R11"] and found["items"] == []
    # New facts: handled again it is on no list, until somebody finds it difficult once more.
    await city.pass_time(days=7)
    await city.supervisor.does("reopen", ticket_id, new_facts="又不亮了", reason="诉求人再次来电")
    assert (await city.supervisor.get("/reports/difficult"))["items"] == []
    await city.supervisor.does("mark_difficult", ticket_id, reason="一修再坏", kind="反复投诉类")
    assert await standing_marks(city, ticket_id) == [False, True]
    [back] = (await city.supervisor.get("/reports/difficult"))["items"]
    assert (back["ticket_id"], back["kind"], back["carried"]) == (ticket_id, "反复投诉类", False)
    # Nobody froze the list that told of the strike-off; it tells so whatever became of the ticket since.
    over = await city.supervisor.get(f"/reports/difficult?week={AFTER}")
    [still] = over["settled"]
    assert (still["kind"], still["reasons"], still["row"]["status"]) == (gone["kind"], gone["reasons"], "已销号")
    assert over["items"] == []


async def nobody_reached(city: City, ticket_id: int) -> None:
    """Answered and closed in vain on a list that carries it; the unit asks, the centre has yet to call."""
    await closed_in_vain(city, ticket_id)
    await says(city.unit_desk("D14"), "POST", f"/department/difficult/{ticket_id}/strike", {"text": "已修复,请销号"})


async def test_再次列入清单_after_a_strike_off_is_a_new_case_and_is_struck_off_anew(city: City) -> None:
    ticket_id, hands = await difficult(city), city.unit_desk("D14")
    strike = f"/department/difficult/{ticket_id}/strike"
    yes = {"reached": True, "solved": "yes", "rating": 4, "note": "灯亮了"}
    await says(city.supervisor, "POST", f"{LIST}/freeze", {}, 201)
    await nobody_reached(city, ticket_id)
    await city.pass_time(days=1)
    await says(city.callback, "POST", f"{LIST}/items/{ticket_id}/verify", yes)
    assert (await city.callback.get("/strikes"))["items"] == [] == (await hands.get("/department/difficult"))["items"]
    # It fails again: new facts, difficult once more, and on the list of a later week as a new one.
    await city.pass_time(days=14)
    await city.supervisor.does("reopen", ticket_id, new_facts="又不亮了", reason="诉求人再次来电")
    await city.supervisor.does("mark_difficult", ticket_id, reason="一修再坏", kind="反复投诉类")
    again = await this_week(city)
    frozen = await says(city.supervisor, "POST", f"/reports/difficult/{again}/freeze", {}, 201)
    assert [(one["ticket_id"], one["carried"]) for one in frozen["items"]] == [(ticket_id, False)]
    past = {week: await file(city, "json", week) for week in (WEEK, again)}
    [own] = (await hands.get("/department/difficult"))["items"]
    assert (own["week"], own["strikes"]) == (again, []), "what was asked for in the first case is no word in this one"
    # Closed in vain once more: it stays until the citizen has said so again, and the unit may ask for it.
    await closed_in_vain(city, ticket_id)
    await city.pass_time(days=7)
    after = await this_week(city)
    [line] = (await city.supervisor.get(f"/reports/difficult?week={after}"))["items"]
    assert (line["ticket_id"], line["kind"], line["carried"]) == (ticket_id, "反复投诉类", True)
    assert line["row"]["status"] != "已销号"
    await says(hands, "POST", strike, {"text": "已换整段电缆,请再次销号"})
    assert (await hands.call("POST", strike, {"text": "再来一次"})).status_code == 422, "one request at a time"
    [card] = (await city.callback.get("/strikes"))["items"]
    assert (card["about"]["week"], card["about"]["text"]) == (again, "已换整段电缆,请再次销号")
    first, second = [
        item(await city.supervisor.get(f"/reports/difficult/{w}/meeting"), ticket_id) for w in (WEEK, again)
    ]
    assert (first["struck"], [s["outcome"] for s in first["strikes"]]) == (True, ["struck"])
    assert (second["struck"], [s["outcome"] for s in second["strikes"]]) == (False, ["pending"])
    await city.pass_time(hours=1)
    board = await says(city.callback, "POST", f"/reports/difficult/{again}/items/{ticket_id}/verify", yes)
    assert board["struck"] == 1 and [s["text"] for s in item(board, ticket_id)["strikes"]] == [
        "已换整段电缆,请再次销号"
    ]
    assert "已经销号" in (await hands.call("POST", strike, {"text": "再来"})).json()["message"]
    # Both stand in its course, both marks have ended, and it leaves the lists; those of before are what they were.
    assert (await city.events(ticket_id)).count("strike_off") == 2
    assert await standing_marks(city, ticket_id) == [False, False]
    found = await city.supervisor.get(f"/reports/difficult?week={after}")
    assert ([one["ticket_id"] for one in found["settled"]], found["items"]) == ([ticket_id], [])
    assert (await hands.get("/department/difficult"))["items"] == []
    assert {week: await file(city, "json", week) for week in past} == past
    told = [one.happened for one in await lines.history(city.conn, ticket_id)]
    assert effects.replay(told) == await tickets.load(city.conn, ticket_id)
    await city.pass_time(days=7)
    found = await city.supervisor.get("/reports/difficult")
    assert ticket_id not in {one["ticket_id"] for one in (*found["items"], *found["settled"])}


async def this_week(city: City) -> str:
    week: str = (await city.supervisor.get("/reports/difficult"))["week"]
    return week


async def test_再次列入清单_also_after_办结即销号_in_the_tickets_own_callback(city: City) -> None:
    ticket_id, hands = await difficult(city), city.unit_desk("D14")
    await says(city.supervisor, "POST", f"{LIST}/freeze", {}, 201)
    await city.pass_time(hours=1)
    await called_back(city, ticket_id, hands)
    # Asked for while the ticket's own callback is open: that call answers it, and nobody calls a second time.
    await says(hands, "POST", f"/department/difficult/{ticket_id}/strike", {"text": "已修复,请销号"})
    await city.callback.calls_back(ticket_id, solved="yes", rating=5)
    assert (await city.callback.get("/strikes"))["items"] == [] == (await hands.get("/department/difficult"))["items"]
    await city.pass_time(days=14)
    await city.supervisor.does("reopen", ticket_id, new_facts="又不亮了", reason="诉求人再次来电")
    assert (await city.supervisor.get("/reports/difficult"))["items"] == [], "struck off: on no list by itself"
    await city.supervisor.does("mark_difficult", ticket_id, reason="一修再坏", kind="反复投诉类")
    again = await this_week(city)
    frozen = await says(city.supervisor, "POST", f"/reports/difficult/{again}/freeze", {}, 201)
    assert [(one["ticket_id"], one["carried"]) for one in frozen["items"]] == [(ticket_id, False)]
    await nobody_reached(city, ticket_id)
    await city.pass_time(days=7)
    [line] = (await city.supervisor.get("/reports/difficult"))["items"]
    assert (line["ticket_id"], line["carried"], line["row"]["status"]) == (ticket_id, True, "申请销号")
    yes = {"reached": True, "solved": "yes", "rating": 4}
    board = await says(city.callback, "POST", f"/reports/difficult/{again}/items/{ticket_id}/verify", yes)
    assert item(board, ticket_id)["struck"] and (await city.events(ticket_id)).count("strike_off") == 2


async def test_a_list_that_is_frozen_after_its_week_carries_nothing_that_was_struck_off_meanwhile(city: City) -> None:
    ticket_id = await difficult(city)
    await says(city.supervisor, "POST", f"{LIST}/freeze", {}, 201)
    await city.pass_time(days=7)
    await nobody_reached(city, ticket_id)
    await city.pass_time(days=7)
    late = await this_week(city)
    yes = {"reached": True, "solved": "yes", "rating": 4}
    await says(city.callback, "POST", f"{LIST}/items/{ticket_id}/verify", yes)
    await city.pass_time(hours=1)
    # Of the week before this one: it tells how things stood at its end, when nobody had asked the citizen yet.
    frozen = await says(city.supervisor, "POST", f"/reports/difficult/{before(late)}/freeze", {}, 201)
    assert [one["ticket_id"] for one in frozen["items"]] == [ticket_id]
    assert (await city.unit_desk("D14").get("/department/difficult"))["items"] == []
    await city.pass_time(days=7)
    found = await city.supervisor.get("/reports/difficult")
    assert ticket_id not in {one["ticket_id"] for one in (*found["items"], *found["settled"])}


def before(week: str) -> str:
    return week_of(parse_week(week).begin - WEEK_LONG).text


async def test_销号_also_when_the_citizen_withdraws_while_the_centre_has_yet_to_ask(city: City) -> None:
    ticket_id, hands = await difficult(city), city.unit_desk("D14")
    await says(city.supervisor, "POST", f"{LIST}/freeze", {}, 201)
    await called_back(city, ticket_id, hands)
    await says(hands, "POST", f"/department/difficult/{ticket_id}/strike", {"text": "已修复,请销号"})
    await city.supervisor.does("withdraw", ticket_id, proof="录音 A-17", reason="诉求人来电撤回")
    yes = {"reached": True, "solved": "yes", "rating": 5, "note": "已修好,不再反映"}
    await says(city.callback, "POST", f"{LIST}/items/{ticket_id}/verify", yes)
    assert (await city.events(ticket_id))[-2:] == ["withdraw", "strike_off"]
    assert (await city.callback.get("/strikes"))["items"] == []
    assert await standing_marks(city, ticket_id) == [False]


async def test_办结即销号_when_the_citizen_says_so_in_the_tickets_own_callback(city: City) -> None:
    solved, partly, paged = [await difficult(city) for _ in range(3)]
    await says(city.supervisor, "POST", f"{LIST}/freeze", {}, 201)
    await city.pass_time(hours=1)
    for each in (solved, partly, paged):
        await called_back(city, each, city.unit_desk("D14"))
    await city.callback.calls_back(solved, solved="yes", rating=5)
    await city.callback.calls_back(partly, solved="partly", rating=3)
    token = await city.conn.fetchval("SELECT token FROM survey WHERE ticket_id = $1", paged)
    by_page = await city.client.post(f"/api/v1/public/surveys/{token}", json={"solved": "yes", "rating": 4})
    assert by_page.status_code == 201, by_page.text
    for each in (solved, paged):
        assert (await city.events(each))[-2:] == ["close", "strike_off"] and await standing_marks(city, each) == [False]
    assert (await city.events(partly))[-1] == "close" and await standing_marks(city, partly) == [True]
    board = await city.supervisor.get(f"{LIST}/meeting")
    assert {one["ticket_id"] for one in board["items"] if one["struck"]} == {solved, paged}
    await city.pass_time(days=7)
    found = await city.supervisor.get("/reports/difficult")
    assert {one["ticket_id"]: [r["rule"] for r in one["reasons"]] for one in found["settled"]} == {
        solved: ["R11"],
        paged: ["R11"],
    }
    assert [one["ticket_id"] for one in found["items"]] == [partly], "until the centre has asked once more"


async def test_定稿_the_same_bytes_in_every_format_days_later(city: City) -> None:
    for _ in range(3):
        await difficult(city)
    await says(city.supervisor, "POST", f"{LIST}/freeze", {}, 201)
    first = {fmt: await file(city, fmt) for fmt in ("xlsx", "docx", "pdf")}
    await sent(city)
    await city.pass_time(days=20)
    assert {fmt: await file(city, fmt) for fmt in first} == first
    rows = await city.conn.fetch("SELECT format, hash, content FROM difficult_week_file WHERE week = $1", WEEK)
    assert {row["format"]: row["hash"] for row in rows} == {fmt: sm3(made) for fmt, made in first.items()}


async def file(city: City, fmt: str, week: str = WEEK) -> bytes:
    answered = await city.supervisor.call("GET", f"/reports/difficult?week={week}&format={fmt}")
    assert answered.status_code == 200, answered.text
    return answered.content
