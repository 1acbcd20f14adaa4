"""An old state and the events since then give the state of now; nobody is told what they may not see."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hotline.directory.people import Actor, Role
from hotline.live import fanout
from hotline.live.fanout import Seat, spread, tell_presence, visible
from hotline.live.feed import READ, Board, Event, Line, Moved, Summary, apply, refreshed, sees
from hotline.live.http import understood
from hotline.live.presence import Doing, alive, by_ticket, changed, entry, people, prolonged
from hotline.tickets import states
from hotline.tickets.listing.store import Row
from hotline.tickets.privacy import Petitioner
from hotline.tickets.states import Channel, Kind, Part, Stage, State, Urgency
from hotline.tickets.ticket import Assignment, Ticket
from tests.conftest import TurnedClock

FIXTURES = sorted((Path(__file__).resolve().parents[1] / "fixtures" / "live").glob("*.json"))
NOW = TurnedClock().now()
TICKET = 202611230000042


def nobody() -> None:
    """Nobody waits behind this seat."""


class Case(msgspec.Struct, forbid_unknown_fields=True):
    about: str
    before: Board
    events: list[Event]
    after: Board


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_events_lead_from_the_old_screen_to_the_new_one(path: Path) -> None:
    case = msgspec.json.decode(path.read_bytes(), type=Case)
    board = case.before
    for event in case.events:
        board = apply(board, event)
    assert board == case.after, case.about


def test_every_kind_of_event_has_a_file() -> None:
    told = {type(event) for path in FIXTURES for event in msgspec.json.decode(path.read_bytes(), type=Case).events}
    assert told == set(Event.__args__)


@pytest.mark.parametrize(
    "written",
    [
        b'{"type": "ticket.vanished", "number": 1}',
        b'{"type": "beat", "number": 1, "phone": "13912345678"}',
        b'{"type": "mode", "mode": "dreaming"}',
        b'{"number": 1}',
    ],
)
def test_what_is_not_in_the_union_is_refused(written: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        READ.decode(written)


def test_a_list_read_late_does_not_undo_what_events_have_brought() -> None:
    newer, older = row(version=5), row(version=4)
    board = refreshed(Board(9, stale=True, tickets={TICKET: newer}), [older, row(TICKET + 1)])
    assert (board.stale, board.tickets[TICKET].version, len(board.tickets)) == (False, 5, 2)


# --- who sees what


def row(ticket_id: int = TICKET, version: int = 3, **more: Any) -> Row:
    given = {
        "id": ticket_id,
        "state": State.DISPATCHED,
        "version": version,
        "kind": "complaint",
        "urgency": "normal",
        "channel": "phone",
        "title": "人民路东段路灯不亮",
        "created_at": NOW,
        "category": None,
        "confidence": None,
        "region": None,
        "address": "人民路东段",
        "lead_unit": 17,
        "due_at": None,
        "worst": None,
        "round": 0,
        "returns": 0,
        "confidential": False,
    }
    return Row(**{**given, **more})


def summary(*path: int, channel: Channel = Channel.PHONE, **more: Any) -> Summary:
    share = Assignment(1, Part.LEAD, path[-1], path, Stage.TO_SIGN, 0, NOW, NOW, NOW)
    ticket = Ticket(TICKET, State.DISPATCHED, 3, Kind.COMPLAINT, Urgency.NORMAL, channel, NOW, assignments=(share,))
    return Summary(row(**more), ticket)


def line(number: int, ticket_id: int = TICKET) -> Line:
    return Line(number, ticket_id, number, NOW, states.Event.SIGN, "赵刚")


def actor(*roles: Role, unit: int | None = None, person: int = 1) -> Actor:
    return Actor("王芳", frozenset(roles), person, unit, (unit,) if unit else ())


SEEN = {
    "a dispatcher sees every ticket": (actor(Role.DISPATCHER), True),
    "the unit sees its own": (actor(Role.HANDLER, unit=17), True),
    "the unit above sees it": (actor(Role.UNIT_LIAISON, unit=3), True),
    "another unit does not": (actor(Role.UNIT_LEADER, unit=18), False),
    "a unit below does not": (actor(Role.HANDLER, unit=171), False),
    "the administrators keep the system, not its contents": (actor(Role.SYSTEM_ADMIN), False),
    "the police see only what came from them": (actor(Role.POLICE_LIAISON), False),
}


@pytest.mark.parametrize(("who", "may"), SEEN.values(), ids=SEEN)
def test_a_seat_gets_only_what_its_person_may_see(who: Actor, may: bool) -> None:
    rung: list[int] = []
    seat, of = Seat("a", who, 0, lambda: rung.append(1)), summary(3, 17)
    spread([(line(1), of), (line(2), of)], [seat])
    assert [READ.decode(message).number for message in seat.taken()] == ([1, 2] if may else [])  # type: ignore[union-attr]
    assert bool(rung) is may
    assert visible([(line(1), of)], who) == ([(line(1), of)] if may else [])
    tell_presence(TICKET, [entry(TICKET, "b", actor(Role.AGENT, person=2), Doing.LOOK, NOW)], of, [seat])
    assert len(seat.taken()) == may


def test_the_police_see_what_came_from_them() -> None:
    assert sees(actor(Role.POLICE_LIAISON), summary(17, channel=Channel.POLICE_110))


def test_of_a_secret_ticket_a_unit_reads_what_its_list_shows() -> None:
    centre, unit = (
        Seat(name, who, 0, nobody) for name, who in (("a", actor(Role.DISPATCHER)), ("b", actor(Role.HANDLER, unit=17)))
    )
    spread([(line(1), summary(17, confidential=True))], [centre, unit, Seat("c", actor(Role.AGENT), 0, nobody)])
    [told], [veiled] = ([READ.decode(message) for message in seat.taken()] for seat in (centre, unit))
    assert isinstance(told, Moved)
    assert isinstance(veiled, Moved)
    assert (told.ticket.title, told.ticket.address) == ("人民路东段路灯不亮", "人民路东段")
    assert (veiled.ticket.title, veiled.ticket.address) == ("保密工单", "")


def test_what_a_seat_has_had_is_not_sent_again() -> None:
    seat = Seat("a", actor(Role.DISPATCHER), 7, lambda: None)
    spread([(line(7), summary(17)), (line(8), summary(17))], [seat])
    assert [READ.decode(message).number for message in seat.taken()] == [8]  # type: ignore[union-attr]


def test_who_reads_too_slowly_is_marked_and_not_fed_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "MOST_WAITING", 3)
    seat = Seat("a", actor(Role.DISPATCHER), 0, lambda: None)
    spread([(line(number), summary(17)) for number in range(1, 6)], [seat])
    assert (seat.overfull, len(seat.waiting)) == (True, 3)


def test_no_event_has_a_place_for_the_citizen() -> None:
    """By construction: whatever is sent is one of these fields, at any depth."""
    personal = set(Petitioner.__struct_fields__) - {"kind"}
    assert not personal & {*Row.__struct_fields__, *Moved.__struct_fields__}


# --- presence


def test_editing_says_more_than_looking_and_two_windows_are_one_person() -> None:
    who, other = actor(Role.AGENT, Role.DISPATCHER), actor(Role.HANDLER, unit=17, person=2)
    entries = [
        entry(TICKET, "first", who, Doing.LOOK, NOW),
        entry(TICKET, "second", who, Doing.EDIT, NOW + timedelta(minutes=1)),
        entry(TICKET, "third", other, Doing.LOOK, NOW + timedelta(seconds=30)),
    ]
    shown = [(p.role, p.doing, p.since) for p in people(entries)]
    looks, edits = NOW + timedelta(seconds=30), NOW + timedelta(minutes=1)
    assert shown == [(Role.HANDLER, Doing.LOOK, looks), (Role.AGENT, Doing.EDIT, edits)]
    assert [p.role for p in people(entries, but=1)] == [Role.HANDLER]


def test_a_presence_runs_out_unless_prolonged() -> None:
    begun = entry(TICKET, "a", actor(Role.AGENT), Doing.LOOK, NOW)
    later = NOW + timedelta(seconds=44)
    assert alive([begun], later) == [begun]
    assert alive([begun], NOW + timedelta(seconds=45)) == []
    assert alive(prolonged([begun], later), NOW + timedelta(seconds=80)) != []


def test_staying_longer_is_no_news_but_coming_going_and_editing_are() -> None:
    looks = entry(TICKET, "a", actor(Role.AGENT), Doing.LOOK, NOW)
    stays = entry(TICKET, "a", actor(Role.AGENT), Doing.LOOK, NOW + timedelta(seconds=15), looks)
    edits = entry(TICKET, "a", actor(Role.AGENT), Doing.EDIT, NOW + timedelta(seconds=15), looks)
    assert changed(by_ticket([looks]), by_ticket([stays])) == set()
    assert stays.since == NOW
    assert changed(by_ticket([looks]), by_ticket([edits])) == {TICKET}
    assert changed({}, by_ticket([looks])) == changed(by_ticket([looks]), {}) == {TICKET}


@pytest.mark.parametrize(
    ("said", "is_understood"),
    [
        ('{"look": 202611230000042}', True),
        ('{"edit": 1}', True),
        ('{"leave": 1}', True),
        ('{"look": 1, "edit": 1}', False),
        ("{}", False),
        ('{"look": 0}', False),
        ('{"look": "1"}', False),
        ('{"look": 99999999999999999999}', False),
        ('{"dispatch": 1}', False),
        ('{"look": 1}' + " " * 300, False),
        ("\ud800", False),
        ("路灯", False),
        (None, False),
    ],
)
def test_a_client_may_say_three_things(said: str | None, is_understood: bool) -> None:
    assert (understood(said) is not None) is is_understood
