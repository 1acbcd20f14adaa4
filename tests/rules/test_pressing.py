"""督办: who may press how hard, and which grounds a ticket speaks for by itself."""

from datetime import timedelta

import msgspec
import pytest

from hotline.directory.people import Actor, Role
from hotline.supervision.letters.grounds import GROUNDS, LEVELS, suggested
from hotline.tickets.guards.beside import PRESSES, level_refused
from hotline.tickets.states import OverlayKind
from hotline.tickets.ticket import Overlay, Ticket
from tests.rules.test_lifecycle import dispatched, signed, with_clock
from tests.walks import START

R = Role


@pytest.mark.parametrize(
    ("role", "levels"),
    [
        (R.SYSTEM, {1, 2}),
        (R.SUPERVISION, {1, 2}),
        (R.SUPERVISOR, {1, 2, 3}),
        (R.CENTRE_LEADER, {1, 2, 3, 4}),
        (R.DISPATCHER, set()),
        (R.UNIT_LEADER, set()),
    ],
)
def test_a_letter_is_the_offices_a_public_listing_its_chiefs_and_an_interview_its_leaders(
    role: Role, levels: set[int]
) -> None:
    somebody = Actor("某人", frozenset({role}))
    assert {level for level in LEVELS if level_refused(level, somebody) is None} == levels


def test_who_may_not_is_told_who_may_and_what_to_do() -> None:
    officer = Actor("督办员", frozenset({R.SUPERVISION}))
    assert level_refused(4, officer) == "四级督办(约谈)由中心领导决定,请报请提级,或先按较低级别督办。"
    assert level_refused(0, officer) == level_refused(5, officer) == "督办级别应为 1 至 4。"
    assert set(PRESSES) == set(LEVELS)


def pressed(ticket: Ticket, *overlays: Overlay) -> Ticket:
    return msgspec.structs.replace(ticket, overlays=overlays)


def test_a_ticket_speaks_for_its_grounds() -> None:
    fresh = dispatched()
    lead = fresh.lead
    assert lead is not None and lead.sign_due is not None
    assert suggested(fresh, lead.sign_due) == ()
    after = timedelta(minutes=1)
    assert suggested(fresh, lead.sign_due + after) == ("unsigned",)
    assert suggested(fresh, lead.finish_due + after) == ("unsigned", "overdue")
    assert suggested(signed(fresh), lead.finish_due + after) == ("overdue",)
    urges = [Overlay(at, OverlayKind.URGE, START, None, origin="citizen") for at in (1, 2)]
    letter = Overlay(3, OverlayKind.SUPERVISION, START, 1, due=START + timedelta(hours=1))
    assert suggested(pressed(fresh, *urges), START) == ("repeated",)
    assert suggested(pressed(fresh, letter), START + timedelta(hours=2)) == ("unanswered",)
    answered = msgspec.structs.replace(letter, ended_at=START)
    assert suggested(pressed(fresh, urges[0], answered), START + timedelta(hours=2)) == ()
    assert set(suggested(with_clock(fresh), START)) <= set(GROUNDS)
