"""How lists are read: a unit's list is built around the unit, and no list starts helpers of its own."""

from typing import Any

import pytest

from hotline.infra.db import Connection
from hotline.tickets.listing import store

FILTERS: tuple[Any, ...] = (9 * 10**15, None, None, None, None, None, None, 51, None, [1], True)


@pytest.mark.parametrize("statement", ["LIST_OF_UNITS", "LIST_OF_RECORDS"])
async def test_a_units_list_never_collects_all_that_the_unit_ever_had(conn: Connection, statement: str) -> None:
    plan = await conn.fetch("EXPLAIN " + getattr(store, statement), *FILTERS, [14])
    told = "\n".join(row[0] for row in plan)
    assert "hashed SubPlan" not in told
    assert "assignment" in told


async def test_no_list_waits_for_helpers_to_be_started(conn: Connection) -> None:
    assert await conn.fetchval("SHOW max_parallel_workers_per_gather") == "0"
