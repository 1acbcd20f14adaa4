"""The week's difficult list and its freeze; urge, supervise, mark as difficult, instruct."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from hotline.directory.people import Actor, Role
from hotline.directory.store import load_directory
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, Forbidden, InvalidInput
from hotline.sla.actions import Clocks, clocks
from hotline.sla.calendar import Calendar, working_days_between
from hotline.sla.deadlines import consultation_due
from hotline.sla.store import load_calendar, load_policy
from hotline.supervision import store
from hotline.supervision.difficult import (
    RULES,
    Candidate,
    Evidence,
    Thresholds,
    folded,
    is_crowd,
    judge,
    most_callers,
    ordered,
)
from hotline.supervision.hints import store as hints
from hotline.supervision.rows import Page, row
from hotline.supervision.store import Asked, Call, Found, Frozen
from hotline.supervision.weeklist import Item, WeekList, assembled, canonical, chosen, fingerprint, item
from hotline.supervision.weeks import WEEK, Week, parse_week
from hotline.tickets.verbs import Desk

READERS = frozenset({Role.SUPERVISOR, Role.SUPERVISION, Role.CENTRE_LEADER, Role.CITY_LEADER})
FREEZERS = frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})


class AlreadyFrozen(Conflict):
    """One freeze a week: what leaders have read does not change behind them."""

    code = "already_frozen"


# -- the list -------------------------------------------------------------------------------------------------------


async def difficult_week(conn: Connection, week: str, now: datetime, *, desk: Desk | None = None) -> WeekList:
    """The list of a week: as it was frozen, else as it stands now (for a past week: as it stood at its end).

    With a desk the city's own pack and calendar count, and the citizens' own names are known to the masking."""
    asked = parse_week(week)
    frozen = await store.read_frozen(conn, asked.text)
    return thawed(frozen) if frozen else await _live(conn, asked, now, desk)


def thawed(frozen: Frozen) -> WeekList:
    return msgspec.structs.replace(
        msgspec.json.decode(frozen.body, type=WeekList),
        frozen_at=frozen.frozen_at.astimezone(BEIJING),
        frozen_by=frozen.frozen_name,
        hash=frozen.hash.hex(),
    )


async def _live(conn: Connection, week: Week, now: datetime, desk: Desk | None) -> WeekList:
    if now < week.begin:
        raise InvalidInput([("week", f"{week.spoken}（{week.days}）还没有开始，请选本周或以前的周。")])
    at = min(now.astimezone(BEIJING), week.end)
    thresholds, given = await store.load_thresholds(conn), await _clocks(conn, desk, at)
    known = await _evidence(conn, week, at, thresholds, given)
    judged = [(e, found) for e in known.values() if (found := judge(e, thresholds, at))]
    lines = ordered(folded(judged))
    alive = [c for c in lines if not _is_over(c, known)]
    over = [c for c in lines if _is_over(c, known)]
    cipher = desk.cipher if desk else None
    items = await _items(conn, [*alive, *over], known, week=week, at=at, calendar=given.calendar, cipher=cipher)
    return assembled(week, at, _numbered(items[: len(alive)]), _numbered(items[len(alive) :]))


async def _clocks(conn: Connection, desk: Desk | None, at: datetime) -> Clocks:
    if desk:
        return await clocks(conn, desk, at)
    return Clocks(await load_policy(conn, "default", at), await load_calendar(conn))


def _is_over(candidate: Candidate, known: Mapping[int, Evidence]) -> bool:
    """What a frozen list carried is struck off only when the citizen said so to the centre; else closed is settled, though
    not after two vain rounds: that ticket carries its mark onto the list."""
    evidence = known[candidate.ticket_id]
    return evidence.ended and (evidence.verified if evidence.listed is not None else not evidence.concluded)


async def _evidence(
    conn: Connection, week: Week, at: datetime, thresholds: Thresholds, given: Clocks
) -> dict[int, Evidence]:
    fewest = min(thresholds.callers_day, thresholds.callers_week)
    crowds = crowded(await store.crowds(conn, since=at - WEEK, at=at, callers=fewest))
    heard = tuple(ticket for ticket, crowd in crowds.items() if is_crowd(crowd.week, crowd.day, thresholds))
    asked = Asked(week.text, week.begin, at, thresholds, heard)
    found = await store.evidence(conn, asked, await hints.candidates(conn, asked))
    return {f.ticket_id: evidence_of(f, crowds.get(f.ticket_id), given) for f in found}


class Crowd(msgspec.Struct, frozen=True):
    place_key: str
    week: int
    day: int


def crowded(calls: Sequence[Call]) -> dict[int, Crowd]:
    """For every ticket of a place where many rang: how many did in the week, and in its busiest 24 hours."""
    places: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        places[call.place_key].append(call)
    found: dict[int, Crowd] = {}
    for key, own in places.items():
        rang = [(call.created_at, call.caller) for call in own]
        crowd = Crowd(key, len({caller for _, caller in rang}), most_callers(rang, 24))
        found |= {call.id: crowd for call in own}
    return found


def evidence_of(found: Found, crowd: Crowd | None, given: Clocks) -> Evidence:
    overdue = 0
    if found.late_from and found.late_to:
        first, last = found.late_from.astimezone(BEIJING).date(), found.late_to.astimezone(BEIJING).date()
        overdue = working_days_between(given.calendar, first, last)
    ruling_due = found.ruling_due
    if found.consulted_at and ruling_due is None:
        ruling_due = consultation_due(given.policy, given.calendar, start=found.consulted_at).at
    return Evidence(
        ticket_id=found.ticket_id,
        urgency=found.urgency,
        channel=found.channel,
        tags=found.tags,
        ended=found.ended,
        concluded=found.concluded,
        legal=found.legal,
        verified=found.verified,
        listed=found.listed,
        returns=found.returns,
        returns_refused=found.returns_refused,
        ruling_due=ruling_due.astimezone(BEIJING) if ruling_due else None,
        repeats=found.repeats,
        callers_week=crowd.week if crowd else 0,
        callers_day=crowd.day if crowd else 0,
        rounds=found.rounds,
        overdue_days=overdue,
        extensions=found.extensions,
        units=found.units,
        shelved_until=found.shelved_until.astimezone(BEIJING) if found.shelved_until else None,
        instructions=found.instructions,
        risk_words=found.risk_words,
        cannot=found.cannot or "",
        marked=found.marked_kind is not None,
        marked_kind=found.marked_kind or "",
        marked_because=found.marked_because or "",
        matter_key=found.matter_key,
        place_key=crowd.place_key if crowd else None,
    )


async def _items(
    conn: Connection,
    candidates: Sequence[Candidate],
    known: Mapping[int, Evidence],
    *,
    week: Week,
    at: datetime,
    calendar: Calendar,
    cipher: FieldCipher | None,
) -> list[Item]:
    directory = await load_directory(conn)
    ids = [c.ticket_id for c in candidates]
    cases = await store.cases(conn, ids, begin=week.begin, at=at, cipher=cipher)
    pages = [Page(cases[c.ticket_id], known[c.ticket_id], c, directory, calendar, week, at) for c in candidates]
    return [item(_plain(page), row(0, page)) for page in pages]


def _plain(page: Page) -> Candidate:
    """The sentences quote people, too."""
    reasons = tuple(msgspec.structs.replace(r, sentence=page.told(r.sentence)) for r in page.candidate.reasons)
    return msgspec.structs.replace(page.candidate, reasons=reasons)


def _numbered(items: Sequence[Item]) -> list[Item]:
    return [
        msgspec.structs.replace(one, row=msgspec.structs.replace(one.row, number=at))
        for at, one in enumerate(items, start=1)
    ]


# -- freezing -------------------------------------------------------------------------------------------------------


async def freeze_week(
    conn: Connection,
    week: str,
    now: datetime,
    *,
    actor: Actor,
    desk: Desk,
    tickets: Sequence[int] | None = None,
) -> WeekList:
    """冻结: the list as leaders will read it, whole or the supervisor's choice from it."""
    if not actor.has(*FREEZERS):
        raise Forbidden("只有中心主管或中心领导可以定稿疑难工单周报。")
    asked = parse_week(week)
    if frozen := await store.read_frozen(conn, asked.text):
        raise _already(frozen)
    live = await _live(conn, asked, now, desk)
    if tickets is not None:
        _check_choice(live, tickets, (await store.load_thresholds(conn)).most)
        live = chosen(asked, live, tickets)
    body = canonical(live)
    made = Frozen(asked.text, now, actor.name, fingerprint(body), body)
    if not await store.freeze(conn, made, by=actor.person_id, listed=[(i.ticket_id, i.kind) for i in live.items]):
        other = await store.read_frozen(conn, asked.text)
        assert other is not None
        raise _already(other)
    return thawed(made)


def _already(frozen: Frozen) -> AlreadyFrozen:
    return AlreadyFrozen(
        f"{parse_week(frozen.week).spoken}的疑难工单周报已由{frozen.frozen_name}于 {frozen.frozen_at.astimezone(BEIJING):%Y-%m-%d %H:%M} 定稿，"
        "不能再次定稿；查询该周即可看到定稿的内容。",
        week=frozen.week,
        frozen_at=frozen.frozen_at.isoformat(),
        frozen_by=frozen.frozen_name,
        hash=frozen.hash.hex(),
    )


def _check_choice(live: WeekList, tickets: Sequence[int], most: int) -> None:
    if len(set(tickets)) > most:
        raise InvalidInput([("tickets", f"一周最多选 {most} 件上会，现选了 {len(set(tickets))} 件，请减少。")])
    if strangers := set(tickets) - {one.ticket_id for one in live.items}:
        named = "、".join(str(ticket) for ticket in sorted(strangers)[:5])
        raise InvalidInput([("tickets", f"工单 {named} 不在本周候选名单里，请核对，或先人工认定为疑难。")])


async def set_thresholds(conn: Connection, thresholds: Thresholds, *, actor: Actor, now: datetime) -> None:
    """The city's own thresholds, from the next list on; frozen lists stay as they are."""
    if not actor.has(*FREEZERS):
        raise Forbidden("只有中心主管或中心领导可以修改疑难工单的筛选标准。")
    if missing := sorted(RULES.keys() - thresholds.weights.keys()):
        raise InvalidInput([("weights", f"缺少规则 {'、'.join(missing)} 的分值。")])
    await store.put_thresholds(conn, thresholds, by=actor.name, now=now)
