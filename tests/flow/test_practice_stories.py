"""办理惯例 and 目录建议: what dispatchers do again and again is shown to them, and proposed for the catalogue."""

from datetime import timedelta
from typing import Any

from hotline.routing.evidence import store as evidence
from hotline.routing.practice import actions as practice
from tests.flow.city import City
from tests.flow.steps import BASIS, answers, in_the_pool
from tests.flow.test_dispatch_disputes import DUTY

BEFORE = timedelta(days=182)


async def a_night_later(city: City) -> None:
    """What the night counts of tickets and units."""
    now = city.clock.now()
    await evidence.rebuild(city.conn, now - BEFORE)
    await practice.count(city.conn, now - BEFORE, now)


async def led_by(city: City, code: str, times: int) -> None:
    """So many tickets of this matter that a dispatcher sends to one unit, and that it answers."""
    unit, hands = await city.unit(code), city.unit_desk(code)
    for _ in range(times):
        ticket_id = await in_the_pool(city, category=DUTY)
        await city.dispatcher.does("dispatch", ticket_id, unit_id=unit, basis=BASIS, reason="该单位职责")
        await answers(hands, ticket_id)


async def options(city: City) -> tuple[list[Any], str]:
    """What the dispatcher is shown for the next one, and why it is not sent by itself."""
    sheet = await city.dispatcher.get(f"/tickets/{await in_the_pool(city, category=DUTY)}/dispatching")
    return sheet["options"], "".join(sheet["because"])


async def proposed(city: City, state: str = "proposed") -> list[Any]:
    items = (await city.supervisor.get(f"/catalogue/proposed?state={state}"))["items"]
    return [one for one in items if one["category"] == DUTY]


async def without_entries(city: City) -> None:
    """The centre has taken the matter out of its catalogue."""
    listed = (await city.supervisor.get("/directory/catalogue?category=0201&standing=in_force"))["items"]
    today = f"{city.clock.now():%Y-%m-%d}"
    for one in listed:
        if DUTY.startswith(one["category"]):
            await city.supervisor.sends("POST", f"/catalogue/{one['id']}/end", 200, {"day": today})


async def test_办理惯例_is_shown_where_the_catalogue_is_silent_until_it_speaks(city: City) -> None:
    await without_entries(city)
    shown, why = await options(city)
    assert (shown, why) == ([], "目录中没有与分类和地点相符的承办单位,由人工派单。")
    await led_by(city, "D12", 5)
    await a_night_later(city)
    [first], why = await options(city)
    assert first["unit"]["unit_id"] == await city.unit("D12") and first["entry_id"] is None
    assert "惯例:近半年同类 5 件中,5 件由其承办(目录中没有依据)" in first["unit"]["because"][0]
    assert why.startswith("目录中没有与分类和地点相符的承办单位,惯例由")

    [add] = await proposed(city)
    assert (add["what"], add["lead"], add["region"], add["times"], add["tickets"]) == ("add", "D12", None, 5, 5)
    assert add["entry"] is None and add["lead_name"]
    entry = {"category": DUTY, "lead": "D12", "basis": "编办函〔2026〕8号", "clear": False}
    await city.supervisor.sends("POST", "/catalogue", 201, {**entry, "valid_from": f"{city.clock.now():%Y-%m-%d}"})
    assert await proposed(city) == [], "the catalogue says so"
    [first], why = await options(city)
    assert first["entry_id"] and "惯例" not in "".join(first["unit"]["because"]) + why
    await a_night_later(city)
    assert await proposed(city) == []


async def test_改派_a_dispatchers_choices_speak_against_the_entry_and_propose_another(city: City) -> None:
    [entry] = (await city.supervisor.get(f"/directory/catalogue?category={DUTY}&standing=in_force"))["items"]
    await led_by(city, "D12", 5)
    [before], _ = await options(city)
    assert before["unit"]["unit_id"] == await city.unit(entry["lead"])
    await a_night_later(city)
    shown, _ = await options(city)
    against, other = shown
    assert against["unit"]["confidence"] == 0.6667 and other["unit"]["unit_id"] == await city.unit("D12"), (
        "5 of 5 and 10"
    )
    assert f"近半年同类应由{entry['lead_name']}承办的 5 件中,5 件退单或改派后由其承办" in other["unit"]["because"][0]

    [change] = await proposed(city)
    assert (change["what"], change["lead"], change["times"], change["tickets"]) == ("change", "D12", 5, 5)
    assert change["entry"]["id"] == entry["id"]

    no = {"category": DUTY, "what": "change", "lead": "D12", "region": None, "reject": True}
    refused = await city.supervisor.call("POST", "/catalogue/proposed", no)
    assert refused.status_code == 422 and "请写明不采纳的理由" in refused.text
    await city.supervisor.sends("POST", "/catalogue/proposed", 204, {**no, "why": "机构改革前的遗留件"})
    twice = await city.supervisor.call("POST", "/catalogue/proposed", {**no, "why": "再次"})
    assert twice.status_code == 409 and "已经处理过" in twice.text
    await a_night_later(city)
    assert await proposed(city) == [], "what was rejected is not asked again"
    [kept] = await proposed(city, "rejected")
    assert (kept["why"], kept["decided_by"]) == ("机构改革前的遗留件", await name_of(city, "supervisor"))
    await city.supervisor.sends("POST", "/catalogue/proposed", 204, {**no, "reject": False})
    assert [one["what"] for one in await proposed(city)] == ["change"] and await proposed(city, "rejected") == []
    acts = [one["act"] for one in (await city.supervisor.get("/reference/changes?subject=catalogue"))["items"]]
    assert acts[:2] == ["restore", "reject"]


async def test_what_was_done_before_the_entry_changed_or_was_judged_wrong_says_nothing(city: City) -> None:
    await led_by(city, "D12", 5)
    await city.conn.execute(
        "UPDATE override SET verdict = 'wrong' WHERE ticket_id = (SELECT max(ticket_id) FROM override)"
    )
    await a_night_later(city)
    assert await proposed(city) == [], "four are no practice"
    await city.conn.execute("UPDATE override SET verdict = NULL")
    await city.pass_time(days=1)
    await a_night_later(city)
    assert [one["what"] for one in await proposed(city)] == ["change"]
    entry = {"category": "0201", "lead": "D13", "basis": "机构改革方案", "clear": True}
    await city.supervisor.sends("POST", "/catalogue", 201, {**entry, "valid_from": f"{city.clock.now():%Y-%m-%d}"})
    await a_night_later(city)
    assert await proposed(city) == [], "the centre has looked at this family of matters since"


async def test_only_who_keeps_the_catalogue_sees_proposals_and_nonsense_is_answered(city: City) -> None:
    for login, status in (("dispatcher", 403), ("unit", 403), ("admin", 200)):
        assert (await city.person(login).call("GET", "/catalogue/proposed")).status_code == status
    wrong = await city.supervisor.call("GET", "/catalogue/proposed?state=done")
    assert wrong.status_code == 422 and "只能是 proposed、rejected 之一" in wrong.text
    unknown = {"category": "010101", "what": "add", "lead": "D12", "reject": True, "why": "没有"}
    assert (await city.supervisor.call("POST", "/catalogue/proposed", unknown)).status_code == 409


async def name_of(city: City, login: str) -> str:
    found: str = await city.conn.fetchval(
        "SELECT p.name FROM account a JOIN person p ON p.id = a.person_id WHERE a.username = $1", login
    )
    return found
