"""The link to a telephone system that is cut, killed, slow and contended: the call table is right all the same."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from hotline.infra.clock import SystemClock
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Pool, open_pool
from hotline.infra.errors import HotlineError
from hotline.infra.http import Services
from hotline.infra.settings import load_settings
from hotline.intake.channels.phone import store as phone
from hotline.intake.channels.phone.ami import listener as listening
from hotline.intake.channels.phone.ami.checkup import examine
from hotline.intake.channels.phone.ami.listener import Listener
from hotline.intake.channels.phone.ami.plan import Plan, plan_of
from hotline.intake.channels.phone.call import CallState
from hotline.intake.channels.phone.commands import store as commands
from hotline.intake.channels.phone.commands.form import Order, PhoneVerb, channel_of
from hotline.intake.channels.phone.fakepbx.interface import FakePbx
from hotline.intake.channels.phone.fakepbx.parties import Citizen
from hotline.intake.channels.phone.seats import store as seats
from hotline.intake.channels.phone.view import CallRow, row_for, sitting
from tests.conftest import SECRETS

SPEED = 20.0
CALLER = Citizen("19900000001", patience=600, talk=40)


@pytest.fixture
async def pool(fresh_database: str) -> AsyncIterator[Pool]:
    opened = await open_pool(fresh_database, max_size=12)
    yield opened
    await opened.close()


@pytest.fixture
def there(fresh_database: str, pool: Pool, cipher: FieldCipher) -> Services:
    return Services(load_settings({**SECRETS, "HOTLINE_DATABASE_URL": fresh_database}), pool, SystemClock(), cipher)


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "FIRST", 0.05)
    monkeypatch.setattr(listening, "LOOK", 0.1)
    monkeypatch.setattr(listening, "BEAT", 0.3)


@contextlib.asynccontextmanager
async def heard(there: Services, plan: Plan) -> AsyncIterator[Listener]:
    """A listener at work."""
    found = Listener(there, plan, lambda: None)
    task = asyncio.create_task(found.run())
    try:
        yield found
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def exchange(**how: Any) -> AsyncIterator[tuple[FakePbx, Plan]]:
    pbx = FakePbx(speed=SPEED, ring=15, **how)
    async with pbx.listening() as port:
        yield pbx, plan_of(pbx.url(port, wrapup="0"))


async def until(true: Callable[[], Awaitable[Any]], seconds: float = 10) -> Any:
    """What became true; a sleep only between looks."""
    async with asyncio.timeout(seconds):
        while not (found := await true()):  # noqa: ASYNC110  the condition is a row of the database
            await asyncio.sleep(0.02)
        return found


def up(pool: Pool) -> Callable[[], Awaitable[Any]]:
    return lambda: pool.fetchval("SELECT up FROM phone_link")


def calls(pool: Pool, state: str) -> Callable[[], Awaitable[Any]]:
    return lambda: pool.fetch("SELECT * FROM call WHERE state = $1 ORDER BY offered_at", state)


async def signs_in(there: Services, plan: Plan, extension: str = "1001") -> int:
    async with there.pool.acquire() as conn, conn.transaction():
        person: int = await conn.fetchval("INSERT INTO person (name) VALUES ('王芳') RETURNING id")
        await seats.sit_down(conn, plan.provider, plan.member_of(extension), extension, person, there.clock.now())
        await ask(there, plan, PhoneVerb.SIGN_IN, "in", conn, extension)
    return person


async def ask(
    there: Services, plan: Plan, verb: PhoneVerb, key: str, conn: Any, extension: str = "1001", **more: Any
) -> None:
    order = Order(0, plan.provider, key, verb, plan.member_of(extension), extension, more.pop("call", ""), **more)
    await commands.ask(conn, order, None, "", there.clock.now(), there.cipher)


async def test_a_call_from_the_queue_to_its_end_is_one_row_and_its_agents(there: Services, pool: Pool) -> None:
    log: list[str] = []
    async with exchange(log=log.append) as (pbx, plan), heard(there, plan):
        await until(up(pool))
        person = await signs_in(there, plan)
        await until(lambda: pool.fetchval("SELECT 1 FROM phone_agent WHERE state = 'ready'"))
        pbx.exchange.arrive(CALLER)
        (ringing,) = await until(calls(pool, "ringing"))
        async with pool.acquire() as conn:
            await ask(there, plan, PhoneVerb.ANSWER, "lift", conn, call=ringing["call"])
        (talking,) = await until(calls(pool, "talking"))
        async with pool.acquire() as conn:
            await ask(there, plan, PhoneVerb.HOLD, "hold", conn, call=ringing["call"])
            await until(calls(pool, "held"))
            await ask(there, plan, PhoneVerb.RESUME, "resume", conn, call=ringing["call"])
            await until(calls(pool, "talking"))
            await ask(there, plan, PhoneVerb.HANGUP, "over", conn, call=ringing["call"])
        (ended,) = await until(calls(pool, "ended"))
    assert talking["person_id"] == ended["person_id"] == person
    assert (ended["outcome"], ended["ended_by"], ended["estimated"]) == ("answered", "agent", False)
    assert ended["hold_ms"] > 0 and len(log) >= 4


async def test_a_cut_link_is_mended_by_a_look(there: Services, pool: Pool) -> None:
    async with exchange() as (pbx, plan), heard(there, plan):
        await until(up(pool))
        pbx.exchange.add("PJSIP/7001", "agent-7001", answers_in=6)
        pbx.exchange.arrive(CALLER)
        await until(calls(pool, "ringing"))
        pbx.stalled = True
        pbx.drop()
        # Answered meanwhile: nobody will ever say so again.
        pbx.exchange.pick_up("PJSIP/7001")
        pbx.stalled = False
        (talking,) = await until(calls(pool, "talking"))
        assert talking["estimated"] and talking["agent"] == "agent-7001"
        (ended,) = await until(calls(pool, "ended"))
    assert (ended["outcome"], ended["estimated"]) == ("answered", True)


async def test_a_killed_pbx_loses_its_calls_and_its_agents_are_signed_in_again(there: Services, pool: Pool) -> None:
    async with exchange() as (pbx, plan), heard(there, plan):
        await until(up(pool))
        await signs_in(there, plan)
        await until(lambda: pool.fetchval("SELECT 1 FROM phone_agent WHERE state = 'ready'"))
        pbx.exchange.arrive(dataclasses.replace(CALLER, patience=10_000))
        await until(calls(pool, "ringing"))
        pbx.kill()
        (lost,) = await until(calls(pool, "ended"))
        assert (lost["outcome"], lost["estimated"]) == ("lost", True)
        await until(lambda: asyncio.sleep(0, "PJSIP/1001" in pbx.exchange.members))
        await until(lambda: pool.fetchval("SELECT 1 FROM phone_agent WHERE state = 'ready'"))


async def test_a_pbx_that_answers_nothing_any_more_is_left_and_found_again(
    there: Services, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotline.intake.channels.phone.ami.session.ANSWER", 0.3)
    async with exchange() as (pbx, plan), heard(there, plan):
        await until(up(pool))
        pbx.stalled = True
        await until(lambda: pool.fetchval("SELECT NOT up AND problem <> '' FROM phone_link"))
        pbx.stalled = False
        await until(up(pool))


async def test_one_listens_the_other_stands_by_and_what_the_displaced_one_still_holds_is_refused(
    there: Services, pool: Pool
) -> None:
    async with exchange() as (pbx, plan), heard(there, plan) as first:
        await until(up(pool))
        async with heard(there, plan) as second:
            pbx.exchange.arrive(CALLER)
            await until(calls(pool, "queued"))
            assert len(pbx.sessions) == 1 and (first.epoch, second.epoch) == (1, 0)
            # As if the first had slept through its lease.
            await pool.execute("UPDATE phone_link SET lease_until = now() - interval '1 second'")
            await until(lambda: asyncio.sleep(0, second.epoch == 2))
            pbx.exchange.arrive(dataclasses.replace(CALLER, number="19900000002"))
            await until(lambda: pool.fetchval("SELECT count(*) = 2 FROM call"))
            await until(lambda: asyncio.sleep(0, first.epoch == 0))


async def test_a_call_asked_for_twice_rings_once(there: Services, pool: Pool) -> None:
    async with exchange() as (pbx, plan), heard(there, plan):
        await until(up(pool))
        await signs_in(there, plan)
        number, channel = "19900000011", channel_of("one and the same")
        async with pool.acquire() as conn:
            for key in ("first", "second"):
                await ask(there, plan, PhoneVerb.DIAL, key, conn, number=number, channel=channel)
        (ended,) = await until(calls(pool, "ended"))
        assert pbx.actions.count("Originate") == 2
        assert (ended["outcome"], ended["direction"], ended["call"]) == ("answered", "out", channel)
        assert await pool.fetchval("SELECT count(*) FROM call") == 1


@pytest.mark.parametrize(
    ("how", "url", "says"),
    [
        ({}, "ami://hotline:fake@127.0.0.1:1/", "连不上电话系统"),
        ({}, "ami://hotline:wrong@127.0.0.1:{port}/", "密码"),
        ({"read_rights": "call,agent"}, "ami://hotline:fake@127.0.0.1:{port}/", "read=system"),
        ({"rights": "call,reporting"}, "ami://hotline:fake@127.0.0.1:{port}/", "write=agent、write=originate"),
        ({}, "ami://hotline:fake@127.0.0.1:{port}/?queue=q99", "没有队列 q99"),
        ({}, "ami://hotline:fake@127.0.0.1:{port}/", "权限齐全"),
    ],
    ids=["address", "password", "reading", "right", "queue", "all well"],
)
async def test_what_is_wrong_with_the_link_is_one_sentence(
    how: dict[str, Any], url: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotline.intake.channels.phone.ami.checkup.BOOT", 0.2)
    pbx = FakePbx(**how)
    async with pbx.listening() as port:
        try:
            told = await examine(plan_of(url.format(port=port)))
        except HotlineError as wrong:
            told = wrong.message
    assert says in told and "\n" not in told


async def test_a_third_party_is_asked_joins_the_talk_and_leaves_it_again(there: Services, pool: Pool) -> None:
    """咨询 → 取回, 咨询 → 三方 → the agent leaves the two others alone."""
    async with exchange() as (pbx, plan), heard(there, plan):
        await until(up(pool))
        person = await signs_in(there, plan)
        await until(lambda: pool.fetchval("SELECT 1 FROM phone_agent WHERE state = 'ready'"))
        pbx.exchange.arrive(dataclasses.replace(CALLER, talk=4000))
        (ringing,) = await until(calls(pool, "ringing"))

        async def does(verb: PhoneVerb, key: str, **more: Any) -> None:
            async with pool.acquire() as conn:
                await ask(there, plan, verb, key, conn, call=ringing["call"], **more)
            done = "SELECT 1 FROM phone_command WHERE key = $1 AND state = 'done'"
            await until(lambda: pool.fetchval(done, key))

        async def sees(three: bool, *parties: tuple[str, bool]) -> CallRow:
            async def look() -> CallRow | None:
                async with pool.acquire() as conn:
                    kept = await phone.one_call(conn, ringing["id"], there.cipher)
                    sitters = sitting(await seats.seats(conn))
                assert kept is not None
                row = row_for(kept, person, sitters, there.clock.now())
                now = [(one.name, one.talks) for one in row.parties]
                return row if (row.three, now) == (three, list(parties)) else None

            return await until(look)  # type: ignore[no-any-return]

        await does(PhoneVerb.ANSWER, "lift")
        await sees(False, ("王芳", True))
        await does(PhoneVerb.MUTE, "mute")
        assert await pool.fetchval("SELECT muted FROM phone_agent") == ringing["id"]
        await does(PhoneVerb.TRANSFER, "ask 110", kind="attended", to="110")
        asked = await sees(False, ("王芳", True), ("110", True))
        assert asked.state is CallState.HELD
        await does(PhoneVerb.RETRIEVE, "back")
        assert (await sees(False, ("王芳", True))).state is CallState.TALKING
        await does(PhoneVerb.TRANSFER, "ask again", kind="attended", to="110")
        await sees(False, ("王芳", True), ("110", True))
        await does(PhoneVerb.CONFERENCE, "three")
        assert (await sees(True, ("王芳", True), ("110", True))).state is CallState.TALKING
        await does(PhoneVerb.HANGUP, "leave them")
        assert (await sees(False, ("110", True))).state is CallState.TALKING
        (one,) = await pool.fetch("SELECT person_id, hold_ms FROM call")
        assert one["person_id"] == person and one["hold_ms"] > 0
