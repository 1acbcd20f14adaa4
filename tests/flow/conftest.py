"""A city to tell stories in: the demo directory and catalogue, its people at their desks, the real application."""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.types import Receive, Scope, Send

from hotline.classify import starter
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Pool, open_pool
from hotline.infra.http import Services
from hotline.infra.settings import load_settings
from hotline.web.app import create_app
from hotline.web.base import seed_base
from hotline.web.demo import seed
from tests.conftest import SECRETS, OneConnection, TurnedClock, copied, made_once
from tests.flow.city import City
from tests.hashing import quick_hashes
from tests.post_office import SECRET, Gateway, gateway

__all__ = ["quick_hashes"]

MODELS = Path(__file__).resolve().parents[2] / "var" / "test"
"""The starter models, trained once for a version of texts and code, and kept for the next run."""
SITE = "https://12345.yunzhou.example"
"""The address that citizens know."""
PHONE_SECRET = "of the bridge of the stories, 32 characters"
CITIES = count()
"""One for the stories here, one for the tests of the API that ask for it."""


@pytest.fixture(scope="session")
def model_data() -> Path:
    MODELS.mkdir(parents=True, exist_ok=True)
    starter.ensure(MODELS, TurnedClock().now())
    return MODELS


@pytest.fixture(scope="session")
async def city_template(run_servers: tuple[str, str, str], template: str, model_data: Path) -> str:
    """The name of a database with the demo city in it, that the others are copies of; the first worker makes it."""

    async def settled(url: str) -> None:
        settings = load_settings({**SECRETS, "HOTLINE_DATABASE_URL": url, "HOTLINE_DATA": str(model_data)})
        pool = await open_pool(url, max_size=2)
        services = Services(settings, pool, TurnedClock(), FieldCipher(settings.field_keys))
        await seed_base(services)
        await seed(services)
        async with pool.acquire() as conn:
            await conn.execute("SELECT ensure_partitions('2026-01-01', 15)")
        await pool.close()

    return await made_once(run_servers[1], f"{template}_city", template, settled)


@pytest.fixture(scope="session")
async def city_database(run_servers: tuple[str, str, str], city_template: str) -> AsyncIterator[str]:
    """One database a worker with the demo city in it; the stories are rolled back."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
    async with copied(run_servers[1], city_template, f"{city_template}_{worker}_{next(CITIES)}") as url:
        yield url


@pytest.fixture(scope="session")
async def city_pool(city_database: str) -> AsyncIterator[Pool]:
    """One session for all stories of a worker: a new one would plan every statement anew, which takes longer than the
    statements do. Each story's transaction is undone, and with it whatever it set."""
    opened = await open_pool(city_database, max_size=1, same_plans=True)
    yield opened
    await opened.close()


@pytest.fixture
async def city(
    city_database: str, city_pool: Pool, valkey: str, model_data: Path, clock: TurnedClock, cipher: FieldCipher
) -> AsyncIterator[City]:
    settings = load_settings(
        {
            **SECRETS,
            "HOTLINE_DATABASE_URL": city_database,
            "HOTLINE_REDIS_URL": valkey,
            "HOTLINE_DATA": str(model_data),
            "HOTLINE_DEMO": "1",
            "HOTLINE_PHONE_SECRET": PHONE_SECRET,
            "HOTLINE_PHONE_COMMANDS_URL": "http://127.0.0.1:9/commands",
        }
    )
    async with city_pool.acquire() as conn:
        undone = conn.transaction()
        await undone.start()
        lending: Any = OneConnection(conn)
        services = Services(settings, lending, clock, cipher)
        app = create_app(services=services)

        async with app.router.lifespan_context(app) as state:

            async def served(scope: Scope, receive: Receive, send: Send) -> None:
                # A story may give its city a gateway or a mail server: the application knows of it, too.
                scope["state"] = {**(state or {}), "services": found.services}
                await app(scope, receive, send)

            async with AsyncClient(transport=ASGITransport(app=served), base_url="http://hotline.test") as client:
                found = City(client, services, conn, clock)
                yield found
        await undone.rollback()


@pytest.fixture
def texts() -> Iterator[Gateway]:
    with gateway() as found:
        yield found


@pytest.fixture
async def asking(city: City, texts: Gateway) -> City:
    """The city with a gateway and an address that citizens know."""
    settings = replace(city.services.settings, gateway_url=texts.url, gateway_secret=SECRET.encode(), public_url=SITE)
    city.services = replace(city.services, settings=settings)
    return city
