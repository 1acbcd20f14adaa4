"""A city of the test's own, for tests whose sessions commit."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import open_pool
from hotline.infra.http import Services
from hotline.infra.settings import load_settings
from hotline.tickets import store as tickets_store
from hotline.web.base import seed_base
from hotline.web.demo import seed
from tests.conftest import SECRETS, TurnedClock


@pytest.fixture
async def services(
    fresh_database: str, starter_models: Path, clock: TurnedClock, cipher: FieldCipher
) -> AsyncIterator[Services]:
    """A city of the test's own, with real sessions that commit."""
    addresses = {"HOTLINE_DATABASE_URL": fresh_database, "HOTLINE_DATA": str(starter_models.parent)}
    settings = load_settings({**SECRETS, **addresses})
    pool = await open_pool(fresh_database, max_size=6)
    made = Services(settings, pool, clock, cipher)
    await seed_base(made)
    await seed(made)
    async with pool.acquire() as conn:
        await tickets_store.ensure_partitions(conn, date(2026, 11, 1))
    yield made
    await pool.close()
