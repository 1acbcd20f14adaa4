"""A city of the test's own, for tests whose sessions commit."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import open_pool
from hotline.infra.http import Services
from hotline.infra.settings import load_settings
from tests.conftest import SECRETS, TurnedClock, copied
from tests.flow.conftest import city_template, model_data
from tests.hashing import quick_hashes

__all__ = ["city_template", "model_data", "quick_hashes"]


@pytest.fixture
async def services(
    run_servers: tuple[str, str, str], city_template: str, model_data: Path, clock: TurnedClock, cipher: FieldCipher
) -> AsyncIterator[Services]:
    """A city of the test's own, with real sessions that commit."""
    async with copied(run_servers[1], city_template, f"{city_template}_{os.getpid()}_faults") as url:
        settings = load_settings({**SECRETS, "HOTLINE_DATABASE_URL": url, "HOTLINE_DATA": str(model_data)})
        pool = await open_pool(url, max_size=6)
        yield Services(settings, pool, clock, cipher)
        await pool.close()
