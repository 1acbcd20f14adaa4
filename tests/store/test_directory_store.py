"""The directory against a real database: tree, cache, people, sessions, and what the tables refuse."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from hotline.directory import actions, store
from hotline.directory.people import SYSTEM, NewPerson, Role
from hotline.directory.sessions import RULES, Attempt, Came, Opened
from hotline.directory.tree import actions as tree
from hotline.directory.units import NewUnit, UnitChange, UnitKind
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection, connect
from hotline.infra.errors import Conflict, InvalidInput, NotFound, TooManyRequests
from tests.conftest import TurnedClock

PASSWORD = "correct-horse"
DESK = Came("10.0.0.7", "desk")


async def unit(conn: Connection, now: datetime, code: str, parent: int | None = None, **rest: Any) -> int:
    new = NewUnit(code, f"{code}单位", UnitKind.DEPARTMENT, parent, **rest)
    return await tree.add_unit(conn, new, actor=SYSTEM, now=now)


@pytest.fixture
async def zhang(conn: Connection, clock: TurnedClock, cipher: FieldCipher) -> int:
    home = await unit(conn, clock.now(), "H1")
    new = NewPerson("张三", "zhang", frozenset({Role.UNIT_LIAISON, Role.HANDLER}), home, "13900001234")
    return await actions.add_person(conn, new, PASSWORD, cipher=cipher, must_change=False)


async def attempt(conn: Connection, clock: TurnedClock, *, right: bool, came: Came = DESK) -> Opened | None:
    """A sign-in of zhang with the hashing left out: whether the password fits is given."""
    begun: Attempt = await actions.begin_sign_in(conn, "zhang", came=came, now=clock.now(), demo=False)
    return await actions.finish_sign_in(conn, begun, right=right, now=clock.now(), demo=False)


async def outcomes(conn: Connection) -> list[str]:
    return [row["outcome"] for row in await conn.fetch("SELECT outcome FROM sign_in_log ORDER BY id")]


# --- the tree


async def test_a_moved_unit_takes_everything_below_along(conn: Connection, clock: TurnedClock) -> None:
    now = clock.now()
    a, b = await unit(conn, now, "A"), await unit(conn, now, "B")
    c = await unit(conn, now, "C", a)
    d = await unit(conn, now, "D", c)
    await tree.move_unit(conn, c, b, actor=SYSTEM, now=now)
    directory = await store.load_directory(conn)
    assert {u.id: u.path for u in directory.units.values()} == {a: (a,), b: (b,), c: (b, c), d: (b, c, d)}
    assert [u.id for u in directory.subtree(b)] == [b, c, d]
    await tree.move_unit(conn, c, None, actor=SYSTEM, now=now)
    moved = (await store.load_directory(conn)).units
    assert (moved[c].path, moved[c].parent_id, moved[d].path) == ((c,), None, (c, d))


async def test_a_unit_cannot_hang_below_itself(conn: Connection, clock: TurnedClock) -> None:
    a = await unit(conn, clock.now(), "A")
    b = await unit(conn, clock.now(), "B", a)
    for below in (a, b):
        with pytest.raises(Conflict):
            await tree.move_unit(conn, a, below, actor=SYSTEM, now=clock.now())


async def test_every_change_of_a_unit_leaves_a_line_nobody_can_edit(conn: Connection, clock: TurnedClock) -> None:
    now = clock.now()
    a, b = await unit(conn, now, "A"), await unit(conn, now, "B")
    await tree.change_unit(conn, a, UnitChange(phone="600001"), actor=SYSTEM, now=now)
    await tree.set_aliases(conn, a, ["甲局"], actor=SYSTEM, now=now)
    await tree.move_unit(conn, a, b, actor=SYSTEM, now=now)
    lines = await conn.fetch("SELECT verb, before, after FROM unit_history WHERE unit_id = $1 ORDER BY id", a)
    assert [line["verb"] for line in lines] == ["add", "change", "alias", "move"]
    assert (lines[1]["before"]["phone"], lines[1]["after"]["phone"]) == (None, "600001")
    assert lines[3]["after"] == {"parent_id": b}
    for change in ("UPDATE unit_history SET actor = 'x'", "DELETE FROM unit_history"):
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            async with conn.transaction():
                await conn.execute(change)


async def test_only_what_is_set_changes(conn: Connection, clock: TurnedClock) -> None:
    a = await unit(conn, clock.now(), "A", phone="600001", duty_contact="值班室")
    after = await tree.change_unit(conn, a, UnitChange(phone=None), actor=SYSTEM, now=clock.now())
    assert (after.phone, after.duty_contact, after.name, after.active) == (None, "值班室", "A单位", True)


async def test_a_unit_with_open_children_cannot_be_closed(conn: Connection, clock: TurnedClock) -> None:
    a = await unit(conn, clock.now(), "A")
    b = await unit(conn, clock.now(), "B", a)
    with pytest.raises(Conflict):
        await tree.change_unit(conn, a, UnitChange(active=False), actor=SYSTEM, now=clock.now())
    await tree.change_unit(conn, b, UnitChange(active=False), actor=SYSTEM, now=clock.now())
    await tree.change_unit(conn, a, UnitChange(active=False), actor=SYSTEM, now=clock.now())


async def test_names_codes_and_regions_that_cannot_be_are_refused(conn: Connection, clock: TurnedClock) -> None:
    await unit(conn, clock.now(), "A", aliases=("甲局",))
    with pytest.raises(InvalidInput) as refused:
        await unit(conn, clock.now(), "A", aliases=("甲局",))
    assert {error["field"] for error in refused.value.data["errors"]} == {"code", "name", "aliases"}
    with pytest.raises(NotFound):
        await unit(conn, clock.now(), "B", region_code="123456")
    with pytest.raises(NotFound):
        await unit(conn, clock.now(), "B", 999999)


async def test_the_kept_directory_is_read_again_only_after_a_change(conn: Connection, clock: TurnedClock) -> None:
    await unit(conn, clock.now(), "A")
    first = await store.load_directory(conn)
    assert await store.load_directory(conn) is first
    await conn.execute("UPDATE unit SET phone = '600002' WHERE code = 'A'")
    second = await store.load_directory(conn)
    assert second.by_code["A"].phone == "600002"


async def test_what_was_rolled_back_is_never_served_from_memory(conn: Connection, clock: TurnedClock) -> None:
    undone = conn.transaction()
    await undone.start()
    await unit(conn, clock.now(), "GHOST")
    assert "GHOST" in (await store.load_directory(conn)).by_code
    await undone.rollback()
    await unit(conn, clock.now(), "REAL")
    assert set((await store.load_directory(conn)).by_code) == {"REAL"}


# --- people


async def test_a_phone_is_stored_sealed(conn: Connection, zhang: int, cipher: FieldCipher) -> None:
    sealed = await conn.fetchval("SELECT phone_enc FROM person WHERE id = $1", zhang)
    assert b"13900001234" not in sealed
    assert cipher.decrypt(sealed) == "13900001234"


async def test_everything_wrong_with_a_new_person_is_said_at_once(conn: Connection) -> None:
    with pytest.raises(InvalidInput) as refused:
        await actions.add_person(conn, NewPerson(" ", "张三", frozenset()), "short")
    assert {e["field"] for e in refused.value.data["errors"]} == {"name", "username", "roles", "password"}


async def test_a_taken_name_and_an_unknown_unit_are_refused(conn: Connection, zhang: int) -> None:
    with pytest.raises(Conflict):
        await actions.add_person(conn, NewPerson("张四", "Zhang", frozenset({Role.AGENT})), PASSWORD)
    with pytest.raises(NotFound):
        await actions.add_person(conn, NewPerson("李四", "li", frozenset({Role.AGENT}), 999999), PASSWORD)


async def test_new_roles_hold_from_the_next_request_on(conn: Connection, clock: TurnedClock, zhang: int) -> None:
    opened = await attempt(conn, clock, right=True)
    assert opened
    await actions.set_roles(conn, "zhang", frozenset({Role.UNIT_LEADER}))
    now_held = await actions.load_session(conn, opened.token, clock.now(), demo=False)
    assert now_held and now_held.actor.roles == {Role.UNIT_LEADER}
    with pytest.raises(InvalidInput):
        await actions.set_roles(conn, "zhang", frozenset({Role.SYSTEM_ADMIN, Role.AUDITOR}))
    with pytest.raises(NotFound):
        await actions.set_roles(conn, "nobody", frozenset({Role.AGENT}))


async def test_the_database_itself_keeps_the_administrators_apart(conn: Connection, zhang: int) -> None:
    grant = "INSERT INTO person_role SELECT $1, unnest($2::text[])"
    for mixed in (["auditor"], ["system_admin"]):
        with pytest.raises(asyncpg.CheckViolationError):
            async with conn.transaction():
                await conn.execute(grant, zhang, mixed)
    await conn.execute("DELETE FROM person_role WHERE person_id = $1", zhang)
    for mixed in (["auditor", "system_admin"], ["agent", "security_admin"]):
        with pytest.raises(asyncpg.CheckViolationError):
            async with conn.transaction():
                await conn.execute(grant, zhang, mixed)
    await conn.execute(grant, zhang, ["auditor"])


async def test_a_person_who_has_left_is_signed_out_and_stays_out(
    conn: Connection, clock: TurnedClock, zhang: int
) -> None:
    opened = await attempt(conn, clock, right=True)
    assert opened
    await actions.set_person_active(conn, "zhang", False)
    assert await actions.load_session(conn, opened.token, clock.now(), demo=False) is None
    assert await attempt(conn, clock, right=True) is None
    assert await outcomes(conn) == ["opened", "closed"]


# --- signing in


async def test_a_session_carries_the_person_with_roles_and_place_in_the_tree(
    conn: Connection, clock: TurnedClock, zhang: int
) -> None:
    child = await unit(conn, clock.now(), "H2", (await store.load_directory(conn)).by_code["H1"].id)
    await conn.execute("UPDATE person SET unit_id = $2 WHERE id = $1", zhang, child)
    opened = await attempt(conn, clock, right=True)
    assert opened
    actor = opened.signed_in.actor
    assert (actor.person_id, actor.name) == (zhang, "张三")
    assert actor.roles == {Role.UNIT_LIAISON, Role.HANDLER}
    assert len(actor.unit_path) == 2 and actor.unit_path[-1] == child == actor.unit_id
    assert opened.signed_in.unit_name == "H2单位"


async def test_neither_token_nor_password_can_be_read_from_the_tables(
    conn: Connection, clock: TurnedClock, zhang: int
) -> None:
    opened = await attempt(conn, clock, right=True)
    assert opened and len(opened.token) >= 43
    dump = await conn.fetchval("SELECT string_agg(s::text, '') FROM (SELECT * FROM session) s")
    dump += await conn.fetchval("SELECT string_agg(a::text, '') FROM account a")
    assert opened.token not in dump and opened.token.encode().hex() not in dump and PASSWORD not in dump


async def test_five_failures_lock_for_fifteen_minutes_even_with_the_right_password(
    conn: Connection, clock: TurnedClock, zhang: int
) -> None:
    for _ in range(RULES.failures):
        assert await attempt(conn, clock, right=False) is None
    clock.advance(timedelta(minutes=14, seconds=59))
    assert await attempt(conn, clock, right=True) is None
    clock.advance(timedelta(seconds=1))
    assert await attempt(conn, clock, right=True)
    assert await outcomes(conn) == ["wrong"] * 5 + ["locked", "opened"]


async def test_a_success_forgets_the_failures_before_it(conn: Connection, clock: TurnedClock, zhang: int) -> None:
    for right in (False, False, False, False, True, False, False, False, False):
        await attempt(conn, clock, right=right)
    assert await attempt(conn, clock, right=True)


async def test_attempts_count_before_the_password_is_checked(conn: Connection, clock: TurnedClock, zhang: int) -> None:
    begun = [
        await actions.begin_sign_in(conn, "zhang", came=DESK, now=clock.now(), demo=False)
        for _ in range(RULES.failures + 2)
    ]
    assert [each.refused for each in begun] == [None] * 5 + ["locked"] * 2


async def test_an_address_with_too_many_failures_must_wait(conn: Connection, clock: TurnedClock, zhang: int) -> None:
    for _ in range(RULES.address_failures):
        begun = await actions.begin_sign_in(conn, "nobody", came=DESK, now=clock.now(), demo=False)
        await actions.finish_sign_in(conn, begun, right=False, now=clock.now(), demo=False)
    with pytest.raises(TooManyRequests):
        await attempt(conn, clock, right=True)
    assert await attempt(conn, clock, right=True, came=Came("10.0.0.8"))
    clock.advance(RULES.address_window)
    assert await attempt(conn, clock, right=True)


async def test_what_was_typed_as_an_unknown_name_is_not_kept(conn: Connection, clock: TurnedClock) -> None:
    begun = await actions.begin_sign_in(conn, "my-secret-1", came=DESK, now=clock.now(), demo=False)
    await actions.finish_sign_in(conn, begun, right=False, now=clock.now(), demo=False)
    lines = await conn.fetch("SELECT * FROM sign_in_log")
    assert [line["outcome"] for line in lines] == ["unknown"]
    assert "my-secret-1" not in str(lines)


async def test_the_log_can_be_cleared_only_after_half_a_year(conn: Connection, clock: TurnedClock) -> None:
    await conn.execute("INSERT INTO sign_in_log (at, outcome) VALUES (now() - interval '181 days', 'unknown')")
    await conn.execute("DELETE FROM sign_in_log")
    await conn.execute("INSERT INTO sign_in_log (at, outcome) VALUES (now() - interval '179 days', 'unknown')")
    for change in ("DELETE FROM sign_in_log", "UPDATE sign_in_log SET outcome = 'opened'"):
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            async with conn.transaction():
                await conn.execute(change)


# --- the life of a session


async def alive(conn: Connection, clock: TurnedClock, opened: Opened) -> bool:
    return await actions.load_session(conn, opened.token, clock.now(), demo=False) is not None


async def test_an_idle_session_ends_after_two_hours(conn: Connection, clock: TurnedClock, zhang: int) -> None:
    opened = await attempt(conn, clock, right=True)
    assert opened
    clock.advance(timedelta(hours=1, minutes=59))
    assert await alive(conn, clock, opened), "being seen starts the two hours anew"
    clock.advance(timedelta(hours=1, minutes=59))
    assert await alive(conn, clock, opened)
    clock.advance(timedelta(hours=2))
    assert not await alive(conn, clock, opened)


async def test_a_busy_session_ends_after_twelve_hours(conn: Connection, clock: TurnedClock, zhang: int) -> None:
    opened = await attempt(conn, clock, right=True)
    assert opened
    for _ in range(11):
        clock.advance(timedelta(hours=1))
        assert await alive(conn, clock, opened)
    clock.advance(timedelta(hours=1))
    assert not await alive(conn, clock, opened)


async def test_being_seen_is_written_at_most_once_a_minute(conn: Connection, clock: TurnedClock, zhang: int) -> None:
    opened = await attempt(conn, clock, right=True)
    assert opened
    seen = "SELECT last_seen_at FROM session"
    began = clock.now()
    clock.advance(timedelta(seconds=59))
    assert await alive(conn, clock, opened)
    assert await conn.fetchval(seen) == began
    clock.advance(timedelta(seconds=2))
    assert await alive(conn, clock, opened)
    assert await conn.fetchval(seen) == clock.now()


async def test_signing_out_ends_this_session_alone(conn: Connection, clock: TurnedClock, zhang: int) -> None:
    desk, phone = await attempt(conn, clock, right=True), await attempt(conn, clock, right=True)
    assert desk and phone
    await actions.sign_out(conn, desk.token, came=DESK, now=clock.now())
    await actions.sign_out(conn, desk.token, came=DESK, now=clock.now())
    assert [await alive(conn, clock, each) for each in (desk, phone)] == [False, True]
    assert await outcomes(conn) == ["opened", "opened", "signed_out"]


async def test_a_reset_lifts_the_lock_ends_every_session_and_asks_for_a_new_password(
    conn: Connection, clock: TurnedClock, zhang: int
) -> None:
    opened = await attempt(conn, clock, right=True)
    for _ in range(RULES.failures):
        await attempt(conn, clock, right=False)
    await actions.reset_password(conn, "zhang", "another-horse", now=clock.now())
    assert opened and not await alive(conn, clock, opened)
    begun = await actions.begin_sign_in(conn, "ZHANG ", came=DESK, now=clock.now(), demo=False)
    assert not await actions.password_fits(begun, PASSWORD)
    assert await actions.password_fits(begun, "another-horse")
    again = await actions.finish_sign_in(conn, begun, right=True, now=clock.now(), demo=False)
    assert again and again.signed_in.must_change


async def test_dead_sessions_are_cleared_and_living_ones_stay(conn: Connection, clock: TurnedClock, zhang: int) -> None:
    dead = await attempt(conn, clock, right=True)
    clock.advance(RULES.idle)
    living = await attempt(conn, clock, right=True)
    await actions.forget_expired(conn, clock.now())
    assert await conn.fetchval("SELECT count(*) FROM session") == 1
    assert dead and living and await alive(conn, clock, living)


async def test_a_session_is_found_by_its_key_and_not_by_reading_the_table(conn: Connection) -> None:
    await conn.execute("SET LOCAL enable_seqscan = off")
    explain = f"EXPLAIN (FORMAT JSON, COSTS OFF) {store.LOAD_SESSION}"
    args = (b"\0" * 32, datetime(2026, 11, 23, tzinfo=TurnedClock().moment.tzinfo), RULES.idle, False)
    plan = str(await conn.fetchval(explain, *args))
    assert "Seq Scan" not in plan and "session_pkey" in plan


async def test_two_grants_at_once_cannot_mix_administrators(fresh_database: str) -> None:
    """Each alone is allowed; the second must wait for the first and then be refused."""
    first, second = await connect(fresh_database), await connect(fresh_database)
    try:
        person = await first.fetchval("INSERT INTO person (name) VALUES ('孟安') RETURNING id")
        began = first.transaction()
        await began.start()
        await first.execute("INSERT INTO person_role VALUES ($1, 'auditor')", person)
        await second.execute("SET lock_timeout = '50ms'")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await second.execute("INSERT INTO person_role VALUES ($1, 'system_admin')", person)
        await began.commit()
        with pytest.raises(asyncpg.CheckViolationError):
            await second.execute("INSERT INTO person_role VALUES ($1, 'system_admin')", person)
    finally:
        await first.close()
        await second.close()
