"""The directory over HTTP: units that move and merge with their tickets, people, deputies, and the log of grants."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from httpx import Response

from hotline.directory.people import Role
from hotline.directory.store import load_directory
from hotline.tickets import effects
from hotline.tickets import store as tickets
from hotline.tickets.lines import store as lines_store
from hotline.web.administration import DIRECTORY
from hotline.web.endpoint import ANYONE_SIGNED_IN
from tests.flow.city import City, Person
from tests.flow.steps import VAGUE, answers, called_back, in_the_pool, sent, signed

REASON = "市委机构改革方案"
LOCAL = "010103"
"""A matter that is no department's duty: a street office may be given it."""


async def send(person: Person, method: str, path: str, status: int, body: Any = None) -> Any:
    answered: Response = await person.call(method, path, body)
    assert answered.status_code == status, f"{person.login} {method} {path}: {answered.status_code} {answered.text}"
    return answered.json()


async def merge(city: City, code: str, into: str, status: int = 200) -> Any:
    body = {"into": await city.unit(into), "reason": REASON}
    return await send(city.admin, "POST", f"/units/{await city.unit(code)}/merge", status, body)


async def replays(city: City, ticket_id: int) -> None:
    lines = await lines_store.history(city.conn, ticket_id)
    assert effects.replay(line.happened for line in lines) == await tickets.load(city.conn, ticket_id)


async def numbers(person: Person, query: str = "") -> set[int]:
    return {row["id"] for row in (await person.get(f"/tickets?limit=200{query}"))["items"]}


# --- units


async def test_a_unit_is_added_renamed_given_aliases_and_closed_and_all_of_it_is_remembered(city: City) -> None:
    new = {
        "code": "D90",
        "name": "云州市低空经济发展局",
        "kind": "department",
        "phone": "689001",
        "aliases": ["低空局"],
    }
    unit = await send(city.admin, "POST", "/units", 201, new)
    path = f"/units/{unit['id']}"
    changed = await send(city.admin, "PATCH", path, 200, {"duty_contact": "值班室 王科长"})
    assert (changed["duty_contact"], changed["phone"]) == ("值班室 王科长", "689001")
    await send(city.admin, "PUT", f"{path}/aliases", 200, {"aliases": ["低空局", "低空办"]})
    assert (await send(city.admin, "PATCH", path, 200, {"active": False}))["active"] is False
    history = await send(city.auditor, "GET", f"{path}/history", 200)
    assert [line["verb"] for line in history["items"]] == ["add", "change", "alias", "change"]
    assert {line["actor"] for line in history["items"]} == {"孟安"}
    listed = await send(city.security, "GET", "/directory/units", 200)
    assert unit["id"] in {one["id"] for one in listed["items"]}
    assert unit["id"] not in {one["id"] for one in (await send(city.unit_desk("D14"), "GET", "/units", 200))["items"]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"code": "D14", "name": "新局", "kind": "department"}, "code"),
        ({"code": "X1", "name": "城管局", "kind": "department"}, "name"),
        ({"code": "X1", "name": "新局", "kind": "ministry"}, "kind"),
        ({"code": "X1", "name": "", "kind": "street"}, "name"),
        ({"code": "X1", "name": "新局", "kind": "street", "aliases": ["住建局"]}, "aliases"),
        ({"code": "X1", "name": "新局", "kind": "street", "parent_id": 2**40}, "parent_id"),
    ],
)
async def test_a_unit_that_cannot_be_is_refused_with_the_field(city: City, body: Any, field: str) -> None:
    wrong = await send(city.admin, "POST", "/units", 422, body)
    assert field in {error["field"] for error in wrong["errors"]}


async def test_a_merged_units_open_tickets_follow_with_a_line_and_the_old_name_still_means_somebody(city: City) -> None:
    ticket_id = await signed(city, "D14")
    told = await merge(city, "D14", "D13")
    assert (told["unit"]["code"], told["tickets"]) == ("D13", 1)
    lines = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"]
    assert (lines[-1]["event"], lines[-1]["actor"]) == ("hand_over", "孟安")
    assert "云州市城市管理局" in lines[-1]["reason"] and REASON in lines[-1]["reason"]
    await replays(city, ticket_id)
    heirs = city.person("unit2")
    assert (await heirs.sees(ticket_id))["ticket"]["assignments"][0]["unit_id"] == await city.unit("D13")
    await answers(heirs, ticket_id)
    assert await city.state(ticket_id) == "replied"
    directory = await load_directory(city.conn)
    for name in ("云州市城市管理局", "城管局", "市城管局", "D14"):
        meant = directory.resolve(name)
        assert meant and meant.code == "D13", name
    for code, verb in (("D14", "merge"), ("D13", "absorb")):
        history = await send(city.admin, "GET", f"/units/{await city.unit(code)}/history", 200)
        assert history["items"][-1]["verb"] == verb


async def test_the_people_of_a_merged_unit_work_on_under_the_successor(city: City) -> None:
    ticket_id = await sent(city, "D14")
    await merge(city, "D14", "D13")
    me = await city.person("unit").get("/me")
    assert me["person"]["unit"]["code"] == "D13"
    await city.person("unit").does("sign", ticket_id)
    log = (await send(city.auditor, "GET", "/security/log?act=person_moved", 200))["items"]
    assert "韩城" in {line["person"] for line in log}


async def test_the_successor_reads_what_the_merged_unit_had_finished(city: City) -> None:
    ticket_id = await signed(city, "D14")
    await called_back(city, ticket_id, city.unit_desk("D14"))
    await city.callback.calls_back(ticket_id, solved="yes", rating=5)
    assert await city.state(ticket_id) == "closed"
    assert (await city.unit2.call("GET", f"/tickets/{ticket_id}")).status_code == 404
    await merge(city, "D14", "D13")
    assert (await city.unit2.sees(ticket_id))["state_name"] == "已办结"
    assert ticket_id in await numbers(city.unit2)
    await merge(city, "D13", "D12")
    third = city.unit_desk("D12")
    assert (await third.sees(ticket_id))["state_name"] == "已办结"
    assert ticket_id in await numbers(third)
    events = await city.events(ticket_id)
    assert "hand_over" not in events, "what has ended is not touched"


async def test_rework_of_a_merged_units_ticket_goes_to_its_successor(city: City) -> None:
    ticket_id = await signed(city, "D14")
    await called_back(city, ticket_id, city.unit_desk("D14"))
    await merge(city, "D14", "D13")
    await city.callback.does("send_back", ticket_id, solved="no", rating=1, dissatisfied_with="result")
    seen = await city.unit2.sees(ticket_id)
    assert (seen["ticket"]["state"], seen["ticket"]["assignments"][-1]["unit_id"]) == ("rework", await city.unit("D13"))


async def test_of_two_shares_that_come_into_one_hand_the_lead_stays(city: City) -> None:
    ticket_id = await in_the_pool(city)
    lead, helper = await city.unit("D13"), await city.unit("D14")
    await city.dispatcher.does("dispatch", ticket_id, unit_id=lead, assists=[helper], basis="联合整治")
    await merge(city, "D14", "D13")
    shares = (await city.supervisor.sees(ticket_id))["ticket"]["assignments"]
    assert [(s["part"], s["stage"]) for s in shares] == [("lead", "to_sign"), ("assist", "recalled")]
    await replays(city, ticket_id)
    await answers(city.unit2, ticket_id)
    assert await city.state(ticket_id) == "replied"


async def test_a_report_never_comes_into_the_accused_units_hand_through_a_merger(city: City) -> None:
    accused = await city.unit("D13")
    ticket_id = await in_the_pool(city, VAGUE, kind="report", accused_unit=accused)
    await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("D14"), basis="监督职责")
    refused = await merge(city, "D14", "D13", 409)
    assert refused["ticket_id"] == ticket_id and "改派" in refused["message"]
    assert (await city.unit_desk("D14").sees(ticket_id))["ticket"]["state"] == "dispatched"
    refused = await merge(city, "D13", "D14", 409)
    assert "被举报单位" in refused["message"], "the accused unit does not come to the report either"


async def test_a_report_about_a_merged_unit_is_a_report_about_its_successor(city: City) -> None:
    accused = await city.unit("D13")
    ticket_id = await in_the_pool(city, VAGUE, kind="report", accused_unit=accused)
    await merge(city, "D13", "D14")
    status, said = await city.dispatcher.refused("dispatch", ticket_id, unit_id=await city.unit("D14"), basis="职责")
    assert (status, "被举报" in said) == (422, True)
    await replays(city, ticket_id)


async def test_mergers_that_make_no_sense_are_refused(city: City) -> None:
    assert "不能并入自己" in (await merge(city, "D14", "D14", 422))["message"]
    assert "热线中心" in (await merge(city, "C01", "D14", 409))["message"]
    await merge(city, "D14", "D13")
    assert "已停用" in (await merge(city, "D14", "D12", 409))["message"]
    closed = await send(city.admin, "PATCH", f"/units/{await city.unit('D14')}", 409, {"active": True})
    assert "已并入" in closed["message"]


async def child_of(city: City, code: str) -> tuple[str, str]:
    """(a unit right below this one, somebody there who may sign)"""
    row = await city.conn.fetchrow(
        """
        SELECT u.code, a.username FROM unit u JOIN person p ON p.unit_id = u.id JOIN account a ON a.person_id = p.id
          JOIN person_role r ON r.person_id = p.id AND r.role = 'unit_reviewer'
         WHERE u.parent_id = $1 ORDER BY u.code LIMIT 1
        """,
        await city.unit(code),
    )
    assert row
    return row["code"], row["username"]


async def districts(city: City) -> tuple[str, str]:
    rows = await city.conn.fetch("SELECT code FROM unit WHERE kind = 'district' ORDER BY code LIMIT 2")
    return rows[0]["code"], rows[1]["code"]


async def test_who_sees_a_moved_units_tickets_follows_the_tree(city: City) -> None:
    old, new = await districts(city)
    street, login = await child_of(city, old)
    ticket_id = await sent(city, street, category=LOCAL)
    above, beside = city.unit_desk(old), city.unit_desk(new)
    assert (await above.sees(ticket_id)) and (await beside.call("GET", f"/tickets/{ticket_id}")).status_code == 404
    body = {"parent_id": await city.unit(new), "reason": "区划调整"}
    moved = await send(city.admin, "POST", f"/units/{await city.unit(street)}/move", 200, body)
    assert moved["tickets"] == 1
    assert (await beside.sees(ticket_id)) and (await above.call("GET", f"/tickets/{ticket_id}")).status_code == 404
    assert ticket_id in await numbers(beside) and ticket_id not in await numbers(above)
    assert (await city.events(ticket_id))[-1] == "hand_over"
    await city.person(login).does("sign", ticket_id)
    await replays(city, ticket_id)


async def test_a_list_never_shows_what_opening_it_refuses(city: City) -> None:
    old, new = await districts(city)
    street, login = await child_of(city, old)
    ticket_id = await sent(city, street, category=LOCAL)
    await city.person(login).does("sign", ticket_id)
    await called_back(city, ticket_id, city.person(login))
    await send(city.admin, "POST", f"/units/{await city.unit(street)}/move", 200, {"parent_id": await city.unit(new)})
    for person in (city.unit_desk(new), city.unit_desk(old), city.person(login), city.unit_desk("D14")):
        for number in await numbers(person):
            assert (await person.call("GET", f"/tickets/{number}")).status_code == 200, (person.login, number)
    assert (await city.unit_desk(new).call("GET", f"/tickets/{ticket_id}")).status_code == 404


async def test_a_dispatch_that_had_read_the_old_tree_is_caught_up_with(city: City) -> None:
    old, new = await districts(city)
    street, _ = await child_of(city, old)
    ticket_id = await sent(city, street, category=LOCAL)
    # As a transaction that began before the move would have left it.
    await city.conn.execute(
        "UPDATE unit SET parent_id = $2, path = ARRAY[$2, id] WHERE code = $1", street, await city.unit(new)
    )
    await send(city.admin, "POST", f"/units/{await city.unit('D14')}/move", 200, {"parent_id": await city.unit("D13")})
    await city.work()
    assert await city.unit_desk(new).sees(ticket_id)


async def test_a_unit_with_open_work_is_not_closed(city: City) -> None:
    await sent(city, "D14")
    refused = await send(city.admin, "PATCH", f"/units/{await city.unit('D14')}", 409, {"active": False})
    assert refused["open_tickets"] == 1 and "改派" in refused["message"]


# --- people


async def newcomer(city: City, **more: Any) -> Any:
    body = {"name": "丁一", "username": "ding", "roles": ["unit_liaison"], "unit_id": await city.unit("D14"), **more}
    return await send(city.admin, "POST", "/people", 201, body)


async def log_of(city: City, person_id: int) -> list[tuple[str, str | None]]:
    lines = (await send(city.auditor, "GET", f"/security/log?person={person_id}&limit=200", 200))["items"]
    return [(line["act"], line["detail"].get("role")) for line in reversed(lines)]


async def test_a_new_person_signs_in_once_and_must_choose_a_password(city: City) -> None:
    made = await newcomer(city, phone="13800138000")
    body = {"username": "ding", "password": made["initial_password"]}
    answered = await city.client.post("/api/v1/session", json=body)
    assert answered.status_code == 200 and answered.json()["must_change_password"]
    assert "13800138000" not in str(made["person"])
    assert await log_of(city, made["person"]["id"]) == [("role_granted", "unit_liaison"), ("person_added", None)]


async def test_every_grant_and_withdrawal_of_a_role_leaves_a_line(city: City) -> None:
    person_id = (await newcomer(city))["person"]["id"]
    await send(city.admin, "PUT", f"/people/{person_id}/roles", 200, {"roles": ["handler", "unit_liaison"]})
    await send(city.admin, "PUT", f"/people/{person_id}/roles", 200, {"roles": ["handler"]})
    assert (await log_of(city, person_id))[2:] == [("role_granted", "handler"), ("role_withdrawn", "unit_liaison")]
    lines = (await send(city.security, "GET", f"/security/log?person={person_id}", 200))["items"]
    assert {line["actor_name"] for line in lines} == {"孟安"}
    await city.conn.execute("DELETE FROM person_role WHERE person_id = $1", person_id)
    assert (await log_of(city, person_id))[-1] == ("role_withdrawn", "handler"), "by hand in the database as well"
    for change in ("UPDATE security_log SET act = 'person_added'", "DELETE FROM security_log", "TRUNCATE security_log"):
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            async with city.conn.transaction():
                await city.conn.execute(change)


@pytest.mark.parametrize(
    ("roles", "unit", "says"),
    [
        (["system_admin", "auditor"], "C01", "三权分立"),
        (["system_admin", "agent"], "C01", "不得兼任"),
        (["unit_liaison", "callback"], "D14", "由同一人担任"),
        (["unit_liaison", "city_leader"], "D14", "由同一人担任"),
        (["dispatcher"], "D14", "只能授予热线中心"),
        (["system"], "C01", "不授予账号"),
        ([], "D14", "至少给一个"),
    ],
)
async def test_powers_that_must_stay_apart_stay_apart(city: City, roles: list[str], unit: str, says: str) -> None:
    body = {"name": "丁一", "username": "ding", "roles": roles, "unit_id": await city.unit(unit)}
    assert says in (await send(city.admin, "POST", "/people", 422, body))["message"]


async def test_moving_somebody_asks_anew_whether_the_roles_fit_there(city: City) -> None:
    agent = await city.conn.fetchval("SELECT person_id FROM account WHERE username = 'agent'")
    refused = await send(city.admin, "PATCH", f"/people/{agent}", 422, {"unit_id": await city.unit("D14")})
    assert "热线中心" in refused["message"]
    person_id = (await newcomer(city))["person"]["id"]
    moved = await send(city.admin, "PATCH", f"/people/{person_id}", 200, {"unit_id": await city.unit("D13")})
    assert moved["unit"] == "云州市住房和城乡建设局"
    assert ("person_moved", None) in await log_of(city, person_id)


async def test_nobody_changes_their_own_powers_and_one_administrator_always_stays(city: City) -> None:
    me = (await city.admin.get("/me"))["person"]["id"]
    for method, path, body in (
        ("PUT", f"/people/{me}/roles", {"roles": ["agent"]}),
        ("POST", f"/people/{me}/deactivate", None),
    ):
        assert "自己" in (await send(city.admin, method, path, 403, body))["message"]
    other = await newcomer(city, roles=["system_admin"], unit_id=await city.unit("C01"))
    await city.conn.execute("UPDATE account SET must_change = false WHERE username = 'ding'")
    await send(city.person("ding"), "PUT", f"/people/{me}/roles", 200, {"roles": ["knowledge"]})
    # One of two who close each other at the same moment: the other's roles are gone when it comes to this one.
    await city.conn.execute("UPDATE person SET active = true WHERE id = $1", me)
    await city.conn.execute("DELETE FROM person_role WHERE person_id = $1", me)
    await city.conn.execute("INSERT INTO person_role VALUES ($1, 'system_admin')", me)
    await city.conn.execute("UPDATE person SET active = false WHERE id = $1", other["person"]["id"])
    refused = await city.admin.call("PUT", f"/people/{other['person']['id']}/roles", {"roles": ["knowledge"]})
    assert refused.status_code == 200, "of a closed account the roles may go"


async def test_the_last_administrator_cannot_be_closed_by_hand_either(city: City) -> None:
    from hotline.directory.people import Actor, By
    from hotline.directory.staff import actions
    from hotline.infra.errors import Conflict

    me = (await city.admin.get("/me"))["person"]["id"]
    by = By(Actor("命令行", frozenset()), city.clock.now())
    with pytest.raises(Conflict, match="至少须保留"):
        await actions.set_active(city.conn, me, False, by)


async def test_closing_an_account_signs_out_and_shows_what_is_left_to_hand_over(city: City) -> None:
    ticket_id = await signed(city, "D14")
    made = await newcomer(city, roles=["handler"])
    person_id = made["person"]["id"]
    colleagues = (await city.unit_desk("D14").get("/colleagues"))["items"]
    assert person_id in {one["id"] for one in colleagues}
    await city.unit_desk("D14").does("assign_person", ticket_id, person_id=person_id)
    await city.conn.execute("UPDATE account SET must_change = false WHERE person_id = $1", person_id)
    assert (await city.person("ding").call("GET", "/me")).status_code == 200
    closed = await send(city.admin, "POST", f"/people/{person_id}/deactivate", 200)
    assert [(w["ticket_id"], w["stage"]) for w in closed["open_work"]] == [(ticket_id, "in_hand")]
    assert "title" not in closed["open_work"][0]
    assert (await city.person("ding").call("GET", "/me")).status_code == 401
    again = await send(city.admin, "POST", f"/people/{person_id}/activate", 200)
    assert again["active"]
    assert [act for act, _ in await log_of(city, person_id)][-2:] == ["person_closed", "person_opened"]


async def test_a_reset_password_works_once(city: City) -> None:
    made = await newcomer(city)
    reset = await send(city.admin, "POST", f"/people/{made['person']['id']}/password", 200)
    for password, status in ((made["initial_password"], 401), (reset["initial_password"], 200)):
        answered = await city.client.post("/api/v1/session", json={"username": "ding", "password": password})
        assert answered.status_code == status


async def test_people_are_found_page_by_page(city: City) -> None:
    first = await send(city.admin, "GET", "/people?limit=2", 200)
    second = await send(city.admin, "GET", f"/people?limit=2&cursor={first['next_cursor']}", 200)
    assert len({p["id"] for p in (*first["items"], *second["items"])}) == 4
    found = await send(city.admin, "GET", f"/people?unit={await city.unit('D14')}&q=韩", 200)
    assert [p["username"] for p in found["items"]] == ["unit"]
    assert (await send(city.admin, "GET", "/people?limit=abc", 422))["errors"][0]["field"] == "limit"


# --- deputies


async def stand_in(city: City, login: str, code: str, status: int = 201, **more: Any) -> Any:
    person_id = await city.conn.fetchval("SELECT person_id FROM account WHERE username = $1", login)
    now = city.clock.now()
    body = {
        "person_id": person_id,
        "unit_id": await city.unit(code),
        "roles": ["unit_liaison", "handler"],
        "begins_at": now.isoformat(),
        "ends_at": (now + timedelta(days=3)).isoformat(),
        "reason": "联络员住院",
        **more,
    }
    return await send(city.admin, "POST", "/deputies", status, body)


async def test_a_deputy_does_the_other_units_work_between_two_dates_and_the_history_says_so(city: City) -> None:
    ticket_id = await sent(city, "D14")
    helper = city.unit2
    assert (await helper.call("GET", f"/tickets/{ticket_id}")).status_code == 404
    deputy = await stand_in(city, "unit2", "D14")
    assert (await helper.call("GET", f"/tickets/{ticket_id}")).status_code == 404, "only once they act as the deputy"
    assert [d["id"] for d in (await helper.get("/me/deputies"))["items"]] == [deputy["id"]]
    me = await send(helper, "POST", "/session/deputy", 200, {"deputy_id": deputy["id"]})
    assert (me["person"]["unit"]["code"], sorted(me["person"]["roles"])) == ("D14", ["handler", "unit_liaison"])
    await helper.does("sign", ticket_id)
    line = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"][-1]
    assert (line["actor"], line["actor_unit"]) == ("陶建国(代理)", await city.unit("D14"))
    status, _ = await helper.refused(
        "request_return", ticket_id, basis="三定", proposed_unit=await city.unit("D13"), reason="非职责"
    )
    assert status == 403, "a liaison's deputy is not the unit's reviewer"
    await send(helper, "POST", "/session/deputy", 200, {"deputy_id": None})
    assert (await helper.call("GET", f"/tickets/{ticket_id}")).status_code == 404
    acts = [act for act, _ in await log_of(city, deputy["person_id"])]
    assert acts[-3:] == ["deputy_granted", "acting_began", "acting_ended"]


async def test_a_deputy_is_themselves_again_when_the_time_is_over_or_it_is_ended(city: City) -> None:
    ticket_id = await sent(city, "D14")
    deputy = await stand_in(city, "unit2", "D14", ends_at=(city.clock.now() + timedelta(minutes=30)).isoformat())
    await send(city.unit2, "POST", "/session/deputy", 200, {"deputy_id": deputy["id"]})
    assert await city.unit2.sees(ticket_id)
    city.clock.advance(timedelta(minutes=30))
    assert (await city.unit2.call("GET", f"/tickets/{ticket_id}")).status_code == 404
    assert (await city.unit2.get("/me"))["deputy_id"] is None
    await send(city.unit2, "POST", "/session/deputy", 404, {"deputy_id": deputy["id"]})
    another = await stand_in(city, "unit2", "D14")
    await send(city.unit2, "POST", "/session/deputy", 200, {"deputy_id": another["id"]})
    await send(city.admin, "POST", f"/deputies/{another['id']}/end", 200)
    assert (await city.unit2.call("GET", f"/tickets/{ticket_id}")).status_code == 404
    await send(city.admin, "POST", f"/deputies/{another['id']}/end", 409)


async def test_nobody_uses_another_persons_deputyship(city: City) -> None:
    deputy = await stand_in(city, "unit2", "D14")
    await send(city.unit_desk("D12"), "POST", "/session/deputy", 404, {"deputy_id": deputy["id"]})


@pytest.mark.parametrize(
    ("login", "code", "more", "field"),
    [
        ("callback", "D14", {}, "person_id"),
        ("agent", "D14", {}, "person_id"),
        ("auditor", "D14", {}, "person_id"),
        ("unit2", "C01", {}, "unit_id"),
        ("unit2", "D14", {"roles": ["supervisor"]}, "roles"),
        ("unit2", "D14", {"roles": []}, "roles"),
        ("unit2", "D14", {"ends_at": "2026-11-01T00:00:00+08:00"}, "ends_at"),
        ("unit2", "D14", {"ends_at": "2027-11-01T00:00:00+08:00"}, "ends_at"),
        ("unit2", "D14", {"reason": " "}, "reason"),
        ("unit2", "D14", {"ends_at": "2026-12-01T00:00:00"}, "ends_at"),
    ],
)
async def test_a_deputy_who_may_not_be_one_is_refused(
    city: City, login: str, code: str, more: dict[str, Any], field: str
) -> None:
    wrong = await stand_in(city, login, code, 422, **more)
    assert field in {error["field"] for error in wrong["errors"]}


async def test_who_stands_in_for_a_unit_is_given_no_role_that_does_not_go_with_it(city: City) -> None:
    person_id = (await newcomer(city, roles=["knowledge"], unit_id=await city.unit("C01")))["person"]["id"]
    deputy = await stand_in(city, "ding", "D14")
    refused = await send(city.admin, "PUT", f"/people/{person_id}/roles", 422, {"roles": ["callback"]})
    assert "结束代理" in refused["message"]
    await send(city.admin, "POST", f"/deputies/{deputy['id']}/end", 200)
    await send(city.admin, "PUT", f"/people/{person_id}/roles", 200, {"roles": ["callback"]})


# --- who may

WHO = {
    "system_admin": "admin",
    "security_admin": "security",
    "auditor": "auditor",
    "supervisor": "supervisor",
    "unit_liaison": "unit",
}


@pytest.mark.parametrize("role", WHO)
async def test_only_who_is_named_on_the_page_of_addresses_gets_in(city: City, role: str) -> None:
    person = city.person(WHO[role])
    roles = set((await person.get("/me"))["person"]["roles"])
    for endpoint in DIRECTORY:
        allowed = endpoint.roles == ANYONE_SIGNED_IN or not roles.isdisjoint(endpoint.roles or ())
        path = endpoint.path.removeprefix("/api/v1")
        for name in ("unit_id", "person_id", "deputy_id"):
            path = path.replace(f"{{{name}}}", "999999")
        answered = await person.call(endpoint.method, path, {} if endpoint.body else None)
        assert (answered.status_code != 403) is allowed, (endpoint.method, path, answered.text)
        assert answered.status_code < 500


def test_the_three_powers_are_three_on_the_page_of_addresses() -> None:
    for endpoint in DIRECTORY:
        roles = endpoint.roles or frozenset()
        if endpoint.method != "GET" and roles:
            assert roles == {Role.SYSTEM_ADMIN}, endpoint.path
        if "/security/" in endpoint.path:
            assert roles == {Role.SECURITY_ADMIN, Role.AUDITOR}
