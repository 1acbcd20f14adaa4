"""Names that are confirmed as a unit's: none is lost, whoever confirms another in the same moment."""

import asyncio

from hotline.directory.aliases import actions
from hotline.directory.people import SYSTEM, By
from hotline.directory.store import load_directory
from hotline.directory.tree.actions import add_unit
from hotline.directory.units import NewUnit, UnitKind
from hotline.infra.db import connect
from tests.conftest import TurnedClock

WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid = $1)"
PROPOSED = "INSERT INTO alias_proposal (name, unit_id, likeness, because) VALUES ($1, $2, 0.9, '{}')"


async def test_two_names_of_one_unit_confirmed_at_once_are_both_kept(fresh_database: str) -> None:
    one, other = await connect(fresh_database), await connect(fresh_database)
    by = By(SYSTEM, TurnedClock().now())
    try:
        unit = await add_unit(one, NewUnit("A", "甲单位", UnitKind.DEPARTMENT), actor=SYSTEM, now=by.now)
        for name in ("甲局", "甲委"):
            await one.execute(PROPOSED, name, unit)
        pid = await other.fetchval("SELECT pg_backend_pid()")

        async def confirms() -> None:
            async with other.transaction():
                await actions.decide(other, "甲委", unit, same=True, by=by)

        async with one.transaction():
            await actions.decide(one, "甲局", unit, same=True, by=by)
            task = asyncio.create_task(confirms())
            async with asyncio.timeout(30):
                while not await one.fetchval(WAITS, pid):
                    assert not task.done()
        await task
        found = (await load_directory(one)).unit(unit)
        assert found is not None and set(found.aliases) == {"甲局", "甲委"}
    finally:
        await one.close()
        await other.close()
