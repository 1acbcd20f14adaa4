"""The ways live news travels: between processes, from the worker, without Redis, by asking; and who is at a ticket."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hotline.infra.http import Services
from hotline.infra.valkey import Valkey
from hotline.jobs.handlers import FOLLOWS
from hotline.jobs.worker import work
from hotline.live import actions, presence
from hotline.live.actions import Page
from hotline.live.feed import (
    Beat,
    Board,
    Hello,
    Mode,
    Presence,
    Refused,
    apply,
)
from tests.api.live_hall import PATIENCE, Hall, Opened, Screen
from tests.flow.steps import LAMP, in_the_pool, sent


async def test_a_request_to_one_process_calls_the_screens_of_the_other(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "POLL", 3600.0)
    async with hall.screen(hall.city.supervisor, hall.b) as screen:
        await screen.until(lambda: isinstance(screen.events[-1], Beat) if screen.events else False)
        body = {"channel": "web", "content": LAMP, "citizen": {"phone": "13912345678"}}
        ticket_id = (await hall.city.client.post("/api/v1/public/requests", json=body)).json()["ticket_id"]
        await screen.until(lambda: ticket_id in screen.board.tickets)


async def test_a_job_in_the_worker_reaches_the_screens(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """The screens would look by themselves only in an hour: it is the worker that calls them."""
    monkeypatch.setattr(actions, "POLL", 3600.0)

    async def idle(services: Services) -> None:
        """Nothing is due."""

    stopping = asyncio.Event()
    async with hall.screen(hall.city.supervisor, hall.b) as screen:
        await screen.hello()
        working = asyncio.create_task(work(hall.city.services, FOLLOWS, idle, stopping))
        body = {"channel": "web", "content": LAMP, "citizen": {"phone": "13912345678"}}
        answered = await hall.city.client.post("/api/v1/public/requests", json=body)
        ticket_id = answered.json()["ticket_id"]
        await screen.until(lambda: any(e.event == "dispatch" and e.ticket.id == ticket_id for e in screen.moved))
        stopping.set()
        async with asyncio.timeout(PATIENCE):
            await working


@pytest.mark.parametrize("redis_url", [None, "unix:///nonexistent/valkey.sock"], ids=["without redis", "redis down"])
async def test_without_redis_screens_are_told_by_looking(open_hall: Opened, redis_url: str | None) -> None:
    async with open_hall(redis_url) as hall:
        who = hall.city.supervisor
        async with hall.screen(who, hall.a) as one, hall.screen(who, hall.b) as two:
            assert await one.hello() == Hello(await hall.number(), Mode.POLLING)
            await hall.a_day()
            number = await hall.number()
            assert (await one.reaches(number)).tickets == (await two.reaches(number)).tickets == await hall.fresh(who)
            assert two.board.mode is Mode.POLLING


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[Callable[[], Valkey]]:
    """A Valkey that a test may stop and start again at the same address."""
    sockets = Path(tempfile.mkdtemp(prefix="hotline-live-", dir="/tmp"))  # a socket's path must be short
    begun: list[Valkey] = []

    def begin() -> Valkey:
        begun.append(Valkey(tmp_path / "valkey", sockets, "hotline-live-test"))
        return begun[-1]

    yield begin
    for one in begun:
        one.stop()
    shutil.rmtree(sockets, ignore_errors=True)


async def test_redis_may_go_and_come_back_and_the_screen_says_so(
    open_hall: Opened, own_valkey: Callable[[], Valkey]
) -> None:
    running = own_valkey()
    async with open_hall(running.url) as hall:
        who = hall.city.supervisor
        async with hall.screen(who, hall.a) as one, hall.screen(who, hall.b) as two:
            await one.until(lambda: one.board.mode is Mode.LIVE)
            await two.until(lambda: two.board.mode is Mode.LIVE)
            running.stop()
            await two.until(lambda: two.board.mode is Mode.POLLING)
            await hall.a_day()
            assert (await two.reaches(await hall.number())).tickets == await hall.fresh(who)
            own_valkey()
            await two.until(lambda: two.board.mode is Mode.LIVE)
            await in_the_pool(hall.city)
            number = await hall.number()
            assert (await one.reaches(number)).tickets == (await two.reaches(number)).tickets == await hall.fresh(who)


async def test_a_client_without_sockets_gets_the_same_by_asking(hall: Hall) -> None:
    who = hall.city.supervisor
    board = Board(await hall.number())
    await hall.a_day()
    more, numbers = True, list[int]()
    while more:
        page = msgspec.convert(await who.get(f"/live?since={board.number}&limit=4"), Page)
        for event in page.events:
            board = apply(board, event)
        numbers += [event.number for event in page.events]
        assert len(page.events) <= 4
        board, more = msgspec.structs.replace(board, number=page.number), page.more
    assert board.tickets == await hall.fresh(who)
    assert numbers == sorted(set(numbers))
    assert board.number == await hall.number()


async def test_asking_tells_when_the_lists_have_to_be_read_again(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "REPLAY", 3)
    await sent(hall.city)
    page = msgspec.convert(await hall.city.supervisor.get("/live?since=0"), Page)
    assert (page.snapshot_needed, page.events, page.number) == (True, [], await hall.number())


# --- who is where


async def presence_of(screen: Screen, ticket_id: int, true: Callable[[tuple[Any, ...]], bool]) -> tuple[Any, ...]:
    await screen.until(lambda: true(screen.board.presence.get(ticket_id, ())))
    return screen.board.presence.get(ticket_id, ())


@pytest.mark.usefixtures("quick_beats")
async def test_colleagues_see_who_looks_and_who_edits(hall: Hall) -> None:
    city = hall.city
    ticket_id = await sent(city, "D14")
    unit, stranger = city.unit_desk("D14"), city.unit_desk("D13")
    async with (
        hall.screen(city.supervisor, hall.a) as watching,
        hall.screen(stranger, hall.a) as outside,
        hall.screen(unit, hall.b) as guest,
    ):
        await guest.ws.send(f'{{"look": {ticket_id}}}')
        [seen] = await presence_of(watching, ticket_id, lambda people: len(people) == 1)
        assert (seen.doing, seen.since) == ("look", city.clock.now())
        await guest.ws.send(f'{{"edit": {ticket_id}}}')
        [seen] = await presence_of(watching, ticket_id, lambda people: bool(people) and people[0].doing == "edit")
        assert seen.role.startswith("unit_")
        page = msgspec.convert(await city.supervisor.get("/live"), Page)
        assert page.presence == [Presence(ticket_id, (seen,))]
        await guest.ws.send(f'{{"leave": {ticket_id}}}')
        await presence_of(watching, ticket_id, lambda people: people == ())
        # Whose ticket it is not, is told nothing of it, and may not say that they look at it.
        await outside.ws.send(f'{{"look": {ticket_id}}}')
        await outside.until(lambda: isinstance(outside.events[-1], Refused) if outside.events else False)
        assert not any(isinstance(event, Presence) for event in outside.events)
        await guest.ws.send(f'{{"look": {ticket_id}}}')
        await presence_of(watching, ticket_id, lambda people: len(people) == 1)
        await guest.ws.close()
        await presence_of(watching, ticket_id, lambda people: people == ())


async def test_who_is_at_too_many_tickets_is_told(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "MOST_TICKETS", 1)
    first, second = await sent(hall.city), await sent(hall.city)
    async with hall.screen(hall.city.supervisor, hall.a) as screen:
        for ticket_id in (first, second, first):
            await screen.ws.send(f'{{"look": {ticket_id}}}')
        await screen.until(lambda: isinstance(screen.events[-1], Refused) if screen.events else False)
        refused = screen.events[-1]
        assert isinstance(refused, Refused)
        assert (refused.ticket_id, "过多" in refused.message) == (second, True)
