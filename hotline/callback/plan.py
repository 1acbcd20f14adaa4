"""Who is called back, when, and how often (docs/rules.md F)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from hotline.infra.clock import BEIJING
from hotline.infra.crypto import hmac_sm3
from hotline.sla.calendar import Calendar, add_working_days
from hotline.tickets.states import Urgency
from hotline.tickets.ticket import Ticket

FINISH_WITHIN = 3
"""Working days from the accepted reply to the end of the callback (F.2)."""
TRIES = 3
DAYS = 2
"""Tries lie on at least this many different days (F.5)."""
PARTS = 2
"""And in at least this many different parts of a day."""
PAGE_FIRST = timedelta(hours=24)
"""How long the citizen's own page is waited for before a person dials (F.4)."""

BEGINS = (time(9), time(14), time(18))
"""When one may begin to call: 上午, 下午, 晚上."""
AFTERNOON, EVENING = 12, 18
ENDS = time(20)
"""After that nobody is called any more."""


def due(calendar: Calendar, now: datetime) -> datetime:
    return add_working_days(calendar, now, FINISH_WITHIN).at


def appeal_until(calendar: Calendar, ended_at: datetime, within: int) -> datetime:
    """`within`: the working days that the pack gives (F.9)."""
    return add_working_days(calendar, ended_at, within).at


def asked(ticket: Ticket, *, reachable: bool) -> bool:
    """Whether this citizen is to be asked at all: they want it, and there is a way to do it."""
    return ticket.callback_wanted and reachable


def call_from(opened_at: datetime, *, urgency: Urgency, round_: int, awaits_call: bool, pressed: bool) -> datetime:
    """From when a person dials: the page goes first, but not where it has spoken, and not where somebody waits.

    `pressed`: under supervision, or rated low before."""
    at_once = awaits_call or pressed or round_ > 0 or urgency is not Urgency.NORMAL
    return opened_at if at_once else opened_at + PAGE_FIRST


def drawn(ticket: Ticket, kinds: Collection[str]) -> bool:
    """Whether this callback is left to the sample, of the kinds that the pack names (F.3); what was urgent, pressed or done
    again is always called."""
    plain = ticket.urgency is Urgency.NORMAL and ticket.round == 0 and not ticket.overlays
    return ticket.kind.value in kinds and plain


def chosen(key: bytes, unit_id: int, month: str, number: int, every: int) -> bool:
    """Whether the unit's `number`-th of the month is in the sample: of `every` in a row exactly one, and only who has the
    key knows beforehand which."""
    row, place = divmod(number - 1, every)
    return place == int.from_bytes(hmac_sm3(key, f"callback:{unit_id}:{month}:{row}".encode())) % every


def quiet(now: datetime) -> bool:
    """Whether people are left in peace now."""
    return not BEGINS[0] <= now.astimezone(BEIJING).time() < ENDS


def awake(moment: datetime) -> datetime:
    """That moment, or the morning after it when people are left in peace then."""
    local = moment.astimezone(BEIJING)
    if not quiet(local):
        return moment
    day = local.date() + timedelta(days=local.time() >= ENDS)
    return datetime.combine(day, BEGINS[0], BEIJING)


class Slot(NamedTuple):
    """A part of a day; two calls in one are one try."""

    day: date
    part: int


def slot(moment: datetime) -> Slot:
    local = moment.astimezone(BEIJING)
    return Slot(local.date(), 0 if local.hour < AFTERNOON else 1 if local.hour < EVENING else 2)


def enough(slots: Iterable[Slot]) -> bool:
    """Three tries, on two days at least, in more than one part of a day."""
    found = set(slots)
    days, parts = {s.day for s in found}, {s.part for s in found}
    return len(found) >= TRIES and len(days) >= DAYS and len(parts) >= PARTS


def exhausted(tries: Iterable[datetime]) -> bool:
    return enough(slot(moment) for moment in tries)


class Try(NamedTuple):
    """What an unreached call amounts to."""

    counted: bool
    next_after: datetime | None
    """From when another one counts; None: enough has been tried."""


def unreached(tries: Iterable[datetime], now: datetime, call_after: datetime | None = None) -> Try:
    """The call made now, after those unreached before it that counted. `call_after`: the citizen was asked by text, or
    named another time; a call before that is none of the tries, and cannot be the last of them."""
    before, this = {slot(moment) for moment in tries}, slot(now)
    if call_after and call_after > now:
        later = next_after(before, max(before)) if before else None
        return Try(False, max(call_after, later or call_after))
    return Try(this not in before, next_after({*before, this}, this))


def next_after(slots: set[Slot], last: Slot) -> datetime | None:
    if enough(slots):
        return None
    later = (Slot(last.day + timedelta(days=n), part) for n in range(TRIES + 1) for part in range(len(BEGINS)))
    found = next(one for one in later if one > last and _helps(slots, one))
    return datetime.combine(found.day, BEGINS[found.part], BEIJING)


def _helps(slots: set[Slot], one: Slot) -> bool:
    """The last of the tries must also bring the second day and the second part of a day."""
    return len(slots) + 1 < TRIES or enough({*slots, one})
