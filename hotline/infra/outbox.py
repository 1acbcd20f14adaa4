"""What follows a change: one job, written in the same transaction as the change, so that neither exists alone."""

from datetime import timedelta
from typing import Any

import msgspec
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.domain.settings import DBSettings
from pgqueuer.ports.driver import Driver
from pgqueuer.queries import Queries
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from hotline.infra.db import Connection
from hotline.infra.log import request_id

ENTRYPOINT = "follow"


class QueueSettings(DBSettings):
    """The library's table names as it ships them; its own reading of bare variables such as CHANNEL is switched off."""

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **__: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


QUEUE = QueueSettings()
ENQUEUE = QueryQueueBuilder(QUEUE).build_enqueue_query()
"""Rendered once; asyncpg prepares it once a connection."""


class Follow(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a job: `event` names its handlers in jobs/handlers.py."""

    event: str
    ticket_id: int
    payload: dict[str, Any] | None = None
    request: str = ""


async def follow(
    conn: Connection,
    event: str,
    ticket_id: int,
    payload: dict[str, Any] | None = None,
    *,
    delay: timedelta | None = None,
) -> None:
    """Record that `event` happened to a ticket. Call it inside the transaction that made it happen."""
    body = msgspec.json.encode(Follow(event, ticket_id, payload, request_id()))
    await conn.execute(ENQUEUE, [0], [ENTRYPOINT], [body], [delay or timedelta(0)], [None], [None])


def queue(driver: Driver, kind: type[Queries] = Queries) -> Queries:
    """The library's queries over `driver`, whose connections must not carry our jsonb codec: it passes JSON as text."""
    return kind(driver, QueryBuilderEnvironment(QUEUE), QueryQueueBuilder(QUEUE), QuerySchedulerBuilder(QUEUE))


WAITING = "SELECT count(*) FROM pgqueuer WHERE status IN ('queued', 'picked')"


async def waiting_jobs(conn: Connection) -> int:
    """Jobs that are queued or being done; held ones wait for a person and are not among them."""
    found: int = await conn.fetchval(WAITING)
    return found
