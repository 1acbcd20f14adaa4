"""The call side of docs/rules.md E.3, from the moments of events. Pure: stays in queues and spells of agents go in."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from hotline.infra.clock import BEIJING
from hotline.intake.channels.phone.call import CallOutcome

SECONDS = 15
"""国标: answered within 15 s."""
SHORT = 5
"""Seconds: who gives up sooner is left out of the rates, and the answer says how many."""
AT_WORK = ("ready", "ringing", "talking", "wrap_up", "not_ready")
USED = ("ready", "ringing", "talking", "wrap_up")


class Stay(msgspec.Struct, frozen=True):
    """One stay in one queue; `who` answered it."""

    queue: str
    at: datetime
    outcome: CallOutcome | None
    wait_ms: int | None
    talk_ms: int | None
    hold_ms: int
    who: str


class Spell(msgspec.Struct, frozen=True):
    """One agent in one state from a moment to another."""

    who: str
    state: str
    began: datetime
    ended: datetime


class Rate(msgspec.Struct, frozen=True):
    """`97.3% (146/150)`; without anything to divide by there is no rate, neither 0 nor 100 %."""

    hit: int
    of: int

    @property
    def share(self) -> float | None:
        return self.hit / self.of if self.of else None


class Figures(msgspec.Struct, frozen=True):
    key: str
    offered: int
    answered: int
    abandoned: int
    overflowed: int
    lost: int
    short: int
    """短放弃: given up within the threshold; in none of the rates."""
    answer_rate: Rate
    """人工接通率"""
    service_level: Rate
    """T 秒接通率"""
    abandon_rate: Rate
    """呼损率"""
    wait_ms: int | None
    """平均等待 of the answered."""
    talk_ms: int | None
    """平均通话时长"""
    handle_ms: int | None
    """平均处理时长: talk, hold and writing up."""
    hold_ms: int
    wrap_ms: int
    login_ms: int
    used: Rate
    """工时利用率: milliseconds talking, ringing, writing up or ready, of those signed in."""
    busy: Rate
    """示忙率"""


Key = Callable[[Stay], str]


def figures(key: str, stays: Sequence[Stay], spells: Sequence[Spell], *, seconds: int, short: int) -> Figures:
    of = {outcome: [stay for stay in stays if stay.outcome is outcome] for outcome in CallOutcome}
    answered, abandoned = of[CallOutcome.ANSWERED], of[CallOutcome.ABANDONED]
    brief = [stay for stay in abandoned if stay.wait_ms is not None and stay.wait_ms < short * 1000]
    # Whoever still waits has not been answered in time or given up yet: they are counted when they have.
    decided = [stay for stay in stays if stay.outcome is not None]
    counted = len(decided) - len(brief)
    in_time = sum(stay.wait_ms is not None and stay.wait_ms <= seconds * 1000 for stay in answered)
    spent = {state: sum(lasts(s) for s in spells if s.state == state) for state in AT_WORK}
    login = sum(spent.values())
    talk = sum(stay.talk_ms or 0 for stay in answered)
    return Figures(
        key=key,
        offered=len(stays),
        answered=len(answered),
        abandoned=len(abandoned),
        overflowed=len(of[CallOutcome.OVERFLOWED]),
        lost=len(of[CallOutcome.LOST]),
        short=len(brief),
        answer_rate=Rate(len(answered), counted),
        service_level=Rate(in_time, counted),
        abandon_rate=Rate(len(abandoned) - len(brief), counted),
        wait_ms=mean(sum(stay.wait_ms or 0 for stay in answered), len(answered)),
        talk_ms=mean(talk, len(answered)),
        handle_ms=mean(talk + spent["wrap_up"], len(answered)),
        hold_ms=sum(stay.hold_ms for stay in answered),
        wrap_ms=spent["wrap_up"],
        login_ms=login,
        used=Rate(sum(spent[state] for state in USED), login),
        busy=Rate(spent["not_ready"], login),
    )


def mean(total: int, of: int) -> int | None:
    return round(total / of) if of else None


def lasts(spell: Spell) -> int:
    return max(0, round((spell.ended - spell.began).total_seconds() * 1000))


def grouped(
    stays: Sequence[Stay], spells: Sequence[Spell], group: str, *, seconds: int = SECONDS, short: int = SHORT
) -> list[Figures]:
    """By queue, agent or hour of the day's clock; the sum of all is the row of key ``."""
    of_stay: Key = {"queue": lambda s: s.queue, "agent": lambda s: s.who, "hour": lambda s: hour(s.at)}[group]
    by_hour = [part for spell in spells for part in hours(spell)] if group == "hour" else []
    of_spells = {"queue": [], "agent": list(spells), "hour": by_hour}[group]
    keys = {of_stay(stay) for stay in stays} | {spell_key(spell, group) for spell in of_spells}
    rows = [
        figures(
            key,
            [stay for stay in stays if of_stay(stay) == key],
            [spell for spell in of_spells if spell_key(spell, group) == key],
            seconds=seconds,
            short=short,
        )
        for key in sorted(keys - {""})
    ]
    return [figures("", stays, spells, seconds=seconds, short=short), *rows]


def spell_key(spell: Spell, group: str) -> str:
    return spell.who if group == "agent" else hour(spell.began)


def hour(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%dT%H:00")


def hours(spell: Spell) -> Iterable[Spell]:
    """A spell cut at full hours."""
    began = spell.began.astimezone(BEIJING)
    while began < spell.ended:
        full = began.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        yield Spell(spell.who, spell.state, began, min(full, spell.ended))
        began = full


def spells_of(told: Sequence[tuple[str, str, datetime]], begin: datetime, end: datetime) -> list[Spell]:
    """(who, state, since) in order of time → spells between two moments; each lasts until the agent's next."""
    found: list[Spell] = []
    last: dict[str, tuple[str, datetime]] = {}
    for who, state, at in told:
        if who in last:
            found.append(Spell(who, last[who][0], max(last[who][1], begin), min(at, end)))
        last[who] = state, at
    found += [Spell(who, state, max(at, begin), end) for who, (state, at) in last.items()]
    return [spell for spell in found if spell.ended > spell.began]
