"""A database of the test's own, and two web processes that serve its feed."""

from collections.abc import AsyncIterator

import pytest

from hotline.infra.bus import Bus
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Pool, open_pool
from hotline.infra.http import Services
from hotline.infra.settings import load_settings
from hotline.live.actions import Live
from tests.api.answered import answered_letter, lay_city
from tests.conftest import SECRETS, TurnedClock


@pytest.fixture
async def pool(fresh_database: str) -> AsyncIterator[Pool]:
    opened = await open_pool(fresh_database, max_size=12)
    await opened.execute("SELECT ensure_partitions('2026-01-01', 12)")
    yield opened
    await opened.close()


@pytest.fixture
def there(fresh_database: str, pool: Pool, clock: TurnedClock, cipher: FieldCipher, valkey: str) -> Services:
    given = {**SECRETS, "HOTLINE_DATABASE_URL": fresh_database, "HOTLINE_REDIS_URL": valkey}
    return Services(load_settings(given), pool, clock, cipher)


@pytest.fixture
async def letter(there: Services) -> int:
    return (await answered_letter(there, await lay_city(there))).ticket_id


@pytest.fixture
async def processes(there: Services) -> AsyncIterator[tuple[Live, Live]]:
    """Two web processes on one database and one Valkey."""
    one, two = (Live(there, Bus(there.settings.redis_url)) for _ in range(2))
    yield one, two
    await one.close()
    await two.close()
