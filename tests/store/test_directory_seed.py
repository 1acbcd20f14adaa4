"""The demo city: whole, repeatable, and closed outside the demo."""

from collections.abc import AsyncIterator

import pytest

from hotline.directory import actions, store
from hotline.directory.actions import Seeded, seed_demo
from hotline.directory.demo import parse_people, parse_regions, parse_units
from hotline.directory.passwords import DEMO_PASSWORD
from hotline.directory.people import role_faults
from hotline.directory.regions import DISTRICT, STREET, covers
from hotline.directory.sessions import Came
from hotline.directory.units import Directory, UnitKind
from hotline.infra.db import Connection
from tests.conftest import TurnedClock

CONTRACT = {"agent", "dispatcher", "unit", "unit2", "callback", "supervisor", "leader", "admin"}


@pytest.fixture
async def city(conn: Connection, clock: TurnedClock) -> AsyncIterator[Directory]:
    await seed_demo(conn, now=clock.now(), demo=False)
    yield await store.load_directory(conn)


async def test_seeding_twice_adds_nothing(conn: Connection, clock: TurnedClock) -> None:
    first = await seed_demo(conn, now=clock.now(), demo=True)
    assert min(first.regions, first.units, first.people) > 0
    assert await seed_demo(conn, now=clock.now(), demo=True) == Seeded(0, 0, 0)


async def test_seeding_again_leaves_alone_what_the_city_has_changed(conn: Connection, clock: TurnedClock) -> None:
    await seed_demo(conn, now=clock.now(), demo=False)
    await conn.execute("UPDATE unit SET phone = '12345000' WHERE code = 'D14'")
    await seed_demo(conn, now=clock.now(), demo=False)
    assert await conn.fetchval("SELECT phone FROM unit WHERE code = 'D14'") == "12345000"


async def test_no_login_is_made_when_it_is_no_demo(conn: Connection, city: Directory) -> None:
    assert await conn.fetchval("SELECT count(*) FROM account") == 0


async def test_every_district_and_street_of_the_demo_has_its_office(city: Directory) -> None:
    for region in city.regions.values():
        if region.level >= DISTRICT:
            assert city.district_office(region.code), region.name
        if region.level >= STREET:
            assert city.street_office(region.code), region.name


async def test_every_alias_of_the_demo_names_its_own_unit(city: Directory) -> None:
    for row in parse_units(store.demo_text("units.csv")):
        for name in (row.name, *row.aliases):
            found = city.resolve(name)
            assert found and found.code == row.code, f"{name}: {found and found.name}"


async def test_paths_and_codes_of_regions_agree(city: Directory) -> None:
    for region in city.regions.values():
        assert all(covers(outer, region.code) for outer in region.path), region


def test_the_demo_holds_every_login_of_the_contract_with_roles_that_may_be_held() -> None:
    people = parse_people(store.demo_text("people.csv"))
    assert {person.login for person in people} >= CONTRACT
    assert [person for person in people if role_faults(person.roles, has_unit=True)] == []
    units = {row.code: row for row in parse_units(store.demo_text("units.csv"))}
    homes = {person.login: units[person.unit] for person in people}
    assert homes["agent"].kind is UnitKind.CENTRE
    assert "城管局" in homes["unit"].aliases
    assert "住建局" in homes["unit2"].aliases


async def test_a_demo_login_opens_in_the_demo_and_nowhere_else(conn: Connection, clock: TurnedClock) -> None:
    await seed_demo(conn, now=clock.now(), demo=True)
    outside = await actions.begin_sign_in(conn, "agent", came=Came(), now=clock.now(), demo=False)
    assert outside.refused == "closed"
    inside = await actions.begin_sign_in(conn, "agent", came=Came(), now=clock.now(), demo=True)
    assert await actions.password_fits(inside, DEMO_PASSWORD)
    opened = await actions.finish_sign_in(conn, inside, right=True, now=clock.now(), demo=True)
    assert opened and opened.signed_in.unit_code == "C01"
    assert await actions.load_session(conn, opened.token, clock.now(), demo=True)
    assert await actions.load_session(conn, opened.token, clock.now(), demo=False) is None


def test_a_community_is_found_at_the_end_of_a_long_letter() -> None:
    city = Directory((), parse_regions(store.demo_text("regions.csv")))
    located = city.finder.locate("你好," * 200 + "雁栖区芙蓉里街道东门里社区3号楼路灯不亮")
    assert located and [city.regions[code].name for code in located.region.path][1:] == [
        "雁栖区",
        "芙蓉里街道",
        "东门里社区",
    ]
