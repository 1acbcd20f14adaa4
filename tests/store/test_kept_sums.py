"""The sums the jobs keep are what a recount gives: on random lives, step by step, and while others write."""

import asyncio
from datetime import date, datetime, timedelta

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection, connect, open_pool
from hotline.insight import store as asked
from hotline.insight.campaigns import store as campaigns
from hotline.insight.measures import Counted
from hotline.insight.sums import actions, store
from hotline.sla import store as sla
from hotline.sla.calendar import working_days_between
from hotline.tickets import store as tickets
from hotline.tickets.history import GENESIS, Happened, line_hash
from hotline.tickets.ticket import Ticket
from tests.store.test_tickets import MATTER, WRITER
from tests.walks import START, walk

NOW = START + timedelta(days=20)
LATER = START + timedelta(days=62)
"""All that happens in these lives lies in months that are over."""
MONDAY = START.astimezone(BEIJING) - timedelta(hours=9)
"""Its midnight."""
SPAN = MONDAY - timedelta(days=3), MONDAY + timedelta(days=60)
SPANS = (
    SPAN,
    (MONDAY - timedelta(days=1), MONDAY + timedelta(days=11)),
    (MONDAY + timedelta(days=5), MONDAY + timedelta(days=43)),
)
"""Around a whole month, to the middle of one from its first day, from the middle of one."""
GROUPS = ("unit", "campaign", "month")


class Lived:
    """A random life that is stored a few steps at a time."""

    def __init__(self, seed: int, cipher: FieldCipher, begins: datetime = START) -> None:
        self.steps = walk(seed, 60, begins)
        self.cipher = cipher
        self.at = 0
        self.before: Ticket | None = None
        self.head = GENESIS

    async def go(self, conn: Connection, steps: int) -> None:
        for after, line in self.steps[self.at : self.at + steps]:
            await self.store(conn, after, line)
        self.at += steps

    async def store(self, conn: Connection, after: Ticket, line: Happened) -> None:
        if self.before is None:
            await tickets.insert(conn, after, [line], MATTER, WRITER, self.cipher)
            self.head = line_hash(line, GENESIS)
        else:
            (self.head,) = await tickets.save(conn, [tickets.Change(self.before, after, (line,), self.head)])
        self.before = after


async def said(conn: Connection, now: datetime) -> dict[tuple[str, int], set[Counted]]:
    """What the pages would say."""
    return {
        (group, n): set(await asked.counts(conn, *span, now, group)) for group in GROUPS for n, span in enumerate(SPANS)
    }


async def counted(conn: Connection, now: datetime) -> dict[tuple[str, int], set[Counted]]:
    """The same with no sums at all: every ticket is looked at."""
    undone = conn.transaction()
    await undone.start()
    await store.empty(conn)
    await conn.execute("UPDATE kpi_mark SET xid = '0', number = 0, later_xid = '0', later_number = 0")
    found = await said(conn, now)
    await undone.rollback()
    return found


async def test_the_sums_are_what_a_recount_gives_however_the_tickets_go_on(
    fresh_database: str, cipher: FieldCipher
) -> None:
    pool = await open_pool(fresh_database, max_size=2)
    lives = [Lived(seed, cipher) for seed in range(10)]
    async with pool.acquire() as conn:
        await tickets.ensure_partitions(conn, START.date())
        await conn.execute(
            "INSERT INTO campaign (name, begins, categories, words, by_name, at) VALUES ('蓝天', $1, '{01}', '{}', '张', $2)",
            START.date(),
            START,
        )
    for turn in range(6):
        async with pool.acquire() as conn:
            for life in lives[turn % 3 :: 2]:
                await life.go(conn, 12)
            if turn == 3:
                # Every ticket speaks of a lamp: all that have gone beyond a draft belong from now on.
                await conn.execute("UPDATE campaign SET words = '{路灯}'")
                await campaigns.tag_again(conn, 1)
            now = START + timedelta(days=3 * turn, hours=5)
            assert await said(conn, now) == await counted(conn, now), "read between two runs of the job"
        if turn % 2:
            await actions.keep_up(pool)
            async with pool.acquire() as conn:
                assert await actions.differences(conn) == []
                for moment in (NOW, LATER):
                    assert await said(conn, moment) == await counted(conn, moment)
    async with pool.acquire() as conn:
        kept = await conn.fetch(
            "SELECT * FROM kpi_day WHERE denominator <> 0 OR excluded <> 0 ORDER BY by, day, measure, key"
        )
        assert len(kept) > 100 and {row["by"] for row in kept} >= {"all", "unit", "channel", "campaign"}
        await actions.recount(conn)
        assert kept == await conn.fetch("SELECT * FROM kpi_day ORDER BY by, day, measure, key")
    await pool.close()


async def test_who_commits_late_is_counted_and_the_mark_waits_for_nobody_twice(
    fresh_database: str, cipher: FieldCipher
) -> None:
    """Numbers are handed out before they can be seen: a lower one may appear after a higher one was counted."""
    pool, late = await open_pool(fresh_database, max_size=2), await connect(fresh_database)
    first, second = Lived(1, cipher), Lived(2, cipher)
    await tickets.ensure_partitions(late, START.date())
    transaction = late.transaction()
    await transaction.start()
    await first.go(late, 30)
    async with pool.acquire() as conn:
        await second.go(conn, 30)
    assert await actions.keep_up(pool) == 1, "the other one is not to be seen yet"
    await transaction.commit()
    async with pool.acquire() as conn:
        assert first.before is not None and first.before.id in await store.changed(conn)
        assert await said(conn, NOW) == await counted(conn, NOW)
    left = [0]
    async with pool.acquire() as conn, asyncio.timeout(30):
        # The mark comes no further than the oldest transaction of the server, and other tests have theirs.
        while left:
            await actions.keep_up(pool)
            left = await store.changed(conn)
    assert left == [], "nothing is looked at again that has not changed"
    async with pool.acquire() as conn:
        assert await actions.differences(conn) == []
    await late.close()
    await pool.close()


async def test_a_sum_that_was_tampered_with_is_named(conn: Connection, cipher: FieldCipher) -> None:
    await tickets.ensure_partitions(conn, START.date())
    await Lived(3, cipher).go(conn, 40)
    await store.bring_up(conn, await store.changed(conn))
    assert await actions.differences(conn) == []
    await conn.execute("UPDATE kpi_day SET numerator = numerator + 1 WHERE by = 'all' AND measure = 'direct_answer'")
    [found] = await actions.differences(conn)
    assert isinstance(found, store.Difference)
    assert (found.span, found.by, found.measure, found.kept_hits) == (
        "day",
        "all",
        "direct_answer",
        (found.hits or 0) + 1,
    )
    await conn.execute("UPDATE kpi_day SET numerator = numerator - 1 WHERE by = 'all' AND measure = 'direct_answer'")
    await conn.execute(
        "UPDATE kpi_month_sum SET excluded = excluded + 1 WHERE by = 'all' AND measure = 'direct_answer'"
    )
    found = (await actions.differences(conn))[0]
    assert isinstance(found, store.Difference)
    assert (found.span, found.measure, found.kept_out) == ("month", "direct_answer", (found.out or 0) + 1)


async def test_a_check_tells_how_far_it_is_and_names_the_ticket_whose_cases_are_wrong(
    conn: Connection, cipher: FieldCipher
) -> None:
    lives = [Lived(5, cipher), Lived(6, cipher, START + timedelta(days=2))]
    for life in lives:
        await tickets.ensure_partitions(conn, life.steps[0][1].at.date())
        await life.go(conn, 20)
    await store.bring_up(conn, await store.changed(conn))
    told: list[tuple[int, int]] = []
    assert await actions.differences(conn, lambda done, of: told.append((done, of))) == []
    assert told == [(n, len(told)) for n in range(1, len(told) + 1)] and len(told) == 3 + 2 + 1, (
        "three days, what is before and behind, the sums"
    )
    await lives[1].go(conn, 20)
    assert lives[1].before is not None
    assert await actions.differences(conn) == [actions.Miscounted(lives[1].before.id)], "not come to yet"
    await store.bring_up(conn, [lives[1].before.id])
    await conn.execute(
        "UPDATE kpi_case SET ticket_id = 1 WHERE ticket_id = $1 AND measure = 'direct_answer'", lives[1].before.id
    )
    assert await actions.differences(conn) == [actions.Miscounted(1), actions.Miscounted(lives[1].before.id)]


async def test_a_case_that_lies_ahead_is_kept_and_not_counted(conn: Connection, cipher: FieldCipher) -> None:
    moment = START + timedelta(days=1)
    await tickets.ensure_partitions(conn, START.date())
    for seed in range(3):
        await Lived(seed, cipher).go(conn, 25)
    await store.bring_up(conn, await store.changed(conn))
    ahead = await conn.fetchval("SELECT count(*) FROM kpi_case WHERE at > $1", moment)
    seen = sum(c.denominator + c.excluded for c in await asked.counts(conn, *SPAN, moment, "") if c.whole)
    assert ahead + seen == await conn.fetchval("SELECT count(*) FROM kpi_case") and ahead


async def test_working_days_in_the_database_are_those_of_the_rules(conn: Connection) -> None:
    await sla.seed(conn)
    calendar = await sla.load_calendar(conn)
    first = date(2026, 1, 1)
    rows = await conn.fetch(
        "SELECT n, k, working_days($1::date + n, $1::date + n + k) AS days FROM generate_series(0, 360, 3) n, generate_series(0, 40, 4) k",
        first,
    )
    for row in rows:
        begin = first + timedelta(days=row["n"])
        assert row["days"] == working_days_between(calendar, begin, begin + timedelta(days=row["k"])), dict(row)


async def test_sums_counted_by_older_definitions_are_counted_again_by_the_job(
    fresh_database: str, cipher: FieldCipher
) -> None:
    pool = await open_pool(fresh_database, max_size=2)
    async with pool.acquire() as conn:
        await tickets.ensure_partitions(conn, START.date())
        await Lived(4, cipher).go(conn, 40)
    await actions.keep_up(pool)
    async with pool.acquire() as conn:
        await conn.execute("DELETE FROM kpi_case WHERE measure = 'first_call'")
        await conn.execute("DELETE FROM kpi_day WHERE measure = 'first_call'")
        await conn.execute("DELETE FROM kpi_month_sum WHERE measure = 'first_call'")
        await conn.execute("UPDATE kpi_mark SET counting = 'before first_call was a measure'")
        assert await actions.differences(conn) != []
    await actions.keep_up(pool)
    async with pool.acquire() as conn:
        assert await actions.differences(conn) == [] and not await store.counted_otherwise(conn)
    await pool.close()


WALKED = """
SELECT c.at, c.ticket_id, c.item FROM kpi_case c
 WHERE c.measure = $1::text::kpi_measure AND c.at >= $2 AND c.at < $3 AND c.at <= $4
   AND CASE $5 WHEN 'numerator' THEN c.excluded IS NULL AND c.value > 0 WHEN 'denominator' THEN c.excluded IS NULL
               WHEN 'missed' THEN c.excluded IS NULL AND c.value <= 0 ELSE c.excluded IS NOT NULL END
   AND CASE $6 WHEN 'unit' THEN c.unit_id::text IS NOT DISTINCT FROM $7
               WHEN 'month' THEN to_char(c.at, 'YYYY-MM') = $7 ELSE true END
 ORDER BY c.at DESC, c.ticket_id DESC, c.item DESC
"""


async def test_the_tickets_behind_a_number_are_all_found_page_by_page_whatever_the_sums_know(
    conn: Connection, cipher: FieldCipher
) -> None:
    """The sums say on which days to look: no page may miss a ticket or show one twice, also where sums lag behind."""
    await tickets.ensure_partitions(conn, START.date())
    lives = [Lived(seed, cipher) for seed in range(8)]
    for life in lives:
        await life.go(conn, 24)
    now, pages = START + timedelta(days=40), list[str]()
    for waiting in (0, 3):
        await store.bring_up(conn, await store.changed(conn))
        await conn.execute("UPDATE kpi_mark SET number = (SELECT last_value FROM event_number)")
        for life in lives[8 - waiting :]:
            await life.go(conn, 8)
        assert len(await store.changed(conn)) == waiting
        unit = await conn.fetchval("SELECT min(unit_id) FROM kpi_case")
        for asking in questions(unit):
            found, after = list[tuple[datetime, int, int]](), None
            while page := await asked.tickets(conn, *SPAN, now, msgspec.structs.replace(asking, after=after)):
                found += [(one.at, one.ticket_id, one.item) for one in page]
                after = found[-1]
                pages.append(asking.part)
            undone = conn.transaction()
            await undone.start()
            await store.bring_up(conn, await store.changed(conn))
            rows = await conn.fetch(WALKED, asking.measure, *SPAN, now, asking.part, asking.group, asking.key)
            await undone.rollback()
            assert found == [tuple(row) for row in rows], asking
    assert {"numerator", "missed", "denominator", "excluded"} == set(pages) and len(pages) > 24


def questions(unit: int) -> list[asked.Behind]:
    """Of a share; of a unit, of a month; of a balance and of a mean, where the sums do not tell how many met it."""
    parts = ("numerator", "denominator", "missed", "excluded")
    return [
        *(asked.Behind("finish_on_time", part, limit=3) for part in parts),
        asked.Behind("satisfied", "missed", "unit", str(unit), limit=3),
        asked.Behind("finish_on_time", "denominator", "month", f"{START:%Y-%m}", limit=3),
        asked.Behind("net_satisfied", "missed", limit=3),
        asked.Behind("finish_days", "numerator", limit=3),
    ]
