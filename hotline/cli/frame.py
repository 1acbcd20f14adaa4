"""What several verbs need: the database, wherever it is, and an answer from asynchronous code."""

import contextlib
import dataclasses
import importlib
import os
from collections.abc import AsyncIterator, Iterator
from types import ModuleType

import click

from hotline.infra.db import migrate
from hotline.infra.embedded import Addresses, embedded, running
from hotline.infra.http import Services
from hotline.infra.services import open_services
from hotline.infra.settings import Settings, load_settings


def room(name: str) -> ModuleType:
    """A module of `web` or `jobs`, by its address as one would tell a server: rooms on one line import nothing of
    each other."""
    return importlib.import_module(name)


def settled(settings: Settings, found: Addresses) -> Settings:
    return dataclasses.replace(settings, database_url=found.database_url, redis_url=found.redis_url)


def reachable_now() -> Settings:
    """The settings, with the addresses of the embedded servers when `hotline serve` runs them now."""
    settings = load_settings(os.environ)
    if settings.database_url is None and (found := running(settings.data)):
        return settled(settings, found)
    return settings


@contextlib.contextmanager
def database() -> Iterator[Settings]:
    """Settings with a database: the configured one, the one `hotline serve` runs now, or an embedded one for just now."""
    settings = reachable_now()
    if settings.database_url is not None:
        yield settings
        return
    with embedded(settings.data, valkey=False, tell=lambda said: click.echo(said, err=True)) as found:
        yield settled(settings, found)


async def bring_up(settings: Settings) -> list[str]:
    """The schema, and what every city starts with: calendar, deadline packs, categories. Answers what was migrated."""
    applied = await migrate(settings.database_url or "")
    async with open_services(settings, max_size=2) as found:
        await room("hotline.web.base").seed_base(found)
    return applied


@contextlib.asynccontextmanager
async def services(settings: Settings, *, up_to_date: bool = True) -> AsyncIterator[Services]:
    if up_to_date:
        await bring_up(settings)
    async with open_services(settings, max_size=4) as found:
        yield found
