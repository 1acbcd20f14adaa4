"""The call measures of docs/rules.md E.3 over one morning, each reckoned by hand; and the sums kept of days that are over."""

from datetime import date, datetime, timedelta
from typing import Any

from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.insight.calls import actions, store
from hotline.insight.calls.measures import CALL_GROUPS, CALL_MEASURES, CallGroup, CallKpi

MONDAY = date(2026, 11, 23)
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)
FRIDAY = NINE + timedelta(days=4)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
CALL = """
INSERT INTO call (id, provider, call, direction, state, outcome, citizen_index, line, queue, agent, person_id, offered_at, ended_at,
    ended_by, cause, estimated, talk_ms, hold_ms, score, recording, recording_ready, legs, visits, passed)
VALUES ('p:' || $1::text, 'p', $1, $2, CASE WHEN $3::text IS NULL THEN 'queued' ELSE 'ended' END, $3, $1::bytea, '12345', $4, $5, $6, $7,
    CASE WHEN $3 IS NULL THEN NULL ELSE $7::timestamptz + interval '1 hour' END, '', '', false, $8, 0, $9, '', false, '[]', $10, '[]')
"""
TOLD = """
INSERT INTO call_event (provider, event_key, boot, type, call, leg, direction, queue, agent, at, received_at, snapshot, data)
VALUES ('p', $1 || $2::text, '', 'agent.state', '', '', '', '', $1, $3, $3, false, jsonb_build_object('state', $2::text))
"""


class Morning:
    """A hotline with two agents, of whom one has signed in as a person."""

    def __init__(self, conn: Connection, person: int) -> None:
        self.conn, self.person, self.number = conn, person, 0

    async def call(
        self, at: datetime, outcome: str | None, wait: float, talk: int = 0, agent: str = "", **more: Any
    ) -> str:
        self.number += 1
        visit = {
            "queue": "q12345",
            "queued_at": at.isoformat(),
            "wait_ms": int(wait * 1000),
            **({"outcome": outcome} if outcome else {}),
            **({"agent": agent, "talk_ms": talk * 1000} if talk else {}),
        }
        out = more.get("direction") == "out"
        await self.conn.execute(
            CALL,
            name := str(self.number),
            "out" if out else "in",
            outcome,
            "" if out else "q12345",
            agent,
            self.person if agent == "2001" else None,
            at,
            talk * 1000 or None,
            more.get("score"),
            [] if out else [visit],
        )
        return f"p:{name}"

    async def tells(self, agent: str, **states: datetime) -> None:
        for state, at in states.items():
            await self.conn.execute(TOLD, agent, state, at)

    async def missed(self, call: str, at: datetime, reached: datetime | None = None) -> None:
        await self.conn.execute(
            "INSERT INTO missed_call (call_id, missed_at, ended_at, ending) VALUES ($1, $2, $3, $4)",
            call,
            at,
            reached,
            "reached" if reached else None,
        )


async def morning(conn: Connection) -> Morning:
    person = await conn.fetchval("INSERT INTO person (name) VALUES ('王芳') RETURNING id")
    await conn.execute(
        "INSERT INTO phone_sitting (provider, agent, person_id, began_at) VALUES ('p', '2001', $1, $2)", person, NINE
    )
    made = Morning(conn, person)
    await made.call(NINE, "answered", 4, 100, "2001", score=5)
    await made.call(NINE + HOUR, "answered", 15, 200, "2001", score=2)
    await made.call(NINE + HOUR, "answered", 16, 60, "2002", score=9)
    await made.call(NINE, "abandoned", 4.9)
    await made.missed(await made.call(NINE, "abandoned", 40), NINE + MINUTE, NINE + 2 * HOUR)
    await made.missed(await made.call(NINE, "overflowed", 90), NINE + MINUTE)
    await made.call(NINE, None, 3)
    await made.call(NINE, "answered", 0, 150, "2001", direction="out")
    await made.tells(
        "2001",
        ready=NINE,
        talking=NINE + HOUR,
        wrap_up=NINE + 80 * MINUTE,
        not_ready=NINE + 90 * MINUTE,
        signed_out=NINE + 110 * MINUTE,
    )
    await made.tells("2002", ready=NINE, signed_out=NINE + 10 * MINUTE)
    return made


async def page(conn: Connection, group: str = "queue", *, first: date = MONDAY, last: date = MONDAY) -> CallKpi:
    return await actions.calls_kpi(conn, first, last, group, FRIDAY)


def said(row: CallGroup) -> dict[str, tuple[int, int, int, str]]:
    return {
        name: (cell.numerator, cell.denominator, cell.excluded, cell.text)
        for name, cell in row.rates.items()
        if cell.denominator or cell.excluded
    }


async def test_every_call_measure_of_one_morning_by_hand(conn: Connection) -> None:
    """Six calls to the queue are over: 3 answered after 4, 15 and 16 s, two given up (one of them at once), one sent on."""
    await morning(conn)
    assert said((await page(conn)).total) == {
        "answer_rate": (3, 5, 1, "60.0%"),
        "service_level": (2, 5, 1, "40.0%"),
        "abandon_rate": (1, 5, 1, "20.0%"),
        "missed_returned": (1, 2, 0, "50.0%"),
        "answer_wait": (35, 3, 0, "11.7"),
        "call_satisfied": (1, 2, 1, "50.0%"),
        "talk_time": (360, 3, 0, "120.0"),
        "talk_time_out": (150, 1, 0, "150.0"),
        # Ten minutes of writing up, and six minutes of talk.
        "wrap_time": (600, 3, 0, "200.0"),
        "handle_time": (960, 3, 0, "320.0"),
        # Signed in 110 and 10 minutes, of which 20 not ready.
        "occupancy": (100, 120, 0, "83.3%"),
        "busy_rate": (20, 120, 0, "16.7%"),
        "answered_each": (3, 2, 0, "1.5"),
    }


async def test_a_person_is_named_and_what_a_group_cannot_tell_is_left_open(conn: Connection) -> None:
    made = await morning(conn)
    rows = {row.key: row for row in (await page(conn, "agent")).groups}
    assert {key: row.name for key, row in rows.items()} == {str(made.person): "王芳", "2002": "2002"}
    own = said(rows[str(made.person)])
    assert own["talk_time"][:2] == (300, 2) and own["answered_each"][:2] == (2, 1) and own["busy_rate"][:2] == (20, 110)
    assert "answer_rate" not in own
    (queue,) = (await page(conn, "queue")).groups
    assert said(queue)["answer_rate"] == (3, 5, 1, "60.0%") and "occupancy" not in said(queue)


async def test_环比_and_同比_stand_beside_each_line(conn: Connection) -> None:
    made = await morning(conn)
    await made.call(NINE - timedelta(days=1), "answered", 1, 60, "2002")
    await made.call(NINE.replace(year=2025), "abandoned", 60)
    found = await page(conn)
    assert (
        found.previous.rates["answer_rate"].text == "100.0%" and found.last_year.rates["abandon_rate"].text == "100.0%"
    )
    moved = found.groups[0].beside["answer_rate"]
    assert (moved.previous, moved.last_year) == (1.0, 0.0) and found.total.beside["answer_rate"] == moved
    days = await page(conn, "day", first=date(2026, 11, 22))
    assert [row.key for row in days.groups] == ["2026-11-22", "2026-11-23"]
    assert days.total.rates["answer_rate"].denominator == 6
    months = await page(conn, "month", first=date(2026, 11, 1))
    assert months.groups[0].beside["answer_rate"].last_year == 0.0


async def test_the_sums_of_settled_days_are_what_a_recount_gives_and_outlast_the_telephones_words(
    conn: Connection,
) -> None:
    made = await morning(conn)
    for day in range(1, 4):
        begun = NINE + timedelta(days=day, hours=11)
        await made.call(begun, "answered", 3 * day, 60 * day, "2001")
        # Over midnight, and once without another word for more than a day.
        await made.tells(f"30{day}", ready=begun, talking=begun + day * timedelta(hours=9))
    span = MONDAY, MONDAY + timedelta(days=5)
    before = {group: await page(conn, group, first=span[0], last=span[1]) for group in ("queue", "agent", "day")}
    assert await actions.keep_days(conn, FRIDAY) == 1 and await store.kept_until(conn) == date(2026, 11, 24)
    assert await actions.keep_days(conn, FRIDAY) == 0
    after = {group: await page(conn, group, first=span[0], last=span[1]) for group in before}
    assert after == before
    await conn.execute("DELETE FROM call_event WHERE at < $1", NINE + HOUR * 15)
    assert (await page(conn)).total == (await page(conn, "day")).total
    assert said((await page(conn)).total)["occupancy"] == (100, 120, 0, "83.3%")


async def behind(conn: Connection, measure: str, part: str, **more: Any) -> list[store.CallCase]:
    asked = store.Behind(measure, part, **more)
    return await actions.behind(conn, MONDAY, MONDAY, asked, FRIDAY)


async def test_the_calls_behind_each_number_add_up_to_it(conn: Connection) -> None:
    made = await morning(conn)
    found = await page(conn, "agent")
    for measure, cell in found.total.rates.items():
        counted, out = await behind(conn, measure, "denominator"), await behind(conn, measure, "excluded")
        per = next(one.per for one in CALL_MEASURES if one.name == measure)
        assert round(sum(one.value for one in counted) / per) == cell.numerator, measure
        if measure in ("occupancy", "busy_rate"):
            assert round(sum(one.whole for one in counted) / per) == cell.denominator
        else:
            assert sum(one.whole for one in counted) == cell.denominator, measure
        assert len(out) == cell.excluded, measure
    assert {one.call for one in await behind(conn, "answer_rate", "missed")} == {"p:5", "p:6"}
    assert {one.call for one in await behind(conn, "answer_rate", "excluded")} == {"p:4"}
    assert {one.call for one in await behind(conn, "call_satisfied", "numerator")} == {"p:1"}
    own = await behind(conn, "talk_time", "denominator", group="agent", key=str(made.person))
    assert [one.call for one in own] == ["p:2", "p:1"], "newest first"
    [rest] = await behind(conn, "busy_rate", "numerator")
    assert (rest.call, rest.state, rest.agent, rest.value) == (None, "not_ready", str(made.person), 20 * 60_000)


async def test_pages_of_calls_go_on_where_the_last_one_ended_over_any_number_of_days(conn: Connection) -> None:
    made = await morning(conn)
    for day in (40, 39, 3):
        await made.call(NINE - timedelta(days=day), "answered", 4, 60, "2001")
    seen: list[str] = []
    after: tuple[datetime, str] | None = None
    while True:
        asked = store.Behind("answer_wait", "denominator", after=after, limit=2)
        found = await actions.behind(conn, MONDAY - timedelta(days=60), MONDAY, asked, FRIDAY)
        if not found:
            break
        seen += [one.place for one in found]
        after = found[-1].at, found[-1].place
    assert len(seen) == len(set(seen)) == 6 and seen[-3:] == ["p:11#1", "p:10#1", "p:9#1"]


async def test_a_frozen_month_keeps_its_calls_whatever_is_told_of_it_later(conn: Connection) -> None:
    made = await morning(conn)
    november, now = date(2026, 11, 1), datetime(2026, 12, 9, 9, tzinfo=BEIJING)
    month = {group: await actions.calls_kpi(conn, november, date(2026, 11, 30), group, now) for group in CALL_GROUPS}
    await conn.execute(
        "INSERT INTO kpi_month VALUES ($1, 1, $2, NULL, '主管', '', sha256('')), ($1, 2, $2, NULL, '主管', '更正', sha256(''))",
        november,
        now,
    )
    await store.put_month(conn, november, 1, await actions.month_lines(conn, november, now))
    await made.call(NINE + HOUR, "abandoned", 60)
    await store.put_month(conn, november, 2, await actions.month_lines(conn, november, now))
    for group, live in month.items():
        found = await actions.frozen_calls(conn, november, 1, group)
        assert found is not None
        assert said(found.total) == said(live.total), group
        assert {row.key: said(row) for row in found.groups} == {row.key: said(row) for row in live.groups}, group
    second = await actions.calls_of_month(conn, november, 2, now)
    assert second is not None and second.total.rates["abandon_rate"].text == "33.3%"
    first = await actions.calls_of_month(conn, november, 1, now)
    assert first is not None and first.total.rates["abandon_rate"].text == "20.0%"
    assert await actions.frozen_calls(conn, date(2026, 10, 1), 1, "queue") is None
