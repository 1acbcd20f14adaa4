"""Roles one person may hold, passwords, and what a failed sign-in costs."""

from datetime import datetime, timedelta

import pytest

from hotline.directory import actions
from hotline.directory.passwords import DEMO_PASSWORD, MATCHES_NOTHING, hash_password, matches, password_faults
from hotline.directory.people import ROLE_NAMES, Role, role_faults
from hotline.directory.sessions import RULES, Account, count_attempt, plain_username, why_closed
from hotline.infra.clock import BEIJING

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)
MINUTE = timedelta(minutes=1)


def account(failed: int = 0, locked: datetime | None = None, *, demo: bool = False, active: bool = True) -> Account:
    return Account(1, "zhang", MATCHES_NOTHING, False, failed, locked, demo, active)


@pytest.mark.parametrize(
    ("roles", "has_unit", "refused"),
    [
        ({Role.AGENT}, False, False),
        ({Role.DISPATCHER, Role.REVIEWER}, False, False),
        ({Role.UNIT_LIAISON, Role.HANDLER}, True, False),
        (set(), False, True),
        ({Role.CITIZEN}, False, True),
        ({Role.AGENT, Role.SYSTEM}, False, True),
        ({Role.SYSTEM_ADMIN, Role.AUDITOR}, False, True),
        ({Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN}, False, True),
        ({Role.UNIT_LIAISON}, False, True),
        ({Role.HANDLER, Role.CALLBACK}, True, True),
    ],
)
def test_roles_that_may_not_be_held_together_are_refused(roles: set[Role], has_unit: bool, refused: bool) -> None:
    assert bool(role_faults(frozenset(roles), has_unit=has_unit)) is refused


def test_every_role_has_its_chinese_name() -> None:
    assert set(ROLE_NAMES) == set(Role)


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("correct-horse", True),
        ("平安云州2026年的冬天", True),
        ("short-1", False),
        ("onlyletters", False),
        ("1234567890", False),
        ("a1a1a1a1a1a1", False),
        ("xzhangx-2026", False),
        (DEMO_PASSWORD, False),
        ("x1" * 65, False),
    ],
)
def test_a_weak_password_is_refused(password: str, good: bool) -> None:
    assert (password_faults(password, "zhang") == []) is good


def test_chance_puts_no_short_username_into_a_first_password(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["Qx7LIwe83kdP", "Qx7wLe83ikdP"])
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: next(drawn))
    assert actions.made_up(" li").startswith("Qx7wLe83ikdP")
    monkeypatch.undo()
    for username in ("a", "-", "_", "li", "1"):
        assert password_faults(actions.made_up(username), username) == []


def test_a_password_fits_its_own_hash_and_no_other() -> None:
    hashed = hash_password("correct-horse")
    assert "correct-horse" not in hashed
    assert matches(hashed, "correct-horse")
    assert matches(hashed, "correct\uff0dhorse"), "full-width input is the same password"
    assert not matches(hashed, "correct-house")
    assert not matches(MATCHES_NOTHING, "correct-horse")


def test_an_unknown_name_costs_the_same_work_as_a_known_one() -> None:
    cost = [part for part in hash_password("correct-horse").split("$") if "m=" in part or "v=" in part]
    assert cost == [part for part in MATCHES_NOTHING.split("$") if "m=" in part or "v=" in part]
    assert cost == ["v=19", "m=65536,t=3,p=4"], "what a guess costs a thief: RFC 9106, 64 MiB and three passes"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" Zhang ", "zhang"),
        ("w.li_2-x", "w.li_2-x"),
        ("张三", None),
        ("z", None),
        ("a b", None),
        ("a\0b", None),
        ("", None),
    ],
)
def test_a_typed_name_is_what_accounts_keep_or_nobody(typed: str, name: str | None) -> None:
    assert plain_username(typed) == name


@pytest.mark.parametrize(
    ("before", "failed", "locked"),
    [
        (account(), 1, None),
        (account(3), 4, None),
        (account(4), 5, NOW + 15 * MINUTE),
        (account(5, NOW - MINUTE), 1, None),
    ],
    ids=["first", "fourth", "fifth locks", "after the lock it starts over"],
)
def test_the_fifth_failure_locks_for_a_quarter_of_an_hour(
    before: Account, failed: int, locked: datetime | None
) -> None:
    assert count_attempt(before, NOW, RULES) == (failed, locked)


@pytest.mark.parametrize(
    ("who", "demo", "why"),
    [
        (account(), False, None),
        (account(5, NOW + MINUTE), False, "locked"),
        (account(5, NOW), False, None),
        (account(active=False), False, "closed"),
        (account(demo=True), False, "closed"),
        (account(demo=True), True, None),
    ],
)
def test_who_may_not_even_try(who: Account, demo: bool, why: str | None) -> None:
    assert why_closed(who, NOW, demo=demo) == why
