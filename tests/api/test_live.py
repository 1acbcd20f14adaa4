"""The live feed as screens use it: real servers, real sockets, two web processes on one database."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from hotline.directory.actions import set_roles
from hotline.directory.people import Role
from hotline.live import actions, fanout
from hotline.live import http as live
from hotline.live.actions import Page
from hotline.live.feed import (
    Beat,
    Board,
    Hello,
    Mode,
    SnapshotNeeded,
    refreshed,
)
from tests.api.live_hall import Hall, Screen
from tests.conftest import TurnedClock
from tests.flow.city import Person
from tests.flow.steps import in_the_pool, sent, signed

# --- old state + events = new state


async def test_two_screens_in_two_processes_stay_equal_to_the_lists(hall: Hall) -> None:
    dispatcher, supervisor = hall.city.dispatcher, hall.city.supervisor
    async with hall.screen(dispatcher, hall.a) as one, hall.screen(supervisor, hall.b) as two:
        hello = await one.hello()
        assert hello.mode is Mode.LIVE
        await hall.a_day()
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
    await hall.a_day()
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


@pytest.mark.parametrize("since", ["-1", "abc", "1" * 30, "0&sicne=7", "0&" + "%E9%95%BF" * 60])
async def test_a_position_that_is_no_number_and_a_parameter_that_is_none_are_refused(hall: Hall, since: Any) -> None:
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
        await hall.a_day()
        assert await screen.closed() == 1013
    monkeypatch.undo()
    async with hall.screen(who, hall.a, since=screen.board.number, board=screen.board) as again:
        assert (await again.reaches(await hall.number())).tickets == await hall.fresh(who)


# --- with and without Redis
