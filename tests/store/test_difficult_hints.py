"""The hints the job keeps are what a look at every ticket gives, and the week's list is the same with them and without."""

from datetime import timedelta

import msgspec

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection, open_pool
from hotline.insight.sums import actions as sums
from hotline.sla.store import seed as seed_sla
from hotline.supervision import store
from hotline.supervision.actions import difficult_week
from hotline.supervision.hints import actions
from hotline.supervision.hints import store as hints
from hotline.supervision.hints.actions import Hints
from hotline.supervision.store import shipped_thresholds
from hotline.supervision.weeklist import WeekList
from hotline.supervision.weeks import week_of
from hotline.tickets import store as tickets
from tests.store.test_kept_sums import Lived
from tests.walks import START

SOON = msgspec.structs.replace(shipped_thresholds(), repeats=999, rounds=1, extensions=1, overdue_days=1)
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
