"""The hints the job keeps are what a look at every ticket gives, and the week's list is the same with them and without."""

from datetime import timedelta
from random import Random

import msgspec

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection, open_pool
from hotline.insight.sums import actions as sums
from hotline.sla.store import seed as seed_sla
from hotline.supervision import store
from hotline.supervision.actions import difficult_week
from hotline.supervision.difficult import POLICY
from hotline.supervision.hints import actions
from hotline.supervision.hints import store as hints
from hotline.supervision.hints.actions import Hints
from hotline.supervision.store import first_id, shipped_thresholds
from hotline.supervision.weeklist import WeekList
from hotline.supervision.weeks import week_of
from hotline.tickets import facts as f
from hotline.tickets import store as tickets
from hotline.tickets.states import Outcome, Solved
from tests.store.test_kept_sums import Lived
from tests.store.week_city import DAY, FRIDAY, City
from tests.walks import START

SOON = msgspec.structs.replace(shipped_thresholds(), repeats=999, rounds=1, extensions=1, overdue_days=1)
CALLS_ALONE = msgspec.structs.replace(
    shipped_thresholds(), returns=99, extensions=99, rounds=99, units=99, overdue_days=999, channels=()
)
"""So that hardly a ticket is on the list for anything else."""
MOMENTS = [START + timedelta(days=n, hours=3) for n in (4, 11, 30)]


async def lists(conn: Connection) -> list[WeekList]:
    return [await difficult_week(conn, week_of(moment).text, moment) for moment in MOMENTS]


async def without_hints(conn: Connection) -> list[WeekList]:
    """Every open ticket is looked at."""
    undone = conn.transaction()
    await undone.start()
    await hints.forget(conn)
    found = await lists(conn)
    await undone.rollback()
    return found


async def test_the_list_is_the_same_with_hints_however_the_tickets_go_on(
    fresh_database: str, cipher: FieldCipher
) -> None:
    pool = await open_pool(fresh_database, max_size=2)
    lives = [Lived(seed, cipher) for seed in range(20)]
    async with pool.acquire() as conn:
        await tickets.ensure_partitions(conn, START.date())
        await seed_sla(conn)
        await store.put_thresholds(conn, SOON, by="郑宏", now=START)
    ruled: set[str] = set()
    hinted: list[int] = []
    for turn in range(4):
        async with pool.acquire() as conn:
            for life in lives[turn % 2 :: 2] if turn else lives:
                await life.go(conn, 12 if turn else 3)
            found = await lists(conn)
            assert found == await without_hints(conn), "read between two runs of the job"
            ruled |= {reason.rule for week in found for item in week.items for reason in item.reasons}
        if turn != 2:
            await sums.keep_up(pool, Hints())
            async with pool.acquire() as conn:
                assert await Hints().since(conn) is None and await actions.differences(conn) == []
                assert await lists(conn) == await without_hints(conn)
                hinted.append(await conn.fetchval("SELECT count(*) FROM difficult_hint"))
    assert ruled >= {"R1", "R4", "R5", "R6", "R8", "R9", "R11"}
    async with pool.acquire() as conn:
        assert 0 < hinted[0] < len(lives) * 0.7, "most have nothing to say"
        await sums.recount(conn, Hints())
        assert await actions.differences(conn) == [] and await Hints().since(conn) is None
    await pool.close()


CALLERS = """
UPDATE petitioner p SET phone_index = decode(c.caller, 'hex')
  FROM unnest($1::bigint[], $2::text[]) AS c (id, caller) WHERE p.ticket_id = c.id
"""
CALLS = """
UPDATE ticket t SET category = c.category, master_id = c.master
  FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS c (id, category, master) WHERE t.id = c.id
"""
URGES = """
INSERT INTO ticket_overlay (ticket_id, id, kind, at, origin, text, level, number)
SELECT id, 900 + n, 'urge', $2, 'citizen', '', 0, '' FROM unnest($1::bigint[]) WITH ORDINALITY AS u (id, n)
"""


async def test_the_list_is_the_same_whoever_rang_how_often_about_what(fresh_database: str, cipher: FieldCipher) -> None:
    """Calls are counted by number and matter before anything else is asked: nobody who rang often enough is lost by that."""
    pool = await open_pool(fresh_database, max_size=2)
    rng = Random(6)
    # Some rang before the days that are counted, some in them.
    lives = [Lived(seed, cipher, START + timedelta(days=seed % 4 + rng.choice([0, 6]))) for seed in range(36)]
    async with pool.acquire() as conn:
        await tickets.ensure_partitions(conn, START.date())
        await seed_sla(conn)
        for life in lives:
            await life.go(conn, rng.randint(2, 6))
        await store.put_thresholds(conn, SOON, by="郑宏", now=START)
    await sums.keep_up(pool, Hints())
    tried: set[tuple[int, int]] = set()
    older = 0
    async with pool.acquire() as conn:
        # Who lies behind the mark is looked at anyhow.
        await conn.execute("UPDATE kpi_mark SET number = (SELECT max(number) FROM history)")
        ids = [life.before.id for life in lives if life.before]
        for turn in range(12):
            undone = conn.transaction()
            await undone.start()
            callers = rng.choices(["aa", "bb", "cc", "dd", None], k=len(ids))
            categories = rng.choices(["010101", "010102", "020101", "030101", None], k=len(ids))
            # Merged as a rule by the same caller, and not always of the same matter.
            into = rng.choices([*range(6), *[None] * 6], k=len(ids))
            callers = [
                callers[m] if m is not None and rng.random() < 0.8 else own
                for own, m in zip(callers, into, strict=True)
            ]
            await conn.execute(CALLERS, ids, callers)
            await conn.execute(CALLS, ids, categories, [None if m is None else ids[m] for m in into])
            await conn.execute(URGES, rng.choices(ids, k=5), START + timedelta(days=2))
            for days in (5, 30):
                few = msgspec.structs.replace(CALLS_ALONE, repeats=2 + turn % 3, repeat_days=days)
                await store.put_thresholds(conn, few, by="郑宏", now=START)
                await hints.has_come_to(conn, actions.EVER, await store.load_thresholds(conn))
                await hints.looked_so(conn, await store.load_thresholds(conn))
                found = await lists(conn)
                assert found == await without_hints(conn)
                repeated = [i for i in found[1].items if "R2" in {r.rule for r in i.reasons}]
                older += sum(i.ticket_id < first_id(MOMENTS[1].date() - timedelta(days=days)) for i in repeated)
                tried |= {(turn, days) for week in found for one in week.items if "R2" in {r.rule for r in one.reasons}}
            await undone.rollback()
    assert len(tried) > 6, "somebody rang often enough"
    assert older > 2, "of tickets from before the days that are counted, too"
    await pool.close()


async def test_a_mark_that_ended_since_is_still_found_for_the_weeks_in_which_it_stood(week_city: City) -> None:
    conn, thresholds = week_city.conn, shipped_thresholds()
    held = await week_city.sent()
    await held.do(f.MarkDifficult(rules=("R11",), kind=POLICY), "两次协调未果")
    await week_city.replied(held, "已换灯")
    await held.do(f.Close(outcome=Outcome.SATISFIED, solved=Solved.PARTLY, rating=3))
    before = await week_city.list()
    held.now = FRIDAY + 7 * DAY
    await held.do(f.StrikeOff(solved=Solved.YES, rating=4))
    # The job of the hints has come to the last line.
    await hints.bring_up(conn, [held.ticket.id], thresholds)
    await hints.has_come_to(conn, actions.EVER, thresholds)
    await hints.looked_so(conn, thresholds)
    await conn.execute("UPDATE kpi_mark SET xid = '0', number = (SELECT max(number) FROM history)")
    assert await Hints().since(conn) is None and await actions.differences(conn) == []
    assert await week_city.list() == before and [one.ticket_id for one in before.settled] == [held.ticket.id]


async def test_other_thresholds_are_leant_on_only_when_all_were_looked_at(
    fresh_database: str, cipher: FieldCipher
) -> None:
    pool = await open_pool(fresh_database, max_size=2)
    async with pool.acquire() as conn:
        await tickets.ensure_partitions(conn, START.date())
        await seed_sla(conn)
        for seed in range(6):
            await Lived(seed, cipher).go(conn, 4)
    await sums.keep_up(pool, Hints())
    async with pool.acquire() as conn:
        before = [item.ticket_id for item in (await lists(conn))[1].items]
        # Everybody's letter speaks of a lamp, and everybody has called: from now on that is danger.
        changed = msgspec.structs.replace(shipped_thresholds(), risk_words=("路灯",), repeats=2)
        await store.put_thresholds(conn, changed, by="郑宏", now=START)
        assert await Hints().since(conn) == 0, "not yet: found by the thresholds before"
        found = await lists(conn)
        assert len(found[1].items) > len(before)
    await sums.keep_up(pool, Hints())
    async with pool.acquire() as conn:
        assert await Hints().since(conn) is None and await lists(conn) == found == await without_hints(conn)
        assert await actions.differences(conn) == []
        await conn.execute("DELETE FROM difficult_hint WHERE ticket_id = (SELECT min(ticket_id) FROM difficult_hint)")
        assert len(await actions.differences(conn)) == 1
    await pool.close()
