"""The live feed as screens use it: real servers, real sockets, two web processes on one database."""

import asyncio
import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
import uvicorn
from httpx import AsyncClient
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from hotline.directory.actions import set_roles
from hotline.directory.people import Role
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Pool, open_pool
from hotline.infra.http import Services
from hotline.infra.settings import load_settings
from hotline.infra.valkey import Valkey
from hotline.jobs.handlers import FOLLOWS
from hotline.jobs.worker import work
from hotline.live import actions, fanout, presence
from hotline.live import http as live
from hotline.live.actions import Page
from hotline.live.feed import (
    READ,
    Beat,
    Board,
    Hello,
    Mode,
    Moved,
    Presence,
    Refused,
    SnapshotNeeded,
    apply,
    refreshed,
)
from hotline.live.feed import Event as LiveEvent
from hotline.tickets.listing.store import Row
from hotline.web.app import create_app
from tests.conftest import SECRETS, TurnedClock, copied
from tests.flow.city import City, Person
from tests.flow.steps import LAMP, answers, in_the_pool, sent, signed

PATIENCE = 30


@contextlib.asynccontextmanager
async def web_process(services: Services) -> AsyncIterator[str]:
    """One web process on a port of its own, in this loop; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(
            create_app(services=services), log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


class Screen:
    """A console's live part: hears, applies, remembers."""

    def __init__(self, ws: ClientConnection, board: Board) -> None:
        self.ws, self.board = ws, board
        self.events: list[LiveEvent] = []
        self.texts: list[str] = []

    async def hear(self) -> LiveEvent:
        text = await self.ws.recv()
        assert isinstance(text, str)
        self.texts.append(text)
        event = READ.decode(text)
        self.board = apply(self.board, event)
        self.events.append(event)
        return event

    async def hello(self) -> Hello:
        await self.until(lambda: self.events)
        assert isinstance(self.events[0], Hello)
        return self.events[0]

    async def until(self, true: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not true():
                await self.hear()

    async def reaches(self, number: int) -> Board:
        """Everything up to `number` has come; for people who do not see everything a beat says so."""
        await self.until(lambda: (self.board.number or 0) >= number)
        return self.board

    async def closed(self) -> int:
        """The close code that ends the connection."""
        try:
            await self.until(lambda: False)
        except ConnectionClosed as ended:
            assert ended.rcvd is not None
            return ended.rcvd.code
        raise AssertionError("still open")

    @property
    def moved(self) -> list[Moved]:
        return [event for event in self.events if isinstance(event, Moved)]


class Hall:
    """The city with committed work, and two web processes, A and B."""

    def __init__(self, city: City, a: str, b: str) -> None:
        self.city, self.a, self.b = city, a, b

    @contextlib.asynccontextmanager
    async def screen(
        self, who: Person, at: str, *, since: int | None = None, board: Board | None = None, **more: Any
    ) -> AsyncIterator[Screen]:
        if who.signed_in_at is None:
            await who.sign_in()
        headers = {"Cookie": who.headers["Cookie"]}
        query = "" if since is None else f"?since={since}"
        async with connect(f"ws://{at}/api/v1/live{query}", additional_headers=headers, proxy=None, **more) as ws:
            screen = Screen(ws, board or Board())
            if since is None:
                # Where the screen begins is settled with the hello; what happens before it is in the lists.
                with contextlib.suppress(ConnectionClosed):
                    await screen.hello()
            yield screen

    async def number(self, who: Person | None = None) -> int:
        """Where the feed stands now."""
        found: int = (await (who or self.city.supervisor).get("/live"))["number"]
        return found

    async def fresh(self, who: Person) -> dict[int, Row]:
        """What the lists show this person now."""
        rows = msgspec.convert((await who.get("/tickets?limit=200"))["items"], list[Row])
        return {row.id: row for row in rows}


Opened = Callable[..., contextlib.AbstractAsyncContextManager[Hall]]


@pytest.fixture
def open_hall(
    city_database: str,
    run_servers: tuple[str, str, str],
    valkey: str,
    model_data: Path,
    clock: TurnedClock,
    cipher: FieldCipher,
    monkeypatch: pytest.MonkeyPatch,
) -> Opened:
    monkeypatch.setattr(actions, "POLL", 0.1)

    @contextlib.asynccontextmanager
    async def opened(redis_url: str | None = valkey) -> AsyncIterator[Hall]:
        template = urlsplit(city_database).path.lstrip("/")
        async with copied(run_servers[1], template, f"{template}_live{os.getpid()}") as url:
            given = {"HOTLINE_DATABASE_URL": url, "HOTLINE_REDIS_URL": redis_url or "", "HOTLINE_DEMO": "1"}
            settings = load_settings({**SECRETS, **given, "HOTLINE_DATA": str(model_data)})
            async with contextlib.AsyncExitStack() as stack:
                pools: list[Pool] = [await open_pool(url, max_size=6) for _ in range(3)]
                for pool in pools:
                    stack.push_async_callback(pool.close)
                here, there, back = (Services(settings, pool, clock, cipher) for pool in pools)
                a, b = [await stack.enter_async_context(web_process(one)) for one in (here, there)]
                client = await stack.enter_async_context(AsyncClient(base_url=f"http://{a}", timeout=PATIENCE))
                conn = await stack.enter_async_context(pools[2].acquire())
                yield Hall(City(client, back, conn, clock), a, b)

    return opened


@pytest.fixture
async def hall(open_hall: Opened) -> AsyncIterator[Hall]:
    async with open_hall() as found:
        yield found


@pytest.fixture
def quick_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT", 0.1)


async def a_day(hall: Hall) -> None:
    """Verbs of all stages, jobs included."""
    city = hall.city
    first = await signed(city)
    await in_the_pool(city)
    await city.receives_letter(LAMP)
    await answers(city.unit_desk("D14"), first)
    await city.supervisor.does("approve_reply", first)
    await city.person("callback").calls_back(first, solved="yes", rating=5)


# --- old state + events = new state


async def test_two_screens_in_two_processes_stay_equal_to_the_lists(hall: Hall) -> None:
    dispatcher, supervisor = hall.city.dispatcher, hall.city.supervisor
    async with hall.screen(dispatcher, hall.a) as one, hall.screen(supervisor, hall.b) as two:
        hello = await one.hello()
        assert hello.mode is Mode.LIVE
        await a_day(hall)
        number = await hall.number()
        boards = [await screen.reaches(number) for screen in (one, two)]
    fresh = await hall.fresh(supervisor)
    assert boards[0].tickets == boards[1].tickets == fresh
    assert len(fresh) == 3
    numbers = [event.number for event in one.moved]
    assert numbers == sorted(set(numbers)) == [event.number for event in two.moved]
    lines = await hall.city.conn.fetch("SELECT number FROM history ORDER BY number")
    assert numbers == [line["number"] for line in lines if line["number"] > hello.number]


async def test_a_screen_that_was_away_gets_what_it_missed_and_nothing_twice(hall: Hall) -> None:
    who = hall.city.supervisor
    async with hall.screen(who, hall.a) as screen:
        await sent(hall.city)
        board = await screen.reaches(await hall.number())
    before = [event.number for event in screen.moved]
    await a_day(hall)
    async with hall.screen(who, hall.b, since=board.number, board=board) as again:
        await again.until(lambda: isinstance(again.events[-1], Beat) if again.events else False)
        assert again.board.tickets == await hall.fresh(who)
        # And goes on from there.
        await in_the_pool(hall.city)
        assert (await again.reaches(await hall.number())).tickets == await hall.fresh(who)
    missed = [event.number for event in again.moved]
    assert missed == sorted(set(missed))
    assert not set(missed) & set(before)
    assert isinstance(again.events[0], Hello)


async def test_who_is_too_far_behind_reads_the_lists_again(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "REPLAY", 3)
    who = hall.city.supervisor
    await sent(hall.city)
    async with hall.screen(who, hall.a, since=0, board=Board(0)) as screen:
        await screen.until(lambda: screen.board.stale)
        assert screen.events[1] == SnapshotNeeded(await hall.number())
        screen.board = refreshed(screen.board, (await hall.fresh(who)).values())
        await in_the_pool(hall.city)
        assert (await screen.reaches(await hall.number())).tickets == await hall.fresh(who)
        assert not screen.board.stale


async def test_a_number_that_we_never_gave_comes_from_another_history(hall: Hall) -> None:
    async with hall.screen(hall.city.supervisor, hall.a, since=10**12) as screen:
        await screen.until(lambda: screen.board.stale)
    page = msgspec.convert(await hall.city.supervisor.get("/live?since=1000000000000"), Page)
    assert (page.snapshot_needed, page.number) == (True, await hall.number())


# --- who sees what


@pytest.mark.usefixtures("quick_beats")
async def test_a_unit_gets_its_own_tickets_only(hall: Hall) -> None:
    city = hall.city
    ours, theirs = city.unit_desk("D14"), city.unit_desk("D13")
    async with hall.screen(ours, hall.a) as one, hall.screen(theirs, hall.b) as two:
        first, second = await signed(city, "D14"), await signed(city, "D13")
        await in_the_pool(city)
        number = await hall.number()
        boards = await one.reaches(number), await two.reaches(number)
        assert [set(board.tickets) for board in boards] == [{first}, {second}]
        assert [board.tickets for board in boards] == [await hall.fresh(ours), await hall.fresh(theirs)]
        for screen, other in ((one, second), (two, first)):
            assert not any(str(other) in text for text in screen.texts)
    page = msgspec.convert(await theirs.get("/live?since=0"), Page)
    assert {event.ticket.id for event in page.events} == {second}


@pytest.mark.usefixtures("quick_beats")
async def test_the_administrators_get_nothing(hall: Hall) -> None:
    async with hall.screen(hall.city.person("admin"), hall.a) as screen:
        await sent(hall.city)
        await screen.reaches(await hall.number())
    assert screen.moved == []


@pytest.mark.usefixtures("quick_beats")
async def test_the_citizen_is_in_no_message_and_a_secret_ticket_shows_a_unit_no_words(hall: Hall) -> None:
    city = hall.city
    unit = city.unit_desk("D14")
    async with hall.screen(city.dispatcher, hall.a) as centre, hall.screen(unit, hall.b) as outside:
        ticket_id, code, phone = await city.receives_letter(
            "我是欧阳秋菊,反映单位领导收受好处,请为我保密。", title="欧阳秋菊反映的问题", confidential=True
        )
        await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("D14"), basis="三定规定")
        await unit.does("sign", ticket_id)
        number = await hall.number()
        await centre.reaches(number)
        await outside.reaches(number)
    assert {event.ticket.title for event in outside.moved} == {"保密工单"}
    for text in outside.texts:
        assert "欧阳" not in text
    for text in (*centre.texts, *outside.texts):
        assert not any(secret in text for secret in (phone, phone[-4:], code, '王芳","phone'))
    assert centre.board.tickets[ticket_id].title == "欧阳秋菊反映的问题"


# --- who may come in


async def test_nobody_listens_without_a_session(hall: Hall) -> None:
    async with connect(f"ws://{hall.a}/api/v1/live", proxy=None) as ws:
        assert await Screen(ws, Board()).closed() == 4401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_the_page_of_another_site_may_not_open_a_socket(hall: Hall, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with hall.screen(hall.city.supervisor, hall.a, origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_our_own_page_may(hall: Hall) -> None:
    async with hall.screen(hall.city.supervisor, hall.a, origin=f"http://{hall.a}") as screen:
        assert await screen.hello()


async def ends_by(hall: Hall, who: Person, what: Callable[[], Awaitable[Any]]) -> int:
    async with hall.screen(who, hall.a) as screen:
        await screen.hello()
        await what()
        return await screen.closed()


@pytest.mark.usefixtures("quick_beats")
async def test_signing_out_closes_the_socket(hall: Hall) -> None:
    who = hall.city.dispatcher
    assert await ends_by(hall, who, lambda: who.call("DELETE", "/session")) == 4401


@pytest.mark.usefixtures("quick_beats")
async def test_an_open_page_alone_does_not_keep_a_session(hall: Hall, clock: TurnedClock) -> None:
    async def hours_pass() -> None:
        for _ in range(5):
            clock.advance(timedelta(minutes=30))

    assert await ends_by(hall, hall.city.dispatcher, hours_pass) == 4401


@pytest.mark.usefixtures("quick_beats")
async def test_whoever_gets_another_post_connects_again_as_who_they_are_now(hall: Hall) -> None:
    async def moved_to_callback() -> None:
        await set_roles(hall.city.conn, "dispatcher", frozenset({Role.CALLBACK}))

    assert await ends_by(hall, hall.city.dispatcher, moved_to_callback) == 1012


@pytest.mark.parametrize("said", ["路灯", '{"dispatch": 1}', b"\x00\x01", '{"look": 1}' + " " * 500])
async def test_what_nobody_understands_ends_the_talk(hall: Hall, said: str | bytes) -> None:
    async with hall.screen(hall.city.supervisor, hall.a) as screen:
        await screen.ws.send(said)
        assert await screen.closed() == 1008


@pytest.mark.parametrize("since", ["-1", "abc", "1" * 30])
async def test_a_position_that_is_no_number_is_refused(hall: Hall, since: Any) -> None:
    async with hall.screen(hall.city.supervisor, hall.a, since=since) as screen:
        assert await screen.closed() == 1008
    assert (await hall.city.supervisor.call("GET", f"/live?since={since}")).status_code == 422


async def test_one_person_may_not_open_sockets_without_end(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_SOCKETS", 1)
    who = hall.city.supervisor
    async with hall.screen(who, hall.a) as first:
        await first.hello()
        async with hall.screen(who, hall.a) as second:
            assert await second.closed() == 4429


async def test_who_reads_too_slowly_is_sent_away_to_come_back_with_since(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = hall.city.supervisor
    async with hall.screen(who, hall.a) as screen:
        await screen.until(lambda: isinstance(screen.events[-1], Beat) if screen.events else False)
        monkeypatch.setattr(fanout, "MOST_WAITING", 1)
        await a_day(hall)
        assert await screen.closed() == 1013
    monkeypatch.undo()
    async with hall.screen(who, hall.a, since=screen.board.number, board=screen.board) as again:
        assert (await again.reaches(await hall.number())).tickets == await hall.fresh(who)


# --- with and without Redis


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
            await a_day(hall)
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
            await a_day(hall)
            assert (await two.reaches(await hall.number())).tickets == await hall.fresh(who)
            own_valkey()
            await two.until(lambda: two.board.mode is Mode.LIVE)
            await in_the_pool(hall.city)
            number = await hall.number()
            assert (await one.reaches(number)).tickets == (await two.reaches(number)).tickets == await hall.fresh(who)


async def test_a_client_without_sockets_gets_the_same_by_asking(hall: Hall) -> None:
    who = hall.city.supervisor
    board = Board(await hall.number())
    await a_day(hall)
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
