"""Who is at a ticket, over processes that come, go and die, with Redis and without."""

import asyncio
import contextlib
from datetime import timedelta

import pytest

from hotline.directory.people import Role
from hotline.infra.bus import Bus
from hotline.infra.http import Services
from hotline.live.actions import Live
from hotline.live.fanout import Seat
from hotline.live.feed import READ, Presence
from hotline.live.presence import Doing, entry
from tests.conftest import TurnedClock
from tests.store.live.seats import DISPATCHER, OTHER, sitting


async def told(seat: Seat, rung: asyncio.Event) -> list[Presence]:
    """What comes next about presences."""
    while True:
        async with asyncio.timeout(20):
            await rung.wait()
        rung.clear()
        events = [READ.decode(message) for message in seat.taken()]
        if found := [event for event in events if isinstance(event, Presence)]:
            return found


async def test_presence_is_seen_in_every_process_and_ends_with_the_socket(
    processes: tuple[Live, Live], letter: int
) -> None:
    here, there = processes
    async with contextlib.AsyncExitStack() as stack:
        watching, rung = await sitting(there, stack)
        async with contextlib.AsyncExitStack() as leaving:
            guest, _ = await sitting(here, leaving, OTHER)
            await here.come(guest, letter, Doing.EDIT)
            [seen] = await told(watching, rung)
            assert [(p.name, p.role, p.doing) for p in seen.people] == [("李敏", Role.CALLBACK, Doing.EDIT)]
            # Who comes later is told at once.
            async with contextlib.AsyncExitStack() as late:
                await sitting(there, late)
                assert [p.ticket_id for p in there.present_to(DISPATCHER)] == [letter]
                assert there.present_to(OTHER) == []  # oneself is no news
        [gone] = await told(watching, rung)
        assert gone.people == ()


async def test_presence_of_a_dead_process_runs_out(
    processes: tuple[Live, Live], letter: int, clock: TurnedClock
) -> None:
    here, there = processes
    await there.attendance.put(entry(letter, "dead", OTHER, Doing.LOOK, clock.now()))
    there.attendance.own.clear()  # as after kill -9: nothing is prolonged, nothing is taken back
    async with contextlib.AsyncExitStack() as stack:
        watching, rung = await sitting(here, stack)
        assert [p.ticket_id for p in here.present_to(DISPATCHER)] == [letter]
        clock.advance(timedelta(seconds=46))
        here.wake()
        [gone] = await told(watching, rung)
        assert gone == Presence(letter, ())
        assert await here.attendance.stored() == {}


async def test_presence_stays_while_its_socket_does(
    processes: tuple[Live, Live], letter: int, clock: TurnedClock
) -> None:
    here, there = processes
    async with contextlib.AsyncExitStack() as stack:
        guest, _ = await sitting(here, stack, OTHER)
        await here.come(guest, letter, Doing.LOOK)
        clock.advance(timedelta(seconds=40))
        await here.stay(guest)
        clock.advance(timedelta(seconds=40))
        assert set(await there.attendance.everybody(clock.now())) == {letter}


async def test_without_redis_presence_is_that_of_the_process(
    there: Services, letter: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = Live(there, Bus("unix:///nonexistent/valkey.sock"))
    try:
        async with contextlib.AsyncExitStack() as stack:
            watching, rung = await sitting(live, stack)
            guest, _ = await sitting(live, stack, OTHER)
            await live.come(guest, letter, Doing.LOOK)
            [seen] = await told(watching, rung)
            assert [p.name for p in seen.people] == ["李敏"]
    finally:
        await live.close()
