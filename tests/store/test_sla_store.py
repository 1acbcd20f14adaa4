"""Calendars, packs and deadlines in the database."""

from datetime import date, datetime

import asyncpg
import msgspec
import pytest

from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import Misconfigured
from hotline.infra.revisions import revision
from hotline.sla import store
from hotline.sla.calendar import SpecialDay, add_working_days
from hotline.sla.deadlines import ClockKey, DeadlineKind, deadlines, timer, timers

START = datetime(2026, 2, 13, 10, tzinfo=BEIJING)
TICKET = 202602130000001


@pytest.fixture
async def seeded(conn: Connection) -> Connection:
    await store.seed(conn)
    return conn


async def test_what_is_shipped_is_what_is_loaded(seeded: Connection) -> None:
    loaded, shipped = await store.load_calendar(seeded, "cn"), store.shipped_calendar()
    assert dict(loaded.overrides) == dict(shipped.overrides)
    assert (loaded.confirmed, loaded.coverage) == (shipped.confirmed, shipped.coverage)
    for policy, _ in store.shipped_packs():
        assert await store.load_policy(seeded, policy.name, START) == policy


async def test_seeding_again_changes_nothing_not_even_the_revision(seeded: Connection) -> None:
    before = await revision(seeded, "sla")
    await store.seed(seeded)
    assert await revision(seeded, "sla") == before


async def test_seeding_keeps_what_an_administrator_entered(seeded: Connection) -> None:
    await store.put_days(seeded, "cn", {date(2026, 3, 4): SpecialDay(False, "抗洪停工")})
    await store.put_years(seeded, "cn", {2027: True})
    await store.seed(seeded)
    calendar = await store.load_calendar(seeded, "cn")
    assert not calendar.is_workday(date(2026, 3, 4)) and 2027 in calendar.confirmed


async def test_seeding_completes_a_year_that_was_still_open(seeded: Connection) -> None:
    await seeded.execute("UPDATE calendar_year SET confirmed = false WHERE year = 2026")
    await seeded.execute("DELETE FROM calendar_day WHERE day >= '2026-02-01' AND day < '2026-03-01'")
    await store.seed(seeded)
    calendar = await store.load_calendar(seeded, "cn")
    assert 2026 in calendar.confirmed and calendar.is_workday(date(2026, 2, 14))


async def test_a_regions_rows_lie_on_top_of_the_countrys(seeded: Connection) -> None:
    await store.put_days(
        seeded, "cn-65", {date(2026, 2, 16): SpecialDay(True, "抢险"), date(2026, 5, 27): SpecialDay(False, "古尔邦节")}
    )
    local, country = await store.load_calendar(seeded, "cn-65"), await store.load_calendar(seeded, "cn")
    assert local.is_workday(date(2026, 2, 16)) and not country.is_workday(date(2026, 2, 16))
    assert not local.is_workday(date(2026, 5, 27)) and country.is_workday(date(2026, 5, 27))
    assert local.because(date(2026, 10, 1)) == "国庆节放假" and 2026 in local.confirmed


async def test_a_changed_calendar_is_seen_at_once_and_an_undone_change_is_forgotten(seeded: Connection) -> None:
    async def due() -> date:
        return add_working_days(await store.load_calendar(seeded, "cn"), START, 1).at.date()

    assert await due() == date(2026, 2, 14)
    assert await store.load_calendar(seeded, "cn") is await store.load_calendar(seeded, "cn")
    undone = seeded.transaction()
    await undone.start()
    await seeded.execute("DELETE FROM calendar_day WHERE day = '2026-02-14'")
    assert await due() == date(2026, 2, 24)
    await undone.rollback()
    assert await due() == date(2026, 2, 14)


async def test_the_version_in_force_at_that_time_applies(seeded: Connection) -> None:
    policy = await store.load_policy(seeded, "default", START)
    newer = msgspec.structs.replace(policy, version=2, effective_from=date(2026, 7, 1), title="新规")
    text = msgspec.json.encode(newer).decode()
    await seeded.execute(store.PUT_PACK, "default", 2, newer.effective_from, text)
    assert (await store.load_policy(seeded, "default", datetime(2026, 6, 30, 23, 59, tzinfo=BEIJING))).version == 1
    assert (await store.load_policy(seeded, "default", datetime(2026, 7, 1, tzinfo=BEIJING))).title == "新规"


async def test_an_absent_pack_and_one_not_yet_in_force_are_named(seeded: Connection) -> None:
    with pytest.raises(Misconfigured, match="没有名为“atlantis”"):
        await store.load_policy(seeded, "atlantis", START)
    with pytest.raises(Misconfigured, match="2025-12-31 尚未施行"):
        await store.load_policy(seeded, "sichuan-2026", datetime(2025, 12, 31, 10, tzinfo=BEIJING))


async def test_a_pack_whose_columns_disagree_with_its_body_is_refused(seeded: Connection) -> None:
    _, text = store.shipped_packs()[0]
    with pytest.raises(asyncpg.CheckViolationError):
        await seeded.execute(store.PUT_PACK, "other-name", 1, date(2026, 1, 1), text)


async def put(conn: Connection, assignment: int = 1, kind: str = "complaint") -> None:
    policy, calendar = await store.load_policy(conn, "default", START), await store.load_calendar(conn, "cn")
    due = deadlines(policy, calendar, kind=kind, urgency="normal", start=START)
    found = {ClockKey(assignment, one.kind): one for one in timers(policy, calendar, due)}
    await store.put_deadlines(conn, TICKET, found)


async def open_kinds(conn: Connection) -> set[tuple[int, str]]:
    rows = await store.read_deadlines(conn, TICKET)
    return {(row["assignment_id"], row["kind"]) for row in rows if row["done_at"] is None}


async def test_deadlines_are_kept_by_assignment_and_closed_one_by_one(seeded: Connection) -> None:
    await put(seeded, 1)
    await put(seeded, 2, "consult")
    assert await open_kinds(seeded) == {(1, "sign"), (1, "contact"), (1, "finish"), (2, "sign"), (2, "finish")}
    sign = [ClockKey(1, DeadlineKind.SIGN)]
    assert await store.close_deadlines(seeded, TICKET, sign, now=START) == 1
    assert await store.close_deadlines(seeded, TICKET, sign, now=START) == 0
    assert await open_kinds(seeded) == {(1, "contact"), (1, "finish"), (2, "sign"), (2, "finish")}
    rest = [ClockKey(a, k) for a in (1, 2) for k in (DeadlineKind.SIGN, DeadlineKind.CONTACT, DeadlineKind.FINISH)]
    assert await store.close_deadlines(seeded, TICKET, rest, now=START) == 4
    assert await open_kinds(seeded) == set()


async def test_two_letters_of_one_ticket_are_watched_apart(seeded: Connection) -> None:
    policy, calendar = await store.load_policy(seeded, "default", START), await store.load_calendar(seeded, "cn")
    due = START.replace(day=27)
    one = timer(policy, calendar, kind=DeadlineKind.SUPERVISE, start=START, due=due)
    letters = {ClockKey(0, DeadlineKind.SUPERVISE, item): one for item in (1, 2)}
    await store.put_deadlines(seeded, TICKET, letters)
    assert await store.close_deadlines(seeded, TICKET, [ClockKey(0, DeadlineKind.SUPERVISE, 1)], now=START) == 1
    assert [c.item_id for c in (await store.own_clocks(seeded, [TICKET]))[TICKET]] == [2]


async def test_a_deadline_put_with_another_end_starts_its_lights_anew(seeded: Connection) -> None:
    await put(seeded)
    await seeded.execute("UPDATE deadline SET mark = 'very_late', next_mark_at = NULL, attempts = 3")
    await put(seeded)
    assert {row["mark"] for row in await store.read_deadlines(seeded, TICKET)} == {"very_late"}, "the same goes on"
    await seeded.execute("UPDATE deadline SET due_at = due_at - interval '1 hour'")
    await put(seeded)
    rows = await store.read_deadlines(seeded, TICKET)
    assert len(rows) == 3 and {row["mark"] for row in rows} == {"none"}


async def test_open_deadlines_that_a_changed_day_may_move_are_found(seeded: Connection) -> None:
    await put(seeded, 1)
    await put(seeded, 2, "consult")
    day = datetime(2026, 2, 26, tzinfo=BEIJING)
    assert await store.across(seeded, day, day.replace(day=27), limit=9) == [TICKET]
    assert await store.across(seeded, day, day.replace(day=27), after=TICKET, limit=9) == []
    assert await store.across(seeded, day.replace(month=1), day.replace(month=1, day=27), limit=9) == []
    await seeded.execute("UPDATE deadline SET done_at = now(), next_mark_at = NULL")
    assert await store.across(seeded, day, day.replace(day=27), limit=9) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("UPDATE deadline SET kind = 'tea'", "deadline_kind_known"),
        ("UPDATE deadline SET mark = 'pink'", "deadline_mark_known"),
        ("UPDATE deadline SET near_at = late_at + interval '1 day'", "deadline_moments_in_order"),
        ("UPDATE deadline SET next_mark_at = NULL", "deadline_waits_for_something"),
        ("UPDATE deadline SET done_at = now()", "deadline_waits_for_something"),
    ],
)
async def test_the_table_refuses_nonsense(seeded: Connection, change: str, rule: str) -> None:
    await put(seeded, 1, "praise")
    await store.close_deadlines(seeded, TICKET, [ClockKey(1, DeadlineKind.SIGN)], now=START)
    with pytest.raises(asyncpg.CheckViolationError, match=rule):
        await seeded.execute(change + " WHERE kind = 'finish'")
