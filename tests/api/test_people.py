"""People over HTTP: accounts, roles that stay apart, deputies, and the log of grants."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from hotline.directory.people import Role
from hotline.web.administration import DIRECTORY
from hotline.web.endpoint import ANYONE_SIGNED_IN
from tests.flow.city import City
from tests.flow.steps import sent, signed


async def newcomer(city: City, **more: Any) -> Any:
    body = {"name": "丁一", "username": "ding", "roles": ["unit_liaison"], "unit_id": await city.unit("D14"), **more}
    return await city.admin.sends("POST", "/people", 201, body)


async def log_of(city: City, person_id: int) -> list[tuple[str, str | None]]:
    lines = (await city.auditor.sends("GET", f"/security/log?person={person_id}&limit=200", 200))["items"]
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
    await city.admin.sends("PUT", f"/people/{person_id}/roles", 200, {"roles": ["handler", "unit_liaison"]})
    await city.admin.sends("PUT", f"/people/{person_id}/roles", 200, {"roles": ["handler"]})
    assert (await log_of(city, person_id))[2:] == [("role_granted", "handler"), ("role_withdrawn", "unit_liaison")]
    lines = (await city.security.sends("GET", f"/security/log?person={person_id}", 200))["items"]
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
    assert says in (await city.admin.sends("POST", "/people", 422, body))["message"]


async def test_a_telephone_that_is_none_is_refused_before_notices_go_to_it(city: City) -> None:
    person_id = (await newcomer(city))["person"]["id"]
    for wrong in ("不是电话", "1234", "13800138000x"):
        refused = await city.admin.sends("PATCH", f"/people/{person_id}", 422, {"phone": wrong})
        assert [one["field"] for one in refused["errors"]] == ["phone"], wrong
    body = {
        "name": "丁一",
        "username": "ding",
        "roles": ["handler"],
        "unit_id": await city.unit("D13"),
        "phone": "见通讯录",
    }
    assert "电话须是" in (await city.admin.sends("POST", "/people", 422, body))["message"]
    for right in ("138 0013 8000", "+86 13800138000", "0916-2628000-12", "681011", ""):
        await city.admin.sends("PATCH", f"/people/{person_id}", 200, {"phone": right})


async def test_moving_somebody_asks_anew_whether_the_roles_fit_there(city: City) -> None:
    agent = await city.conn.fetchval("SELECT person_id FROM account WHERE username = 'agent'")
    refused = await city.admin.sends("PATCH", f"/people/{agent}", 422, {"unit_id": await city.unit("D14")})
    assert "热线中心" in refused["message"]
    person_id = (await newcomer(city))["person"]["id"]
    moved = await city.admin.sends("PATCH", f"/people/{person_id}", 200, {"unit_id": await city.unit("D13")})
    assert moved["unit"] == "云州市住房和城乡建设局"
    assert ("person_moved", None) in await log_of(city, person_id)


async def test_nobody_changes_their_own_powers_and_one_administrator_always_stays(city: City) -> None:
    me = (await city.admin.get("/me"))["person"]["id"]
    for method, path, body in (
        ("PUT", f"/people/{me}/roles", {"roles": ["agent"]}),
        ("POST", f"/people/{me}/deactivate", None),
    ):
        assert "自己" in (await city.admin.sends(method, path, 403, body))["message"]
    other = await newcomer(city, roles=["system_admin"], unit_id=await city.unit("C01"))
    await city.conn.execute("UPDATE account SET must_change = false WHERE username = 'ding'")
    await city.person("ding").sends("PUT", f"/people/{me}/roles", 200, {"roles": ["knowledge"]})
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
    closed = await city.admin.sends("POST", f"/people/{person_id}/deactivate", 200)
    assert [(w["ticket_id"], w["stage"]) for w in closed["open_work"]] == [(ticket_id, "in_hand")]
    assert "title" not in closed["open_work"][0]
    assert (await city.person("ding").call("GET", "/me")).status_code == 401
    again = await city.admin.sends("POST", f"/people/{person_id}/activate", 200)
    assert again["active"]
    assert [act for act, _ in await log_of(city, person_id)][-2:] == ["person_closed", "person_opened"]


async def test_a_reset_password_works_once(city: City) -> None:
    made = await newcomer(city)
    reset = await city.admin.sends("POST", f"/people/{made['person']['id']}/password", 200)
    for password, status in ((made["initial_password"], 401), (reset["initial_password"], 200)):
        answered = await city.client.post("/api/v1/session", json={"username": "ding", "password": password})
        assert answered.status_code == status


async def test_people_are_found_page_by_page(city: City) -> None:
    first = await city.admin.sends("GET", "/people?limit=2", 200)
    second = await city.admin.sends("GET", f"/people?limit=2&cursor={first['next_cursor']}", 200)
    assert len({p["id"] for p in (*first["items"], *second["items"])}) == 4
    found = await city.admin.sends("GET", f"/people?unit={await city.unit('D14')}&q=韩", 200)
    assert [p["username"] for p in found["items"]] == ["unit"]
    assert (await city.admin.sends("GET", "/people?limit=abc", 422))["errors"][0]["field"] == "limit"


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
    return await city.admin.sends("POST", "/deputies", status, body)


async def test_a_deputy_does_the_other_units_work_between_two_dates_and_the_history_says_so(city: City) -> None:
    ticket_id = await sent(city, "D14")
    helper = city.unit2
    assert (await helper.call("GET", f"/tickets/{ticket_id}")).status_code == 404
    deputy = await stand_in(city, "unit2", "D14")
    assert (await helper.call("GET", f"/tickets/{ticket_id}")).status_code == 404, "only once they act as the deputy"
    assert [d["id"] for d in (await helper.get("/me/deputies"))["items"]] == [deputy["id"]]
    me = await helper.sends("POST", "/session/deputy", 200, {"deputy_id": deputy["id"]})
    assert (me["person"]["unit"]["code"], sorted(me["person"]["roles"])) == ("D14", ["handler", "unit_liaison"])
    await helper.does("sign", ticket_id)
    line = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"][-1]
    assert (line["actor"], line["actor_unit"]) == ("陶建国(代理)", await city.unit("D14"))
    status, _ = await helper.refused(
        "request_return", ticket_id, basis="三定", proposed_unit=await city.unit("D13"), reason="非职责"
    )
    assert status == 403, "a liaison's deputy is not the unit's reviewer"
    await helper.sends("POST", "/session/deputy", 200, {"deputy_id": None})
    assert (await helper.call("GET", f"/tickets/{ticket_id}")).status_code == 404
    acts = [act for act, _ in await log_of(city, deputy["person_id"])]
    assert acts[-3:] == ["deputy_granted", "acting_began", "acting_ended"]


async def test_a_deputy_is_themselves_again_when_the_time_is_over_or_it_is_ended(city: City) -> None:
    ticket_id = await sent(city, "D14")
    deputy = await stand_in(city, "unit2", "D14", ends_at=(city.clock.now() + timedelta(minutes=30)).isoformat())
    await city.unit2.sends("POST", "/session/deputy", 200, {"deputy_id": deputy["id"]})
    assert await city.unit2.sees(ticket_id)
    city.clock.advance(timedelta(minutes=30))
    assert (await city.unit2.call("GET", f"/tickets/{ticket_id}")).status_code == 404
    assert (await city.unit2.get("/me"))["deputy_id"] is None
    await city.unit2.sends("POST", "/session/deputy", 404, {"deputy_id": deputy["id"]})
    another = await stand_in(city, "unit2", "D14")
    await city.unit2.sends("POST", "/session/deputy", 200, {"deputy_id": another["id"]})
    await city.admin.sends("POST", f"/deputies/{another['id']}/end", 200)
    assert (await city.unit2.call("GET", f"/tickets/{ticket_id}")).status_code == 404
    await city.admin.sends("POST", f"/deputies/{another['id']}/end", 409)


async def test_nobody_uses_another_persons_deputyship(city: City) -> None:
    deputy = await stand_in(city, "unit2", "D14")
    await city.unit_desk("D12").sends("POST", "/session/deputy", 404, {"deputy_id": deputy["id"]})


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
    refused = await city.admin.sends("PUT", f"/people/{person_id}/roles", 422, {"roles": ["callback"]})
    assert "结束代理" in refused["message"]
    await city.admin.sends("POST", f"/deputies/{deputy['id']}/end", 200)
    await city.admin.sends("PUT", f"/people/{person_id}/roles", 200, {"roles": ["callback"]})


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
